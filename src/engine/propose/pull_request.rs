//! Opens the pull request of a pushed branch, or updates it.

use std::collections::BTreeSet;

use super::state::ProposalState;
use super::text::PullRequestText;
use crate::domain::PullRequestSettings;
use crate::engine::receipt::{PullRequestChange, PullRequestOutcome};
use crate::plan::{HiddenLines, Mark, Notice, Plan};
use crate::port::{AutoMerge, Branch, Forge, ForgeError, Proposal, PullRequest};

/// Opens the pull request, or takes the open one, and adds everything that it lacks.
///
/// # Why
///
/// Nothing is removed, because a person may have added it. A forge drops reviewers from its list once
/// they have reviewed; so the body records whom git-promote requested, and no one is requested twice.
pub(super) async fn bring_up_to_date(
    forge: &dyn Forge,
    plans: &[&Plan],
    base: &Branch,
    head: &str,
    state: ProposalState,
    text: &PullRequestText,
) -> Result<(PullRequestOutcome, Vec<Notice>), ForgeError> {
    let settings = &settings(plans);
    let mark = Mark::of(plans);
    let (request, mut change) = if let Some(open) = state.open {
        (open, PullRequestChange::Left)
    } else {
        let proposal = Proposal {
            head: head.to_owned(),
            base: base.name.clone(),
            title: text.title.clone(),
            body: body(text, &BTreeSet::new(), &mark),
            is_draft: settings.draft.unwrap_or(false),
        };
        open(forge, &proposal, state.rejected.as_ref()).await?
    };
    let number = request.number;
    let requested = HiddenLines::of(&request.body).asked;
    let wanted = body(text, &requested, &mark);
    if request.title != text.title || !is_same(&request.body, &wanted) {
        forge.rewrite(number, &text.title, &wanted).await?;
        if change == PullRequestChange::Left {
            change = PullRequestChange::Updated;
        }
    }
    let labels = missing(settings.labels.as_ref(), &request.labels);
    if !labels.is_empty() {
        forge.label(number, &labels).await?;
    }
    let assignees = missing(settings.assignees.as_ref(), &request.assignees);
    if !assignees.is_empty() {
        forge.assign(number, &assignees).await?;
    }
    let (people, teams) = reviews_to_request(settings, &request, &requested);
    if !people.is_empty() || !teams.is_empty() {
        forge.request_reviews(number, &people, &teams).await?;
    }
    // This includes requests of an earlier run that was stopped before it recorded them.
    let all: BTreeSet<String> = requested
        .union(&wanted_reviews(settings))
        .cloned()
        .collect();
    if all != requested {
        let wanted = body(text, &all, &mark);
        forge.rewrite(number, &text.title, &wanted).await?;
    }
    let mut notices = Vec::new();
    if let Some(method) = settings.auto_merge
        && !request.merges_when_ready
        && forge.merge_when_ready(&request, method).await? == AutoMerge::NothingToWaitFor
    {
        notices.push(Notice::AutoMergeNotNeeded {
            base: base.name.clone(),
        });
    }
    let found = PullRequestOutcome {
        number,
        url: request.url,
        change,
    };
    Ok((found, notices))
}

/// The settings of all plans together.
pub(super) fn settings(plans: &[&Plan]) -> PullRequestSettings {
    let all = plans.iter().map(|plan| &plan.proposal().settings);
    all.fold(PullRequestSettings::default(), PullRequestSettings::and)
}

/// The settings that have no effect without a pull request.
pub(super) fn ignored_settings(settings: &PullRequestSettings) -> Option<Notice> {
    let has = |list: Option<&Vec<String>>| list.is_some_and(|names| !names.is_empty());
    let wishes = [
        ("draft", settings.draft == Some(true)),
        ("labels", has(settings.labels.as_ref())),
        (
            "reviewers",
            has(settings.reviewers.as_ref()) || has(settings.teams.as_ref()),
        ),
        ("assignees", has(settings.assignees.as_ref())),
        ("auto-merge", settings.auto_merge.is_some()),
    ];
    let settings: Vec<&str> = wishes
        .iter()
        .filter(|(_, is)| *is)
        .map(|(n, _)| *n)
        .collect();
    (!settings.is_empty()).then_some(Notice::PullRequestSettingsIgnored { settings })
}

/// Reopens the rejected pull request if the forge can; otherwise opens a new one.
async fn open(
    forge: &dyn Forge,
    proposal: &Proposal,
    rejected: Option<&PullRequest>,
) -> Result<(PullRequest, PullRequestChange), ForgeError> {
    // There is only a rejected one here with `--reopen`.
    if let Some(rejected) = rejected {
        match forge.reopen(rejected.number).await {
            Ok(()) => return Ok((rejected.clone(), PullRequestChange::Reopened)),
            // Its branch was moved or deleted since; forges refuse to reopen it then.
            Err(ForgeError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((forge.open(proposal).await?, PullRequestChange::Opened))
}

/// The body with its hidden lines: the requested reviewers and the mark.
fn body(text: &PullRequestText, requested: &BTreeSet<String>, mark: &Mark) -> String {
    text.body_with(&HiddenLines {
        asked: requested.clone(),
        mark: Some(mark.clone()),
    })
}

/// The reviewers of the settings; teams begin with `@`.
fn wanted_reviews(settings: &PullRequestSettings) -> BTreeSet<String> {
    let people = settings.reviewers.iter().flatten().cloned();
    let teams = settings.teams.iter().flatten();
    people.chain(teams.map(|team| format!("@{team}"))).collect()
}

/// The people and teams of the settings that were not requested yet.
fn reviews_to_request(
    settings: &PullRequestSettings,
    request: &PullRequest,
    requested: &BTreeSet<String>,
) -> (Vec<String>, Vec<String>) {
    let mut people = missing(settings.reviewers.as_ref(), &request.reviewers);
    people.retain(|name| !requested.contains(name));
    let mut teams = missing(settings.teams.as_ref(), &request.teams);
    teams.retain(|name| !requested.contains(&format!("@{name}")));
    (people, teams)
}

/// The wanted names that do not exist yet; forges ignore the case of names.
fn missing(wanted: Option<&Vec<String>>, existing: &[String]) -> Vec<String> {
    let exists = |name: &str| existing.iter().any(|t| t.eq_ignore_ascii_case(name));
    let wanted = wanted.into_iter().flatten();
    wanted.filter(|n| !exists(n)).cloned().collect()
}

/// Whether two bodies are equal except for line ends, which forges change.
fn is_same(a: &str, b: &str) -> bool {
    a.trim_end().lines().eq(b.trim_end().lines())
}
