//! One promotion: compare, decide, plan, and then apply or propose.
//!
//! A caller makes a [`Request`] and the [`Ports`], and calls two functions:
//!
//! 1. [`prepare`] gives a plan and the branch that it is for. It runs [`fetch`], which finds the
//!    [`Branches`] of configuration, source and target, and [`compute`], which
//!    - reads the settings (`settings.rs`) and pairs the files (the room `inventory`),
//!    - compares each pair and collects what rules, comments and selectors say about each difference
//!      (`compare`, `decide/facts.rs`),
//!    - decides about each difference (`decide/verdict.rs`),
//!    - plans the content of each file (`file_plan.rs`), the message (`commit_message.rs`), and the
//!      action and the pull request that the policies require (`policy.rs`),
//!    - runs the guards over the result (`guard`),
//!
//!    and then [`verify`], which runs the commands that must succeed on the planned files.
//! 2. [`apply`] clears the plan with the guards ([`clear`]) and commits it, or proposes it on its own
//!    branch with a pull request (`propose`). The result is a [`Receipt`].
//!
//! The promotions to several targets are a group: [`plan_group`] computes their plans, and [`apply_group`]
//! applies all of them or none.
//!
//! A server calls [`fetch`], then [`compute`] and [`verify`] on a thread that may block, then
//! [`apply_with`], which lets it plan again in the same way.
//!
//! A preview is `fetch` and `compute`, or `prepare` without `apply`. Errors are [`EngineError`]s, one variant per kind.
//!
//! # Why
//!
//! What a promotion does must be visible before it happens, and must not change in between. So
//! everything up to the plan only reads, and the steps that write take a plan as their input. A plan
//! is bound to the commit that it was computed on; if the branch moves, `apply` computes a new one
//! and stops if that would make other changes. Nothing here names Git, a forge, the disk or the
//! clock: they are behind [`Ports`], so that tests and servers can run the same engine.

mod application_version;
mod apply;
mod branches;
mod changed_files;
mod choose;
mod claims;
mod clear;
mod commit;
mod commit_message;
mod compare;
mod compute;
mod computed;
mod configured;
mod decide;
mod decided_by;
mod error;
mod explain;
mod file_plan;
mod flow_places;
mod flow_plan;
mod group;
mod guard;
mod history;
mod joined;
mod known_names;
mod log;
mod look_back;
mod manifests;
mod moved;
mod overlay;
mod plan_parts;
mod planned_difference;
mod policy;
mod ports;
mod prepare;
mod product;
mod propose;
mod receipt;
mod recorded_changes;
mod release;
mod rendered;
mod request;
mod revert;
mod revision;
mod secret_files;
mod set_baseline;
mod settings;
mod status;
mod suggest;
mod trigger;
mod undone_record;
mod unreferenced;
mod verify;
mod version_source;

pub use apply::{apply, apply_group, apply_with};
pub use branches::{Branches, fetch, fetch_all, fetch_beside, fetch_group};
pub use choose::choose_differences;
pub use clear::clear;
pub use compute::compute;
pub use configured::{BranchConfiguration, configuration_on, read_configuration};
pub use error::{EngineError, SearchEnd, UnmatchedSelector};
pub use explain::{AppliedRule, ExplainedPlace, Explanation, explain};
pub use flow_places::{MissingApplication, missing_applications};
pub use flow_plan::{FlowPlan, FlowPlanRequest, PlannedStep, plan_flow};
pub use group::{PreparedGroup, plan_group, verify_group};
pub use known_names::{NameKind, checked_out_settings, known_names};
pub use log::{
    LogRequest, Merge, PastPromotion, PromotedApplication, PromotionLog, RevertedBy,
    find_promotion, promotion_log,
};
pub use ports::Ports;
pub use prepare::{Prepared, plan_on, prepare, prepare_on};
pub use receipt::{OtherCommit, PullRequestChange, PullRequestOutcome, Receipt};
pub use release::{
    Advanced, ApprovalChance, AwaitedApproval, ManualChoice, PastTransition, ProductReleases,
    RecordPlace, ReleaseError, ReleasePorts, StartRequest, Started, Triggered, advance_releases,
    allow_in_release, approve_release, awaited_approvals, find_release, find_triggered, has_checks,
    lifted_guards, manual_plan, manual_receipt, newest_seen_releases, promotions_of, record_place,
    release_history, released_product, releases, retry_release, revert_release, start_manual,
    start_release, start_triggered, terminate_release,
};
pub use rendered::render_manifests;
pub use request::{
    Allow, DefaultProduct, ManifestPreview, MessageChoice, NewApplications, OfRelease,
    OnForeignCommits, OnRejection, ProposalChoice, ReleaseBranch, Removals, Request, TakeChoice,
    TakenSide,
};
pub use status::{
    ApplicationStatus, EnvironmentStatus, Pending, Since, Status, StatusReading, StatusRequest,
    VersionRelation, VersionSource, read_status, status,
};
pub use suggest::{
    Following, FoundPattern, KeptField, SuggestedConfiguration, suggest_configuration,
};
pub use trigger::{FlowTrigger, ProductTrigger, TriggerRequest, Triggers, find_triggers};
pub use verify::verify;
