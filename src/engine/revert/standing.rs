//! Finds out which changes of a promotion the target still has.

use std::collections::HashMap;

use super::changes::PromotedFile;
use crate::document::{Difference, Value};
use crate::domain::{Naming, Op};
use crate::engine::compare::{Commits, Versions};
use crate::engine::history::{PlaceKey, PlaceSet, place_key};
use crate::port::RepositoryError;

/// What a promotion changed in a file, to be compared with what the target has now.
pub(super) enum Promoted {
    /// The file is as it was promoted.
    Whole,
    /// The promoted values of the changed places; `None` for a value that was removed.
    Places {
        values: HashMap<(PlaceKey, Op), Option<Value>>,
        places: PlaceSet,
    },
    /// The promoted file cannot be compared with the one before.
    Unknown,
}

/// How a difference between the target before a promotion and the target now relates to the promotion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Standing {
    /// The promotion made it, and the target still has it.
    Promoted,
    /// The promotion changed the place, and a later commit changed it again.
    Changed,
    /// The promotion did not touch the place.
    Unrelated,
}

impl Promoted {
    /// Compares the file before and after the promotion, unless the target still has the latter.
    pub fn of(
        file: &PromotedFile,
        commits: Commits<'_>,
        naming: &Naming,
    ) -> Result<Self, RepositoryError> {
        if file.pair.target == file.promoted {
            return Ok(Self::Whole);
        }
        let (Some(before), Some(promoted)) = (file.pair.source, file.promoted) else {
            return Ok(Self::Unknown);
        };
        let versions = Versions {
            pair: &file.pair,
            now: None,
            blobs: commits.source,
            naming,
        };
        let Some(found) = versions.differences(before, promoted)? else {
            return Ok(Self::Unknown);
        };
        let places = PlaceSet::of(&found, naming);
        let values = found.into_iter();
        let values = values.map(|d| ((place_key(&d, naming), d.op), d.before));
        Ok(Self::Places {
            values: values.collect(),
            places,
        })
    }

    /// How a difference relates to the promotion.
    pub fn standing(&self, difference: &Difference, naming: &Naming) -> Standing {
        match self {
            Self::Whole => Standing::Promoted,
            Self::Unknown => Standing::Changed,
            Self::Places { values, places } => {
                let place = (place_key(difference, naming), difference.op);
                match values.get(&place) {
                    Some(promoted) if *promoted == difference.before => Standing::Promoted,
                    Some(_) => Standing::Changed,
                    None if places.touch(&place.0) => Standing::Changed,
                    None => Standing::Unrelated,
                }
            }
        }
    }
}
