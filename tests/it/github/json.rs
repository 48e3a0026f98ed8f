//! Things in GitHub's own JSON, with all the fields that its document requires.

use serde_json::{Map, Value, json};

use super::checks::Run;
use super::state::{Pull, State};

const TIME: &str = "2026-01-02T03:04:05Z";

/// The same number for the same name.
fn id(name: &str) -> u64 {
    name.bytes()
        .fold(7, |id, b| (id * 31 + u64::from(b)) % 1_000_003)
}

/// `NAME_url` for each name, below `base`.
fn urls(base: &str, names: &[&str]) -> Map<String, Value> {
    let url = |name: &&str| (format!("{name}_url"), json!(format!("{base}/{name}")));
    names.iter().map(url).collect()
}

fn joined(mut fields: Map<String, Value>, more: Value) -> Value {
    let Value::Object(more) = more else {
        unreachable!()
    };
    fields.extend(more);
    Value::Object(fields)
}

pub fn user(url: &str, login: &str) -> Value {
    let names = [
        "avatar",
        "events",
        "followers",
        "following",
        "gists",
        "organizations",
    ];
    let more = ["received_events", "repos", "starred", "subscriptions"];
    let base = format!("{url}/api/v3/users/{login}");
    let urls = urls(&base, &[&names[..], &more].concat());
    let fields = json!({
        "login": login, "id": id(login), "node_id": format!("U_{}", id(login)), "gravatar_id": "",
        "url": base, "html_url": format!("{url}/{login}"), "type": "User", "site_admin": false,
        "user_view_type": "public",
    });
    joined(urls, fields)
}

/// As the user of a token sees it.
pub fn own_user(url: &str, login: &str) -> Value {
    let Value::Object(fields) = user(url, login) else {
        unreachable!()
    };
    joined(
        fields,
        json!({
            "bio": null, "blog": null, "company": null, "email": null, "hireable": null,
            "location": null, "name": null, "followers": 0, "following": 0, "public_gists": 0,
            "public_repos": 0, "created_at": TIME, "updated_at": TIME,
        }),
    )
}

fn team(url: &str, slug: &str) -> Value {
    let base = format!("{url}/api/v3/organizations/1/team/{}", id(slug));
    json!({
        "id": id(slug), "node_id": format!("T_{}", id(slug)), "url": base, "name": slug,
        "slug": slug, "description": null, "permission": "push", "parent": null,
        "html_url": format!("{url}/orgs/acme/teams/{slug}"), "type": "organization",
        "privacy": "closed", "notification_setting": "notifications_enabled",
        "members_url": format!("{base}/members"), "repositories_url": format!("{base}/repos"),
        "organization_id": 1,
    })
}

fn repository(state: &State) -> Value {
    let url = &state.url;
    let base = format!("{url}/api/v3/repos/acme/shop");
    let names = "archive assignees blobs branches collaborators comments commits compare contents \
        contributors deployments downloads events forks git_commits git_refs git_tags hooks \
        issue_comment issue_events issues keys labels languages merges milestones notifications \
        pulls releases stargazers statuses subscribers subscription tags teams trees";
    let urls = urls(&base, &names.split_whitespace().collect::<Vec<_>>());
    let open = state.pulls.iter().filter(|pull| pull.is_open).count();
    let fields = json!({
        "id": id("shop"), "node_id": "R_1", "name": "shop", "full_name": "acme/shop",
        "owner": user(url, "acme"), "private": true, "description": null, "fork": false,
        "url": base, "html_url": format!("{url}/acme/shop"), "homepage": null, "language": null,
        "clone_url": format!("{url}/acme/shop.git"), "git_url": format!("{url}/acme/shop.git"),
        "ssh_url": "git@127.0.0.1:acme/shop.git", "svn_url": format!("{url}/acme/shop"),
        "default_branch": state.git.default_branch(), "forks": 0, "forks_count": 0,
        "has_downloads": true, "has_issues": true, "has_projects": false, "has_wiki": false,
        "has_pages": false, "has_discussions": false, "archived": false, "disabled": false,
        "mirror_url": null, "open_issues": open, "open_issues_count": open, "license": null,
        "size": 1, "stargazers_count": 0, "watchers": 0, "watchers_count": 0,
        "pushed_at": TIME, "created_at": TIME, "updated_at": TIME,
    });
    joined(urls, fields)
}

pub fn full_repository(state: &State) -> Value {
    let mut repository = repository(state);
    repository["network_count"] = json!(0);
    repository["subscribers_count"] = json!(0);
    repository["allow_auto_merge"] = json!(state.allows_auto_merge);
    repository
}

pub fn commit(state: &State, sha: &str) -> Value {
    let base = format!("{}/api/v3/repos/acme/shop", state.url);
    let url = |sha: &str| format!("{base}/commits/{sha}");
    let shown = |format: &str| {
        state
            .git
            .git(&["show", "-s", &format!("--format={format}"), sha])
    };
    let text = |format: &str| shown(format).unwrap_or_default();
    let who = |name: &str| {
        let field = |what: &str| text(&format!("%{name}{what}"));
        json!({ "name": field("n"), "email": field("e"), "date": field("I") })
    };
    // GitHub knows accounts by their addresses.
    let account = |address: &str| {
        let address = text(address);
        let login = address.strip_suffix("@users.noreply.github.com");
        login.map(|login| {
            user(
                &state.url,
                login.split_once('+').map_or(login, |(_, login)| login),
            )
        })
    };
    let parents = text("%P");
    let parents = parents
        .split_whitespace()
        .map(|parent| json!({ "sha": parent, "url": url(parent), "html_url": url(parent) }));
    let tree = text("%T");
    json!({
        "url": url(sha), "sha": sha, "node_id": format!("C_{sha}"), "html_url": url(sha),
        "comments_url": format!("{}/comments", url(sha)),
        "author": account("%ae"), "committer": account("%ce"),
        "parents": parents.collect::<Vec<_>>(),
        "commit": {
            "url": url(sha), "author": who("a"), "committer": who("c"), "message": text("%B"),
            "comment_count": 0,
            "tree": { "sha": tree, "url": format!("{base}/git/trees/{tree}") },
        },
    })
}

pub fn label(url: &str, name: &str) -> Value {
    json!({
        "id": id(name), "node_id": format!("L_{}", id(name)), "name": name, "color": "ededed",
        "url": format!("{url}/api/v3/repos/acme/shop/labels/{}", name.replace(' ', "%20")),
        "description": "", "default": false, "archived_at": null, "archived_by": null,
    })
}

pub fn comment(state: &State, number: u64, at: usize, who: &str, text: &str) -> Value {
    let base = format!("{}/api/v3/repos/acme/shop/issues", state.url);
    let id = number * 1000 + at as u64;
    json!({
        "id": id, "node_id": format!("IC_{id}"), "url": format!("{base}/comments/{id}"),
        "html_url": format!("{}/acme/shop/pull/{number}#issuecomment-{id}", state.url),
        "issue_url": format!("{base}/{number}"), "user": user(&state.url, who), "body": text,
        "author_association": "MEMBER", "created_at": TIME, "updated_at": TIME,
    })
}

pub fn review(state: &State, pull: &Pull, at: usize, who: &str, verdict: &str) -> Value {
    let url = format!("{}/acme/shop/pull/{}", state.url, pull.number);
    let html = format!("{url}#pullrequestreview-{at}");
    json!({
        "id": at + 1, "node_id": format!("PRR_{at}"), "user": user(&state.url, who), "body": "",
        "state": verdict, "commit_id": pull.reviewed.as_ref().unwrap_or(&pull.head_sha),
        "html_url": html, "pull_request_url": url,
        "author_association": "MEMBER", "submitted_at": TIME,
        "_links": { "html": { "href": html }, "pull_request": { "href": url } },
    })
}

/// What pull requests and issues have in common.
fn common(state: &State, pull: &Pull) -> Value {
    let url = &state.url;
    let people = |logins: &[String]| logins.iter().map(|who| user(url, who)).collect::<Vec<_>>();
    let assignees = people(&pull.assignees);
    json!({
        "number": pull.number, "id": pull.number + 100, "node_id": format!("PR_{}", pull.number),
        "html_url": format!("{url}/acme/shop/pull/{}", pull.number),
        "title": pull.title, "body": pull.body, "user": user(url, &pull.author),
        "state": if pull.is_open { "open" } else { "closed" },
        "closed_at": if pull.is_open { Value::Null } else { json!(TIME) },
        "created_at": TIME, "updated_at": TIME, "locked": false, "milestone": null,
        "labels": pull.labels.iter().map(|name| label(url, name)).collect::<Vec<_>>(),
        "assignee": assignees.first(), "assignees": assignees, "draft": pull.is_draft,
        "author_association": "MEMBER", "active_lock_reason": null,
    })
}

pub fn issue(state: &State, pull: &Pull) -> Value {
    let repository = format!("{}/api/v3/repos/acme/shop", state.url);
    let base = format!("{repository}/issues/{}", pull.number);
    let urls = urls(&base, &["comments", "events", "labels"]);
    let mut issue = joined(urls, common(state, pull));
    issue["url"] = json!(base);
    issue["repository_url"] = json!(repository);
    issue["comments"] = json!(pull.comments.len());
    issue
}

/// As in lists.
pub fn short_pull(state: &State, pull: &Pull) -> Value {
    let url = &state.url;
    let repository = format!("{url}/api/v3/repos/acme/shop");
    let base = format!("{repository}/pulls/{}", pull.number);
    let issue = format!("{repository}/issues/{}", pull.number);
    let html = format!("{url}/acme/shop/pull/{}", pull.number);
    let statuses = format!("{repository}/statuses/{}", pull.head_sha);
    let link = |to: &str| json!({ "href": to });
    let side = |branch: &str, sha: &str| {
        json!({
            "label": format!("acme:{branch}"), "ref": branch, "sha": sha,
            "user": user(url, "acme"), "repo": self::repository(state),
        })
    };
    let auto_merge = pull.auto_merge.as_ref().map(|method| {
        json!({
            "enabled_by": user(url, &pull.author), "merge_method": method,
            "commit_title": "", "commit_message": "",
        })
    });
    let Value::Object(fields) = common(state, pull) else {
        unreachable!()
    };
    joined(
        fields,
        json!({
            "url": base, "issue_url": issue, "comments_url": format!("{issue}/comments"),
            "commits_url": format!("{base}/commits"), "statuses_url": statuses,
            "diff_url": format!("{html}.diff"), "patch_url": format!("{html}.patch"),
            "review_comments_url": format!("{base}/comments"),
            "review_comment_url": format!("{repository}/pulls/comments{{/number}}"),
            "merge_commit_sha": pull.merge_commit,
            "merged_at": pull.is_merged.then_some(TIME),
            "head": side(&pull.head, &pull.head_sha), "base": side(&pull.base, &pull.base_sha),
            "requested_reviewers": pull.reviewers.iter().map(|who| user(url, who)).collect::<Vec<_>>(),
            "requested_teams": pull.teams.iter().map(|slug| team(url, slug)).collect::<Vec<_>>(),
            "auto_merge": auto_merge,
            "_links": {
                "self": link(&base), "html": link(&html), "issue": link(&issue),
                "comments": link(&format!("{issue}/comments")),
                "review_comments": link(&format!("{base}/comments")),
                "review_comment": link(&format!("{repository}/pulls/comments{{/number}}")),
                "commits": link(&format!("{base}/commits")), "statuses": link(&statuses),
            },
        }),
    )
}

/// As by its number.
pub fn full_pull(state: &State, pull: &Pull) -> Value {
    let merged_by = pull.is_merged.then(|| user(&state.url, &pull.author));
    let Value::Object(fields) = short_pull(state, pull) else {
        unreachable!()
    };
    joined(
        fields,
        json!({
            "merged": pull.is_merged, "mergeable": pull.is_open.then_some(true), "rebaseable": null,
            "mergeable_state": match (pull.is_open, state.has_rules) {
                (true, true) => "blocked",
                (true, false) => "clean",
                (false, _) => "unknown",
            },
            "merged_by": merged_by, "comments": pull.comments.len(), "review_comments": 0,
            "maintainer_can_modify": false, "commits": pull.commits, "additions": 1, "deletions": 1,
            "changed_files": 1,
        }),
    )
}

pub fn installation(state: &State, app: u64, id: u64) -> Value {
    let base = format!("{}/api/v3/app/installations/{id}", state.url);
    json!({
        "id": id, "app_id": app, "app_slug": "shop-app", "target_id": 1,
        "target_type": "Organization", "single_file_name": null,
        "repository_selection": "selected", "access_tokens_url": format!("{base}/access_tokens"),
        "html_url": format!("{}/organizations/acme/settings/installations/{id}", state.url),
        "repositories_url": format!("{}/api/v3/installation/repositories", state.url),
        "events": [], "account": user(&state.url, "acme"), "suspended_by": null,
        "suspended_at": null, "created_at": TIME, "updated_at": TIME,
        "permissions": { "contents": "write", "pull_requests": "write", "metadata": "read" },
    })
}

pub fn short_repository(state: &State) -> Value {
    repository(state)
}

pub fn status(state: &State, name: &str, result: &str) -> Value {
    let url = format!("{}/api/v3/repos/acme/shop/statuses/{name}", state.url);
    json!({
        "id": id(name), "node_id": format!("SC_{}", id(name)), "url": url, "context": name,
        "state": result, "description": null, "target_url": null, "avatar_url": null,
        "created_at": TIME, "updated_at": TIME,
    })
}

pub fn check_run(state: &State, sha: &str, name: &str, conclusion: Option<&str>) -> Value {
    let url = format!(
        "{}/api/v3/repos/acme/shop/check-runs/{}",
        state.url,
        id(name)
    );
    json!({
        "id": id(name), "node_id": format!("CR_{}", id(name)), "head_sha": sha, "name": name,
        "url": url, "html_url": null, "details_url": null, "external_id": null,
        "status": if conclusion.is_some() { "completed" } else { "in_progress" },
        "conclusion": conclusion, "started_at": TIME, "completed_at": conclusion.map(|_| TIME),
        "check_suite": null, "app": null, "pull_requests": [],
        "output": {
            "title": null, "summary": null, "text": null, "annotations_count": 0,
            "annotations_url": format!("{url}/annotations"),
        },
    })
}

pub fn run(state: &State, run: &Run) -> Value {
    let repository = repository(state);
    let base = format!(
        "{}/api/v3/repos/acme/shop/actions/runs/{}",
        state.url, run.id
    );
    let sha = state.git.tip(&run.reference).unwrap_or_default();
    let names = [
        "jobs",
        "logs",
        "check_suite",
        "cancel",
        "rerun",
        "artifacts",
        "workflow",
    ];
    let fields = json!({
        "id": run.id, "node_id": format!("WFR_{}", run.id), "name": run.workflow,
        "head_branch": run.reference, "head_sha": sha, "run_number": run.id,
        "display_title": run.title, "event": "workflow_dispatch",
        "path": format!(".github/workflows/{}", run.workflow), "workflow_id": id(&run.workflow),
        "status": if run.conclusion.is_some() { "completed" } else { "in_progress" },
        "conclusion": run.conclusion, "url": base,
        "html_url": format!("{}/acme/shop/actions/runs/{}", state.url, run.id),
        "created_at": TIME, "updated_at": TIME, "head_commit": null, "pull_requests": [],
        "head_repository": repository, "repository": repository,
    });
    joined(urls(&base, &names), fields)
}

pub fn job(state: &State, run: &Run, name: &str, conclusion: Option<&str>) -> Value {
    let base = format!("{}/api/v3/repos/acme/shop/actions", state.url);
    let sha = state.git.tip(&run.reference).unwrap_or_default();
    json!({
        "id": id(name), "node_id": format!("J_{}", id(name)), "run_id": run.id, "name": name,
        "run_url": format!("{base}/runs/{}", run.id), "head_sha": sha,
        "workflow_name": run.workflow, "head_branch": run.reference,
        "url": format!("{base}/jobs/{}", id(name)), "html_url": null,
        "check_run_url": format!("{base}/check-runs/{}", id(name)),
        "status": if conclusion.is_some() { "completed" } else { "in_progress" },
        "conclusion": conclusion, "started_at": TIME, "created_at": TIME,
        "completed_at": conclusion.map(|_| TIME), "labels": [], "runner_id": null,
        "runner_name": null, "runner_group_id": null, "runner_group_name": null,
    })
}
