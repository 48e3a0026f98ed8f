//! A promotion that no flow describes: what a person chose for it.
//!
//! # Why
//!
//! Whoever moves a release forward must promote what the person reviewed. So the record has every choice
//! that the plan depends on, and the id of the plan: another plan is not promoted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a person chose for a promotion that no flow describes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manual {
    /// The source environment.
    pub from: String,
    /// The `Promotion-Id` of the plan that was reviewed.
    pub promotion: String,
    /// The branch that it would be proposed on; a newer promotion with the same branch replaces this one.
    pub branch: String,
    /// How it is delivered.
    pub action: ManualAction,
    /// The workflow before the action, instead of that of the policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_action: Option<String>,
    /// The workflow after the gates, instead of that of the policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_action: Option<String>,
    /// The gates of the source environment that are skipped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped_gates: Vec<String>,
    /// Selectors of differences to promote; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// Selectors of differences to keep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Places that both sides changed: `source=` or `target=`, and a selector.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub take: Vec<String>,
    /// The revision whose source files are the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// How many commits of each file are looked at.
    pub history: usize,
    /// `versions`, `changes` or `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promote: Option<String>,
    /// Whether removals are promoted too.
    #[serde(default, skip_serializing_if = "is_false")]
    pub delete: bool,
    /// The version that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The title of the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The body of the commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The guards whose holds are lifted, or `all`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<String>,
    /// Commands that must succeed on the planned files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verify: Vec<String>,
    /// Whether the pull request shows the rendered manifests.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rendered: bool,
    /// The options of the pull request.
    #[serde(default, skip_serializing_if = "ManualPullRequest::is_default")]
    pub pull_request: ManualPullRequest,
}

/// How a promotion is delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ManualAction {
    /// A commit.
    #[default]
    Commit,
    /// A pull request.
    PullRequest,
}

/// The options of a pull request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualPullRequest {
    /// Whether it is a draft.
    #[serde(default, skip_serializing_if = "is_false")]
    pub draft: bool,
    /// Labels to add.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// People to request a review from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviewers: Vec<String>,
    /// Teams to request a review from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// People to assign it to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assignees: Vec<String>,
    /// `merge`, `squash` or `rebase`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_merge: Option<String>,
    /// Whether it is proposed again after a rejection.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reopen: bool,
    /// Whether it uses a new branch if the promotion's branch has commits of others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub new_branch: bool,
}

impl ManualPullRequest {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes references to fields"
)]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{Action, CommitId, Concurrency, Hooks, ProductFlow, ProductStep};
    use crate::port::GateState;
    use crate::release::{
        Configuration, Facts, NewRelease, Next, Other, PullRequest, PullRequestFact, Question,
        Release, ReleaseState, StepFacts, advance, create,
    };

    fn commit() -> CommitId {
        CommitId("a".repeat(40).parse().unwrap())
    }

    fn flow() -> ProductFlow {
        let step = ProductStep {
            environment: "eu".to_owned(),
            depends_on: vec!["staging".to_owned()],
            from: "staging".to_owned(),
            action: Action::PullRequest,
            pre_action: None,
            post_action: None,
            source_gates: vec!["ready".to_owned()],
            gates_before: Vec::new(),
            gates_after: Vec::new(),
            hooks: Hooks::default(),
        };
        ProductFlow {
            product: "loans".to_owned(),
            applications: Vec::new(),
            name: ProductFlow::MANUAL.to_owned(),
            trigger_environment: "staging".to_owned(),
            steps: vec![step],
            hooks: Hooks::default(),
            time_limit: None,
            concurrency: Concurrency::Queue,
            workflows: BTreeMap::new(),
            gates: BTreeMap::new(),
        }
    }

    fn running() -> Release {
        let manual = Manual {
            from: "staging".to_owned(),
            branch: "promote/staging-to-eu/loans".to_owned(),
            ..Manual::default()
        };
        let new = NewRelease {
            configuration: Configuration::Commit(commit()),
            applications: Vec::new(),
            branch: None,
            manual: Some(Box::new(manual)),
            source: commit(),
            trigger: None,
            by: "Ada".to_owned(),
            acted_by: None,
            now: 0,
        };
        let mut release = create(new, &flow(), &[]).unwrap().release;
        release.state = ReleaseState::Running;
        release
    }

    fn facts(step: StepFacts, newer: Option<&str>) -> Facts {
        let others = newer.map(|branch| Other {
            id: "loans-2".to_owned(),
            number: 2,
            queue: branch.to_owned(),
            state: ReleaseState::Queued,
        });
        Facts {
            others: others.into_iter().collect(),
            steps: BTreeMap::from([("eu".to_owned(), step)]),
            ..Facts::default()
        }
    }

    fn title(next: Next) -> String {
        match next {
            Next::Record(transition) => transition.event.text,
            next => format!("{next:?}"),
        }
    }

    #[test]
    fn the_source_passes_its_gates_first() {
        let next = advance(&running(), &flow(), &Facts::default(), 1);
        let expected = Question::SourceGate {
            environment: "eu".to_owned(),
            gate: "ready".to_owned(),
        };
        assert!(matches!(next, Next::Ask(asked) if asked == [expected]));
        for (state, expected) in [
            (GateState::Passed, "promotes to eu"),
            (
                GateState::Failed {
                    why: "no".to_owned(),
                },
                "eu failed at the gates before its action",
            ),
        ] {
            let mut step = StepFacts::default();
            step.source_gates.insert("ready".to_owned(), state);
            let next = advance(&running(), &flow(), &facts(step, None), 1);
            assert_eq!(title(next), expected);
        }
    }

    #[test]
    fn a_newer_promotion_with_the_same_branch_replaces_one_that_has_not_landed() {
        let own = "promote/staging-to-eu/loans";
        let superseded = "is superseded by loans-2, which replaces it";
        let request = Some(PullRequest {
            branch: own.to_owned(),
            number: Some(1),
            url: None,
        });
        for (newer, pull_request, promoting_until, fact, is_replaced) in [
            (own, None, None, None, true),
            ("promote/staging-to-eu/cards", None, None, None, false),
            (own, None, Some(100), None, false),
            (
                own,
                request.clone(),
                None,
                Some(PullRequestFact::Open),
                true,
            ),
            (own, request, None, Some(PullRequestFact::Merged), false),
        ] {
            let mut release = running();
            release.steps[0].pull_request = pull_request;
            release.steps[0].promoting_until = promoting_until;
            let step = StepFacts {
                landed: Some(None),
                pull_request: fact,
                ..StepFacts::default()
            };
            let next = advance(&release, &flow(), &facts(step, Some(newer)), 1);
            assert_eq!(title(next) == superseded, is_replaced, "{newer} {fact:?}");
        }
    }
}
