//! The settings of a promotion with their origins, as text and Markdown.

use std::io::{self, Write};

use super::duration;
use super::table::Table;
use super::terminal::{Canvas, escaped};
use crate::domain::{EvaluatedPolicy, Mismatch, PolicyEvaluation, SettingOrigin, SettingValue};
use crate::port::BODY_LIMIT;

/// Writes the settings and the policies as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(out: &mut dyn Write, evaluation: &PolicyEvaluation, canvas: Canvas) -> io::Result<()> {
    let heading = canvas.palette.heading;
    writeln!(out, "{heading}{}{heading:#}", escaped(&title(evaluation)))?;
    settings(evaluation).write_text(out, canvas)?;
    if !evaluation.policies.is_empty() {
        writeln!(out)?;
        policies(evaluation).write_text(out, canvas)?;
    }
    Ok(())
}

/// Writes the settings and the policies as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(out: &mut dyn Write, evaluation: &PolicyEvaluation) -> io::Result<()> {
    settings(evaluation).write_markdown(out, BODY_LIMIT / 2)?;
    if evaluation.policies.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    policies(evaluation).write_markdown(out, BODY_LIMIT / 2)
}

/// `loans to production, in flow to-production`.
fn title(evaluation: &PolicyEvaluation) -> String {
    let PolicyEvaluation {
        product,
        environment,
        flow,
        ..
    } = evaluation;
    match flow {
        Some(flow) => format!("{product} to {environment}, in flow {flow}"),
        None => format!("{product} to {environment}"),
    }
}

/// The settings with their origins.
pub fn settings(evaluation: &PolicyEvaluation) -> Table {
    let headings = ["setting", "value", "origin"];
    let mut table = Table::new(headings.map(str::to_owned).to_vec());
    for setting in &evaluation.settings {
        let origin = match &setting.origin {
            SettingOrigin::Step => {
                let flow = evaluation.flow.as_deref().unwrap_or_default();
                format!("step of flow {flow}")
            }
            SettingOrigin::Policy { name, place } => format!("policy {name} ({place})"),
            SettingOrigin::Default => "default".to_owned(),
        };
        table.push(vec![setting.name.clone(), value(&setting.value), origin]);
    }
    table
}

/// The policies, and whether they match.
pub fn policies(evaluation: &PolicyEvaluation) -> Table {
    let headings = ["policy", "priority", "matches", "place"];
    let mut table = Table::new(headings.map(str::to_owned).to_vec());
    for policy in &evaluation.policies {
        let EvaluatedPolicy {
            name,
            place,
            priority,
            mismatch,
        } = policy;
        let matches = match mismatch {
            None => "yes",
            Some(Mismatch::Kind) => "no: other kinds of environments",
            Some(Mismatch::Environment) => "no: other environments",
            Some(Mismatch::Product) => "no: other products",
        };
        table.push(vec![
            name.clone(),
            priority.to_string(),
            matches.to_owned(),
            place.to_string(),
        ]);
    }
    table
}

fn value(value: &SettingValue) -> String {
    match value {
        SettingValue::Unset => "-".to_owned(),
        SettingValue::Text(text) => text.clone(),
        SettingValue::List(list) if list.is_empty() => "none".to_owned(),
        SettingValue::List(list) => list.join(", "),
        SettingValue::Flag(true) => "true".to_owned(),
        SettingValue::Flag(false) => "false".to_owned(),
        SettingValue::Time(time) => duration::short(*time),
    }
}
