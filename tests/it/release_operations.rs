//! What people do with releases, most of all when something went wrong.

use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Ran, Repo, World};

const ENVIRONMENTS: &str = "\
version: 1
environments: [{name: staging}, {name: eu}, {name: us}]
";

/// A flow over two environments; `eu` and `us` are the policies of its steps, `more` comes at the end.
fn configuration(concurrency: &str, eu: &str, us: &str, more: &str) -> String {
    format!(
        "{ENVIRONMENTS}\
products:
  - {{name: loans, applications: [api], flows: [{{name: f}}], concurrency: {concurrency}}}
flows:
  - name: f
    triggerEnvironment: staging
    steps:
      - {{environment: eu, dependsOn: [staging], policy: {{{eu}}}}}
      - {{environment: us, dependsOn: [eu], policy: {{{us}}}}}
{more}"
    )
}

const SIGNED: &str = "gates:\n  - {name: signed, approval: {count: 1}}\n";

fn files<'a>(configuration: &'a str, staging: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("promote.yaml", configuration),
        ("apps/api/staging/values.yaml", staging),
        ("apps/api/eu/values.yaml", "image: {tag: 1.0.0}\n"),
        ("apps/api/us/values.yaml", "image: {tag: 1.0.0}\n"),
    ]
}

const NEW: &str = "image: {tag: 2.0.0}\n";

fn release(clone: &Repo<'_>, words: &[&str]) -> Ran {
    clone.promote(&[&["release"], words].concat())
}

fn start(clone: &Repo<'_>, more: &[&str]) -> Ran {
    let words = ["start", "--flow", "f", "--product", "loans"];
    release(clone, &[&words[..], more].concat())
}

fn deployed(remote: &Repo<'_>, environment: &str) -> String {
    remote.show("main", &format!("apps/api/{environment}/values.yaml"))
}

#[test]
fn releases_outlive_a_configuration_with_faults() {
    let world = World::new();
    let prefix = "releases: {prefix: refs/heads/records}\n";
    let more = format!("{SIGNED}{prefix}");
    let valid = configuration("queue", "gates: {before: [signed]}", "", &more);
    let (remote, clone) = world.cloned(&files(&valid, NEW));
    assert_eq!(start(&clone, &[]).code, 0);
    clone.commit("broken", &[("promote.yaml", "flows: [{nome: f}]\n")]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    for words in [&["list"][..], &["show", "loans-1"], &["log", "loans-1"]] {
        let ran = release(&clone, words);
        assert_eq!(ran.code, 0, "{ran}");
        assert!(ran.stdout.contains("loans-1"), "{ran}");
        assert!(ran.stderr.contains("warning: `promote.yaml` has"), "{ran}");
    }
    let refused = start(&clone, &[]);
    assert_eq!(refused.code, 2, "{refused}");
    let terminated = release(&clone, &["terminate", "loans-1"]);
    assert_eq!(terminated.code, 0, "{terminated}");
    assert!(terminated.stdout.contains("is terminated"), "{terminated}");
    assert!(
        remote
            .git(&["for-each-ref", "refs/heads/records"])
            .contains("loans")
    );
}

#[test]
fn a_release_waits_while_todays_guards_cannot_be_read() {
    let world = World::new();
    let valid = configuration(
        "queue",
        "gates: {before: [ready]}",
        "",
        "gates:\n  - {name: ready, run: 'test -e ready'}\n",
    );
    let (_remote, clone) = world.cloned(&files(&valid, NEW));
    let waiting = start(&clone, &[]);
    assert_eq!(waiting.code, 0, "{waiting}");
    let broken = valid.replace("version: 1", "version: 1\nnovel: 1");
    clone.commit("broken", &[("promote.yaml", &broken), ("ready", "")]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    let stopped = release(&clone, &["advance", "--all"]);
    assert_eq!(stopped.code, 2, "{stopped}");
    clone.commit("mended", &[("promote.yaml", &valid)]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    let moved = release(&clone, &["advance", "--all", "--wait"]);
    assert_eq!(moved.code, 0, "{moved}");
}

#[test]
fn a_hold_of_a_release_is_lifted_by_a_person() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(
        &configuration("queue", "", "", ""),
        "image: {tag: 0.9.0}\n",
    ));
    let held = start(&clone, &[]);
    assert_eq!(held.code, 3, "{held}");
    assert!(held.stdout.contains("held by rollback"), "{held}");
    let retried = release(&clone, &["retry", "loans-1"]);
    assert_snapshot!(retried.stderr, @"hint: `git promote release advance loans-1 --allow GUARD` lifts the holds of a guard; `git promote release retry loans-1` plans again, with the same source");
    let other = release(&clone, &["advance", "loans-1", "--allow", "link", "--wait"]);
    assert_eq!(other.code, 3, "{other}");
    let lifted = release(
        &clone,
        &["advance", "loans-1", "--allow", "rollback", "--wait"],
    );
    assert_eq!(lifted.code, 0, "{lifted}");
    assert_eq!(deployed(&remote, "us"), "image: {tag: 0.9.0}\n");
    let log = release(&clone, &["log", "loans-1"]);
    assert!(log.stdout.contains("is allowed rollback by Ada"), "{log}");
    let message = remote.git(&["log", "-1", "--format=%B", "main"]);
    assert!(message.contains("Promotion-Allowed: rollback"), "{message}");
    let ended = release(&clone, &["advance", "loans-1", "--allow", "link"]);
    assert_eq!(ended.code, 1, "{ended}");
}

#[test]
fn only_applications_of_the_product_are_released() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files(&configuration("queue", "", "", ""), NEW));
    let refused = start(&clone, &["--service", "nope"]);
    assert_eq!(refused.code, 2, "{refused}");
    assert_snapshot!(refused.stderr, @"
    error: product `loans` has no application `nope`
    hint: its applications are `api`
    ");
    assert_eq!(remote.git(&["for-each-ref", "refs/promote"]), "");
    assert_eq!(start(&clone, &["--service", "api", "--wait"]).code, 0);
}

#[test]
fn a_replaced_release_ends_when_the_newer_one_starts() {
    let world = World::new();
    let gated = configuration("replace", "gates: {before: [signed]}", "", SIGNED);
    let (_remote, clone) = world.cloned(&files(&gated, NEW));
    start(&clone, &[]);
    start(&clone, &["--source", "main~0"]);
    let list = release(&clone, &["list", "--all"]);
    assert!(list.stdout.contains("terminated"), "{list}");
    let newer = release(&clone, &["show", "loans-2"]);
    assert!(newer.stdout.starts_with("loans-2 is suspended"), "{newer}");
}

#[test]
fn a_failed_workflow_shows_its_output() {
    let world = World::new();
    let broken = "workflows:\n  - {name: broken, run: 'seq 30; exit 3'}\n";
    let failing = configuration("queue", "preAction: broken", "", broken);
    let (_remote, clone) = world.cloned(&files(&failing, NEW));
    start(&clone, &[]);
    let shown = release(&clone, &["show", "loans-1"]);
    let output = shown
        .stdout
        .split_once("eu pre-action `broken`:")
        .unwrap()
        .1;
    assert!(
        output.starts_with("\n  ... (11 lines, in `--output json`)\n  11\n"),
        "{shown}"
    );
    let list = release(&clone, &["list"]);
    assert_snapshot!(list.stdout, @"no open releases; `release list --all` also lists the one that has ended");
    let nothing = release(&clone, &["advance", "--all"]);
    assert_eq!(nothing.stdout, "no open releases\n", "{nothing}");
    let missing = release(&clone, &["advance"]);
    assert_eq!(missing.code, 2, "{missing}");
    assert!(missing.stderr.contains("<ID|--all>"), "{missing}");
}

#[test]
fn what_a_release_promoted_is_reverted() {
    let world = World::new();
    let gated = configuration("queue", "", "gates: {after: [signed]}", SIGNED);
    let (remote, clone) = world.cloned(&files(&gated, NEW));
    start(&clone, &[]);
    assert_eq!(deployed(&remote, "us"), NEW);
    let early = clone.promote(&["revert", "loans-1"]);
    assert_eq!(early.code, 1, "{early}");
    assert!(
        early.stderr.contains("terminate loans-1 --revert"),
        "{early}"
    );
    let terminated = release(&clone, &["terminate", "loans-1", "--revert"]);
    assert_eq!(terminated.code, 0, "{terminated}");
    for environment in ["eu", "us"] {
        assert_eq!(deployed(&remote, environment), "image: {tag: 1.0.0}\n");
    }
    let subjects = remote.git(&["log", "--format=%s", "-2", "main"]);
    let first = subjects.lines().last().unwrap_or_default();
    assert!(first.contains("us"), "newest first: {subjects}");
    let again = release(&clone, &["terminate", "loans-1", "--revert"]);
    assert_eq!(again.code, 0, "{again}");
    // The same for a release that has succeeded.
    clone.git(&["fetch", "--quiet"]);
    let open = configuration("queue", "", "", "");
    clone.git(&["reset", "--quiet", "--hard", "origin/main"]);
    clone.commit(
        "open",
        &[
            ("promote.yaml", &open),
            ("apps/api/staging/values.yaml", "image: {tag: 3.0.0}\n"),
        ],
    );
    clone.git(&["push", "--quiet", "origin", "main"]);
    assert_eq!(start(&clone, &["--wait"]).code, 0);
    let reverted = clone.promote(&["revert", "loans-2", "--output", "json"]);
    assert_eq!(reverted.code, 0, "{reverted}");
    let results: Value = serde_json::from_str(&reverted.stdout).unwrap();
    assert_eq!(results["results"][0]["environment"], "us");
    assert_eq!(results["results"][1]["environment"], "eu");
    assert_eq!(deployed(&remote, "eu"), "image: {tag: 1.0.0}\n");
}

#[test]
fn an_approval_that_does_not_count_is_a_warning() {
    let world = World::new();
    let gated = configuration("queue", "gates: {before: [signed]}", "", SIGNED);
    let (_remote, clone) = world.cloned(&files(&gated, NEW));
    start(&clone, &[]);
    let approved = release(&clone, &["approve", "loans-1"]);
    assert_eq!(approved.code, 0, "{approved}");
    assert_snapshot!(approved.stderr, @"
    warning: the approval of Ada <ada@example.org> is recorded, but gates do not count it: nothing proves who gave it
    hint: a token proves it on GitHub, and a commit that is signed with a key of the gate (`git config commit.gpgSign true`) everywhere
    ");
}

#[test]
fn a_crash_in_a_workflow_shows_until_when_it_is_waited_for() {
    let world = World::new();
    let crash = "workflows:\n  - {name: crash, run: 'kill -9 $PPID'}\n";
    let crashing = configuration("queue", "preAction: crash", "", crash);
    let (_remote, clone) = world.cloned(&files(&crashing, NEW));
    let killed = world
        .command(env!("CARGO_BIN_EXE_git-promote"))
        .args(["release", "start", "--flow", "f", "--product", "loans"])
        .current_dir(&clone.dir)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(killed.code(), None);
    let retried = release(&clone, &["retry", "loans-1"]);
    assert_eq!(retried.code, 1, "{retried}");
    assert!(
        retried
            .stderr
            .contains("a workflow of it may be running until 20")
            && retried
                .stderr
                .contains("`git promote release advance loans-1` goes on"),
        "{retried}"
    );
    let terminated = release(&clone, &["terminate", "loans-1"]);
    assert!(terminated.stdout.contains("(until 20"), "{terminated}");
    assert!(
        terminated
            .stderr
            .contains("`git promote release advance loans-1` goes on"),
        "{terminated}"
    );
}

#[test]
fn a_release_that_has_ended_says_so_and_how_to_start_another() {
    let world = World::new();
    let (_remote, clone) = world.cloned(&files(&configuration("queue", "", "", ""), NEW));
    start(&clone, &["--wait"]);
    let ended = release(&clone, &["advance", "loans-1"]);
    assert_snapshot!(ended, @"
    exit 0
    --- stdout
    loans-1 is succeeded

    --- stderr
    hint: `git promote release start --flow f --product loans` starts another
    ");
    let json = release(&clone, &["advance", "loans-1", "--output", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["releases"][0]["status"], "ready");
    let all = release(&clone, &["advance", "--all"]);
    assert_eq!(all.stdout, "no open releases\n", "{all}");
}

#[test]
fn the_json_of_a_failed_release_has_the_hint_of_the_text() {
    let world = World::new();
    let broken = "workflows:\n  - {name: broken, run: 'exit 3'}\n";
    let failing = configuration("queue", "preAction: broken", "", broken);
    let (_remote, clone) = world.cloned(&files(&failing, NEW));
    let text = start(&clone, &[]);
    let hint = "`git promote release retry loans-1` resumes at what failed";
    assert_eq!(text.stderr, format!("hint: {hint}\n"), "{text}");
    let json = release(&clone, &["retry", "loans-1", "--output", "json"]);
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["releases"][0]["error"]["hint"], hint, "{json:#}");
}

#[test]
fn an_unknown_release_lists_what_there_is() {
    let world = World::new();
    let gated = configuration("queue", "gates: {before: [signed]}", "", SIGNED);
    let (_remote, clone) = world.cloned(&files(&gated, NEW));
    let unknown = || release(&clone, &["show", "loans-99"]).stderr;
    for _ in 0..3 {
        start(&clone, &[]);
    }
    assert_snapshot!(unknown(), @"
    error: there is no release `loans-99`
    hint: there are `loans-3`, `loans-1`; `git promote release list --all` lists all releases
    ");
}

#[test]
fn what_was_reverted_before_a_failure_is_reported() {
    let only_once =
        "test $1 = refs/heads/main || exit 0; test ! -e reverted || exit 1; touch reverted";
    let world = World::new();
    let open = configuration("queue", "", "", "");
    let (remote, clone) = world.cloned(&files(&open, NEW));
    assert_eq!(start(&clone, &["--wait"]).code, 0);
    remote.hook("update", only_once);
    let ran = clone.promote(&["revert", "loans-1", "--output", "json"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.starts_with("the revert in eu failed;"), "{ran}");
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let results = document["results"].as_array().unwrap().iter();
    let results: Vec<[&str; 2]> = results
        .map(|result| ["environment", "status"].map(|key| result[key].as_str().unwrap()))
        .collect();
    assert_eq!(results, [["us", "committed"], ["eu", "failed"]]);
    // The same after a termination.
    let world = World::new();
    let gated = configuration("queue", "", "gates: {after: [signed]}", SIGNED);
    let (remote, clone) = world.cloned(&files(&gated, NEW));
    start(&clone, &[]);
    remote.hook("update", only_once);
    let ran = release(&clone, &["terminate", "loans-1", "--revert"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("revert in us: "), "{ran}");
    assert_eq!(deployed(&remote, "us"), "image: {tag: 1.0.0}\n");
    assert_eq!(deployed(&remote, "eu"), NEW);
}
