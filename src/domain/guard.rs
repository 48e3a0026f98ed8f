//! Names of the checks on a plan.

use std::fmt;

/// The name of a guard, as the command line and JSON have it.
///
/// Only the guards themselves make one, so a name that exists is a guard's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct GuardName(&'static str);

impl GuardName {
    /// For the guards alone: lower-case words, joined by `-`.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name as text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
