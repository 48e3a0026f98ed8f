//! Why something failed.

use schemars::JsonSchema;
use serde::Serialize;

/// Why it failed.
#[derive(Serialize, JsonSchema, Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What failed.
    pub message: String,
    /// The causes, the most direct first.
    pub causes: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// The exit code.
    pub code: u8,
}
