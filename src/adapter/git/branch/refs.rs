//! References: read where they are, moved by Git with the value that they must have before.

use std::thread::sleep;
use std::time::{Duration, Instant};

use git2::ErrorCode;

use crate::adapter::git::local::Local;
use crate::adapter::git::objects::database::from_oid;
use crate::adapter::git::objects::database::id_of;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// How long a lock that somebody else holds is waited for.
pub const LOCKED: Duration = Duration::from_secs(3);

/// What became of moving a reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Swap {
    /// The reference has the new value.
    Done,
    /// It did not have the old value any more.
    Overtaken,
}

/// What HEAD is.
pub enum Head {
    /// On a branch that has commits.
    On(String),
    /// On a branch that has none yet.
    Unborn(String),
    /// On a commit.
    Detached(String),
}

impl Head {
    /// The branch that HEAD is on.
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::On(branch) | Self::Unborn(branch) => Some(branch),
            Self::Detached(_) => None,
        }
    }
}

/// The full name of a branch.
pub fn of_branch(branch: &str) -> String {
    format!("refs/heads/{branch}")
}

impl Local {
    /// What HEAD is in this working tree.
    pub fn head(&self) -> Result<Head, RepositoryError> {
        let full = self.symbolic("HEAD")?;
        let tip = self.target("HEAD")?;
        let Some(full) = full else {
            let id = tip.map(|id| id.to_string()).unwrap_or_default();
            return Ok(Head::Detached(id.chars().take(7).collect()));
        };
        let branch = full.strip_prefix("refs/heads/").unwrap_or(&full).to_owned();
        Ok(match tip {
            Some(_) => Head::On(branch),
            None => Head::Unborn(branch),
        })
    }

    /// The reference that a symbolic one names.
    pub fn symbolic(&self, name: &str) -> Result<Option<String>, RepositoryError> {
        let Some(repo) = self.library() else {
            let ran = self.git.ask(&["symbolic-ref", "--quiet", name])?;
            let text = ran.text().trim_end().to_owned();
            return Ok((ran.status.success() && !text.is_empty()).then_some(text));
        };
        let fault = || self.place.fault(format!("could not read `{name}`"));
        match repo.find_reference(name) {
            Ok(found) => {
                let target = found.symbolic_target().map_err(fault())?;
                Ok(target.map(ToOwned::to_owned))
            }
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(fault()(e)),
        }
    }

    /// Where a reference points, if it is there.
    pub fn target(&self, name: &str) -> Result<Option<ObjectId>, RepositoryError> {
        let Some(repo) = self.library() else {
            let ran = self.git.ask(&["rev-parse", "--verify", "--quiet", name])?;
            return Ok(ran.text().trim().parse().ok());
        };
        match repo.refname_to_id(name) {
            Ok(id) => Ok(Some(from_oid(id)?)),
            Err(e) if e.code() == ErrorCode::NotFound => Ok(None),
            Err(e) => Err(self.place.fault(format!("could not read `{name}`"))(e)),
        }
    }

    /// The full names of the references below these prefixes, in order.
    pub fn names(&self, prefixes: &[&str]) -> Result<Vec<String>, RepositoryError> {
        let words = ["for-each-ref", "--format=%(refname)"];
        let found =
            (self.git).answer("could not list the branches", &[&words, prefixes].concat())?;
        Ok(found.lines().map(ToOwned::to_owned).collect())
    }

    /// The short names of the local branches, in order.
    pub fn branches(&self) -> Result<Vec<String>, RepositoryError> {
        let mut names = self.names(&["refs/heads/"])?;
        for name in &mut names {
            name.drain(..="refs/heads".len());
        }
        Ok(names)
    }

    /// Moves a reference from `old` to `new` (`None`: there is none) unless it is elsewhere.
    pub fn swap(
        &self,
        name: &str,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        log: &str,
    ) -> Result<Swap, RepositoryError> {
        let none = "0".repeat(self.id_length() * 2);
        let value = |id: Option<ObjectId>| id.map_or_else(|| none.clone(), |id| id.to_string());
        let (before, after) = (value(old), value(new));
        let words: &[&str] = match new {
            Some(_) => &["update-ref", "-m", log, name, &after, &before],
            None => &["update-ref", "-m", log, "-d", name, &before],
        };
        let until = Instant::now() + LOCKED;
        loop {
            let ran = self.git.ask(words)?;
            match self.target(name)? {
                now if now == new => return Ok(Swap::Done),
                now if now != old => return Ok(Swap::Overtaken),
                // Its lock is held by somebody else just now, or was left behind.
                _ if Instant::now() > until => {
                    return Err(self.git.fault(&format!("could not move `{name}`"), &ran));
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
        let ran = self.git.ask(&words)?;
        Ok(id_of(ran.text().trim()).filter(|_| ran.status.success()))
    }
}
