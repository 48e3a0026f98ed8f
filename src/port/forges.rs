//! The forges of several repositories.

use super::{Forge, ForgeChecks};
use crate::domain::RepositoryUrl;

/// The forges of this repository's remote and of other repositories; the URL of each decides.
pub trait Forges: Send + Sync {
    /// The pull requests of another repository, or of this one; `None` if it is on no known forge.
    fn pull_requests(&self, repository: Option<&RepositoryUrl>) -> Option<&dyn Forge>;

    /// Its statuses and reviews.
    fn checks(&self, repository: Option<&RepositoryUrl>) -> Option<&dyn ForgeChecks>;
}
