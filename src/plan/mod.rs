//! What a promotion would do, as plain data.
//!
//! # Why
//!
//! Preview, commit and pull request must never disagree. So all of them start from one [`Plan`]; a
//! preview is a plan that is not applied. Only the engine can make a plan, by computing it, and a
//! [`Cleared`] one, by running the guards.

mod baseline;
mod branch_name;
mod cleared;
mod command;
mod draft;
mod file;
mod guard;
mod hash;
mod instructions;
mod message;
mod notice;
mod one_line;
mod proposal;
mod record;
mod rendered;

pub use baseline::{Baseline, LastPromotion, Provenance, SourceChange};
pub use branch_name::{Asked, branch_name, shared_branch_name};
pub use cleared::{Cleared, Hold};
pub use command::{CommandEnd, FailedCommand, VerifyCommand, shown_duration};
pub(crate) use draft::Draft;
pub use draft::Plan;
pub use file::{
    ApplicationPlan, Content, Document, FileFault, FilePlan, FileStatus, PlannedDifference,
    VersionChange,
};
pub use guard::{Guard, Problem};
pub(crate) use instructions::{template_value, without_instructions};
pub use message::Message;
pub use notice::{Notice, Obstacle, ProductOrigin, VersionOrigin};
pub use proposal::ProposalPlan;
pub(crate) use record::split_trailers;
pub use record::{
    Changes, HiddenLines, Mark, Record, is_promotion, withdrawal_comment, withdrawn_body,
};
pub use rendered::{RenderedManifests, RenderedUnit, Renderer, ResourceChange};

/// What planned differences carry.
pub use crate::document::{Kind, MASK, Value, VersionField, version_of};

use crate::domain::{CommitId, Environment, GuardName, Reason, Severity};

/// The source and the target of a promotion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hop {
    /// The source environment.
    pub from: Environment,
    /// The target environment.
    pub to: Environment,
}

/// The promotion that another one takes back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reverted {
    /// Its id.
    pub id: String,
    /// Its commit.
    pub commit: CommitId,
}

/// A difference that stops the promotion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// The selector of the difference.
    pub selector: String,
    /// The place in readable form.
    pub shown: String,
    /// Why it is kept.
    pub reason: Reason,
    /// The values of base, source and target, where they matter.
    pub values: [Option<Value>; 3],
}

/// A guard's finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The guard.
    pub guard: GuardName,
    /// What it does to the promotion.
    pub severity: Severity,
    /// The selector of the difference; empty for a command.
    pub selector: String,
    /// What the guard found.
    pub message: String,
    /// The command that failed, if one did.
    pub command: Option<FailedCommand>,
}

impl Finding {
    /// Whether it holds the promotion unless it is lifted.
    pub fn is_hold(&self) -> bool {
        self.severity != Severity::Warning
    }
}
