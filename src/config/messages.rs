//! Checks that message templates compile and use only known variables.
//!
//! # Why
//!
//! Otherwise a typo in a template would only show up when a promotion is about
//! to be committed. So each template is also rendered with a small sample plan,
//! and every unknown name or filter is an error.

use std::error::Error as _;

use minijinja::{Value, context};

use super::file::MessagesEntry;
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::{did_you_mean, list, quoted};
use crate::domain::{MessageTemplates, Messages, message_template};

/// Reads the templates; faulty ones are reported and left out.
pub(super) fn read(entry: &MessagesEntry, at: &Pointer, notes: &mut Notes) -> Messages {
    let mut checked = |text: &Option<String>, at: Pointer, known: &[&str]| {
        let text = text.as_deref()?;
        check(text, &at, known, notes).then(|| text.to_owned())
    };
    let commit = Messages::VARIABLES;
    let mut proposal = commit.to_vec();
    proposal.push(Messages::PREVIEW);
    let inner = at.key("pullRequest");
    Messages {
        commit: MessageTemplates {
            title: checked(&entry.title, at.key("title"), &commit),
            body: checked(&entry.body, at.key("body"), &commit),
        },
        pull_request: MessageTemplates {
            title: checked(&entry.pull_request.title, inner.key("title"), &proposal),
            body: checked(&entry.pull_request.body, inner.key("body"), &proposal),
        },
    }
}

fn check(text: &str, at: &Pointer, variables: &[&str], notes: &mut Notes) -> bool {
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
        && let Err(e) = message_template::render(text, sample())
    {
        let message = format!("the template cannot be rendered: {}", chain(&e));
        notes.fault(Note::at(at.clone(), message));
        return false;
    }
    unknown.is_empty()
}

/// A plan with one application, with the variables that the engine passes.
fn sample() -> Value {
    let version = context! { before => "1.4.1", after => "1.4.2" };
    let applications = vec![context! { name => "api", version => version }];
    context! {
        from => "staging",
        to => "production",
        applications => applications,
        product => "shop",
        source => "1f3c9a20b7d64e5f8a9b0c1d2e3f405162738495",
        target => "9e8d7c6b5a493827160f5e4d3c2b1a0918273645",
        mode => "versions",
        promotion_id => "5f0c2d7e9b1a",
        preview => "### `api`",
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_every_known_variable() {
        for name in Messages::VARIABLES {
            let value = sample().get_attr(name).unwrap();
            assert!(!value.is_undefined(), "{name}");
        }
    }
}
