//! A remote's branches: listing them, and fetching one.

use std::collections::BTreeMap;

use super::connection::Remote;
use super::listing::Listing;
use super::urls;
use crate::adapter::git::branch::refs::branch_ref;
use crate::adapter::git::objects::database::parse_id;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// How often a branch is fetched again if it is replaced during the fetch.
const MAX_FETCHES: usize = 4;

impl Remote<'_> {
    /// The remote's branches, listed once and then kept.
    fn listing(&mut self) -> Result<&Listing, RepositoryError> {
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => self.list()?,
        };
        Ok(self.listed.insert(listed))
    }

    /// Lists HEAD and all branches with their commits.
    fn list(&self) -> Result<Listing, RepositoryError> {
        let words = [
            "ls-remote",
            "--symref",
            "--",
            &self.name_for_git(),
            "HEAD",
            "refs/heads/*",
        ];
        let silence = self.local.git.network.silence;
        let output = self.with_retries(|| self.git(&words, silence))?;
        Ok(Listing::parse(&output.text()))
    }

    /// The branch that the remote's HEAD names.
    pub fn default_branch(&mut self) -> Result<String, RepositoryError> {
        let name = self.name.clone();
        self.listing()?.default_branch(&name)
    }

    /// The short names of its branches, in order.
    pub fn branches(&mut self) -> Result<Vec<String>, RepositoryError> {
        Ok(self.listing()?.branches.keys().cloned().collect())
    }

    /// The current commit of one of its references, by its full name.
    pub fn tip(&mut self, reference: &str) -> Result<Option<ObjectId>, RepositoryError> {
        // It may have moved since the branches were listed.
        self.listed = None;
        Ok(self.references(reference)?.remove(reference))
    }

    /// The current commits of its references that match a pattern, by their full names.
    pub fn references(&self, pattern: &str) -> Result<BTreeMap<String, ObjectId>, RepositoryError> {
        let words = ["ls-remote", "--refs", "--", &self.name_for_git(), pattern];
        let silence = self.local.git.network.silence;
        let output = self.with_retries(|| self.git(&words, silence))?;
        let text = output.text();
        let found = text.lines().filter_map(|line| {
            let (id, name) = line.split_once('\t')?;
            Some((name.to_owned(), parse_id(id)?))
        });
        Ok(found.collect())
    }

    /// Fetches a branch and returns its commit; `None` if there is no such branch. Its tracking branch
    /// follows, by the remote's refspecs.
    pub fn fetch(&mut self, branch: &str) -> Result<Option<ObjectId>, RepositoryError> {
        for _ in 0..MAX_FETCHES {
            let Some(tip) = self.listing()?.branches.get(branch).copied() else {
                return Ok(None);
            };
            let fetched = self.fetch_once(branch, tip)?;
            // It may have been replaced since it was listed.
            if self.local.objects.has(fetched) {
                return Ok(Some(fetched));
            }
            self.listed = None;
        }
        Err(RepositoryError::Unreachable {
            remote: self.name.clone(),
            source: self.source(&format!("`{branch}` was replaced during each fetch")),
        })
    }

    fn fetch_once(&self, branch: &str, tip: ObjectId) -> Result<ObjectId, RepositoryError> {
        let tracking = urls::tracking(self.local, &self.choice, branch);
        let known = match &tracking {
            Some(name) => self.local.target(name)?,
            None => None,
        };
        // Git has everything that a reference needs; without one, a fetch may be incomplete.
        if known == Some(tip) {
            return Ok(tip);
        }
        let depth: &[&str] = if known.is_none() && self.local.has_one_commit()? {
            // The last commit of a new branch and its parent, to see what it changed.
            &["--depth=2"]
        } else {
            &[]
        };
        let full = branch_ref(branch);
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
        let name = self.name_for_git();
        let mut is_retry = false;
        self.with_retries(|| {
            // The commit has arrived, so a stale reference blocks the update of the tracking branch.
            let has_arrived = is_retry && self.local.objects.has(tip);
            let more: &[&str] = if has_arrived { &["--refmap="] } else { &[] };
            is_retry = true;
            let words = [&words, depth, more, &["--", &name, &full]].concat();
            self.git(&words, self.local.git.network.silence)
        })?;
        // It may have moved since it was listed.
        let now = match tracking.filter(|_| !self.has_own_push_url) {
            Some(name) => self.local.target(&name)?.filter(|now| Some(*now) != known),
            None => None,
        };
        Ok(now.unwrap_or(tip))
    }
}
