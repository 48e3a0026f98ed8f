//! `git promote`: plan, preview, confirm, apply, report.

use std::path::Path;

use clap::Args;

use super::apply_arguments::ApplyArguments;
use super::carry_out::carry_out;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::interactive;
use super::progress::Progress;
use super::selection::SelectionArguments;
use crate::engine;
use crate::wiring::Adapters;

/// The arguments of a promotion.
#[derive(Args, Debug)]
pub struct PromoteArguments {
    /// What to promote.
    #[command(flatten)]
    pub selection: SelectionArguments,

    /// How to promote.
    #[command(flatten)]
    pub apply: ApplyArguments,

    /// Choose the differences one by one; with `--kept`, also among those that are kept.
    #[arg(short, long, help_heading = "What to promote")]
    pub interactive: bool,
}

/// Plans a promotion, and carries it out.
///
/// # Errors
/// When planning or applying fails, or the output cannot be written.
pub async fn run(
    arguments: &PromoteArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let selection = &arguments.selection;
    let settings = disk::settings(selection.branch.config.as_deref(), directory, console)?;
    let mut request = arguments
        .apply
        .add_to(selection.request(settings, directory));
    if arguments.interactive {
        let detail = arguments.apply.detail;
        request = interactive::choose(adapters, request, detail, console).await?;
    }
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let branch = engine::fetch(&ports, &request).await;
    let prepared = branch.and_then(|branch| engine::plan_on(&ports, &request, branch));
    progress.finish();
    let (options, output) = (&arguments.apply, selection.output);
    carry_out(&request, prepared?, options, output, adapters, console).await
}
