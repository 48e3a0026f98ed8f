//! Several workers move the same releases forward.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Instant;

use git_promote::engine::{self, StartRequest};
use git_promote::port::NoObserver;
use git_promote::wiring::{self, NetworkOptions};
use serde_json::Value;

use crate::world::{Repo, World, wait};

const WORKERS: usize = 8;
const PRODUCTS: usize = 5;
const RELEASES: usize = 4;

/// The application of a release.
fn application(product: usize, release: usize) -> String {
    format!("app{product}-{release}")
}

/// Five products with a flow over three environments, each with an application for each release.
fn files() -> Vec<(String, String)> {
    let mut configuration = "environments: [{name: staging}, {name: eu}, {name: us}]
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - {environment: eu, dependsOn: [staging]}
      - {environment: us, dependsOn: [eu]}
products:
"
    .to_owned();
    let mut files = Vec::new();
    for product in 0..PRODUCTS {
        let applications: Vec<String> = (1..=RELEASES)
            .map(|release| application(product, release))
            .collect();
        writeln!(
            configuration,
            "  - {{name: product{product}, applications: [{}], flows: [{{name: to-production}}]}}",
            applications.join(", ")
        )
        .unwrap();
        for application in applications {
            for (environment, tag) in [("staging", "2.0.0"), ("eu", "1.0.0"), ("us", "1.0.0")] {
                let path = format!("apps/{application}/{environment}/values.yaml");
                files.push((path, format!("image: {{tag: {tag}}}\n")));
            }
        }
    }
    files.push(("promote.yaml".to_owned(), configuration));
    files
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    let both = files.iter();
    both.map(|(path, text)| (path.as_str(), text.as_str()))
        .collect()
}

/// The subjects of the transitions of a product, oldest first.
fn transitions(remote: &Repo<'_>, product: usize) -> Vec<String> {
    let reference = format!("refs/promote/releases/product{product}");
    let log = remote.git(&["log", "--reverse", "--format=%s", &reference]);
    log.lines().map(str::to_owned).collect()
}

#[test]
fn eight_processes_advance_twenty_releases() {
    let world = World::new();
    let (remote, clone) = world.cloned(&borrowed(&files()));
    let adapters = wiring::open(&clone.dir, &NetworkOptions::default()).unwrap();
    let adapters = adapters.for_releases(None).unwrap();
    for release in 1..=RELEASES {
        for product in 0..PRODUCTS {
            let request = StartRequest {
                product: format!("product{product}"),
                flow: "to-production".to_owned(),
                applications: vec![application(product, release)],
                source: None,
                branch: None,
                configuration: None,
            };
            wait(engine::start_release(
                &adapters.ports(&NoObserver),
                &request,
            ))
            .unwrap();
        }
    }
    let names: Vec<String> = (0..WORKERS).map(|n| format!("worker{n}")).collect();
    let clones: Vec<Repo<'_>> = (names.iter())
        .map(|name| world.clone_of(&remote, name))
        .collect();
    let count = |n: usize| transitions(&remote, n).len();
    let before: usize = (0..PRODUCTS).map(count).sum();
    let started = Instant::now();
    let workers: Vec<_> = clones
        .iter()
        .map(|clone| {
            let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
            command
                .current_dir(&clone.dir)
                .args(["release", "advance", "--all", "--wait", "--wait-limit", "5"])
                // Whether a promotion has landed since a release was created is found by the time.
                .env_remove("GIT_COMMITTER_DATE")
                .env_remove("GIT_AUTHOR_DATE")
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{:?}: {text}", output.status);
    }
    let taken = started.elapsed();
    let made: usize = (0..PRODUCTS).map(count).sum::<usize>() - before;
    println!(
        "{made} transitions of {} releases by {WORKERS} processes in {taken:.1?}: {:.1} per second",
        PRODUCTS * RELEASES,
        rate(made, taken.as_secs_f64())
    );
    let bare = bare_loop(&world, &remote, &clones[0], 20);
    println!("a bare loop of fetch, commit and push: {bare:.1} per second");
    let log = remote.git(&["log", "--format=%B", "main"]);
    for product in 0..PRODUCTS {
        check(&remote, &log, product);
    }
}

/// Nothing happened twice, nothing is missing, and the releases kept their order.
fn check(remote: &Repo<'_>, log: &str, product: usize) {
    for release in 1..=RELEASES {
        let trailer = format!("Promotion-Release: product{product}-{release}\n");
        assert_eq!(log.matches(&trailer).count(), 2, "{trailer}");
    }
    let all = transitions(remote, product);
    let expected = |release: usize| {
        let id = format!("product{product}-{release}");
        let events = ["starts", "eu is done", "us is done", "has succeeded"];
        events.map(|event| format!("{id}: {event}"))
    };
    let expected: Vec<String> = (1..=RELEASES).flat_map(expected).collect();
    let main = all.iter().filter(|subject| expected.contains(subject));
    let main: Vec<&String> = main.collect();
    assert_eq!(main, expected.iter().collect::<Vec<_>>(), "{all:#?}");
    for release in 1..=RELEASES {
        for environment in ["eu", "us"] {
            let application = application(product, release);
            let path = format!("apps/{application}/{environment}/values.yaml");
            assert_eq!(remote.show("main", &path), "image: {tag: 2.0.0}\n");
        }
    }
    let files = remote.git(&[
        "ls-tree",
        "-r",
        "--name-only",
        &format!("refs/promote/releases/product{product}"),
    ]);
    for file in files.lines() {
        let record = remote.show(&format!("refs/promote/releases/product{product}"), file);
        let record: Value = serde_json::from_str(&record).unwrap();
        assert_eq!(record["state"], "succeeded", "{file}");
    }
}

fn rate(count: usize, seconds: f64) -> f64 {
    f64::from(u32::try_from(count).unwrap()) / seconds
}

/// How many times a second Git alone fetches, commits and pushes.
fn bare_loop(world: &World, remote: &Repo<'_>, clone: &Repo<'_>, times: usize) -> f64 {
    let started = Instant::now();
    for _ in 0..times {
        for words in [
            &["fetch", "-q", "origin", "main"][..],
            &["reset", "-q", "--hard", "FETCH_HEAD"],
            &["commit", "-q", "--allow-empty", "-m", "bare"],
            &["push", "-q", "origin", "HEAD:refs/heads/bare"],
        ] {
            world.git_in(&clone.dir, words);
        }
        remote.git(&["update-ref", "-d", "refs/heads/bare"]);
    }
    rate(times, started.elapsed().as_secs_f64())
}
