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

    /// How a command that failed ended.
    pub fn description(self, command: &str, time_limit: Duration) -> String {
        match self {
            // What shells return for a program that does not exist.
            Self::Exited(127) => {
                format!("`{command}` failed with exit code 127: a program was not found")
            }
            Self::Exited(code) => format!("`{command}` failed with exit code {code}"),
            Self::Signal(signal) => format!("`{command}` was ended by signal {signal}"),
            Self::TimedOut => {
                let limit = shown_duration(time_limit);
                format!("`{command}` did not end within {limit}")
            }
        }
    }
}

/// A duration as `promote.yaml` has it.
pub fn shown_duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds % 3_600 == 0 => format!("{}h", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_states_how_the_command_ended() {
        for (end, expected) in [
            (CommandEnd::Exited(2), "failed with exit code 2"),
            (
                CommandEnd::Exited(127),
                "failed with exit code 127: a program was not found",
            ),
            (CommandEnd::Signal(9), "was ended by signal 9"),
            (CommandEnd::TimedOut, "did not end within 90s"),
        ] {
            let description = end.description("make check", Duration::from_secs(90));
            assert_eq!(description, format!("`make check` {expected}"));
        }
    }

    #[test]
    fn a_duration_is_shown_as_it_is_written() {
        for (seconds, expected) in [(90, "90s"), (600, "10m"), (7_200, "2h"), (3_660, "61m")] {
            assert_eq!(shown_duration(Duration::from_secs(seconds)), expected);
        }
    }
}
