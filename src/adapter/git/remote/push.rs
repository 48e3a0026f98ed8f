//! Moving one reference of a remote.
//!
//! # Why
//!
//! A push cannot simply be retried, because it may have taken effect. So after every
//! push without a clear success the reference is read again. If it is at the new
//! commit, the push worked; if it is at the old one, the push failed for the reason
//! given; if it is at another one, another push was faster.

use std::io::ErrorKind;
use std::process::Command;

use super::connection::Remote;
use crate::adapter::git::branch::refs::short_name;
use crate::adapter::git::command::messages::{self, PermanentFailure};
use crate::adapter::git::command::process::{self, Output};
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// How one reference of a remote moves.
#[derive(Clone, Copy)]
pub struct Update<'a> {
    /// Its full name.
    pub reference: &'a str,
    /// Its expected commit; `None`: it must not exist.
    pub old: Option<ObjectId>,
    /// Its new commit; `None` deletes it.
    pub new: Option<ObjectId>,
}

/// The outcome of an update.
pub enum PushOutcome {
    /// The reference is at the new commit.
    Done {
        /// What the remote and its hooks printed.
        message: Option<String>,
    },
    /// It was not at the expected commit.
    Overtaken {
        /// The commit that it is at; `None` if it does not exist.
        now: Option<ObjectId>,
    },
}

/// The outcome of one push.
enum Attempt {
    Accepted {
        /// What the remote and its hooks printed.
        message: Option<String>,
    },
    Failed {
        reason: String,
        rejected_by: Rejection,
    },
}

/// Who rejected an update, if anybody did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Rejection {
    /// Nobody: Git could not finish.
    None,
    /// The remote, perhaps for a temporary reason.
    Remote,
    /// The `pre-push` hook of this repository.
    LocalHook,
}

impl Rejection {
    /// Reads Git's exit status and porcelain output: the status is 1 if an update was rejected; there is
    /// a line for the reference if the remote rejected it, and `Done` if anything was sent.
    fn of(output: &Output) -> Self {
        let text = output.text();
        let was_sent = text.lines().any(|line| line == "Done");
        let mut lines = text.lines().filter(|line| line.starts_with('!'));
        match (output.status.code(), lines.next()) {
            (Some(1), None) if !was_sent => Self::LocalHook,
            (Some(1), Some(line)) if !line.contains("\t[remote failure]") => Self::Remote,
            _ => Self::None,
        }
    }
}

impl Remote<'_> {
    /// Moves a reference if it is at its expected commit.
    pub fn push(&mut self, update: &Update<'_>) -> Result<PushOutcome, RepositoryError> {
        let mut retries = self.local.git.network.retries();
        let mut rejections = 0;
        loop {
            let (reason, rejected_by) = match self.push_once(update)? {
                Attempt::Accepted { message } => return Ok(PushOutcome::Done { message }),
                Attempt::Failed {
                    reason,
                    rejected_by,
                } => (reason, rejected_by),
            };
            let now = self.tip(update.reference)?;
            if now == update.new {
                return Ok(PushOutcome::Done { message: None });
            }
            if now != update.old {
                return Ok(PushOutcome::Overtaken { now });
            }
            // Another push may hold the reference's lock for a moment; a rule rejects the retry, too.
            rejections += usize::from(rejected_by == Rejection::Remote);
            if rejections < 2 && rejected_by != Rejection::LocalHook && retries.wait() {
                continue;
            }
            let message = self.without_secrets(&reason);
            let branch = short_name(update.reference).to_owned();
            return Err(match rejected_by {
                Rejection::None => RepositoryError::Unreachable {
                    remote: self.name.clone(),
                    source: self.source(&reason),
                },
                Rejection::Remote => RepositoryError::Refused {
                    remote: self.name.clone(),
                    branch,
                    message,
                },
                Rejection::LocalHook => RepositoryError::HookRefused { branch, message },
            });
        }
    }

    fn push_once(&self, update: &Update<'_>) -> Result<Attempt, RepositoryError> {
        let limit = self.local.git.limit(self.local.git.network.push_silence());
        let output = match process::run(&mut self.push_command(update), Vec::new(), limit) {
            Ok(output) => output,
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                return Ok(Attempt::Failed {
                    reason: error.to_string(),
                    rejected_by: Rejection::None,
                });
            }
            Err(error) => return Err(self.local.git.run_error(error)),
        };
        if output.status.success() {
            let message = messages::remote_messages(&output);
            let message = message.map(|text| self.without_secrets(&text));
            return Ok(Attempt::Accepted { message });
        }
        let rejected_by = match messages::permanent_failure(&messages::git_messages(&output)) {
            // Servers answer like this to users who may read but not push.
            Some(PermanentFailure::Denied) => Rejection::Remote,
            Some(kind) => return Err(self.permanent_error(kind, &output)),
            None => Rejection::of(&output),
        };
        Ok(Attempt::Failed {
            reason: messages::reason(&output),
            rejected_by,
        })
    }

    fn push_command(&self, update: &Update<'_>) -> Command {
        let full = update.reference;
        let id = |id: Option<ObjectId>| id.map(|id| id.to_string()).unwrap_or_default();
        let words = [
            "push",
            "--porcelain",
            "--no-follow-tags",
            "--no-recurse-submodules",
            // The lease makes this a compare-and-swap; an empty one means that it must not exist.
            &format!("--force-with-lease={full}:{}", id(update.old)),
            "--",
            &self.choice.name_for_git(),
            &format!("{}:{full}", id(update.new)),
        ];
        self.git(&words, self.local.git.network.push_silence())
    }
}
