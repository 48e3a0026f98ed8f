//! One promotion: compare, decide, plan, and then apply or propose.

mod application_version;
mod apply;
mod commit;
mod commit_message;
mod compare;
mod compute;
mod decide;
mod decided_by;
mod error;
mod file_plan;
mod guard;
mod policy;
mod ports;
mod prepare;
mod propose;
mod receipt;
mod request;
mod settings;

pub use apply::apply;
pub use compute::compute;
pub use error::EngineError;
pub use guard::{GUARDS, clear};
pub use ports::Ports;
pub use prepare::{Prepared, fetch, prepare};
pub use receipt::{OtherCommit, PullRequestChange, PullRequestOutcome, Receipt};
pub use request::{
    Allow, MessageChoice, OnForeignCommits, OnRejection, ProposalChoice, Removals, Request,
};
