//! Checks Jinja templates: their syntax, their variables, and that they can be rendered.

use std::error::Error as _;

use minijinja::Value;

use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::{did_you_mean, list, quoted};
use crate::domain::message_template;

/// Whether a template is valid, names only known variables, and can be rendered over the sample, if there
/// is one; notes what is wrong.
pub(super) fn check(
    text: &str,
    at: &Pointer,
    variables: &[&str],
    sample: Option<Value>,
    notes: &mut Notes,
) -> bool {
    let environment = message_template::environment();
    let checked = message_template::check(text);
    let template = match checked.and_then(|()| environment.template_from_str(text)) {
        Ok(template) => template,
        Err(e) => {
            notes.fault(Note::at(
                at.clone(),
                format!("not a valid template: {}", chain(&e)),
            ));
            return false;
        }
    };
    let known =
        |name: &str| variables.contains(&name) || environment.globals().any(|(n, _)| n == name);
    let mut unknown: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    unknown.retain(|name| !known(name));
    unknown.sort();
    for name in &unknown {
        let near = did_you_mean(name, variables.iter().copied());
        let message = format!("unknown variable {}{near}", quoted(name));
        let hint = format!("known variables: {}", list(variables.iter().copied()));
        notes.fault(Note::at(at.clone(), message).hint(hint));
    }
    if unknown.is_empty()
        && let Some(sample) = sample
        && let Err(e) = message_template::render(text, sample)
    {
        let message = format!("the template cannot be rendered: {}", chain(&e));
        notes.fault(Note::at(at.clone(), message));
        return false;
    }
    unknown.is_empty()
}

/// The error and its causes on one line.
fn chain(error: &minijinja::Error) -> String {
    let mut text = error.kind().to_string();
    if let Some(detail) = error.detail() {
        text = format!("{text}, {detail}");
    }
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    match error.line() {
        Some(line) if line > 1 => format!("{text} (line {line} of the template)"),
        _ => text,
    }
}
