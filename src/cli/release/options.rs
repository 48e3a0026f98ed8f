//! The options of `git promote release`.

use std::time::Duration;

use clap::Args;

use crate::cli::common_arguments::{Output, RepositoryArguments};
use crate::cli::terminal;
use crate::wiring::NetworkOptions;

/// The options that all of them share.
#[derive(Args, Clone, Debug)]
pub struct ReleaseOptions {
    /// Give up when a server is silent for this long; not applied while Git may prompt on a terminal.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        help_heading = "Repository"
    )]
    pub timeout: u64,

    /// The repository.
    #[command(flatten)]
    pub repository: RepositoryArguments,

    /// The output format.
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub output: Output,
}

impl ReleaseOptions {
    /// The network options.
    pub fn network(&self) -> NetworkOptions {
        NetworkOptions {
            silence: Duration::from_secs(self.timeout),
            prompts: terminal::prompts(),
            ..NetworkOptions::default()
        }
    }
}

/// Whether to wait until the releases have ended.
#[derive(Args, Clone, Debug)]
pub struct WaitArguments {
    /// Wait until the releases have ended: exit code 0 if they succeeded, 1 if one failed or was
    /// terminated, 3 if one was superseded, 5 if one is still waiting when the time is up.
    #[arg(long)]
    pub wait: bool,

    /// How long to wait.
    #[arg(long, value_name = "MINUTES", default_value_t = 60, requires = "wait")]
    pub wait_limit: u64,
}
