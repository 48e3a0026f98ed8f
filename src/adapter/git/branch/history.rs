//! The ancestry of commits.

use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

impl Local {
    /// Whether `new` is `old` or one of its descendants.
    pub fn descends(&self, old: ObjectId, new: ObjectId) -> Result<bool, RepositoryError> {
        if old == new || self.is_near(old, new)? {
            return Ok(true);
        }
        let (old, new) = (old.to_string(), new.to_string());
        let output = self.git.run(&["merge-base", "--is-ancestor", &old, &new])?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(self
                .git
                .fault(&format!("could not compare `{old}` with `{new}`"), &output)),
        }
    }

    /// The number of commits that `ours` has and `theirs` does not.
    pub fn ahead(&self, ours: ObjectId, theirs: ObjectId) -> Result<usize, RepositoryError> {
        if ours == theirs || self.is_near(ours, theirs)? {
            return Ok(0);
        }
        let range = format!("{theirs}..{ours}");
        let doing = format!("could not compare `{ours}` with `{theirs}`");
        let count = self
            .git
            .output_text(&doing, &["rev-list", "--count", &range])?;
        count.parse().map_err(|_| ErrorContext::error(doing, count))
    }

    /// Whether `old` is one of the last commits before `tip`.
    fn is_near(&self, old: ObjectId, tip: ObjectId) -> Result<bool, RepositoryError> {
        /// How many commits to look at before Git is run instead.
        const NEAR: usize = 64;
        let mut open = std::collections::VecDeque::from([tip]);
        for _ in 0..NEAR {
            let Some(next) = open.pop_front() else {
                break;
            };
            let parents = match self.objects.commit(next) {
                Ok(commit) => commit.parents,
                // The end of a shallow clone.
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

    /// Whether this is a shallow clone of one commit, as CI makes them.
    ///
    /// Only then is a new branch fetched as shallow: in a deeper clone, that would cut off history.
    pub fn has_one_commit(&self) -> Result<bool, RepositoryError> {
        if !self.context.shallow {
            return Ok(false);
        }
        let Some(head) = self.target("HEAD")? else {
            return Ok(false);
        };
        let cut = std::fs::read_to_string(self.common.join("shallow")).unwrap_or_default();
        Ok(cut.lines().any(|line| line == head.to_string()))
    }
}
