//! `git promote revert`.

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
use super::progress::Progress;
use super::report_arguments::ReportArguments;
use crate::domain::{CommitId, Settings};
use crate::engine::{self, EngineError, Ports, Prepared, Request};
use crate::plan::Reverted;
use crate::port::NoObserver;
use crate::render::json_v1;
use crate::wiring::Adapters;

/// Revert a promotion, or all promotions of a release.
///
/// Restores each place that the promotion changed, unless it was changed again later: then it stays, and
/// the preview shows the commit that changed it. Reverting a revert restores the promotion. A baseline that was
/// set, or a decision of `--take`, is taken back as well: by a commit that changes no file.
#[derive(Args, Debug)]
pub struct RevertArguments {
    /// The promotion: its commit or merge commit, its id, or the number of its pull request; `git promote
    /// log` lists them. Or a release that has ended, such as `loans-42`: all its promotions, newest first.
    #[arg(value_name = "PROMOTION")]
    pub promotion: String,

    /// Only this application, by its name or the last parts of it; repeatable.
    #[arg(
        long,
        visible_alias = "app",
        value_name = "NAME",
        help_heading = "What to revert"
    )]
    pub service: Vec<String>,

    /// Only differences that this selector or pattern matches, such as a file, a glob or a key; repeatable.
    #[arg(long, value_name = "SELECTOR", help_heading = "What to revert")]
    pub only: Vec<String>,

    /// Skip the differences that this selector or pattern matches; repeatable.
    #[arg(long, value_name = "SELECTOR", help_heading = "What to revert")]
    pub except: Vec<String>,

    /// How to revert.
    #[command(flatten)]
    pub apply: ApplyArguments,

    /// The branch and the output.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// Plans the revert, and carries it out.
///
/// # Errors
/// When there is no such promotion, planning or applying fails, or the output cannot be written.
pub async fn run(
    arguments: &RevertArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let promotions = promotions(arguments, adapters).await?;
    let mut outcomes = Vec::new();
    let mut failed = None;
    for (environment, promotion) in &promotions {
        match revert(arguments, promotion, adapters, directory, console).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) if outcomes.is_empty() => return Err(failure),
            // What was reverted before stays, and is reported.
            Err(failure) => {
                failed = Some((environment, failure));
                break;
            }
        }
    }
    if let Some((environment, failure)) = &failed {
        writeln!(
            console.err,
            "the revert in {environment} failed; the promotions that were reverted before it stay reverted"
        )?;
        advice::on(failure).write(console.err, console.stderr)?;
    }
    if promotions.is_empty() && arguments.report.output != Output::Json {
        writeln!(
            console.out,
            "nothing to revert: {} has promoted nothing",
            arguments.promotion
        )?;
    }
    if arguments.report.output == Output::Json {
        let mut results: Vec<_> = outcomes.iter().flat_map(Outcome::results).collect();
        results.extend(failed.as_ref().map(|(environment, failure)| {
            let problem = advice::on(failure).problem();
            json_v1::Promotion::failed(environment, problem, advice::faults(failure))
        }));
        let written = if let [only] = results.as_slice() {
            json_v1::write(console.out, only, console.json)
        } else {
            let groups = results
                .iter()
                .map(|result| vec![result.environment])
                .collect();
            let results = json_v1::Results::of(results, groups, &[]);
            json_v1::write(console.out, &results, console.json)
        };
        Outcome::all_reported(&outcomes, written)?;
    }
    let exit_of_failed = failed
        .iter()
        .map(|(_, failure)| Exit::from(advice::on(failure).kind));
    let exits = outcomes.iter().map(Outcome::exit).chain(exit_of_failed);
    Ok(Exit::worst(exits))
}

/// The promotions to revert, newest first, each with its environment, which only a release knows: those of a release, or the one
/// that is named.
async fn promotions(
    arguments: &RevertArguments,
    adapters: &Adapters,
) -> Result<Vec<(String, String)>, Failure> {
    let name = &arguments.promotion;
    if is_like_a_release(name) {
        let place = engine::record_place(&adapters.ports(&NoObserver)).await?;
        let adapters = adapters.for_releases(place.prefix.as_deref())?;
        let all = engine::releases(&adapters.ports(&NoObserver)).await?;
        if let Ok((_, release)) = engine::find_release(&all, name) {
            let promotions = engine::promotions_of(release)?.into_iter();
            let named = |(environment, commit): (&str, CommitId)| {
                (environment.to_owned(), commit.to_string())
            };
            return Ok(promotions.map(named).collect());
        }
    }
    Ok(vec![(String::new(), name.clone())])
}

/// Whether a name has the form of a release's id: `<product>-<number>`.
fn is_like_a_release(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(product, number)| {
        !product.is_empty() && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Plans the revert of a promotion, and carries it out.
async fn revert(
    arguments: &RevertArguments,
    promotion: &str,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Outcome, Failure> {
    let settings = disk::settings(
        arguments.report.branch.config.as_deref(),
        directory,
        console,
    )?;
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let prepared = prepare(arguments, promotion, settings, &ports).await;
    progress.finish();
    let (request, prepared) = prepared?;
    let carry_out = CarryOut {
        requests: &[request],
        options: &arguments.apply,
        manual: None,
        output: arguments.report.output,
        adapters,
        console,
    };
    carry_out.run(prepared.into()).await
}

async fn prepare(
    arguments: &RevertArguments,
    promotion: &str,
    settings: Option<Settings>,
    ports: &Ports<'_>,
) -> Result<(Request, Prepared), EngineError> {
    let request = |from: &str, to: &str| Request {
        applications: arguments.service.clone(),
        only: arguments.only.clone(),
        except: arguments.except.clone(),
        branch: arguments.report.branch.to_promote_on(),
        settings: settings.clone(),
        ..arguments.apply.add_to(Request::between(from, to))
    };
    // The environments are those of the promotion, which is found on one of the branches.
    let choice = request("", "").branch_choice();
    let branches = engine::fetch_all(ports, &choice, settings.as_ref(), &[]).await?;
    let promotion = engine::find_promotion(ports, &branches, promotion)?;
    let record = promotion.record;
    let request = Request {
        reverts: Some(Reverted {
            id: record.id,
            commit: promotion.commit,
        }),
        ..request(&record.from, &record.to)
    };
    let prepared = engine::plan_on(ports, &request, &branches)?;
    Ok((request, prepared))
}
