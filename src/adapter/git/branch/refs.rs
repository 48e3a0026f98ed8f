//! HEAD and references; Git moves one only if it has the expected value.

use std::thread::sleep;
use std::time::{Duration, Instant};

use git2::ErrorCode;

use crate::adapter::git::local::Local;
use crate::adapter::git::objects::database::{from_oid, parse_id};
use crate::domain::ObjectId;
use crate::port::{Advance, RepositoryError};

/// How long to wait for a lock that another process holds.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// What HEAD names.
pub enum Head {
    /// A branch with commits.
    On(String),
    /// A branch without commits.
    Unborn(String),
    /// A commit, by its short id.
    Detached(String),
}

impl Head {
    /// The branch that HEAD names.
    pub fn branch(&self) -> Option<&str> {
        self.current_branch().ok()
    }

    /// The branch that HEAD names; an error if it names a commit.
    pub fn current_branch(&self) -> Result<&str, RepositoryError> {
        match self {
            Self::On(branch) | Self::Unborn(branch) => Ok(branch),
            Self::Detached(commit) => Err(RepositoryError::DetachedHead {
                commit: commit.clone(),
            }),
        }
    }
}

/// The full name of a branch's reference.
pub fn branch_ref(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

/// The name of a reference as messages show it: without its folder if it is a branch.
pub fn short_name(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

impl Local {
    /// What HEAD names in this working tree.
    pub fn head(&self) -> Result<Head, RepositoryError> {
        let full = self.symbolic("HEAD")?;
        let tip = self.target("HEAD")?;
        let Some(full) = full else {
            let id = tip.map(|id| id.to_string()).unwrap_or_default();
            return Ok(Head::Detached(id.chars().take(7).collect()));
        };
        let branch = short_name(&full).to_owned();
        Ok(match tip {
            Some(_) => Head::On(branch),
            None => Head::Unborn(branch),
        })
    }

    /// The reference that a symbolic reference names.
    pub fn symbolic(&self, name: &str) -> Result<Option<String>, RepositoryError> {
        let Some(repo) = self.library() else {
            let output = self.git.run(&["symbolic-ref", "--quiet", name])?;
            let text = output.text().trim_end().to_owned();
            return Ok((output.status.success() && !text.is_empty()).then_some(text));
        };
        let fault = || self.context.fault(format!("could not read `{name}`"));
        match repo.find_reference(name) {
            Ok(found) => {
                let target = found.symbolic_target().map_err(fault())?;
                Ok(target.map(ToOwned::to_owned))
            }
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(fault()(e)),
        }
    }

    /// The object that a reference points at, if the reference exists.
    pub fn target(&self, name: &str) -> Result<Option<ObjectId>, RepositoryError> {
        let Some(repo) = self.library() else {
            let output = self.git.run(&["rev-parse", "--verify", "--quiet", name])?;
            return Ok(output.text().trim().parse().ok());
        };
        match repo.refname_to_id(name) {
            Ok(id) => Ok(Some(from_oid(id)?)),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(self.context.fault(format!("could not read `{name}`"))(e)),
        }
    }

    /// The full names of the references with one of these prefixes, in order.
    pub fn reference_names(&self, prefixes: &[&str]) -> Result<Vec<String>, RepositoryError> {
        let words = ["for-each-ref", "--format=%(refname)"];
        let found =
            (self.git).output_text("could not list the branches", &[&words, prefixes].concat())?;
        Ok(found.lines().map(ToOwned::to_owned).collect())
    }

    /// The short names of the local branches, in order.
    pub fn branches(&self) -> Result<Vec<String>, RepositoryError> {
        let mut names = self.reference_names(&["refs/heads/"])?;
        for name in &mut names {
            name.drain(..="refs/heads".len());
        }
        Ok(names)
    }

    /// Moves a reference from `old` to `new` (`None`: no reference) if it still is at `old`.
    ///
    /// `log` is the message for its reflog.
    pub fn swap(
        &self,
        name: &str,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        log: &str,
    ) -> Result<Advance, RepositoryError> {
        let none = "0".repeat(self.id_length() * 2);
        let value = |id: Option<ObjectId>| id.map_or_else(|| none.clone(), |id| id.to_string());
        let (before, after) = (value(old), value(new));
        let words: &[&str] = match new {
            Some(_) => &["update-ref", "-m", log, name, &after, &before],
            None => &["update-ref", "-m", log, "-d", name, &before],
        };
        let until = Instant::now() + LOCK_TIMEOUT;
        loop {
            let output = self.git.run(words)?;
            match self.target(name)? {
                now if now == new => {
                    return Ok(Advance::Done {
                        notices: Vec::new(),
                    });
                }
                now if now != old => return Ok(Advance::Overtaken),
                // Another process holds its lock, or left it behind.
                _ if Instant::now() > until => {
                    return Err(self.git.fault(&format!("could not move `{name}`"), &output));
                }
                _ => sleep(Duration::from_millis(50)),
            }
        }
    }

    /// The commit that a revision names.
    pub fn revision(&self, revision: &str) -> Result<Option<ObjectId>, RepositoryError> {
        let commit = format!("{revision}^{{commit}}");
        let words = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &commit,
        ];
        let output = self.git.run(&words)?;
        Ok(parse_id(output.text().trim()).filter(|_| output.status.success()))
    }
}
