//! `git promote release retry`.

use clap::Args;

use super::options::ReleaseOptions;
use super::report::{Ahead, Wanted, advance_and_report};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine;
use crate::port::NoObserver;
use crate::release::Release;
use crate::wiring::ReleaseAdapters;

/// Retry a release that failed: it resumes at what failed, with the same source.
#[derive(Args, Debug)]
pub struct RetryArguments {
    /// The release, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub id: String,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Queues a failed release again and moves it forward.
///
/// # Errors
/// When its state does not allow that, or the output cannot be written.
pub async fn run(
    arguments: &RetryArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let ports = adapters.ports(&NoObserver);
    let changed = engine::retry_release(&ports, &arguments.id).await?;
    let is_chosen = |release: &Release| release.id == arguments.id;
    let how = (None, &arguments.options);
    let wanted = Wanted {
        is_chosen: &is_chosen,
        ahead: Ahead::WhileWaiting,
    };
    advance_and_report(vec![changed], &wanted, how, adapters, console).await
}
