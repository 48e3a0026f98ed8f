//! What comes next for a release.

use super::event::Event;
use super::facts::Question;
use super::record::Release;

/// What comes next for a release.
#[derive(Clone, Debug)]
pub enum Next {
    /// A transition is to be recorded; its effects follow if that succeeds.
    Record(Box<Transition>),
    /// Facts are missing.
    Ask(Vec<Question>),
    /// These effects are to be carried out; they are safe to repeat.
    Do(Vec<Effect>),
    /// Nothing can be done now.
    Wait(Vec<Waiting>),
    /// It has ended.
    Ended,
}

/// A change of a release, with what is to be done once it is recorded.
#[derive(Clone, Debug)]
pub struct Transition {
    /// The release after it.
    pub release: Release,
    /// What happened.
    pub event: Event,
    /// What is to be done after it is recorded, by whoever recorded it.
    pub effects: Vec<Effect>,
}

/// A change of the outside world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Start a workflow, unless the lease of its attempt is over.
    StartWorkflow {
        /// The key of the attempt.
        key: String,
    },
    /// Commit or propose a promotion, unless its time is over.
    Promote {
        /// The target environment.
        environment: String,
        /// When it must be done, in seconds since 1970.
        until: i64,
    },
    /// Close a pull request and delete its branch.
    ClosePullRequest {
        /// The target environment.
        environment: String,
    },
}

/// Why a release cannot go on now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// The environment of the step that waits; none if the release does.
    pub environment: Option<String>,
    /// What it waits for.
    pub why: String,
    /// When to look again, if that is known, in seconds since 1970.
    pub until: Option<i64>,
}

/// What a worker that runs no commands does with a release that needs them.
pub(super) const LEFT_TO_OTHERS: &str = "which this server leaves to another worker: `git promote release \
                                         advance` elsewhere, or a server with `--allow-run`";

/// What a part of a release could do.
pub(super) enum Move {
    Record(Box<Transition>),
    Ask(Vec<Question>),
    Do(Effect),
    Wait(Waiting),
    /// Nothing is left to do, or something else comes first.
    Rest,
}

/// The moves of all parts of a release: a transition comes first, then questions, then effects.
#[derive(Default)]
pub(super) struct Moves {
    transition: Option<Box<Transition>>,
    questions: Vec<Question>,
    effects: Vec<Effect>,
    waits: Vec<Waiting>,
}

impl Moves {
    pub(super) fn add(&mut self, part: Move) {
        match part {
            Move::Record(transition) => {
                self.transition.get_or_insert(transition);
            }
            Move::Ask(questions) => self.questions.extend(questions),
            Move::Do(effect) => self.effects.push(effect),
            Move::Wait(waiting) => self.waits.push(waiting),
            Move::Rest => {}
        }
    }

    /// Whether all parts rest.
    pub(super) fn is_empty(&self) -> bool {
        self.transition.is_none()
            && self.questions.is_empty()
            && self.effects.is_empty()
            && self.waits.is_empty()
    }

    pub(super) fn next(self) -> Next {
        if let Some(transition) = self.transition {
            Next::Record(transition)
        } else if !self.questions.is_empty() {
            Next::Ask(self.questions)
        } else if !self.effects.is_empty() {
            Next::Do(self.effects)
        } else {
            Next::Wait(self.waits)
        }
    }
}
