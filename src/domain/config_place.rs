//! Where something is in a configuration.

use std::fmt;

/// A place in a configuration.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConfigPlace {
    /// The file, as messages name it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for ConfigPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
