//! Pushes that start flows: which commits count, and that nothing is started twice.

use std::thread;

use serde_json::Value;

use crate::world::{Ran, Repo, World};

const CONFIGURATION: &str = "\
version: 1
environments:
  - {name: staging, kind: non-production}
  - {name: eu, kind: production}
products:
  - name: loans
    applications: [api]
    flows:
      - {name: hotfix, when: {messages: ['\\[hotfix\\]']}}
      - {name: to-production, when: {branches: [main], authors: ['!bot*']}}
  - {name: cards, applications: [web], flows: [{name: to-production}]}
flows:
  - name: hotfix
    triggerEnvironment: staging
    steps: [{environment: eu, dependsOn: [staging]}]
  - name: to-production
    triggerEnvironment: staging
    steps: [{environment: eu, dependsOn: [staging], policy: {gates: {before: [signed]}}}]
gates:
  - {name: signed, approval: {count: 1}}
";

const API: &str = "apps/api/staging/values.yaml";

fn files() -> [(&'static str, &'static str); 5] {
    [
        ("promote.yaml", CONFIGURATION),
        (API, "image: {tag: 1.0.0}\n"),
        ("apps/api/eu/values.yaml", "image: {tag: 1.0.0}\n"),
        ("apps/web/staging/values.yaml", "image: {tag: 1.0.0}\n"),
        ("apps/web/eu/values.yaml", "image: {tag: 1.0.0}\n"),
    ]
}

/// Pushes the checked-out branch.
fn push(clone: &Repo<'_>) {
    clone.git(&["push", "--quiet", "--force", "origin", "HEAD"]);
}

/// Changes the version of `api` in staging.
fn change(clone: &Repo<'_>, message: &str, version: &str) -> String {
    let text = format!("image: {{tag: {version}}}\n");
    clone.commit(message, &[(API, &text)])
}

fn trigger(clone: &Repo<'_>, options: &[&str]) -> Ran {
    clone.promote(&[&["trigger"][..], options].concat())
}

/// The codes of the flows of `loans`, without those after a match.
fn codes(clone: &Repo<'_>, options: &[&str]) -> Vec<String> {
    let words = ["--dry-run", "--product", "loans", "--output", "json"];
    let ran = trigger(clone, &[options, &words[..]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let flows = document["products"][0]["flows"].as_array().unwrap();
    let code = |flow: &Value| flow["code"].as_str().unwrap_or("starts").to_owned();
    let codes = flows.iter().map(code);
    codes.filter(|code| code != "after-match").collect()
}

#[test]
fn the_first_flow_whose_conditions_match_starts_once() {
    let world = World::new();
    let (_remote, clone) = world.cloned(&files());
    let commit = change(&clone, "api: 1.1.0", "1.1.0");
    push(&clone);
    let preview = trigger(&clone, &["--dry-run"]);
    assert_eq!(preview.code, 0, "{preview}");
    for line in [
        r"no message matches \[hotfix\]",
        &format!("{} changes staging", &commit[..7]),
        "no commit changes staging",
        "\nloans would start: flow to-production\n",
    ] {
        assert!(preview.stdout.contains(line), "{line}: {preview}");
    }
    assert_eq!(
        clone.promote(&["release", "list", "--all"]).stdout,
        "no releases\n"
    );
    let first = trigger(&clone, &["--product", "loans"]);
    assert_eq!(first.code, 0, "{first}");
    assert!(
        first
            .stdout
            .contains("\nstarted loans-1: flow to-production\nloans-1 is suspended\n"),
        "{first}"
    );
    let second = trigger(&clone, &["--commit", &commit, "--output", "json"]);
    assert_eq!(second.code, 0, "{second}");
    let document: Value = serde_json::from_str(&second.stdout).unwrap();
    let schema = world.promote(&["schema", "trigger"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    assert_eq!(document["products"][0]["result"], "started-before");
    assert_eq!(document["products"][0]["release"], "loans-1");
    assert_eq!(document["products"][1]["result"], "no-match");
    assert_eq!(
        document["releases"][0]["release"]["trigger"],
        commit.as_str()
    );
}

#[test]
fn only_changes_of_the_trigger_environment_count() {
    let world = World::new();
    let (_remote, clone) = world.cloned(&files());
    let first = clone.tip("HEAD");
    let since = |expected: &[&str], before: &str, what: &str| {
        push(&clone);
        assert_eq!(codes(&clone, &["--before", before]), expected, "{what}");
    };
    let eu = ("apps/api/eu/values.yaml", "image: {tag: 1.0.1}\n");
    clone.commit("eu", &[eu, ("docs/api.md", "")]);
    since(&["unchanged", "unchanged"], &first, "another environment");
    change(&clone, "api: 1.1.0", "1.1.0");
    change(&clone, "Revert api: 1.1.0", "1.0.0");
    since(
        &["unchanged", "unchanged"],
        &first,
        "nothing has changed in the end",
    );
    change(&clone, "[hotfix] api", "1.1.1");
    let changed = change(&clone, "api: 1.1.2", "1.1.2");
    since(&["starts"], &first, "one of several commits matches");
    since(
        &["message", "starts"],
        &clone.tip("HEAD~1"),
        "only the last one",
    );
    since(&["unchanged", "unchanged"], &changed, "no commit at all");
    let author = "--author=bot <bot@example.org>";
    change(&clone, "api: 1.1.3", "1.1.3");
    clone.git(&["commit", "--quiet", "--amend", author, "--no-edit"]);
    since(&["message", "author"], &changed, "an excluded author");
    std::fs::remove_file(clone.dir.join(API)).unwrap();
    clone.commit("[hotfix] remove api", &[]);
    since(&["starts"], &clone.tip("HEAD~1"), "a deleted file");
}

#[test]
fn promotions_start_nothing() {
    let world = World::new();
    let configuration = CONFIGURATION.replace(
        "flows:\n  - name: hotfix",
        "flows:\n  - name: on\n    triggerEnvironment: eu\n    steps: [{environment: us, dependsOn: [eu]}]\n  - name: hotfix",
    );
    let configuration = configuration
        .replace(
            "- {name: eu, kind: production}",
            "- {name: eu, kind: production}\n  - {name: us}",
        )
        .replace(
            "applications: [web], flows: [{name: to-production}]",
            "applications: [api], flows: [{name: on}]",
        );
    let mut files = files().to_vec();
    files[0].1 = configuration.leak();
    files.push(("apps/api/us/values.yaml", "image: {tag: 1.0.0}\n"));
    let (_remote, clone) = world.cloned(&files);
    change(&clone, "api: 1.1.0", "1.1.0");
    push(&clone);
    let promoted = clone.promote(&[
        "--from",
        "staging",
        "--to",
        "eu",
        "--service",
        "api",
        "--yes",
    ]);
    assert_eq!(promoted.code, 0, "{promoted}");
    let cards = |what: &str| {
        let ran = trigger(&clone, &["--dry-run", "--product", "cards"]);
        assert!(ran.stdout.contains(what), "{what}: {ran}");
    };
    cards("only promotions change eu");
    // The same through the merge of a branch that was updated.
    clone.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    push(&clone);
    let words = [
        "--from",
        "staging",
        "--to",
        "eu",
        "--service",
        "api",
        "--yes",
    ];
    let proposed = clone.promote(&[&words[..], &["--action", "pull-request"]].concat());
    assert_eq!(proposed.code, 0, "{proposed}");
    clone.git(&["fetch", "--quiet"]);
    let branch = "origin/promote/staging-to-eu/api";
    clone.git(&[
        "merge",
        "--quiet",
        "--no-ff",
        "-m",
        "Merge pull request #1",
        branch,
    ]);
    push(&clone);
    cards("only promotions change eu");
    clone.commit(
        "by hand",
        &[("apps/api/eu/values.yaml", "image: {tag: 1.2.0}\n")],
    );
    push(&clone);
    cards("would start");
}

#[test]
fn merged_commits_count_and_what_was_merged_into_them_does_not() {
    let world = World::new();
    let (_remote, clone) = world.cloned(&files());
    clone.git(&["checkout", "--quiet", "-b", "topic"]);
    clone.commit(
        "web",
        &[("apps/web/staging/values.yaml", "image: {tag: 1.1.0}\n")],
    );
    clone.git(&["checkout", "--quiet", "main"]);
    change(&clone, "[hotfix] api", "1.1.0");
    push(&clone);
    let before = clone.tip("HEAD");
    clone.git(&["checkout", "--quiet", "topic"]);
    clone.git(&[
        "merge",
        "--quiet",
        "--no-ff",
        "-m",
        "Merge main [hotfix]",
        "main",
    ]);
    clone.git(&["checkout", "--quiet", "main"]);
    clone.git(&["merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic"]);
    push(&clone);
    assert_eq!(
        codes(&clone, &["--before", &before]),
        ["unchanged", "unchanged"]
    );
    let ran = trigger(
        &clone,
        &["--before", &before, "--dry-run", "--product", "cards"],
    );
    assert!(ran.stdout.contains("cards would start"), "{ran}");
}

#[test]
fn new_branches_and_forced_pushes_are_understood() {
    let world = World::new();
    let (_remote, clone) = world.cloned(&files());
    let zeros = "0".repeat(40);
    clone.git(&["checkout", "--quiet", "-b", "topic"]);
    change(&clone, "[hotfix] api", "1.1.0");
    clone.commit("docs", &[("README.md", "")]);
    push(&clone);
    let new = ["--branch", "topic", "--before", &zeros];
    assert_eq!(codes(&clone, &new), ["starts"]);
    // The commit before a forced push is gone.
    let gone = "1234567890".repeat(4);
    let forced = trigger(
        &clone,
        &["--branch", "topic", "--before", &gone, "--dry-run"],
    );
    assert!(forced.stdout.contains("loans would start"), "{forced}");
    assert!(forced.stderr.contains("as after a forced push"), "{forced}");
    let main = trigger(
        &clone,
        &["--branch", "main", "--before", &zeros, "--dry-run"],
    );
    assert_eq!(main.code, 0, "{main}");
    let elsewhere = trigger(&clone, &["--branch", "main", "--commit", "topic"]);
    assert_eq!(elsewhere.code, 2, "{elsewhere}");
    assert!(elsewhere.stderr.contains("is not on `main`"), "{elsewhere}");
    let misspelt = trigger(&clone, &["--branch", "main", "--before", "mian"]);
    assert_eq!(misspelt.code, 2, "{misspelt}");
}

#[test]
fn the_same_commit_starts_a_release_on_each_branch() {
    let world = World::new();
    let (_remote, clone) = world.cloned(&files());
    let before = clone.tip("HEAD");
    let product = ["--product", "loans", "--before", &before];
    clone.git(&["checkout", "--quiet", "-b", "release"]);
    change(&clone, "api: 1.1.0 [hotfix]", "1.1.0");
    push(&clone);
    let first = trigger(&clone, &[&product[..], &["--branch", "release"]].concat());
    assert!(
        first.stdout.contains("started loans-1: flow hotfix"),
        "{first}"
    );
    clone.git(&["checkout", "--quiet", "main"]);
    clone.git(&["merge", "--quiet", "--ff-only", "release"]);
    push(&clone);
    let second = trigger(&clone, &product);
    assert!(
        second.stdout.contains("started loans-2: flow hotfix"),
        "{second}"
    );
}

#[test]
fn commits_of_the_release_itself_do_not_start_it_again() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files());
    let before = clone.tip("HEAD");
    let product = ["--product", "loans", "--before", &before];
    change(&clone, "api: 1.1.0 [hotfix]", "1.1.0");
    push(&clone);
    let first = trigger(&clone, &product);
    assert!(
        first.stdout.contains("started loans-1: flow hotfix"),
        "{first}"
    );
    let eu = || remote.show("main", "apps/api/eu/values.yaml");
    assert_eq!(eu(), "image: {tag: 1.1.0}\n");
    let reverted = clone.promote(&["revert", "loans-1", "--yes"]);
    assert_eq!(reverted.code, 0, "{reverted}");
    let again = trigger(&clone, &product);
    assert!(!again.stdout.contains("loans-2"), "{again}");
    assert_eq!(eu(), "image: {tag: 1.0.0}\n");
}

#[test]
fn processes_at_once_and_late_ones_start_one_release() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files());
    let first = clone.tip("HEAD");
    let earlier = change(&clone, "api: 1.1.0", "1.1.0");
    let later = change(&clone, "api: 1.1.1", "1.1.1");
    push(&clone);
    let clones: Vec<_> = ["a", "b", "c"]
        .iter()
        .map(|name| world.clone_of(&remote, name))
        .collect();
    thread::scope(|scope| {
        for clone in &clones {
            scope.spawn(|| {
                let ran = trigger(clone, &["--before", &earlier, "--commit", &later]);
                assert_eq!(ran.code, 0, "{ran}");
            });
        }
    });
    // The job of the earlier push is late: its release would bring an older state.
    let late = trigger(&clone, &["--before", &first, "--commit", &earlier]);
    assert!(
        late.stdout.contains("loans-1 has these commits already"),
        "{late}"
    );
    let list = clone.promote(&["release", "list", "--all"]).stdout;
    assert_eq!(list.matches("loans-").count(), 1, "{list}");
}

#[test]
fn a_shallow_clone_without_the_commit_before_is_an_error() {
    let world = World::new();
    let (remote, clone) = world.cloned(&files());
    change(&clone, "api: 1.1.0", "1.1.0");
    push(&clone);
    let url = format!("file://{}", remote.dir.display());
    world.git(&["clone", "--quiet", "--depth=1", &url, "shallow"]);
    let shallow = world.at(world.path("shallow"));
    let ran = trigger(&shallow, &[]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("git fetch --unshallow"), "{ran}");
}
