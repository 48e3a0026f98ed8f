//! The lists next to the differences: warnings, holds, conflicts, errors.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use super::place::json;
use crate::domain::{GuardName, Severity};
use crate::plan::{self, Plan, Reverted};
use crate::render::conflict;
use crate::render::notice;

/// A warning, which does not prevent the promotion.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Warning<'a> {
    /// The target's file that it is about, if any.
    pub path: Option<&'a str>,
    /// The warning.
    pub message: String,
    /// The guard that found it, if one did.
    #[schemars(extend("enum" = guard_names_or_null()))]
    pub guard: Option<&'static str>,
    /// The difference, if a guard found it; empty for a command.
    pub selector: Option<&'a str>,
    /// The command that failed, if it is about one.
    pub command: Option<FailedCommand<'a>>,
}

/// A guard's finding that holds the promotion unless allowed.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Hold<'a> {
    /// The guard's name, as `--allow` takes it.
    #[schemars(extend("enum" = guard_names()))]
    pub guard: &'static str,
    /// The difference; empty for a command.
    pub selector: &'a str,
    /// What the guard found.
    pub message: &'a str,
    /// Whether `--allow` can lift it; false if a policy forbids that.
    pub can_be_lifted: bool,
    /// The command that failed, if it is about one.
    pub command: Option<FailedCommand<'a>>,
}

/// A command that failed on the planned files.
#[derive(Serialize, JsonSchema, Debug)]
pub struct FailedCommand<'a> {
    /// The command.
    pub command: &'a str,
    /// Its exit code; null if it was killed.
    pub exit_code: Option<i32>,
    /// The last lines that it printed.
    pub output: &'a str,
}

impl<'a> From<&'a plan::FailedCommand> for FailedCommand<'a> {
    fn from(failed: &'a plan::FailedCommand) -> Self {
        Self {
            command: &failed.command,
            exit_code: failed.end.exit_code(),
            output: &failed.output,
        }
    }
}

/// A difference that stops the promotion: it was selected and cannot be promoted, or both sides changed
/// it since the last promotion.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Conflict {
    /// The difference.
    pub selector: String,
    /// Why it is kept.
    pub message: String,
    /// The value at the last promotion.
    pub base: Option<Json>,
    /// The source's value.
    pub source: Option<Json>,
    /// The target's value.
    pub target: Option<Json>,
}

impl Conflict {
    /// The conflicts of a plan.
    pub(super) fn all(plan: &Plan) -> Vec<Self> {
        let conflicts = plan.conflicts().into_iter().map(|conflict| {
            let message = conflict::message(&conflict, plan.hop());
            let [base, source, target] = conflict.values.map(|value| value.as_ref().map(json));
            Self {
                selector: conflict.selector,
                message,
                base,
                source,
                target,
            }
        });
        conflicts.collect()
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
    GuardName::ALL.iter().map(|guard| guard.as_str()).collect()
}

fn guard_names_or_null() -> Vec<Option<&'static str>> {
    let names = guard_names().into_iter().map(Some);
    names.chain([None]).collect()
}

/// The warnings of a plan: its notices, and the findings that hold nothing.
pub(super) fn warnings(plan: &plan::Plan) -> Vec<Warning<'_>> {
    let notices = plan.clone_notices().iter().chain(plan.notices());
    let findings = plan.findings().iter().filter(|f| !f.is_hold());
    let findings = findings.map(|finding| Warning {
        path: None,
        message: finding.message.clone(),
        guard: Some(finding.guard.as_str()),
        selector: Some(&finding.selector),
        command: finding.command.as_ref().map(FailedCommand::from),
    });
    notices.map(Warning::from).chain(findings).collect()
}

/// The findings that hold a plan.
pub(super) fn holds(findings: &[plan::Finding]) -> Vec<Hold<'_>> {
    let holds = findings.iter().filter(|finding| finding.is_hold());
    holds.map(Hold::from).collect()
}

impl<'a> From<&'a plan::Notice> for Warning<'a> {
    fn from(notice: &'a plan::Notice) -> Self {
        Self {
            path: notice::path(notice),
            message: notice::message(notice),
            guard: None,
            selector: None,
            command: None,
        }
    }
}

impl<'a> From<&'a plan::Finding> for Hold<'a> {
    fn from(finding: &'a plan::Finding) -> Self {
        Self {
            guard: finding.guard.as_str(),
            selector: &finding.selector,
            message: &finding.message,
            can_be_lifted: finding.severity == Severity::Hold,
            command: finding.command.as_ref().map(FailedCommand::from),
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

/// A promotion that another one reverts.
#[derive(Serialize, JsonSchema, Debug)]
pub struct RevertedPromotion {
    /// Its id.
    promotion_id: String,
    /// Its commit.
    commit: String,
}

impl From<&Reverted> for RevertedPromotion {
    fn from(reverted: &Reverted) -> Self {
        Self {
            promotion_id: reverted.id.clone(),
            commit: reverted.commit.to_string(),
        }
    }
}
