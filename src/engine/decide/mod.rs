//! Promote or keep: the verdict on everything that differs.
//!
//! | file | what it does |
//! |---|---|
//! | `rules.rs` | finds the template's rule for a file |
//! | `selection.rs` | matches `--only` and `--except`, and settles which of them are exact |
//! | `choices.rs` | finds the selectors of an option by the file that they name |
//! | `choice.rs` | parses the text of one selector |
//! | `key_path.rs` | matches selectors that are a key's name or a part of a path |
//! | `selection_kept.rs` | reports selected differences that are kept all the same |
//! | `key_pattern.rs` | matches the keys of places in text files |
//! | `keep_comment.rs`, `places.rs` | find comments and JSONPath expressions that match a place |
//! | `facts.rs` | collects all of this about one difference, while its file is open |
//! | `version.rs` | finds version fields that the mode `versions` keeps |
//! | `pins.rs`, `lock_files.rs` | move a tag and a digest, and a list and its lock file, together |
//! | `past.rs` | moves what changed in the source since the last promotion |
//! | `verdict.rs` | decides about one difference, or about a file that moves whole |
//! | `shared.rs` | decides together about places that share a value by an anchor |
//! | `unchanged.rs` | finds what a selector names although nothing differs there |
//!
//! Verdicts are made in three passes, because the later ones depend on the verdicts of all files:
//! each difference on its own; then an image's new name stays if its version stays, and pins and lock
//! files move whole; then values that equal a promoted version of their application before and after
//! move along. After each, places that share a value by an anchor get the same decision.

mod choice;
mod choices;
mod facts;
mod keep_comment;
mod key_path;
mod key_pattern;
mod lock_files;
mod past;
mod pins;
mod places;
mod rules;
mod selection;
mod selection_kept;
mod shared;
mod unchanged;
mod verdict;
mod version;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

pub(super) use facts::{Facts, facts};
pub(super) use keep_comment::has_keep_comment;
pub(super) use rules::{Rules, glob};
pub(super) use selection::Selection;
pub(super) use unchanged::Unchanged;
pub(super) use verdict::WholeFile;

use super::compare::{Before, Body, ComparedFile, Field};
use super::error::{EngineError, UnmatchedSelector};
use super::request::{NewApplications, Removals};
use crate::document::{VersionField, VersionPairs};
use crate::domain::{ApplicationName, Reason, RepoPath, Verdict};
use crate::inventory::{FilePair, FileRole};
use crate::plan::{FileFault, Notice};
use crate::yaml::Place;
use choice::Choice;
use selection::{Matches, Settled};

/// All verdicts.
pub(super) struct Decided {
    pub files: Vec<DecidedFile>,
    /// About selectors that select nothing.
    pub notices: Vec<Notice>,
    /// The selectors of the differences that the first text of `--only` matches.
    pub matched: Vec<String>,
    /// The selectors that match nothing.
    pub unmatched: Vec<UnmatchedSelector>,
}

/// One file that differs, with its verdicts.
pub(super) struct DecidedFile {
    pub pair: FilePair,
    pub body: DecidedBody,
}

/// The verdicts on the differences of a file.
pub(super) enum DecidedBody {
    /// One for each difference.
    Fields {
        fields: Vec<(Field<Facts>, Verdict)>,
        before: Before,
    },
    /// One for the whole file, which also depends on its text.
    Whole(WholeFile),
    /// None, because the file cannot be read.
    Fault(FileFault),
}

/// What the decisions depend on, in addition to the facts about each difference.
pub(super) struct Decider<'a> {
    pub rules: &'a Rules<'a>,
    pub selection: Selection,
    pub removals: Removals,
    pub new_applications: NewApplications,
    /// Files of one side that the source added or removed since the last promotion.
    pub changed_files: HashSet<RepoPath>,
    /// Applications of which the target has a file.
    pub present: BTreeSet<ApplicationName>,
    /// The verdicts of a revert on files that move whole.
    pub reverted: BTreeMap<RepoPath, Verdict>,
}

impl Decider<'_> {
    /// Decides about every difference of every file, and reports patterns that select nothing;
    /// `unchanged` looks for selectors' equal places.
    pub(super) fn decide(
        self,
        compared: Vec<ComparedFile<Facts>>,
        unchanged: &Unchanged<'_>,
    ) -> Result<Decided, EngineError> {
        let Self {
            rules,
            selection,
            removals,
            new_applications,
            changed_files,
            mut present,
            reverted,
        } = self;
        let with_target = compared.iter().filter(|f| f.pair.target.is_some());
        present.extend(with_target.map(|f| f.pair.application.clone()));
        let is_chosen = |FilePair {
                             path,
                             application,
                             role,
                             ..
                         }: &FilePair| {
            let path = path.as_str();
            let is_left_out = selection.except.has_file(path);
            let is_named = selection.only.are_about(path);
            let is_kept = || {
                *role != FileRole::Deployed || rules.for_file(application, path).keeps_everything()
            };
            !is_left_out && (is_named || selection.only.is_empty() && !is_kept())
        };
        let is_chosen: Vec<bool> = compared.iter().map(|f| is_chosen(&f.pair)).collect();
        let whole: Vec<Matches> = compared
            .iter()
            .map(|file| match file.body {
                Body::Fields { .. } => Matches::default(),
                _ => selection.matches_of_file(file.pair.path.as_str()),
            })
            .collect();
        let find_places = |choices: &[&Choice]| unchanged.find(choices);
        let settled = if selection.is_empty() {
            selection.settle(std::iter::empty(), find_places)?
        } else {
            let all: Vec<(&str, &Matches)> =
                compared.iter().zip(&whole).flat_map(selectors).collect();
            selection.settle(all.iter().copied(), find_places)?
        };
        let whole_file = |pair: &FilePair, matches: &Matches| {
            WholeFile::new(
                settled.chosen(pair.path.as_str(), matches),
                &rules.for_file(&pair.application, pair.path.as_str()),
                removals,
                (!present.contains(&pair.application)).then_some(new_applications),
                changed_files.contains(&pair.path),
                reverted.get(&pair.path).cloned(),
            )
        };
        let created: HashSet<String> = (compared.iter().zip(&whole))
            .filter(|(file, _)| matches!(file.body, Body::Whole))
            .filter(|(ComparedFile { pair, .. }, matches)| {
                whole_file(pair, matches).verdict(pair, false).is_promote()
            })
            .map(|(file, _)| file.pair.path.to_string())
            .collect();
        let verdicts = verdicts(&compared, &settled, removals, &created)?;
        let decided = compared.into_iter().zip(verdicts);
        let decided: Vec<DecidedFile> = decided
            .zip(whole.iter().zip(is_chosen))
            .map(
                |((ComparedFile { pair, body }, verdicts), (matches, is_chosen))| {
                    let body = match body {
                        Body::Fault(fault) => DecidedBody::Fault(FileFault { is_chosen, ..fault }),
                        Body::Whole => DecidedBody::Whole(whole_file(&pair, matches)),
                        Body::Fields { fields, before } => DecidedBody::Fields {
                            fields: fields.into_iter().zip(verdicts).collect(),
                            before,
                        },
                    };
                    DecidedFile { pair, body }
                },
            )
            .collect();
        let matched_by = |index| -> Vec<(String, Verdict)> {
            let files = decided.iter().zip(&whole);
            files
                .flat_map(|(file, whole)| matched(file, whole, index))
                .collect()
        };
        let notices = selection_kept::notices(&settled, matched_by);
        let matched = match settled.first_exact_only() {
            Some(selector) => vec![selector.to_owned()],
            None => matched_by(0)
                .into_iter()
                .map(|(selector, _)| selector)
                .collect(),
        };
        Ok(Decided {
            files: decided,
            notices,
            matched,
            unmatched: settled.unmatched,
        })
    }
}

/// The selectors and verdicts of a file's differences that the choice with this index matches.
fn matched(file: &DecidedFile, whole: &Matches, index: usize) -> Vec<(String, Verdict)> {
    match &file.body {
        DecidedBody::Fields { fields, .. } => fields
            .iter()
            .filter(|(field, _)| field.facts.is_matched_by_only(index))
            .map(|(field, verdict)| (field.selector.clone(), verdict.clone()))
            .collect(),
        DecidedBody::Whole(verdict) if whole.only.contains(&index) => {
            vec![(
                file.pair.path.to_string(),
                verdict.verdict(&file.pair, false),
            )]
        }
        DecidedBody::Whole(_) | DecidedBody::Fault(_) => Vec::new(),
    }
}

/// The selectors of a file's differences, each with the choices that match it.
fn selectors<'a>(
    (file, whole): (&'a ComparedFile<Facts>, &'a Matches),
) -> Vec<(&'a str, &'a Matches)> {
    match &file.body {
        Body::Fields { fields, .. } => fields
            .iter()
            .map(|f| (f.selector.as_str(), &f.facts.matches))
            .collect(),
        Body::Whole | Body::Fault(_) => vec![(file.pair.path.as_str(), whole)],
    }
}

/// The verdicts on the differences of each file, in the same order.
fn verdicts(
    compared: &[ComparedFile<Facts>],
    settled: &Settled,
    removals: Removals,
    created: &HashSet<String>,
) -> Result<Vec<Vec<Verdict>>, EngineError> {
    let used = RefCell::new(HashSet::new());
    let mut all: Vec<Vec<Verdict>> = compared
        .iter()
        .map(|file| {
            let verdict = |field: &Field<Facts>| {
                let chosen = settled.chosen(&field.selector, &field.facts.matches);
                verdict::of_difference(&field.difference, &field.facts, chosen, removals)
            };
            file.fields().iter().map(verdict).collect()
        })
        .collect();
    for (file, verdicts) in compared.iter().zip(&mut all) {
        shared::agree(file.fields(), verdicts);
        keep_names_without_version(file.fields(), verdicts);
        pins::complete(file.fields(), verdicts);
        past::follow(file.fields(), verdicts, created, |field| {
            let (index, side) = settled.taken(&field.selector, &field.facts.matches)?;
            used.borrow_mut().insert(index);
            Some(side)
        });
        shared::agree(file.fields(), verdicts);
    }
    lock_files::follow(compared, &mut all);
    let mut pairs: BTreeMap<&ApplicationName, VersionPairs> = BTreeMap::new();
    for (file, verdicts) in compared.iter().zip(&all) {
        let pairs = pairs.entry(&file.pair.application).or_default();
        for (field, verdict) in file.fields().iter().zip(verdicts) {
            if let (true, Some(_), Some((before, after))) = (
                verdict.is_promote(),
                field.difference.version,
                field.difference.scalars(),
            ) {
                pairs.learn(before, after);
            }
        }
    }
    for (file, verdicts) in compared.iter().zip(&mut all) {
        let Some(pairs) = pairs.get(&file.pair.application) else {
            continue;
        };
        for (field, verdict) in file.fields().iter().zip(verdicts.iter_mut()) {
            if verdict::moves_along(&field.difference, verdict, &field.facts, pairs) {
                *verdict = Verdict::promote(Reason::MovesAlong);
            }
        }
        shared::agree(file.fields(), verdicts);
    }
    let fields = compared.iter().flat_map(ComparedFile::fields);
    let matched = fields.filter_map(|f| settled.taken(&f.selector, &f.facts.matches));
    let matched = matched.map(|(index, _)| index).collect();
    match settled.unused_take(&matched, &used.into_inner()) {
        Some(error) => Err(error),
        None => Ok(all),
    }
}

/// Keeps an image's new name if no version is promoted with it.
fn keep_names_without_version(fields: &[Field<Facts>], verdicts: &mut [Verdict]) {
    let with_version: HashSet<Place> = fields
        .iter()
        .zip(&*verdicts)
        .filter(|(_, verdict)| verdict.is_promote())
        .filter_map(|(field, _)| verdict::mapping_of_version(&field.difference))
        .collect();
    let without_version: Vec<usize> = (0..fields.len())
        .filter(|i| {
            let difference = &fields[*i].difference;
            let mapping = || difference.place.parent().map(|(mapping, _)| mapping);
            difference.version == Some(VersionField::ImageName)
                && matches!(verdicts[*i].reason, Reason::Template(_))
                && mapping().is_none_or(|mapping| !with_version.contains(&mapping))
        })
        .collect();
    for i in without_version {
        verdicts[i] = Verdict::keep(Reason::NotVersion);
    }
}
