//! What is promoted: the options that `promote` and `diff` share.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::common_arguments::{Output, PlaceArguments};
use super::terminal::can_ask;
use crate::domain::{Mode, Settings};
use crate::engine::{Allow, MessageChoice, ProposalChoice, Removals, Request};
use crate::port::{BranchChoice, Publish};
use crate::wiring::{NetworkOptions, Prompts};

/// Environments, applications and differences.
#[derive(Args, Clone, Debug)]
pub struct SelectionArguments {
    /// The environment whose state is taken, by name or alias.
    #[arg(long, value_name = "ENV", required = true)]
    pub from: Option<String>,

    /// The environment that is changed, by name or alias.
    #[arg(long, value_name = "ENV", required = true)]
    pub to: Option<String>,

    /// Only this application, by its name or the name's last parts; repeatable.
    #[arg(
        long,
        visible_alias = "app",
        value_name = "NAME",
        help_heading = "What to promote"
    )]
    pub service: Vec<String>,

    /// Only the applications of this product; repeatable.
    #[arg(
        long,
        visible_alias = "project",
        value_name = "NAME",
        help_heading = "What to promote"
    )]
    pub product: Vec<String>,

    /// Only these differences: a selector as the preview prints it, or a pattern; repeatable.
    #[arg(long, value_name = "SELECTOR", help_heading = "What to promote")]
    pub only: Vec<String>,

    /// Not these differences: a selector as the preview prints it, or a pattern; repeatable.
    #[arg(long, value_name = "SELECTOR", help_heading = "What to promote")]
    pub except: Vec<String>,

    /// What is promoted, whatever the template's rules say; otherwise as they say, else `versions`.
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        help_heading = "What to promote"
    )]
    pub promote: Option<PromoteWord>,

    /// Remove what only the target has, where it would be promoted otherwise.
    #[arg(long, help_heading = "What to promote")]
    pub delete: bool,

    /// Promote what the source was at this revision.
    #[arg(long, value_name = "REV", help_heading = "What to promote")]
    pub source: Option<String>,

    /// The branch to promote on; otherwise the remote's default branch.
    #[arg(long, value_name = "NAME", help_heading = "Repository")]
    pub branch: Option<String>,

    /// Stay on the local branch: neither fetch nor push.
    #[arg(long, help_heading = "Repository")]
    pub no_push: bool,

    /// How many seconds a server may be silent (four times that during a push, while its hooks run);
    /// a step is tried again for up to twice that. At a terminal, where git may ask for a password,
    /// only the network's own limits hold.
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=3600),
        help_heading = "Repository"
    )]
    pub timeout: u64,

    /// Read this configuration instead of the branch's `promote.yaml`.
    #[arg(long, value_name = "FILE", help_heading = "Repository")]
    pub config: Option<PathBuf>,

    /// The form of what goes to stdout.
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORM",
        help_heading = "Output"
    )]
    pub output: Output,

    /// Where the repository is.
    #[command(flatten)]
    pub place: PlaceArguments,
}

/// The words of `--promote`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum PromoteWord {
    /// Fields that carry a version, and what moves along with them.
    Versions,
    /// Every difference.
    All,
}

impl From<PromoteWord> for Mode {
    fn from(word: PromoteWord) -> Self {
        match word {
            PromoteWord::Versions => Self::Versions,
            PromoteWord::All => Self::All,
        }
    }
}

impl SelectionArguments {
    /// How remotes are reached.
    pub fn network(&self) -> NetworkOptions {
        NetworkOptions {
            silence: Duration::from_secs(self.timeout),
            prompts: if can_ask() {
                Prompts::Terminal
            } else {
                Prompts::Never
            },
            ..NetworkOptions::default()
        }
    }

    /// The request for a preview; a promotion adds its action, message and lifted guards.
    pub fn request(&self, settings: Option<Settings>) -> Request {
        Request {
            from: self.from.clone().unwrap_or_default(),
            to: self.to.clone().unwrap_or_default(),
            applications: self.service.clone(),
            products: self.product.clone(),
            only: self.only.clone(),
            except: self.except.clone(),
            promote: self.promote.map(Mode::from),
            removals: if self.delete {
                Removals::Promoted
            } else {
                Removals::Kept
            },
            source: self.source.clone(),
            branch: BranchChoice {
                branch: self.branch.clone(),
                publish: if self.no_push {
                    Publish::Local
                } else {
                    Publish::Push
                },
            },
            action: None,
            message: MessageChoice::default(),
            proposal: ProposalChoice::default(),
            allow: Allow::default(),
            settings,
        }
    }
}
