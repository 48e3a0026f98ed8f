//! Hints and the kinds of failures.

/// The kind of a failure, with its exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FailureKind {
    /// Any other failure.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// It is not allowed now.
    Held = 3,
    /// The branch moved in the meantime.
    Moved = 4,
    /// The remote or the forge could not be reached.
    Unreachable = 5,
}

/// What to do about a failure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// The kind of failure.
    pub kind: FailureKind,
    /// What to do; `None` if the error message is enough.
    pub text: Option<String>,
}

impl Hint {
    /// A hint for a failure of no special kind.
    pub fn failed(text: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Failed,
            text: Some(text.into()),
        }
    }

    /// A hint for a wrong command line or configuration.
    pub fn usage(text: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Usage,
            text: Some(text.into()),
        }
    }

    /// No hint: the error message is enough.
    pub fn none(kind: FailureKind) -> Self {
        Self { kind, text: None }
    }
}
