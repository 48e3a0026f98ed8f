//! The adapters that a promotion uses.

use crate::port::{
    Clock, Forge, History, Observer, PlanPreview, Repository, Runner, SettingsReader,
};

/// The outside world, behind its traits.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The Git repository.
    pub repository: &'a dyn Repository,
    /// Its history.
    pub history: &'a dyn History,
    /// The forge of the repository's remote, if it is a known one.
    pub forge: Option<&'a dyn Forge>,
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
