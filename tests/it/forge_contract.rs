//! The adapter and the stand-in, held to GitHub's own description of its API.
//!
//! # Why
//!
//! A stand-in that is wrong in the same way as the adapter proves nothing. So
//! three judges that nobody here wrote stand between: a proxy that validates
//! every request and every answer against GitHub's `OpenAPI` document, and two
//! clients of GitHub's own schema that read the stand-in. They come from npm and
//! `PyPI`; where they are missing, each test says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use git_promote::adapter::forge::github::{Address, App, GitHub, Login};
use git_promote::adapter::forge::http::RetryPolicy;
use git_promote::port::{CiWorkflows, Forge, ForgeChecks, ForgeError, MergeMethod, Proposal};
use serde_json::{Value, json};

use crate::forge_github::{HEAD, direct, display_chain, forge, proposal, proposed, robot, run};
use crate::forge_login::key_pair;
use crate::github::{App as Installed, StandIn, TOKEN, Workflow};
use crate::skipped::{Missing, skip};
use crate::world::World;

/// The folder with `@stoplight/prism-cli` and `@octokit/openapi`.
const NODE: &str = "GIT_PROMOTE_TEST_NODE_MODULES";

/// The Python with `githubkit`; `gh` lies beside it.
const PYTHON: &str = "GIT_PROMOTE_TEST_PYTHON";

/// The paths that are in use.
const PATHS: [&str; 22] = [
    "/user",
    "/repos/{owner}/{repo}",
    "/repos/{owner}/{repo}/pulls",
    "/repos/{owner}/{repo}/pulls/{pull_number}",
    "/repos/{owner}/{repo}/pulls/{pull_number}/merge",
    "/repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers",
    "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    "/repos/{owner}/{repo}/issues/{issue_number}/labels",
    "/repos/{owner}/{repo}/issues/{issue_number}/assignees",
    "/repos/{owner}/{repo}/labels",
    "/repos/{owner}/{repo}/labels/{name}",
    "/repos/{owner}/{repo}/commits/{ref}",
    "/repos/{owner}/{repo}/commits/{ref}/status",
    "/repos/{owner}/{repo}/commits/{ref}/check-runs",
    "/repos/{owner}/{repo}/collaborators/{username}/permission",
    "/orgs/{org}/teams/{team_slug}/memberships/{username}",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
    "/repos/{owner}/{repo}/installation",
    "/app/installations/{installation_id}/access_tokens",
];

/// A folder or program that a variable names, or `None` after reporting that it is missing.
fn found(variable: &str, inside: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    let path = path.filter(|path| path.join(inside).exists() || inside.is_empty() && path.exists());
    if path.is_none() {
        skip(Missing::Program, format_args!("{variable} has no {inside}"));
    }
    path
}

/// GitHub's document with the used paths only, and with the media type that GitHub asks for.
fn pruned(document: &Path) -> Value {
    let mut whole: Value = serde_json::from_slice(&fs::read(document).unwrap()).unwrap();
    let mut paths = json!({});
    for path in PATHS {
        paths[path] = whole["paths"][path].take();
        assert!(paths[path].is_object(), "GitHub describes no {path}");
    }
    // GraphQL has no description of this kind.
    let any = json!({ "application/json": { "schema": { "type": "object" } } });
    paths["/graphql"] = json!({ "post": {
        "requestBody": { "content": any },
        "responses": { "200": { "description": "GraphQL", "content": any } },
    }});
    let mut components = json!({});
    let mut open = references(&paths);
    let mut done = BTreeSet::new();
    while let Some(reference) = open.pop_first() {
        let parts: Vec<&str> = reference.split('/').collect();
        let [_, _, kind, name] = parts[..] else {
            panic!("{reference}")
        };
        let part = whole["components"][kind][name].clone();
        done.insert(reference.clone());
        open.extend(
            references(&part)
                .into_iter()
                .filter(|one| !done.contains(one)),
        );
        components[kind][name] = part;
    }
    accept_githubs_type(&mut paths);
    accept_githubs_type(&mut components);
    json!({ "openapi": whole["openapi"], "info": whole["info"], "paths": paths,
        "components": components })
}

fn references(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(fields) => (fields.iter())
            // An example may hold a field of this name.
            .filter(|(name, _)| *name != "example" && *name != "examples")
            .flat_map(|(name, value)| match value {
                Value::String(to) if name == "$ref" => BTreeSet::from([to.clone()]),
                value => references(value),
            })
            .filter(|to| !to.starts_with("#/components/examples"))
            .collect(),
        Value::Array(values) => values.iter().flat_map(references).collect(),
        _ => BTreeSet::new(),
    }
}

/// Whatever may be answered as JSON, may be asked for by GitHub's own name of it.
fn accept_githubs_type(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("examples");
            if let Some(Value::Object(content)) = fields.get_mut("content")
                && let Some(json) = content.get("application/json").cloned()
            {
                content.insert("application/vnd.github+json".to_owned(), json);
            }
            fields.values_mut().for_each(accept_githubs_type);
        }
        Value::Array(values) => values.iter_mut().for_each(accept_githubs_type),
        _ => {}
    }
}

/// A validating proxy; it ends when it is dropped.
struct Prism {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Prism {
    fn before(github: &StandIn, node: &Path, world: &World) -> Self {
        let document = world.path("github.json");
        let whole = node.join("@octokit/openapi/generated/api.github.com.json");
        fs::write(&document, pruned(&whole).to_string()).unwrap();
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let log = world.path("prism.log");
        let file = fs::File::create(&log).unwrap();
        let child = world
            .command("node")
            .arg(node.join("@stoplight/prism-cli/dist/index.js"))
            .args(["proxy", "--errors", "--host", "127.0.0.1", "--port"])
            .arg(free.port().to_string())
            .arg(&document)
            .arg(github.url())
            .stdin(Stdio::null())
            .stdout(file.try_clone().unwrap())
            .stderr(file)
            .spawn()
            .unwrap();
        let url = format!("http://{free}");
        let prism = Self { child, url, log };
        let started = Instant::now();
        while TcpStream::connect(free).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(120),
                "{}",
                prism.said()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        prism
    }

    fn forge(&self, login: Login) -> GitHub {
        let address = Address {
            api: self.url.clone(),
            host: "github.com".to_owned(),
            owner: "acme".to_owned(),
            repository: "shop".to_owned(),
        };
        // A violation is an answer of 500: no need to ask many times.
        let retry = RetryPolicy {
            budget: Duration::from_millis(1),
            first_delay: Duration::from_millis(2),
            deadline: Duration::from_secs(60),
        };
        GitHub::new(address, login, retry, direct())
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// How many requests went through without a violation.
    fn assert_no_violation(&self) -> usize {
        let said = self.said();
        let is_bad =
            |line: &&str| line.contains("iolation") || line.contains("terminated with error");
        let bad: Vec<&str> = said.lines().filter(is_bad).collect();
        assert!(bad.is_empty(), "{}\n\n{said}", bad.join("\n"));
        said.matches("Request received").count()
    }
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Each call and each refusal that GitHub describes.
async fn everything(forge: &GitHub, github: &StandIn) -> Result<(), ForgeError> {
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    let refused =
        |error: ForgeError| assert!(matches!(error, ForgeError::Refused { .. }), "{error:?}");
    forge.pull_requests(HEAD, "main").await?;
    let head = "gone".to_owned();
    refused(
        forge
            .open(&Proposal { head, ..proposal() })
            .await
            .unwrap_err(),
    );
    let opened = forge.open(&proposal()).await?;
    let number = opened.number;
    github.state().hidden_lists = 1;
    assert_eq!(forge.open(&proposal()).await?, opened);
    forge.rewrite(number, "Promote api", "second").await?;
    forge
        .label(number, &words(&["env: production", "bug"]))
        .await?;
    refused(
        forge
            .request_reviews(number, &words(&["mallory"]), &[])
            .await
            .unwrap_err(),
    );
    forge
        .request_reviews(number, &words(&["ada"]), &words(&["releases"]))
        .await?;
    github.state().pulls[0]
        .reviews
        .push(("bob".to_owned(), "APPROVED".to_owned()));
    forge.request_reviews(number, &words(&["bob"]), &[]).await?;
    forge.assign(number, &words(&["bob"])).await?;
    github.state().page_size = 1;
    for mark in ["<!-- a -->", "<!-- b -->", "<!-- a -->"] {
        forge.comment(number, mark, mark).await?;
    }
    forge.close(number).await?;
    forge.reopen(number).await?;
    forge.merge_when_ready(&opened, MergeMethod::Merge).await?;
    forge.pull_requests(HEAD, "main").await?;
    checks(forge, github, number).await
}

/// The calls of gates and workflows.
async fn checks(forge: &GitHub, github: &StandIn, number: u64) -> Result<(), ForgeError> {
    let head = forge.head(number).await?;
    {
        let mut state = github.state();
        let status = |name: &str| (head.to_string(), name.to_owned());
        let (sha, name) = status("ci/lint");
        state.statuses.push((sha, name, "success".to_owned()));
        for (name, conclusion) in [("ci/test", Some("failure")), ("ci/e2e", None)] {
            let (sha, name) = status(name);
            state
                .checks
                .push((sha, name, conclusion.map(str::to_owned)));
        }
        state
            .members
            .push(("releases".to_owned(), "ada".to_owned()));
        state.workflows.push(Workflow {
            file: "e2e.yaml".to_owned(),
            inputs: vec!["promote_attempt".to_owned()],
            shown: vec!["promote_attempt".to_owned()],
        });
    }
    assert_eq!(forge.statuses(head).await?.len(), 3);
    assert!(!forge.is_made_by_ci(head, Some(number)).await?);
    assert_eq!(forge.approvers(number).await?, ["bob"]);
    assert!(forge.may_write("ada").await?);
    assert_eq!(forge.user().await?.as_deref(), Some("robot"));
    for (who, is_member) in [("ada", true), ("bob", false)] {
        assert_eq!(forge.is_member("acme", "releases", who).await?, is_member);
    }
    let inputs = BTreeMap::from([("promote_attempt".to_owned(), "key-1".to_owned())]);
    forge.start("e2e.yaml", None, &inputs).await?;
    assert!(forge.find("e2e.yaml", "key-2").await?.is_none());
    assert!(forge.find("e2e.yaml", "key-1").await?.is_some());
    github.state().runs[0].conclusion = Some("failure".to_owned());
    let found = forge.find("e2e.yaml", "key-1").await?;
    assert!(found.is_some_and(|run| run.end.is_some()));
    Ok(())
}

#[test]
fn every_request_and_answer_is_as_githubs_own_document_describes_it() {
    let Some(node) =
        found(NODE, "@stoplight/prism-cli").filter(|_| found(NODE, "@octokit/openapi").is_some())
    else {
        return;
    };
    let world = World::new();
    let github = StandIn::of(&proposed(&world).dir);
    let prism = Prism::before(&github, &node, &world);
    let done = run(everything(&prism.forge(robot()), &github));
    assert!(
        done.is_ok(),
        "{}\n{}",
        display_chain(&done.unwrap_err()),
        prism.said()
    );
    github.state().page_size = 100;
    if let Some((key, public_key)) = key_pair(&world) {
        let (id, installation, tokens) = (17, 4711, 0);
        github.state().app = Some(Installed {
            id,
            installation,
            public_key,
            tokens,
        });
        let key = key.into();
        let origin = String::new();
        let app = App {
            id,
            key,
            installation: None,
            origin,
        };
        let found = run(prism.forge(Login::App(app)).pull_requests(HEAD, "main"));
        assert!(
            found.is_ok(),
            "{}\n{}",
            display_chain(&found.unwrap_err()),
            prism.said()
        );
    }
    // What the adapter does not call, but tests of whole promotions may: reading and merging.
    let sha = github.pull().head_sha;
    let ask = |method: &str, path: &str, body: &str, status: u16| {
        let mut curl = world.command("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--output",
            "-",
            "--write-out",
            "\n%{http_code}",
        ])
        .args([
            "--noproxy",
            "*",
            "-X",
            method,
            "-H",
            &format!("Authorization: Bearer {TOKEN}"),
        ])
        .arg(format!("{}{path}", prism.url));
        if !body.is_empty() {
            curl.args(["-H", "Content-Type: application/json", "-d", body]);
        }
        let out = String::from_utf8(curl.output().unwrap().stdout).unwrap();
        assert!(
            out.ends_with(&format!("\n{status}")),
            "{method} {path}: {out}\n{}",
            prism.said()
        );
    };
    ask("GET", "/repos/acme/shop", "", 200);
    ask("GET", &format!("/repos/acme/shop/commits/{sha}"), "", 200);
    ask("GET", "/repos/acme/shop/pulls/99", "", 404);
    ask("GET", "/repos/acme/shop/labels/none", "", 404);
    let merge = "/repos/acme/shop/pulls/1/merge";
    ask(
        "PUT",
        merge,
        &json!({ "sha": "0".repeat(40) }).to_string(),
        409,
    );
    github.state().allows_merge = false;
    ask("PUT", merge, &json!({ "sha": sha }).to_string(), 405);
    github.state().allows_merge = true;
    ask(
        "PUT",
        merge,
        &json!({ "sha": sha, "merge_method": "squash" }).to_string(),
        200,
    );
    ask("GET", "/repos/acme/shop/pulls/1", "", 200);
    let passed = prism.assert_no_violation();
    assert!(passed > 40, "{passed}\n{}", prism.said());
    println!("contract: {passed} requests and answers, no violation");
}

/// A stand-in with a pull request that has one of everything.
fn full(world: &World) -> StandIn {
    let github = StandIn::of(&proposed(world).dir);
    run(everything(&forge(&github, TOKEN), &github)).unwrap();
    github.state().page_size = 100;
    github
}

/// A client's command, which sees this stand-in and nothing else.
fn client(world: &World, github: &StandIn, program: PathBuf) -> Command {
    let mut command = world.command(program);
    command
        .env("API", github.url())
        .env("TOKEN", TOKEN)
        .env("NO_PROXY", "127.0.0.1");
    command
}

#[test]
fn githubkit_reads_the_pull_requests_of_the_stand_in() {
    let Some(python) = found(PYTHON, "") else {
        return;
    };
    let world = World::new();
    let github = full(&world);
    let script = r#"
import os, sys
try:
    from githubkit import GitHub
except ImportError:
    sys.exit(77)
hub = GitHub(os.environ["TOKEN"], base_url=os.environ["API"] + "/")
rest, repo = hub.rest, ("acme", "shop")
pulls = rest.pulls.list(*repo, state="all").parsed_data
for pull in pulls:
    rest.pulls.get(*repo, pull.number).parsed_data
    rest.pulls.list_reviews(*repo, pull.number).parsed_data
    rest.issues.list_comments(*repo, pull.number).parsed_data
rest.repos.get(*repo).parsed_data
rest.repos.get_commit(*repo, pulls[0].head.sha).parsed_data
rest.issues.get_label(*repo, "bug").parsed_data
print(pulls[0].number, pulls[0].title, pulls[0].requested_teams[0].slug)
"#;
    let out = client(&world, &github, python)
        .args(["-c", script])
        .output()
        .unwrap();
    if out.status.code() == Some(77) {
        skip(Missing::Program, format_args!("{PYTHON} has no githubkit"));
        return;
    }
    let (said, erred) = (
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr),
    );
    assert_eq!(said, "1 Promote api releases\n", "{erred}");
}

#[test]
fn gh_lists_and_shows_the_pull_requests_of_the_stand_in() {
    let Some(python) = found(PYTHON, "") else {
        return;
    };
    let gh = python.with_file_name("gh");
    if !gh.exists() {
        skip(
            Missing::Program,
            format_args!("{PYTHON} has no gh beside it"),
        );
        return;
    }
    let world = World::new();
    let github = full(&world);
    // The one host that `gh` speaks to without TLS, through a proxy that is the stand-in itself.
    let said = |args: &[&str]| {
        let mut command = client(&world, &github, gh.clone());
        command
            .env("GH_HOST", "github.localhost")
            .env("GH_TOKEN", TOKEN)
            .env("GH_ENTERPRISE_TOKEN", TOKEN)
            .env("HTTP_PROXY", github.url())
            .args(["pr", args[0], "--repo", "github.localhost/acme/shop"])
            .args(&args[1..]);
        let out = command.output().unwrap();
        let erred = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{erred}");
        String::from_utf8(out.stdout).unwrap()
    };
    let list = said(&["list"]);
    assert!(
        list.starts_with(&format!("1\tPromote api\t{HEAD}\tOPEN")),
        "{list}"
    );
    let fields = "number,title,body,state,baseRefName,headRefName,headRefOid,labels,assignees";
    let shown: Value = serde_json::from_str(&said(&["view", "1", "--json", fields])).unwrap();
    let pull = github.pull();
    assert_eq!(shown["body"], "second");
    assert_eq!(shown["headRefOid"], json!(pull.head_sha));
    assert_eq!(shown["labels"][0]["name"], "env: production");
    assert_eq!(shown["assignees"][0]["login"], "bob");
}
