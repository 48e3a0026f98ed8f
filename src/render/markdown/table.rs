//! A heading for each application and a table for each of its files.

use super::code::code;
use super::page::{LeftOut, Page};
use crate::domain::{Op, Reason, Verdict};
use crate::plan::Value;
use crate::plan::{ApplicationPlan, Document, FilePlan, FileStatus, Plan, PlannedDifference};
use crate::render::counted::counted;
use crate::render::hunks::is_text;
use crate::render::modes;
use crate::render::size::size;
use crate::render::value_type::{OLD_TYPE_CHANGES, ValueType, type_change};

const HEAD: &str = "| place | before | after |\n|---|---|---|\n";

/// Writes the rows that fit and counts the others.
pub(super) fn write(page: &mut Page, plan: &Plan) -> LeftOut {
    let mut left_out = 0;
    for application in plan.applications() {
        let files: Vec<&FilePlan> = application
            .files
            .iter()
            .filter(|f| f.is_changed())
            .collect();
        let mut heading = Some(heading(application));
        for file in files {
            let mut opening = format!(
                "{}\n{}\n\n{}",
                heading.as_deref().unwrap_or_default(),
                path(file),
                if is_whole(file) { "" } else { HEAD }
            );
            if is_whole(file) {
                if left_out == 0 && page.push(&opening) {
                    heading = None;
                } else {
                    left_out += 1;
                }
                continue;
            }
            for difference in file.promoted() {
                // Nothing follows the first row that does not fit, so that there are no gaps.
                if left_out == 0 && page.push(&format!("{opening}{}", row(difference))) {
                    opening.clear();
                    heading = None;
                } else {
                    left_out += 1;
                }
            }
        }
    }
    LeftOut(left_out)
}

fn heading(application: &ApplicationPlan) -> String {
    let name = code(&application.name.0);
    match &application.version {
        None => format!("\n### {name}\n"),
        Some(version) => {
            let text = |v: &Option<String>| v.as_deref().map_or_else(|| "(none)".to_owned(), code);
            format!(
                "\n### {name} {} → {}\n",
                text(&version.before),
                text(&version.after)
            )
        }
    }
}

fn path(file: &FilePlan) -> String {
    let path = code(file.path.as_str());
    let mut notes = match file.status {
        FileStatus::Modified => Vec::new(),
        FileStatus::Added => vec!["new".to_owned()],
        FileStatus::Deleted => vec!["deleted".to_owned()],
    };
    notes.extend(size(file));
    notes.extend(modes::notes(file, code));
    if !is_text(file) {
        notes.push("not UTF-8 text".to_owned());
    }
    if notes.is_empty() {
        path
    } else {
        format!("{path} ({})", notes.join(", "))
    }
}

fn is_whole(file: &FilePlan) -> bool {
    file.promoted().any(PlannedDifference::is_whole_file)
}

fn row(difference: &PlannedDifference) -> String {
    let sign = match difference.op {
        Op::Set => "",
        Op::Add => "+ ",
        Op::Remove => "− ",
    };
    let document = difference.document.as_ref().map(label).unwrap_or_default();
    let place = format!("{document} {}", difference.shown);
    let types = type_change(difference);
    let side = |of: &Option<Value>, value_type: Option<ValueType>| {
        let is_quoted = value_type == Some(ValueType::String);
        let shown = of
            .as_ref()
            .map_or_else(String::new, |of| value(of, is_quoted));
        value_type.map_or(shown.clone(), |name| format!("{shown} ({name})"))
    };
    let note = if difference.verdict == Verdict::promote(Reason::CameWithVersion) {
        format!(" ({})", difference.verdict.reason)
    } else if types.is_none() && difference.changes_old_type {
        format!(" ({OLD_TYPE_CHANGES})")
    } else {
        String::new()
    };
    format!(
        "| {sign}{} | {} | {}{note} |\n",
        code(place.trim()),
        side(&difference.before, types.map(|(before, _)| before)),
        side(&difference.after, types.map(|(_, after)| after)),
    )
}

fn label(document: &Document) -> String {
    match (&document.kind, &document.name) {
        (Some(kind), Some(name)) => format!("{kind}/{name}"),
        (Some(kind), None) => kind.clone(),
        (None, name) => name.clone().unwrap_or_default(),
    }
}

fn value(of: &Value, is_quoted: bool) -> String {
    match of {
        Value::Scalar { text, .. } if is_quoted => code(&format!("\"{text}\"")),
        Value::Scalar { text, .. } if text.is_empty() => "(empty)".to_owned(),
        Value::Scalar { text, .. } => code(text),
        Value::Alias(name) => code(&format!("*{name}")),
        Value::Tagged(tag, inner) => format!("{} {}", code(tag), value(inner, is_quoted)),
        Value::Sequence(items) => counted(items.len(), "item"),
        Value::Mapping(entries) => counted(entries.len(), "key"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn a_type_that_changes_in_yaml_1_1_is_marked() {
        let mut difference = sample::application().files[0].differences[0].clone();
        let plain = row(&difference);
        difference.changes_old_type = true;
        let marked = plain.replace(" |\n", " (type changes in YAML 1.1) |\n");
        assert_eq!(row(&difference), marked);
    }
}
