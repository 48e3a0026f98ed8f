//! From a request to the part that answers it, with GitHub's own gates before.

use serde_json::{Value, json};

use super::http::{Reply, Request, unescape};
use super::state::State;
use super::{Account, app, checks, graphql, issues, json as shape, pulls};

/// GitHub's refusal, with its own fields.
pub fn refusal(status: u16, message: &str, errors: &[Value]) -> Reply {
    let mut body = json!({
        "message": message,
        "documentation_url": "https://docs.github.com/rest",
        "status": status.to_string(),
    });
    if !errors.is_empty() {
        body["errors"] = json!(errors);
    }
    Reply::of(status, &body)
}

pub fn not_found() -> Reply {
    refusal(404, "Not Found", &[])
}

/// 422 with one error of `resource`.
pub fn invalid(resource: &str, field: &str, code: &str, message: Option<&str>) -> Reply {
    let mut error = json!({ "resource": resource, "code": code });
    if !field.is_empty() {
        error["field"] = json!(field);
    }
    if let Some(message) = message {
        error["message"] = json!(message);
    }
    refusal(422, "Validation Failed", &[error])
}

/// A call to the repository, by an account that sees it.
pub struct Call<'a> {
    pub who: &'a Account,
    pub method: &'a str,
    pub request: &'a Request,
    pub body: Value,
}

impl Call<'_> {
    /// One page of a list, with links to the others.
    pub fn page(&self, state: &State, all: &[Value]) -> Reply {
        self.pages(state, all, |shown| shown)
    }

    /// One page of a list that is in a field.
    pub fn page_of_field(&self, state: &State, all: &[Value], fields: Value, name: &str) -> Reply {
        self.pages(state, all, |shown| {
            let mut fields = fields;
            fields[name] = shown;
            fields
        })
    }

    fn pages(&self, state: &State, all: &[Value], body: impl FnOnce(Value) -> Value) -> Reply {
        let number = |name: &str| {
            self.request
                .query(name)
                .and_then(|n| n.parse::<usize>().ok())
        };
        let size = number("per_page").unwrap_or(30).min(state.page_size).max(1);
        let page = number("page").unwrap_or(1).max(1);
        let shown: Vec<_> = all.iter().skip((page - 1) * size).take(size).collect();
        let last = all.len().div_ceil(size).max(1);
        let link = |to: usize, rel: &str| {
            let (path, query) = self
                .request
                .target
                .split_once('?')
                .unwrap_or((&self.request.target, ""));
            let others = query
                .split('&')
                .filter(|q| !q.is_empty() && !q.starts_with("page="));
            let query = others
                .chain([format!("page={to}").as_str()])
                .collect::<Vec<_>>()
                .join("&");
            format!("<{}{path}?{query}>; rel=\"{rel}\"", state.url)
        };
        let mut links = Vec::new();
        if page > 1 {
            links.push(link(page - 1, "prev"));
        }
        if page < last {
            links.extend([link(page + 1, "next"), link(last, "last")]);
        }
        let reply = Reply::of(200, &body(json!(shown)));
        if links.is_empty() {
            reply
        } else {
            reply.with("Link", links.join(", "))
        }
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.body[name].as_str().map(str::to_owned)
    }

    /// The strings of a list in the body.
    pub fn list(&self, name: &str) -> Vec<String> {
        let list = self.body[name].as_array().cloned().unwrap_or_default();
        list.iter()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect()
    }
}

pub fn answer(state: &mut State, request: &Request) -> Reply {
    state.observe();
    let path = request.path();
    let path = path.strip_prefix("/api").unwrap_or(path);
    let path = path.strip_prefix("/v3").unwrap_or(path);
    let parts: Vec<String> = path.trim_matches('/').split('/').map(unescape).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    if let Some(reply) = app::answer(state, request, &parts) {
        return reply;
    }
    let Some(who) = login(state, request) else {
        return refusal(401, "Bad credentials", &[]);
    };
    let call = Call {
        who: &who,
        method: &request.method,
        request,
        body: request.json(),
    };
    if let ["repos", "acme", name, rest @ ..] = parts.as_slice()
        && state.former_name.as_deref() == Some(name)
    {
        let there = format!("{}/api/v3/repos/acme/shop/{}", state.url, rest.join("/"));
        let query = request
            .target
            .split_once('?')
            .map_or(String::new(), |(_, q)| format!("?{q}"));
        let status = if request.method == "GET" { 301 } else { 307 };
        return refusal(status, "Moved Permanently", &[]).with("Location", there + &query);
    }
    match parts.as_slice() {
        ["graphql"] => graphql::answer(state, &call),
        ["orgs", "acme", "teams", team, "memberships", login] => {
            if !who.may("members: read") {
                return refusal(403, "Resource not accessible by personal access token", &[]);
            }
            checks::membership(state, team, login)
        }
        ["user"] if who.login.ends_with("[bot]") => {
            refusal(403, "Resource not accessible by integration", &[])
        }
        ["user"] => Reply::of(200, &shape::own_user(&state.url, &who.login)),
        ["repos", "acme", "shop", rest @ ..] if who.has_access => {
            if let Some(needed) = needed(&request.method, rest)
                && !needed.iter().any(|one| who.may(one))
            {
                let names = needed.join("; ").replace(": ", "=");
                return refusal(403, "Resource not accessible by personal access token", &[])
                    .with("X-Accepted-GitHub-Permissions", names);
            }
            repository(state, &call, rest)
        }
        _ => not_found(),
    }
}

/// Who asks: a token as bearer or as password.
pub fn login(state: &State, request: &Request) -> Option<Account> {
    let (kind, secret) = request.header("authorization")?.split_once(' ')?;
    let token = match kind.to_lowercase().as_str() {
        "bearer" | "token" => secret.to_owned(),
        "basic" => {
            let pair = String::from_utf8(app::base64(secret)?).ok()?;
            pair.split_once(':')?.1.to_owned()
        }
        _ => return None,
    };
    let mut accounts = state.accounts.iter();
    accounts.find(|account| account.token == token).cloned()
}

/// The permissions of which one is needed.
fn needed(method: &str, rest: &[&str]) -> Option<&'static [&'static str]> {
    Some(match (method, rest) {
        ("GET", ["pulls", ..]) => &["pull_requests: read"],
        ("PUT", ["pulls", _, "merge"]) => &["contents: write"],
        (_, ["pulls", ..]) => &["pull_requests: write"],
        ("GET", ["issues" | "labels", ..]) => &["issues: read", "pull_requests: read"],
        (_, ["issues" | "labels", ..]) => &["issues: write", "pull_requests: write"],
        ("GET", ["commits", _, "status"]) => &["statuses: read"],
        ("POST", ["statuses", ..]) => &["statuses: write"],
        ("GET", ["commits", _, "check-runs"]) => &["checks: read"],
        ("GET", ["commits", ..]) => &["contents: read"],
        ("GET", ["actions", ..]) => &["actions: read"],
        ("POST", ["actions", ..]) => &["actions: write"],
        _ => return None,
    })
}

fn repository(state: &mut State, call: &Call<'_>, rest: &[&str]) -> Reply {
    let number = rest.get(1).and_then(|number| number.parse().ok());
    match (call.method, rest) {
        ("GET", []) => Reply::of(200, &shape::full_repository(state)),
        ("GET", ["commits", sha, "status"]) => checks::status(state, call, sha),
        ("POST", ["statuses", sha]) => checks::new_status(state, call, sha),
        ("GET", ["commits", sha, "check-runs"]) => checks::check_runs(state, call, sha),
        ("GET", ["collaborators", login, "permission"]) => checks::permission(state, login),
        ("POST", ["actions", "workflows", file, "dispatches"]) => {
            checks::dispatch(state, call, file)
        }
        ("GET", ["actions", "workflows", file, "runs"]) => checks::runs(state, call, file),
        ("GET", ["actions", "runs", id, "jobs"]) => {
            checks::jobs(state, call, id.parse().unwrap_or_default())
        }
        ("GET", ["commits", name @ ..]) => {
            let name = format!("{}^{{commit}}", name.join("/"));
            match state.git.git(&["rev-parse", "--verify", "--quiet", &name]) {
                Some(sha) => Reply::of(200, &shape::commit(state, &sha)),
                None => refusal(422, &format!("No commit found for SHA: {name}"), &[]),
            }
        }
        ("GET", ["labels", name]) => match issues::label_named(state, name) {
            Some(label) => Reply::of(200, &shape::label(&state.url, &label)),
            None => not_found(),
        },
        ("POST", ["labels"]) => issues::new_label(state, call),
        ("GET", ["pulls"]) => pulls::list(state, call),
        ("POST", ["pulls"]) => pulls::open(state, call),
        (_, ["pulls" | "issues", _, ..]) => match number {
            Some(number) if state.pull(number).is_some() => one(state, call, number, rest),
            _ => not_found(),
        },
        _ => not_found(),
    }
}

fn one(state: &mut State, call: &Call<'_>, number: u64, rest: &[&str]) -> Reply {
    match (call.method, rest[0], &rest[2..]) {
        ("GET", "pulls", []) => pulls::show(state, number, 200),
        ("PATCH", "pulls", []) => pulls::edit(state, call, number),
        ("PUT", "pulls", ["merge"]) => pulls::merge(state, call, number),
        ("GET", "pulls", ["reviews"]) => issues::reviews(state, call, number),
        ("POST", "pulls", ["requested_reviewers"]) => issues::request_reviews(state, call, number),
        ("GET", "issues", ["comments"]) => issues::comments(state, call, number),
        ("POST", "issues", ["comments"]) => issues::comment(state, call, number),
        ("POST", "issues", ["labels"]) => issues::label(state, call, number),
        ("POST", "issues", ["assignees"]) => issues::assign(state, call, number),
        _ => not_found(),
    }
}
