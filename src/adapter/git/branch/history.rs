//! How commits follow each other.

use crate::adapter::git::fault::Place;
use crate::adapter::git::local::Local;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

impl Local {
    /// Whether a commit goes on from another one, or is that one.
    pub fn descends(&self, old: ObjectId, new: ObjectId) -> Result<bool, RepositoryError> {
        if old == new || self.is_near(old, new)? {
            return Ok(true);
        }
        let (old, new) = (old.to_string(), new.to_string());
        let ran = self.git.ask(&["merge-base", "--is-ancestor", &old, &new])?;
        match ran.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(self
                .git
                .fault(&format!("could not compare `{old}` with `{new}`"), &ran)),
        }
    }

    /// How many commits of `ours` are not part of `theirs`.
    pub fn ahead(&self, ours: ObjectId, theirs: ObjectId) -> Result<usize, RepositoryError> {
        if ours == theirs || self.is_near(ours, theirs)? {
            return Ok(0);
        }
        let range = format!("{theirs}..{ours}");
        let doing = format!("could not compare `{ours}` with `{theirs}`");
        let count = self.git.answer(&doing, &["rev-list", "--count", &range])?;
        count.parse().map_err(|_| Place::found(doing, count))
    }

    /// Whether one of the last commits before `tip` is `old`.
    fn is_near(&self, old: ObjectId, tip: ObjectId) -> Result<bool, RepositoryError> {
        /// As many as a clone may be behind without asking Git.
        const NEAR: usize = 64;
        let mut open = std::collections::VecDeque::from([tip]);
        for _ in 0..NEAR {
            let Some(next) = open.pop_front() else {
                break;
            };
            let parents = match self.objects.commit(next) {
                Ok(commit) => commit.parents,
                // Where a shallow clone ends.
                Err(RepositoryError::MissingObject { .. }) => continue,
                Err(error) => return Err(error),
            };
            if parents.contains(&old) {
                return Ok(true);
            }
            open.extend(parents);
        }
        Ok(false)
    }

    /// Whether a clone holds the last commit of its branch alone, as CI makes them: then a branch that
    /// is new to it needs no more either. In a deeper one that would cut off what is there.
    pub fn has_one_commit(&self) -> Result<bool, RepositoryError> {
        if !self.place.shallow {
            return Ok(false);
        }
        let Some(head) = self.target("HEAD")? else {
            return Ok(false);
        };
        let cut = std::fs::read_to_string(self.common.join("shallow")).unwrap_or_default();
        Ok(cut.lines().any(|line| line == head.to_string()))
    }
}
