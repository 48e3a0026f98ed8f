//! Plans the content of each decided file.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::compare::{Commits, Field, file_fault, parallel_map, read, read_pair};
use super::decide::{DecidedBody, DecidedFile, Facts, WholeFile, has_keep_comment};
use super::planned_difference::planned;
use super::secret_files::SecretFiles;
use crate::document::{Difference, FileContent, Unreadable, VersionField};
use crate::document::{is_manifest, parse_file, renamed_copy};
use crate::domain::{ApplicationName, FileMode, Naming, Op, Reason, Relation, RepoPath, Verdict};
use crate::inventory::{FileObject, FilePair};
use crate::plan::{Baseline, Content, FileFault, FilePlan, FileStatus, Notice, PlannedDifference};
use crate::port::{RepositoryError, Snapshot};
use crate::yaml::Place;

/// The planned files of each application, with warnings and faults.
#[derive(Default)]
pub(super) struct PlannedFiles {
    pub applications: BTreeMap<ApplicationName, Vec<FilePlan>>,
    pub baselines: Vec<Baseline>,
    pub notices: Vec<Notice>,
    pub faults: Vec<FileFault>,
}

/// Plans every decided file; of a `restored` one the source's text replaces the target's if all of its
/// differences are promoted. An application with a chosen file that cannot be read or edited is left out: it
/// is promoted as a whole or not at all. Unless the plan `is_shown`, secret files are not looked for.
pub(super) fn plan_files(
    decided: Vec<DecidedFile>,
    (commits, naming): (Commits<'_>, &Naming),
    restored: &BTreeSet<RepoPath>,
    is_shown: bool,
) -> Result<PlannedFiles, RepositoryError> {
    let mut planner = Planner {
        commits,
        naming,
        restored,
        secret_files: is_shown.then(|| SecretFiles::new(commits)),
        applications: BTreeMap::new(),
        notices: Vec::new(),
        faults: Vec::new(),
    };
    let merged = parallel_map(&decided, |file| planner.merged(file))?;
    for (DecidedFile { pair, body }, merged) in decided.into_iter().zip(merged) {
        let plan = match body {
            DecidedBody::Fault(fault) => {
                planner.faults.push(fault);
                continue;
            }
            DecidedBody::Whole(file) => planner.plan_whole(&pair, &file)?,
            DecidedBody::Fields { fields, before } => {
                planner.plan_edited(&pair, fields, before.text, merged)?
            }
        };
        let applications = &mut planner.applications;
        applications.entry(pair.application).or_default().push(plan);
    }
    Ok(planner.finish())
}

struct Planner<'a> {
    commits: Commits<'a>,
    naming: &'a Naming,
    restored: &'a BTreeSet<RepoPath>,
    secret_files: Option<SecretFiles<'a>>,
    applications: BTreeMap<ApplicationName, Vec<FilePlan>>,
    notices: Vec<(ApplicationName, Notice)>,
    faults: Vec<FileFault>,
}

impl Planner<'_> {
    /// Leaves out the applications with faults.
    fn finish(mut self) -> PlannedFiles {
        let chosen = self.faults.iter().filter(|fault| fault.is_chosen);
        let left_out: BTreeSet<&ApplicationName> = chosen.map(|f| &f.application).collect();
        for (name, files) in &mut self.applications {
            if left_out.contains(name) {
                files.iter_mut().for_each(leave_out);
            }
        }
        self.notices.retain(|(name, _)| !left_out.contains(name));
        PlannedFiles {
            applications: self.applications,
            baselines: Vec::new(),
            notices: self.notices.into_iter().map(|(_, notice)| notice).collect(),
            faults: self.faults,
        }
    }

    fn warn(&mut self, pair: &FilePair, notice: Notice) {
        self.notices.push((pair.application.clone(), notice));
    }

    /// Plans a file that both sides have; `merged` is its target's text with the promoted fields in it.
    fn plan_edited(
        &mut self,
        pair: &FilePair,
        fields: Vec<(Field<Facts>, Verdict)>,
        bytes: Vec<u8>,
        merged: Option<Result<Vec<u8>, String>>,
    ) -> Result<FilePlan, RepositoryError> {
        let promoted = promoted(&fields);
        let before = pair.target.map(|target| Content {
            mode: target.mode,
            bytes,
        });
        let mut after = before.clone();
        match merged {
            None if self.is_restored(pair, &fields) => match self.whole_contents(pair)? {
                Ok([source, _]) => after = source,
                Err(fault) => self.faults.push(fault),
            },
            None => {}
            Some(Ok(bytes)) => {
                if let Some(content) = &mut after {
                    content.bytes = bytes;
                }
            }
            Some(Err(message)) => {
                let unreadable = Unreadable {
                    line: None,
                    column: None,
                    message,
                };
                let fault = file_fault(pair.path.as_str(), unreadable, pair);
                self.faults.push(fault);
            }
        }
        let promoted_tags: HashSet<Place> = promoted
            .iter()
            .filter(|d| d.version == Some(VersionField::ImageTag))
            .filter_map(|d| Some(d.place.parent()?.0))
            .collect();
        for (field, verdict) in &fields {
            let is_digest = field.difference.keys.last().is_some_and(|k| k == "digest");
            // The guard `stale-pin` reports a digest that only the target has.
            let is_in_both = field.difference.op == Op::Set;
            let stays = is_digest && is_in_both && !verdict.is_promote();
            let mapping = || field.difference.place.parent();
            if stays && mapping().is_some_and(|(mapping, _)| promoted_tags.contains(&mapping)) {
                let notice = Notice::DigestKept {
                    path: pair.path.clone(),
                    selector: field.selector.clone(),
                };
                self.warn(pair, notice);
            }
            if let Some(shared) = field.difference.shared.as_deref()
                && verdict.is_promote()
                && !shared.follows.is_empty()
            {
                let notice = Notice::AnchorFollowed {
                    path: pair.path.clone(),
                    selector: field.selector.clone(),
                    anchor: shared.anchor.clone(),
                    places: shared.follows.iter().map(Place::normalized).collect(),
                };
                self.warn(pair, notice);
            }
        }
        let is_secret = self.is_secret(pair)?;
        Ok(FilePlan {
            path: pair.path.clone(),
            is_secret,
            source_path: pair.source_path.clone(),
            source_mode: pair.source.map(|source| source.mode),
            target_mode: pair.target.map(|target| target.mode),
            status: FileStatus::Modified,
            before,
            after,
            differences: fields
                .into_iter()
                .map(|(field, verdict)| planned(field, verdict, is_secret))
                .collect(),
        })
    }

    fn is_secret(&mut self, pair: &FilePair) -> Result<bool, RepositoryError> {
        match &mut self.secret_files {
            Some(secret_files) => secret_files.contain(pair),
            None => Ok(false),
        }
    }

    /// Whether the source's text replaces the target's.
    fn is_restored(&self, pair: &FilePair, fields: &[(Field<Facts>, Verdict)]) -> bool {
        promoted(fields).len() == fields.len() && self.restored.contains(&pair.path)
    }

    /// The target's text with the promoted fields in it, or why it cannot be edited; `None` if there are
    /// none, or if the source's text replaces it.
    fn merged(
        &self,
        file: &DecidedFile,
    ) -> Result<Option<Result<Vec<u8>, String>>, RepositoryError> {
        let DecidedBody::Fields { fields, before } = &file.body else {
            return Ok(None);
        };
        let pair = &file.pair;
        let promoted = promoted(fields);
        if promoted.is_empty() || self.is_restored(pair, fields) {
            return Ok(None);
        }
        let again = match &before.read {
            Some(_) => None,
            None => read_pair(pair, self.commits)?.ok(),
        };
        let Some(read) = before.read.as_ref().or(again.as_ref()) else {
            let message = "the file is not compared field by field";
            return Ok(Some(Err(message.to_owned())));
        };
        let merged = read.open(pair, None).merge(&promoted, self.naming);
        Ok(Some(merged.map(String::into_bytes)))
    }

    /// Plans a file that only one side has, or that is promoted as a whole. It is only read if it is
    /// promoted.
    fn plan_whole(
        &mut self,
        pair: &FilePair,
        file: &WholeFile,
    ) -> Result<FilePlan, RepositoryError> {
        let mut verdict = file.verdict(pair, false);
        let (mut before, mut after) = (None, None);
        if verdict.is_promote() {
            match self.whole_contents(pair)? {
                Ok([source, target]) => {
                    // A file that is promoted as a whole cannot keep a part.
                    let is_kept = [&target, &source]
                        .into_iter()
                        .flatten()
                        .any(has_keep_comment);
                    verdict = file.verdict(pair, is_kept);
                    after = match source {
                        _ if !verdict.is_promote() => target.clone(),
                        source => source.map(|source| self.renamed(pair, source)),
                    };
                    before = target;
                }
                // A new application does not need it, and no rule or selector names it.
                Err(_)
                    if verdict.reason == Reason::NewApplication
                        && !is_manifest(pair.path.as_str()) =>
                {
                    verdict = Verdict::keep(Reason::NotYaml);
                }
                Err(fault) => self.faults.push(fault),
            }
        }
        let (op, status, relation) = match (pair.source, pair.target) {
            (Some(_), Some(_)) => (Op::Set, FileStatus::Modified, Relation::Unknown),
            (Some(_), None) => (Op::Add, FileStatus::Added, Relation::SourceOnly),
            (None, _) => (Op::Remove, FileStatus::Deleted, Relation::TargetOnly),
        };
        if file.is_of_new_application() && verdict.reason == Reason::Submodule {
            let path = pair.path.clone();
            self.warn(pair, Notice::SubmoduleKept { path });
        }
        if let (Some(before), Some(after)) = (&before, &after)
            && before.mode != after.mode
            && [before.mode, after.mode].into_iter().all(FileMode::is_file)
        {
            let notice = Notice::ModeChanged {
                path: pair.path.clone(),
                before: before.mode,
                after: after.mode,
            };
            self.warn(pair, notice);
        }
        let is_secret = self.is_secret(pair)?;
        Ok(FilePlan {
            path: pair.path.clone(),
            is_secret,
            source_path: pair.source_path.clone(),
            source_mode: pair.source.map(|source| source.mode),
            target_mode: pair.target.map(|target| target.mode),
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
                base: None,
                version: None,
                changes_old_type: false,
                secret: None,
                relation,
                undone_by: None,
                versions_between: None,
                changed_by: Vec::new(),
                verdict,
            }],
        })
    }

    /// The contents of source and target, or why one of them cannot be promoted.
    fn whole_contents(
        &self,
        pair: &FilePair,
    ) -> Result<Result<[Option<Content>; 2], FileFault>, RepositoryError> {
        let path = pair.path.as_str();
        let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
        let sides = [
            (self.commits.source, pair.source, source_path),
            (self.commits.target, pair.target, path),
        ];
        let mut contents = [None, None];
        for (content, (snapshot, object, path)) in contents.iter_mut().zip(sides) {
            let Some(object) = object else { continue };
            match whole_content(snapshot, object, path)? {
                Ok(found) => *content = Some(found),
                Err(unreadable) => return Ok(Err(file_fault(path, unreadable, pair))),
            }
        }
        Ok(Ok(contents))
    }

    /// The content of a new file: the source's, with the same names replaced as in its path.
    fn renamed(&self, pair: &FilePair, content: Content) -> Content {
        let Ok(text) = std::str::from_utf8(&content.bytes) else {
            return content;
        };
        let renamed = renamed_copy(text, self.naming, &pair.renames);
        if renamed == text {
            return content;
        }
        Content {
            bytes: renamed.into_bytes(),
            ..content
        }
    }
}

/// The differences that are promoted.
fn promoted(fields: &[(Field<Facts>, Verdict)]) -> Vec<&Difference> {
    let promoted = fields.iter().filter(|(_, verdict)| verdict.is_promote());
    promoted.map(|(field, _)| &field.difference).collect()
}

/// Keeps everything of a file.
fn leave_out(file: &mut FilePlan) {
    file.after.clone_from(&file.before);
    for difference in &mut file.differences {
        if difference.verdict.is_promote() {
            difference.verdict = Verdict::keep(Reason::ApplicationLeftOut);
        }
    }
}

/// The content of a file that is promoted as a whole, or why it cannot be.
fn whole_content(
    snapshot: &dyn Snapshot,
    file: FileObject,
    path: &str,
) -> Result<Result<Content, Unreadable>, RepositoryError> {
    let bytes = match file.mode {
        // Git shows a submodule the same way; its commit is in another repository.
        FileMode::Submodule => format!("Subproject commit {}\n", file.id).into_bytes(),
        FileMode::Directory => Vec::new(),
        _ => match read(snapshot, file)? {
            Ok(bytes) => bytes,
            Err(unreadable) => return Ok(Err(unreadable)),
        },
    };
    if file.mode.is_file()
        && let FileContent::Unreadable(unreadable) = parse_file(path, bytes.clone())
    {
        return Ok(Err(unreadable));
    }
    let mode = file.mode;
    Ok(Ok(Content { mode, bytes }))
}
