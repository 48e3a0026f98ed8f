//! Moving one branch of a remote.
//!
//! # Why
//!
//! A push may not simply be tried again: it may have had its effect. So after
//! every push that was not plainly accepted the remote is asked what the branch
//! is now, and that answer decides: the new commit (it went through), the old one
//! (it did not, and the reason counts), or another one (somebody else was faster).

use std::io::ErrorKind;
use std::process::Command;

use super::connection::Remote;
use crate::adapter::git::branch::refs::of_branch;
use crate::adapter::git::command::messages;
use crate::adapter::git::command::messages::Final;
use crate::adapter::git::command::process;
use crate::adapter::git::command::process::Ran;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// One branch of a remote, from where it must be to where it shall be.
#[derive(Clone, Copy)]
pub struct Update<'a> {
    /// The branch's short name.
    pub branch: &'a str,
    /// Where it must be; `None`: there must be none.
    pub old: Option<ObjectId>,
    /// Where it shall be; `None` deletes it.
    pub new: Option<ObjectId>,
}

/// What became of an update.
pub enum Pushed {
    /// The branch is where it shall be.
    Done {
        /// What the remote and its hooks printed.
        message: Option<String>,
    },
    /// It was not where it must be.
    Overtaken,
}

/// What came of one push.
enum Attempt {
    Accepted {
        /// What the remote and its hooks printed.
        message: Option<String>,
    },
    Failed {
        reason: String,
        answer: Answer,
    },
}

/// Who refused an update, if anybody did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answer {
    /// Nobody: Git could not finish.
    None,
    /// The remote, perhaps for a reason that passes.
    OfRemote,
    /// The `pre-push` hook of this repository.
    OfOurHook,
}

impl Answer {
    /// As Git's exit status and its lines for programs have it: 1 for what was refused, a line for the
    /// branch if the remote answered for it, and `Done` if anything was sent.
    fn of(ran: &Ran) -> Self {
        let text = ran.text();
        let was_sent = text.lines().any(|line| line == "Done");
        let mut lines = text.lines().filter(|line| line.starts_with('!'));
        match (ran.status.code(), lines.next()) {
            (Some(1), None) if !was_sent => Self::OfOurHook,
            (Some(1), Some(line)) if !line.contains("\t[remote failure]") => Self::OfRemote,
            _ => Self::None,
        }
    }
}

impl Remote<'_> {
    /// Moves a branch, unless it is not where it must be.
    pub fn push(&mut self, update: &Update<'_>) -> Result<Pushed, RepositoryError> {
        let mut tries = self.local.git.network.tries();
        let mut answers = 0;
        loop {
            let (reason, answer) = match self.push_once(update)? {
                Attempt::Accepted { message } => return Ok(Pushed::Done { message }),
                Attempt::Failed { reason, answer } => (reason, answer),
            };
            let now = self.tip(update.branch)?;
            if now == update.new {
                return Ok(Pushed::Done { message: None });
            }
            if now != update.old {
                return Ok(Pushed::Overtaken);
            }
            // Another push may hold the branch's lock just now; a rule refuses again.
            answers += usize::from(answer == Answer::OfRemote);
            if answers < 2 && answer != Answer::OfOurHook && tries.wait() {
                continue;
            }
            let message = self.without_secrets(&reason);
            let branch = update.branch.to_owned();
            return Err(match answer {
                Answer::None => RepositoryError::Unreachable {
                    remote: self.name.clone(),
                    source: self.source(&reason),
                },
                Answer::OfRemote => RepositoryError::Refused {
                    remote: self.name.clone(),
                    branch,
                    message,
                },
                Answer::OfOurHook => RepositoryError::HookRefused { branch, message },
            });
        }
    }

    fn push_once(&self, update: &Update<'_>) -> Result<Attempt, RepositoryError> {
        let limit = self.local.git.limit(self.local.git.network.of_push());
        let ran = match process::run(&mut self.push_command(update), Vec::new(), limit) {
            Ok(ran) => ran,
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                return Ok(Attempt::Failed {
                    reason: error.to_string(),
                    answer: Answer::None,
                });
            }
            Err(error) => return Err(self.local.git.not_run(error)),
        };
        if ran.status.success() {
            let message = messages::of_remote(&ran);
            let message = message.map(|text| self.without_secrets(&text));
            return Ok(Attempt::Accepted { message });
        }
        let answer = match messages::final_failure(&messages::of_git(&ran)) {
            // Who may read and not write gets no better answer than that.
            Some(Final::Denied) => Answer::OfRemote,
            Some(kind) => return Err(self.final_error(kind, &ran)),
            None => Answer::of(&ran),
        };
        Ok(Attempt::Failed {
            reason: messages::reason(&ran),
            answer,
        })
    }

    fn push_command(&self, update: &Update<'_>) -> Command {
        let full = of_branch(update.branch);
        let id = |id: Option<ObjectId>| id.map(|id| id.to_string()).unwrap_or_default();
        let words = [
            "push",
            "--porcelain",
            "--no-follow-tags",
            "--no-recurse-submodules",
            // The lease is the compare-and-swap; an empty one wants that there is no such branch.
            &format!("--force-with-lease={full}:{}", id(update.old)),
            "--",
            &self.name,
            &format!("{}:{full}", id(update.new)),
        ];
        self.git(&words, self.local.git.network.of_push())
    }
}
