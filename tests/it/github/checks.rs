//! Statuses, checks, workflows and permissions.

use serde_json::json;

use super::http::Reply;
use super::json as shape;
use super::route::{Call, invalid, not_found, refusal};
use super::state::State;

/// A run of a workflow that a request started.
#[derive(Clone, Debug)]
pub struct Run {
    pub id: u64,
    pub workflow: String,
    pub reference: String,
    pub inputs: serde_json::Value,
    /// What its `run-name` gives.
    pub title: String,
    /// `None` while it runs.
    pub conclusion: Option<String>,
}

/// A workflow that can be started.
#[derive(Clone, Debug)]
pub struct Workflow {
    pub file: String,
    /// The inputs that it declares.
    pub inputs: Vec<String>,
    /// The inputs that its `run-name` shows.
    pub shown: Vec<String>,
}

pub fn status(state: &mut State, call: &Call<'_>, sha: &str) -> Reply {
    let all: Vec<_> = (state.statuses.iter())
        .filter(|(commit, ..)| commit == sha)
        .map(|(_, name, result)| shape::status(state, name, result))
        .collect();
    let results: Vec<&str> = (state.statuses.iter())
        .filter(|(commit, ..)| commit == sha)
        .map(|(_, _, result)| result.as_str())
        .collect();
    let result = if results.iter().any(|r| matches!(*r, "failure" | "error")) {
        "failure"
    } else if results.is_empty() || results.contains(&"pending") {
        "pending"
    } else {
        "success"
    };
    let url = format!("{}/api/v3/repos/acme/shop/commits/{sha}", state.url);
    let fields = json!({
        "state": result, "sha": sha, "total_count": all.len(), "statuses": [],
        "repository": shape::short_repository(state), "commit_url": url,
        "url": format!("{url}/status"),
    });
    call.page_of_field(state, &all, fields, "statuses")
}

/// Gives a commit a status, in place of the one that it had with the same name.
pub fn new_status(state: &mut State, call: &Call<'_>, sha: &str) -> Reply {
    let Some(result) = call.text("state") else {
        return invalid("Status", "state", "missing_field", None);
    };
    let name = call.text("context").unwrap_or_else(|| "default".to_owned());
    (state.statuses).retain(|(commit, own, _)| commit != sha || *own != name);
    let reply = Reply::of(201, &shape::status(state, &name, &result));
    state.statuses.push((sha.to_owned(), name, result));
    reply
}

pub fn check_runs(state: &mut State, call: &Call<'_>, sha: &str) -> Reply {
    let all: Vec<_> = (state.checks.iter())
        .filter(|(commit, ..)| commit == sha)
        .map(|(_, name, conclusion)| shape::check_run(state, sha, name, conclusion.as_deref()))
        .collect();
    let fields = json!({ "total_count": all.len(), "check_runs": [] });
    call.page_of_field(state, &all, fields, "check_runs")
}

pub fn permission(state: &State, login: &str) -> Reply {
    let permission = if state.is_collaborator(login) {
        "write"
    } else {
        "read"
    };
    let mut user = shape::user(&state.url, login);
    user["role_name"] = json!(permission);
    Reply::of(
        200,
        &json!({ "permission": permission, "role_name": permission, "user": user }),
    )
}

pub fn membership(state: &State, team: &str, login: &str) -> Reply {
    let is_member = |(of, who): &(String, String)| of == team && who == login;
    if !state.members.iter().any(is_member) {
        return not_found();
    }
    let url = format!(
        "{}/api/v3/organizations/1/team/1/memberships/{login}",
        state.url
    );
    Reply::of(
        200,
        &json!({ "url": url, "role": "member", "state": "active" }),
    )
}

pub fn dispatch(state: &mut State, call: &Call<'_>, file: &str) -> Reply {
    let workflow = state.workflows.iter().find(|one| one.file == file).cloned();
    let Some(workflow) = workflow else {
        return not_found();
    };
    let Some(reference) = call.text("ref") else {
        return refusal(422, "Invalid request.\n\n\"ref\" wasn't supplied.", &[]);
    };
    if state.git.tip(&reference).is_none() {
        return refusal(422, &format!("No ref found for: {reference}"), &[]);
    }
    let inputs = call.body["inputs"].as_object().cloned().unwrap_or_default();
    let unexpected: Vec<_> = inputs
        .keys()
        .filter(|key| !workflow.inputs.contains(key))
        .collect();
    if !unexpected.is_empty() {
        return refusal(
            422,
            &format!("Unexpected inputs provided: {unexpected:?}"),
            &[],
        );
    }
    let shown = workflow
        .shown
        .iter()
        .filter_map(|input| inputs.get(input)?.as_str());
    let title = shown.fold(file.to_owned(), |title, input| format!("{title} {input}"));
    state.runs.push(Run {
        id: state.runs.len() as u64 + 1,
        workflow: file.to_owned(),
        reference,
        inputs: inputs.into(),
        title,
        conclusion: None,
    });
    Reply::empty(204)
}

pub fn runs(state: &mut State, call: &Call<'_>, file: &str) -> Reply {
    if state.hidden_runs > 0 {
        state.hidden_runs -= 1;
        return Reply::of(200, &json!({ "total_count": 0, "workflow_runs": [] }));
    }
    let runs = state.runs.iter().rev().filter(|run| run.workflow == file);
    let all: Vec<_> = runs.map(|run| shape::run(state, run)).collect();
    let fields = json!({ "total_count": all.len(), "workflow_runs": [] });
    call.page_of_field(state, &all, fields, "workflow_runs")
}

pub fn jobs(state: &mut State, call: &Call<'_>, id: u64) -> Reply {
    let Some(run) = state.runs.iter().find(|run| run.id == id).cloned() else {
        return not_found();
    };
    let jobs = [
        shape::job(state, &run, "build", Some("success")),
        shape::job(state, &run, "e2e", run.conclusion.as_deref()),
    ];
    let fields = json!({ "total_count": jobs.len(), "jobs": [] });
    call.page_of_field(state, &jobs, fields, "jobs")
}
