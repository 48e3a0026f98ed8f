//! HTTP requests of workflows and gates.

use super::choices::MethodWord;
use super::jinja;
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;
use super::workflow_file::HttpEntry;
use crate::domain::{HttpCall, Workflow};

/// Reads a request; `method` is the method if the entry has none.
pub(super) fn read(
    entry: &HttpEntry,
    method: MethodWord,
    at: &Pointer,
    notes: &mut Notes,
) -> HttpCall {
    let is_address = ["https://", "http://", "{{"]
        .iter()
        .any(|start| entry.url.starts_with(start));
    if !is_address {
        let message = format!("{} is not an address", quoted(&entry.url));
        let note = Note::at(at.key("url"), message);
        notes.fault(note.hint("an address starts with `https://` or `http://`"));
    }
    check_template(&entry.url, &at.key("url"), notes);
    for (name, value) in &entry.headers {
        let at = at.key("headers").key(name);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || !name.chars().all(is_name) {
            let message = format!("{} is not the name of a header", quoted(name));
            notes.fault(Note::at(at.clone(), message).on_key());
        }
        check_template(value, &at, notes);
    }
    if let Some(body) = &entry.body {
        check_template(body, &at.key("body"), notes);
    }
    HttpCall {
        url: entry.url.clone(),
        method: entry.method.unwrap_or(method).as_str().to_owned(),
        headers: entry.headers.clone(),
        body: entry.body.clone(),
    }
}

/// Notes what is wrong with a template of a workflow or gate.
///
/// It is not rendered, because what a `promotion_context` has is only known later.
pub(super) fn check_template(text: &str, at: &Pointer, notes: &mut Notes) {
    jinja::check(text, at, &Workflow::VARIABLES, None, notes);
}
