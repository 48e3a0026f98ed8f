//! Commands of the repository: whether a server runs them, and who does if it does not.

use std::fs;

use super::client::Server;
use super::{borrowed, cloned, promotion};
use crate::world::{Repo, World};

const PROXY: [&str; 4] = ["--auth", "proxy", "--trusted-proxy", "127.0.0.1"];
const ADA: [(&str, &str); 1] = [("X-Forwarded-User", "ada")];

/// A command before the promotion, a gate after it, and a policy's commands.
fn configuration(policy: &str, mark: &str) -> String {
    format!(
        "permissions:
  - {{who: ada, may: promote}}
workflows:
  - {{name: smoke, run: 'echo ran >> {mark}'}}
gates:
  - {{name: checked, run: 'echo gate >> {mark}'}}
policies:
  - {{name: all, priority: 1, match: {{environments: production}}, {policy}}}
"
    )
}

fn promote(server: &Server) {
    let fields = promotion(server, &ADA);
    let answer = server.submit(&server.page("/promotions"), &ADA, &borrowed(&fields));
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn tag(remote: &Repo<'_>) -> String {
    remote.show("main", "apps/api/production/values.yaml")
}

/// What a release of the repository waits for, as its page shows it.
fn page(server: &Server) -> String {
    server.get(&server.page("/releases/loans-1"), &ADA).body
}

#[test]
fn a_release_waits_for_a_worker_that_may_run_its_commands() {
    let world = World::new();
    let mark = world.path("mark");
    let more = configuration(
        "preAction: smoke, gates: {after: checked}",
        mark.to_str().unwrap(),
    );
    let (remote, repo) = cloned(&world, &more);
    let server = Server::start(&world, &repo, &PROXY);
    promote(&server);
    server.until("waiting", |server| {
        page(server).contains("runs commands, which this server leaves to another worker")
    });
    assert!(!mark.exists());
    assert_eq!(tag(&remote), "image: {tag: 1.0.0}\n");
    let record = repo.promote(&["release", "show", "loans-1", "--output", "json"]);
    assert!(record.stdout.contains("\"state\":\"running\""), "{record}");
    // Anyone else who may push goes on with it.
    let advanced = repo.promote(&["release", "advance", "loans-1"]);
    assert_eq!(advanced.code, 0, "{advanced}");
    assert_eq!(fs::read_to_string(&mark).unwrap(), "ran\ngate\n");
    assert_eq!(tag(&remote), "image: {tag: 2.0.0}\n");
}

#[test]
fn a_gate_with_commands_waits_for_such_a_worker_too() {
    let world = World::new();
    let mark = world.path("mark");
    let more = configuration("gates: {after: checked}", mark.to_str().unwrap());
    let (remote, repo) = cloned(&world, &more);
    let server = Server::start(&world, &repo, &PROXY);
    promote(&server);
    server.until("waiting", |server| {
        page(server).contains("commands of the repository are not run here")
    });
    assert_eq!(tag(&remote), "image: {tag: 2.0.0}\n");
    assert!(!mark.exists());
    let advanced = repo.promote(&["release", "advance", "loans-1"]);
    assert_eq!(advanced.code, 0, "{advanced}");
    assert_eq!(fs::read_to_string(&mark).unwrap(), "gate\n");
}

#[test]
fn what_must_be_verified_is_not_promoted_unverified() {
    let world = World::new();
    let mark = world.path("mark");
    let more = configuration(
        &format!("verify: 'echo verified >> {}'", mark.display()),
        "/dev/null",
    );
    let (remote, repo) = cloned(&world, &more);
    let server = Server::start(&world, &repo, &PROXY);
    promote(&server);
    server.until("waiting", |server| {
        page(server).contains("must succeed first, which this server leaves to another worker")
    });
    assert!(!mark.exists());
    assert_eq!(tag(&remote), "image: {tag: 1.0.0}\n");
    // To wait leaves no traces in the record, however often the release is looked at.
    let log = || repo.promote(&["release", "log", "loans-1"]).stdout;
    assert!(!log().contains("promotes to"), "{}", log());
    let advanced = repo.promote(&["release", "advance", "loans-1"]);
    assert_eq!(advanced.code, 0, "{advanced}");
    assert_eq!(fs::read_to_string(&mark).unwrap(), "verified\n");
    assert_eq!(tag(&remote), "image: {tag: 2.0.0}\n");
}

#[test]
fn commands_run_where_the_server_is_allowed_to() {
    for arguments in [
        &[][..],
        &["--allow-run"][..],
        &[&PROXY[..], &["--allow-run"]].concat()[..],
    ] {
        let world = World::new();
        let mark = world.path("mark");
        let more = configuration("preAction: smoke", mark.to_str().unwrap());
        let (remote, repo) = cloned(&world, &more);
        let server = Server::start(&world, &repo, arguments);
        promote(&server);
        server.until("promoted", |_| tag(&remote) == "image: {tag: 2.0.0}\n");
        assert_eq!(fs::read_to_string(&mark).unwrap(), "ran\n", "{arguments:?}");
    }
}

#[test]
fn commands_can_be_forbidden_on_this_machine_too() {
    let world = World::new();
    let mark = world.path("mark");
    let more = configuration("preAction: smoke", mark.to_str().unwrap());
    let (_remote, repo) = cloned(&world, &more);
    let server = Server::start(&world, &repo, &["--allow-run=false"]);
    promote(&server);
    server.until("waiting", |server| {
        page(server).contains("leaves to another worker")
    });
    assert!(!mark.exists());
}
