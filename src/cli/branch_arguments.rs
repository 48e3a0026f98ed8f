//! The options about the branch, and how it is read.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::common_arguments::RepositoryArguments;
use super::terminal;
use crate::port::{BranchChoice, Publish};
use crate::wiring::NetworkOptions;

/// The branch, and how it is read.
#[derive(Args, Clone, Debug)]
pub struct BranchArguments {
    /// The target branch; default: the default branch of the remote.
    #[arg(
        long,
        value_name = "NAME",
        value_parser = clap::builder::NonEmptyStringValueParser::new(),
        help_heading = "Repository"
    )]
    pub branch: Option<String>,

    /// Use the local branch, without fetching or pushing.
    #[arg(long, help_heading = "Repository")]
    pub no_push: bool,

    /// Give up when a server is silent for this long; not applied while Git may prompt on a terminal.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        help_heading = "Repository"
    )]
    pub timeout: u64,

    /// Use this configuration instead of `promote.yaml` on the target branch.
    #[arg(long, value_name = "FILE", help_heading = "Repository")]
    pub config: Option<PathBuf>,

    /// The repository.
    #[command(flatten)]
    pub repository: RepositoryArguments,
}

impl BranchArguments {
    /// The network options.
    pub fn network(&self) -> NetworkOptions {
        NetworkOptions {
            silence: Duration::from_secs(self.timeout),
            prompts: terminal::prompts(),
            ..NetworkOptions::default()
        }
    }

    /// The branch to promote on.
    pub fn to_promote_on(&self) -> BranchChoice {
        self.choice(Publish::Push)
    }

    /// The branch to read only.
    pub fn to_look_at(&self) -> BranchChoice {
        self.choice(Publish::Look)
    }

    fn choice(&self, publish: Publish) -> BranchChoice {
        BranchChoice {
            repository: None,
            branch: self.branch.clone(),
            publish: if self.no_push {
                Publish::Local
            } else {
                publish
            },
        }
    }
}
