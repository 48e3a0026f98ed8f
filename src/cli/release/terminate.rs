//! `git promote release terminate`.

use clap::Args;

use super::options::ReleaseOptions;
use super::report::advance_and_report;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine;
use crate::port::NoObserver;
use crate::release::Release;
use crate::wiring::ReleaseAdapters;

/// Terminate a release: what has not happened yet does not happen, and open pull requests are closed.
///
/// What is already on the branch stays; `git promote revert` takes it back.
#[derive(Args, Debug)]
pub struct TerminateArguments {
    /// The release, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub id: String,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Terminates a release.
///
/// # Errors
/// When its state does not allow that, or the output cannot be written.
pub async fn run(
    arguments: &TerminateArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let ports = adapters.ports(&NoObserver);
    let changed = engine::terminate_release(&ports, &arguments.id).await?;
    let is_chosen = |release: &Release| release.id == arguments.id;
    let how = (None, &arguments.options);
    advance_and_report(vec![changed], &is_chosen, how, adapters, console).await
}
