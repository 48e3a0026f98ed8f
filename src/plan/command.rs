//! Commands that verify the planned files, and how they ended.

use std::time::Duration;

use crate::domain::Severity;

/// A command that must succeed on the planned files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VerifyCommand {
    /// The command, for a shell.
    pub command: String,
    /// How long it may run.
    pub time_limit: Duration,
    /// What its failure does to the promotion.
    pub severity: Severity,
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommandEnd {
    /// It exited with this code.
    Exited(i32),
    /// This signal ended it.
    Signal(i32),
    /// It ran for too long and was killed.
    TimedOut,
}

/// A command that failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FailedCommand {
    /// The command.
    pub command: String,
    /// How it ended.
    pub end: CommandEnd,
    /// The last lines of its output.
    pub output: String,
}

impl CommandEnd {
    /// The exit code; `None` if the command did not exit by itself.
    pub fn exit_code(self) -> Option<i32> {
        match self {
            Self::Exited(code) => Some(code),
            Self::Signal(_) | Self::TimedOut => None,
        }
    }
}
