//! `git-promote/releases/v1` and `git-promote/release-log/v1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::result::Problem;
use crate::engine;
use crate::release::{Release, ReleaseState, Waiting};
use crate::render::date::rfc_3339;

/// The names of these formats.
const RELEASES: &str = "git-promote/releases/v1";
const LOG: &str = "git-promote/release-log/v1";

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
    /// Why it could not be moved forward.
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
        let wait = |waiting: &'a Waiting| Wait {
            environment: waiting.environment.as_deref(),
            why: &waiting.why,
            until: waiting.until.map(rfc_3339),
        };
        Self {
            id: &release.id,
            status: Status::of(release.state),
            release: Some(release),
            waits: waits.iter().map(wait).collect(),
            error: None,
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
}

impl<'a> ReleaseLog<'a> {
    /// The transitions of a release.
    pub fn of(id: &'a str, transitions: &'a [engine::PastTransition]) -> Self {
        let transition = |transition: &'a engine::PastTransition| Transition {
            commit: transition.commit.to_string(),
            time: rfc_3339(transition.time),
            by: &transition.committer,
            title: &transition.title,
        };
        Self {
            schema: LOG,
            id,
            transitions: transitions.iter().map(transition).collect(),
        }
    }
}
