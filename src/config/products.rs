//! Products: their applications, and the flows that changes start.

use std::collections::BTreeSet;

use super::file::File;
use super::flow_file::FlowChoiceEntry;
use super::names::{Names, undefined};
use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::patterns::{check_glob, check_regex};
use super::pointer::Pointer;
use super::words::quoted;
use crate::domain::{FlowChoice, FlowCondition, Patterns, Product};

/// Reads the products and checks that their templates and flows exist.
pub(super) fn read(file: &File, at: &Pointer, notes: &mut Notes) -> Vec<Product> {
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
        let flows = entry.flows.iter().enumerate();
        products.push(Product {
            name: entry.name.clone(),
            applications: entry.applications.clone(),
            template: entry.template.clone(),
            flows: flows
                .map(|(k, choice)| flow_choice(choice, file, &at.key("flows").index(k), notes))
                .collect(),
            concurrency: entry.concurrency.map(Into::into).unwrap_or_default(),
        });
    }
    products
}

fn flow_choice(
    entry: &FlowChoiceEntry,
    file: &File,
    at: &Pointer,
    notes: &mut Notes,
) -> FlowChoice {
    if !file.flows.iter().any(|flow| flow.name == entry.name) {
        let known = file.flows.iter().map(|flow| flow.name.as_str());
        let note = undefined("flow", &entry.name, known, at.key("name"));
        notes.fault(note.unless_fault_in(Pointer::root().key("flows")));
    }
    let at = at.key("when");
    let when = &entry.when;
    FlowChoice {
        flow: entry.name.clone(),
        when: FlowCondition {
            branches: patterns(&when.branches, &at.key("branches"), check_glob, notes),
            messages: patterns(&when.messages, &at.key("messages"), check_regex, notes),
            paths: patterns(&when.paths, &at.key("paths"), check_glob, notes),
            authors: patterns(&when.authors, &at.key("authors"), check_glob, notes),
        },
    }
}

/// Reads patterns; those that begin with `!` exclude.
fn patterns(
    list: &OneOrMany<String>,
    at: &Pointer,
    check: fn(&str, Pointer, &mut Notes),
    notes: &mut Notes,
) -> Patterns {
    let mut patterns = Patterns::default();
    for (at, text) in list.each(at) {
        let (list, pattern) = match text.strip_prefix('!') {
            Some(rest) => (&mut patterns.exclude, rest),
            None => (&mut patterns.include, text.as_str()),
        };
        if pattern.is_empty() {
            notes.fault(Note::at(at, "a pattern is empty"));
            continue;
        }
        check(pattern, at, notes);
        list.push(pattern.to_owned());
    }
    patterns
}
