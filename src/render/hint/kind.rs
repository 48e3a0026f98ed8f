//! Hints and the kinds of failures.

/// The kind of a failure; the command line turns it into an exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// Any other failure.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
    /// It is not allowed now.
    Held,
    /// The branch moved in the meantime.
    Moved,
    /// The remote or the forge could not be reached.
    Unreachable,
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
