//! Composes the text of a pull request.

use minijinja::{Value, context};

use crate::engine::commit_message::{self, named, render};
use crate::engine::error::EngineError;
use crate::engine::request::Request;
use crate::plan::{ApplicationPlan, HiddenLines, Plan};
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
        plans: &[&Plan],
        request: &Request,
        preview: &dyn PlanPreview,
    ) -> Result<Self, EngineError> {
        let [title_template, body_template] = match plans {
            [] => [None, None],
            // The templates are worded for promotions.
            all if !all.iter().any(|plan| plan.changes_files()) => [None, None],
            [first, ..] => [&first.proposal().title, &first.proposal().body].map(Option::as_ref),
        };
        let title = match (&request.message.title, title_template) {
            (Some(title), _) => title.clone(),
            (None, Some(template)) => render("pull request's title", template, values(plans, ""))?,
            (None, None) => built_in_title(plans),
        };
        let limit = BODY_LIMIT - HIDDEN;
        let body = match (&request.message.body, body_template) {
            (None, Some(template)) => {
                let shown = preview.preview(plans, limit);
                let part = "pull request's body";
                let rendered = render(part, template, values(plans, &shown))?;
                let excess = body_size(&rendered).saturating_sub(limit);
                if excess == 0 {
                    rendered
                } else {
                    let shown = preview.preview(plans, limit.saturating_sub(excess));
                    render(part, template, values(plans, &shown))?
                }
            }
            (text, _) => {
                let text = text.clone().unwrap_or_else(introduction);
                let text = truncate(&text, limit / 2);
                let rest = limit - body_size(&text) - 2;
                format!("{}\n\n{}", text.trim_end(), preview.preview(plans, rest))
            }
        };
        let mut title = title.lines().next().unwrap_or_default().trim().to_owned();
        // Forges refuse an empty title.
        if title.is_empty() {
            title = built_in_title(plans);
        }
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

/// The title of the commit; of several a title for all of them.
fn built_in_title(plans: &[&Plan]) -> String {
    match plans {
        [] => String::new(),
        [plan] => plan.message().title.clone(),
        [first, ..] => {
            let applications = named(changed(plans));
            commit_message::title(&first.hop().from.name, &applications, &targets(plans))
        }
    }
}

/// The names of the target environments: `eu and us`.
fn targets(plans: &[&Plan]) -> String {
    let names: Vec<&str> = plans
        .iter()
        .map(|plan| plan.hop().to.name.as_str())
        .collect();
    match names.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.concat(),
    }
}

/// The applications that the plans change.
fn changed<'a>(plans: &[&'a Plan]) -> impl Iterator<Item = &'a ApplicationPlan> {
    let all = plans.iter().flat_map(|plan| plan.applications());
    all.filter(|application| application.is_changed())
}

/// The variables of a template. What each promotion has of its own is that of the first one, but the
/// targets' names and the ids are those of all.
fn values(plans: &[&Plan], preview: &str) -> Value {
    let preview = context! { preview => Value::from(preview) };
    let Some(first) = plans.first() else {
        return preview;
    };
    let ids: Vec<&str> = plans.iter().map(|plan| plan.id()).collect();
    let values = commit_message::values(
        (&first.hop().from.name, &targets(plans)),
        &named(changed(plans)),
        first.proposal().product.as_deref(),
        (first.source(), first.target()),
        first.decider(),
        &ids.join(", "),
    );
    context! { ..preview, ..values }
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
