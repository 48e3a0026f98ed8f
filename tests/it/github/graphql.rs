//! The one mutation that is needed: auto-merge.

use serde_json::{Value, json};

use super::http::Reply;
use super::route::Call;
use super::state::State;

pub fn answer(state: &mut State, call: &Call<'_>) -> Reply {
    let query = call.text("query").unwrap_or_default();
    if !query.contains("enablePullRequestAutoMerge") {
        return failed(None, "the stand-in knows no such query");
    }
    let variables = &call.body["variables"];
    let id = variables["id"]
        .as_str()
        .and_then(|id| id.strip_prefix("PR_"));
    let number = id.and_then(|id| id.parse().ok()).unwrap_or(0);
    let allows = state.allows_auto_merge;
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

fn failed(kind: Option<&str>, message: &str) -> Reply {
    let mut error = json!({ "message": message, "path": ["enablePullRequestAutoMerge"] });
    if let Some(kind) = kind {
        error["type"] = json!(kind);
    }
    let data = json!({ "enablePullRequestAutoMerge": Value::Null });
    Reply::of(200, &json!({ "data": data, "errors": [error] }))
}
