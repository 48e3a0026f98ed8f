//! What a policy or a permission asks for cannot be gone around.

use serde_json::{Value, json};

use super::client::{Answer, Server};
use super::{FILES, configuration};
use crate::world::{Repo, World};

/// A flow, and a gate that production waits for.
const MORE: &str = "flows:
  - name: all
    triggerEnvironment: staging
    steps: [{environment: production, dependsOn: [staging]}]
policies:
  - {name: careful, match: {environments: [production]}, gates: {before: [people]}}
gates:
  - {name: people, approval: {count: 1}}
";

fn cloned(world: &World) -> (Repo<'_>, Repo<'_>) {
    let text = configuration(MORE).replace("[api]", "[api], flows: [{name: all}]");
    let more = [
        ("promote.yaml", text.as_str()),
        (
            "apps/other/api/staging/values.yaml",
            "image: {tag: 9.0.0}\n",
        ),
        (
            "apps/other/api/production/values.yaml",
            "image: {tag: 8.0.0}\n",
        ),
    ];
    world.cloned(&[&FILES[..], &more].concat())
}

fn post(server: &Server, rest: &str, body: &Value) -> Answer {
    let name = server.page("").trim_start_matches("/r/").to_owned();
    let path = format!("/api/v1/repositories/{name}{rest}");
    let json = [("Content-Type", "application/json")];
    server.request("POST", &path, &json, body.to_string().as_bytes())
}

#[test]
fn an_application_is_not_promoted_past_the_gates_of_its_product() {
    let world = World::new();
    let (remote, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &[]);
    let before = remote.tip("main");
    let promotion = json!({"from": "staging", "to": "production", "services": ["apps/api"]});
    let promotion = match post(&server, "/plans", &promotion).status {
        200 => promotion,
        _ => json!({"from": "staging", "to": "production", "services": ["api"]}),
    };
    let plan = post(&server, "/plans", &promotion);
    let plan: Value = serde_json::from_str(&plan.body).unwrap();
    let id = plan["id"].as_str().unwrap();
    let refused = post(&server, &format!("/plans/{id}"), &promotion);
    assert_eq!(refused.status, 409, "{refused:?}");
    assert!(refused.body.contains("gates or workflows"), "{refused:?}");
    assert_eq!(remote.tip("main"), before);
}

#[test]
fn a_flow_only_takes_applications_that_its_product_lists() {
    let world = World::new();
    let (_, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &[]);
    for services in [json!(["other/api"]), json!(["i"])] {
        let body = json!({"flow": "all", "product": "loans", "services": services});
        let refused = post(&server, "/releases", &body);
        assert_eq!(refused.status, 404, "{refused:?}");
    }
    let source = json!({"flow": "all", "product": "loans", "source": "HEAD"});
    assert_eq!(post(&server, "/releases", &source).status, 422);
    let body = json!({"flow": "all", "product": "loans", "services": ["api"]});
    assert_eq!(post(&server, "/releases", &body).status, 200);
}

#[test]
fn holds_are_only_lifted_by_name_and_after_they_have_stopped_a_release() {
    let world = World::new();
    let (_, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &[]);
    let started = post(
        &server,
        "/releases",
        &json!({"flow": "all", "product": "loans"}),
    );
    assert_eq!(started.status, 200, "{started:?}");
    for (guard, status) in [("all", 422), ("rollback", 409)] {
        let refused = post(
            &server,
            "/releases/loans-1/retry",
            &json!({"allow": [guard]}),
        );
        assert_eq!(refused.status, status, "{guard}: {refused:?}");
    }
}

#[test]
fn requests_of_a_proxy_need_a_sign_in() {
    let world = World::new();
    let (_, repo) = cloned(&world);
    let server = Server::start(&world, &repo, &[]);
    assert_eq!(server.get(&server.page(""), &[]).status, 200);
    for name in [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Real-Ip",
    ] {
        let refused = server.get(&server.page(""), &[(name, "10.0.0.1")]);
        assert_eq!(refused.status, 401, "{name}: {refused:?}");
    }
}
