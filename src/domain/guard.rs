//! Names of the checks on a plan.

use std::fmt;

/// A check on the plan itself that can hold a promotion.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum GuardName {
    /// A pinned version would become a moving name such as `latest`.
    MovingVersion,
    /// An encrypted value would move to another environment.
    Encrypted,
}

impl GuardName {
    /// Every guard, in the order in which they are run and printed.
    pub const ALL: [Self; 2] = [Self::MovingVersion, Self::Encrypted];

    /// The name on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MovingVersion => "moving-version",
            Self::Encrypted => "encrypted",
        }
    }
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
