//! The one mutation that is needed, auto-merge, and what `gh pr list` and `gh pr view` ask.

use serde_json::{Value, json};

use super::http::Reply;
use super::route::Call;
use super::state::{Pull, State};

pub fn answer(state: &mut State, call: &Call<'_>) -> Reply {
    let query = call.text("query").unwrap_or_default();
    if query.contains("pullRequest") && query.contains("repository(") {
        return read(state, call, &query);
    }
    if !query.contains("enablePullRequestAutoMerge") {
        return failed(None, "the stand-in knows no such query");
    }
    let variables = &call.body["variables"];
    let id = variables["id"]
        .as_str()
        .and_then(|id| id.strip_prefix("PR_"));
    let number = id.and_then(|id| id.parse().ok()).unwrap_or(0);
    let (allows, has_rules) = (state.allows_auto_merge, state.has_rules);
    let (may, who) = (call.who.may("contents: write"), call.who.has_access);
    let pull = state.pull(number).filter(|_| who);
    let Some(pull) = pull else {
        return failed(
            Some("NOT_FOUND"),
            "Could not resolve to a node with the global id.",
        );
    };
    if !may {
        return failed(
            Some("FORBIDDEN"),
            "Resource not accessible by personal access token",
        );
    }
    if !allows {
        let text = "Pull request Auto merge is not allowed for this repository";
        return failed(Some("UNPROCESSABLE"), text);
    }
    if !has_rules {
        let text = "Pull request Pull request is in clean status";
        return failed(Some("UNPROCESSABLE"), text);
    }
    if !pull.is_open {
        return failed(
            Some("UNPROCESSABLE"),
            "Can't enable auto-merge for this pull request.",
        );
    }
    let method = variables["method"].as_str().unwrap_or("MERGE");
    pull.auto_merge = Some(method.to_lowercase());
    let done = json!({ "enablePullRequestAutoMerge": { "clientMutationId": null } });
    Reply::of(200, &json!({ "data": done }))
}

/// Pull requests with more fields than are asked for, which no client minds.
fn read(state: &State, call: &Call<'_>, query: &str) -> Reply {
    let variables = &call.body["variables"];
    let repository = if query.contains("pullRequests(") {
        let states = variables["state"].as_array().cloned().unwrap_or_default();
        let is_asked = |pull: &&Pull| states.is_empty() || states.contains(&json!(word(pull)));
        let pulls = state.pulls.iter().rev().filter(is_asked);
        let nodes: Vec<Value> = pulls.map(|pull| shown(state, pull)).collect();
        json!({ "pullRequests": {
            "totalCount": nodes.len(), "nodes": nodes,
            "pageInfo": { "hasNextPage": false, "endCursor": "" },
        }})
    } else {
        let is_asked = |pull: &&Pull| variables["pr_number"] == pull.number;
        let pull = state.pulls.iter().find(is_asked);
        json!({ "pullRequest": pull.map(|pull| shown(state, pull)) })
    };
    Reply::of(200, &json!({ "data": { "repository": repository } }))
}

fn word(pull: &Pull) -> &'static str {
    match (pull.is_merged, pull.is_open) {
        (true, _) => "MERGED",
        (_, true) => "OPEN",
        _ => "CLOSED",
    }
}

fn shown(state: &State, pull: &Pull) -> Value {
    let nodes = |nodes: Vec<Value>| json!({ "totalCount": nodes.len(), "nodes": nodes });
    let labels = pull
        .labels
        .iter()
        .map(|name| json!({ "id": name, "name": name }));
    let people = pull
        .assignees
        .iter()
        .map(|who| json!({ "id": who, "login": who }));
    let reviewers = pull
        .reviewers
        .iter()
        .map(|who| json!({ "requestedReviewer": { "__typename": "User", "login": who } }));
    json!({
        "id": format!("PR_{}", pull.number), "number": pull.number, "title": pull.title,
        "body": pull.body.clone().unwrap_or_default(), "state": word(pull),
        "url": format!("{}/acme/shop/pull/{}", state.url, pull.number),
        "headRefName": pull.head, "headRefOid": pull.head_sha, "baseRefName": pull.base,
        "headRepositoryOwner": { "id": "U_1", "login": "acme" }, "isCrossRepository": false,
        "isDraft": pull.is_draft, "createdAt": "2026-01-02T03:04:05Z",
        "author": { "login": pull.author }, "labels": nodes(labels.collect()),
        "assignees": nodes(people.collect()), "reviewRequests": nodes(reviewers.collect()),
    })
}

fn failed(kind: Option<&str>, message: &str) -> Reply {
    let mut error = json!({ "message": message, "path": ["enablePullRequestAutoMerge"] });
    if let Some(kind) = kind {
        error["type"] = json!(kind);
    }
    let data = json!({ "enablePullRequestAutoMerge": Value::Null });
    Reply::of(200, &json!({ "data": data, "errors": [error] }))
}
