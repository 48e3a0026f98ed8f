//! Which references have the chains, on the remote and in this repository.

use super::names::References;
use crate::adapter::git::local::Local;
use crate::adapter::git::remote::choice::RemoteChoice;
use crate::domain::{CommitId, ObjectId};
use crate::port::ReleasesError;

/// Where the chains are.
#[derive(Clone)]
pub struct Place {
    /// The remote, with the names of the chains there.
    pub remote: Option<(RemoteChoice, References)>,
    /// The names of the chains here.
    pub here: References,
}

impl Place {
    /// The references below `prefix`, of a remote or of this repository.
    pub fn new(remote: Option<String>, prefix: &str) -> Result<Self, ReleasesError> {
        let names = References::new(prefix)?;
        Ok(match remote {
            Some(remote) => Self {
                here: names.mirror(&remote),
                remote: Some((RemoteChoice::Named(remote), names)),
            },
            None => Self {
                remote: None,
                here: names,
            },
        })
    }
}

/// Fails if the chain at `reference` no longer contains the transition `known`; `found` is where it is,
/// `copy` the reference of its copy here.
pub fn refuse_replaced(
    local: &Local,
    reference: &str,
    copy: &str,
    known: ObjectId,
    found: Option<ObjectId>,
) -> Result<(), ReleasesError> {
    let is_forward = match found {
        // What has not been fetched cannot be compared; the next fetch does.
        Some(found) => !local.objects.has(found) || local.descends(known, found)?,
        None => false,
    };
    if is_forward {
        return Ok(());
    }
    Err(ReleasesError::Replaced {
        reference: reference.to_owned(),
        copy: copy.to_owned(),
        known: CommitId(known),
        found: found.map(CommitId),
    })
}
