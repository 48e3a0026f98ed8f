//! `git promote diff`.

use std::io;

use clap::Args;

use super::common_arguments::Output;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::selection::{GroupArg, SelectionArguments, TargetsArguments};
use crate::domain::Action;
use crate::engine::{self, Allow, EngineError, ManifestPreview, Ports, Request};
use crate::plan::Plan;
use crate::port::BODY_LIMIT;
use crate::render::receipt::FaultList;
use crate::render::text::{self, Detail, Kept, Length, Selectors};
use crate::render::{Purpose, json_v1, markdown, receipt};
use crate::wiring::Adapters;

/// Show what a promotion would do, without writing anything.
///
/// Exits with 1 if a selected file cannot be read or edited, and with 4 if a conflict prevents the
/// promotion.
#[derive(Args, Debug)]
pub struct DiffArguments {
    /// What to compare.
    #[command(flatten)]
    pub selection: SelectionArguments,

    /// The targets.
    #[command(flatten)]
    pub targets: TargetsArguments,

    /// How much to show.
    #[command(flatten)]
    pub detail: DetailArguments,

    /// Only print the paths of the files that would change.
    #[arg(long, conflicts_with_all = ["stat", "output", "full", "kept", "selectors"], help_heading = "Output")]
    pub name_only: bool,

    /// Only print how many lines would change in each file, like `git diff --stat`.
    #[arg(long, conflicts_with_all = ["output", "full", "kept", "selectors"], help_heading = "Output")]
    pub stat: bool,

    /// Exit with 10 if something would be promoted.
    #[arg(long, help_heading = "Output")]
    pub exit_code: bool,
}

/// How much of a preview is shown.
#[derive(Args, Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option")]
pub struct DetailArguments {
    /// Print the selector of each difference, for `--only` and `--except`.
    #[arg(long, help_heading = "Output")]
    pub selectors: bool,

    /// Do not shorten long values and files.
    #[arg(long, help_heading = "Output")]
    pub full: bool,

    /// List each kept difference with its reason.
    #[arg(long, help_heading = "Output")]
    pub kept: bool,

    /// Also show what changes in the manifests that the installed kustomize and Helm render.
    #[arg(long, help_heading = "Output")]
    pub rendered: bool,
}

impl DetailArguments {
    /// Whether the preview has the rendered manifests.
    pub fn manifests(self) -> ManifestPreview {
        if self.rendered {
            ManifestPreview::Shown
        } else {
            ManifestPreview::Hidden
        }
    }
}

impl From<DetailArguments> for Detail {
    fn from(arguments: DetailArguments) -> Self {
        Self {
            kept: if arguments.kept {
                Kept::Listed
            } else {
                Kept::Counted
            },
            selectors: if arguments.selectors {
                Selectors::Shown
            } else {
                Selectors::Hidden
            },
            length: if arguments.full {
                Length::Full
            } else {
                Length::Shortened
            },
        }
    }
}

/// Writes the warnings and holds that the output does not contain to stderr, and every error.
fn write_warnings(
    arguments: &DiffArguments,
    plan: &Plan,
    allow: &Allow,
    console: &mut Console<'_>,
) -> io::Result<()> {
    match arguments.selection.output {
        // Markdown contains the plan's warnings, but not those about this clone.
        Output::Markdown => {
            text::warnings(console.err, plan.clone_notices().iter(), console.stderr)?;
            text::faults(console.err, plan, console.stderr)
        }
        Output::Text if arguments.name_only || arguments.stat => {
            let all = plan.clone_notices().iter().chain(plan.notices());
            text::faults(console.err, plan, console.stderr)?;
            text::findings(console.err, plan, console.stderr, allow)?;
            text::warnings(console.err, all, console.stderr)
        }
        Output::Json => text::faults(console.err, plan, console.stderr),
        // The preview lists the files; this explains the exit code.
        Output::Text => receipt::left_out(console.err, console.stderr, plan, FaultList::Hidden),
    }
}

/// Computes the plans and shows them.
///
/// # Errors
/// When planning fails or the output cannot be written.
pub async fn run(
    arguments: &DiffArguments,
    adapters: &Adapters,
    directory: &std::path::Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let config = arguments.selection.branch.config.as_deref();
    let settings = disk::settings(config, directory, console)?;
    let request = |to: &String| Request {
        // The action of a policy does not matter for a preview.
        action: Some(Action::None),
        manifests: arguments.detail.manifests(),
        ..arguments.selection.request(to, settings.clone(), directory)
    };
    let requests: Vec<Request> = arguments.targets.to.iter().map(request).collect();
    let progress = Progress::start(console.progress);
    let plans = plans(arguments, &requests, &adapters.ports(&progress)).await;
    progress.finish();
    let plans = plans?;
    // There is no option that lifts holds.
    let allow = Allow::default();
    write(arguments, &plans, &allow, console)?;
    for plan in &plans {
        write_warnings(arguments, plan, &allow, console)?;
    }
    Ok(Exit::worst(plans.iter().map(|plan| {
        if plan.chosen_faults().next().is_some() {
            Exit::Failed
        } else if !plan.conflicts().is_empty() {
            Exit::Moved
        } else if arguments.exit_code && plan.changes_files() {
            Exit::Different
        } else {
            Exit::Done
        }
    })))
}

/// Computes the plans, which runs no commands of the repository.
async fn plans(
    arguments: &DiffArguments,
    requests: &[Request],
    ports: &Ports<'_>,
) -> Result<Vec<Plan>, EngineError> {
    let branches = engine::fetch_group(ports, requests).await?;
    if arguments.targets.group == GroupArg::All {
        let mut plans = Vec::new();
        for group in branches.by_repository(requests.to_vec())? {
            let planned = engine::plan_group(ports, &group, &branches)?.plans;
            plans.extend(group.into_iter().map(|request| request.to).zip(planned));
        }
        plans.sort_by_key(|(to, _)| requests.iter().position(|request| request.to == *to));
        return Ok(plans.into_iter().map(|(_, plan)| plan).collect());
    }
    let plan = |request| engine::plan_on(ports, request, &branches);
    let plans = requests.iter().map(|request| Ok(plan(request)?.plan));
    plans.collect()
}

/// Writes the plans to stdout.
fn write(
    arguments: &DiffArguments,
    plans: &[Plan],
    allow: &Allow,
    console: &mut Console<'_>,
) -> io::Result<()> {
    let (out, canvas) = (&mut *console.out, console.stdout);
    match arguments.selection.output {
        Output::Json => match plans {
            [plan] => json_v1::write(out, &json_v1::Diff::from(plan), console.json),
            plans => json_v1::write(out, &json_v1::Diffs::from(plans), console.json),
        },
        Output::Markdown => {
            let plans: Vec<&Plan> = plans.iter().collect();
            let preview = markdown(&plans, BODY_LIMIT, Purpose::Preview(allow));
            out.write_all(preview.as_bytes())
        }
        Output::Text if arguments.name_only => {
            plans.iter().try_for_each(|plan| text::name_only(out, plan))
        }
        Output::Text if arguments.stat => text::for_each(out, plans, canvas, |out, plan| {
            text::stat(out, plan, canvas)
        }),
        Output::Text => text::previews(out, plans, canvas, arguments.detail.into(), allow),
    }
}
