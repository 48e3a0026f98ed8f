//! Releases from end to end: real repositories, several processes, processes that are killed.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use git_promote::domain::ConfigText;
use git_promote::engine;
use git_promote::port::{NoObserver, Reading, SettingsError, SettingsReader};
use git_promote::release::Proof;
use git_promote::wiring::{self, ConfigReader, NetworkOptions};
use serde_json::Value;

use crate::forge_github::{forge, run};
use crate::gates::Checks;
use crate::github::{StandIn, TOKEN};
use crate::world::{World, wait};

const CONFIGURATION: &str = "\
version: 1
environments:
  - {name: staging, kind: non-production}
  - {name: eu, kind: production}
  - {name: us, kind: production}
products:
  - {name: loans, applications: [api], flows: [{name: to-production}]}
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - {environment: eu, dependsOn: [staging]}
      - {environment: us, dependsOn: [eu]}
";

/// A staging that is ahead of both production environments.
fn files(configuration: &'static str) -> [(&'static str, &'static str); 4] {
    [
        ("promote.yaml", configuration),
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/api/eu/values.yaml", "image: {tag: 1.0.0}\n"),
        ("apps/api/us/values.yaml", "image: {tag: 1.0.0}\n"),
    ]
}

const START: [&str; 6] = [
    "release",
    "start",
    "--flow",
    "to-production",
    "--product",
    "loans",
];

/// How many commits of the branch are promotions of releases.
fn promotions(log: &str) -> usize {
    log.matches("Promotion-Release: loans-").count()
}

#[test]
fn a_release_takes_a_product_through_its_flow() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(CONFIGURATION));
    let started = clone.promote(&[&START[..], &["--wait"]].concat());
    assert_eq!(started.code, 0, "{started}");
    assert_eq!(started.stdout, "loans-1 is succeeded\n");
    for environment in ["eu", "us"] {
        let path = format!("apps/api/{environment}/values.yaml");
        assert_eq!(remote.show("main", &path).trim(), "image: {tag: 2.0.0}");
    }
    for (schema, words) in [
        ("release", &["release", "show", "loans-1"][..]),
        ("releases", &["release", "list", "--all"]),
        ("release-log", &["release", "log", "loans-1"]),
    ] {
        let document = clone
            .promote(&[words, &["--output", "json"]].concat())
            .stdout;
        let document: Value = serde_json::from_str(&document).unwrap();
        let schema = world.promote(&["schema", schema]).stdout;
        let schema: Value = serde_json::from_str(&schema).unwrap();
        assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    }
    let log = remote.git(&[
        "log",
        "--format=%s",
        "--reverse",
        "refs/promote/releases/loans",
    ]);
    let commit = |n: usize| remote.tip(&format!("main~{n}"));
    let short = |n: usize| commit(n)[..7].to_owned();
    let log = log.replace(&short(0), "[us]").replace(&short(1), "[eu]");
    insta::assert_snapshot!(log.replace(&short(2), "[first]"), @"
    loans-1: is queued: flow to-production from staging at [first]
    loans-1: starts
    loans-1: promotes to eu
    loans-1: eu has the promotion, in [eu]
    loans-1: eu is done
    loans-1: promotes to us
    loans-1: us has the promotion, in [us]
    loans-1: us is done
    loans-1: has succeeded
    ");
}

#[test]
fn what_a_release_waits_for_is_shown() {
    let gated = CONFIGURATION.to_owned()
        + "    hooks: {onFail: page}\n"
        + "workflows:\n  - {name: page, run: [\"exit 1\"]}\n"
        + "gates:\n  - {name: signed, approval: {count: 1}}\n";
    let gated = gated.replace(
        "dependsOn: [eu]}",
        "dependsOn: [eu], policy: {gates: {before: [signed]}}}",
    );
    let world = World::new();
    let (_remote, clone) = world.cloned(&files(gated.leak()));
    let started = clone.promote(&START);
    assert_eq!(started.code, 0, "{started}");
    insta::assert_snapshot!(started.stdout, @"
    loans-1 is suspended
      us: gate `signed`: 0 of 1 approvals
    ");
    let waited = clone.promote(&["release", "advance", "--all", "--wait", "--wait-limit", "0"]);
    assert_eq!(waited.code, 5, "{waited}");
    let queued = clone.promote(&START);
    insta::assert_snapshot!(queued.stdout, @"
    loans-2 is queued
      loans-1 comes first
    ");
    let refused = clone.promote(&["release", "retry", "loans-1"]);
    assert_eq!(refused.code, 1, "{refused}");
    insta::assert_snapshot!(refused.stderr, @"
    error: loans-1 is suspended; only a failed release can be retried
    hint: `git promote release list --all` lists releases
    ");
    // The hook fails, which changes nothing.
    let terminated = clone.promote(&["release", "terminate", "loans-1"]);
    assert_eq!(terminated.code, 0, "{terminated}");
    insta::assert_snapshot!(terminated.stdout, @"loans-1 is terminated by Ada <ada@example.org>");
    let list = clone.promote(&["release", "list", "--output", "json"]);
    assert!(list.stdout.contains("\"id\":\"loans-2\""), "{list}");
    assert!(!list.stdout.contains("\"id\":\"loans-1\""), "{list}");
}

#[test]
fn the_pull_request_of_a_terminated_release_is_taken_back() {
    let proposed = CONFIGURATION.replace(
        "dependsOn: [staging]}",
        "dependsOn: [staging], policy: {action: pull-request}}",
    );
    let world = World::new();
    let (remote, clone) = world.cloned(&files(proposed.leak()));
    let started = clone.promote(&START);
    let branch = "promote/staging-to-eu/release-loans-1";
    assert!(started.stdout.contains(branch), "{started}");
    assert!(remote.git(&["branch", "--list", branch]).contains(branch));
    let terminated = clone.promote(&["release", "terminate", "loans-1"]);
    assert_eq!(terminated.code, 0, "{terminated}");
    assert_eq!(remote.git(&["branch", "--list", branch]).trim(), "");
}

#[test]
fn a_branch_with_peoples_commits_outlives_its_release() {
    let proposed = CONFIGURATION.replace(
        "dependsOn: [staging]}",
        "dependsOn: [staging], policy: {action: pull-request}}",
    );
    let world = World::new();
    let (remote, clone) = world.cloned(&files(proposed.leak()));
    clone.promote(&START);
    let branch = "promote/staging-to-eu/release-loans-1";
    clone.git(&["fetch", "--quiet"]);
    clone.git(&["checkout", "--quiet", branch]);
    clone.commit(
        "mine",
        &[("apps/api/eu/values.yaml", "image: {tag: 2.0.1}\n")],
    );
    clone.git(&["push", "--quiet", "origin", branch]);
    clone.git(&["checkout", "--quiet", "main"]);
    let terminated = clone.promote(&["release", "terminate", "loans-1"]);
    assert_eq!(terminated.code, 0, "{terminated}");
    assert!(
        terminated.stdout.contains("loans-1 is terminated"),
        "{terminated}"
    );
    assert!(remote.git(&["branch", "--list", branch]).contains(branch));
}

#[test]
fn processes_that_run_at_once_promote_once() {
    let world = World::new();
    let (remote, _) = world.cloned(&files(CONFIGURATION));
    let clones: Vec<_> = ["a", "b", "c"]
        .iter()
        .map(|name| world.clone_of(&remote, name))
        .collect();
    thread::scope(|scope| {
        for clone in &clones {
            scope.spawn(|| {
                let started = clone.promote(&START);
                assert_eq!(started.code, 0, "{started}");
                let moved = clone.promote(&["release", "advance", "--all"]);
                assert_eq!(moved.code, 0, "{moved}");
            });
        }
    });
    let moved = clones[0].promote(&["release", "advance", "--all", "--wait"]);
    assert!([0, 3].contains(&moved.code), "{moved}");
    let open = clones[0].promote(&["release", "list"]);
    assert_eq!(
        open.stdout,
        "no open releases; `release list --all` also lists the 3 that have ended\n"
    );
    let all = clones[0].promote(&["release", "list", "--all"]);
    assert_eq!(all.stdout.matches("loans-").count(), 3, "{all}");
    assert_eq!(promotions(&remote.git(&["log", "main"])), 2);
}

#[test]
fn the_result_of_a_workflow_is_kept_while_others_move_the_chain() {
    let world = World::new();
    let (started, go) = (world.path("started"), world.path("go"));
    let run = format!(
        "touch {}; until test -e {}; do sleep 0.05; done",
        started.display(),
        go.display()
    );
    let configuration = CONFIGURATION.replace(
        "{environment: eu, dependsOn: [staging]}",
        "{environment: eu, dependsOn: [staging], policy: {preAction: slow}}",
    ) + &format!("workflows:\n  - {{name: slow, run: '{run}'}}\n");
    let configuration: &'static str = configuration.leak();
    let (remote, clone) = world.cloned(&files(configuration));
    let other = world.clone_of(&remote, "other");
    thread::scope(|scope| {
        let waiting = scope.spawn(|| clone.promote(&[&START[..], &["--wait"]].concat()));
        while !started.exists() {
            assert!(
                !waiting.is_finished(),
                "{}",
                clone.promote(&["release", "list", "--all"])
            );
            thread::sleep(Duration::from_millis(20));
        }
        let queued = other.promote(&START);
        assert_eq!(queued.code, 0, "{queued}");
        std::fs::write(&go, "").unwrap();
        let ended = waiting.join().unwrap();
        assert_eq!(
            (ended.code, ended.stdout.as_str()),
            (0, "loans-1 is succeeded\n"),
            "{ended}"
        );
    });
}

#[test]
fn a_failed_release_is_a_failure_of_the_command() {
    let configuration = CONFIGURATION.replace(
        "{environment: eu, dependsOn: [staging]}",
        "{environment: eu, dependsOn: [staging], policy: {preAction: broken}}",
    ) + "workflows:\n  - {name: broken, run: 'exit 3'}\n";
    let world = World::new();
    let (_, clone) = world.cloned(&files(configuration.leak()));
    let started = clone.promote(&START);
    assert_eq!(started.code, 1, "{started}");
    let again = clone.promote(&["release", "retry", "loans-1"]);
    assert_eq!(again.code, 1, "{again}");
}

#[test]
fn waiting_in_a_queue_moves_what_is_before() {
    let configuration = CONFIGURATION.replace(
        "{environment: eu, dependsOn: [staging]}",
        "{environment: eu, dependsOn: [staging], policy: {gates: {after: [short]}}}",
    ) + "gates:\n  - {name: short, soak: 1s}\n";
    let world = World::new();
    let (_, clone) = world.cloned(&files(configuration.leak()));
    let first = clone.promote(&START);
    assert_eq!(first.code, 0, "{first}");
    let second = clone.promote(&[&START[..], &["--wait", "--wait-limit", "1"]].concat());
    assert!([0, 3].contains(&second.code), "{second}");
    let open = clone.promote(&["release", "list"]);
    assert_eq!(
        open.stdout,
        "no open releases; `release list --all` also lists the 2 that have ended\n"
    );
}

#[test]
fn a_killed_process_leaves_nothing_half_done() {
    // Each push is a transition or a promotion; the process is killed right after the server has it.
    for push in 1..=10 {
        let world = World::new();
        let (remote, clone) = world.cloned(&files(CONFIGURATION));
        let (count, pid) = (world.path("count"), world.path("pid"));
        let (count, pid) = (count.display(), pid.display());
        remote.hook(
            "post-receive",
            &format!(
                "echo push >> {count}; test \"$(wc -l < {count})\" -ne {push} || kill -9 \"$(cat {pid})\""
            ),
        );
        let program = env!("CARGO_BIN_EXE_git-promote");
        let run = format!("echo $$ > {pid}; exec {program} {}", START.join(" "));
        let killed = world
            .command("sh")
            .args(["-c", &run])
            .current_dir(&clone.dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(!killed.success(), "push {push} never happened");
        remote.hook("post-receive", "exit 0");
        let moved = clone.promote(&["release", "advance", "--all"]);
        assert_eq!(moved.code, 0, "push {push}: {moved}");
        assert_eq!(moved.stdout, "loans-1 is succeeded\n", "push {push}");
        assert_eq!(promotions(&remote.git(&["log", "main"])), 2, "push {push}");
    }
}

/// Counts the configurations that are read.
struct Counting(AtomicUsize);

impl SettingsReader for Counting {
    fn read(
        &self,
        main: ConfigText<'_>,
        manifests: &[ConfigText<'_>],
    ) -> Result<Reading, SettingsError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        ConfigReader.read(main, manifests)
    }
}

#[test]
fn many_releases_do_not_read_the_configuration_more_often() {
    let products = CONFIGURATION
        .replace(
            "products:\n",
            "products:\n  - {name: cards, applications: [api], flows: [{name: to-production}]}\n  \
             - {name: rent, applications: [api], flows: [{name: to-production}]}\n",
        )
        .replace(
            "{environment: eu,",
            "{environment: eu, policy: {gates: {before: [open]}},",
        );
    let products = products + "gates:\n  - {name: open, approval: {count: 1}}\n";
    let world = World::new();
    let (_remote, clone) = world.cloned(&files(products.leak()));
    for product in ["loans", "cards", "rent"] {
        let started = [&START[..5], &[product]].concat();
        assert_eq!(clone.promote(&started).code, 0);
    }
    let adapters = wiring::open(&clone.dir, &NetworkOptions::default()).unwrap();
    let adapters = adapters.for_releases(None).unwrap();
    let counting = Counting(AtomicUsize::new(0));
    let mut ports = adapters.ports(&NoObserver);
    ports.promotion.settings = &counting;
    let all = wait(engine::releases(&ports)).unwrap();
    let moved = wait(engine::advance_releases(&ports, all, &|_| true));
    assert_eq!(moved.len(), 3);
    // For the flows, and for the branches that have environments.
    assert_eq!(counting.0.load(Ordering::Relaxed), 2);
}

#[test]
fn an_approval_is_that_of_the_user_whom_the_forge_confirms() {
    let gated = CONFIGURATION.replace(
        "dependsOn: [staging]}",
        "dependsOn: [staging], policy: {gates: {before: [signed]}}}",
    ) + "gates:\n  - {name: signed, approval: {count: 2}}\n";
    let world = World::new();
    let (remote, clone) = world.cloned(&files(gated.leak()));
    clone.promote(&START);
    let github = StandIn::of(&remote.dir);
    let forge = forge(&github, TOKEN);
    let adapters = wiring::open(&clone.dir, &NetworkOptions::default()).unwrap();
    let adapters = adapters.for_releases(None).unwrap();
    let mut ports = adapters.ports(&NoObserver);
    let checks = [Checks(None), Checks(Some(Arc::new(forge)))];
    for forges in &checks {
        ports.promotion.forges = forges;
        run(engine::approve_release(&ports, "loans-1", Some("eu"))).unwrap();
    }
    let all = run(engine::releases(&ports)).unwrap();
    let approvals = &all[0].releases[0].approvals;
    let given: Vec<_> = approvals.iter().map(|a| (a.by.as_str(), a.proof)).collect();
    let name = "Ada <ada@example.org>";
    assert_eq!(given, [(name, Proof::Name), ("robot", Proof::Forge)]);
}
