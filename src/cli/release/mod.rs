//! `git promote release`.

mod advance;
mod approve;
mod list;
mod log;
mod options;
mod report;
mod retry;
mod show;
mod start;
mod terminate;

use std::path::Path;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::terminal;
use crate::engine;
use crate::port::{BranchChoice, NoObserver, Publish};
use crate::wiring::{Adapters, NetworkOptions};
use options::ReleaseOptions;

/// Take a product through the environments of a flow, and follow its releases.
///
/// The state of a release is in the repository, at `refs/promote/releases/<product>`. Anyone who may
/// push can move it forward, from anywhere; running the same command twice, or at the same time, is safe.
#[derive(Args, Debug)]
pub struct ReleaseArguments {
    /// What to do.
    #[command(subcommand)]
    pub command: ReleaseCommand,
}

/// The subcommands; the help of each is the doc comment of its arguments.
#[derive(Subcommand, Debug)]
pub enum ReleaseCommand {
    Start(start::StartArguments),
    List(list::ListArguments),
    Show(show::ShowArguments),
    Log(log::LogArguments),
    Advance(advance::AdvanceArguments),
    Approve(approve::ApproveArguments),
    Retry(retry::RetryArguments),
    Terminate(terminate::TerminateArguments),
}

impl ReleaseArguments {
    /// The network options.
    pub fn network(&self) -> NetworkOptions {
        NetworkOptions {
            silence: Duration::from_secs(self.options().timeout),
            prompts: terminal::prompts(),
            ..NetworkOptions::default()
        }
    }

    /// The shared options of the subcommand.
    pub fn options(&self) -> &ReleaseOptions {
        match &self.command {
            ReleaseCommand::Start(arguments) => &arguments.options,
            ReleaseCommand::List(arguments) => &arguments.options,
            ReleaseCommand::Show(arguments) => &arguments.options,
            ReleaseCommand::Log(arguments) => &arguments.options,
            ReleaseCommand::Advance(arguments) => &arguments.options,
            ReleaseCommand::Approve(arguments) => &arguments.options,
            ReleaseCommand::Retry(arguments) => &arguments.options,
            ReleaseCommand::Terminate(arguments) => &arguments.options,
        }
    }
}

/// Runs a subcommand.
///
/// # Errors
/// When the records cannot be read or written, or the output cannot be written.
pub async fn run(
    arguments: &ReleaseArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let look = BranchChoice {
        branch: None,
        publish: Publish::Look,
    };
    let ports = adapters.ports(&NoObserver);
    let configuration = engine::read_configuration(&ports, &look, None).await?;
    let prefix = configuration.settings.release_prefix;
    let adapters = adapters.for_releases(prefix.as_deref())?;
    match &arguments.command {
        ReleaseCommand::Start(arguments) => {
            start::run(arguments, &adapters, directory, console).await
        }
        ReleaseCommand::List(arguments) => list::run(arguments, &adapters, console).await,
        ReleaseCommand::Show(arguments) => show::run(arguments, &adapters, console).await,
        ReleaseCommand::Log(arguments) => log::run(arguments, &adapters, console).await,
        ReleaseCommand::Advance(arguments) => advance::run(arguments, &adapters, console).await,
        ReleaseCommand::Approve(arguments) => approve::run(arguments, &adapters, console).await,
        ReleaseCommand::Retry(arguments) => retry::run(arguments, &adapters, console).await,
        ReleaseCommand::Terminate(arguments) => terminate::run(arguments, &adapters, console).await,
    }
}
