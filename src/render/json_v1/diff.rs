//! `git-promote/diff/v1`: what a promotion would do.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::lists::{Conflict, FileError, Hold, Warning};
use super::place::{Difference, FileStatus};
use crate::plan::{ApplicationPlan, FilePlan, Plan, PlannedDifference};

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
    /// The applications that differ, by name.
    #[serde(serialize_with = "applications")]
    #[schemars(with = "Vec<Application>")]
    pub applications: &'a [ApplicationPlan],
    /// Warnings, which do not prevent the promotion.
    pub warnings: Vec<Warning<'a>>,
    /// The findings of the guards; each holds the promotion unless allowed.
    pub holds: Vec<Hold<'a>>,
    /// Places that both sides changed; always empty in this version.
    pub conflicts: Vec<Conflict>,
    /// Files that could not be read.
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
    /// Every difference.
    #[serde(serialize_with = "differences")]
    #[schemars(with = "Vec<Difference>")]
    differences: &'a [PlannedDifference],
}

impl<'a> From<&'a Plan> for Diff<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self {
            schema: DIFF,
            from: &plan.hop().from.name,
            to: &plan.hop().to.name,
            source: plan.source().to_string(),
            target: plan.target().to_string(),
            applications: plan.applications(),
            warnings: (plan.clone_notices().iter().chain(plan.notices()))
                .map(Warning::from)
                .collect(),
            holds: plan.findings().iter().map(Hold::from).collect(),
            conflicts: Vec::new(),
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
            differences: &file.differences,
        }
    }))
}

fn differences<S: Serializer>(
    list: &&[PlannedDifference],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(list.iter().map(Difference::from))
}
