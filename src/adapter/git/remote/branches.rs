//! A remote's branches: listing them, and fetching one.

use super::connection::Remote;
use super::listing::Listing;
use super::urls;
use crate::adapter::git::branch::refs::of_branch;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// How often a branch that is replaced meanwhile is fetched again.
const TRIES: usize = 4;

impl Remote<'_> {
    /// What the remote has, as it was last asked.
    fn list(&mut self) -> Result<&Listing, RepositoryError> {
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => self.ask()?,
        };
        Ok(self.listed.insert(listed))
    }

    /// HEAD's branch and all branches with their commits.
    fn ask(&self) -> Result<Listing, RepositoryError> {
        let words = [
            "ls-remote",
            "--symref",
            "--",
            self.name_for_git(),
            "HEAD",
            "refs/heads/*",
        ];
        let silence = self.local.git.network.silence;
        let ran = self.with_retries(|| self.git(&words, silence))?;
        Ok(Listing::parse(&ran.text()))
    }

    /// The branch that its HEAD names.
    pub fn default_branch(&mut self) -> Result<String, RepositoryError> {
        let name = self.name.clone();
        self.list()?.default_branch(&name)
    }

    /// The short names of its branches, in order.
    pub fn branches(&mut self) -> Result<Vec<String>, RepositoryError> {
        Ok(self.list()?.branches.keys().cloned().collect())
    }

    /// Where one of its branches is now.
    pub fn tip(&mut self, branch: &str) -> Result<Option<ObjectId>, RepositoryError> {
        self.listed = None;
        Ok(self.list()?.branches.get(branch).copied())
    }

    /// Brings a branch's commit and what it needs here, and gives the commit; `None` when there is
    /// no such branch. What is known of the branch here follows, as the remote's refspecs say.
    pub fn fetch(&mut self, branch: &str) -> Result<Option<ObjectId>, RepositoryError> {
        for _ in 0..TRIES {
            let Some(tip) = self.list()?.branches.get(branch).copied() else {
                return Ok(None);
            };
            let fetched = self.fetch_once(branch, tip)?;
            // Somebody may have replaced it since it was listed.
            if self.local.objects.has(fetched) {
                return Ok(Some(fetched));
            }
            self.listed = None;
        }
        Err(RepositoryError::Unreachable {
            remote: self.name.clone(),
            source: self.source(&format!("`{branch}` is replaced all the time")),
        })
    }

    fn fetch_once(&self, branch: &str, tip: ObjectId) -> Result<ObjectId, RepositoryError> {
        let tracking = urls::tracking(self.local, &self.name, branch);
        let known = match &tracking {
            Some(name) => self.local.target(name)?,
            None => None,
        };
        // What a reference names is here with all that it needs; anything else may be half of it.
        if known == Some(tip) {
            return Ok(tip);
        }
        let depth: &[&str] = if known.is_none() && self.local.has_one_commit()? {
            // The last commit of a new branch, and what it changed.
            &["--depth=2"]
        } else {
            &[]
        };
        let full = of_branch(branch);
        let words = [
            "fetch",
            "--progress",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            "--no-show-forced-updates",
        ];
        let mut is_again = false;
        self.with_retries(|| {
            // It came, and a stale reference is in the way of what is known of the branch here.
            let is_here = is_again && self.local.objects.has(tip);
            let more: &[&str] = if is_here { &["--refmap="] } else { &[] };
            is_again = true;
            let words = [&words, depth, more, &["--", self.name_for_git(), &full]].concat();
            self.git(&words, self.local.git.network.silence)
        })?;
        // Somebody may have moved it since it was listed.
        let now = match tracking.filter(|_| !self.has_own_push_url) {
            Some(name) => self.local.target(&name)?.filter(|now| Some(*now) != known),
            None => None,
        };
        Ok(now.unwrap_or(tip))
    }
}
