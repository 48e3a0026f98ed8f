//! Status, log, reverts and flows over environments in several repositories.

use serde_json::{Value, json};

use super::{Apart, FILE, FROM_TO, as_json, configuration, promoted, values};
use crate::world::{Repo, World};

/// The version of `api` in each environment, with the commit that brought it.
fn versions(clone: &Repo<'_>) -> Vec<(Value, Value)> {
    let status = as_json(&clone.promote(&["status", "--output", "json"]));
    let cells = status["applications"][0]["environments"]
        .as_array()
        .unwrap();
    let cells = cells.iter();
    cells
        .map(|cell| (cell["version"].clone(), cell["since"]["commit"].clone()))
        .collect()
}

#[test]
fn status_log_explain_and_revert_read_the_repositories() {
    let world = World::new();
    let apart = Apart::new(&world);
    let (staging, prod) = (apart.remote.tip("main"), apart.prod.tip("main"));
    assert_eq!(
        versions(&apart.clone),
        [
            (json!("1.5.0"), json!(staging)),
            (json!("1.4.2"), json!(prod))
        ]
    );
    let explained = apart
        .clone
        .promote(&[&["explain"], FROM_TO.as_slice(), &["tag"]].concat());
    assert_eq!(explained.code, 0, "{explained}");
    promoted(&apart.clone, &["--yes"]);
    let promotion = apart.prod.tip("main");
    assert_eq!(
        versions(&apart.clone)[1],
        (json!("1.5.0"), json!(promotion))
    );
    // Another clone has not fetched the other repository before.
    let other = world.clone_of(&apart.remote, "other");
    let log = as_json(&other.promote(&["log", "--output", "json"]));
    assert_eq!(log["promotions"][0]["commit"], json!(promotion));
    let third = world.clone_of(&apart.remote, "third");
    let reverted = third.promote(&["revert", &promotion, "--yes"]);
    assert_eq!(reverted.code, 0, "{reverted}");
    assert_eq!(apart.prod.show("main", FILE), values("1.4.2"));
    assert_eq!(apart.remote.tip("main"), staging);
    let log = as_json(&other.promote(&["log", "--output", "json"]));
    assert_eq!(log["promotions"][0]["reverts"]["commit"], json!(promotion));
    assert_eq!(log["promotions"][0]["repository"], json!("../prod.git"));
}

#[test]
fn only_the_chosen_environments_have_to_be_reached() {
    let world = World::new();
    let configuration = flow("run: [\"true\"]");
    let (_, clone) = world.cloned(&[("promote.yaml", &configuration)]);
    world.bare_at("staging.git", &[(FILE, &values("1.5.0"))]);
    world.bare_at("eu.git", &[(FILE, &values("1.4.2"))]);
    let ran = clone.promote(&["status", "--environments", "staging,eu"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("1.4.2"), "{ran}");
    let all = clone.promote(&["status", "--timeout", "1"]);
    assert_ne!(all.code, 0, "{all}");
    assert!(all.stderr.contains("environment `us`"), "{all}");
}

#[test]
fn a_baseline_is_set_to_a_commit_of_the_sources_repository() {
    let world = World::new();
    let configuration = configuration(
        ", repository: ../staging.git, path: .",
        ", repository: ../prod.git, path: .",
    );
    let (_, clone) = world.cloned(&[("promote.yaml", &configuration)]);
    let staging = world.bare_at("staging.git", &[(FILE, &values("1.5.0"))]);
    let prod = world.bare_at("prod.git", &[(FILE, &values("1.4.2"))]);
    let args = [
        "baseline",
        "--from",
        "staging",
        "--to",
        "prod",
        "--service",
        "api",
    ];
    let set = clone.promote(&[&args[..], &["--set", "main", "--yes"]].concat());
    assert_eq!(set.code, 0, "{set}");
    let message = prod.git(&["log", "-1", "--format=%B", "main"]);
    let source = staging.tip("main");
    assert!(
        message.contains(&format!("Promotion-Source: {source}\n")),
        "{message}"
    );
    let shown = clone.promote(&args);
    assert!(shown.stdout.contains(&source[..7]), "{shown}");
}

/// A flow from `staging` to `eu` and then `us`, each in a repository of its own.
fn flow(gates: &str) -> String {
    format!(
        "environments:
  - {{name: staging, repository: ../staging.git, path: .}}
  - {{name: eu, repository: ../eu.git, path: .}}
  - {{name: us, repository: ../us.git, path: .}}
products:
  - {{name: loans, applications: [api], flows: [{{name: to-production}}]}}
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - {{environment: eu, dependsOn: [staging]}}
      - {{environment: us, dependsOn: [eu], policy: {{gates: {{before: [ready]}}}}}}
gates:
  - {{name: ready, {gates}}}
"
    )
}

const START: [&str; 6] = [
    "release",
    "start",
    "--flow",
    "to-production",
    "--product",
    "loans",
];

#[test]
fn a_release_goes_through_repositories() {
    let world = World::new();
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let configuration = flow("run: [\"grep -q 1.4.2 apps/api/values.yaml && test -e ready\"]");
    let (remote, clone) = world.cloned(&[("promote.yaml", &configuration)]);
    let staging = world.bare_at("staging.git", &[(FILE, &new)]);
    let eu = world.bare_at("eu.git", &[(FILE, &old)]);
    let us = world.bare_at("us.git", &[(FILE, &old)]);
    let planned = clone.promote(&["flow", "plan", "to-production", "--product", "loans"]);
    assert_eq!(planned.code, 0, "{planned}");
    assert_eq!(
        planned.stdout.matches("1.4.2 -> 1.5.0").count() % 2,
        0,
        "{planned}"
    );
    let started = clone.promote(&START);
    assert_eq!(started.code, 0, "{started}");
    assert!(started.stdout.contains("us: gate `ready`"), "{started}");
    assert_eq!(eu.show("main", FILE), new);
    assert_eq!(us.show("main", FILE), old);
    let record = eu.git(&["log", "-1", "--format=%B", "main"]);
    let source = staging.tip("main");
    assert!(
        record.contains(&format!("Promotion-Source: {source}\n")),
        "{record}"
    );
    // What comes later to staging and eu is not promoted by this release.
    let passed = eu.tip("main");
    for (repository, name) in [(&staging, "later-staging"), (&eu, "later-eu")] {
        let later = world.clone_of(repository, name);
        later.commit("later", &[(FILE, &values("1.6.0"))]);
        later.git(&["push", "-q", "origin", "main"]);
    }
    let ready = world.clone_of(&us, "ready-us");
    ready.commit("ready", &[("ready", "")]);
    ready.git(&["push", "-q", "origin", "main"]);
    // Another worker, whose clone has none of the repositories yet.
    let worker = world.clone_of(&remote, "worker");
    let advanced = worker.promote(&["release", "advance", "--all", "--wait"]);
    assert_eq!(advanced.stdout, "loans-1 is succeeded\n", "{advanced}");
    assert_eq!(us.show("main", FILE), new);
    let record = us.git(&["log", "-1", "--format=%B", "main"]);
    assert!(
        record.contains(&format!("Promotion-Source: {passed}\n")),
        "{record}"
    );
    assert_eq!(remote.git(&["rev-list", "--count", "main"]), "1");
}

#[test]
fn a_release_that_is_killed_in_another_repository_lands_once() {
    let world = World::new();
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let (remote, clone) = world.cloned(&[("promote.yaml", &flow("run: [\"true\"]"))]);
    world.bare_at("staging.git", &[(FILE, &new)]);
    let eu = world.bare_at("eu.git", &[(FILE, &old)]);
    let us = world.bare_at("us.git", &[(FILE, &old)]);
    let pid = world.path("pid");
    eu.hook("post-receive", &format!("kill -9 $(cat {})", pid.display()));
    let program = env!("CARGO_BIN_EXE_git-promote");
    let run = format!(
        "echo $$ > {}; exec {program} {}",
        pid.display(),
        START.join(" ")
    );
    let mut command = world.command("sh");
    let command = command.args(["-c", &run]).current_dir(&clone.dir);
    assert!(!command.output().unwrap().status.success());
    eu.hook("post-receive", "exit 0");
    assert_eq!(eu.show("main", FILE), new);
    let worker = world.clone_of(&remote, "worker");
    let advanced = worker.promote(&["release", "advance", "--all", "--wait"]);
    assert_eq!(advanced.stdout, "loans-1 is succeeded\n", "{advanced}");
    for repository in [&eu, &us] {
        assert_eq!(repository.show("main", FILE), new);
        assert_eq!(repository.git(&["rev-list", "--count", "main"]), "2");
    }
}

#[test]
fn a_push_does_not_start_a_flow_of_another_repository() {
    let world = World::new();
    let (_, clone) = world.cloned(&[("promote.yaml", &flow("run: [\"true\"]"))]);
    for name in ["staging.git", "eu.git", "us.git"] {
        world.bare_at(name, &[(FILE, &values("1.4.2"))]);
    }
    // The file of `staging` has the same path there.
    clone.commit("mine", &[(FILE, &values("1.5.0"))]);
    clone.git(&["push", "-q", "origin", "main"]);
    let ran = clone.promote(&["trigger"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(
        ran.stdout.contains("staging is in another repository"),
        "{ran}"
    );
    let listed = clone.promote(&["release", "list"]);
    assert!(!listed.stdout.contains("loans-1"), "{listed}");
}

#[test]
fn a_push_starts_a_flow_of_this_repository_by_its_url() {
    let world = World::new();
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let configuration = flow("run: ['true']").replace("../staging.git", "../remote.git");
    let (_, clone) = world.cloned(&[("promote.yaml", &configuration), (FILE, &old)]);
    let repositories = ["eu.git", "us.git"].map(|name| world.bare_at(name, &[(FILE, &old)]));
    clone.commit("newer", &[(FILE, &new)]);
    clone.git(&["push", "-q", "origin", "main"]);
    let ran = clone.promote(&["trigger"]);
    assert_eq!(ran.code, 0, "{ran}");
    for repository in &repositories {
        assert_eq!(repository.show("main", FILE), new, "{ran}");
    }
    let status = as_json(&clone.promote(&["status", "--output", "json"]));
    let cells = &status["applications"][0]["environments"];
    let named = [0, 1].map(|at| &cells[at]["repository"]);
    assert_eq!(named, [&Value::Null, &json!("../eu.git")]);
}

#[test]
fn a_step_waits_while_its_repository_cannot_be_reached() {
    let world = World::new();
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let (_, clone) = world.cloned(&[("promote.yaml", &flow("run: [\"true\"]"))]);
    world.bare_at("staging.git", &[(FILE, &new)]);
    world.bare_at("eu.git", &[(FILE, &old)]);
    let us = world.bare_at("us.git", &[(FILE, &old)]);
    let move_us = |from: &str, to: &str| {
        std::fs::rename(world.path(from), world.path(to)).unwrap();
    };
    move_us("us.git", "away.git");
    let started = clone.promote(&[&START[..], &["--timeout", "1"]].concat());
    assert_ne!(started.code, 0, "{started}");
    assert!(started.stderr.contains("environment `us`"), "{started}");
    move_us("away.git", "us.git");
    let advanced = clone.promote(&["release", "advance", "--all", "--wait"]);
    assert_eq!(advanced.stdout, "loans-1 is succeeded\n", "{advanced}");
    assert_eq!(us.show("main", FILE), new);
    assert_eq!(us.git(&["rev-list", "--count", "main"]), "2");
}

#[test]
fn a_hook_runs_while_the_source_cannot_be_reached() {
    let world = World::new();
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let paged = world.path("paged");
    let workflows = format!(
        "workflows:
  - {{name: smoke, run: 'false'}}
  - {{name: page, run: 'echo \"version: $VERSION\" >> {}'}}
",
        paged.display()
    );
    let configuration = flow("run: [\"test -e ready\"]")
        .replace("policy: {gates", "policy: {preAction: smoke, gates")
        .replace("    steps:", "    hooks: {onFail: page}\n    steps:")
        + &workflows;
    let (remote, clone) = world.cloned(&[("promote.yaml", &configuration)]);
    world.bare_at("staging.git", &[(FILE, &new)]);
    world.bare_at("eu.git", &[(FILE, &old)]);
    let us = world.bare_at("us.git", &[(FILE, &old)]);
    let started = clone.promote(&START);
    assert!(started.stdout.contains("us: gate `ready`"), "{started}");
    let ready = world.clone_of(&us, "ready-us");
    ready.commit("ready", &[("ready", "")]);
    ready.git(&["push", "-q", "origin", "main"]);
    std::fs::rename(world.path("staging.git"), world.path("away.git")).unwrap();
    // The clone of this worker does not have the source.
    let worker = world.clone_of(&remote, "worker");
    let advanced = worker.promote(&["release", "advance", "--all"]);
    assert_eq!(
        advanced.stdout,
        "loans-1 is failed\n  us: workflow `smoke`: `false` failed with exit code 1\n",
        "{advanced}"
    );
    let read = || std::fs::read_to_string(&paged).unwrap();
    assert_eq!(read(), "version: \n", "{advanced}");
    clone.promote(&["release", "retry", "loans-1"]);
    assert_eq!(read(), "version: \nversion: 1.5.0\n");
}

/// The targets `us-1` and `us-2` share a repository.
const TARGETS: &str = "environments:
  - {name: staging, path: staging}
  - {name: eu, repository: ../eu.git, path: .}
  - {name: us-1, repository: ../us.git, path: \"1\"}
  - {name: us-2, repository: ../us.git, path: \"2\"}
";

#[test]
fn a_group_that_fails_names_its_targets() {
    let world = World::new();
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let staging = format!("staging/{FILE}");
    let us_files = [format!("1/{FILE}"), format!("2/{FILE}")];
    let (_, clone) = world.cloned(&[("promote.yaml", TARGETS), (&staging, &new)]);
    let eu = world.bare_at("eu.git", &[(FILE, &old)]);
    let us = world.bare_at("us.git", &[(&us_files[0], &old), (&us_files[1], &old)]);
    us.hook("update", "exit 1");
    let words = [
        "--from", "staging", "--to", "us-1", "--to", "eu", "--to", "us-2", "--yes", "--output",
        "json",
    ];
    let ran = clone.promote(&words);
    assert_eq!(ran.code, 1, "{ran}");
    let error = "error: cannot promote to `us-1`, `us-2`\n";
    assert!(ran.stderr.contains(error), "{ran}");
    let results = as_json(&ran);
    assert_eq!(results["groups"], json!([["us-1", "us-2"], ["eu"]]));
    let statuses: Vec<&Value> = (results["results"].as_array().unwrap().iter())
        .map(|result| &result["status"])
        .collect();
    assert_eq!(statuses, ["failed", "committed", "failed"]);
    assert_eq!(eu.show("main", FILE), new);
}

#[test]
fn targets_in_several_repositories_are_groups_of_their_own() {
    let world = World::new();
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let staging = format!("staging/{FILE}");
    let us_files = [format!("1/{FILE}"), format!("2/{FILE}")];
    let (_, clone) = world.cloned(&[("promote.yaml", TARGETS), (&staging, &new)]);
    let eu = world.bare_at("eu.git", &[(FILE, &old)]);
    let us = world.bare_at("us.git", &[(&us_files[0], &old), (&us_files[1], &old)]);
    let words = [
        "--from", "staging", "--to", "us-1", "--to", "eu", "--to", "us-2",
    ];
    let diff = clone.promote(&[&["diff"], &words[..], &["--output", "json"]].concat());
    assert_eq!(diff.code, 0, "{diff}");
    let diff = as_json(&diff);
    let targets = diff["diffs"].as_array().unwrap().iter();
    let targets: Vec<&Value> = targets.map(|diff| &diff["to"]).collect();
    assert_eq!(targets, ["us-1", "eu", "us-2"]);
    // The second group fails; in the first one, two promotions are pushed together.
    eu.hook("update", "exit 1");
    let words = [&words[..], &["--yes"]].concat();
    let ran = clone.promote(&words);
    assert_eq!(ran.code, 1, "{ran}");
    let said = "the targets are in 2 repositories and cannot be written together";
    assert!(ran.stderr.starts_with(said), "{ran}");
    assert!(ran.stderr.contains("us-1, us-2; eu"), "{ran}");
    assert_eq!(eu.show("main", FILE), old);
    for file in &us_files {
        assert_eq!(us.show("main", file), new);
    }
    assert_eq!(us.git(&["rev-list", "--count", "main"]), "3");
    eu.hook("update", "exit 0");
    let again = clone.promote(&[&words[..], &["--output", "json"]].concat());
    assert_eq!(again.code, 0, "{again}");
    let results = as_json(&again);
    let of_eu = results["results"].as_array().unwrap();
    let of_eu = of_eu.iter().find(|result| result["environment"] == "eu");
    assert_eq!(
        of_eu.unwrap()["repository"],
        json!("../eu.git"),
        "{results}"
    );
    assert_eq!(eu.show("main", FILE), new);
}
