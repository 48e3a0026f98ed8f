//! `git promote release advance`.

use clap::{ArgAction, ArgGroup, Args};

use super::options::{ReleaseOptions, WaitArguments};
use super::report::{Ahead, Moved, Wanted, advance_with_progress, report_moved};
use crate::cli::apply_arguments::{AllowArg, allow_arg};
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine::{self, Advanced};
use crate::port::NoObserver;
use crate::release::Release;
use crate::wiring::ReleaseAdapters;

/// Move releases forward as far as possible now.
///
/// A cron job, a CI job or a person runs this; it may be stopped at any moment, and several may run at
/// the same time.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("which").args(["ids", "all"]).required(true))]
pub struct AdvanceArguments {
    /// The releases, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,

    /// All releases that have not ended.
    #[arg(long)]
    pub all: bool,

    /// Lift the holds of this guard for these releases; recorded with who did; repeatable. A release that it held
    /// is tried again.
    #[arg(long, value_name = "GUARD", value_parser = allow_arg(), action = ArgAction::Append, requires = "ids")]
    pub allow: Vec<AllowArg>,

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
    let ports = adapters.ports(&NoObserver);
    let mut all = engine::releases(&ports).await?;
    for id in &arguments.ids {
        engine::find_release(&all, id)?;
    }
    if !arguments.allow.is_empty() {
        let guards: Vec<String> = arguments
            .allow
            .iter()
            .map(|a| a.name().to_owned())
            .collect();
        for id in &arguments.ids {
            engine::allow_in_release(&ports, id, &guards).await?;
        }
        all = engine::releases(&ports).await?;
    }
    // They cannot be moved, but whoever names one wants to know how it stands.
    let is_ended =
        |release: &&Release| release.state.is_end() && arguments.ids.contains(&release.id);
    let every = all.iter().flat_map(|product| &product.releases);
    let ended = every.filter(is_ended).cloned();
    let ended: Vec<Moved> = ended
        .map(|release| (release.id.clone(), Ok(Advanced::ended(release))))
        .collect();
    let is_chosen = |release: &Release| arguments.all || arguments.ids.contains(&release.id);
    let how = (Some(&arguments.wait), &arguments.options);
    let wanted = Wanted {
        is_chosen: &is_chosen,
        ahead: Ahead::WhileWaiting,
    };
    let mut moved = advance_with_progress(all, &wanted, how.0, adapters, console).await?;
    moved.extend(ended);
    report_moved(&moved, how, console)
}
