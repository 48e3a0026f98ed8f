//! Workflows: what steps and hooks of flows can run.

use super::choices::MethodWord;
use super::commands::commands;
use super::duration;
use super::http;
use super::names::{Names, only_kind};
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;
use super::workflow_file::{GithubEntry, HttpEntry, WorkflowEntry};
use crate::domain::{Workflow, WorkflowKind};

/// Reads the workflows; faulty ones are reported and left out.
pub(super) fn read(entries: &[WorkflowEntry], at: &Pointer, notes: &mut Notes) -> Vec<Workflow> {
    let mut names = Names::default();
    let mut workflows = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let at = at.index(i);
        names.add("workflow", &entry.name, &at.key("name"), notes);
        let time_limit = duration::read(entry.timeout.as_ref(), &at.key("timeout"), notes);
        if let Some(kind) = kind(entry, &at, notes) {
            workflows.push(Workflow {
                name: entry.name.clone(),
                kind,
                time_limit: time_limit.unwrap_or(Workflow::DEFAULT_TIME_LIMIT),
                is_repeatable: entry.repeatable.unwrap_or_else(|| is_repeatable(entry)),
            });
        }
    }
    workflows
}

/// Whether a workflow can be repeated if nothing sets it: a command can have any effect, and most CI runs
/// deploy or publish something.
fn is_repeatable(entry: &WorkflowEntry) -> bool {
    let http = entry.http.as_ref();
    http.is_some_and(|http| method(http).is_idempotent())
}

fn method(http: &HttpEntry) -> MethodWord {
    http.method.unwrap_or(MethodWord::Post)
}

fn kind(entry: &WorkflowEntry, at: &Pointer, notes: &mut Notes) -> Option<WorkflowKind> {
    let kinds = [
        ("run", entry.run.is_some()),
        ("http", entry.http.is_some()),
        ("github", entry.github.is_some()),
    ];
    only_kind("workflow", &entry.name, &kinds, at, notes);
    let variables = entry.env.each(&at.key("env"));
    if entry.run.is_none() && !variables.is_empty() {
        let note = Note::at(at.key("env"), "`env` is for the commands of `run`").on_key();
        notes.fault(note.unless_fault_in(at.clone()));
    }
    for (at, name) in &variables {
        if name.is_empty() || name.contains(|c: char| c == '=' || c.is_control()) {
            let message = format!("{} is not the name of a variable", quoted(name));
            notes.fault(Note::at(at.clone(), message));
        }
    }
    if let Some(run) = &entry.run {
        return Some(WorkflowKind::Run {
            commands: commands(run, &at.key("run"), notes),
            variables: variables
                .into_iter()
                .map(|(_, name)| name.clone())
                .collect(),
        });
    }
    if let Some(call) = &entry.http {
        let default = MethodWord::Post;
        return Some(WorkflowKind::Http(http::read(
            call,
            default,
            &at.key("http"),
            notes,
        )));
    }
    let entry = entry.github.as_ref()?;
    Some(github(entry, &at.key("github"), notes))
}

fn github(entry: &GithubEntry, at: &Pointer, notes: &mut Notes) -> WorkflowKind {
    if entry.workflow.contains('/') {
        let message = format!("{} is not the name of a file", quoted(&entry.workflow));
        let note = Note::at(at.key("workflow"), message);
        notes.fault(
            note.hint("write the name of a file in `.github/workflows`, such as `e2e.yaml`"),
        );
    }
    for (name, value) in &entry.inputs {
        http::check_template(value, &at.key("inputs").key(name), notes);
    }
    WorkflowKind::GitHub {
        workflow: entry.workflow.clone(),
        reference: entry.r#ref.clone(),
        inputs: entry.inputs.clone(),
    }
}
