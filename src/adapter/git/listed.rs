//! What a server says that it has.

use std::collections::BTreeMap;

use git2::Oid;

use crate::port::RepositoryError;

/// A remote's branches, as it was last asked.
#[derive(Default)]
pub(super) struct Listed {
    /// The branch that its HEAD names, where it tells.
    pub(super) default: Option<String>,
    /// Where its HEAD is.
    pub(super) head: Option<Oid>,
    /// Its branches and their commits.
    pub(super) branches: BTreeMap<String, Oid>,
}

impl Listed {
    /// The branch that its HEAD names, if there is one.
    pub(super) fn default_branch(&self, remote: &str) -> Result<String, RepositoryError> {
        let default = self.default.as_ref().or_else(|| self.only_there());
        match default {
            Some(branch) if self.branches.contains_key(branch) => Ok(branch.clone()),
            default if self.branches.is_empty() => Err(RepositoryError::Unborn {
                branch: default.map_or("main", String::as_str).to_owned(),
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

    /// The one branch that is where HEAD is; not every server tells what HEAD names.
    fn only_there(&self) -> Option<&String> {
        let mut there = self
            .branches
            .iter()
            .filter(|(_, oid)| Some(**oid) == self.head);
        match (there.next(), there.next()) {
            (Some((only, _)), None) => Some(only),
            _ => None,
        }
    }

    /// The branches' names, in order.
    pub(super) fn names(&self) -> Vec<String> {
        self.branches.keys().cloned().collect()
    }
}
