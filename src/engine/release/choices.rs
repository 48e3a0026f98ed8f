//! What a person chose for a promotion that no flow describes: from a request into the record, and back.

use crate::domain::{Action, GuardName, MergeMethod, Mode, PullRequestSettings};
use crate::engine::request::{
    Allow, ManifestPreview, MessageChoice, OnForeignCommits, OnRejection, ProposalChoice, Removals,
    Request, TakeChoice, TakenSide,
};
use crate::plan::Plan;
use crate::release::{Manual, ManualAction, ManualPullRequest, Release};

/// The name by which all guards are allowed.
const ALL: &str = "all";

/// The choices of a request whose plan was reviewed; its workflows and gates are still missing.
pub(super) fn choices(request: &Request, plan: &Plan) -> Manual {
    let proposal = &request.proposal;
    Manual {
        from: plan.hop().from.name.clone(),
        promotion: plan.id().to_owned(),
        branch: plan.proposal().branch.clone(),
        action: match plan.action() {
            Action::PullRequest => ManualAction::PullRequest,
            Action::Commit | Action::None => ManualAction::Commit,
        },
        pre_action: None,
        post_action: None,
        skipped_gates: Vec::new(),
        only: request.only.clone(),
        except: request.except.clone(),
        take: request.take.iter().map(take_text).collect(),
        base: request.base.clone(),
        history: request.history,
        promote: request.promote.map(|mode| mode.to_string()),
        delete: request.removals == Removals::Promoted,
        version: request.version.clone(),
        title: request.message.title.clone(),
        body: request.message.body.clone(),
        allow: match &request.allow {
            Allow::All => vec![ALL.to_owned()],
            Allow::Guards(guards) => guards.iter().map(|g| g.as_str().to_owned()).collect(),
        },
        verify: request.verify.clone(),
        rendered: request.manifests == ManifestPreview::Shown,
        pull_request: ManualPullRequest {
            draft: proposal.settings.draft.unwrap_or_default(),
            labels: proposal.settings.labels.clone().unwrap_or_default(),
            reviewers: proposal.settings.reviewers.clone().unwrap_or_default(),
            teams: proposal.settings.teams.clone().unwrap_or_default(),
            assignees: proposal.settings.assignees.clone().unwrap_or_default(),
            auto_merge: proposal
                .settings
                .auto_merge
                .map(|method| method.to_string()),
            reopen: proposal.on_rejection == OnRejection::Reopened,
            new_branch: proposal.on_foreign_commits == OnForeignCommits::NewBranch,
        },
    }
}

/// The request with the choices of a record.
pub(super) fn with_choices(request: Request, manual: &Manual) -> Request {
    let asked = &manual.pull_request;
    let some = |list: &Vec<String>| (!list.is_empty()).then(|| list.clone());
    Request {
        only: manual.only.clone(),
        except: manual.except.clone(),
        take: manual.take.iter().filter_map(|text| take(text)).collect(),
        base: manual.base.clone(),
        history: manual.history,
        promote: manual.promote.as_deref().and_then(mode),
        removals: if manual.delete {
            Removals::Promoted
        } else {
            Removals::Kept
        },
        // The version finds its source itself.
        source: request.source.filter(|_| manual.version.is_none()),
        version: manual.version.clone(),
        message: MessageChoice {
            title: manual.title.clone(),
            body: manual.body.clone(),
        },
        verify: manual.verify.clone(),
        manifests: if manual.rendered {
            ManifestPreview::Shown
        } else {
            ManifestPreview::Hidden
        },
        proposal: ProposalChoice {
            settings: PullRequestSettings {
                draft: asked.draft.then_some(true),
                labels: some(&asked.labels),
                reviewers: some(&asked.reviewers),
                teams: some(&asked.teams),
                assignees: some(&asked.assignees),
                auto_merge: asked.auto_merge.as_deref().and_then(merge_method),
            },
            on_rejection: if asked.reopen {
                OnRejection::Reopened
            } else {
                request.proposal.on_rejection
            },
            on_foreign_commits: if asked.new_branch {
                OnForeignCommits::NewBranch
            } else {
                OnForeignCommits::Stop
            },
        },
        ..request
    }
}

/// The action of a record.
pub(super) fn action(of: ManualAction) -> Action {
    match of {
        ManualAction::Commit => Action::Commit,
        ManualAction::PullRequest => Action::PullRequest,
    }
}

/// The guards whose holds a release lifts: people chose them when it started, or since.
pub fn lifted_guards(release: &Release) -> Allow {
    let manual = release.manual.iter().flat_map(|manual| &manual.allow);
    let since = release.allowed.iter().map(|allowed| &allowed.guard);
    let names: Vec<&String> = manual.chain(since).collect();
    if names.iter().any(|name| *name == ALL) {
        return Allow::All;
    }
    let known = |name: &String| GuardName::ALL.iter().find(|guard| guard.as_str() == name);
    Allow::Guards(names.into_iter().filter_map(known).copied().collect())
}

fn take_text(take: &TakeChoice) -> String {
    let side = match take.side {
        TakenSide::Source => "source",
        TakenSide::Target => "target",
    };
    format!("{side}={}", take.selector)
}

fn take(text: &str) -> Option<TakeChoice> {
    let (side, selector) = text.split_once('=')?;
    let side = match side {
        "source" => TakenSide::Source,
        "target" => TakenSide::Target,
        _ => return None,
    };
    let selector = selector.to_owned();
    Some(TakeChoice { side, selector })
}

fn mode(name: &str) -> Option<Mode> {
    let all = [Mode::Versions, Mode::Changes, Mode::All];
    all.into_iter().find(|mode| mode.to_string() == name)
}

fn merge_method(name: &str) -> Option<MergeMethod> {
    let all = [MergeMethod::Merge, MergeMethod::Squash, MergeMethod::Rebase];
    all.into_iter().find(|method| method.to_string() == name)
}
