//! Turns the text of `promote.yaml` into [`Settings`], or reports all its faults at once.
//!
//! # Why
//!
//! People want to fix a configuration in one go. So each step sees the whole
//! file: a YAML parser with size limits (`source`), the check of keys and types
//! against the schema (`shape`), deserialization (`file`), and the checks of
//! meaning (`environments`, `templates`, `policies`, `flows`, `messages`, and
//! so on). Only text that is not YAML stops early. This module works on text
//! and never reads files.

mod choices;
mod commands;
mod duration;
mod environments;
mod fault;
mod file;
mod flow_file;
mod flow_graph;
mod flows;
mod gates;
mod guards;
mod http;
mod jinja;
mod keywords;
mod messages;
mod names;
mod notes;
mod one_or_many;
mod patterns;
mod pointer;
mod policies;
mod products;
mod releases;
mod shape;
mod source;
mod templates;
#[cfg(test)]
mod tests;
mod uses;
mod verify;
mod words;
mod workflow_file;
mod workflows;

use serde::Deserialize;

use crate::domain::{LayoutPattern, PathMapping, Settings};
use file::{File, LayoutEntry};
use names::undefined;
use notes::{Note, Notes};
use pointer::Pointer;
use source::Source;
use uses::Uses;

pub use fault::{ConfigFault, ConfigFaults, Excerpt};

/// How many faults are reported at most.
const MOST_FAULTS: usize = 100;

/// A configuration without faults.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The settings; the caller sets their origin.
    pub settings: Settings,
    /// Problems that do not prevent its use, in file order.
    pub warnings: Vec<ConfigFault>,
}

/// Reads the text of a configuration; faults name the file `file`.
///
/// An empty text is a valid configuration without settings.
///
/// # Errors
/// All faults of the file, in file order.
pub fn read(text: &str, file: &str) -> Result<Configuration, ConfigFaults> {
    let one = |fault: Box<ConfigFault>| {
        ConfigFaults::new(vec![*fault], 0).expect("the list has one fault")
    };
    let source = Source::parse(text, file).map_err(one)?;
    let mut notes = Notes::default();
    let settings = interpret(&source, &mut notes).map_err(one)?;
    let (faults, left_out) = placed(&source, notes.faults);
    match ConfigFaults::new(faults, left_out + notes.left_out) {
        Some(faults) => Err(faults),
        None => Ok(Configuration {
            settings,
            warnings: placed(&source, notes.warnings).0,
        }),
    }
}

/// The JSON Schema of a configuration, for editors and `git promote schema config`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}

/// Reads everything that is valid and notes the rest.
fn interpret(source: &Source<'_>, notes: &mut Notes) -> Result<Settings, Box<ConfigFault>> {
    let is_empty = "the file is empty, so the defaults apply";
    if source.is_empty() {
        notes.warning(Note::at(Pointer::root(), is_empty));
        return Ok(Settings::default());
    }
    let value: serde_yaml::Value = serde_yaml::from_str(source.text())
        .map_err(|e| Box::new(source.place(&Note::at(Pointer::root(), e.to_string()))))?;
    if value.is_null() {
        notes.warning(Note::at(Pointer::root(), is_empty));
        return Ok(Settings::default());
    }
    let schema = schema();
    let fitting = shape::fit(&schema, &value, notes);
    let mut meaning_notes = Notes::default();
    let mut settings = match typed(fitting.value.clone()) {
        Ok(file) => settings(&file, &mut meaning_notes),
        Err(note) => {
            meaning_notes.fault(note);
            Settings::default()
        }
    };
    notes.add(meaning_notes, |at| fitting.original(at));
    let templates = Pointer::root().key("templates");
    for (i, template) in settings.templates.iter_mut().enumerate() {
        let rules = templates.index(i).key("rules");
        for (k, rule) in template.rules.iter_mut().enumerate() {
            rule.place = source.config_place(&fitting.original(&rules.index(k)));
        }
    }
    let policies = Pointer::root().key("policies");
    for (i, policy) in settings.policies.iter_mut().enumerate() {
        policy.place = source.config_place(&fitting.original(&policies.index(i)));
    }
    settings.policies.sort_by_key(|policy| policy.priority);
    Ok(settings)
}

fn typed(value: serde_yaml::Value) -> Result<File, Note> {
    let mut track = serde_path_to_error::Track::new();
    let reader = serde_path_to_error::Deserializer::new(value, &mut track);
    File::deserialize(reader).map_err(|e| Note::at((&track.path()).into(), e.to_string()))
}

fn settings(file: &File, notes: &mut Notes) -> Settings {
    let root = Pointer::root();
    let environments = environments::read(&file.environments, &root.key("environments"), notes);
    let templates = templates::read(&file.templates, &root.key("templates"), notes);
    let products = products::read(file, &root.key("products"), notes);
    if let Some(name) = &file.product
        && !products.iter().any(|product| product.name == *name)
    {
        let known = products.iter().map(|product| product.name.as_str());
        notes.fault(undefined("product", name, known, root.key("product")));
    }
    let mut uses = Uses::default();
    let at = root.key("policies");
    let policies = policies::read(file, &environments, &at, &mut uses, notes);
    let at = root.key("flows");
    let flows = flows::read(&file.flows, &environments, &at, &mut uses, notes);
    uses.check(file, notes);
    let (layout, mappings) = layout(&file.layout, &root.key("layout"), notes);
    Settings {
        layout,
        mappings,
        release_prefix: releases::read(&file.releases, &root.key("releases"), notes),
        messages: messages::read(&file.messages, &root.key("messages"), notes),
        environments,
        default_product: file.product.clone(),
        products,
        templates,
        policies,
        flows,
        workflows: workflows::read(&file.workflows, &root.key("workflows"), notes),
        gates: gates::read(&file.gates, &root.key("gates"), notes),
        ..Settings::default()
    }
}

/// Reads the layout: its patterns, and its explicit pairs.
fn layout(
    entries: &[LayoutEntry],
    at: &Pointer,
    notes: &mut Notes,
) -> (Vec<LayoutPattern>, Vec<PathMapping>) {
    let (mut patterns, mut mappings) = (Vec::new(), Vec::new());
    for (i, entry) in entries.iter().enumerate() {
        let parsed = match entry {
            LayoutEntry::Pattern(text) => LayoutPattern::parse(text).map(|p| patterns.push(p)),
            LayoutEntry::Pair(pair) => {
                PathMapping::parse(&pair.from, &pair.to).map(|mapping| mappings.push(mapping))
            }
        };
        if let Err(error) = parsed {
            notes.fault(Note::at(at.index(i), error.to_string()));
        }
    }
    (patterns, mappings)
}

/// Places notes in the text, in file order; returns at most [`MOST_FAULTS`] and how many were cut.
fn placed(source: &Source<'_>, notes: Vec<Note>) -> (Vec<ConfigFault>, usize) {
    let mut notes: Vec<(usize, Note)> = notes
        .into_iter()
        .map(|note| (source.span(&note.at, note.spot).start, note))
        .collect();
    notes.sort_by_key(|(start, _)| *start);
    let left_out = notes.len().saturating_sub(MOST_FAULTS);
    let faults = notes
        .iter()
        .take(MOST_FAULTS)
        .map(|(_, note)| source.place(note))
        .collect();
    (faults, left_out)
}
