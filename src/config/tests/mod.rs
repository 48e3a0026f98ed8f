//! What a person who writes `promote.yaml` can rely on, one promise a test.

mod bounds;
mod environments;
mod messages;
mod mutations;
mod policies;
mod sample;
mod schema;
mod shape;
mod templates;

use super::{Fault, Read, read};
use crate::domain::Settings;

/// Reads a text that has no faults.
fn accept(text: &str) -> Read {
    read(text, "promote.yaml").unwrap_or_else(|faults| panic!("{faults}"))
}

/// The settings of a text that has neither faults nor warnings.
fn settings(text: &str) -> Settings {
    let read = accept(text);
    assert_eq!(read.warnings, []);
    read.settings
}

/// All faults of a text.
fn refuse(text: &str) -> Vec<Fault> {
    read(text, "promote.yaml")
        .unwrap_err()
        .into_iter()
        .collect()
}

/// Faults as `line:column path: message`.
fn shown<'a>(faults: impl IntoIterator<Item = &'a Fault>) -> Vec<String> {
    let line = |f: &Fault| format!("{}:{} {}: {}", f.line, f.column, f.path, f.message);
    faults.into_iter().map(line).collect()
}

/// Holds that a text has just these faults.
#[track_caller]
fn faulty(text: &str, expected: &[&str]) {
    assert_eq!(shown(&refuse(text)), expected);
}

/// Holds that a text has no fault, and just these warnings.
#[track_caller]
fn warned(text: &str, expected: &[&str]) {
    assert_eq!(shown(&accept(text).warnings), expected);
}
