//! The adapters that a promotion uses.

use crate::port::{
    Branch, Clock, Forge, Forges, History, Observer, PlanPreview, Repository, Runner,
    SettingsReader,
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
}

impl<'a> Ports<'a> {
    /// The forge that has the pull requests into a branch.
    pub(super) fn forge_of(&self, base: &Branch) -> Option<&'a dyn Forge> {
        let is_shared = base.remote.is_some();
        let repository = base.repository.as_ref();
        is_shared
            .then(|| self.forges.pull_requests(repository))
            .flatten()
    }
}
