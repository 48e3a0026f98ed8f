//! What to do about a failure, and what kind of failure it is.

/// What kind of failure an error is; the command line turns it into an exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureKind {
    /// It failed.
    Failed,
    /// The command line or the configuration is wrong.
    Usage,
    /// The branch moved meanwhile.
    Moved,
    /// The remote or the forge could not be reached.
    Unreachable,
}

/// What to do about a failure.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// What to do now; `None` where the error itself is enough.
    pub text: Option<String>,
}

impl Hint {
    /// Any other failure, and what to do.
    pub fn failed(text: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Failed,
            text: Some(text.into()),
        }
    }

    /// A wrong command line or configuration, and what to do.
    pub fn usage(text: impl Into<String>) -> Self {
        Self {
            kind: FailureKind::Usage,
            text: Some(text.into()),
        }
    }

    /// There is nothing to say beyond the error itself.
    pub fn none(kind: FailureKind) -> Self {
        Self { kind, text: None }
    }
}
