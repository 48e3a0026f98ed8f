//! Comparing and deciding over all chosen files.
//!
//! # Why
//!
//! Deciding needs to know everything: which selectors are exact, which versions
//! move elsewhere. Holding every parsed file until then would cost memory that
//! follows the repository. So files are compared one by one, only their
//! differences and facts are kept, and the few that change are opened again.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::EngineError;
use super::decide::{self, Facts};
use super::load::{self, Loaded, Places};
use super::pair::{FilePair, Pairs};
use super::request::Request;
use super::rules::Rules;
use super::selection::{Matches, Selection, Settled};
use super::version;
use crate::domain::{ApplicationName, Naming, Op, Relation, Verdict};
use crate::manifest::{self, Base, Difference, Promotion, Sides, VersionPairs};
use crate::plan::{
    ApplicationPlan, Content, Document, FileFault, FilePlan, FileStatus, PlannedDifference, Warning,
};
use crate::port::{Progress, RepositoryError, Snapshot};
use crate::yaml::Stream;

/// What files are read with.
pub(super) struct Files<'a> {
    pub source: &'a dyn Snapshot,
    pub target: &'a dyn Snapshot,
    pub naming: &'a Naming,
    pub rules: &'a Rules<'a>,
    pub progress: &'a dyn Progress,
}

/// Everything that differs, not decided yet.
pub(super) struct Compared {
    files: Vec<ComparedFile>,
    selection: Selection,
    present: BTreeSet<ApplicationName>,
}

struct ComparedFile {
    pair: FilePair,
    body: Body,
}

enum Body {
    /// Both sides are YAML.
    Fields(Vec<Field>),
    /// One side only, or not YAML: it moves whole or not at all.
    Whole { matches: Matches },
    /// One side cannot be read.
    Fault(FileFault),
}

struct Field {
    difference: Difference,
    selector: String,
    facts: Facts,
}

/// Everything decided.
pub(super) struct Decided {
    pub applications: Vec<ApplicationPlan>,
    pub warnings: Vec<Warning>,
    pub faults: Vec<FileFault>,
}

impl Files<'_> {
    /// Compares every pair.
    pub(super) fn compare(
        &self,
        pairs: Pairs,
        selection: Selection,
    ) -> Result<Compared, EngineError> {
        let all = pairs.files.len();
        let mut files = Vec::with_capacity(all);
        for (done, pair) in pairs.files.into_iter().enumerate() {
            let body = self.body(&pair, &selection)?;
            if !matches!(&body, Body::Fields(fields) if fields.is_empty()) {
                files.push(ComparedFile { pair, body });
            }
            self.progress.files(done + 1, all);
        }
        Ok(Compared {
            files,
            selection,
            present: pairs.present,
        })
    }

    fn body(&self, pair: &FilePair, selection: &Selection) -> Result<Body, EngineError> {
        let path = pair.path.as_str();
        let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
        let whole = || Body::Whole {
            matches: selection.of(|c| c.matches_file(path)),
        };
        let (source, target) = match (pair.source, pair.target) {
            (Some(source), Some(target)) => (
                load::load(self.source, source, source_path)?,
                load::load(self.target, target, path)?,
            ),
            (Some(source), None) => {
                let loaded = load::load(self.source, source, source_path)?;
                return Ok(match loaded {
                    Loaded::Fault(fault) => Body::Fault(file_fault(source_path, fault, pair)),
                    _ => whole(),
                });
            }
            _ => return Ok(whole()),
        };
        Ok(match (source, target) {
            (Loaded::Fault(fault), _) => Body::Fault(file_fault(source_path, fault, pair)),
            (_, Loaded::Fault(fault)) => Body::Fault(file_fault(path, fault, pair)),
            (Loaded::Yaml(source), Loaded::Yaml(target)) => {
                Body::Fields(self.fields(pair, &source, &target, selection))
            }
            _ => whole(),
        })
    }

    fn fields(
        &self,
        pair: &FilePair,
        source: &Stream,
        target: &Stream,
        selection: &Selection,
    ) -> Vec<Field> {
        let path = pair.path.as_str();
        let differences = manifest::compare(&self.sides(pair, source, target));
        let rule = self.rules.of(&pair.application, path);
        let places = Places::new(source, target, self.naming);
        let mut taken = HashSet::new();
        differences
            .into_iter()
            .map(|difference| {
                let matches = selection.of(|c| c.matches(path, &difference, &places));
                let facts = decide::facts(&difference, &rule, &places, (source, target), matches);
                let selector = unique(selector(path, &difference), &mut taken);
                Field {
                    difference,
                    selector,
                    facts,
                }
            })
            .collect()
    }

    fn sides<'s>(
        &'s self,
        pair: &'s FilePair,
        source: &'s Stream,
        target: &'s Stream,
    ) -> Sides<'s> {
        Sides {
            source,
            target,
            base: Base::Target,
            naming: self.naming,
            file: pair.path.file_name(),
        }
    }

    /// The target's text with the promoted fields in it.
    fn merged(
        &self,
        pair: &FilePair,
        promotions: &[Promotion<'_>],
    ) -> Result<Result<Vec<u8>, String>, RepositoryError> {
        let path = pair.path.as_str();
        let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
        let (Some(source), Some(target)) = (pair.source, pair.target) else {
            return Ok(Err("one side of the file is missing".to_owned()));
        };
        let source = load::load(self.source, source, source_path)?;
        let target = load::load(self.target, target, path)?;
        let (Loaded::Yaml(source), Loaded::Yaml(target)) = (source, target) else {
            return Ok(Err("the file is not YAML".to_owned()));
        };
        let sides = self.sides(pair, &source, &target);
        Ok(manifest::merge(&sides, promotions)
            .map(String::into_bytes)
            .map_err(|error| chain(&error)))
    }

    fn content(
        snapshot: &dyn Snapshot,
        file: super::pair::FileObject,
    ) -> Result<Content, RepositoryError> {
        Ok(Content {
            mode: file.mode,
            blob: Some(file.id),
            bytes: snapshot.read_blob(file.id)?,
        })
    }

    /// A new file's content: the source's, with the names replaced that its path replaced.
    fn renamed(&self, pair: &FilePair, content: Content) -> (Content, Option<Warning>) {
        let Ok(text) = std::str::from_utf8(&content.bytes) else {
            return (content, None);
        };
        let renamed = self.naming.rename_with(text, &pair.renames);
        let warning = self.naming.names_source_in_text(&renamed).then(|| Warning {
            path: Some(pair.path.to_string()),
            message: format!("the new file still names `{}`", self.naming.source().name),
        });
        if renamed == text {
            return (content, warning);
        }
        (
            Content {
                blob: None,
                bytes: renamed.into_bytes(),
                ..content
            },
            warning,
        )
    }
}

fn file_fault(path: &str, fault: load::Fault, pair: &FilePair) -> FileFault {
    FileFault {
        path: path.to_owned(),
        line: fault.line,
        column: fault.column,
        message: fault.message,
        application: pair.application.clone(),
        is_chosen: true,
    }
}

/// An error with its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// `FILE[#DOCUMENT][:PATH]`.
fn selector(path: &str, difference: &Difference) -> String {
    let mut selector = path.to_owned();
    if difference.document.is_needed {
        selector.push('#');
        selector.push_str(&difference.document.text);
    }
    if !difference.path.is_empty() {
        selector.push(':');
        selector.push_str(&difference.path);
    }
    selector
}

/// Two differences at one place (an item that goes where another comes) need two selectors.
fn unique(selector: String, taken: &mut HashSet<String>) -> String {
    let mut candidate = selector.clone();
    let mut n = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{selector}~{n}");
        n += 1;
    }
    candidate
}

impl Compared {
    /// Decides every difference, and edits the files that change.
    pub(super) fn decide(
        self,
        files: &Files<'_>,
        request: &Request,
    ) -> Result<Decided, EngineError> {
        let Self {
            files: compared,
            selection,
            mut present,
        } = self;
        present.extend(
            compared
                .iter()
                .filter(|f| f.pair.target.is_some())
                .map(|f| f.pair.application.clone()),
        );
        let is_chosen_fault = |path: &str| {
            selection.only.is_empty() || selection.only.iter().any(|c| c.is_about(path))
        };
        let chosen_faults: Vec<bool> = compared
            .iter()
            .map(|f| matches!(&f.body, Body::Fault(_)) && is_chosen_fault(f.pair.path.as_str()))
            .collect();
        let settled = if selection.is_empty() {
            selection.settle(std::iter::empty())?
        } else {
            let all: Vec<(&str, &Matches)> = compared.iter().flat_map(selectors).collect();
            selection.settle(all.iter().copied())?
        };
        let verdicts = verdicts(&compared, &settled, request);
        let mut decided = Decided {
            applications: Vec::new(),
            warnings: Vec::new(),
            faults: Vec::new(),
        };
        let mut applications: BTreeMap<ApplicationName, Vec<FilePlan>> = BTreeMap::new();
        for ((file, verdicts), is_chosen) in compared.into_iter().zip(verdicts).zip(chosen_faults) {
            let application = file.pair.application.clone();
            let plan = match file.body {
                Body::Fault(mut fault) => {
                    fault.is_chosen = is_chosen;
                    decided.faults.push(fault);
                    continue;
                }
                Body::Whole { matches } => {
                    let is_new = !present.contains(&application);
                    let chosen = settled.chosen(file.pair.path.as_str(), &matches);
                    whole(files, &file.pair, chosen, request, is_new, &mut decided)?
                }
                Body::Fields(fields) => {
                    modified(files, &file.pair, fields, verdicts, &mut decided)?
                }
            };
            applications.entry(application).or_default().push(plan);
        }
        decided.applications = applications
            .into_iter()
            .map(|(name, plans)| ApplicationPlan {
                version: version::of(files.rules.template(&name), &plans),
                name,
                files: plans,
            })
            .collect();
        Ok(decided)
    }
}

fn selectors(file: &ComparedFile) -> Vec<(&str, &Matches)> {
    match &file.body {
        Body::Fields(fields) => fields
            .iter()
            .map(|f| (f.selector.as_str(), &f.facts.matches))
            .collect(),
        Body::Whole { matches } => vec![(file.pair.path.as_str(), matches)],
        Body::Fault(_) => Vec::new(),
    }
}

/// A verdict for each field of each file, with the text to write if it is not the source's.
type FieldVerdict = (Verdict, Option<String>);

fn verdicts(
    compared: &[ComparedFile],
    settled: &Settled,
    request: &Request,
) -> Vec<Vec<FieldVerdict>> {
    let mut pairs = VersionPairs::default();
    let mut all: Vec<Vec<FieldVerdict>> = compared
        .iter()
        .map(|file| {
            let Body::Fields(fields) = &file.body else {
                return Vec::new();
            };
            fields
                .iter()
                .map(|field| {
                    let chosen = settled.chosen(&field.selector, &field.facts.matches);
                    let verdict =
                        decide::decide(&field.difference, &field.facts, chosen, request.removals);
                    if let (true, Some(_), Some((before, after))) = (
                        verdict.is_promote(),
                        field.difference.version,
                        field.difference.scalars(),
                    ) {
                        pairs.learn(before, after);
                    }
                    (verdict, None)
                })
                .collect()
        })
        .collect();
    for (file, verdicts) in compared.iter().zip(&mut all) {
        let Body::Fields(fields) = &file.body else {
            continue;
        };
        for (field, verdict) in fields.iter().zip(verdicts) {
            if let Some(text) =
                decide::moves_along(&field.difference, &verdict.0, &field.facts, &pairs)
            {
                *verdict = (
                    Verdict::promote(crate::domain::Reason::MovesAlong),
                    Some(text),
                );
            }
        }
    }
    all
}

fn modified(
    files: &Files<'_>,
    pair: &FilePair,
    fields: Vec<Field>,
    verdicts: Vec<FieldVerdict>,
    decided: &mut Decided,
) -> Result<FilePlan, EngineError> {
    let promotions: Vec<Promotion<'_>> = fields
        .iter()
        .zip(&verdicts)
        .filter(|(_, (verdict, _))| verdict.is_promote())
        .map(|(field, (_, text))| Promotion {
            difference: &field.difference,
            text: text.as_deref(),
        })
        .collect();
    let before = match pair.target {
        Some(target) => Some(Files::content(files.target, target)?),
        None => None,
    };
    let mut after = before.clone();
    if !promotions.is_empty() {
        match files.merged(pair, &promotions)? {
            Ok(bytes) => {
                if let Some(content) = &mut after
                    && content.bytes != bytes
                {
                    *content = Content {
                        blob: None,
                        bytes,
                        ..content.clone()
                    };
                }
            }
            Err(message) => decided.faults.push(FileFault {
                path: pair.path.to_string(),
                line: None,
                column: None,
                message,
                application: pair.application.clone(),
                is_chosen: true,
            }),
        }
    }
    for (field, (verdict, _)) in fields.iter().zip(&verdicts) {
        if verdict.is_promote() && field.difference.relation == Relation::Ahead {
            decided.warnings.push(Warning {
                path: Some(pair.path.to_string()),
                message: format!("`{}` goes back to an older version", field.selector),
            });
        }
    }
    Ok(FilePlan {
        path: pair.path.clone(),
        source_path: pair.source_path.clone(),
        status: FileStatus::Modified,
        before,
        after,
        differences: fields
            .into_iter()
            .zip(verdicts)
            .map(|(f, (v, text))| planned(f, v, text))
            .collect(),
    })
}

fn planned(field: Field, verdict: Verdict, text: Option<String>) -> PlannedDifference {
    let d = field.difference;
    let identity = d.document.identity.as_ref();
    let after = match (text, d.after) {
        (Some(text), Some(crate::yaml::Value::Scalar { kind, .. })) => {
            Some(crate::yaml::Value::Scalar { text, kind })
        }
        (_, after) => after,
    };
    PlannedDifference {
        selector: field.selector,
        path: if d.path.is_empty() {
            String::new()
        } else {
            d.place.normalized()
        },
        shown: shown(&d.path),
        document: Some(Document {
            index: d.document.index,
            kind: identity.map(|i| i.kind.clone()),
            name: identity.map(|i| i.name.clone()).filter(|n| !n.is_empty()),
            namespace: identity.and_then(|i| i.namespace.clone()),
        }),
        op: d.op,
        before: d.before,
        after,
        version: d.version,
        relation: d.relation,
        verdict,
    }
}

/// A selector's path for people: `spec.containers[web].image`.
fn shown(path: &str) -> String {
    let text = path
        .strip_prefix("$.")
        .or_else(|| path.strip_prefix('$'))
        .unwrap_or(path);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("[?@") {
        out.push_str(&rest[..at]);
        let filter = &rest[at..];
        let close = closing(filter);
        let inner = &filter[3..close];
        out.push('[');
        out.push_str(&short_filter(inner));
        out.push(']');
        rest = &filter[(close + 1).min(filter.len())..];
    }
    out.push_str(rest);
    out
}

/// Where a filter's bracket closes, quotes respected.
fn closing(filter: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (i, c) in filter.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '\'' => quoted = !quoted,
            ']' if !quoted => return i,
            _ => {}
        }
    }
    filter.len()
}

fn short_filter(inner: &str) -> String {
    inner
        .split(" && ")
        .map(|part| {
            let value = part.split_once("==").map_or(part, |(_, v)| v);
            value.trim_matches('\'').to_owned()
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn whole(
    files: &Files<'_>,
    pair: &FilePair,
    chosen: super::selection::Chosen,
    request: &Request,
    is_new_application: bool,
    decided: &mut Decided,
) -> Result<FilePlan, EngineError> {
    let rule = files.rules.of(&pair.application, pair.path.as_str());
    let verdict = decide::decide_whole(pair, chosen, &rule, request.removals, is_new_application);
    let before = match pair.target {
        Some(target) => Some(Files::content(files.target, target)?),
        None => None,
    };
    let (op, status, relation) = match (pair.source, pair.target) {
        (Some(_), Some(_)) => (Op::Set, FileStatus::Modified, Relation::Unknown),
        (Some(_), None) => (Op::Add, FileStatus::Added, Relation::SourceOnly),
        (None, _) => (Op::Remove, FileStatus::Deleted, Relation::TargetOnly),
    };
    let after = match (verdict.is_promote(), pair.source) {
        (false, _) => before.clone(),
        (true, None) => None,
        (true, Some(source)) => {
            let (content, warning) = files.renamed(pair, Files::content(files.source, source)?);
            decided.warnings.extend(warning);
            Some(content)
        }
    };
    Ok(FilePlan {
        path: pair.path.clone(),
        source_path: pair.source_path.clone(),
        status,
        before,
        after,
        differences: vec![PlannedDifference {
            selector: pair.path.to_string(),
            path: String::new(),
            shown: String::new(),
            document: None,
            op,
            before: None,
            after: None,
            version: None,
            relation,
            verdict,
        }],
    })
}
