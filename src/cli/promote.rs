//! `git promote`: plan, preview, confirm, apply, report.

use std::io;
use std::path::Path;

use clap::Args;

use super::advice::{self, Advice};
use super::apply_arguments::ApplyArguments;
use super::carry_out::{CarryOut, Outcome};
use super::common_arguments::Output;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::interactive;
use super::manual::{ManualArguments, ManualPromotion};
use super::progress::Progress;
use super::selection::{GroupArg, SelectionArguments, TargetsArguments};
use crate::engine::{self, Branches, EngineError, Request};
use crate::render::{json_v1, text};
use crate::wiring::Adapters;

/// The arguments of a promotion.
#[derive(Args, Debug)]
pub struct PromoteArguments {
    /// What to promote.
    #[command(flatten)]
    pub selection: SelectionArguments,

    /// Where to.
    #[command(flatten)]
    pub targets: TargetsArguments,

    /// How to promote.
    #[command(flatten)]
    pub apply: ApplyArguments,

    /// How its release goes on, if it is the promotion of a product.
    #[command(flatten)]
    pub manual: ManualArguments,

    /// Choose the differences one by one; with `--kept`, also among those that are kept.
    #[arg(short, long, help_heading = "What to promote")]
    pub interactive: bool,
}

/// Plans the promotions, and carries them out.
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
    let request = |to: &String| {
        let request = selection.request(to, settings.clone(), directory);
        arguments.apply.add_to(request)
    };
    let requests: Vec<Request> = arguments.targets.to.iter().map(request).collect();
    if arguments.targets.group == GroupArg::Each && requests.len() > 1 {
        return Box::pin(each(arguments, requests, adapters, directory, console)).await;
    }
    let outcome = group(arguments, requests, adapters, directory, console).await?;
    if selection.output == Output::Json {
        let results: Vec<_> = outcome.results().collect();
        let written = if let [result] = results.as_slice() {
            json_v1::write(console.out, result, console.json)
        } else {
            let results = json_v1::Results::of(results, outcome.receipts());
            json_v1::write(console.out, &results, console.json)
        };
        outcome.reported(written)?;
    }
    Ok(outcome.exit())
}

/// Carries out promotions that are done together or not at all.
async fn group(
    arguments: &PromoteArguments,
    mut requests: Vec<Request>,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Outcome, Failure> {
    if arguments.interactive {
        interactive::check_terminal(console)?;
    }
    let progress = Progress::start(console.progress);
    let branches = engine::fetch_group(&adapters.ports(&progress), &requests).await;
    progress.finish();
    let branches = branches?;
    if arguments.interactive {
        requests = choose(arguments, requests, &branches, adapters, console)?;
    }
    let progress = Progress::start(console.progress);
    let prepared = engine::plan_group(&adapters.ports(&progress), &requests, &branches);
    progress.finish();
    let configuration = (arguments.selection.branch.config.as_deref())
        .map(|file| disk::text(&directory.join(file)))
        .transpose()?;
    let carry_out = CarryOut {
        requests: &requests,
        options: &arguments.apply,
        manual: Some(ManualPromotion {
            arguments: &arguments.manual,
            configuration,
        }),
        output: arguments.selection.output,
        adapters,
        console,
    };
    carry_out.run(prepared?).await
}

/// The requests with the differences that the person at the terminal chose.
fn choose(
    arguments: &PromoteArguments,
    requests: Vec<Request>,
    branches: &Branches,
    adapters: &Adapters,
    console: &mut Console<'_>,
) -> Result<Vec<Request>, Failure> {
    let mut chosen = Vec::new();
    let has_several = requests.len() > 1;
    for request in requests {
        if has_several {
            text::target_heading(console.err, &request.to, console.stderr)?;
        }
        let detail = arguments.apply.detail;
        chosen.push(interactive::choose(
            adapters, request, branches, detail, console,
        )?);
    }
    Ok(chosen)
}

/// Carries out promotions one after the other; when one fails, the others go on.
async fn each(
    arguments: &PromoteArguments,
    requests: Vec<Request>,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let output = arguments.selection.output;
    let mut outcomes = Vec::new();
    for (at, request) in requests.into_iter().enumerate() {
        let target = request.to.clone();
        if output == Output::Text {
            still_promoting(each_heading(&target, at, console))?;
        }
        let outcome = group(arguments, vec![request], adapters, directory, console).await;
        still_promoting(console.out.flush())?;
        outcomes.push(match outcome {
            Ok(outcome) => Ok(outcome),
            Err(failure) => {
                let failure = of_target(failure, &target);
                still_promoting(Advice::on(&failure).write(console.err, console.stderr))?;
                Err((target, failure))
            }
        });
    }
    if output == Output::Json {
        let written = write_json(&outcomes, console);
        Outcome::all_reported(outcomes.iter().flatten(), written)?;
    }
    Ok(Exit::worst(outcomes.iter().map(|outcome| match outcome {
        Ok(outcome) => outcome.exit(),
        Err((_, failure)) => Advice::on(failure).exit,
    })))
}

fn each_heading(target: &str, at: usize, console: &mut Console<'_>) -> io::Result<()> {
    if at > 0 {
        writeln!(console.out)?;
    }
    text::target_heading(console.out, target, console.stdout)
}

/// A reader that closes the output early (`| head`) does not keep the other targets from being promoted.
fn still_promoting(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(error),
    })
}

/// The failure with its target.
fn of_target(failure: Failure, target: &str) -> Failure {
    match failure {
        Failure::Engine(source) => Failure::Engine(EngineError::Target {
            target: target.to_owned(),
            source: Box::new(source),
        }),
        failure => failure,
    }
}

/// Writes the outcomes of several targets as one document.
fn write_json(
    outcomes: &[Result<Outcome, (String, Failure)>],
    console: &mut Console<'_>,
) -> io::Result<()> {
    let mut results = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(outcome) => results.extend(outcome.results()),
            Err((target, failure)) => {
                let problem = Advice::on(failure).problem();
                let faults = advice::faults(failure);
                results.push(json_v1::Promotion::failed(target, problem, faults));
            }
        }
    }
    let results = json_v1::Results::of(results, &[]);
    json_v1::write(console.out, &results, console.json)
}
