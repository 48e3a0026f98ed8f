//! The branches of a remote, as `git ls-remote` lists them.

use std::collections::BTreeMap;

use crate::adapter::git::objects::database::parse_id;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// The branches of a remote, as last listed.
#[derive(Default)]
pub struct Listing {
    /// The branch that its HEAD names.
    default: Option<String>,
    /// The commit of its HEAD.
    head: Option<ObjectId>,
    pub branches: BTreeMap<String, ObjectId>,
}

impl Listing {
    /// Parses what `git ls-remote --symref` prints.
    pub fn parse(text: &str) -> Self {
        let mut listing = Self::default();
        for line in text.lines() {
            let Some((value, name)) = line.split_once('\t') else {
                continue;
            };
            let branch = name.strip_prefix("refs/heads/");
            match (value.strip_prefix("ref: "), parse_id(value), branch) {
                (Some(full), _, None) if name == "HEAD" => {
                    listing.default = full.strip_prefix("refs/heads/").map(ToOwned::to_owned);
                }
                (None, Some(id), None) if name == "HEAD" => listing.head = Some(id),
                (None, Some(id), Some(branch)) => {
                    listing.branches.insert(branch.to_owned(), id);
                }
                _ => {}
            }
        }
        listing
    }

    /// The default branch of `remote`, whose listing this is.
    pub fn default_branch(&self, remote: &str) -> Result<String, RepositoryError> {
        // Some servers do not report which branch HEAD names: then it is the only branch at HEAD's commit.
        let at_head = |(_, id): &(&String, &ObjectId)| Some(**id) == self.head;
        let mut there = self.branches.iter().filter(at_head).map(|(name, _)| name);
        let only = match (there.next(), there.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        };
        match self.default.as_ref().or(only) {
            Some(branch) if self.branches.contains_key(branch) => Ok(branch.clone()),
            default if self.branches.is_empty() => Err(RepositoryError::Unborn {
                branch: default.map_or("main", String::as_str).to_owned(),
                remote: Some(remote.to_owned()),
            }),
            Some(branch) => Err(RepositoryError::UnknownBranch {
                branch: branch.clone(),
                remote: Some(remote.to_owned()),
                known: self.branches.keys().cloned().collect(),
            }),
            None => Err(RepositoryError::DetachedHead {
                commit: "the remote's HEAD".to_owned(),
            }),
        }
    }
}
