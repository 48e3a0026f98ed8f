//! `promote.yaml` to [`Settings`], or everything that is wrong with it at once.
//!
//! # Why
//!
//! A person fixes a configuration once, not fault by fault. So reading goes in
//! steps that each see the whole file: the bounded YAML parser (`source`),
//! keys and types by the schema (`shape`), the typed reading (`file`), and
//! what it all means (`environments`, `templates`, `policies`,
//! `messages`). Only text that is not YAML ends it early. This room is given
//! text; it never reads the disk.

mod environments;
mod fault;
mod file;
mod keywords;
mod messages;
mod names;
mod notes;
mod pointer;
mod policies;
mod shape;
mod source;
mod templates;
#[cfg(test)]
mod tests;
mod words;

use serde::Deserialize;

use crate::domain::{LayoutPattern, Settings};
use file::File;
use notes::{Note, Notes};
use pointer::Pointer;
use source::Source;

pub use fault::{Excerpt, Fault, Faults};

/// More faults than this nobody reads in one go.
const MOST_FAULTS: usize = 100;

/// What a configuration says.
#[derive(Clone, Debug)]
pub struct Read {
    /// The settings; their origin is the caller's to set.
    pub settings: Settings,
    /// What is odd but does no harm, in the order of the file.
    pub warnings: Vec<Fault>,
}

/// Reads the text of a configuration; `file` is its name in faults.
///
/// An empty text is an empty configuration.
///
/// # Errors
/// All faults of the file, in its order.
pub fn read(text: &str, file: &str) -> Result<Read, Faults> {
    let one = |fault: Box<Fault>| Faults::new(vec![*fault], 0).expect("one fault is not none");
    let source = Source::parse(text, file).map_err(one)?;
    let mut notes = Notes::default();
    let settings = understand(&source, &mut notes).map_err(one)?;
    let (faults, left_out) = placed(&source, notes.faults);
    match Faults::new(faults, left_out + notes.left_out) {
        Some(faults) => Err(faults),
        None => Ok(Read {
            settings,
            warnings: placed(&source, notes.warnings).0,
        }),
    }
}

/// The JSON Schema of a configuration, for editors and `git promote schema config`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}

/// Reads what can be read, and notes what cannot.
fn understand(source: &Source<'_>, notes: &mut Notes) -> Result<Settings, Box<Fault>> {
    if source.is_empty() {
        return Ok(Settings::default());
    }
    let value: serde_yaml::Value = serde_yaml::from_str(source.text())
        .map_err(|e| Box::new(source.place(&Note::at(Pointer::root(), e.to_string()))))?;
    if value.is_null() {
        return Ok(Settings::default());
    }
    let schema = schema();
    let fitting = shape::fit(&schema, &value, notes);
    let mut meaning = Notes::default();
    let settings = match typed(fitting.value.clone()) {
        Ok(file) => settings(&file, &mut meaning),
        Err(note) => {
            meaning.fault(note);
            Settings::default()
        }
    };
    notes.add(meaning, |at| fitting.original(at));
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
    let products = templates::products(file, &root.key("products"), notes);
    let policies = policies::read(file, &environments, &root.key("policies"), notes);
    Settings {
        layout: layout(&file.layout, &root.key("layout"), notes),
        messages: messages::read(&file.messages, &root.key("messages"), notes),
        environments,
        products,
        templates,
        policies,
        ..Settings::default()
    }
}

fn layout(patterns: &[String], at: &Pointer, notes: &mut Notes) -> Vec<LayoutPattern> {
    let mut parsed = Vec::new();
    for (i, text) in patterns.iter().enumerate() {
        match LayoutPattern::parse(text) {
            Ok(pattern) => parsed.push(pattern),
            Err(e) => notes.fault(Note::at(at.index(i), e.to_string())),
        }
    }
    parsed
}

/// The notes in the order of the file, as far as a person would read.
fn placed(source: &Source<'_>, notes: Vec<Note>) -> (Vec<Fault>, usize) {
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
