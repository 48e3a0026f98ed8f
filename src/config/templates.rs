//! Templates with their rules.

use std::error::Error;

use super::file::{PromoteEntry, RuleEntry, TemplateEntry, VersionEntry};
use super::names::Names;
use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::patterns::check_glob;
use super::pointer::Pointer;
use super::words::{did_you_mean, quoted};
use crate::domain::{ConfigPlace, Mode, Promote, Rule, Template, VersionPlace};
use crate::yaml::JsonPath;

/// Reads the templates; faulty parts are reported and left out.
pub(super) fn read(entries: &[TemplateEntry], at: &Pointer, notes: &mut Notes) -> Vec<Template> {
    let mut names = Names::default();
    let mut templates = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let at = at.index(i);
        names.add("template", &entry.name, &at.key("name"), notes);
        let version = entry.version.as_ref();
        let rules = entry.rules.iter().enumerate();
        templates.push(Template {
            name: entry.name.clone(),
            version: version.and_then(|v| version_place(v, &at.key("version"), notes)),
            rules: rules
                .map(|(k, entry)| rule(entry, &at.key("rules").index(k), notes))
                .collect(),
        });
    }
    templates
}

fn version_place(entry: &VersionEntry, at: &Pointer, notes: &mut Notes) -> Option<VersionPlace> {
    check_glob(&entry.file, at.key("file"), notes);
    Some(VersionPlace {
        file: entry.file.clone(),
        path: json_path(&entry.path, at.key("path"), notes)?,
    })
}

fn rule(entry: &RuleEntry, at: &Pointer, notes: &mut Notes) -> Rule {
    check_glob(&entry.files, at.key("files"), notes);
    let promote = entry.promote.iter();
    let promote: Vec<_> = promote.flat_map(|p| p.each(&at.key("promote"))).collect();
    Rule {
        place: ConfigPlace::default(),
        files: entry.files.clone(),
        promote: promote
            .into_iter()
            .filter_map(|(at, entry)| promoted(entry, at, notes))
            .collect(),
        keep: paths(&entry.keep, &at.key("keep"), notes),
        automation: entry.automation.map(Into::into).unwrap_or_default(),
    }
}

fn promoted(entry: &PromoteEntry, at: Pointer, notes: &mut Notes) -> Option<Promote> {
    match entry {
        PromoteEntry::Word(word) => Some(Promote::Mode((*word).into())),
        PromoteEntry::Path(text) if text.starts_with('$') => {
            json_path(text, at, notes).map(Promote::Path)
        }
        PromoteEntry::Path(text) => {
            let words = [Mode::Versions, Mode::Changes, Mode::All].map(|mode| mode.to_string());
            let known = words.iter().map(String::as_str);
            let message = format!(
                "unknown value {} for `promote`{}",
                quoted(text),
                did_you_mean(text, known)
            );
            let hint = "allowed: `versions`, `changes`, `all` or a JSONPath, which starts with `$`";
            notes.fault(Note::at(at, message).hint(hint));
            None
        }
    }
}

fn paths(entries: &OneOrMany<String>, at: &Pointer, notes: &mut Notes) -> Vec<JsonPath> {
    let entries = entries.each(at).into_iter();
    entries
        .filter_map(|(at, text)| json_path(text, at, notes))
        .collect()
}

fn json_path(text: &str, at: Pointer, notes: &mut Notes) -> Option<JsonPath> {
    match JsonPath::parse(text) {
        Ok(path) => Some(path),
        Err(e) => {
            let why = e.source().map(ToString::to_string).unwrap_or_default();
            // The parser adds these words to errors that have a position only.
            let why = why.trim_end_matches(", parser error");
            let why = if why.is_empty() {
                String::new()
            } else {
                format!(": {why}")
            };
            let message = format!("{} is not a valid JSONPath{why}", quoted(text));
            let note = Note::at(at, message);
            notes.fault(if text.starts_with('$') {
                note
            } else {
                note.hint("a JSONPath starts with `$`, such as `$.image.tag` or `$..replicas`")
            });
            None
        }
    }
}
