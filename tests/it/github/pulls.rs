//! Pull requests: listing, opening, editing, merging.

use serde_json::{Value, json};

use super::http::Reply;
use super::json as shape;
use super::route::{Call, invalid, not_found, refusal};
use super::state::{Pull, State};

pub fn list(state: &mut State, call: &Call<'_>) -> Reply {
    let hidden = usize::from(state.hidden_lists > 0);
    state.hidden_lists -= hidden;
    let asked = |name: &str| call.request.query(name);
    let wanted = asked("state").unwrap_or_else(|| "open".to_owned());
    let is_state = |pull: &Pull| wanted == "all" || pull.is_open == (wanted == "open");
    let (head, base) = (asked("head"), asked("base"));
    let is_head = |pull: &Pull| match &head {
        // GitHub leaves out a filter without an owner.
        Some(head) if head.contains(':') => *head == format!("acme:{}", pull.head),
        _ => true,
    };
    let is_base = |pull: &Pull| base.as_ref().is_none_or(|base| *base == pull.base);
    let found = state.pulls.iter().rev().skip(hidden);
    let found = found.filter(|pull| is_state(pull) && is_head(pull) && is_base(pull));
    let shown: Vec<Value> = found.map(|pull| shape::short_pull(state, pull)).collect();
    call.page(state, &shown)
}

pub fn show(state: &mut State, number: u64, status: u16) -> Reply {
    let Some(pull) = state.pull(number).cloned() else {
        return not_found();
    };
    Reply::of(status, &shape::full_pull(state, &pull))
}

pub fn open(state: &mut State, call: &Call<'_>) -> Reply {
    let refused = |field: &str| invalid("PullRequest", field, "invalid", None);
    let custom = |text: String| invalid("PullRequest", "", "custom", Some(&text));
    let Some(title) = call.text("title").filter(|title| !title.is_empty()) else {
        return invalid("PullRequest", "title", "missing_field", None);
    };
    let (head, base) = (call.text("head"), call.text("base"));
    let (Some(head), Some(base)) = (head, base) else {
        return refused("head");
    };
    let head = head.strip_prefix("acme:").unwrap_or(&head).to_owned();
    let Some(base_sha) = state.git.tip(&base) else {
        return refused("base");
    };
    let Some(head_sha) = state.git.tip(&head) else {
        return refused("head");
    };
    if state.open_pull(&head, &base).is_some() {
        return custom(format!("A pull request already exists for acme:{head}."));
    }
    let commits = state.git.commits_between(&base_sha, &head_sha);
    if commits == 0 {
        return custom(format!("No commits between {base} and {head}"));
    }
    let body = call.text("body");
    if body
        .as_ref()
        .is_some_and(|body| body.chars().count() > 65_536)
    {
        let text = "body is too long (maximum is 65536 characters)";
        return invalid("PullRequest", "body", "custom", Some(text));
    }
    let number = state.pulls.len() as u64 + 1;
    state.pulls.push(Pull {
        number,
        author: call.who.login.clone(),
        head,
        base,
        head_sha,
        base_sha,
        commits,
        title,
        body: body.filter(|body| !body.is_empty()),
        is_open: true,
        is_merged: false,
        merge_commit: None,
        is_draft: call.body["draft"] == true,
        labels: Vec::new(),
        reviewers: Vec::new(),
        teams: Vec::new(),
        reviews: Vec::new(),
        reviewed: None,
        assignees: Vec::new(),
        auto_merge: None,
        comments: Vec::new(),
    });
    show(state, number, 201)
}

pub fn edit(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    if let Some(wanted) = call.text("state")
        && let Some(refusal) = turn(state, number, &wanted)
    {
        return refusal;
    }
    let Some(pull) = state.pull(number) else {
        return not_found();
    };
    if let Some(title) = call.text("title") {
        pull.title = title;
    }
    if let Some(body) = call.text("body") {
        pull.body = Some(body).filter(|body| !body.is_empty());
    }
    show(state, number, 200)
}

/// Closes or reopens; gives the refusal.
fn turn(state: &mut State, number: u64, wanted: &str) -> Option<Reply> {
    let pull = state.pull(number)?.clone();
    if pull.is_open == (wanted == "open") {
        return None;
    }
    if wanted == "closed" {
        let pull = state.pull(number)?;
        (pull.is_open, pull.auto_merge) = (false, None);
        return None;
    }
    let refused = |why: String| {
        let text = format!("state cannot be changed. {why}");
        Some(invalid("PullRequest", "state", "invalid", Some(&text)))
    };
    let (head, base) = (&pull.head, &pull.base);
    if pull.is_merged {
        return refused("The pull request cannot be reopened.".to_owned());
    }
    let Some(tip) = state.git.tip(head) else {
        return refused(format!("The {head} branch has been deleted."));
    };
    if state.open_pull(head, base).is_some() {
        let text =
            format!("There is already an open pull request from acme:{head} to acme:{base}.");
        return refused(text);
    }
    if !state.git.holds(&tip, &pull.head_sha) {
        return refused(format!("The {head} branch was force-pushed or recreated."));
    }
    if state.git.commits_between(&state.git.tip(base)?, &tip) == 0 {
        return refused(format!("There are no new commits on the {head} branch."));
    }
    let pull = state.pull(number)?;
    (pull.is_open, pull.head_sha) = (true, tip);
    None
}

pub fn merge(state: &mut State, call: &Call<'_>, number: u64) -> Reply {
    let Some(pull) = state.pull(number).cloned() else {
        return not_found();
    };
    let not_mergeable = || refusal(405, "Pull Request is not mergeable", &[]);
    if !pull.is_open || pull.is_draft || !state.allows_merge {
        return not_mergeable();
    }
    if call.text("sha").is_some_and(|sha| sha != pull.head_sha) {
        let text = "Head branch was modified. Review and try the merge again.";
        return refusal(409, text, &[]);
    }
    let method = call
        .text("merge_method")
        .unwrap_or_else(|| "merge".to_owned());
    let message = match (method.as_str(), call.text("commit_title")) {
        (_, Some(title)) => title,
        ("squash", None) => format!("{} (#{number})", pull.title),
        _ => format!("Merge pull request #{number} from acme/{}", pull.head),
    };
    let message = match call.text("commit_message").or(pull.body) {
        Some(body) => format!("{message}\n\n{body}"),
        None => message,
    };
    let git = &state.git;
    let merged = git.merged(&pull.base_sha, &pull.head_sha, &method, &message);
    let Some(commit) = merged.filter(|new| git.move_branch(&pull.base, new, &pull.base_sha)) else {
        return not_mergeable();
    };
    if let Some(pull) = state.pull(number) {
        (pull.is_open, pull.is_merged, pull.auto_merge) = (false, true, None);
        (pull.base_sha, pull.merge_commit) = (commit.clone(), Some(commit.clone()));
    }
    let text = "Pull Request successfully merged";
    Reply::of(
        200,
        &json!({ "sha": commit, "merged": true, "message": text }),
    )
}
