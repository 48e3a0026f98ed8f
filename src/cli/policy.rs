//! `git promote policy`.

use std::path::Path;

use clap::{Args, Subcommand};

use super::common_arguments::Output;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::report_arguments::ReportArguments;
use crate::engine;
use crate::render::{json_v1, policy, text};
use crate::wiring::Adapters;

/// Show which settings apply to promotions.
#[derive(Args, Debug)]
pub struct PolicyArguments {
    /// What to show.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// The commands about policies.
#[derive(Subcommand, Debug)]
pub enum PolicyCommand {
    Evaluate(EvaluateArguments),
}

/// Show every setting of a product's promotion to an environment, and where it comes from.
///
/// For each setting, the step of the flow comes first, then the matching policy with the lowest priority
/// number, then the default. Below are all policies, and why some of them do not match.
#[derive(Args, Debug)]
pub struct EvaluateArguments {
    /// The product.
    #[arg(long, visible_alias = "project", value_name = "NAME")]
    pub product: String,

    /// The target environment.
    #[arg(long, value_name = "ENV")]
    pub to: String,

    /// The flow with a step for this environment; default: a promotion without a flow.
    #[arg(long, value_name = "NAME")]
    pub flow: Option<String>,

    /// The branch and the output.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// Shows the settings of a promotion.
///
/// # Errors
/// When the branch cannot be read, a name is unknown, or the output cannot be written.
pub async fn evaluate(
    arguments: &EvaluateArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let branch = arguments.report.branch.to_look_at();
    let given = disk::settings(
        arguments.report.branch.config.as_deref(),
        directory,
        console,
    )?;
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let found = engine::read_configuration(&ports, &branch, given.as_ref()).await;
    progress.finish();
    let found = found?;
    let evaluation =
        found.evaluate(&arguments.product, &arguments.to, arguments.flow.as_deref())?;
    match arguments.report.output {
        Output::Json => {
            let document = json_v1::Policy::new(&found, &evaluation);
            json_v1::write(console.out, &document, console.json)?;
        }
        Output::Markdown => policy::markdown(console.out, &evaluation)?,
        Output::Text => policy::text(console.out, &evaluation, console.stdout)?,
    }
    text::warnings(console.err, found.notices.iter(), console.stderr)?;
    Ok(Exit::Done)
}
