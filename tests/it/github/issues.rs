//! What hangs on a pull request: comments, labels, reviewers, assignees.

use serde_json::Value;

use super::http::Reply;
use super::json as shape;
use super::route::{Call, invalid, not_found, refusal};
use super::state::State;

/// A label of the repository, in whatever case of letters it is asked for.
pub fn label_named(state: &State, name: &str) -> Option<String> {
    let is_it = |label: &&String| label.to_lowercase() == name.to_lowercase();
    state.labels.iter().find(is_it).cloned()
}

pub fn new_label(state: &mut State, call: &Call<'_>) -> Reply {
    let Some(name) = call.text("name").filter(|name| !name.is_empty()) else {
        return invalid("Label", "name", "missing_field", None);
    };
    if label_named(state, &name).is_some() {
        return invalid("Label", "name", "already_exists", None);
    }
    if name.chars().count() > 50 {
        let text = "name is too long (maximum is 50 characters)";
        return invalid("Label", "name", "custom", Some(text));
    }
    state.labels.insert(name.clone());
    Reply::of(201, &shape::label(&state.url, &name))
}

pub fn label(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    for name in call.list("labels") {
        let label = label_named(state, &name).unwrap_or(name);
        state.labels.insert(label.clone());
        let Some(pull) = state.pull(number) else {
            return not_found();
        };
        if !pull.labels.contains(&label) {
            pull.labels.push(label);
        }
    }
    let labels = state.pull(number).map(|pull| pull.labels.clone());
    let labels = labels.unwrap_or_default();
    let shown: Vec<Value> = labels
        .iter()
        .map(|label| shape::label(&state.url, label))
        .collect();
    Reply::of(200, &Value::Array(shown))
}

pub fn comments(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    let comments = state.pull(number).map(|pull| pull.comments.clone());
    let comments = comments.unwrap_or_default();
    let shown: Vec<Value> = (comments.iter().enumerate())
        .map(|(at, (who, text))| shape::comment(state, number, at, who, text))
        .collect();
    call.page(state, &shown)
}

pub fn comment(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    let Some(text) = call.text("body").filter(|text| !text.is_empty()) else {
        return invalid("IssueComment", "body", "missing_field", None);
    };
    let who = call.who.login.clone();
    let Some(pull) = state.pull(number) else {
        return not_found();
    };
    pull.comments.push((who.clone(), text.clone()));
    let at = pull.comments.len() - 1;
    Reply::of(201, &shape::comment(state, number, at, &who, &text))
}

pub fn reviews(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    let Some(pull) = state.pull(number).cloned() else {
        return not_found();
    };
    let shown: Vec<Value> = (pull.reviews.iter().enumerate())
        .map(|(at, (who, verdict))| shape::review(state, &pull, at, who, verdict))
        .collect();
    call.page(state, &shown)
}

pub fn request_reviews(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    let (people, teams) = (call.list("reviewers"), call.list("team_reviewers"));
    let are_known = people.iter().all(|who| state.is_collaborator(who))
        && teams.iter().all(|team| state.teams.contains(team));
    let Some(pull) = state.pull(number) else {
        return not_found();
    };
    if people.contains(&pull.author) {
        let text = "Review cannot be requested from pull request author.";
        return refusal(422, text, &[]);
    }
    if !are_known {
        let text = "Reviews may only be requested from collaborators. One or more of the users or \
                    teams you specified is not a collaborator of the acme/shop repository.";
        return refusal(422, text, &[]);
    }
    add(&mut pull.reviewers, people);
    add(&mut pull.teams, teams);
    let pull = pull.clone();
    Reply::of(201, &shape::short_pull(state, &pull))
}

pub fn assign(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    // GitHub leaves out those whom it cannot assign.
    let people = call.list("assignees").into_iter();
    let people = people.filter(|who| state.is_collaborator(who)).collect();
    let Some(pull) = state.pull(number) else {
        return not_found();
    };
    add(&mut pull.assignees, people);
    let pull = pull.clone();
    Reply::of(201, &shape::issue(state, &pull))
}

fn add(there: &mut Vec<String>, more: Vec<String>) {
    for one in more {
        if !there.contains(&one) {
            there.push(one);
        }
    }
}
