//! The records of releases: for each product a chain of commits, at a reference of its own.
//!
//! # Why
//!
//! The remote's reference is the truth. Its copy here, the mirror, makes a fetch cheap, and it is what
//! shows a forced push: it only moves forward.
//!
//! | file | what it holds |
//! |---|---|
//! | `names` | the names of the references |
//! | `place` | which references have the chains, there and here |
//! | `chain` | reading chains that are here |
//! | `fetch` | fetching the chains of a remote |
//! | `append` | appending a transition, and publishing it |
//! | `signature` | whose key signed a transition |

mod append;
mod chain;
mod fetch;
mod names;
mod place;
mod signature;

use std::sync::Arc;

use async_trait::async_trait;
use git2::ObjectType;

use super::local::Local;
use super::objects::commit;
use crate::domain::{CommitId, ObjectId};
use crate::port::{Chain, NewTransition, RecordFile, Releases, ReleasesError, Transition};
use place::Place;

/// The records of releases in a Git repository.
#[derive(Clone)]
pub struct GitReleases {
    local: Arc<Local>,
    place: Place,
}

impl GitReleases {
    /// The records below `prefix`, of a remote or of this repository.
    ///
    /// # Errors
    /// [`ReleasesError::BadPrefix`].
    pub(super) fn new(
        local: Arc<Local>,
        remote: Option<String>,
        prefix: &str,
    ) -> Result<Self, ReleasesError> {
        let place = Place::new(remote, prefix)?;
        Ok(Self { local, place })
    }
}

#[async_trait]
impl Releases for GitReleases {
    async fn fetch(&self) -> Result<Vec<Chain>, ReleasesError> {
        let place = self.place.clone();
        let work = move |local: &Local| {
            if let Some((remote, there)) = &place.remote {
                fetch::fetch(local, remote, there, &place.here)?;
            }
            Ok(chain::list(local, &place.here)?)
        };
        self.local.blocking(work).await
    }

    fn last_seen(&self) -> Result<Vec<Chain>, ReleasesError> {
        Ok(chain::list(&self.local, &self.place.here)?)
    }

    fn files(&self, tip: CommitId) -> Result<Vec<RecordFile>, ReleasesError> {
        Ok(chain::files(&self.local, tip)?)
    }

    fn read(&self, blob: ObjectId) -> Result<Vec<u8>, ReleasesError> {
        let objects = &self.local.objects;
        Ok(objects.read(blob, ObjectType::Blob, <[u8]>::to_vec)?)
    }

    fn transitions(
        &self,
        tip: CommitId,
        is_last: &dyn Fn(&Transition) -> bool,
    ) -> Result<Vec<Transition>, ReleasesError> {
        Ok(chain::transitions(&self.local, tip, is_last)?)
    }

    fn signers(&self, transition: CommitId) -> Result<Vec<String>, ReleasesError> {
        Ok(signature::signers(&self.local, transition)?)
    }

    fn are_signed(&self) -> bool {
        commit::is_signed(&self.local)
    }

    fn own_key(&self) -> Option<String> {
        signature::own_key(&self.local)
    }

    async fn append(&self, transition: NewTransition) -> Result<Option<CommitId>, ReleasesError> {
        let place = self.place.clone();
        let work = move |local: &Local| append::append(local, &place, &transition);
        self.local.blocking(work).await
    }
}
