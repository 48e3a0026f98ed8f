//! `git promote schema`.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::failure::Failure;
use crate::config;
use crate::render::json_v1;

/// Print the JSON Schema of an output or the configuration.
#[derive(Args, Debug)]
pub struct SchemaArguments {
    /// The format to describe.
    #[arg(value_enum)]
    pub format: Format,
}

/// A format with a schema.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// The output of `git promote diff --output json`.
    Diff,
    /// The output of `git promote --output json`.
    Result,
    /// The output of `git promote diff --output json` for several targets.
    Diffs,
    /// The output of `git promote --output json` for several targets.
    Results,
    /// The output of `git promote status --output json`.
    Status,
    /// The output of `git promote log --output json`.
    Log,
    /// The output of `git promote explain --output json`.
    Explain,
    /// The output of `git promote baseline --output json`.
    Baseline,
    /// The output of `git promote flow list --output json` and `flow show`.
    Flows,
    /// The output of `git promote flow plan --output json`.
    FlowPlan,
    /// The output of `git promote policy evaluate --output json`.
    Policy,
    /// The output of `git promote release show --output json`, and the record of a release.
    Release,
    /// The output of `git promote release list --output json`, and of the commands that change releases.
    Releases,
    /// The output of `git promote release log --output json`.
    ReleaseLog,
    /// A line of `git promote release watch --output json`.
    ReleaseEvent,
    /// The output of `git promote trigger --output json`.
    Trigger,
    /// The configuration, `promote.yaml`.
    Config,
}

/// Prints the schema.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(arguments: &SchemaArguments, out: &mut dyn Write) -> Result<Exit, Failure> {
    let schema = match arguments.format {
        Format::Diff => json_v1::diff_schema(),
        Format::Result => json_v1::result_schema(),
        Format::Diffs => json_v1::diffs_schema(),
        Format::Results => json_v1::results_schema(),
        Format::Status => json_v1::status_schema(),
        Format::Log => json_v1::log_schema(),
        Format::Explain => json_v1::explain_schema(),
        Format::Baseline => json_v1::baseline_schema(),
        Format::Flows => json_v1::flows_schema(),
        Format::FlowPlan => json_v1::flow_plan_schema(),
        Format::Policy => json_v1::policy_schema(),
        Format::Release => json_v1::release_schema(),
        Format::Releases => json_v1::releases_schema(),
        Format::ReleaseLog => json_v1::release_log_schema(),
        Format::ReleaseEvent => json_v1::release_event_schema(),
        Format::Trigger => json_v1::trigger_schema(),
        Format::Config => config::schema(),
    };
    serde_json::to_writer_pretty(&mut *out, &schema).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(Exit::Done)
}
