//! `git-promote/releases/v1`, `git-promote/release-log/v1` and `git-promote/release-event/v1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::problem::Problem;
use crate::engine;
use crate::release::{Release, ReleaseState, Waiting};
use crate::render::date::rfc_3339;
use crate::render::release_advice::after_end;

/// The names of these formats.
const RELEASES: &str = "git-promote/releases/v1";
const LOG: &str = "git-promote/release-log/v1";
const EVENT: &str = "git-promote/release-event/v1";

/// Releases, with what each waits for.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote releases, version 1")]
pub struct Releases<'a> {
    /// `git-promote/releases/v1`.
    #[schemars(extend("const" = RELEASES))]
    schema: &'static str,
    /// The releases, by product and number.
    releases: Vec<ReleaseEntry<'a>>,
}

/// A release.
#[derive(Serialize, JsonSchema, Debug)]
pub struct ReleaseEntry<'a> {
    /// Its id.
    id: &'a str,
    /// Whether it has succeeded, failed, or is not done yet.
    status: Status,
    /// Its record; null if it could not be read.
    release: Option<&'a Release>,
    /// What it waits for.
    waits: Vec<Wait<'a>>,
    /// Why it failed, or why it could not be moved forward.
    error: Option<Problem>,
}

/// How a release stands for a pipeline.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It has succeeded.
    Ready,
    /// It failed, or was terminated or superseded.
    Failed,
    /// It is not done yet.
    Waiting,
}

/// The release of a promotion.
#[derive(Serialize, JsonSchema, Debug)]
pub struct PromotionRelease<'a> {
    /// Its id.
    id: &'a str,
    /// Whether it has succeeded, failed, or is not done yet.
    status: Status,
    /// Its state, in more detail.
    state: ReleaseState,
    /// What it waits for.
    waits: Vec<Wait<'a>>,
}

impl<'a> PromotionRelease<'a> {
    /// A release that was moved forward.
    pub(super) fn of(advanced: &'a engine::Advanced) -> Self {
        Self {
            id: &advanced.release.id,
            status: Status::of(advanced.release.state),
            state: advanced.release.state,
            waits: advanced.waits.iter().map(Wait::of).collect(),
        }
    }

    pub(super) fn is_failed(&self) -> bool {
        self.status == Status::Failed
    }

    /// Why it failed.
    pub(super) fn problem(release: &Release) -> Problem {
        let is_refused = release.failed_steps().any(|step| step.refused.is_some());
        let causes = release.failed_steps().map(|step| {
            let reason = step.reason.as_deref().unwrap_or("failed");
            format!("{}: {reason}", step.environment)
        });
        Problem {
            message: format!("{} is {}", release.id, release.state.name()),
            causes: causes.collect(),
            hint: after_end(release),
            code: if is_refused { 3 } else { 1 },
        }
    }
}

/// Something that a release waits for.
#[derive(Serialize, JsonSchema, Debug)]
struct Wait<'a> {
    /// The environment of the step that waits; null if the release does.
    environment: Option<&'a str>,
    /// What it waits for.
    why: &'a str,
    /// When to look again, as RFC 3339 writes it; null if that is not known.
    until: Option<String>,
}

impl<'a> Wait<'a> {
    fn of(waiting: &'a Waiting) -> Self {
        Self {
            environment: waiting.environment.as_deref(),
            why: &waiting.why,
            until: waiting.until.map(rfc_3339),
        }
    }
}

impl Status {
    /// The status of a release in this state.
    pub fn of(state: ReleaseState) -> Self {
        match state {
            ReleaseState::Succeeded => Self::Ready,
            state if state.is_end() => Self::Failed,
            _ => Self::Waiting,
        }
    }
}

impl<'a> Releases<'a> {
    /// These releases.
    pub fn of(releases: Vec<ReleaseEntry<'a>>) -> Self {
        Self {
            schema: RELEASES,
            releases,
        }
    }
}

impl<'a> ReleaseEntry<'a> {
    /// A release with what it waits for.
    pub fn of(release: &'a Release, waits: &'a [Waiting]) -> Self {
        Self {
            id: &release.id,
            status: Status::of(release.state),
            release: Some(release),
            waits: waits.iter().map(Wait::of).collect(),
            error: (release.state == ReleaseState::Failed)
                .then(|| PromotionRelease::problem(release)),
        }
    }

    /// A release that could not be moved forward.
    pub fn failed(id: &'a str, error: Problem) -> Self {
        Self {
            id,
            status: Status::Waiting,
            release: None,
            waits: Vec::new(),
            error: Some(error),
        }
    }
}

/// Something that happened to a release.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote release event, version 1")]
pub struct ReleaseEvent<'a> {
    /// `git-promote/release-event/v1`.
    #[schemars(extend("const" = EVENT))]
    schema: &'static str,
    /// The release.
    id: &'a str,
    /// What happened.
    #[serde(flatten)]
    transition: Transition<'a>,
    /// What the release waits for, if nothing has happened to it since.
    waits: Vec<Wait<'a>>,
}

impl<'a> ReleaseEvent<'a> {
    /// A transition of a release, with what that waits for if it is the newest.
    pub fn of(id: &'a str, transition: &'a engine::PastTransition, waits: &'a [Waiting]) -> Self {
        Self {
            schema: EVENT,
            id,
            transition: Transition::of(transition),
            waits: waits.iter().map(Wait::of).collect(),
        }
    }
}

impl<'a> Transition<'a> {
    fn of(transition: &'a engine::PastTransition) -> Self {
        Self {
            commit: transition.commit.to_string(),
            time: rfc_3339(transition.time),
            by: &transition.committer,
            title: &transition.title,
            state: transition.state.as_deref(),
            event: transition.event.as_deref(),
        }
    }
}

/// The transitions of a release.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote release log, version 1")]
pub struct ReleaseLog<'a> {
    /// `git-promote/release-log/v1`.
    #[schemars(extend("const" = LOG))]
    schema: &'static str,
    /// The release.
    id: &'a str,
    /// The transitions, oldest first.
    transitions: Vec<Transition<'a>>,
}

/// A transition.
#[derive(Serialize, JsonSchema, Debug)]
struct Transition<'a> {
    /// The commit that records it.
    commit: String,
    /// When it was recorded, as RFC 3339 writes it, in universal time.
    time: String,
    /// The committer, as far as Git's configuration shows.
    by: &'a str,
    /// What happened.
    title: &'a str,
    /// The state of the release after it.
    state: Option<&'a str>,
    /// The kind of the event, such as `landed` or `step-failed`.
    event: Option<&'a str>,
}

impl<'a> ReleaseLog<'a> {
    /// The transitions of a release.
    pub fn of(id: &'a str, transitions: &'a [engine::PastTransition]) -> Self {
        Self {
            schema: LOG,
            id,
            transitions: transitions.iter().map(Transition::of).collect(),
        }
    }
}
