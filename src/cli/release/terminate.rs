//! `git promote release terminate`.

use clap::Args;

use super::options::ReleaseOptions;
use super::report::{Ahead, Wanted, advance_and_report};
use crate::cli::common_arguments::Output;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::progress::Progress;
use crate::engine::{self, Allow, ReleaseError};
use crate::port::NoObserver;
use crate::release::{Refusal, Release, ReleaseState};
use crate::render::receipt;
use crate::render::text::Detail;
use crate::wiring::ReleaseAdapters;

/// Terminate a release: what has not happened yet does not happen, and open pull requests are closed.
///
/// What is already on the branch stays, unless `--revert` is given; `git promote revert ID` takes it back later.
#[derive(Args, Debug)]
pub struct TerminateArguments {
    /// The release, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub id: String,

    /// Then revert what it promoted, newest first; later changes of the same places stay.
    #[arg(long)]
    pub revert: bool,

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
    let changed = match engine::terminate_release(&ports, &arguments.id).await {
        Err(ReleaseError::Refused(Refusal::Ended {
            state: ReleaseState::Terminated,
            ..
        })) if arguments.revert => return revert(arguments, adapters, console).await,
        changed => changed?,
    };
    let is_chosen = |release: &Release| release.id == arguments.id;
    let how = (None, &arguments.options);
    let wanted = Wanted {
        is_chosen: &is_chosen,
        ahead: Ahead::WhileWaiting,
    };
    let exit = advance_and_report(vec![changed], &wanted, how, adapters, console).await?;
    match exit {
        Exit::Done if arguments.revert => revert(arguments, adapters, console).await,
        exit => Ok(exit),
    }
}

/// Reverts what a terminated release promoted.
async fn revert(
    arguments: &TerminateArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let all = engine::releases(&ports).await?;
    let (_, found) = engine::find_release(&all, &arguments.id)?;
    let (reverts, ended) = engine::revert_release(&ports, found).await;
    progress.finish();
    let allow = Allow::default();
    // The document of the release is on stdout.
    let (out, canvas) = match arguments.options.output {
        Output::Json => (&mut *console.err, console.stderr),
        Output::Text | Output::Markdown => (&mut *console.out, console.stdout),
    };
    for (plan, receipt) in &reverts {
        write!(out, "revert in {}: ", plan.hop().to.name)?;
        receipt::results(out, canvas, &[(receipt, plan)], Detail::default(), &allow)?;
    }
    if reverts.is_empty() && ended.is_ok() {
        writeln!(out, "nothing to revert: {} has promoted nothing", found.id)?;
    }
    for (plan, receipt) in &reverts {
        receipt::explanations(console.err, console.stderr, &[(receipt, plan)])?;
    }
    ended?;
    Ok(Exit::worst(
        reverts.iter().map(|(_, receipt)| Exit::from(receipt)),
    ))
}
