//! Compares files again with what their history shows.
//!
//! # Why
//!
//! Most differences are decided by the two files alone, and reading history costs far more than
//! comparing. So all files are compared without it first, and only those again whose verdicts can
//! change.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet, btree_map};
use std::sync::Arc;

use super::compare::{
    BaseFile, Body, Commits, ComparedFile, Field, OpenPair, Task, Versions, compare,
};
use super::decide::Facts;
use super::error::EngineError;
use super::history::{
    End, OlderVersions, Past, PlaceKey, Question, missing_files, place_key, read_pasts,
};
use super::ports::Ports;
use super::request::Request;
use crate::document::{Difference, Value};
use crate::domain::{ApplicationName, CommitId, Naming, Op, Relation, RepoPath};
use crate::inventory::FileObject;
use crate::plan::{Baseline, Notice, SourceChange};
use crate::port::{NoObserver, RepositoryError, Snapshot};
use crate::yaml::TooManySteps;

/// Where to look for the history of files.
#[derive(Clone, Copy)]
pub(super) struct LookBack<'a> {
    pub ports: &'a Ports<'a>,
    pub request: &'a Request,
    pub commits: Commits<'a>,
    pub naming: &'a Naming,
}

/// The compared files, with what else their history shows.
#[derive(Default)]
pub(super) struct ComparedWithPast {
    pub files: Vec<ComparedFile<Facts>>,
    pub notices: Vec<Notice>,
    pub baselines: Vec<Baseline>,
    /// Files of one side that the source added or removed since the baseline of their application.
    pub changed_files: HashSet<RepoPath>,
}

/// Adds the baseline of another file of the same application.
fn add_baseline(known: &mut Baseline, other: Baseline) {
    let is_decisive = known.is_decisive || other.is_decisive;
    let commits: HashSet<CommitId> = known.since.iter().map(|change| change.commit).collect();
    let is_new = |change: &SourceChange| !commits.contains(&change.commit);
    let new: Vec<SourceChange> = other.since.iter().filter(|c| is_new(c)).cloned().collect();
    let mut since = std::mem::take(&mut known.since);
    since.extend(new);
    // Commits of one second stay in the order in which they were found.
    since.sort_by_key(|change| Reverse(change.time));
    if other.promotion > known.promotion {
        *known = other;
    }
    known.since = since;
    known.is_decisive = is_decisive;
}

/// The relation and the base's value of each place.
type Relations = HashMap<(PlaceKey, Op), (Relation, Option<Value>)>;

fn relations(differences: Vec<Difference>, naming: &Naming) -> Relations {
    let relation = |d: Difference| {
        let key = (place_key(&d, naming), d.op);
        (key, (d.relation, d.base))
    };
    differences.into_iter().map(relation).collect()
}

impl LookBack<'_> {
    /// Compares those files again whose history can change a verdict.
    pub(super) fn compare_again(
        self,
        compared: Vec<ComparedFile<Facts>>,
        facts: impl Fn(&OpenPair<'_>, &[Difference], &Past) -> Result<Vec<Facts>, TooManySteps> + Sync,
    ) -> Result<ComparedWithPast, EngineError> {
        let has_only = !self.request.only.is_empty();
        let needs_history = |field: &Field<Facts>| {
            let difference = &field.difference;
            field.facts.needs_history(difference, has_only)
        };
        let (open, mut all): (Vec<_>, Vec<_>) = compared
            .into_iter()
            .partition(|file| file.fields().iter().any(needs_history));
        let base = self.named_base()?;
        if open.is_empty() {
            return Ok(ComparedWithPast {
                files: all,
                ..ComparedWithPast::default()
            });
        }
        let pasts = self.pasts(&open, base.as_deref())?;
        let notices = self.notices(&open, &pasts);
        let baselines = self.baselines(&open, &pasts);
        let tasks = open.into_iter().zip(pasts).map(|(file, past)| Task {
            base: past.base(),
            pair: file.pair,
            past,
        });
        let Self {
            commits, naming, ..
        } = self;
        let tasks: Vec<Task<Past>> = tasks.collect();
        let bases: HashMap<RepoPath, BaseFile> = tasks
            .iter()
            .map(|task| (task.pair.path.clone(), task.base))
            .collect();
        let again = compare(tasks, commits, naming, &NoObserver, facts)?;
        for file in again {
            let base = bases.get(&file.pair.path).copied().unwrap_or_default();
            all.push(self.complete(file, base)?);
        }
        all.sort_by(|a, b| a.pair.path.cmp(&b.pair.path));
        let changed_files = self.changed_files(&all, &baselines)?;
        Ok(ComparedWithPast {
            files: all,
            notices,
            baselines,
            changed_files,
        })
    }

    /// The revision of `--base`.
    fn named_base(&self) -> Result<Option<Arc<dyn Snapshot>>, RepositoryError> {
        let Some(revision) = &self.request.base else {
            return Ok(None);
        };
        let repository = self.ports.repository;
        let base = repository.revision(revision)?;
        Ok(Some(repository.snapshot(base)?))
    }

    fn pasts(
        &self,
        files: &[ComparedFile<Facts>],
        base: Option<&dyn Snapshot>,
    ) -> Result<Vec<Past>, RepositoryError> {
        let questions: Result<Vec<Question<'_>>, RepositoryError> =
            files.iter().map(|file| self.question(file, base)).collect();
        let limit = self.request.history;
        read_pasts(self.ports, self.commits, self.naming, limit, questions?)
    }

    /// The baseline of each application: that of the file which was promoted last.
    fn baselines(&self, files: &[ComparedFile<Facts>], pasts: &[Past]) -> Vec<Baseline> {
        let mut newest: BTreeMap<&ApplicationName, Baseline> = BTreeMap::new();
        for (file, past) in files.iter().zip(pasts) {
            let mut fields = file.fields().iter();
            let is_decisive =
                self.request.base.is_some() || fields.any(|field| field.facts.needs_base());
            let Some(baseline) = past.baseline(&file.pair.application, is_decisive) else {
                continue;
            };
            match newest.entry(&file.pair.application) {
                btree_map::Entry::Vacant(new) => {
                    new.insert(baseline);
                }
                btree_map::Entry::Occupied(mut known) => add_baseline(known.get_mut(), baseline),
            }
        }
        newest.into_values().collect()
    }

    /// Finds the files of one side that the source added or removed since the last promotion. A file that
    /// the target changed meanwhile stays.
    fn changed_files(
        &self,
        files: &[ComparedFile<Facts>],
        baselines: &[Baseline],
    ) -> Result<HashSet<RepoPath>, RepositoryError> {
        let mut changed = HashSet::new();
        for baseline in baselines.iter().filter(|baseline| baseline.is_decisive) {
            let of_application = files
                .iter()
                .map(|file| &file.pair)
                .filter(|pair| pair.application == baseline.application);
            let mut one_sided = of_application
                .clone()
                .filter(|pair| pair.source.is_none() || pair.target.is_none())
                .peekable();
            if one_sided.peek().is_none() {
                continue;
            }
            let folders: HashMap<&str, &str> = of_application
                .filter_map(|pair| Some((pair.path.folder(), pair.source_path.as_ref()?.folder())))
                .collect();
            let then = self.ports.repository.snapshot(baseline.source)?;
            for pair in one_sided {
                let source_path = match (&pair.source_path, folders.get(pair.path.folder())) {
                    (Some(path), _) => path.to_string(),
                    (None, Some(&"")) => pair.path.file_name().to_owned(),
                    (None, Some(folder)) => format!("{folder}/{}", pair.path.file_name()),
                    (None, None) => continue,
                };
                let before = then.entry_at(&source_path)?.map(FileObject::from);
                if before == pair.target {
                    changed.insert(pair.path.clone());
                }
            }
        }
        Ok(changed)
    }

    /// The notices about files whose history is unknown.
    fn notices(&self, files: &[ComparedFile<Facts>], pasts: &[Past]) -> Vec<Notice> {
        let needs_base = |file: &ComparedFile<Facts>| {
            let mut fields = file.fields().iter();
            fields.any(|field| field.facts.needs_base())
        };
        let path = |(file, _): (&ComparedFile<Facts>, &Past)| file.pair.path.clone();
        let all = || files.iter().zip(pasts);
        let without = all().filter(|(file, past)| !past.is_known() && needs_base(file));
        let without: Vec<RepoPath> = without.map(path).collect();
        let is_cut = |end| {
            let is_cut = |(_, past): (_, &Past)| !past.is_complete() && past.end == end;
            all().any(is_cut)
        };
        let limit = self.request.history;
        let unknown =
            (!without.is_empty()).then_some(Notice::NoPromotionInHistory { paths: without });
        let cut = is_cut(End::Limit).then_some(Notice::HistoryLimit { limit });
        let shallow = is_cut(End::Shallow).then_some(Notice::ShallowHistory);
        unknown.into_iter().chain(cut).chain(shallow).collect()
    }

    fn question<'f>(
        &self,
        file: &'f ComparedFile<Facts>,
        base: Option<&dyn Snapshot>,
    ) -> Result<Question<'f>, RepositoryError> {
        let fields = file.fields().iter();
        let open = fields.clone().map(|field| {
            let place = place_key(&field.difference, self.naming);
            (field.selector.clone(), place)
        });
        let path = file.pair.source_path.as_ref().unwrap_or(&file.pair.path);
        let base = match base {
            None => None,
            Some(base) => {
                let file = base.entry_at(path.as_str())?;
                Some((base.commit(), file.map(FileObject::from)))
            }
        };
        Ok(Question {
            pair: &file.pair,
            open: open.collect(),
            versions: OlderVersions::wanted(fields.map(|field| &field.difference), self.naming),
            base,
        })
    }

    /// Adds what depends on other files, and the relations of places whose base is another one.
    fn complete(
        &self,
        mut file: ComparedFile<Facts>,
        base: BaseFile,
    ) -> Result<ComparedFile<Facts>, RepositoryError> {
        let Body::Fields { fields, .. } = &mut file.body else {
            return Ok(file);
        };
        let versions = Versions {
            pair: &file.pair,
            blobs: self.commits.target,
            naming: self.naming,
        };
        let mut others: HashMap<BaseFile, Relations> = HashMap::new();
        for field in fields {
            let difference = &mut field.difference;
            let other = field.facts.base();
            if other != BaseFile::Unknown && other != base {
                let relations = match others.entry(other) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(new) => {
                        let found = versions.differences_since(other)?.unwrap_or_default();
                        new.insert(relations(found, self.naming))
                    }
                };
                let key = (place_key(difference, self.naming), difference.op);
                if let Some((relation, base)) = relations.get(&key) {
                    difference.relation = *relation;
                    difference.base.clone_from(base);
                }
            }
            if let Some(order) = field.facts.order() {
                difference.relation = order;
            }
            let references = field.facts.references();
            let missing = missing_files(references, &file.pair, self.commits)?;
            field.facts.set_missing_files(missing);
        }
        Ok(file)
    }
}
