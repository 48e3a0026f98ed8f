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

use super::address::without_login;
use super::messages::{self, Final};
use super::process;
use super::refs::of_branch;
use super::remote::Remote;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// One branch of a remote, from where it must be to where it shall be.
#[derive(Clone, Copy)]
pub(super) struct Update<'a> {
    /// The branch's short name.
    pub(super) branch: &'a str,
    /// Where it must be; `None`: there must be none.
    pub(super) old: Option<ObjectId>,
    /// Where it shall be; `None` deletes it.
    pub(super) new: Option<ObjectId>,
}

/// What became of an update.
pub(super) enum Pushed {
    /// The branch is where it shall be.
    Done {
        /// What the remote and its hooks printed.
        message: Option<String>,
    },
    /// It was not where it must be.
    Overtaken,
}

impl Remote<'_> {
    /// Moves a branch, unless it is not where it must be.
    pub(super) fn push(&mut self, update: &Update<'_>) -> Result<Pushed, RepositoryError> {
        let network = self.local.git.network.clone();
        let limit = self.local.git.limit(network.of_push());
        let mut tries = network.tries();
        let mut answers = 0;
        loop {
            let (reason, is_answer) =
                match process::run(&mut self.push_command(update), Vec::new(), limit) {
                    Ok(ran) if ran.status.success() => {
                        let message = messages::of_remote(&ran);
                        let message = message.map(|text| self.without_secrets(&text));
                        return Ok(Pushed::Done { message });
                    }
                    Ok(ran) => {
                        // Who may read and not write is answered by no more than that.
                        let kind = messages::final_failure(&messages::of_git(&ran));
                        let is_denied = kind == Some(Final::Denied);
                        if kind.is_some()
                            && !is_denied
                            && let Some(error) = self.final_error(&ran)
                        {
                            return Err(error);
                        }
                        (
                            messages::reason(&ran),
                            is_denied || is_answered(&ran.text()),
                        )
                    }
                    Err(error) if error.kind() == ErrorKind::TimedOut => (error.to_string(), false),
                    Err(error) => return Err(self.local.git.not_run(error)),
                };
            let now = self.tip(update.branch)?;
            let others = self.others_at(update)?;
            if now == update.new && others.is_empty() {
                return Ok(Pushed::Done { message: None });
            }
            if now != update.new && now != update.old {
                return Ok(Pushed::Overtaken);
            }
            // Another push may hold the branch's lock just now; a rule refuses again.
            answers += usize::from(is_answer);
            if answers < 2 && tries.wait() {
                continue;
            }
            if !is_answer {
                return Err(RepositoryError::Unreachable {
                    remote: self.name.clone(),
                    source: self.source(&reason),
                });
            }
            let refused = if now == update.new {
                others.join(", ")
            } else {
                self.address.shown()
            };
            let reason = self.without_secrets(&reason);
            return Err(RepositoryError::Refused {
                remote: self.name.clone(),
                branch: update.branch.to_owned(),
                message: if self.urls.len() > 1 {
                    format!("{refused}: {reason}")
                } else {
                    reason
                },
            });
        }
    }

    /// The further push URLs where the branch is not where it shall be.
    fn others_at(&self, update: &Update<'_>) -> Result<Vec<String>, RepositoryError> {
        let mut others = Vec::new();
        for url in &self.urls[1..] {
            if self.ask(url)?.branches.get(update.branch).copied() != update.new {
                others.push(without_login(url));
            }
        }
        Ok(others)
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

/// Whether the remote answered for the branch: a line of its own, unless that is a "remote failure".
fn is_answered(porcelain: &str) -> bool {
    let mut lines = porcelain.lines().filter(|line| line.starts_with('!'));
    lines.any(|line| !line.contains("\t[remote failure]"))
}
