//! Finds the commits that record a base or a decision about files that they do not change.
//!
//! # Why
//!
//! `git promote baseline --set`, and a promotion that only keeps the target's values, change no file. So
//! their commits are not among those of any file; they are found by their messages. Each has to prove
//! itself, because people copy messages.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use super::place_set::{PlaceKey, PlaceSet};
use super::take_commit::{Evidence, TakeCommit};
use crate::domain::{ApplicationName, CommitId, Naming, RepoPath};
use crate::engine::claims::{self, Claim, claims};
use crate::engine::ports::Ports;
use crate::engine::recorded_changes::recorded_changes;
use crate::inventory::{FileObject, FilePair};
use crate::plan::{LastPromotion, Provenance, Record, without_instructions};
use crate::port::{ChangedFile, FoundCommit, MessageSearch, Repository, RepositoryError};

/// What the messages of a history record about the promotions between two environments.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Records {
    /// Commits that record a base or decisions, newest first.
    decisions: Vec<RecordedDecision>,
    /// The applications of all records, newest first, each with the baseline that it sets, if it does.
    applications: Vec<(Vec<String>, Option<CommitId>)>,
    /// The promotions, newest first.
    promotions: Vec<RecordedPromotion>,
    /// All commits with a record that no newer one reverts.
    commits: HashSet<CommitId>,
    more: MoreRecords,
}

/// A commit that records a promotion.
#[derive(Clone, Debug)]
struct RecordedPromotion {
    commit: FoundCommit,
    /// The commit that had the source's files.
    source: CommitId,
    applications: Vec<String>,
    record: Record,
}

/// The last promotion of a file by itself.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine) struct PromotedFile {
    /// The commit that had the source's file.
    pub source: CommitId,
    /// When it was promoted, in seconds since 1970.
    pub time: i64,
}

/// How many promotions of applications are looked at for files.
const PROMOTIONS: usize = 32;

/// A commit that records a base or decisions.
#[derive(Clone, Debug)]
struct RecordedDecision {
    commit: CommitId,
    time: i64,
    /// The commit that had the source's files.
    source: CommitId,
    scope: Scope,
}

/// What a record is about.
#[derive(Clone, Debug)]
enum Scope {
    /// All files of these applications.
    Applications(Vec<String>),
    /// The differences with these selectors.
    Differences(HashSet<String>),
}

/// What is recorded about a file in a commit that need not change it.
#[derive(Clone, Debug)]
pub(in crate::engine) struct FileDecision {
    commit: CommitId,
    time: i64,
    source_commit: CommitId,
    source: Option<FileObject>,
    /// The decided places; `None` for the whole file.
    places: Option<PlaceSet>,
}

/// Whether older commits of a history can record promotions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::engine) enum MoreRecords {
    /// The messages were not searched.
    #[default]
    Unknown,
    None,
    /// The oldest record has this time, in seconds since 1970.
    Since(i64),
}

impl MoreRecords {
    /// Whether there can be one, if `is_recorded` shows whether there is a newer one.
    pub(super) fn is_possible(self, is_recorded: bool) -> bool {
        match self {
            Self::Unknown => is_recorded,
            Self::None => false,
            Self::Since(_) => true,
        }
    }

    /// The same for the commits before one of this time.
    pub(super) fn before(self, time: i64) -> Self {
        match self {
            Self::Since(oldest) if time < oldest => Self::None,
            other => other,
        }
    }
}

impl Records {
    /// Searches the history of a commit.
    pub(in crate::engine) fn find(
        ports: &Ports<'_>,
        tip: CommitId,
        naming: &Naming,
    ) -> Result<Self, RepositoryError> {
        let search = MessageSearch {
            from: tip,
            line_starts: &[Record::FIRST_LINE, claims::COMMIT],
        };
        let mut found = Found::default();
        ports.history.search(&search, &mut |commit| {
            found.visit(commit, naming);
            ControlFlow::Continue(())
        })?;
        let found = found.records;
        let mut records = Self {
            more: match found.iter().map(|(commit, _)| commit.time).min() {
                Some(oldest) => MoreRecords::Since(oldest),
                None => MoreRecords::None,
            },
            commits: found.iter().map(|(commit, _)| commit.id).collect(),
            ..Self::default()
        };
        for (commit, of_commit) in found {
            for record in of_commit {
                records.add(ports, &commit, record)?;
            }
        }
        Ok(records)
    }

    fn add(
        &mut self,
        ports: &Ports<'_>,
        commit: &FoundCommit,
        record: Record,
    ) -> Result<(), RepositoryError> {
        let applications: Vec<String> = record.application_names().map(|name| name.0).collect();
        let is_decision = record.is_baseline() || !record.kept.is_empty();
        let source = record.source.as_deref().and_then(|id| id.parse().ok());
        let source = source.map(CommitId);
        if let Some(source) = source.filter(|_| !record.is_baseline() && record.reverts.is_none()) {
            self.promotions.push(RecordedPromotion {
                commit: commit.clone(),
                source,
                applications: applications.clone(),
                record: record.clone(),
            });
        }
        let Some(source) = source.filter(|_| is_decision) else {
            self.applications.push((applications, None));
            return Ok(());
        };
        if proven_changes(ports, commit, &record)?.is_none() {
            return Ok(());
        }
        let set = record.is_baseline().then_some(source);
        self.applications.push((applications.clone(), set));
        self.decisions.push(RecordedDecision {
            commit: commit.id,
            time: commit.time,
            source,
            scope: if record.is_baseline() {
                Scope::Applications(applications)
            } else {
                Scope::Differences(record.kept.into_iter().collect())
            },
        });
        Ok(())
    }

    /// The files that the newest promotions of applications added or deleted.
    pub(in crate::engine) fn promoted_files(
        &self,
        ports: &Ports<'_>,
        applications: &BTreeSet<ApplicationName>,
    ) -> Result<HashMap<RepoPath, PromotedFile>, RepositoryError> {
        let names = applications.iter();
        let names: HashSet<String> = names.map(|name| without_instructions(&name.0)).collect();
        let is_wanted =
            |one: &&RecordedPromotion| one.applications.iter().any(|name| names.contains(name));
        let mut found = HashMap::new();
        for promotion in self.promotions.iter().filter(is_wanted).take(PROMOTIONS) {
            let Some(changes) = proven_changes(ports, &promotion.commit, &promotion.record)? else {
                continue;
            };
            let is_one_sided =
                |change: &&ChangedFile| change.before.is_none() || change.after.is_none();
            for path in changes
                .iter()
                .filter(is_one_sided)
                .filter_map(|c| c.path.as_ref())
            {
                found.entry(path.clone()).or_insert(PromotedFile {
                    source: promotion.source,
                    time: promotion.commit.time,
                });
            }
        }
        Ok(found)
    }

    /// Whether a commit has a record that still counts.
    pub(in crate::engine) fn has(&self, commit: CommitId) -> bool {
        self.commits.contains(&commit)
    }

    /// Whether older commits can record promotions.
    pub(in crate::engine) fn more(&self) -> MoreRecords {
        self.more
    }

    /// Whether the newest record of an application sets its baseline to this commit.
    pub(in crate::engine) fn ends_with_baseline(
        &self,
        application: &ApplicationName,
        source: CommitId,
    ) -> bool {
        let name = without_instructions(&application.0);
        let mut all = self.applications.iter();
        let newest = all.find(|(names, _)| names.contains(&name));
        newest.is_some_and(|(_, set)| *set == Some(source))
    }

    /// What is recorded about a file, newest first; `open` are the differences that it has, by selector.
    pub(in crate::engine) fn of_file(
        &self,
        repository: &dyn Repository,
        pair: &FilePair,
        open: &[(String, PlaceKey)],
    ) -> Result<Vec<FileDecision>, RepositoryError> {
        let name = without_instructions(&pair.application.0);
        let mut found = Vec::new();
        for decision in &self.decisions {
            let places = match &decision.scope {
                Scope::Applications(names) if names.contains(&name) => None,
                Scope::Applications(_) => continue,
                Scope::Differences(selectors) => {
                    let is_decided = |selector: &str| {
                        let selector = without_instructions(selector);
                        selectors.contains(&selector)
                    };
                    let decided = open.iter().filter(|(selector, _)| is_decided(selector));
                    let places: PlaceSet = decided.map(|(_, place)| place.clone()).collect();
                    if places.is_empty() {
                        continue;
                    }
                    Some(places)
                }
            };
            // In a shallow clone, the source can be missing.
            let Ok(snapshot) = repository.snapshot(decision.source) else {
                continue;
            };
            let path = pair.source_path.as_ref().unwrap_or(&pair.path);
            let is_of_file = places.is_none();
            found.push(FileDecision {
                commit: decision.commit,
                time: decision.time,
                source_commit: decision.source,
                source: snapshot.entry_at(path.as_str())?.map(FileObject::from),
                places,
            });
            if is_of_file {
                break;
            }
        }
        Ok(found)
    }
}

/// The records that are found, without those that newer commits revert.
#[derive(Default)]
struct Found {
    records: Vec<(FoundCommit, Vec<Record>)>,
    reverted: HashSet<CommitId>,
    reverted_ids: HashSet<String>,
}

impl Found {
    fn visit(&mut self, commit: FoundCommit, naming: &Naming) {
        // The message of a merge may repeat the trailers of what it merges.
        if commit.parents.len() > 1 {
            return;
        }
        let mut records = Record::all_in(&commit.message);
        // A promotion that was made again has the same id, so an id only counts once.
        let mut is_reverted_by_id = false;
        for record in &records {
            is_reverted_by_id |= self.reverted_ids.remove(&record.id);
        }
        if is_reverted_by_id || self.reverted.contains(&commit.id) {
            return;
        }
        for claim in claims(&commit.message, &records) {
            match claim {
                Claim::Commit(id) => {
                    self.reverted.insert(id);
                }
                Claim::Promotion(id) => {
                    self.reverted_ids.insert(id);
                }
                Claim::PullRequest(_) => {}
            }
        }
        records.retain(|record| {
            naming.source().has_name(&record.from) && naming.target().has_name(&record.to)
        });
        if !records.is_empty() {
            self.records.push((commit, records));
        }
    }
}

impl From<FileDecision> for TakeCommit {
    fn from(decision: FileDecision) -> Self {
        let provenance = match decision.places {
            None => Provenance::Set,
            Some(_) => Provenance::Recorded,
        };
        Self {
            promotion: LastPromotion {
                time: decision.time,
                commit: decision.commit,
                took: Vec::new(),
                provenance,
            },
            order: usize::MAX,
            source_commit: decision.source_commit,
            source: decision.source,
            source_commits: usize::MAX,
            passed_over: PlaceSet::default(),
            evidence: decision
                .places
                .map_or(Evidence::Baseline, Evidence::Decision),
            moved_versions: PlaceSet::default(),
        }
    }
}

/// What a commit changes, if its record is that of these changes.
fn proven_changes(
    ports: &Ports<'_>,
    commit: &FoundCommit,
    record: &Record,
) -> Result<Option<Vec<ChangedFile>>, RepositoryError> {
    let files = ports.history.commit(commit.id)?.changes;
    let snapshot = ports.repository.snapshot(commit.id)?;
    let changes = recorded_changes(snapshot.as_ref(), &files);
    let is_proven = changes.is_some_and(|changes| record.is_proven_by(&changes));
    Ok(is_proven.then_some(files))
}
