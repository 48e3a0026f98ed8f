//! What the engine needs from the outside world, as traits.

mod forge;
mod login;
mod outside;
mod repository;
mod snapshot;

pub use forge::{Forge, ForgeError, MergeMethod, Proposal, PullRequest, PullRequestState};
pub use login::{Password, Passwords};
pub use outside::{Clock, Progress, Reading, SettingsError, SettingsReader, Silent};
pub use repository::{
    Advance, Branch, BranchChoice, CommitRequest, Expected, ProposedBranch, ProposedCommit,
    Publish, Repository, RepositoryError, Sight, TreeChange,
};
pub use snapshot::{Snapshot, TreeEntry};
