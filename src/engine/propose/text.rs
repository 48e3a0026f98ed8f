//! The text of a pull request.

use minijinja::{Value, context};

use crate::engine::commit_message::{self, render};
use crate::engine::error::EngineError;
use crate::engine::request::Request;
use crate::plan::{HiddenLines, Plan};
use crate::port::{BODY_LIMIT, PlanPreview, body_size};

/// How many characters of a title forges take, with some to spare.
const TITLE: usize = 240;

/// What the hidden lines may take of a body.
const HIDDEN: usize = 4096;

/// Title and body of a pull request, before anything hidden is added.
#[derive(Clone, Debug)]
pub(super) struct PullRequestText {
    /// One line.
    pub title: String,
    /// Markdown, within the forge's limit.
    body: String,
}

impl PullRequestText {
    /// The user's own words, else the configuration's templates, else the built-in ones.
    pub(super) fn of(
        plan: &Plan,
        request: &Request,
        preview: &dyn PlanPreview,
    ) -> Result<Self, EngineError> {
        let templates = plan.proposal();
        let title = match (&request.message.title, &templates.title) {
            (Some(own), _) => own.clone(),
            (None, Some(template)) => render("pull request's title", template, values(plan, ""))?,
            (None, None) => plan.message().title.clone(),
        };
        let limit = BODY_LIMIT - HIDDEN;
        let body = match (&request.message.body, &templates.body) {
            (None, Some(template)) => {
                let shown = preview.preview(plan, limit);
                let part = "pull request's body";
                let first = render(part, template, values(plan, &shown))?;
                let over = body_size(&first).saturating_sub(limit);
                if over == 0 {
                    first
                } else {
                    let shown = preview.preview(plan, limit.saturating_sub(over));
                    render(part, template, values(plan, &shown))?
                }
            }
            (own, _) => {
                let words = own.clone().unwrap_or_else(introduction);
                let words = cut(&words, limit / 2);
                let rest = limit - body_size(&words) - 2;
                format!("{}\n\n{}", words.trim_end(), preview.preview(plan, rest))
            }
        };
        let title = title.lines().next().unwrap_or_default().trim();
        // A forge takes no empty title.
        let title = if title.is_empty() {
            &plan.message().title
        } else {
            title
        };
        Ok(Self {
            title: title.chars().take(TITLE).collect(),
            body: cut(&body, limit),
        })
    }

    /// The body with hidden lines behind it.
    pub(super) fn body_with(&self, hidden: &HiddenLines) -> String {
        format!("{}\n\n{}", self.body.trim_end(), hidden)
    }
}

fn values(plan: &Plan, preview: &str) -> Value {
    let values = commit_message::values(
        plan.hop(),
        plan.applications(),
        plan.proposal().product.as_deref(),
        (plan.source(), plan.target()),
        plan.decider(),
        plan.id(),
    );
    let preview = Value::from(preview);
    context! { ..context! { preview => preview }, ..values }
}

/// One short paragraph.
fn introduction() -> String {
    "This pull request was made by git-promote and is kept up to date by it. Commits of others on \
     its branch are never overwritten; closing it rejects the promotion until the source changes."
        .to_owned()
}

/// What fits, by whole lines; an open fence is closed.
fn cut(text: &str, limit: usize) -> String {
    if body_size(text) <= limit {
        return text.to_owned();
    }
    let note = "\n\n(shortened)";
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks = line.trim_start().chars().take_while(|c| *c == '`').count();
        let next = match &fence {
            None if ticks >= 3 => Some("`".repeat(ticks)),
            Some(open) if ticks >= open.len() && line.trim().chars().all(|c| c == '`') => None,
            other => other.clone(),
        };
        let closing = next.as_ref().map_or(0, |f| f.len() + 1);
        if body_size(&out) + body_size(line) + 1 + closing + body_size(note) > limit {
            break;
        }
        out.push_str(line);
        out.push('\n');
        fence = next;
    }
    if let Some(fence) = fence {
        out.push_str(&fence);
    }
    out.push_str(note);
    out
}
