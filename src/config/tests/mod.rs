//! What a person who writes `promote.yaml` can rely on, one promise a test.

mod bounds;
mod codefresh;
mod codefresh_examples;
mod environments;
mod flows;
mod messages;
mod mutations;
mod permissions;
mod policies;
mod product_flow;
mod sample;
mod schema;
mod shape;
mod templates;
mod workflows;

use std::fmt::Write as _;

use super::{ConfigFault, Configuration, read};
use crate::domain::Settings;

/// Reads a text that has no faults.
fn accept(text: &str) -> Configuration {
    read(text, "promote.yaml").unwrap_or_else(|faults| panic!("{faults}"))
}

/// The settings of a text that has neither faults nor warnings.
fn settings(text: &str) -> Settings {
    let read = accept(text);
    assert_eq!(read.warnings, []);
    read.settings
}

/// All faults of a text.
fn refuse(text: &str) -> Vec<ConfigFault> {
    read(text, "promote.yaml")
        .unwrap_err()
        .into_iter()
        .collect()
}

/// The faults of a text, each as `line:column path: message` with its hint below.
fn faults(text: &str) -> String {
    shown(&refuse(text))
}

/// The warnings about a text that has no fault, in the same form.
fn warnings(text: &str) -> String {
    shown(&accept(text).warnings)
}

fn shown<'a>(faults: impl IntoIterator<Item = &'a ConfigFault>) -> String {
    let mut out = String::new();
    for fault in faults {
        let ConfigFault {
            line, column, path, ..
        } = fault;
        let _ = writeln!(out, "{line}:{column} {path}: {}", fault.message);
        if let Some(hint) = &fault.hint {
            let _ = writeln!(out, "  hint: {hint}");
        }
    }
    out
}
