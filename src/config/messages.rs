//! Checks that message templates compile and use only known variables.
//!
//! # Why
//!
//! Otherwise a typo in a template would only show up when a promotion is about
//! to be committed. So each template is also rendered with a small sample plan,
//! and every unknown name or filter is an error.

use minijinja::{Value, context};

use super::file::MessagesEntry;
use super::jinja;
use super::notes::Notes;
use super::pointer::Pointer;
use crate::domain::{MessageTemplates, Messages};

/// Reads the templates; faulty ones are reported and left out.
pub(super) fn read(entry: &MessagesEntry, at: &Pointer, notes: &mut Notes) -> Messages {
    let mut checked = |text: &Option<String>, at: Pointer, known: &[&str]| {
        let text = text.as_deref()?;
        jinja::check(text, &at, known, Some(sample()), notes).then(|| text.to_owned())
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
