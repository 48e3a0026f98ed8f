//! `git promote revert`.

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
use super::report_arguments::ReportArguments;
use crate::domain::Settings;
use crate::engine::{self, EngineError, Ports, Prepared, Request};
use crate::plan::Reverted;
use crate::render::json_v1;
use crate::wiring::Adapters;

/// Revert a promotion.
///
/// Restores each place that the promotion changed, unless it was changed again later: then it stays, and
/// the preview shows the commit that changed it. Reverting a revert restores the promotion.
#[derive(Args, Debug)]
pub struct RevertArguments {
    /// The promotion: its commit or merge commit, its id, or the number of its pull request; `git promote
    /// log` lists them.
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
    let settings = disk::settings(
        arguments.report.branch.config.as_deref(),
        directory,
        console,
    )?;
    let progress = Progress::start(console.progress);
    let prepared = prepare(arguments, settings, &adapters.ports(&progress)).await;
    progress.finish();
    let (request, prepared) = prepared?;
    let carry_out = CarryOut {
        requests: &[request],
        options: &arguments.apply,
        output: arguments.report.output,
        adapters,
        console,
    };
    let outcome = carry_out.run(prepared.into()).await?;
    if arguments.report.output == Output::Json {
        for result in outcome.results() {
            outcome.reported(json_v1::write(console.out, &result, console.json))?;
        }
    }
    Ok(outcome.exit())
}

async fn prepare(
    arguments: &RevertArguments,
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
    // The environments are those of the promotion, which is found on the branch.
    let branch = engine::fetch(ports, &request("", "")).await?;
    let promotion = engine::find_promotion(ports, &branch, &arguments.promotion)?;
    let record = promotion.record;
    let request = Request {
        reverts: Some(Reverted {
            id: record.id,
            commit: promotion.commit,
        }),
        ..request(&record.from, &record.to)
    };
    let prepared = engine::plan_on(ports, &request, branch)?;
    Ok((request, prepared))
}
