//! Templates with their rules, and the products that use them.

use std::collections::BTreeSet;
use std::error::Error;

use globset::{Glob, GlobSet};

use super::file::{File, PromoteEntry, RuleEntry, TemplateEntry, VersionEntry};
use super::names::{Names, undefined};
use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::pointer::Pointer;
use super::words::{did_you_mean, quoted};
use crate::domain::{Mode, Product, Promote, Rule, Template, VersionPlace};
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

/// Reads the products and checks that their templates exist.
pub(super) fn products(file: &File, at: &Pointer, notes: &mut Notes) -> Vec<Product> {
    let mut names = Names::default();
    let mut products = Vec::new();
    for (i, entry) in file.products.iter().enumerate() {
        let at = at.index(i);
        names.add("product", &entry.name, &at.key("name"), notes);
        let mut seen = BTreeSet::new();
        for (k, application) in entry.applications.iter().enumerate() {
            let at = at.key("applications").index(k);
            if application.is_empty() {
                notes.fault(Note::at(at, "the application name is empty"));
            } else if !seen.insert(application) {
                let message = format!("application {} is listed twice", quoted(application));
                notes.warning(Note::at(at, message));
            }
        }
        if let Some(name) = &entry.template
            && !file.templates.iter().any(|t| t.name == *name)
        {
            let known = file.templates.iter().map(|t| t.name.as_str());
            notes.fault(undefined("template", name, known, at.key("template")));
        }
        products.push(Product {
            name: entry.name.clone(),
            applications: entry.applications.clone(),
            template: entry.template.clone(),
        });
    }
    products
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
        line: 0,
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

fn check_glob(text: &str, at: Pointer, notes: &mut Notes) {
    if let Err(e) = Glob::new(text).and_then(|glob| GlobSet::new([glob])) {
        let message = format!("{} is not a valid glob: {}", quoted(text), e.kind());
        notes.fault(Note::at(at, message));
    }
}
