//! `git promote`: plan, preview, confirm, apply, report.

use std::io;
use std::path::Path;

use clap::Args;

use super::advice;
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
    let outcome = if arguments.targets.group == GroupArg::Each && requests.len() > 1 {
        let each = requests.into_iter().map(|request| vec![request]).collect();
        return Box::pin(groups(arguments, each, adapters, directory, console)).await;
    } else {
        let branches = fetch(arguments, &requests, adapters, console).await?;
        let mut in_repositories = branches.by_repository(requests)?;
        if in_repositories.len() > 1 {
            let targets: Vec<String> = in_repositories.iter().map(|g| targets(g)).collect();
            writeln!(
                console.err,
                "the targets are in {} repositories and cannot be written together; one after the other: {}",
                targets.len(),
                targets.join("; ")
            )?;
            let groups = groups(arguments, in_repositories, adapters, directory, console);
            return Box::pin(groups).await;
        }
        let requests = in_repositories.pop().unwrap_or_default();
        group(arguments, requests, &branches, adapters, directory, console).await?
    };
    if selection.output == Output::Json {
        let results: Vec<_> = outcome.results().collect();
        let written = if let [result] = results.as_slice() {
            json_v1::write(console.out, result, console.json)
        } else {
            let group = results.iter().map(|result| result.environment).collect();
            let results = json_v1::Results::of(results, vec![group], outcome.receipts());
            json_v1::write(console.out, &results, console.json)
        };
        outcome.reported(written)?;
    }
    Ok(outcome.exit())
}

/// Fetches the branches of promotions.
async fn fetch(
    arguments: &PromoteArguments,
    requests: &[Request],
    adapters: &Adapters,
    console: &Console<'_>,
) -> Result<Branches, Failure> {
    if arguments.interactive {
        interactive::check_terminal(console)?;
    }
    let progress = Progress::start(console.progress);
    let branches = engine::fetch_group(&adapters.ports(&progress), requests).await;
    progress.finish();
    Ok(branches?)
}

/// Carries out promotions that are done together or not at all.
async fn group(
    arguments: &PromoteArguments,
    mut requests: Vec<Request>,
    branches: &Branches,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Outcome, Failure> {
    if arguments.interactive {
        requests = choose(arguments, requests, branches, adapters, console)?;
    }
    let progress = Progress::start(console.progress);
    let prepared = engine::plan_group(&adapters.ports(&progress), &requests, branches);
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

/// The targets of promotions, as messages name them.
fn targets(requests: &[Request]) -> String {
    let names: Vec<&str> = requests.iter().map(|request| request.to.as_str()).collect();
    names.join(", ")
}

/// Carries out groups of promotions one after the other; when one fails, the others go on.
async fn groups(
    arguments: &PromoteArguments,
    groups: Vec<Vec<Request>>,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let output = arguments.selection.output;
    let mut outcomes = Vec::new();
    for (at, requests) in groups.into_iter().enumerate() {
        let names: Vec<String> = requests.iter().map(|request| request.to.clone()).collect();
        if let (Output::Text, [target]) = (output, names.as_slice()) {
            still_promoting(each_heading(target, at, console))?;
        }
        let outcome = match fetch(arguments, &requests, adapters, console).await {
            Ok(branches) => {
                let done = group(arguments, requests, &branches, adapters, directory, console);
                Box::pin(done).await
            }
            Err(failure) => Err(failure),
        };
        still_promoting(console.out.flush())?;
        let outcome = match outcome {
            Ok(outcome) => Ok(outcome),
            Err(failure) => {
                let failure = of_targets(failure, &names);
                still_promoting(advice::on(&failure).write(console.err, console.stderr))?;
                Err(failure)
            }
        };
        outcomes.push((names, outcome));
    }
    if output == Output::Json {
        let written = write_json(&arguments.targets.to, &outcomes, console);
        let done = outcomes
            .iter()
            .filter_map(|(_, outcome)| outcome.as_ref().ok());
        Outcome::all_reported(done, written)?;
    }
    Ok(Exit::worst(outcomes.iter().map(
        |(_, outcome)| match outcome {
            Ok(outcome) => outcome.exit(),
            Err(failure) => advice::on(failure).kind.into(),
        },
    )))
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

/// The failure with its targets, unless it is that of one of them.
fn of_targets(failure: Failure, targets: &[String]) -> Failure {
    match failure {
        failure @ Failure::Engine(EngineError::Target { .. }) => failure,
        Failure::Engine(source) => Failure::Engine(EngineError::Target {
            target: targets.join("`, `"),
            source: Box::new(source),
        }),
        failure => failure,
    }
}

/// The targets of a group, and its outcome.
type GroupOutcome = (Vec<String>, Result<Outcome, Failure>);

/// Writes the outcomes of several targets as one document, in the order of the command line.
fn write_json(
    targets: &[String],
    outcomes: &[GroupOutcome],
    console: &mut Console<'_>,
) -> io::Result<()> {
    let mut results = Vec::new();
    let mut groups = Vec::new();
    let mut receipts = Vec::new();
    for (names, outcome) in outcomes {
        match outcome {
            Ok(outcome) => {
                groups.push(outcome.results().map(|result| result.environment).collect());
                results.extend(names.iter().zip(outcome.results()));
                receipts.extend(outcome.receipts().iter().cloned());
            }
            Err(failure) => {
                groups.push(names.iter().map(String::as_str).collect());
                for target in names {
                    let problem = advice::on(failure).problem();
                    let faults = advice::faults(failure);
                    let result = json_v1::Promotion::failed(target, problem, faults);
                    results.push((target, result));
                }
            }
        }
    }
    results.sort_by_key(|(name, _)| targets.iter().position(|target| target == *name));
    let results = results.into_iter().map(|(_, result)| result).collect();
    let results = json_v1::Results::of(results, groups, &receipts);
    json_v1::write(console.out, &results, console.json)
}
