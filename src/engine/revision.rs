//! Revisions that people name, in the repository of an environment.
//!
//! # Why
//!
//! A branch of this repository is as current as the last `git fetch`, as for every Git command. Git does not
//! fetch the branches of other repositories, so a revision in one of them is fetched when it is named.

use super::branches::Branches;
use super::error::EngineError;
use super::ports::Ports;
use super::request::Request;
use crate::domain::CommitId;
use crate::port::{BranchChoice, Publish, RepositoryError};

impl Branches {
    /// The commit that a revision names in the repository of an environment.
    ///
    /// # Errors
    /// When there is no such commit in that repository.
    pub(super) fn revision(
        &self,
        ports: &Ports<'_>,
        environment: &str,
        revision: &str,
    ) -> Result<CommitId, EngineError> {
        let branch = self.of_named(environment)?;
        let found = (ports.repository).revision(revision, branch.repository.as_ref());
        found.map_err(|error| EngineError::from(error).on(branch, environment))
    }

    /// The same; its branch is fetched first if it is in another repository.
    ///
    /// # Errors
    /// Also when that repository cannot be used.
    pub(super) async fn fetched_revision(
        &self,
        ports: &Ports<'_>,
        publish: Publish,
        (environment, revision): (&str, &str),
    ) -> Result<CommitId, EngineError> {
        self.fetch_revision(ports, publish, (environment, revision))
            .await?;
        self.revision(ports, environment, revision)
    }

    /// Fetches the branches of the revisions that requests name in other repositories.
    pub(super) async fn fetch_revisions(
        &self,
        ports: &Ports<'_>,
        publish: Publish,
        requests: &[Request],
    ) -> Result<(), EngineError> {
        let mut fetched = Vec::new();
        for request in requests {
            let revisions = [&request.source, &request.base, &request.set_baseline];
            for revision in revisions.into_iter().flatten() {
                let named = (request.from.as_str(), revision.as_str());
                if !fetched.contains(&named) {
                    self.fetch_revision(ports, publish, named).await?;
                    fetched.push(named);
                }
            }
        }
        Ok(())
    }

    /// Fetches the branch of a revision, if it is in another repository.
    async fn fetch_revision(
        &self,
        ports: &Ports<'_>,
        publish: Publish,
        (environment, revision): (&str, &str),
    ) -> Result<(), EngineError> {
        let branch = self.of_named(environment)?;
        let Some(repository) = &branch.repository else {
            return Ok(());
        };
        let is_id = revision.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id && self.revision(ports, environment, revision).is_ok() {
            return Ok(());
        }
        let name = branch_name(revision);
        if name == branch.name {
            return Ok(());
        }
        let choice = BranchChoice {
            repository: Some(repository.clone()),
            branch: (name != "HEAD").then(|| name.to_owned()),
            publish,
        };
        match ports.repository.branch(&choice).await {
            // It can be a commit, and what was not fetched cannot be found.
            Ok(_)
            | Err(RepositoryError::UnknownBranch { .. } | RepositoryError::NeverFetched { .. }) => {
                Ok(())
            }
            Err(error) => Err(EngineError::from(error).on(branch, environment)),
        }
    }
}

/// The branch in a revision such as `main~2`.
fn branch_name(revision: &str) -> &str {
    let name = revision.split(['~', '^', ':']).next().unwrap_or(revision);
    name.split("@{").next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::branch_name;

    #[test]
    fn a_revision_begins_with_a_branch() {
        for (revision, branch) in [
            ("main", "main"),
            ("release/2.1~3", "release/2.1"),
            ("HEAD^2~1", "HEAD"),
            ("me@home@{1}", "me@home"),
        ] {
            assert_eq!(branch_name(revision), branch, "{revision}");
        }
    }
}
