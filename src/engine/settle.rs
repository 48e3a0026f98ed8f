//! Deciding every difference, and editing the files that change.

use std::collections::BTreeMap;

use super::EngineError;
use super::decide;
use super::files::{Body, Compared, ComparedFile, Field, Files};
use super::load;
use super::pair::FilePair;
use super::request::Request;
use super::selection::{Choice, Matches, Settled};
use super::shown::shown;
use super::version;
use crate::document::{Difference, Promotion, VersionField, VersionPairs};
use crate::domain::{ApplicationName, Op, Reason, Relation, Verdict};
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
    /// Decides every difference, and edits the files that change; `is_place` as for
    /// [`Selection::settle`](super::selection::Selection::settle).
    pub(super) fn decide(
        self,
        files: &Files<'_>,
        request: &Request,
        is_place: &dyn Fn(&Choice) -> Result<bool, EngineError>,
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
            selection.settle(std::iter::empty(), is_place)?
        } else {
            let all: Vec<(&str, &Matches)> = compared.iter().flat_map(selectors).collect();
            selection.settle(all.iter().copied(), is_place)?
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

fn verdicts(compared: &[ComparedFile], settled: &Settled, request: &Request) -> Vec<Vec<Verdict>> {
    let mut all: Vec<Vec<Verdict>> = compared
        .iter()
        .map(|file| {
            let verdict = |field: &Field| {
                let chosen = settled.chosen(&field.selector, &field.facts.matches);
                decide::decide(&field.difference, &field.facts, chosen, request.removals)
            };
            fields(file).iter().map(verdict).collect()
        })
        .collect();
    for (file, verdicts) in compared.iter().zip(&mut all) {
        keep_lonely_names(fields(file), verdicts);
    }
    let mut pairs = VersionPairs::default();
    for (file, verdicts) in compared.iter().zip(&all) {
        for (field, verdict) in fields(file).iter().zip(verdicts) {
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
        for (field, verdict) in fields(file).iter().zip(verdicts) {
            if decide::moves_along(&field.difference, verdict, &field.facts, &pairs) {
                *verdict = Verdict::promote(Reason::MovesAlong);
            }
        }
    }
    all
}

/// An image's new name stays where its version stays.
fn keep_lonely_names(fields: &[Field], verdicts: &mut [Verdict]) {
    let lonely: Vec<usize> = (0..fields.len())
        .filter(|i| {
            let is_name = fields[*i].difference.version == Some(VersionField::ImageName);
            let by_template = matches!(verdicts[*i].reason, Reason::Template(_));
            let promoted = || {
                let all = fields.iter().zip(&*verdicts);
                all.filter(|(_, v)| v.is_promote())
                    .map(|(f, _)| &f.difference)
            };
            is_name && by_template && !decide::has_company(&fields[*i].difference, promoted())
        })
        .collect();
    for i in lonely {
        verdicts[i] = Verdict::keep(Reason::NotVersion);
    }
}

fn fields(file: &ComparedFile) -> &[Field] {
    match &file.body {
        Body::Fields { fields, .. } => fields,
        _ => &[],
    }
}

fn modified(
    files: &Files<'_>,
    pair: &FilePair,
    (fields, bytes): (Vec<Field>, Vec<u8>),
    verdicts: Vec<Verdict>,
    decided: &mut Decided,
) -> Result<FilePlan, EngineError> {
    let promotions: Vec<Promotion<'_>> = fields
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_promote())
        .map(|(field, _)| Promotion {
            difference: &field.difference,
        })
        .collect();
    let before = pair.target.map(|target| Content {
        mode: target.mode,
        bytes,
    });
    let mut after = before.clone();
    if !promotions.is_empty() {
        match files.merged(pair, &promotions)? {
            Ok(bytes) => {
                if let Some(content) = &mut after {
                    content.bytes = bytes;
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
    for (field, verdict) in fields.iter().zip(&verdicts) {
        let is_digest = field.difference.keys.last().is_some_and(|k| k == "digest");
        let stays = is_digest && !verdict.is_promote();
        if stays
            && promotions
                .iter()
                .any(|p| is_tag_beside(p.difference, &field.difference))
        {
            decided.warnings.push(Warning {
                path: Some(pair.path.to_string()),
                message: format!("the tag moves, but `{}` stays", field.selector),
            });
        }
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
            .map(|(field, verdict)| planned(field, verdict))
            .collect(),
    })
}

/// Whether a tag stands in the same mapping as a digest.
fn is_tag_beside(tag: &Difference, digest: &Difference) -> bool {
    let holder = |d: &Difference| d.place.parent().map(|(parent, _)| parent);
    tag.version == Some(VersionField::ImageTag) && holder(tag) == holder(digest)
}

fn planned(field: Field, verdict: Verdict) -> PlannedDifference {
    let d = field.difference;
    let identity = d.document.identity.as_ref();
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
        after: d.after,
        version: d.version,
        relation: d.relation,
        verdict,
    }
}

/// A file that only one side has, or that moves whole.
fn whole(
    files: &Files<'_>,
    pair: &FilePair,
    chosen: super::selection::Chosen,
    request: &Request,
    is_new_application: bool,
    decided: &mut Decided,
) -> Result<FilePlan, EngineError> {
    let rule = files.rules.of(&pair.application, pair.path.as_str());
    let before = match pair.target {
        Some(target) => Some(Files::content(files.target, target)?),
        None => None,
    };
    let source = match pair.source {
        Some(source) => Some(Files::content(files.source, source)?),
        None => None,
    };
    // A file that moves whole cannot leave a part behind.
    let is_kept = [&before, &source]
        .into_iter()
        .flatten()
        .any(load::says_keep);
    let verdict = decide::decide_whole(
        pair,
        chosen,
        &rule,
        request.removals,
        is_new_application,
        is_kept,
    );
    let (op, status, relation) = match (pair.source, pair.target) {
        (Some(_), Some(_)) => (Op::Set, FileStatus::Modified, Relation::Unknown),
        (Some(_), None) => (Op::Add, FileStatus::Added, Relation::SourceOnly),
        (None, _) => (Op::Remove, FileStatus::Deleted, Relation::TargetOnly),
    };
    if is_new_application && verdict.reason == Reason::Submodule {
        decided.warnings.push(Warning {
            path: Some(pair.path.to_string()),
            message:
                "the submodule is not promoted; add it by hand if the new application needs it"
                    .to_owned(),
        });
    }
    let after = match (verdict.is_promote(), source) {
        (false, _) => before.clone(),
        (true, None) => None,
        (true, Some(source)) => {
            let (content, warning) = files.renamed(pair, source);
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
