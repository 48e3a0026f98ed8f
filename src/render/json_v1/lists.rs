//! The lists next to the differences: warnings, holds, conflicts, errors.

use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::GUARDS;
use crate::plan;
use crate::render::notice;

/// A warning, which does not prevent the promotion.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Warning<'a> {
    /// The target's file that it is about, if any.
    pub path: Option<&'a str>,
    /// The warning.
    pub message: String,
}

/// A guard's finding that holds the promotion unless allowed.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Hold<'a> {
    /// The guard's name, as `--allow` takes it.
    #[schemars(extend("enum" = guard_names()))]
    pub guard: &'static str,
    /// The difference.
    pub selector: &'a str,
    /// What the guard found.
    pub message: &'a str,
}

/// A difference that was selected and cannot be promoted.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Conflict {
    /// The difference.
    pub selector: String,
    /// Why it is kept.
    pub message: String,
}

impl From<plan::Conflict> for Conflict {
    fn from(conflict: plan::Conflict) -> Self {
        Self {
            selector: conflict.selector,
            message: conflict.message,
        }
    }
}

/// A file that could not be read or edited.
#[derive(Serialize, JsonSchema, Debug)]
pub struct FileError<'a> {
    /// The file.
    pub path: &'a str,
    /// The line from 1, if known.
    pub line: Option<usize>,
    /// The column from 1, in characters, if known.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: &'a str,
    /// The application that has the file.
    pub application: &'a str,
    /// Whether the application is left out because of it; false if the file was not selected.
    pub left_out: bool,
}

fn guard_names() -> Vec<&'static str> {
    GUARDS.iter().map(|guard| guard.name.as_str()).collect()
}

impl<'a> From<&'a plan::Notice> for Warning<'a> {
    fn from(notice: &'a plan::Notice) -> Self {
        Self {
            path: notice::path(notice),
            message: notice::message(notice),
        }
    }
}

impl<'a> From<&'a plan::Finding> for Hold<'a> {
    fn from(finding: &'a plan::Finding) -> Self {
        Self {
            guard: finding.guard.as_str(),
            selector: &finding.selector,
            message: &finding.message,
        }
    }
}

impl<'a> From<&'a plan::FileFault> for FileError<'a> {
    fn from(fault: &'a plan::FileFault) -> Self {
        Self {
            path: &fault.path,
            line: fault.line,
            column: fault.column,
            message: &fault.message,
            application: &fault.application.0,
            left_out: fault.is_chosen,
        }
    }
}
