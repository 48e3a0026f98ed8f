//! Plans the content of each decided file.

use std::collections::BTreeMap;

use super::compare::{Commits, Field, OpenPair, load, shown, sides};
use super::decide::{DecidedBody, DecidedFile, Facts, WholeFile, has_keep_comment};
use crate::document::{self, Difference, FileContent, VersionField};
use crate::domain::{ApplicationName, FileMode, Naming, Op, Reason, Relation, Verdict};
use crate::inventory::{FileObject, FilePair};
use crate::plan::{Content, Document, FileFault, FilePlan, FileStatus, Notice, PlannedDifference};
use crate::port::{RepositoryError, Snapshot};
use crate::yaml::Place;

/// The planned files of each application, with warnings and faults.
#[derive(Default)]
pub(super) struct PlannedFiles {
    pub applications: BTreeMap<ApplicationName, Vec<FilePlan>>,
    pub notices: Vec<Notice>,
    pub faults: Vec<FileFault>,
}

/// Plans every decided file.
pub(super) fn plan_files(
    decided: Vec<DecidedFile>,
    commits: Commits<'_>,
    naming: &Naming,
) -> Result<PlannedFiles, RepositoryError> {
    let mut planner = Planner {
        commits,
        naming,
        planned: PlannedFiles::default(),
    };
    for DecidedFile { pair, body } in decided {
        let plan = match body {
            DecidedBody::Fault(fault) => {
                planner.planned.faults.push(fault);
                continue;
            }
            DecidedBody::Whole(file) => planner.plan_whole(&pair, &file)?,
            DecidedBody::Fields { fields, before } => planner.plan_edited(&pair, fields, before)?,
        };
        let applications = &mut planner.planned.applications;
        applications.entry(pair.application).or_default().push(plan);
    }
    Ok(planner.planned)
}

struct Planner<'a> {
    commits: Commits<'a>,
    naming: &'a Naming,
    planned: PlannedFiles,
}

impl Planner<'_> {
    /// Plans a file that both sides have: the target's text with the promoted fields in it.
    fn plan_edited(
        &mut self,
        pair: &FilePair,
        fields: Vec<(Field<Facts>, Verdict)>,
        bytes: Vec<u8>,
    ) -> Result<FilePlan, RepositoryError> {
        let promoted: Vec<&Difference> = fields
            .iter()
            .filter(|(_, verdict)| verdict.is_promote())
            .map(|(field, _)| &field.difference)
            .collect();
        let before = pair.target.map(|target| Content {
            mode: target.mode,
            bytes,
        });
        let mut after = before.clone();
        if !promoted.is_empty() {
            match self.merged(pair, &promoted)? {
                Ok(bytes) => {
                    if let Some(content) = &mut after {
                        content.bytes = bytes;
                    }
                }
                Err(message) => self.planned.faults.push(FileFault {
                    path: pair.path.to_string(),
                    line: None,
                    column: None,
                    message,
                    application: pair.application.clone(),
                    is_chosen: true,
                }),
            }
        }
        for (field, verdict) in &fields {
            let is_digest = field.difference.keys.last().is_some_and(|k| k == "digest");
            let stays = is_digest && !verdict.is_promote();
            let is_its_tag = |d: &&Difference| is_tag_beside(d, &field.difference);
            let has_tag = || promoted.iter().any(is_its_tag);
            if stays && has_tag() {
                self.planned.notices.push(Notice::DigestKept {
                    path: pair.path.clone(),
                    selector: field.selector.clone(),
                });
            }
            if let Some(shared) = field.difference.shared.as_deref()
                && verdict.is_promote()
                && !shared.follows.is_empty()
            {
                self.planned.notices.push(Notice::AnchorFollowed {
                    path: pair.path.clone(),
                    selector: field.selector.clone(),
                    anchor: shared.anchor.clone(),
                    places: shared.follows.iter().map(Place::normalized).collect(),
                });
            }
            if verdict.is_promote() && field.difference.relation == Relation::Ahead {
                self.planned.notices.push(Notice::Downgrade {
                    path: pair.path.clone(),
                    selector: field.selector.clone(),
                });
            }
        }
        Ok(FilePlan {
            path: pair.path.clone(),
            source_path: pair.source_path.clone(),
            source_mode: pair.source.map(|source| source.mode),
            status: FileStatus::Modified,
            before,
            after,
            differences: fields
                .into_iter()
                .map(|(field, verdict)| planned(field, verdict))
                .collect(),
        })
    }

    /// The target's text with the promoted fields in it, or why it cannot be edited.
    fn merged(
        &self,
        pair: &FilePair,
        promoted: &[&Difference],
    ) -> Result<Result<Vec<u8>, String>, RepositoryError> {
        let path = pair.path.as_str();
        let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
        let (Some(source), Some(target)) = (pair.source, pair.target) else {
            return Ok(Err("one side of the file is missing".to_owned()));
        };
        let source = load(self.commits.source, source, source_path)?;
        let target = load(self.commits.target, target, path)?;
        let (FileContent::Yaml(source), FileContent::Yaml(target)) = (source, target) else {
            return Ok(Err("the file is not YAML".to_owned()));
        };
        let open = OpenPair {
            pair,
            source: &source,
            target: &target,
        };
        Ok(document::merge(&sides(&open, self.naming), promoted)
            .map(String::into_bytes)
            .map_err(|error| with_causes(&error)))
    }

    /// Plans a file that only one side has, or that is promoted as a whole.
    fn plan_whole(
        &mut self,
        pair: &FilePair,
        file: &WholeFile,
    ) -> Result<FilePlan, RepositoryError> {
        let read = |snapshot, object: Option<FileObject>| {
            object.map(|object| content(snapshot, object)).transpose()
        };
        let before = read(self.commits.target, pair.target)?;
        let source = read(self.commits.source, pair.source)?;
        // A file that is promoted as a whole cannot keep a part.
        let is_kept = [&before, &source]
            .into_iter()
            .flatten()
            .any(has_keep_comment);
        let verdict = file.verdict(pair, is_kept);
        let (op, status, relation) = match (pair.source, pair.target) {
            (Some(_), Some(_)) => (Op::Set, FileStatus::Modified, Relation::Unknown),
            (Some(_), None) => (Op::Add, FileStatus::Added, Relation::SourceOnly),
            (None, _) => (Op::Remove, FileStatus::Deleted, Relation::TargetOnly),
        };
        if file.is_of_new_application() && verdict.reason == Reason::Submodule {
            self.planned.notices.push(Notice::SubmoduleKept {
                path: pair.path.clone(),
            });
        }
        let after = match (verdict.is_promote(), source) {
            (false, _) => before.clone(),
            (true, None) => None,
            (true, Some(source)) => Some(self.renamed(pair, source)),
        };
        if let (Some(before), Some(after)) = (&before, &after)
            && before.mode != after.mode
            && [before.mode, after.mode].into_iter().all(FileMode::is_file)
        {
            self.planned.notices.push(Notice::ModeChanged {
                path: pair.path.clone(),
                before: before.mode,
                after: after.mode,
            });
        }
        Ok(FilePlan {
            path: pair.path.clone(),
            source_path: pair.source_path.clone(),
            source_mode: pair.source.map(|source| source.mode),
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

    /// The content of a new file: the source's, with the same names replaced as in its path.
    fn renamed(&mut self, pair: &FilePair, content: Content) -> Content {
        let Ok(text) = std::str::from_utf8(&content.bytes) else {
            return content;
        };
        let renamed = self.naming.rename_with(text, &pair.renames);
        if self.naming.names_source_in_text(&renamed) {
            self.planned.notices.push(Notice::SourceNameInNewFile {
                path: pair.path.clone(),
                environment: self.naming.source().name.clone(),
            });
        }
        if renamed == text {
            return content;
        }
        Content {
            bytes: renamed.into_bytes(),
            ..content
        }
    }
}

fn content(snapshot: &dyn Snapshot, file: FileObject) -> Result<Content, RepositoryError> {
    let bytes = match file.mode {
        // Git shows a submodule the same way; its commit is in another repository.
        FileMode::Submodule => format!("Subproject commit {}\n", file.id).into_bytes(),
        FileMode::Directory => Vec::new(),
        _ => snapshot.read_blob(file.id)?,
    };
    Ok(Content {
        mode: file.mode,
        bytes,
    })
}

/// An error with its causes on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// Whether a difference is a tag in the same mapping as a digest.
fn is_tag_beside(tag: &Difference, digest: &Difference) -> bool {
    let mapping = |d: &Difference| d.place.parent().map(|(parent, _)| parent);
    tag.version == Some(VersionField::ImageTag) && mapping(tag) == mapping(digest)
}

fn planned(field: Field<Facts>, verdict: Verdict) -> PlannedDifference {
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
