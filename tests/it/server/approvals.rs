//! Approvals of people on a server: they count by the key that the server signs with.

use super::client::Server;
use super::cloned;
use crate::approvals::sign_with;
use crate::remotes::has;
use crate::world::{Repo, World};

const PROXY: [&str; 4] = ["--auth", "proxy", "--trusted-proxy", "127.0.0.1"];

fn flow(approval: &str) -> String {
    format!(
        "permissions:
  - {{who: 'group:staff', may: [promote, trigger, approve, retry, terminate]}}
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - {{environment: production, dependsOn: [staging], policy: {{gates: {{before: [signed]}}}}}}
gates:
  - {{name: signed, approval: {approval}}}
"
    )
}

fn person(name: &str) -> [(&'static str, &str); 2] {
    [("X-Forwarded-User", name), ("X-Forwarded-Groups", "staff")]
}

fn approve(server: &Server, name: &str) {
    let path = server.page("/releases/loans-1/approve");
    let answer = server.submit(&path, &person(name), &[("step", "production")]);
    assert_eq!(answer.status, 303, "{answer:?}");
}

/// What a later run on another machine says, and whether it has promoted.
fn advanced(other: &Repo<'_>, remote: &Repo<'_>) -> (String, bool) {
    let ran = other
        .promote(&["release", "advance", "loans-1"])
        .to_string();
    let tag = remote.show("main", "apps/api/production/values.yaml");
    (ran, tag.contains("2.0.0"))
}

/// Starts the release and the server, which does not look again by itself.
fn started(world: &World, repo: &Repo<'_>, approval: &str) -> Server {
    started_by(world, repo, &flow(approval))
}

/// The same with the whole configuration of the flow.
fn started_by(world: &World, repo: &Repo<'_>, flow: &str) -> Server {
    let text = super::configuration(flow);
    let text = text.replace(
        "applications: [api]",
        "applications: [api], flows: [{name: to-production}]",
    );
    repo.commit("flow", &[("promote.yaml", &text)]);
    repo.git(&["push", "-q", "origin", "main"]);
    let server = Server::start(world, repo, &PROXY);
    let path = server.page("/flows/to-production/releases");
    let answer = server.submit(&path, &person("lea"), &[("product", "loans")]);
    assert_eq!(answer.status, 303, "{answer:?}");
    server
}

#[test]
fn an_approval_counts_by_the_servers_key_and_the_listed_name() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let key = sign_with(&repo, &world, "server");
    let approval = format!("{{by: [ada, bob], count: 2, servers: '{key}'}}");
    // A clone copies the folder, and would meet the files of a push of the server.
    let other = world.clone_of(&remote, "other");
    let server = started(&world, &repo, &approval);
    approve(&server, "ada");
    approve(&server, "ada");
    approve(&server, "eve");
    approve(&server, "Bob");
    let (said, has_promoted) = advanced(&other, &remote);
    assert!(!has_promoted, "{said}");
    assert!(
        said.contains("1 of 2 approvals by ada, bob; approved by ada"),
        "{said}"
    );
    assert!(
        said.contains("the approval of eve on a server does not count"),
        "{said}"
    );
    approve(&server, "bob");
    drop(server);
    let (said, has_promoted) = advanced(&other, &remote);
    assert!(has_promoted, "{said}");
}

#[test]
fn an_approval_on_a_server_that_is_not_listed_is_recorded_but_does_not_count() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (remote, repo) = cloned(&world, "");
    let other = world.clone_of(&remote, "other");
    let listed = sign_with(&other, &world, "listed");
    let own = sign_with(&repo, &world, "own");
    // As a person's key, that of a server proves nothing about others.
    let approval = format!("{{by: [ada], keys: {{ada: '{own}'}}, servers: '{listed}'}}");
    let server = started(&world, &repo, &approval);
    approve(&server, "ada");
    let (said, has_promoted) = advanced(&other, &remote);
    assert!(!has_promoted, "{said}");
    assert!(
        said.contains(&format!(
            "an approval with key {own} does not count, because `servers`"
        )),
        "{said}"
    );
    let record = other.promote(&["release", "show", "loans-1", "--output", "json"]);
    assert!(record.stdout.contains("\"proof\":\"server\""), "{record}");
    drop(server);
    // Nor does one of a server that does not sign.
    repo.git(&["config", "commit.gpgsign", "false"]);
    let server = Server::start(&world, &repo, &PROXY);
    approve(&server, "ada");
    let (said, has_promoted) = advanced(&other, &remote);
    assert!(!has_promoted, "{said}");
    assert!(said.contains("without a proof of who gave it"), "{said}");
}

#[test]
fn each_right_is_needed_for_what_it_is_about() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let server = started(&world, &repo, "{by: [nobody]}");
    let mallory = [("X-Forwarded-User", "mallory")];
    let path = |what: &str| server.page(&format!("/releases/loans-1{what}"));
    for (path, fields, right) in [
        (path("/approve"), &[("step", "production")][..], "approve"),
        (path("/approve"), &[][..], "approve"),
        (path("/retry"), &[][..], "retry"),
        (path("/terminate"), &[][..], "terminate"),
        (
            server.page("/flows/to-production/releases"),
            &[("product", "loans")][..],
            "trigger",
        ),
    ] {
        let answer = server.submit(&path, &mallory, fields);
        assert_eq!(answer.status, 403, "{path}: {answer:?}");
        assert!(
            answer.body.contains(&format!("no right to {right}")),
            "{answer:?}"
        );
    }
    for (path, body) in [
        ("releases/loans-1/approve", "{}"),
        ("releases/loans-1/retry", "{}"),
        ("releases/loans-1/terminate", "{}"),
        (
            "releases",
            "{\"product\": \"loans\", \"flow\": \"to-production\"}",
        ),
        (
            "plans/1",
            "{\"from\": \"staging\", \"to\": \"production\", \"product\": \"loans\"}",
        ),
    ] {
        let path = format!("/api/v1/repositories/repo/{path}");
        let json = ("Content-Type", "application/json");
        let answer = server.request("POST", &path, &[mallory[0], json], body.as_bytes());
        assert_eq!(answer.status, 403, "{path}: {answer:?}");
        let site = ("Sec-Fetch-Site", "cross-site");
        let lead = person("lea");
        let foreign = [lead[0], lead[1], json, site];
        let answer = server.request("POST", &path, &foreign, body.as_bytes());
        assert_eq!(answer.status, 403, "{path}: {answer:?}");
    }
    let page = server.get(&path(""), &mallory).body;
    assert!(!page.contains("method=\"post\""), "{page}");
    let done = server.submit(&path("/terminate"), &person("lea"), &[]);
    assert_eq!(done.status, 303, "{done:?}");
    let log = server.log();
    assert!(log.contains(" by=\"lea\" terminate loans-1"), "{log}");
    assert!(
        log.contains(" by=\"lea\" trigger flow=to-production product=loans: done, release loans-1"),
        "{log}"
    );
    let of_mallory = log.lines().filter(|line| line.contains("mallory"));
    assert!(of_mallory.clone().count() > 3, "{log}");
    for line in of_mallory {
        let is_refusal = line.contains(" refused by=\"mallory\" POST ") && line.contains(": 403 ");
        assert!(is_refusal, "{line}");
    }
}

#[test]
fn approving_is_only_offered_to_those_whose_approval_counts() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let key = sign_with(&repo, &world, "server");
    let approval = format!("{{by: [ada, bob], count: 2, servers: '{key}'}}");
    let server = started(&world, &repo, &approval);
    let page = |name: &str| {
        server
            .get(&server.page("/releases/loans-1"), &person(name))
            .body
    };
    let button = "/releases/loans-1/approve\"";
    server.until("offered", |_| page("ada").contains(button));
    assert!(page("bob").contains(button));
    let eve = page("eve");
    assert!(!eve.contains(button), "{eve}");
    assert!(eve.contains("only ada or bob can approve it."), "{eve}");
    let without_right = [("X-Forwarded-User", "ada")];
    let ada = server.get(&server.page("/releases/loans-1"), &without_right);
    assert!(!ada.body.contains(button), "{ada:?}");
    assert!(
        ada.body.contains("you have no right to approve this step."),
        "{ada:?}"
    );
    approve(&server, "ada");
    let ada = page("ada");
    assert!(!ada.contains(button), "{ada}");
    assert!(ada.contains("you have approved it."), "{ada}");
    assert!(page("bob").contains(button));
    drop(server);
    repo.git(&["config", "commit.gpgsign", "false"]);
    let server = Server::start(&world, &repo, &PROXY);
    let bob = server
        .get(&server.page("/releases/loans-1"), &person("bob"))
        .body;
    assert!(!bob.contains(button), "{bob}");
    assert!(
        bob.contains("nothing would prove who gave the approval"),
        "{bob}"
    );
}

#[test]
fn approving_is_not_offered_for_a_gate_that_has_passed_or_does_not_list_the_servers_key() {
    if !has("signing with SSH keys", &["ssh-keygen"]) {
        return;
    }
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let key = sign_with(&repo, &world, "server");
    let flow = flow(&format!(
        "{{by: [ada, bob], servers: '{key}'}}}}\n  - {{name: legal, approval: {{by: [eve], servers: '{key}'}}"
    ));
    let flow = flow.replace("[signed]", "[signed, legal]");
    let server = started_by(&world, &repo, &flow);
    let path = server.page("/releases/loans-1");
    let page = |server: &Server, name: &str| server.get(&path, &person(name)).body;
    let button = "/releases/loans-1/approve\"";
    server.until("offered", |server| page(server, "ada").contains(button));
    assert!(page(&server, "bob").contains(button));
    approve(&server, "ada");
    let bob = page(&server, "bob");
    assert!(!bob.contains(button), "{bob}");
    assert!(bob.contains("only eve can approve it."), "{bob}");
    assert!(!page(&server, "ada").contains("you have approved it"));
    assert!(page(&server, "eve").contains(button));
    drop(server);
    sign_with(&repo, &world, "other");
    let server = Server::start(&world, &repo, &PROXY);
    let eve = page(&server, "eve");
    assert!(!eve.contains(button), "{eve}");
    assert!(
        eve.contains("the gate does not list the key that Git signs with here."),
        "{eve}"
    );
}

#[test]
fn what_a_step_would_change_is_shown_with_its_holds_and_without_boxes() {
    let world = World::new();
    let (_remote, repo) = cloned(&world, "");
    let older = ("apps/api/staging/values.yaml", "image: {tag: 0.9.0}\n");
    repo.commit("older", &[older]);
    let server = started(&world, &repo, "{by: [nobody]}");
    for path in [
        "/releases/loans-1/changes/production",
        "/flows/to-production?product=loans&preview=on",
    ] {
        let page = server.get(&server.page(path), &person("lea"));
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.body.contains("<strong>Held by rollback"), "{page:?}");
        assert!(!page.body.contains("name=\"allow\""), "{page:?}");
    }
}
