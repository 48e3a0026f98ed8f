//! Which differences people tick in and out.
//!
//! # Why
//!
//! A promotion can have tens of thousands of differences, and a browser sends every box that is checked, but
//! none that is not. So a page only has the boxes of a part of the list, and its form also has which boxes
//! these are, and which of all the others are not as they were offered. That is little, and the same with and
//! without scripts. A box is named by a short number that is made from the selector: others may change the
//! repository meanwhile, which moves differences in the list.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::fields::{Fields, UnknownWord};
use crate::plan::PlannedDifference;

/// The fields of a form that have the choice.
pub(super) const SHOWN: &str = "shown";
pub(super) const TICKED: &str = "tick";
pub(super) const TURNED: &str = "turned";

/// Which differences are promoted.
#[derive(Clone, Debug, Default)]
pub(super) enum Choice {
    /// Those that the plan offers.
    #[default]
    AsOffered,
    /// Those with these selectors.
    Only(BTreeSet<String>),
    /// Those that the boxes of a form say.
    Boxes(Boxes),
}

/// The boxes of a form.
#[derive(Clone, Debug)]
pub(super) struct Boxes {
    /// Those on its page.
    shown: BTreeSet<BoxId>,
    /// Those of them that are ticked.
    ticked: BTreeSet<BoxId>,
    /// The differences without a box on the page that are not as they were offered.
    turned: BTreeSet<BoxId>,
}

/// The name of a difference's box.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct BoxId(u64);

impl BoxId {
    pub fn of(difference: &PlannedDifference) -> Self {
        let mut hasher = DefaultHasher::new();
        difference.selector.hash(&mut hasher);
        Self(hasher.finish())
    }

    fn parse(field: &'static str, word: &str) -> Result<Self, UnknownWord> {
        let id = u64::from_str_radix(word, 16);
        id.map(Self)
            .map_err(|_| UnknownWord::new(field, word, "the boxes of the form"))
    }
}

impl fmt::Display for BoxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// The ids of boxes as the value of one field.
pub(super) fn joined(ids: impl Iterator<Item = BoxId>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    ids.join(".")
}

impl Boxes {
    /// The boxes that a form sends.
    pub fn of(fields: &Fields) -> Result<Self, UnknownWord> {
        let ids = |field: &'static str, words: Vec<String>| {
            let words = words.iter().flat_map(|word| word.split('.'));
            let ids = words.map(|word| BoxId::parse(field, word));
            ids.collect::<Result<BTreeSet<BoxId>, UnknownWord>>()
        };
        Ok(Self {
            shown: ids(SHOWN, fields.all(SHOWN))?,
            ticked: ids(TICKED, fields.all(TICKED))?,
            turned: ids(TURNED, fields.all(TURNED))?,
        })
    }
}

impl Choice {
    /// Whether a difference of the offered plan is to be promoted.
    pub fn has(&self, offered: &PlannedDifference) -> bool {
        let is_offered = offered.verdict.is_promote();
        match self {
            Self::AsOffered => is_offered,
            Self::Only(selectors) => selectors.contains(&offered.selector),
            Self::Boxes(boxes) => {
                let id = BoxId::of(offered);
                if boxes.shown.contains(&id) {
                    boxes.ticked.contains(&id)
                } else {
                    is_offered != boxes.turned.contains(&id)
                }
            }
        }
    }
}
