//! Which remote: one of this repository's, or another repository.
//!
//! # Why
//!
//! What is fetched from another repository has references of its own here, so that Git never takes it for
//! this repository's branches, and no setting of the user has to be changed. Git gets the remote by settings
//! in its environment.

use git2::{ObjectType, Oid};

use crate::adapter::git::fault::ErrorContext;
use crate::domain::{RepositoryUrl, without_user_info};
use crate::port::RepositoryError;

/// The folder of the references that track branches of other repositories.
pub const REFERENCES: &str = "refs/promote/elsewhere";

/// A remote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RemoteChoice {
    /// One that Git's settings define, by its name.
    Named(String),
    /// Another repository.
    Elsewhere(Elsewhere),
}

/// A repository that is not a remote in Git's settings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Elsewhere {
    /// As the configuration names it.
    pub repository: RepositoryUrl,
    /// Its URL, before Git's URL settings such as `url.*.insteadOf`.
    pub url: String,
    /// A name for the URL that can be part of a reference.
    id: String,
}

impl RemoteChoice {
    /// The name for people.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::Elsewhere(elsewhere) => elsewhere.repository.as_str(),
        }
    }

    /// The repository, if it is another one.
    pub fn repository(&self) -> Option<&RepositoryUrl> {
        match self {
            Self::Named(_) => None,
            Self::Elsewhere(elsewhere) => Some(&elsewhere.repository),
        }
    }

    /// The name for Git.
    pub fn name_for_git(&self) -> String {
        match self {
            Self::Named(name) => name.clone(),
            Self::Elsewhere(elsewhere) => format!("git-promote-{}", elsewhere.id),
        }
    }

    /// The settings that define it, besides those that Git has.
    pub fn definition(&self) -> Vec<(String, String)> {
        let Self::Elsewhere(elsewhere) = self else {
            return Vec::new();
        };
        let name = self.name_for_git();
        vec![
            (format!("remote.{name}.url"), elsewhere.url.clone()),
            (
                format!("remote.{name}.fetch"),
                format!("+refs/heads/*:{}", elsewhere.tracking("*")),
            ),
        ]
    }
}

impl Elsewhere {
    /// The repository at `url`.
    ///
    /// # Errors
    /// When the URL cannot be hashed.
    pub fn new(repository: RepositoryUrl, url: String) -> Result<Self, RepositoryError> {
        // The token of a job is another one in the next job.
        let name = without_user_info(&url);
        let hash = Oid::hash_object(ObjectType::Blob, name.as_bytes());
        let hash = hash.map_err(|e| ErrorContext::error("could not hash a URL", e.message()))?;
        let mut id = hash.to_string();
        id.truncate(16);
        Ok(Self {
            repository,
            url,
            id,
        })
    }

    /// The reference that tracks one of its branches.
    pub fn tracking(&self, branch: &str) -> String {
        format!("{REFERENCES}/{}/{branch}", self.id)
    }
}
