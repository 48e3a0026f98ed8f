//! What the engine needs from the outside world: traits only, with their data and errors.

mod ci;
mod error_chain;
mod forge;
mod forge_checks;
mod forges;
mod gates;
mod history;
mod http;
mod login;
mod observer;
mod outside;
mod releases;
mod repository;
mod repository_error;
mod runner;
mod snapshot;
mod workflows;

pub use ci::{CiRun, CiRunEnd, CiWorkflows};
pub use error_chain::display_chain;
pub use forge::{
    AutoMerge, BODY_LIMIT, Forge, ForgeError, MergeMethod, Proposal, PullRequest, PullRequestState,
    body_size,
};
pub use forge_checks::{CommitStatus, ForgeChecks, StatusState};
pub use forges::Forges;
pub use gates::{
    Approval, ApprovalProof, GateContext, GateState, Gates, Landed, ListedKeys, UnprovenApproval,
};
pub use history::{FoundCommit, History, MessageSearch, PastCommit, Rename, Walk};
pub use http::{HttpAnswer, HttpError, HttpRequest, HttpRetries, HttpSender};
pub use login::{Password, Passwords, Variables};
pub use observer::{Event, NoObserver, Observer};
pub use outside::{Clock, PlanPreview, Reading, SettingsError, SettingsReader};
pub use releases::{Chain, NewTransition, RecordFile, Releases, ReleasesError, Transition};
pub use repository::{
    Advance, Branch, BranchChoice, BranchPlace, ChangedFile, CommitRequest, Expected, HistoryDepth,
    ProposedBranch, ProposedCommit, Publish, Repository, TreeChange,
};
pub use repository_error::RepositoryError;
pub use runner::{Checkout, CommandPurpose, CommandResult, Runner, RunnerCommand, RunnerError};
pub use snapshot::{Snapshot, TreeEntry, read_one_by_one};
pub use workflows::{
    ATTEMPT_VARIABLE, Attempt, AttemptResult, AttemptState, Commands, OUTPUT_VARIABLE,
    WorkflowError, Workflows,
};
