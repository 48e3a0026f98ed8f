//! `git-promote/diff/v1`: what a promotion would do.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::baseline::Baseline;
use super::lists::{self, Conflict, FileError, Hold, Warning};
use super::place::{Difference, FileStatus};
use super::rendered::Rendered;
use crate::domain::FileMode;
use crate::plan::{ApplicationPlan, Content, FilePlan, Plan, PlannedDifference};

/// The name of this format.
pub const DIFF: &str = "git-promote/diff/v1";

/// What a promotion would do, with every difference, including the kept ones.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote diff, version 1")]
pub struct Diff<'a> {
    /// `git-promote/diff/v1`.
    #[schemars(extend("const" = DIFF))]
    pub schema: &'static str,
    /// The source environment.
    pub from: &'a str,
    /// The target environment.
    pub to: &'a str,
    /// The commit whose source files were read.
    pub source: String,
    /// The commit whose target files were read, the parent of the promotion's commit.
    pub target: String,
    /// The commit message, byte for byte, before any hold is lifted; null if there is nothing to promote.
    pub commit_message: Option<String>,
    /// The applications that differ, by name.
    #[serde(serialize_with = "applications")]
    #[schemars(with = "Vec<Application>")]
    pub applications: &'a [ApplicationPlan],
    /// What the source was when each application was last promoted, where that can matter.
    pub baselines: Vec<Baseline<'a>>,
    /// What changes in the rendered manifests; null without `--rendered`.
    pub rendered: Option<Rendered<'a>>,
    /// Warnings, which do not prevent the promotion.
    pub warnings: Vec<Warning<'a>>,
    /// The findings of the guards; each holds the promotion unless allowed.
    pub holds: Vec<Hold<'a>>,
    /// Places that both sides changed; always empty in this version.
    pub conflicts: Vec<Conflict>,
    /// Files that could not be read or edited.
    pub errors: Vec<FileError<'a>>,
}

/// One application.
#[derive(Serialize, JsonSchema, Debug)]
struct Application<'a> {
    /// Its name.
    name: &'a str,
    /// The version change, if a single one describes the application.
    version: Option<Version<'a>>,
    /// Its files that differ, ordered by path.
    #[serde(serialize_with = "files")]
    #[schemars(with = "Vec<File>")]
    files: &'a [FilePlan],
}

/// A version before and after.
#[derive(Serialize, JsonSchema, Debug)]
struct Version<'a> {
    /// The target's version now.
    before: Option<&'a str>,
    /// The target's version afterwards.
    after: Option<&'a str>,
}

/// One file.
#[derive(Serialize, JsonSchema, Debug)]
struct File<'a> {
    /// The target's path.
    path: &'a str,
    /// The source's path, unless only the target has the file.
    source_path: Option<&'a str>,
    /// Which side has the file.
    status: FileStatus,
    /// The mode of the source's file, as Git prints it; null if only the target has the file.
    source_mode: Option<&'static str>,
    /// The mode of the target's file.
    mode: Mode,
    /// Where the target's file points, if it is or would be a symbolic link (mode `120000`).
    link: Option<Link<'a>>,
    /// Every difference.
    #[serde(serialize_with = "differences")]
    #[schemars(with = "Vec<Difference>")]
    differences: &'a [PlannedDifference],
}

/// A mode before and after, as Git prints it: `100644`, `100755` (executable), `120000` (symbolic
/// link) or `160000` (submodule).
#[derive(Serialize, JsonSchema, Debug)]
struct Mode {
    /// The mode now; null if the target does not have the file.
    before: Option<&'static str>,
    /// The mode afterwards; null if the target does not have the file then.
    after: Option<&'static str>,
}

/// Where a symbolic link points before and after.
#[derive(Serialize, JsonSchema, Debug)]
struct Link<'a> {
    /// Where it points now; null if it is not a link.
    before: Option<Cow<'a, str>>,
    /// Where it points afterwards; null if it is not a link then.
    after: Option<Cow<'a, str>>,
}

impl<'a> From<&'a Plan> for Diff<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self {
            schema: DIFF,
            from: &plan.hop().from.name,
            to: &plan.hop().to.name,
            source: plan.source().to_string(),
            target: plan.target().to_string(),
            commit_message: (!plan.is_empty()).then(|| plan.commit_message(&[])),
            applications: plan.applications(),
            baselines: Baseline::all(plan),
            rendered: plan.rendered().map(Rendered::from),
            warnings: lists::warnings(plan),
            holds: lists::holds(plan.findings()),
            conflicts: Conflict::all(plan),
            errors: plan.faults().iter().map(FileError::from).collect(),
        }
    }
}

// Serde's `serialize_with` passes a reference to the field, hence `&&[...]`.
fn applications<S: Serializer>(
    list: &&[ApplicationPlan],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.iter().map(|application| Application {
        name: &application.name.0,
        version: application.version.as_ref().map(|v| Version {
            before: v.before.as_deref(),
            after: v.after.as_deref(),
        }),
        files: &application.files,
    }))
}

fn files<S: Serializer>(list: &&[FilePlan], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.iter().map(|file| {
        File {
            path: file.path.as_str(),
            source_path: file
                .source_path
                .as_ref()
                .map(crate::domain::RepoPath::as_str),
            status: file.status.into(),
            source_mode: file.source_mode.map(FileMode::digits),
            mode: Mode {
                before: file.target_mode.map(FileMode::digits),
                after: file.mode_after().map(FileMode::digits),
            },
            link: link(file),
            differences: &file.differences,
        }
    }))
}

fn link(file: &FilePlan) -> Option<Link<'_>> {
    let link = Link {
        before: file.before.as_ref().and_then(Content::link),
        after: file.after.as_ref().and_then(Content::link),
    };
    (link.before.is_some() || link.after.is_some()).then_some(link)
}

fn differences<S: Serializer>(
    list: &&[PlannedDifference],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.iter().map(Difference::from))
}
