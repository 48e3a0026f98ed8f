//! `git promote release`.

mod advance;
mod approve;
mod list;
mod log;
pub(super) mod options;
pub(super) mod report;
mod retry;
mod show;
mod start;
mod terminate;
mod watch;

use std::path::Path;

use clap::{Args, Subcommand};

use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use crate::engine;
use crate::port::NoObserver;
use crate::render::release as release_text;
use crate::wiring::{Adapters, ReleaseAdapters};
pub use options::WaitArguments;
pub(super) use report::{Ahead, Wanted, advance, exit_of};

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
    Watch(watch::WatchArguments),
    Advance(advance::AdvanceArguments),
    Approve(approve::ApproveArguments),
    Retry(retry::RetryArguments),
    Terminate(terminate::TerminateArguments),
}

impl ReleaseArguments {
    /// The shared options of the subcommand.
    pub fn options(&self) -> &ReleaseOptions {
        match &self.command {
            ReleaseCommand::Start(arguments) => &arguments.options,
            ReleaseCommand::List(arguments) => &arguments.options,
            ReleaseCommand::Show(arguments) => &arguments.options,
            ReleaseCommand::Log(arguments) => &arguments.options,
            ReleaseCommand::Watch(arguments) => &arguments.options,
            ReleaseCommand::Advance(arguments) => &arguments.options,
            ReleaseCommand::Approve(arguments) => &arguments.options,
            ReleaseCommand::Retry(arguments) => &arguments.options,
            ReleaseCommand::Terminate(arguments) => &arguments.options,
        }
    }
}

/// The adapters of releases, whose records are where the configuration of the default branch has them.
///
/// # Errors
/// When the default branch cannot be read, or has no usable prefix.
pub(super) async fn with_records(adapters: &Adapters) -> Result<ReleaseAdapters<'_>, Failure> {
    let place = engine::record_place(&adapters.ports(&NoObserver)).await?;
    match place.faults {
        Some(faults) => Err(Failure::Settings(faults)),
        None => Ok(adapters.for_releases(place.prefix.as_deref())?),
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
    let place = engine::record_place(&adapters.ports(&NoObserver)).await?;
    if let Some(faults) = place.faults {
        if matches!(arguments.command, ReleaseCommand::Start(_)) {
            return Err(Failure::Settings(faults));
        }
        release_text::place_of_older_configuration(console.err, console.stderr, &faults)?;
    }
    let adapters = adapters.for_releases(place.prefix.as_deref())?;
    match &arguments.command {
        ReleaseCommand::Start(arguments) => {
            start::run(arguments, &adapters, directory, console).await
        }
        ReleaseCommand::List(arguments) => list::run(arguments, &adapters, console).await,
        ReleaseCommand::Show(arguments) => show::run(arguments, &adapters, console).await,
        ReleaseCommand::Log(arguments) => log::run(arguments, &adapters, console).await,
        ReleaseCommand::Watch(arguments) => watch::run(arguments, &adapters, console).await,
        ReleaseCommand::Advance(arguments) => advance::run(arguments, &adapters, console).await,
        ReleaseCommand::Approve(arguments) => approve::run(arguments, &adapters, console).await,
        ReleaseCommand::Retry(arguments) => retry::run(arguments, &adapters, console).await,
        ReleaseCommand::Terminate(arguments) => terminate::run(arguments, &adapters, console).await,
    }
}
