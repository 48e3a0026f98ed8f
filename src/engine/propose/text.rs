//! Composes the text of a pull request.

use minijinja::{Value, context};

use crate::engine::commit_message::{self, render};
use crate::engine::error::EngineError;
use crate::engine::request::Request;
use crate::plan::{HiddenLines, Plan};
use crate::port::{BODY_LIMIT, PlanPreview, body_size};

/// The longest title in characters, a little less than forges accept.
const TITLE: usize = 240;

/// The part of a body that is reserved for hidden lines.
const HIDDEN: usize = 4096;

/// Title and body of a pull request, without hidden lines.
#[derive(Clone, Debug)]
pub(super) struct PullRequestText {
    /// One line.
    pub title: String,
    /// Markdown, within the forge's limit.
    body: String,
}

impl PullRequestText {
    /// Composes title and body: the user's text, else the configuration's templates, else built-in ones.
    pub(super) fn of(
        plan: &Plan,
        request: &Request,
        preview: &dyn PlanPreview,
    ) -> Result<Self, EngineError> {
        let templates = plan.proposal();
        let title = match (&request.message.title, &templates.title) {
            (Some(title), _) => title.clone(),
            (None, Some(template)) => render("pull request's title", template, values(plan, ""))?,
            (None, None) => plan.message().title.clone(),
        };
        let limit = BODY_LIMIT - HIDDEN;
        let body = match (&request.message.body, &templates.body) {
            (None, Some(template)) => {
                let shown = preview.preview(plan, limit);
                let part = "pull request's body";
                let rendered = render(part, template, values(plan, &shown))?;
                let excess = body_size(&rendered).saturating_sub(limit);
                if excess == 0 {
                    rendered
                } else {
                    let shown = preview.preview(plan, limit.saturating_sub(excess));
                    render(part, template, values(plan, &shown))?
                }
            }
            (text, _) => {
                let text = text.clone().unwrap_or_else(introduction);
                let text = truncate(&text, limit / 2);
                let rest = limit - body_size(&text) - 2;
                format!("{}\n\n{}", text.trim_end(), preview.preview(plan, rest))
            }
        };
        let title = title.lines().next().unwrap_or_default().trim();
        // Forges refuse an empty title.
        let title = if title.is_empty() {
            &plan.message().title
        } else {
            title
        };
        Ok(Self {
            title: title.chars().take(TITLE).collect(),
            body: truncate(&body, limit),
        })
    }

    /// The body, followed by hidden lines.
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

/// The paragraph before the preview.
fn introduction() -> String {
    "git-promote opened this pull request and keeps it up to date. It never overwrites commits that \
     others push to its branch. Closing the pull request rejects the promotion until the source \
     changes."
        .to_owned()
}

/// Shortens a text to whole lines, and closes a code fence that is open at the end.
fn truncate(text: &str, limit: usize) -> String {
    if body_size(text) <= limit {
        return text.to_owned();
    }
    let note = "\n\n(shortened)";
    let mut kept = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks = line.trim_start().chars().take_while(|c| *c == '`').count();
        let next = match &fence {
            None if ticks >= 3 => Some("`".repeat(ticks)),
            Some(open) if ticks >= open.len() && line.trim().chars().all(|c| c == '`') => None,
            other => other.clone(),
        };
        let closing = next.as_ref().map_or(0, |f| f.len() + 1);
        if body_size(&kept) + body_size(line) + 1 + closing + body_size(note) > limit {
            break;
        }
        kept.push_str(line);
        kept.push('\n');
        fence = next;
    }
    if let Some(fence) = fence {
        kept.push_str(&fence);
    }
    kept.push_str(note);
    kept
}
