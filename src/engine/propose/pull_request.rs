//! The pull request of a branch that is pushed: opened, or brought up to date.

use std::collections::BTreeSet;

use super::state::ProposalState;
use super::text::PullRequestText;
use crate::domain::PullRequestSettings;
use crate::engine::receipt::{PullRequestChange, PullRequestOutcome};
use crate::plan::{HiddenLines, Mark, Notice, Plan};
use crate::port::{AutoMerge, Branch, Forge, ForgeError, Proposal, PullRequest};

/// Opens the pull request, or finds it, and gives it everything that it lacks.
///
/// # Why
///
/// Nothing is taken away, for people may have added it. Who has reviewed is no
/// longer among those that are asked; so the body remembers whom the program
/// asked, and nobody is asked twice.
pub(super) async fn bring_up_to_date(
    forge: &dyn Forge,
    plan: &Plan,
    base: &Branch,
    head: &str,
    standing: ProposalState,
    text: &PullRequestText,
) -> Result<(PullRequestOutcome, Vec<Notice>), ForgeError> {
    let settings = &plan.proposal().settings;
    let mark = plan.mark();
    let (request, mut deed) = if let Some(open) = standing.open {
        (open, PullRequestChange::Left)
    } else {
        let proposal = Proposal {
            head: head.to_owned(),
            base: base.name.clone(),
            title: text.title.clone(),
            body: body(text, &BTreeSet::new(), &mark),
            is_draft: settings.draft.unwrap_or(false),
        };
        open(forge, &proposal, standing.rejected.as_ref()).await?
    };
    let number = request.number;
    let asked = HiddenLines::of(&request.body).asked;
    let wanted = body(text, &asked, &mark);
    if request.title != text.title || !is_same(&request.body, &wanted) {
        forge.rewrite(number, &text.title, &wanted).await?;
        if deed == PullRequestChange::Left {
            deed = PullRequestChange::Updated;
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
    let (people, teams) = unasked(settings, &request, &asked);
    if !people.is_empty() || !teams.is_empty() {
        forge.request_reviews(number, &people, &teams).await?;
    }
    // Also those that were asked by a run that could not remember it any more.
    let all: BTreeSet<String> = asked.union(&wanted_reviews(settings)).cloned().collect();
    if all != asked {
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
        deed,
    };
    Ok((found, notices))
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

/// Opens a new one, or the rejected one again where the forge can.
async fn open(
    forge: &dyn Forge,
    proposal: &Proposal,
    rejected: Option<&PullRequest>,
) -> Result<(PullRequest, PullRequestChange), ForgeError> {
    // Only with `--reopen` one that was rejected comes so far.
    if let Some(rejected) = rejected {
        match forge.reopen(rejected.number).await {
            Ok(()) => return Ok((rejected.clone(), PullRequestChange::Reopened)),
            // Its branch was moved or deleted since: forges do not open such a one again.
            Err(ForgeError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok((forge.open(proposal).await?, PullRequestChange::Opened))
}

/// The text, whom the program asked, and the mark.
fn body(text: &PullRequestText, asked: &BTreeSet<String>, mark: &Mark) -> String {
    text.body_with(&HiddenLines {
        asked: asked.clone(),
        mark: Some(mark.clone()),
    })
}

/// Whom the settings ask for a review; teams begin with `@`.
fn wanted_reviews(settings: &PullRequestSettings) -> BTreeSet<String> {
    let people = settings.reviewers.iter().flatten().cloned();
    let teams = settings.teams.iter().flatten();
    people.chain(teams.map(|team| format!("@{team}"))).collect()
}

/// Who is to be asked for a review and neither is asked nor was.
fn unasked(
    settings: &PullRequestSettings,
    request: &PullRequest,
    asked: &BTreeSet<String>,
) -> (Vec<String>, Vec<String>) {
    let mut people = missing(settings.reviewers.as_ref(), &request.reviewers);
    people.retain(|name| !asked.contains(name));
    let mut teams = missing(settings.teams.as_ref(), &request.teams);
    teams.retain(|name| !asked.contains(&format!("@{name}")));
    (people, teams)
}

/// Those that are not there; forges take names for equal whatever their case.
fn missing(wanted: Option<&Vec<String>>, there: &[String]) -> Vec<String> {
    let is_there = |name: &str| there.iter().any(|t| t.eq_ignore_ascii_case(name));
    let wanted = wanted.into_iter().flatten();
    wanted.filter(|n| !is_there(n)).cloned().collect()
}

/// Whether two bodies are equal but for line ends, which forges change.
fn is_same(a: &str, b: &str) -> bool {
    a.trim_end().lines().eq(b.trim_end().lines())
}
