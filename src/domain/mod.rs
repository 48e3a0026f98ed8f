//! The trade's terms as types.
//!
//! Environment, application, promotion, difference, relation, decision: each term
//! has one type here and means the same in every room. Nothing here does I/O; input
//! is parsed into these types once, at the border.

mod action;
mod application;
mod application_templates;
mod call_template;
mod config_place;
mod configuration_name;
mod difference;
mod environment;
mod environment_location;
mod flow;
mod flow_choice;
mod guard;
mod invisible;
mod layout;
mod layout_match;
pub mod message_template;
mod name_index;
mod naming;
mod object;
mod path;
mod path_mapping;
mod period;
mod permission;
mod policy_evaluation;
mod product_flow;
mod proposal;
mod remote_url;
mod repository_url;
mod rights;
mod secret_values;
mod selector;
mod settings;
#[cfg(test)]
mod tests;
mod verify;
mod weekly_window;

pub use action::{Action, DecidedBy, Mode};
pub use application::{ApplicationName, Product};
pub use application_templates::ApplicationTemplates;
pub use call_template::{CallTemplateError, CallTemplates};
pub use config_place::ConfigPlace;
pub use configuration_name::{
    CODEFRESH_FOLDERS, CONFIGURATION, MOST_MANIFESTS, is_manifest_name, is_manifest_text,
    is_misnamed_configuration, looks_like_configuration,
};
pub use difference::{Decision, Op, Reason, Relation, Verdict};
pub use environment::{Environment, EnvironmentKind};
pub use environment_location::{EnvironmentFolder, EnvironmentLocation};
pub use flow::{
    Concurrency, Flow, FlowStep, Gate, GateKind, Hooks, HttpCall, ManualStep, ProductFlow,
    ProductStep, StepChecks, Workflow, WorkflowKind,
};
pub use flow_choice::{FlowChoice, FlowCondition, Patterns};
pub use guard::{GuardLevel, GuardName, GuardSettings, Severity};
pub use invisible::is_invisible;
pub use layout::{LayoutError, LayoutPattern};
pub use layout_match::LayoutMatch;
pub use name_index::{NameIndex, Occurrence, is_usual_environment};
pub use naming::{Naming, Side};
pub use object::{CommitId, FileMode, ObjectId, ParseObjectIdError};
pub use path::{RepoPath, RepoPathError, path_in};
pub use path_mapping::{MappedPath, PathMapping};
pub use period::{Period, PeriodError};
pub use permission::{Matter, Permission, Person, Right, Who};
pub use policy_evaluation::{
    DecidedSetting, EvaluatedPolicy, PolicyEvaluation, SettingOrigin, SettingValue,
};
pub use proposal::{MergeMethod, PullRequestSettings};
pub use remote_url::{RemoteAddress, ServerUrl, is_loopback, is_unambiguous, without_user_info};
pub use repository_url::{RepositoryUrl, RepositoryUrlError};
pub use secret_values::SecretValues;
pub use selector::{DocumentSelector, Selector, SelectorError};
pub use settings::{
    Automation, ConfigText, MessageTemplates, Messages, Mismatch, Origin, Policy, PolicyMatch,
    Promote, Rule, Settings, Template, VersionPlace,
};
pub use verify::VerifySettings;
pub use weekly_window::{WeeklyWindow, WeeklyWindowError};
