//! Several servers of one repository, which are killed at random.
//!
//! # Why
//!
//! No server has anything that the others lack. So whatever is killed, and whenever: each release goes
//! through its flow once, and in the end everything is as it would be with a single server.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::client::Server;
use crate::world::{Repo, World};

/// How many servers there are.
const SERVERS: usize = 3;
/// The products.
const PRODUCTS: [&str; 3] = ["jobs", "loans", "shop"];

fn configuration() -> String {
    let products = PRODUCTS.map(|name| {
        format!("  - {{name: {name}, applications: [{name}-api], flows: [{{name: all}}]}}\n")
    });
    format!(
        "environments: [{{name: dev}}, {{name: staging}}, {{name: production}}]
products:
{}flows:
  - name: all
    triggerEnvironment: dev
    steps:
      - {{environment: staging, dependsOn: [dev]}}
      - {{environment: production, dependsOn: [staging]}}
",
        products.concat()
    )
}

/// Numbers that look random and are always the same.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = (self.0.wrapping_mul(6_364_136_223_846_793_005))
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).unwrap() % end
    }
}

fn start(world: &World, clone: &Repo<'_>) -> Server {
    Server::start(world, clone, &["--interval", "1"])
}

/// Pushes a new version in dev.
fn push(world: &World, developer: &Repo<'_>, product: &str, round: usize) {
    developer.git(&["pull", "-q", "--rebase", "origin", "main"]);
    let text = format!("image: {{tag: 1.{round}.0}}\n");
    let path = format!("apps/{product}-api/dev/values.yaml");
    developer.commit("new version", &[(&path, &text)]);
    while !is_pushed(world, developer) {
        developer.git(&["pull", "-q", "--rebase", "origin", "main"]);
    }
}

fn is_pushed(world: &World, developer: &Repo<'_>) -> bool {
    let mut push = world.command("git");
    let push = push
        .current_dir(&developer.dir)
        .args(["push", "-q", "origin", "HEAD:main"]);
    push.output().unwrap().status.success()
}

/// The address of its repository for programs.
fn address(server: &Server, rest: &str) -> String {
    let name = server.page("").trim_start_matches("/r/").to_owned();
    format!("/api/v1/repositories/{name}{rest}")
}

/// Asks a server to bring a product everywhere.
fn trigger(server: &Server, product: &str) {
    let body = json!({"flow": "all", "product": product}).to_string();
    let json = [("Content-Type", "application/json")];
    let answer = server.request(
        "POST",
        &address(server, "/releases"),
        &json,
        body.as_bytes(),
    );
    // Somebody else may have moved the records too often meanwhile.
    assert!(matches!(answer.status, 200 | 409), "{answer:?}");
}

#[test]
fn servers_that_are_killed_at_random_do_everything_once() {
    let time = match std::env::var_os("GIT_PROMOTE_ALL_KILLS") {
        Some(_) => Duration::from_secs(300),
        None => Duration::from_secs(15),
    };
    let world = World::new();
    let text = configuration();
    let mut files: Vec<(String, String)> = vec![("promote.yaml".to_owned(), text)];
    for product in PRODUCTS {
        for environment in ["dev", "staging", "production"] {
            let path = format!("apps/{product}-api/{environment}/values.yaml");
            files.push((path, "image: {tag: 1.0.0}\n".to_owned()));
        }
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let (remote, first) = world.cloned(&files);
    let others = ["second", "third"].map(|name| world.clone_of(&remote, name));
    let developer = world.clone_of(&remote, "developer");
    let clones: Vec<&Repo<'_>> = std::iter::once(&first).chain(&others).collect();
    assert_eq!(clones.len(), SERVERS);
    let mut servers: Vec<Server> = clones.iter().map(|clone| start(&world, clone)).collect();
    let mut numbers = Numbers(7);
    let (mut kills, mut round) = (0, 0);
    let begin = Instant::now();
    while begin.elapsed() < time {
        round += 1;
        let product = PRODUCTS[numbers.below(PRODUCTS.len())];
        push(&world, &developer, product, round);
        trigger(&servers[numbers.below(SERVERS)], product);
        thread::sleep(Duration::from_millis(
            u64::try_from(numbers.below(700)).unwrap(),
        ));
        let killed = numbers.below(SERVERS);
        servers[killed] = start(&world, clones[killed]);
        kills += 1;
    }
    let server = &servers[0];
    let releases = || {
        let answer = server.get(&address(server, "/releases"), &[]);
        let all: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        all["releases"].as_array().unwrap().clone()
    };
    server.until("ended", |_| {
        releases().iter().all(|r| r["status"] != "waiting")
    });
    let releases = releases();
    assert!(!releases.is_empty());
    for release in &releases {
        let state = &release["release"]["state"];
        assert!(state == "succeeded" || state == "superseded", "{release:#}");
    }
    // Each release has at most one commit in each environment, and none is lost.
    let log = remote.git(&[
        "log",
        "--format=%(trailers:key=Promotion-Release,valueonly,separator=%x2C) %s",
        "main",
    ]);
    let mut commits: BTreeMap<&str, usize> = BTreeMap::new();
    for line in log.lines().filter(|line| line.contains("Promote")) {
        *commits.entry(line).or_default() += 1;
    }
    assert!(commits.values().all(|count| *count == 1), "{commits:#?}");
    for product in PRODUCTS {
        let tag = |environment: &str| {
            remote.git(&[
                "show",
                &format!("main:apps/{product}-api/{environment}/values.yaml"),
            ])
        };
        assert_eq!(tag("production"), tag("dev"), "{product}");
    }
    remote.assert_sound();
    println!(
        "{SERVERS} servers, {kills} of them killed, {} releases, {} commits: nothing twice, nothing lost",
        releases.len(),
        commits.len()
    );
}
