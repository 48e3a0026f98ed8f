//! What a plan says about one application and its files.

use crate::document::Value;
use crate::document::VersionField;
use crate::domain::{ApplicationName, FileMode, Op, Relation, RepoPath, Verdict};

/// One application's part of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApplicationPlan {
    /// Its name.
    pub name: ApplicationName,
    /// The version that moves, when one version tells it all.
    pub version: Option<VersionChange>,
    /// Its files that differ, in the order of their paths.
    pub files: Vec<FilePlan>,
}

/// A version before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VersionChange {
    /// The target's version now.
    pub before: Option<String>,
    /// The target's version afterwards.
    pub after: Option<String>,
}

/// What promoting everything that is promoted does to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FileStatus {
    /// Both have the file.
    Modified,
    /// Only the source has it.
    Added,
    /// Only the target has it.
    Deleted,
}

/// A file's bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content {
    /// Ordinary, executable or a link.
    pub mode: FileMode,
    /// All bytes.
    pub bytes: Vec<u8>,
}

/// One file of source and target, with its differences.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FilePlan {
    /// The target's path.
    pub path: RepoPath,
    /// The source's path, unless only the target has the file.
    pub source_path: Option<RepoPath>,
    /// Whether both have it.
    pub status: FileStatus,
    /// The target's content now.
    pub before: Option<Content>,
    /// The target's content afterwards; equal to `before` when nothing is promoted.
    pub after: Option<Content>,
    /// Every difference, kept ones too.
    pub differences: Vec<PlannedDifference>,
}

impl FilePlan {
    /// Whether the plan changes the file.
    pub fn is_changed(&self) -> bool {
        let bytes = |c: &Option<Content>| c.as_ref().map(|c| (c.mode, c.bytes.clone()));
        match (&self.before, &self.after) {
            (Some(b), Some(a)) => b.mode != a.mode || b.bytes != a.bytes,
            _ => bytes(&self.before) != bytes(&self.after),
        }
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

/// Which document of a file a difference is in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// 0-based.
    pub index: usize,
    /// The kind, where it has one.
    pub kind: Option<String>,
    /// `metadata.name`, where it has one.
    pub name: Option<String>,
    /// `metadata.namespace`, where it has one.
    pub namespace: Option<String>,
}

/// One difference with its decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedDifference {
    /// `FILE[#DOCUMENT][:PATH]`, unique in the plan.
    pub selector: String,
    /// The place as an RFC 9535 normalized path; empty for a whole file or document.
    pub path: String,
    /// The place for people: keys joined by dots, list items by their key.
    pub shown: String,
    /// The document; `None` for a whole file.
    pub document: Option<Document>,
    /// What promoting does.
    pub op: Op,
    /// The target's value.
    pub before: Option<Value>,
    /// What would be written.
    pub after: Option<Value>,
    /// What version the place carries.
    pub version: Option<VersionField>,
    /// Why the sides differ.
    pub relation: Relation,
    /// Promote or keep, and why.
    pub verdict: Verdict,
}

impl PlannedDifference {
    /// Whether it is a whole file that is new, gone, or not compared by its fields.
    pub fn is_whole_file(&self) -> bool {
        self.document.is_none()
    }
}

/// A file that could not be read or edited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileFault {
    /// The file: source's or target's, whichever is at fault.
    pub path: String,
    /// 1-based, where known.
    pub line: Option<usize>,
    /// 1-based, in characters, where known.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// The application whose promotion it stops.
    pub application: ApplicationName,
    /// Whether it is among what was chosen, so that nothing is applied.
    pub is_chosen: bool,
}
