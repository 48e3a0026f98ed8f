//! Compares files again with what their history shows.
//!
//! # Why
//!
//! Most differences are decided by the two files alone, and reading history costs far more than
//! comparing. So all files are compared without it first, and only those again whose verdicts can
//! change.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::compare::{Body, Commits, ComparedFile, Field, OpenPair, Task, Versions, compare};
use super::decide::Facts;
use super::error::EngineError;
use super::history::{
    OlderVersions, Past, PlaceKey, Question, missing_files, place_key, read_pasts,
};
use super::ports::Ports;
use super::request::Request;
use crate::document::{Difference, Value};
use crate::domain::{Naming, Op, Relation, RepoPath};
use crate::inventory::FileObject;
use crate::plan::Notice;
use crate::port::{NoObserver, RepositoryError};
use crate::yaml::TooManySteps;

/// Where to look for the history of files.
#[derive(Clone, Copy)]
pub(super) struct LookBack<'a> {
    pub ports: &'a Ports<'a>,
    pub request: &'a Request,
    pub commits: Commits<'a>,
    pub naming: &'a Naming,
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
    ) -> Result<(Vec<ComparedFile<Facts>>, Option<Notice>), EngineError> {
        let has_only = !self.request.only.is_empty();
        let needs_history = |field: &Field<Facts>| {
            let difference = &field.difference;
            field.facts.needs_history(difference, has_only)
        };
        let (open, mut all): (Vec<_>, Vec<_>) = compared
            .into_iter()
            .partition(|file| file.fields().iter().any(needs_history));
        if open.is_empty() {
            return Ok((all, None));
        }
        let pasts = self.pasts(&open)?;
        let needs_base = |file: &ComparedFile<Facts>| {
            let mut fields = file.fields().iter();
            fields.any(|field| field.facts.needs_base())
        };
        let without: Vec<RepoPath> = (open.iter().zip(&pasts))
            .filter(|(file, past)| !past.is_known() && needs_base(file))
            .map(|(file, _)| file.pair.path.clone())
            .collect();
        let notice =
            (!without.is_empty()).then_some(Notice::NoPromotionInHistory { paths: without });
        let tasks = open.into_iter().zip(pasts).map(|(file, past)| Task {
            base: past.base(),
            pair: file.pair,
            past,
        });
        let Self {
            commits, naming, ..
        } = self;
        let tasks: Vec<Task<Past>> = tasks.collect();
        let bases: HashMap<RepoPath, Option<FileObject>> = tasks
            .iter()
            .map(|task| (task.pair.path.clone(), task.base))
            .collect();
        let again = compare(tasks, commits, naming, &NoObserver, facts)?;
        for file in again {
            let base = bases.get(&file.pair.path).copied().flatten();
            all.push(self.complete(file, base)?);
        }
        all.sort_by(|a, b| a.pair.path.cmp(&b.pair.path));
        Ok((all, notice))
    }

    fn pasts(&self, files: &[ComparedFile<Facts>]) -> Result<Vec<Past>, EngineError> {
        if let Some(revision) = &self.request.base {
            let repository = self.ports.repository;
            let base = repository.snapshot(repository.revision(revision)?)?;
            let past = |file: &ComparedFile<Facts>| {
                let path = file.pair.source_path.as_ref().unwrap_or(&file.pair.path);
                let found = base.entry_at(path.as_str())?;
                Ok(Past::of_base(found.map(FileObject::from)))
            };
            return files.iter().map(past).collect();
        }
        let questions: Vec<Question<'_>> = files.iter().map(|file| self.question(file)).collect();
        Ok(read_pasts(
            self.ports,
            self.commits,
            self.naming,
            &questions,
        )?)
    }

    fn question<'f>(&self, file: &'f ComparedFile<Facts>) -> Question<'f> {
        let differences = || file.fields().iter().map(|field| &field.difference);
        let keys = differences().map(|difference| place_key(difference, self.naming));
        Question {
            pair: &file.pair,
            open: keys.collect(),
            versions: OlderVersions::wanted(differences(), self.naming),
        }
    }

    /// Adds what depends on other files, and the relations of places whose base is another one.
    fn complete(
        &self,
        mut file: ComparedFile<Facts>,
        base: Option<FileObject>,
    ) -> Result<ComparedFile<Facts>, RepositoryError> {
        let Body::Fields { fields, .. } = &mut file.body else {
            return Ok(file);
        };
        let versions = Versions {
            pair: &file.pair,
            blobs: self.commits.target,
            naming: self.naming,
        };
        let mut others: HashMap<FileObject, Relations> = HashMap::new();
        for field in fields {
            let difference = &mut field.difference;
            let other = field.facts.base().filter(|other| base != Some(*other));
            if let Some(other) = other {
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
            let missing = missing_files(difference, &file.pair, self.commits)?;
            field.facts.set_missing_files(missing);
        }
        Ok(file)
    }
}
