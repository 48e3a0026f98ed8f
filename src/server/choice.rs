//! Which differences people tick in and out.
//!
//! # Why
//!
//! A promotion can have tens of thousands of differences, and a browser sends every box that is checked, but
//! none that is not. So a page only has the boxes of a part of the list, and its form also has which boxes
//! these are, and which of all the others were ticked in or out. That is little, and the same with and without
//! scripts. A box is named by a short number that is made from the selector: others may change the repository
//! meanwhile, which moves differences in the list. They may also change what is offered, so the form has which
//! differences are in and which are out, not which ones are other than offered.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::fields::{Fields, UnknownWord};
use crate::plan::PlannedDifference;

/// The fields of a form that have the choice.
pub(super) const SHOWN: &str = "shown";
pub(super) const TICKED: &str = "tick";
pub(super) const IN: &str = "in";
pub(super) const OUT: &str = "out";

/// Which differences are promoted.
#[derive(Clone, Debug, Default)]
pub(super) enum Choice {
    /// Those that the plan offers.
    #[default]
    AsOffered,
    /// Those with these selectors.
    Only(BTreeSet<String>),
    /// Those that the boxes of a form have.
    Boxes(Boxes),
}

/// The boxes of a form.
#[derive(Clone, Debug)]
pub(super) struct Boxes {
    /// Those on its page.
    shown: BTreeSet<BoxId>,
    /// Those of them that are ticked.
    ticked: BTreeSet<BoxId>,
    /// The differences without a box on the page that were ticked in.
    ticked_in: BTreeSet<BoxId>,
    /// Those that were ticked out.
    ticked_out: BTreeSet<BoxId>,
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
            ticked_in: ids(IN, fields.all(IN))?,
            ticked_out: ids(OUT, fields.all(OUT))?,
        })
    }

    /// Whether a difference is to be promoted, if that was chosen.
    fn chosen(&self, id: BoxId) -> Option<bool> {
        if self.shown.contains(&id) {
            Some(self.ticked.contains(&id))
        } else if self.ticked_out.contains(&id) {
            Some(false)
        } else {
            self.ticked_in.contains(&id).then_some(true)
        }
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
                let chosen = boxes.chosen(BoxId::of(offered));
                chosen.unwrap_or(is_offered)
            }
        }
    }

    /// Whether a form without a box for the difference must have what was chosen: it is not what is offered, or
    /// was not when it was chosen.
    pub fn is_carried(&self, offered: &PlannedDifference) -> bool {
        let was_carried = match self {
            Self::AsOffered | Self::Only(_) => false,
            Self::Boxes(boxes) => {
                let id = BoxId::of(offered);
                boxes.ticked_in.contains(&id) || boxes.ticked_out.contains(&id)
            }
        };
        was_carried || self.has(offered) != offered.verdict.is_promote()
    }
}
