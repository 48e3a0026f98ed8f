//! `git promote status`.

use std::path::Path;

use clap::Args;
use clap::builder::{StringValueParser, TypedValueParser};

use super::common_arguments::{ApplicationArguments, Output};
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::report_arguments::ReportArguments;
use crate::engine::{self, StatusRequest};
use crate::render::{json_v1, status, text};
use crate::wiring::Adapters;

/// Show which version of each application every environment has.
///
/// Each version is compared with that of the nearest environment before that has the application:
/// `behind` is older, `ahead` is newer, `different` has no order. `waiting` counts the version differences
/// that a promotion between the two would move, and those that it would hold or keep. `since` and `by` are
/// of the commit that brought the version.
#[derive(Args, Debug)]
pub struct StatusArguments {
    /// The environments, in order; default: the configured ones, otherwise those with usual names.
    #[arg(long, value_name = "ENV,...", value_delimiter = ',', value_parser = trimmed())]
    pub environments: Vec<String>,

    /// The applications.
    #[command(flatten)]
    pub applications: ApplicationArguments,

    /// The branch and the output.
    #[command(flatten)]
    pub report: ReportArguments,
}

/// Parses a name of a list, which blanks may surround.
fn trimmed() -> impl TypedValueParser<Value = String> {
    StringValueParser::new().map(|text| text.trim().to_owned())
}

/// Shows the versions.
///
/// # Errors
/// When the branch cannot be read or the output cannot be written.
pub async fn run(
    arguments: &StatusArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let request = StatusRequest {
        environments: arguments.environments.clone(),
        applications: arguments.applications.service.clone(),
        products: arguments.applications.product.clone(),
        branch: arguments.report.branch.to_look_at(),
        settings: disk::settings(
            arguments.report.branch.config.as_deref(),
            directory,
            console,
        )?,
    };
    let progress = Progress::start(console.progress);
    let found = engine::status(&adapters.ports(&progress), &request).await;
    progress.finish();
    let found = found?;
    match arguments.report.output {
        Output::Json => json_v1::write(console.out, &json_v1::Status::from(&found), console.json)?,
        Output::Markdown => status::markdown(console.out, &found)?,
        Output::Text => status::text(console.out, &found, console.stdout)?,
    }
    status::unreadable(console.err, &found, console.stderr)?;
    text::warnings(console.err, found.branch.notices.iter(), console.stderr)?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use crate::cli::arguments::{Arguments, Command};

    #[test]
    fn blanks_around_the_environments_do_not_matter() {
        let line = [
            "git-promote",
            "status",
            "--environments",
            "dev, staging ,prod",
        ];
        let arguments = Arguments::from_command_line(line.map(Into::into)).unwrap();
        let Some(Command::Status(status)) = arguments.command else {
            panic!("another command");
        };
        assert_eq!(status.environments, ["dev", "staging", "prod"]);
    }
}
