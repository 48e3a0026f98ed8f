//! Compares files again with what their history shows.
//!
//! # Why
//!
//! Most differences are decided by the two files alone, and reading history costs far more than
//! comparing. So all files are compared without it first, and only those again whose verdicts can
//! change.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, btree_map};
use std::sync::Arc;

use super::changed_files::ChangedFiles;
use super::compare::{BaseFile, Body, ComparedFile, Field, OpenPair, Task, Versions, compare};
use super::decide::Facts;
use super::error::EngineError;
use super::history::{
    End, OlderVersions, Past, PlaceKey, Question, Records, Tips, missing_files, place_key,
    read_pasts,
};
use super::ports::Ports;
use super::request::Request;
use crate::document::{Difference, Value};
use crate::domain::{ApplicationName, CommitId, Naming, Op, Relation, RepoPath};
use crate::inventory::{FileObject, FilePair, InventoryError};
use crate::plan::{Baseline, Notice, Provenance, SourceChange};
use crate::port::{NoObserver, RepositoryError, Snapshot};
use crate::yaml::TooManySteps;

/// Where to look for the history of files.
#[derive(Clone, Copy)]
pub(super) struct LookBack<'a> {
    pub ports: &'a Ports<'a>,
    pub request: &'a Request,
    /// The commit of `--base`.
    pub base: Option<CommitId>,
    pub tips: Tips<'a>,
    pub naming: &'a Naming,
    pub files: &'a dyn WholeFiles,
}

/// The files that both sides have in full, or that only one side has.
pub(super) trait WholeFiles {
    /// Whether a file of one side moves if the source added or removed it since the last promotion.
    fn follows_changes(&self, pair: &FilePair) -> bool;

    /// Lists the equal files of these applications.
    fn equal(
        &self,
        applications: &BTreeSet<ApplicationName>,
    ) -> Result<Vec<FilePair>, InventoryError>;
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
    // What is inferred only counts where nothing is recorded.
    let rank = |baseline: &Baseline| {
        let promotion = baseline.promotion.as_ref()?;
        let is_recorded = promotion.provenance != Provenance::Inferred;
        Some((is_recorded, promotion.time, promotion.commit))
    };
    if rank(&other) > rank(known) {
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
        let one_sided = self.applications_with_open_files(&all, &open);
        let equal = self.equal_files(&one_sided)?;
        if open.is_empty() && equal.is_empty() {
            return Ok(ComparedWithPast {
                files: all,
                ..ComparedWithPast::default()
            });
        }
        let records = self.records(&open, &one_sided)?;
        let mut pasts = self.pasts(&open, &equal, base.as_deref(), &records)?;
        let of_equal = pasts.split_off(open.len());
        let notices = self.notices(&open, &pasts);
        let promoted = records.promoted_files(self.ports, &one_sided)?;
        let mut changed_files = ChangedFiles::new(self.ports.repository, self.naming, promoted);
        for (pair, past) in
            (open.iter().map(|file| &file.pair).zip(&pasts)).chain(equal.iter().zip(&of_equal))
        {
            changed_files.learn(pair, past);
        }
        let baselines = self.baselines(&open, &pasts, equal.iter().zip(&of_equal));
        let tasks = open.into_iter().zip(pasts).map(|(file, past)| Task {
            base: past.base(),
            pair: file.pair,
            past,
            read: match file.body {
                Body::Fields { before, .. } => before.read,
                Body::Whole | Body::Fault(_) => None,
            },
        });
        let Self { tips, naming, .. } = self;
        let tasks: Vec<Task<Past>> = tasks.collect();
        let bases: HashMap<RepoPath, BaseFile> = tasks
            .iter()
            .map(|task| (task.pair.path.clone(), task.base))
            .collect();
        let again = compare(tasks, tips.commits, naming, &NoObserver, facts)?;
        for file in again {
            let base = bases.get(&file.pair.path).copied().unwrap_or_default();
            all.push(self.complete(file, base)?);
        }
        all.sort_by(|a, b| a.pair.path.cmp(&b.pair.path));
        let one_sided = all.iter().map(|file| &file.pair);
        let one_sided = one_sided.filter(|pair| self.is_open_file(pair));
        let changed_files = changed_files.find(one_sided)?;
        Ok(ComparedWithPast {
            files: all,
            notices,
            baselines,
            changed_files,
        })
    }

    /// The revision of `--base`.
    fn named_base(&self) -> Result<Option<Arc<dyn Snapshot>>, RepositoryError> {
        let snapshot = |base| self.ports.repository.snapshot(base);
        self.base.map(snapshot).transpose()
    }

    fn pasts(
        &self,
        files: &[ComparedFile<Facts>],
        equal: &[FilePair],
        base: Option<&dyn Snapshot>,
        records: &Records,
    ) -> Result<Vec<Past>, RepositoryError> {
        let question = |pair, fields| self.question(pair, fields, base, records);
        let of_files = files.iter().map(|file| question(&file.pair, file.fields()));
        let of_equal = equal.iter().map(|pair| question(pair, &[]));
        let questions: Result<Vec<Question<'_>>, RepositoryError> =
            of_files.chain(of_equal).collect();
        let limit = self.request.history;
        read_pasts(self.ports, self.tips, self.naming, limit, questions?)
    }

    /// Whether the source's past decides about a file of one side.
    fn is_open_file(&self, pair: &FilePair) -> bool {
        (pair.source.is_none() || pair.target.is_none()) && self.files.follows_changes(pair)
    }

    /// The applications with a file of one side about which the source's past decides.
    fn applications_with_open_files(
        &self,
        all: &[ComparedFile<Facts>],
        open: &[ComparedFile<Facts>],
    ) -> BTreeSet<ApplicationName> {
        let pairs = all.iter().chain(open).map(|file| &file.pair);
        let one_sided = pairs.filter(|pair| self.is_open_file(pair));
        one_sided.map(|pair| pair.application.clone()).collect()
    }

    /// The equal files of applications: their past shows the last promotion, too.
    fn equal_files(
        &self,
        applications: &BTreeSet<ApplicationName>,
    ) -> Result<Vec<FilePair>, InventoryError> {
        if applications.is_empty() {
            return Ok(Vec::new());
        }
        self.files.equal(applications)
    }

    /// What is recorded about the promotions, where the base matters and none is named.
    fn records(
        &self,
        open: &[ComparedFile<Facts>],
        one_sided: &BTreeSet<ApplicationName>,
    ) -> Result<Records, RepositoryError> {
        let mut fields = open.iter().flat_map(ComparedFile::fields);
        let needs_base = !one_sided.is_empty() || fields.any(|field| field.facts.needs_base());
        if !needs_base || self.base.is_some() {
            return Ok(Records::default());
        }
        Records::find(self.ports, self.tips.commits.target.commit(), self.naming)
    }

    /// The baseline of each application: that of the file which was promoted last.
    fn baselines<'f>(
        &self,
        files: &'f [ComparedFile<Facts>],
        pasts: &'f [Past],
        equal: impl Iterator<Item = (&'f FilePair, &'f Past)>,
    ) -> Vec<Baseline> {
        let mut newest: BTreeMap<&ApplicationName, Baseline> = BTreeMap::new();
        let of_files = files.iter().zip(pasts).map(|(file, past)| {
            let mut fields = file.fields().iter();
            let is_decisive = self.base.is_some() || fields.any(|field| field.facts.needs_base());
            (&file.pair, file.fields(), past, is_decisive)
        });
        let none: &[Field<Facts>] = &[];
        let all = of_files.chain(equal.map(|(pair, past)| (pair, none, past, true)));
        for (pair, fields, past, is_decisive) in all {
            let places = fields.iter().map(|f| place_key(&f.difference, self.naming));
            let Some(baseline) = past.baseline(&pair.application, places, is_decisive) else {
                continue;
            };
            match newest.entry(&pair.application) {
                btree_map::Entry::Vacant(new) => {
                    new.insert(baseline);
                }
                btree_map::Entry::Occupied(mut known) => add_baseline(known.get_mut(), baseline),
            }
        }
        newest.into_values().collect()
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
        pair: &'f FilePair,
        fields: &'f [Field<Facts>],
        base: Option<&dyn Snapshot>,
        records: &Records,
    ) -> Result<Question<'f>, RepositoryError> {
        let fields = fields.iter();
        let open = fields.clone().map(|field| {
            let place = place_key(&field.difference, self.naming);
            (field.selector.clone(), place)
        });
        let open: Vec<(String, PlaceKey)> = open.collect();
        let path = pair.source_path.as_ref().unwrap_or(&pair.path);
        let base = match base {
            None => None,
            Some(base) => {
                let file = base.entry_at(path.as_str())?;
                Some((base.commit(), file.map(FileObject::from)))
            }
        };
        Ok(Question {
            pair,
            differences: fields.clone().map(|field| &field.difference).collect(),
            decisions: records.of_file(self.ports.repository, pair, &open)?,
            records: records.more(),
            open,
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
            now: None,
            blobs: self.tips.commits.target,
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
            let missing = missing_files(references, &file.pair, self.tips.commits)?;
            field.facts.set_missing_files(missing);
        }
        Ok(file)
    }
}
