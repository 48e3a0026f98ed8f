//! What a transition did, in words and for programs.

use super::record::Release;

/// How the line begins that names the release.
const ID: &str = "Release-Id: ";

/// How the line begins that has the state of the release.
pub const STATE: &str = "Release-State: ";

/// How the line begins that has the kind of the event.
pub const EVENT: &str = "Release-Event: ";

/// What happened to a release.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// Its kind.
    pub kind: EventKind,
    /// The environment of the step, if it is about one.
    pub environment: Option<String>,
    /// What happened, after the id of the release and a colon.
    pub text: String,
}

/// The kind of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EventKind {
    /// The release was created.
    Created,
    /// It left the queue.
    Started,
    /// A newer release contains it.
    Superseded,
    /// A workflow is started.
    WorkflowStarted,
    /// A workflow has ended.
    WorkflowEnded,
    /// A step waits for people, a merge or a gate.
    Suspended,
    /// A worker begins to promote.
    Promoting,
    /// The promotion is in place.
    Landed,
    /// A step has succeeded.
    StepSucceeded,
    /// A step has failed.
    StepFailed,
    /// A step was terminated.
    StepTerminated,
    /// A person approved.
    Approved,
    /// A person lifted the holds of guards.
    Allowed,
    /// The release is being ended before it is done.
    Terminating,
    /// It was ended before it was done.
    Terminated,
    /// It was queued again after a failure.
    Retried,
    /// It has failed.
    Failed,
    /// It has succeeded.
    Succeeded,
}

impl EventKind {
    /// Its name in the trailer.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Started => "started",
            Self::Superseded => "superseded",
            Self::WorkflowStarted => "workflow-started",
            Self::WorkflowEnded => "workflow-ended",
            Self::Suspended => "suspended",
            Self::Promoting => "promoting",
            Self::Landed => "landed",
            Self::StepSucceeded => "step-succeeded",
            Self::StepFailed => "step-failed",
            Self::StepTerminated => "step-terminated",
            Self::Approved => "approved",
            Self::Allowed => "allowed",
            Self::Terminating => "terminating",
            Self::Terminated => "terminated",
            Self::Retried => "retried",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
        }
    }
}

impl Event {
    /// An event of the release as a whole.
    pub(super) fn of_release(kind: EventKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            environment: None,
            text: text.into(),
        }
    }

    /// An event of a step; `{}` in the text stands for its environment.
    pub(super) fn of_step(kind: EventKind, environment: &str, text: &str) -> Self {
        Self {
            kind,
            environment: Some(environment.to_owned()),
            text: text.replacen("{}", environment, 1),
        }
    }

    /// What happened, in one line.
    pub fn title(&self, release: &Release) -> String {
        format!("{}: {}", release.id, self.text)
    }

    /// The message of the commit that records it: a sentence, and trailers for programs. `acted_by` is the
    /// person who asked a server for it.
    pub fn message(&self, release: &Release, acted_by: Option<&str>) -> String {
        let mut message = format!(
            "{}\n\n{ID}{}\n{STATE}{}\n{EVENT}{}\n",
            self.title(release),
            release.id,
            release.state.name(),
            self.kind.name(),
        );
        if let Some(environment) = &self.environment {
            message.push_str("Release-Step: ");
            message.push_str(environment);
            message.push('\n');
        }
        if let Some(person) = acted_by {
            message.extend(["Acted-By: ", person, "\n"]);
        }
        message
    }
}

/// The value of a line that begins with `start` in the message of a transition.
pub fn trailer(message: &str, start: &str) -> Option<String> {
    let mut lines = message.lines();
    lines.find_map(|line| line.strip_prefix(start).map(ToOwned::to_owned))
}

/// Whether the message of a commit is that of a transition of the release with this id.
pub fn is_transition_of(message: &str, id: &str) -> bool {
    let mut lines = message.lines();
    lines.any(|line| line.strip_prefix(ID) == Some(id))
}
