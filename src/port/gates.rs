//! Checks gates: conditions in the outside world.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use super::Snapshot;
use crate::domain::{CommitId, Gate, RepositoryUrl};

/// Checks gates of all kinds.
#[async_trait]
pub trait Gates: Send + Sync {
    /// The state of a gate for a step. One that cannot be reached is waiting.
    async fn state(&self, gate: &Gate, step: &GateContext) -> GateState;
}

/// What gates look at.
#[derive(Clone)]
pub struct GateContext {
    /// The time, in seconds since 1970.
    pub now: i64,
    /// The target environment.
    pub environment: String,
    /// The applications that are promoted.
    pub applications: Vec<String>,
    /// The repository of that environment, if it is another one than that with the record.
    pub repository: Option<RepositoryUrl>,
    /// The commit that brought the promotion to the target's branch; `None` before that.
    pub landed: Option<Landed>,
    /// The number of the pull request.
    pub pull_request: Option<u64>,
    /// The approvals in the record.
    pub approvals: Vec<Approval>,
    /// The variables for commands and templates, as workflows get them.
    pub variables: BTreeMap<String, String>,
    /// The files that commands run in: of the landed commit, or of the target branch before that.
    pub files: Arc<dyn Snapshot>,
}

/// A promotion that is on the target's branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Landed {
    /// The commit.
    pub commit: CommitId,
    /// When the record first saw it there, in seconds since 1970.
    pub since: i64,
}

/// An approval by `release approve`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// Who approved: a user of the forge, or the committer's name.
    pub by: String,
    /// What shows who it is. Names alone do not count.
    pub proof: ApprovalProof,
}

/// What shows who approved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ApprovalProof {
    /// The forge confirmed the user of the token.
    Forge,
    /// A key signed the commit that records the approval.
    Signature {
        /// The fingerprints of the key and of its primary key.
        fingerprints: Vec<String>,
    },
    /// The key of a server, which had the person sign in, signed that commit.
    Server {
        /// The fingerprints of the key and of its primary key.
        fingerprints: Vec<String>,
    },
    /// Nothing, or a signature that is not valid.
    None,
}

/// The keys that prove who gave an approval, by their fingerprints.
#[derive(Clone, Copy, Debug)]
pub struct ListedKeys<'k> {
    /// Those of people, by name.
    pub people: &'k BTreeMap<String, String>,
    /// Those of servers, which have people sign in and know their names.
    pub servers: &'k [String],
}

/// Why it is not known who gave an approval.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum UnprovenApproval {
    /// The key is not one of those that count.
    #[error("an approval with key {key} does not count, because `{list}` does not list it")]
    UnlistedKey {
        /// Its fingerprint.
        key: String,
        /// The setting that would list it.
        list: &'static str,
    },
    /// No key signed it, and no forge confirmed it.
    #[error("an approval without a proof of who gave it does not count")]
    NoProof,
}

impl Approval {
    /// Who gave it, if that is proven.
    ///
    /// # Errors
    /// When nothing proves it, or a key that does not count.
    pub fn approver<'a>(&'a self, keys: ListedKeys<'a>) -> Result<&'a str, UnprovenApproval> {
        let unlisted = |fingerprints: &[String], list| UnprovenApproval::UnlistedKey {
            key: fingerprints.first().cloned().unwrap_or_default(),
            list,
        };
        match &self.proof {
            ApprovalProof::Forge => Ok(&self.by),
            ApprovalProof::Signature { fingerprints } => {
                let mut people = keys.people.iter();
                let found = people.find(|(_, key)| fingerprints.contains(key));
                let (name, _) = found.ok_or_else(|| unlisted(fingerprints, "keys"))?;
                Ok(name)
            }
            ApprovalProof::Server { fingerprints } => {
                let is_listed = keys.servers.iter().any(|key| fingerprints.contains(key));
                if is_listed {
                    Ok(&self.by)
                } else {
                    Err(unlisted(fingerprints, "servers"))
                }
            }
            ApprovalProof::None => Err(UnprovenApproval::NoProof),
        }
    }
}

/// The state of a gate for a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GateState {
    /// It lets the step pass.
    Passed,
    /// It may pass later.
    Waiting {
        /// What it waits for.
        why: String,
        /// When to check again, if that is known, in seconds since 1970.
        until: Option<i64>,
    },
    /// It will not pass.
    Failed {
        /// Why.
        why: String,
    },
}
