//! What policies set for verification: commands that must succeed on the planned files.

use std::time::Duration;

/// What policies set for verification; whatever is missing is not set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VerifySettings {
    /// The commands, for a shell.
    pub commands: Option<Vec<String>>,
    /// How long each of them may run.
    pub time_limit: Option<Duration>,
}

impl VerifySettings {
    /// How long a command may run if nothing sets it.
    pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(600);

    /// These settings, with those of `other` where they are not set.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            commands: self.commands.or_else(|| other.commands.clone()),
            time_limit: self.time_limit.or(other.time_limit),
        }
    }

    /// The names of the settings that are set, as in `promote.yaml`.
    pub fn names(&self) -> Vec<String> {
        let commands = self.commands.iter().map(|_| "verify".to_owned());
        let limit = self.time_limit.iter().map(|_| "verifyTimeout".to_owned());
        commands.chain(limit).collect()
    }
}
