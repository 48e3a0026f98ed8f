//! The adapters that a promotion uses.

use crate::domain::Person;
use crate::port::{
    Branch, Clock, Forge, Forges, History, Observer, PlanPreview, Repository, RepositoryError,
    Runner, SettingsReader,
};

/// The outside world, behind its traits.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The Git repository.
    pub repository: &'a dyn Repository,
    /// Its history.
    pub history: &'a dyn History,
    /// The forges of the repository's remote and of other repositories.
    pub forges: &'a dyn Forges,
    /// Reads configurations.
    pub settings: &'a dyn SettingsReader,
    /// Shows plans in pull requests.
    pub preview: &'a dyn PlanPreview,
    /// Runs commands on planned files.
    pub runner: &'a dyn Runner,
    /// Measures how long a promotion has been retried.
    pub clock: &'a dyn Clock,
    /// Follows how far it is.
    pub observer: &'a dyn Observer,
    /// The person who asked a server for it; `None` if that is who commits.
    pub acted_by: Option<&'a Person>,
}

impl<'a> Ports<'a> {
    /// Who acts: the person who asked a server for it, or whoever Git is configured for.
    pub(super) fn actor(&self) -> Result<String, RepositoryError> {
        match self.acted_by {
            Some(person) => Ok(person.to_string()),
            None => self.repository.identity(),
        }
    }

    /// The forge that has the pull requests into a branch.
    pub(super) fn forge_of(&self, base: &Branch) -> Option<&'a dyn Forge> {
        let is_shared = base.remote.is_some();
        let repository = base.repository.as_ref();
        is_shared
            .then(|| self.forges.pull_requests(repository))
            .flatten()
    }
}
