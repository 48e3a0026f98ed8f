//! Faults and warnings before they are placed in the text.

use super::pointer::Pointer;

/// A fault or warning about a value or its key.
#[derive(Clone, Debug)]
pub(super) struct Note {
    /// The value concerned.
    pub(super) at: Pointer,
    /// Whether it concerns the key or the value.
    pub(super) spot: Spot,
    /// What is wrong.
    pub(super) message: String,
    /// How to fix it.
    pub(super) hint: Option<String>,
    /// Whether the value can be secret, so that it is not shown.
    pub(super) is_secret: bool,
    /// A value whose faults of shape can be the cause; the note is dropped if there are any.
    pub(super) unless: Option<Pointer>,
}

/// The part of `key: value` that a note points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// The key.
    Key,
    /// The value.
    Value,
}

impl Note {
    /// Creates a note about the value at a pointer.
    pub(super) fn at(at: Pointer, message: impl Into<String>) -> Self {
        Self {
            at,
            spot: Spot::Value,
            message: message.into(),
            hint: None,
            is_secret: false,
            unless: None,
        }
    }

    /// Points the note at the key.
    pub(super) fn on_key(mut self) -> Self {
        self.spot = Spot::Key;
        self
    }

    /// Hides the value.
    pub(super) fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    /// Drops the note if the shape of the value at a pointer has faults, as they can be the cause.
    pub(super) fn unless_fault_in(mut self, at: Pointer) -> Self {
        self.unless = Some(at);
        self
    }

    /// Adds advice.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How many faults are kept at most, because placing each one takes time.
const MOST: usize = 1_000;

/// The faults and warnings found so far.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Problems that make the configuration unusable.
    pub(super) faults: Vec<Note>,
    /// Problems that do not prevent its use.
    pub(super) warnings: Vec<Note>,
    /// Definitions that the configuration does not use; options may.
    pub(super) unused: Vec<Note>,
    /// How many faults were not kept.
    pub(super) left_out: usize,
}

impl Notes {
    /// Adds a fault.
    pub(super) fn fault(&mut self, note: Note) {
        self.fault_with(|| note);
    }

    /// Adds a fault whose note is only built if it is kept.
    pub(super) fn fault_with(&mut self, note: impl FnOnce() -> Note) {
        if self.faults.len() < MOST {
            self.faults.push(note());
        } else {
            self.left_out += 1;
        }
    }

    /// Adds a warning.
    pub(super) fn warning(&mut self, note: Note) {
        if self.warnings.len() < MOST {
            self.warnings.push(note);
        }
    }

    /// Adds a definition that the configuration does not use.
    pub(super) fn unused(&mut self, note: Note) {
        if self.unused.len() < MOST {
            self.unused.push(note);
        }
    }

    /// How many faults there are, kept or not.
    pub(super) fn count(&self) -> usize {
        self.faults.len() + self.left_out
    }
}
