//! The JSON output, version 1: a stable format with its own types.
//!
//! # Why
//!
//! Programs parse this output, so it must not change when an internal type does. Every field is
//! filled explicitly from the plan or the receipt. New optional fields may be added; existing fields
//! keep their meaning.
//!
//! A plan can have many thousands of differences, so they are serialized one at a time and never
//! collected in memory.

mod baseline;
mod diff;
mod escape;
mod explain;
mod flow_plan;
mod flows;
mod lists;
mod log;
mod place;
mod policy;
mod problem;
mod release;
mod rendered;
mod result;
mod several;
mod status;
mod trigger;

use std::io::Write;

use serde::Serialize;

use escape::Escape;

pub use baseline::BaselineReport;
pub use diff::Diff;
pub use explain::Explanation;
pub use flow_plan::FlowPlan;
pub use flows::FlowList;
pub use log::Log;
pub use policy::Policy;
pub use problem::Problem;
pub use release::{ReleaseEntry, ReleaseEvent, ReleaseLog, Releases};
pub use result::Promotion;
pub use several::{Diffs, Results};
pub use status::Status;
pub use trigger::Trigger;

/// The JSON Schema of `diff --output json`.
pub fn diff_schema() -> serde_json::Value {
    schemars::schema_for!(Diff<'static>).to_value()
}

/// The JSON Schema of `--output json`.
pub fn result_schema() -> serde_json::Value {
    schemars::schema_for!(Promotion<'static>).to_value()
}

/// The JSON Schema of `diff --output json` for several targets.
pub fn diffs_schema() -> serde_json::Value {
    schemars::schema_for!(Diffs<'static>).to_value()
}

/// The JSON Schema of `--output json` for several targets.
pub fn results_schema() -> serde_json::Value {
    schemars::schema_for!(Results<'static>).to_value()
}

/// The JSON Schema of `status --output json`.
pub fn status_schema() -> serde_json::Value {
    schemars::schema_for!(Status<'static>).to_value()
}

/// The JSON Schema of `log --output json`.
pub fn log_schema() -> serde_json::Value {
    schemars::schema_for!(Log<'static>).to_value()
}

/// The JSON Schema of `explain --output json`.
pub fn explain_schema() -> serde_json::Value {
    schemars::schema_for!(Explanation<'static>).to_value()
}

/// The JSON Schema of `baseline --output json`.
pub fn baseline_schema() -> serde_json::Value {
    schemars::schema_for!(BaselineReport<'static>).to_value()
}

/// The JSON Schema of `policy evaluate --output json`.
pub fn policy_schema() -> serde_json::Value {
    schemars::schema_for!(Policy<'static>).to_value()
}

/// The JSON Schema of `flow list --output json` and `flow show --output json`.
pub fn flows_schema() -> serde_json::Value {
    schemars::schema_for!(FlowList<'static>).to_value()
}

/// The JSON Schema of `flow plan --output json`.
pub fn flow_plan_schema() -> serde_json::Value {
    schemars::schema_for!(FlowPlan<'static>).to_value()
}

/// The JSON Schema of `release show --output json`.
pub fn release_schema() -> serde_json::Value {
    schemars::schema_for!(crate::release::Release).to_value()
}

/// The JSON Schema of `release list --output json`, and of the commands that change releases.
pub fn releases_schema() -> serde_json::Value {
    schemars::schema_for!(Releases<'static>).to_value()
}

/// The JSON Schema of `release log --output json`.
pub fn release_log_schema() -> serde_json::Value {
    schemars::schema_for!(ReleaseLog<'static>).to_value()
}

/// The JSON Schema of a line of `release watch --output json`.
pub fn release_event_schema() -> serde_json::Value {
    schemars::schema_for!(ReleaseEvent<'static>).to_value()
}

/// The JSON Schema of `trigger --output json`.
pub fn trigger_schema() -> serde_json::Value {
    schemars::schema_for!(Trigger<'static>).to_value()
}

/// How the JSON is laid out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    /// On one line, for programs.
    Compact,
    /// Indented, for people at a terminal.
    Pretty,
}

/// Writes a document and a newline.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    out: &mut dyn Write,
    document: &impl Serialize,
    layout: Layout,
) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, Escape(out));
    match layout {
        Layout::Compact => serde_json::to_writer(&mut out, document)?,
        Layout::Pretty => serde_json::to_writer_pretty(&mut out, document)?,
    }
    out.write_all(b"\n")?;
    out.flush()
}

#[cfg(test)]
mod tests;
