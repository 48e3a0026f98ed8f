//! `git promote release advance`.

use clap::Args;

use super::options::{ReleaseOptions, WaitArguments};
use super::report::advance_and_report;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine;
use crate::port::NoObserver;
use crate::release::Release;
use crate::wiring::ReleaseAdapters;

/// Move releases forward as far as possible now.
///
/// A cron job, a CI job or a person runs this; it may be stopped at any moment, and several may run at
/// the same time.
#[derive(Args, Debug)]
pub struct AdvanceArguments {
    /// The releases, such as `loans-42`.
    #[arg(value_name = "ID", required_unless_present = "all")]
    pub ids: Vec<String>,

    /// All releases that have not ended.
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,

    /// Whether to wait.
    #[command(flatten)]
    pub wait: WaitArguments,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Moves releases forward.
///
/// # Errors
/// When the records cannot be read, or the output cannot be written.
pub async fn run(
    arguments: &AdvanceArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let all = engine::releases(&adapters.ports(&NoObserver)).await?;
    for id in &arguments.ids {
        engine::find_release(&all, id)?;
    }
    let is_chosen = |release: &Release| arguments.all || arguments.ids.contains(&release.id);
    let how = (Some(&arguments.wait), &arguments.options);
    advance_and_report(all, &is_chosen, how, adapters, console).await
}
