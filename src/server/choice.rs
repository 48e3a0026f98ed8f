//! Which differences people tick in and out.
//!
//! # Why
//!
//! A promotion can have tens of thousands of differences, and a browser sends every box that is checked, but
//! none that is not. So a page only has the boxes of a part of the list, and its form also has which boxes
//! these are, and what was chosen before. That is little, and the same with and without scripts. A box is named
//! by a short number that is made from the selector: others may change the repository meanwhile, which moves
//! differences in the list.
//!
//! They may also change what is offered. Whoever has left a box as it was shown has chosen nothing: if a push
//! made that difference kept, its box must not lift the rule, and the plan is another one than the one that was
//! shown. So the form has how each box was shown, and only a box that was changed is a choice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::fields::{Fields, UnknownWord};
use crate::plan::PlannedDifference;

/// The fields of a form that have the choice.
pub(super) const SHOWN_IN: &str = "shown-in";
pub(super) const SHOWN_OUT: &str = "shown-out";
pub(super) const TICKED: &str = "tick";
pub(super) const IN: &str = "in";
pub(super) const OUT: &str = "out";

/// Which differences are promoted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) enum Choice {
    /// Those that the plan offers.
    #[default]
    AsOffered,
    /// Those with these selectors.
    Only(BTreeSet<String>),
    /// Those that the boxes of a form have.
    Boxes(Boxes),
}

/// What was chosen by the boxes of a form, on this page and on others: whether a difference is to be promoted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Boxes(BTreeMap<BoxId, bool>);

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
        let before = ids(IN, fields.all(IN))?.into_iter().map(|id| (id, true));
        let out = ids(OUT, fields.all(OUT))?.into_iter();
        let mut chosen: BTreeMap<BoxId, bool> = before.chain(out.map(|id| (id, false))).collect();
        let ticked = ids(TICKED, fields.all(TICKED))?;
        let shown_in = ids(SHOWN_IN, fields.all(SHOWN_IN))?;
        let unticked = shown_in.difference(&ticked).map(|id| (*id, false));
        chosen.extend(unticked);
        let shown_out = ids(SHOWN_OUT, fields.all(SHOWN_OUT))?;
        let newly = shown_out.intersection(&ticked).map(|id| (*id, true));
        chosen.extend(newly);
        Ok(Self(chosen))
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
                let Boxes(chosen) = boxes;
                let chosen = chosen.get(&BoxId::of(offered));
                chosen.copied().unwrap_or(is_offered)
            }
        }
    }

    /// Whether a form must have what was chosen for the difference.
    ///
    /// What is ticked in, as it is offered, is no choice any more. What is ticked out stays one: it stays out
    /// if others change what is offered, and change it back.
    pub fn is_carried(&self, offered: &PlannedDifference) -> bool {
        let is_out = match self {
            Self::AsOffered | Self::Only(_) => false,
            Self::Boxes(Boxes(chosen)) => chosen.get(&BoxId::of(offered)) == Some(&false),
        };
        is_out || self.has(offered) != offered.verdict.is_promote()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_a_choice_if_it_was_changed() {
        let chosen = |form: &str| {
            let Boxes(chosen) = Boxes::of(&Fields::parse(form.as_bytes())).unwrap();
            let chosen = chosen.into_iter();
            chosen
                .map(|(BoxId(id), is_in)| (id, is_in))
                .collect::<Vec<_>>()
        };
        for (form, expected) in [
            ("shown-in=1.2&shown-out=3.4&tick=1&tick=2", &[][..]),
            (
                "shown-in=1.2&shown-out=3.4&tick=1&tick=3",
                &[(2, false), (3, true)],
            ),
            // What was chosen before, on this page and on another one.
            (
                "shown-in=1&shown-out=2&tick=1&in=1.a&out=2.b",
                &[(1, true), (2, false), (10, true), (11, false)],
            ),
            (
                "shown-in=1&shown-out=2&tick=2&in=1&out=2",
                &[(1, false), (2, true)],
            ),
            // A box that was not shown.
            ("shown-in=1&tick=1&tick=2", &[]),
        ] {
            assert_eq!(chosen(form), expected, "{form}");
        }
    }
}
