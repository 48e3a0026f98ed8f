//! Turns the text of `promote.yaml` into [`Settings`], or reports all its faults at once.
//!
//! # Why
//!
//! People want to fix a configuration in one go. So each step sees the whole
//! file: a YAML parser with size limits (`source`), the check of keys and types
//! against the schema (`shape`), deserialization (`file`), and the checks of
//! meaning (`environments`, `templates`, `policies`, `flows`, `messages`, and
//! so on). Only text that is not YAML stops early. Codefresh's manifests first
//! become entries of the file (`codefresh`, `manifests`). This module works on
//! text and never reads files.

mod choices;
mod codefresh;
mod commands;
mod document;
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
mod manifests;
mod messages;
mod names;
mod notes;
mod one_or_many;
mod patterns;
mod permission_file;
mod permissions;
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

use crate::domain::{ConfigText, Environment, LayoutError, LayoutPattern, PathMapping, Settings};
use document::Document;
use file::{File, LayoutEntry};
use manifests::Places;
use names::undefined;
use notes::{Note, Notes};
use pointer::Pointer;
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
    /// Workflows and gates that nothing in it uses, in file order.
    pub unused: Vec<ConfigFault>,
}

/// Reads the text of a configuration; faults name the file `file`.
///
/// An empty text is a valid configuration without settings.
///
/// # Errors
/// All faults of the file, in file order.
pub fn read(text: &str, file: &str) -> Result<Configuration, ConfigFaults> {
    read_with_manifests(ConfigText { file, text }, &[])
}

/// Reads a configuration together with Codefresh's manifests; those of other kinds are left out.
///
/// # Errors
/// All faults, file by file.
pub fn read_with_manifests(
    main: ConfigText<'_>,
    manifests: &[ConfigText<'_>],
) -> Result<Configuration, ConfigFaults> {
    let mut documents = Vec::new();
    let mut unreadable = Vec::new();
    for text in std::iter::once(&main).chain(manifests) {
        match Document::parse(*text) {
            Ok(document) => documents.push(document),
            Err(fault) => unreadable.push(*fault),
        }
    }
    if let Some(faults) = ConfigFaults::new(unreadable, 0) {
        return Err(faults);
    }
    let settings = interpret(&mut documents);
    let (mut faults, mut left_out) = (Vec::new(), 0);
    let (mut warnings, mut unused) = (Vec::new(), Vec::new());
    for document in documents {
        let found = document.into_faults(MOST_FAULTS);
        left_out += found.left_out;
        faults.extend(found.faults);
        warnings.extend(found.warnings);
        unused.extend(found.unused);
    }
    left_out += faults.len().saturating_sub(MOST_FAULTS);
    faults.truncate(MOST_FAULTS);
    match ConfigFaults::new(faults, left_out) {
        Some(faults) => Err(faults),
        None => Ok(Configuration {
            settings,
            warnings,
            unused,
        }),
    }
}

/// The JSON Schema of a configuration, for editors and `git promote schema config`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(File).to_value()
}

/// Reads everything that is valid and notes the rest; the first document is `promote.yaml`.
fn interpret(documents: &mut [Document<'_>]) -> Settings {
    let mut file = documents.first_mut().map(main_file).unwrap_or_default();
    let mut places = Places::default();
    for (i, document) in documents.iter_mut().enumerate().skip(1) {
        if let Some((converted, fitting)) = codefresh::read(&document.value, &mut document.notes) {
            document.fitting = Some(fitting);
            places.add(&mut file, converted, i, &mut document.notes);
        }
    }
    let mut notes = Notes::default();
    let mut settings = settings(&file, &mut notes);
    let is_follow_up = |note: &Note| {
        let cause = note.unless.as_ref().map(|at| places.locate(at));
        cause.is_some_and(|(i, at)| documents[i].has_faults_in(&at))
    };
    notes.faults.retain(|note| !is_follow_up(note));
    for note in notes.faults {
        let (document, note) = located(note, &places, documents);
        document.notes.fault(note);
    }
    for note in notes.warnings {
        let (document, note) = located(note, &places, documents);
        document.notes.warning(note);
    }
    for note in notes.unused {
        let (document, note) = located(note, &places, documents);
        document.notes.unused(note);
    }
    if let Some(main) = documents.first_mut() {
        main.notes.left_out += notes.left_out;
    }
    let place = |at: &Pointer| {
        let (i, at) = places.locate(at);
        documents[i].config_place(&at)
    };
    let templates = Pointer::root().key("templates");
    for (i, template) in settings.templates.iter_mut().enumerate() {
        let rules = templates.index(i).key("rules");
        for (k, rule) in template.rules.iter_mut().enumerate() {
            rule.place = place(&rules.index(k));
        }
    }
    let policies = Pointer::root().key("policies");
    for (i, policy) in settings.policies.iter_mut().enumerate() {
        policy.place = place(&policies.index(i));
    }
    let permissions = Pointer::root().key("permissions");
    for (i, permission) in settings.permissions.iter_mut().enumerate() {
        permission.place = place(&permissions.index(i));
    }
    settings.policies.sort_by_key(|policy| policy.priority);
    settings
}

/// The document that a note is about, and the note with its place there.
fn located<'d, 't>(
    note: Note,
    places: &Places,
    documents: &'d mut [Document<'t>],
) -> (&'d mut Document<'t>, Note) {
    let (i, at) = places.locate(&note.at);
    let document = &mut documents[i];
    let note = document.placed(Note { at, ..note });
    (document, note)
}

/// The valid parts of `promote.yaml`.
fn main_file(document: &mut Document<'_>) -> File {
    if document.value.is_null() {
        let is_empty = "the file is empty, so the defaults apply";
        document.notes.warning(Note::at(Pointer::root(), is_empty));
        return File::default();
    }
    let schema = schema();
    let fitting = shape::fit(&schema, &document.value, &mut document.notes);
    let mut track = serde_path_to_error::Track::new();
    let reader = serde_path_to_error::Deserializer::new(fitting.value.clone(), &mut track);
    let read = File::deserialize(reader);
    let read = read.map_err(|e| Note::at((&track.path()).into(), e.to_string()));
    document.fitting = Some(fitting);
    read.unwrap_or_else(|note| {
        let note = document.placed(note);
        document.notes.fault(note);
        File::default()
    })
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
    let at = root.key("permissions");
    let permissions = permissions::read(file, &environments, &at, notes);
    uses.check(file, notes);
    let is_in_folder = |e: &Environment| e.location.folder.is_some() || e.location.is_elsewhere();
    let parse = if !environments.is_empty() && environments.iter().all(is_in_folder) {
        LayoutPattern::parse_in_folder
    } else {
        LayoutPattern::parse
    };
    let (layout, mappings) = layout(&file.layout, parse, &root.key("layout"), notes);
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
        permissions,
        flows,
        workflows: workflows::read(&file.workflows, &root.key("workflows"), notes),
        gates: gates::read(&file.gates, &root.key("gates"), notes),
        ..Settings::default()
    }
}

/// Reads the layout: its patterns, and its explicit pairs.
fn layout(
    entries: &[LayoutEntry],
    parse: fn(&str) -> Result<LayoutPattern, LayoutError>,
    at: &Pointer,
    notes: &mut Notes,
) -> (Vec<LayoutPattern>, Vec<PathMapping>) {
    let (mut patterns, mut mappings) = (Vec::new(), Vec::new());
    for (i, entry) in entries.iter().enumerate() {
        let parsed = match entry {
            LayoutEntry::Pattern(text) => parse(text).map(|p| patterns.push(p)),
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
