//! What the engine needs from the outside world, as traits.

mod repository;
mod snapshot;

pub use repository::{
    Advance, Branch, BranchChoice, CommitRequest, Publish, Repository, RepositoryError, TreeChange,
};
pub use snapshot::{Snapshot, TreeEntry};
