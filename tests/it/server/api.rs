//! The interface for programs, held against its own `OpenAPI` document.

use std::process::Command;

use serde_json::{Value, json};

use super::client::{Answer, Server};
use super::{FILES, cloned, configuration, promotion};
use crate::skipped::{Missing, skip};
use crate::world::{Repo, World};

/// A flow for the product.
const FLOW: &str = "flows:
  - name: to-production
    triggerEnvironment: staging
    steps: [{environment: production, dependsOn: [staging]}]
";

/// A remote and a clone with the product and its flow.
fn with_flow(world: &World) -> (Repo<'_>, Repo<'_>) {
    let text = configuration(FLOW).replace("[api]", "[api], flows: [{name: to-production}]");
    let files = [&FILES[..], &[("promote.yaml", text.as_str())]].concat();
    world.cloned(&files)
}

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn get(server: &Server, path: &str) -> Answer {
    server.get(&format!("/api/v1{path}"), &[])
}

fn post(server: &Server, path: &str, body: &Value) -> Answer {
    let path = format!("/api/v1{path}");
    server.request("POST", &path, &[JSON], body.to_string().as_bytes())
}

/// The document of an answer, which must be of this status.
fn document(answer: &Answer, status: u16) -> Value {
    assert_eq!(answer.status, status, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// Where the schema of the answers to a request is in the document.
fn schema_of(openapi: &Value, method: &str, path: &str) -> Value {
    let content = &openapi["paths"][path][method]["responses"]["200"]["content"];
    let schema = content["application/json"]["schema"].clone();
    assert!(schema.is_object(), "{method} {path} is not in the document");
    schema
}

/// Holds an answer against the document.
fn check(openapi: &Value, (method, path): (&str, &str), answer: &Answer) -> Value {
    let mut schema = schema_of(openapi, method, path);
    schema["components"] = openapi["components"].clone();
    let value = document(answer, 200);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| e.to_string())
        .collect();
    assert!(faults.is_empty(), "{method} {path}: {faults:#?}\n{value:#}");
    value
}

#[test]
fn each_answer_is_as_the_document_says() {
    let world = World::new();
    let (_, repo) = with_flow(&world);
    let server = Server::start(&world, &repo, &["--interval", "1"]);
    let openapi = document(&get(&server, "/openapi.json"), 200);
    assert_eq!(openapi["openapi"], "3.1.0");
    let names = check(
        &openapi,
        ("get", "/repositories"),
        &get(&server, "/repositories"),
    );
    let name = names["repositories"][0].as_str().unwrap();
    let own = |rest: &str| format!("/repositories/{name}{rest}");
    let of = |rest: &str| format!("/repositories/{{repository}}{rest}");

    let plan = json!({"from": "staging", "to": "production", "product": "loans"});
    let made = check(
        &openapi,
        ("post", &of("/plans")),
        &post(&server, &own("/plans"), &plan),
    );
    let id = made["id"].as_str().unwrap();
    let applied = post(&server, &own(&format!("/plans/{id}")), &plan);
    let applied = check(&openapi, ("post", &of("/plans/{id}")), &applied);
    let release = applied["release"].as_str().unwrap().to_owned();
    let is_done = |server: &Server| {
        let found = document(&get(server, &own(&format!("/releases/{release}"))), 200);
        found["state"] == "succeeded"
    };
    server.until("promoted", is_done);

    let start = json!({"flow": "to-production", "product": "loans"});
    let started = post(&server, &own("/releases"), &start);
    check(&openapi, ("post", &of("/releases")), &started);
    for path in ["", "/status", "/flows", "/log", "/releases"] {
        check(&openapi, ("get", &of(path)), &get(&server, &own(path)));
    }
    let policy = own("/policy?product=loans&environment=production");
    check(&openapi, ("get", &of("/policy")), &get(&server, &policy));
    for rest in ["", "/log"] {
        let answer = get(&server, &own(&format!("/releases/{release}{rest}")));
        check(
            &openapi,
            ("get", &of(&format!("/releases/{{id}}{rest}"))),
            &answer,
        );
    }
}

#[test]
fn applying_a_plan_twice_is_once() {
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &[]);
    let before = remote.git(&["rev-list", "--count", "main"]);
    let plan = json!({"from": "staging", "to": "production", "services": ["api"]});
    let own = |rest: &str| {
        format!(
            "/repositories/{}{rest}",
            server.page("").trim_start_matches("/r/")
        )
    };
    let made = document(&post(&server, &own("/plans"), &plan), 200);
    let id = made["id"].clone();
    let apply = own(&format!("/plans/{}", id.as_str().unwrap()));
    let first = document(&post(&server, &apply, &plan), 200);
    assert_eq!(first["status"], "committed", "{first:#}");
    // The plan is empty by now, and has another id.
    let second = document(&post(&server, &apply, &plan), 409);
    assert_eq!(second["code"], 4, "{second:#}");
    let mut with_tip = plan.clone();
    with_tip["target"] = made["diff"]["target"].clone();
    let third = document(&post(&server, &apply, &with_tip), 200);
    assert_eq!(third["commit"], first["commit"]);
    let after = remote.git(&["rev-list", "--count", "main"]);
    let count = |text: &str| text.trim().parse::<usize>().unwrap();
    assert_eq!(count(&after), count(&before) + 1);
}

#[test]
fn what_stays_is_named_instead_of_all_that_moves() {
    let world = World::new();
    let file = |tag: &str, replicas: u8| format!("image: {{tag: {tag}}}\nreplicas: {replicas}\n");
    let mut files = vec![("promote.yaml".to_owned(), configuration(""))];
    for app in 0..20 {
        let path = |environment| format!("apps/app-{app}/{environment}/values.yaml");
        files.push((path("staging"), file("2.0.0", 1)));
        files.push((path("production"), file("1.0.0", 1)));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect();
    let (remote, repo) = world.cloned(&files);
    let server = Server::start(&world, &repo, &[]);
    let openapi = document(&get(&server, "/openapi.json"), 200);
    let body = &openapi["components"]["schemas"]["PromotionBody"]["properties"]["except"];
    assert_eq!(body["type"], "array", "{body:#}");
    let plans = server.page("/plans").replacen("/r/", "/repositories/", 1);
    let tag = |app: usize| format!("apps/app-{app}/production/values.yaml:$.image.tag");
    for (except, moving) in [
        (json!([]), 20),
        (json!([tag(7)]), 19),
        (json!([tag(7), "apps/app-1*/**:$.image.tag"]), 8),
    ] {
        let plan = json!({"from": "staging", "to": "production", "except": except});
        let made = document(&post(&server, &plans, &plan), 200);
        let promoted = made.to_string().matches("\"decision\":\"promote\"").count();
        assert_eq!(promoted, moving, "{except}: {made:#}");
    }
    let plan = json!({"from": "staging", "to": "production", "except": [tag(7)]});
    let made = document(&post(&server, &plans, &plan), 200);
    let apply = format!("{plans}/{}", made["id"].as_str().unwrap());
    let done = document(&post(&server, &apply, &plan), 200);
    assert_eq!(done["status"], "committed", "{done:#}");
    let tag_of = |app: usize| {
        let path = format!("apps/app-{app}/production/values.yaml");
        remote.show("main", &path).contains("2.0.0")
    };
    assert!(tag_of(6) && !tag_of(7) && tag_of(8));
    // With a typing error, what was meant would move.
    let plan = json!({"from": "staging", "to": "production", "except": ["apps/app-99/**"]});
    let problem = document(&post(&server, &plans, &plan), 422);
    let message = problem["message"].as_str().unwrap();
    assert!(message.contains("matches no difference"), "{problem:#}");
}

#[test]
fn what_is_wrong_is_a_problem_in_json() {
    let world = World::new();
    let (_, repo) = cloned(&world, "");
    let server = Server::start(&world, &repo, &[]);
    let own = |rest: &str| {
        format!(
            "/repositories/{}{rest}",
            server.page("").trim_start_matches("/r/")
        )
    };
    let plans = format!("/api/v1{}", own("/plans"));
    let form = server.post(&plans, &[], "from=staging&to=production");
    let cases = [
        (get(&server, "/nothing"), 404),
        (get(&server, &own("/releases/loans-9")), 404),
        (get(&server, "/repositories/other/status"), 404),
        (get(&server, &own("/plans")), 405),
        (form, 415),
        (
            post(&server, &own("/plans"), &json!({"from": "staging"})),
            422,
        ),
        (
            post(
                &server,
                &own("/plans"),
                &json!({"from": "staging", "to": "nowhere"}),
            ),
            422,
        ),
        (
            post(
                &server,
                &own("/plans"),
                &json!({"from": "a", "to": "b", "more": 1}),
            ),
            422,
        ),
        (
            post(&server, &own("/releases/loans-9/retry"), &json!({})),
            404,
        ),
    ];
    for (answer, status) in cases {
        let problem = document(&answer, status);
        assert!(problem["message"].is_string(), "{problem:#}");
        assert!(problem["code"].is_number(), "{problem:#}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[test]
fn an_answer_that_may_be_out_of_date_has_its_age_and_the_fault() {
    let world = World::new();
    let (remote, repo) = with_flow(&world);
    let server = Server::start(&world, &repo, &["--interval", "1"]);
    let own = server.page("").replace("/r/", "/repositories/");
    let paths = [
        "/status",
        "/flows",
        "/releases",
        "/policy?product=loans&environment=production",
    ];
    let is_date = |answer: &Answer| {
        let date = answer.header("git-promote-read-at").unwrap_or_default();
        date.len() == "2026-01-02T03:04:05Z".len() && date.ends_with('Z')
    };
    for path in paths {
        let answer = get(&server, &format!("{own}{path}"));
        assert!(is_date(&answer), "{answer:?}");
        assert_eq!(answer.header("git-promote-fault"), None);
    }
    let repository = document(&get(&server, &own), 200);
    assert!(repository["fault"].is_null(), "{repository:#}");
    std::fs::rename(&remote.dir, world.path("away")).unwrap();
    let fault = |server: &Server| get(server, &format!("{own}/status"));
    server.until("out of date", |server| {
        fault(server).header("git-promote-fault").is_some()
    });
    for path in paths {
        let answer = get(&server, &format!("{own}{path}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(is_date(&answer), "{answer:?}");
        assert!(answer.header("git-promote-fault").is_some(), "{answer:?}");
    }
    let repository = document(&get(&server, &own), 200);
    assert!(repository["readAt"].is_string(), "{repository:#}");
    assert!(repository["fault"]["message"].is_string(), "{repository:#}");
}

/// A program that nobody here wrote reads the document, and sends what it allows and what it does not.
#[test]
fn schemathesis_finds_nothing() {
    let Some(python) = std::env::var_os("GIT_PROMOTE_TEST_PYTHON") else {
        skip(Missing::Program, "schemathesis");
        return;
    };
    let world = World::new();
    let (_, repo) = with_flow(&world);
    let server = Server::start(&world, &repo, &[]);
    let fields = promotion(&server, &[]);
    assert!(!fields.is_empty());
    let out = Command::new(python)
        .args([
            "-m",
            "schemathesis.cli",
            "run",
            "--no-color",
            "--max-examples",
            "15",
        ])
        // The document cannot know which environments and products there are.
        .args(["--exclude-checks", "positive_data_acceptance"])
        // The stream of events has no end.
        .args(["--exclude-path", "/events", "--request-timeout", "20"])
        .arg(format!("http://{}/api/v1/openapi.json", server.address))
        .current_dir(world.path("."))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{said}\n{}", server.log());
    assert!(said.contains("Tested"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_release_that_has_started_is_answered_though_it_cannot_be_read_again() {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::new();
    let (remote, repo) = with_flow(&world);
    let server = Server::start(&world, &repo, &["--interval", "86400"]);
    let openapi = document(&get(&server, "/openapi.json"), 200);
    // The remote is gone as soon as the release is in it.
    let hooks = remote.git(&["rev-parse", "--git-path", "hooks"]);
    let hook = remote.dir.join(hooks.trim()).join("post-receive");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, "#!/bin/sh\nmv HEAD gone\n").unwrap();
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let name = server.page("").replacen("/r/", "", 1);
    let body = json!({"product": "loans", "flow": "to-production"});
    let started = post(&server, &format!("/repositories/{name}/releases"), &body);
    let path = "/repositories/{repository}/releases";
    let answer = check(&openapi, ("post", path), &started);
    assert_eq!(answer["release"], "loans-1", "{started:?}");
    assert!(started.header("git-promote-fault").is_some(), "{started:?}");
    let log = server.log();
    assert!(
        log.contains("product=loans: done, release loans-1"),
        "{log}"
    );
}
