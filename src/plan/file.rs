//! One application's part of a plan, with its files and differences.

use std::borrow::Cow;

use crate::document::{
    Kind, SecretPart, Value, VersionField, masked_texts, masked_whole, version_of,
};
use crate::domain::{ApplicationName, CommitId, FileMode, Op, Reason, Relation, RepoPath, Verdict};

/// One application's part of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApplicationPlan {
    /// Its name.
    pub name: ApplicationName,
    /// The change of the application's version, if a single version changes.
    pub version: Option<VersionChange>,
    /// Its files that differ, in the order of their paths.
    pub files: Vec<FilePlan>,
}

impl ApplicationPlan {
    /// The promoted differences of all its files.
    pub fn promoted(&self) -> impl Iterator<Item = &PlannedDifference> {
        self.files.iter().flat_map(FilePlan::promoted)
    }

    /// Whether a file of it is changed.
    pub fn is_changed(&self) -> bool {
        self.files.iter().any(FilePlan::is_changed)
    }

    /// The differences that both sides changed and that were decided for the target.
    pub fn decided(&self) -> impl Iterator<Item = &PlannedDifference> {
        let differences = self.files.iter().flat_map(|file| &file.differences);
        differences.filter(|d| d.verdict == Verdict::keep(Reason::Taken))
    }
}

/// A version before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VersionChange {
    /// The target's version now.
    pub before: Option<String>,
    /// The target's version afterwards.
    pub after: Option<String>,
}

/// What promoting all of a file's differences would do to the target's file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileStatus {
    /// Change it: both sides have the file.
    Modified,
    /// Add it: only the source has the file.
    Added,
    /// Delete it: only the target has the file.
    Deleted,
}

/// A file's content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content {
    /// Its mode: regular, executable or a link.
    pub mode: FileMode,
    /// Its bytes; of a link, the path that it points to.
    pub bytes: Vec<u8>,
}

impl Content {
    /// Where a symbolic link points; `None` for anything else.
    pub fn link(&self) -> Option<Cow<'_, str>> {
        (self.mode == FileMode::Symlink).then(|| String::from_utf8_lossy(&self.bytes))
    }
}

/// One file of source and target, with its differences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilePlan {
    /// The target's path.
    pub path: RepoPath,
    /// Whether all of its content is the data of a secret.
    pub is_secret: bool,
    /// The source's path, unless only the target has the file.
    pub source_path: Option<RepoPath>,
    /// The mode of the source's file, unless only the target has the file.
    pub source_mode: Option<FileMode>,
    /// The mode of the target's file now, unless only the source has the file.
    pub target_mode: Option<FileMode>,
    /// Which sides have it.
    pub status: FileStatus,
    /// The target's content now; `None` also for a file that moves as a whole and is kept.
    pub before: Option<Content>,
    /// The target's content afterwards; equal to `before` if nothing is promoted.
    pub after: Option<Content>,
    /// Every difference, promoted or kept.
    pub differences: Vec<PlannedDifference>,
}

impl FilePlan {
    /// The mode of the target's file afterwards.
    pub fn mode_after(&self) -> Option<FileMode> {
        if self.is_changed() {
            self.after.as_ref().map(|content| content.mode)
        } else {
            self.target_mode
        }
    }

    /// The text before and after, with the data of secrets masked; `None` if one is not UTF-8.
    pub fn shown_texts(&self) -> Option<[Cow<'_, str>; 2]> {
        let bytes = [&self.before, &self.after]
            .map(|content| content.as_ref().map_or(&[][..], |content| &content.bytes));
        let [before, after] = bytes.map(std::str::from_utf8);
        let (before, after) = (before.ok()?, after.ok()?);
        let texts = [before, after];
        Some(if self.is_secret {
            masked_whole(texts)
        } else {
            masked_texts(self.path.as_str(), texts)
        })
    }

    /// Whether the plan changes the file.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }

    /// The differences that are promoted.
    pub fn promoted(&self) -> impl Iterator<Item = &PlannedDifference> {
        self.differences.iter().filter(|d| d.verdict.is_promote())
    }

    /// The differences that are kept.
    pub fn kept(&self) -> impl Iterator<Item = &PlannedDifference> {
        self.differences.iter().filter(|d| !d.verdict.is_promote())
    }
}

/// A document of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// Its 0-based position in the file.
    pub index: usize,
    /// Its kind, if it has one.
    pub kind: Option<String>,
    /// Its `metadata.name`, if it has one.
    pub name: Option<String>,
    /// Its `metadata.namespace`, if it has one.
    pub namespace: Option<String>,
}

/// One difference with its decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedDifference {
    /// `FILE[#DOCUMENT][:PATH]`, unique in the plan.
    pub selector: String,
    /// The place as an RFC 9535 normalized path; empty for a whole file or document.
    pub path: String,
    /// The place in readable form: keys joined by dots, list items by their key.
    pub shown: String,
    /// The document; `None` for a whole file.
    pub document: Option<Document>,
    /// What promoting it does.
    pub op: Op,
    /// The target's value.
    pub before: Option<Value>,
    /// The value that promoting writes.
    pub after: Option<Value>,
    /// The base's value, where both sides were compared with an older state of the source.
    pub base: Option<Value>,
    /// The kind of version at the place, if it is one.
    pub version: Option<VersionField>,
    /// Whether the type that readers of YAML 1.1 give to the value changes.
    pub changes_old_type: bool,
    /// What the place is to the secret that it belongs to, if it does.
    pub secret: Option<SecretPart>,
    /// Why the sides differ.
    pub relation: Relation,
    /// How many versions the newer side had between those of the two, if the history shows it.
    pub versions_between: Option<usize>,
    /// The commit that undid the same change.
    pub undone_by: Option<CommitId>,
    /// The source's commits that changed it since the last promotion, newest first.
    pub changed_by: Vec<CommitId>,
    /// Promote or keep, and why.
    pub verdict: Verdict,
}

impl PlannedDifference {
    /// The version before and after, if a version changes; empty texts for nothing.
    pub fn version_change(&self) -> Option<(&str, &str)> {
        let field = self.version?;
        Some((
            version_in(field, self.before.as_ref()?)?,
            version_in(field, self.after.as_ref()?)?,
        ))
    }

    /// The place and the change of the version there: `image.tag 1.3.0 -> 1.2.3`.
    pub fn shown_change(&self) -> String {
        match self.version_change() {
            Some((before, after)) if before != after => {
                format!("{} {} -> {}", self.shown, or_empty(before), or_empty(after))
            }
            _ => self.shown.clone(),
        }
    }

    /// Whether it stops the promotion: its exact selector selected it although another place must not
    /// change, or both sides changed it.
    pub fn is_conflict(&self) -> bool {
        let is_selected = |reason: &Reason| {
            matches!(
                reason,
                Reason::SharedAnchor {
                    was_selected: true,
                    ..
                } | Reason::TemplateExpression { was_selected: true }
                    | Reason::ChangedInBoth { is_conflict: true }
            )
        };
        !self.verdict.is_promote() && is_selected(&self.verdict.reason)
    }

    /// Whether the data of a secret is masked in its values.
    pub fn is_masked(&self) -> bool {
        matches!(self.secret, Some(SecretPart::Data | SecretPart::Container))
    }

    /// Whether it is a whole file: added, deleted, or not compared field by field.
    pub fn is_whole_file(&self) -> bool {
        self.document.is_none()
    }
}

/// The version in a value of a field; an empty text for null.
fn version_in(field: VersionField, value: &Value) -> Option<&str> {
    match value {
        Value::Scalar {
            kind: Kind::Null, ..
        } => Some(""),
        Value::Scalar { text, .. } => Some(version_of(field, text)),
        _ => None,
    }
}

fn or_empty(version: &str) -> &str {
    if version.is_empty() {
        "(empty)"
    } else {
        version
    }
}

/// A file that could not be read or edited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileFault {
    /// The source's or the target's file, whichever has the fault.
    pub path: String,
    /// The 1-based line, if known.
    pub line: Option<usize>,
    /// The 1-based column in characters, if known.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// The application that has the file.
    pub application: ApplicationName,
    /// Whether the file was chosen; then its application is left out.
    pub is_chosen: bool,
}
