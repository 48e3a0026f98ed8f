//! `git promote log`.

use std::path::Path;

use clap::Args;

use super::common_arguments::{ApplicationArguments, Output};
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::report_arguments::ReportArguments;
use crate::engine::{self, LogRequest};
use crate::render::{json_v1, log, text};
use crate::wiring::Adapters;

/// List past promotions, newest first.
///
/// Reads the trailers of the commits on the target branch, also of pull requests that were merged or
/// squashed.
#[derive(Args, Debug)]
pub struct LogArguments {
    /// Only promotions from this environment.
    #[arg(long, value_name = "ENV")]
    pub from: Option<String>,

    /// Only promotions to this environment.
    #[arg(long, value_name = "ENV")]
    pub to: Option<String>,

    /// The applications.
    #[command(flatten)]
    pub applications: ApplicationArguments,

    /// How many promotions to list at most.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub limit: u32,

    /// The branch and the output.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// Lists the promotions.
///
/// # Errors
/// When the branch cannot be read or the output cannot be written.
pub async fn run(
    arguments: &LogArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let request = LogRequest {
        from: arguments.from.clone(),
        to: arguments.to.clone(),
        applications: arguments.applications.service.clone(),
        products: arguments.applications.product.clone(),
        limit: usize::try_from(arguments.limit).unwrap_or(usize::MAX),
        branch: arguments.report.branch.to_look_at(),
        settings: disk::settings(
            arguments.report.branch.config.as_deref(),
            directory,
            console,
        )?,
    };
    let progress = Progress::start(console.progress);
    let log = engine::promotion_log(&adapters.ports(&progress), &request).await;
    progress.finish();
    let log = log?;
    match arguments.report.output {
        Output::Json => json_v1::write(console.out, &json_v1::Log::from(&log), console.json)?,
        Output::Markdown => log::markdown(console.out, &log)?,
        Output::Text => log::text(console.out, &log, console.stdout)?,
    }
    text::warnings(console.err, log.branch.notices.iter(), console.stderr)?;
    Ok(Exit::Done)
}
