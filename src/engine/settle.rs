//! Deciding every difference, and editing the files that change.

use std::collections::BTreeMap;

use super::EngineError;
use super::decide;
use super::files::{Body, Compared, ComparedFile, Field, Files};
use super::pair::FilePair;
use super::request::Request;
use super::selection::{Matches, Settled};
use super::shown::shown;
use super::version;
use crate::domain::{ApplicationName, Op, Relation, Verdict};
use crate::manifest::{Promotion, VersionPairs};
use crate::plan::{
    ApplicationPlan, Content, Document, FileFault, FilePlan, FileStatus, PlannedDifference, Warning,
};

/// Everything decided.
pub(super) struct Decided {
    pub applications: Vec<ApplicationPlan>,
    pub warnings: Vec<Warning>,
    pub faults: Vec<FileFault>,
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
            let is_left_out = selection.except.iter().any(|c| c.matches_file(path));
            let is_named = selection.only.iter().any(|c| c.is_about(path));
            !is_left_out && (selection.only.is_empty() || is_named)
        };
        let chosen_faults: Vec<bool> = compared
            .iter()
            .map(|f| matches!(&f.body, Body::Fault { .. }) && is_chosen_fault(f.pair.path.as_str()))
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
                Body::Fault { mut fault, .. } => {
                    fault.is_chosen = is_chosen;
                    decided.faults.push(fault);
                    continue;
                }
                Body::Whole { matches } => {
                    let is_new = !present.contains(&application);
                    let chosen = settled.chosen(file.pair.path.as_str(), &matches);
                    whole(files, &file.pair, chosen, request, is_new, &mut decided)?
                }
                Body::Fields { fields, before } => {
                    modified(files, &file.pair, (fields, before), verdicts, &mut decided)?
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
        Body::Fields { fields, .. } => fields
            .iter()
            .map(|f| (f.selector.as_str(), &f.facts.matches))
            .collect(),
        Body::Whole { matches } | Body::Fault { matches, .. } => {
            vec![(file.pair.path.as_str(), matches)]
        }
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
            let Body::Fields { fields, .. } = &file.body else {
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
        let Body::Fields { fields, .. } = &file.body else {
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
    (fields, bytes): (Vec<Field>, Vec<u8>),
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
    let before = pair.target.map(|target| Content {
        mode: target.mode,
        blob: Some(target.id),
        bytes,
    });
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
