//! What the engine needs from the outside world, as traits.

mod outside;
mod repository;
mod snapshot;

pub use outside::{Clock, Progress, Reading, SettingsError, SettingsReader, Silent};
pub use repository::{
    Advance, Branch, BranchChoice, CommitRequest, Publish, Repository, RepositoryError, TreeChange,
};
pub use snapshot::{Snapshot, TreeEntry};
