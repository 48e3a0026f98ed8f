//! What a server says that it has.

use std::collections::BTreeMap;

use git2::Oid;

use crate::port::RepositoryError;

/// A remote's branches, as it was last asked.
#[derive(Default)]
pub(super) struct Listed {
    /// The branch that its HEAD names.
    pub(super) default: Option<String>,
    /// Its branches and their commits.
    pub(super) branches: BTreeMap<String, Oid>,
}

impl Listed {
    /// The branch that its HEAD names, if there is one.
    pub(super) fn default_branch(&self, remote: &str) -> Result<String, RepositoryError> {
        match &self.default {
            Some(branch) if self.branches.contains_key(branch) => Ok(branch.clone()),
            default if self.branches.is_empty() => Err(RepositoryError::Unborn {
                branch: default.clone().unwrap_or_else(|| "main".to_owned()),
                remote: Some(remote.to_owned()),
            }),
            Some(branch) => Err(RepositoryError::UnknownBranch {
                branch: branch.clone(),
                remote: Some(remote.to_owned()),
                known: self.names(),
            }),
            None => Err(RepositoryError::DetachedHead {
                commit: "the remote's HEAD".to_owned(),
            }),
        }
    }

    /// The branches' names, in order.
    pub(super) fn names(&self) -> Vec<String> {
        self.branches.keys().cloned().collect()
    }
}
