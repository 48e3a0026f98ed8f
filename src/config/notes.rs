//! Faults and warnings while the configuration is read, before they are placed in the text.

use super::pointer::Pointer;

/// A fault or warning at a value or its key.
#[derive(Clone, Debug)]
pub(super) struct Note {
    /// The value that it is about.
    pub(super) at: Pointer,
    /// The key or the value.
    pub(super) spot: Spot,
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) hint: Option<String>,
}

/// Which end of `key: value` a note points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl Note {
    /// A note about the value at a pointer.
    pub(super) fn at(at: Pointer, message: impl Into<String>) -> Self {
        Self {
            at,
            spot: Spot::Value,
            message: message.into(),
            hint: None,
        }
    }

    /// The same, about the key.
    pub(super) fn on_key(mut self) -> Self {
        self.spot = Spot::Key;
        self
    }

    /// The same, with advice.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How many faults are kept; there is no use in more, and each costs time to place.
const MOST: usize = 1_000;

/// What was noted so far.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// What makes the configuration unusable.
    pub(super) faults: Vec<Note>,
    /// What is only odd.
    pub(super) warnings: Vec<Note>,
    /// How many faults were not kept.
    pub(super) left_out: usize,
}

impl Notes {
    /// Adds what makes the configuration unusable.
    pub(super) fn fault(&mut self, note: Note) {
        self.fault_of(|| note);
    }

    /// The same, for a note that takes time to make.
    pub(super) fn fault_of(&mut self, note: impl FnOnce() -> Note) {
        if self.faults.len() < MOST {
            self.faults.push(note());
        } else {
            self.left_out += 1;
        }
    }

    /// Adds what is only odd.
    pub(super) fn warning(&mut self, note: Note) {
        if self.warnings.len() < MOST {
            self.warnings.push(note);
        }
    }

    /// How many faults there are.
    pub(super) fn count(&self) -> usize {
        self.faults.len() + self.left_out
    }

    /// Takes over other notes, each at the place that `place` gives for its own.
    pub(super) fn add(&mut self, other: Self, place: impl Fn(&Pointer) -> Pointer) {
        let moved = |note: Note| Note {
            at: place(&note.at),
            ..note
        };
        other
            .faults
            .into_iter()
            .for_each(|note| self.fault(moved(note)));
        other
            .warnings
            .into_iter()
            .for_each(|note| self.warning(moved(note)));
        self.left_out += other.left_out;
    }
}
