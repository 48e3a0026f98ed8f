//! `git promote baseline`.

use std::path::Path;

use clap::Args;

use super::apply_arguments::ApplyArguments;
use super::carry_out::CarryOut;
use super::common_arguments::Output;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::selection::{SelectionArguments, TargetArguments};
use crate::domain::{Action, Mode};
use crate::engine::{self, Request};
use crate::render::{json_v1, markdown_baselines, text};
use crate::wiring::Adapters;

/// Show what the source was when each application was last promoted, and what changed in it since.
///
/// This is the base of `--promote changes`. A recorded baseline is from a commit of git-promote, an inferred
/// one from the newest commit in which the target took something from the source.
#[derive(Args, Debug)]
pub struct BaselineArguments {
    /// What to compare.
    #[command(flatten)]
    pub selection: SelectionArguments,

    /// The target.
    #[command(flatten)]
    pub target: TargetArguments,

    /// Record the source's files in this revision as the baseline of the chosen applications, without
    /// promoting anything.
    #[arg(
        long,
        value_name = "REV",
        conflicts_with_all = [
            "only", "except", "take", "base", "promote", "delete", "new", "source", "wanted_version",
        ]
    )]
    pub set: Option<String>,

    /// How to record it, with `--set`.
    #[command(flatten)]
    pub apply: ApplyArguments,
}

/// Shows the baselines, or sets them.
///
/// # Errors
/// When planning or applying fails, or the output cannot be written.
pub async fn run(
    arguments: &BaselineArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    match &arguments.set {
        Some(revision) => set(arguments, revision, adapters, directory, console).await,
        None => show(arguments, adapters, directory, console).await,
    }
}

async fn set(
    arguments: &BaselineArguments,
    revision: &str,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let selection = &arguments.selection;
    let settings = disk::settings(selection.branch.config.as_deref(), directory, console)?;
    let to = arguments.target.to.as_deref().unwrap_or_default();
    let request = arguments.apply.add_to(Request {
        set_baseline: Some(revision.to_owned()),
        ..selection.request(to, settings, directory)
    });
    let progress = Progress::start(console.progress);
    let prepared = engine::prepare(&adapters.ports(&progress), &request).await;
    progress.finish();
    let carry_out = CarryOut {
        requests: &[request],
        options: &arguments.apply,
        manual: None,
        output: selection.output,
        adapters,
        console,
    };
    let outcome = carry_out.run(prepared?.into()).await?;
    if selection.output == Output::Json {
        for result in outcome.results() {
            outcome.reported(json_v1::write(console.out, &result, console.json))?;
        }
    }
    Ok(outcome.exit())
}

async fn show(
    arguments: &BaselineArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let selection = &arguments.selection;
    let settings = disk::settings(selection.branch.config.as_deref(), directory, console)?;
    let to = arguments.target.to.as_deref().unwrap_or_default();
    let mut request = selection.request(to, settings, directory);
    request.action = Some(Action::None);
    request.promote.get_or_insert(Mode::Changes);
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    // Not `prepare`: what only shows something runs no commands of the repository.
    let branches = engine::fetch(&ports, &request).await;
    let plan = branches.and_then(|branches| engine::compute(&ports, &request, &branches));
    progress.finish();
    let plan = plan?;
    match selection.output {
        Output::Json => {
            json_v1::write(
                console.out,
                &json_v1::BaselineReport::from(&plan),
                console.json,
            )?;
        }
        Output::Markdown => write!(console.out, "{}", markdown_baselines(&plan))?,
        Output::Text => text::baselines(console.out, &plan, console.stdout)?,
    }
    let notices = plan.clone_notices().iter().chain(plan.notices());
    text::warnings(console.err, notices, console.stderr)?;
    text::faults(console.err, &plan, console.stderr)?;
    Ok(Exit::Done)
}
