//! What the source was when it was last promoted.

use crate::domain::{ApplicationName, CommitId};

/// What the source was when an application was last promoted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Baseline {
    /// The application.
    pub application: ApplicationName,
    /// The commit with the source's files.
    pub source: CommitId,
    /// How it is known; `None` if it is named (`--base`).
    pub promotion: Option<LastPromotion>,
    /// The commits that changed the source's files since, newest first.
    pub since: Vec<SourceChange>,
    /// Whether it decides what is promoted, beside versions.
    pub is_decisive: bool,
}

/// The newest commit that took something from the source.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LastPromotion {
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The commit.
    pub commit: CommitId,
    /// The keys of the places that it took; empty if it created the file.
    pub took: Vec<String>,
    /// How it is known to be one.
    pub provenance: Provenance,
}

/// How the newest promotion is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Provenance {
    /// From what the commit changed.
    Inferred,
    /// The commit records the promotion.
    Recorded,
    /// The commit only sets the baseline.
    Set,
}

/// A commit that changed the source's files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceChange {
    /// The commit.
    pub commit: CommitId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The first line of its message.
    pub subject: String,
}
