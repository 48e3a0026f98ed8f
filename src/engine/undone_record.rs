//! What a revert takes back that no file shows.

use crate::domain::ApplicationName;

/// What a commit records beside its files, and a revert takes back: decisions, or a baseline.
pub(super) struct UndoneRecord {
    /// The first line of the commit's message.
    pub title: String,
    /// The applications that it names.
    pub applications: Vec<ApplicationName>,
}
