//! What a promotion needs from outside.

use crate::port::{Clock, Forge, Observer, PlanPreview, Repository, SettingsReader};

/// The outside world, behind its traits.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The Git repository.
    pub repository: &'a dyn Repository,
    /// The forge that the repository's remote belongs to, if it is a known one.
    pub forge: Option<&'a dyn Forge>,
    /// Reads configurations.
    pub settings: &'a dyn SettingsReader,
    /// Shows plans in pull requests.
    pub preview: &'a dyn PlanPreview,
    /// For deadlines.
    pub clock: &'a dyn Clock,
    /// Follows how far it is.
    pub observer: &'a dyn Observer,
}
