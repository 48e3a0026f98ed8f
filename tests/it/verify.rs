//! Commands that must succeed on the planned files, before anything is committed.

use std::time::{Duration, Instant};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::renderers::renderer;
use crate::skipped::{Missing, skip};
use crate::terminal;
use crate::world::{PROMOTE, Ran, Repo, World};

const VALUES: &str = "apps/api/production/values.yaml";

/// An application with a new version, and these further files.
fn repository<'w>(world: &'w World, more: &[(&str, &str)]) -> Repo<'w> {
    let files = [
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        (VALUES, "image: {tag: 1.0.0}\n"),
        ("policy/tags.txt", "2.0.0\n"),
    ];
    world.repository(&[&files[..], more].concat())
}

fn promote(repo: &Repo<'_>, more: &[&str]) -> Ran {
    repo.promote(&[PROMOTE, more].concat())
}

fn result(repo: &Repo<'_>, more: &[&str]) -> Value {
    let ran = promote(repo, &[more, &["--output", "json"]].concat());
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran}"))
}

#[test]
fn a_command_sees_the_planned_files_of_the_whole_tree() {
    let world = World::new();
    let repo = repository(&world, &[]);
    // Neither the checked-out files nor those that are not committed.
    repo.write("policy/untracked.txt", "");
    let seen = world.path("seen");
    let command = format!(
        "(git rev-parse --git-dir 2>&1 | head -c 5; echo; find . -type f | sort; cat {VALUES}; \
         env | grep ^PROMOTE_ | grep -v _FILES | sort; cat \"$PROMOTE_FILES\") > {}",
        seen.display()
    );
    let ran = promote(&repo, &["--verify", &command]);
    assert_eq!(ran.code, 0, "{ran}");
    let seen = std::fs::read_to_string(seen).unwrap();
    let id = repo.git(&[
        "log",
        "-1",
        "--format=%(trailers:key=Promotion-Id,valueonly)",
    ]);
    assert_snapshot!(seen.replace(id.trim(), "[ID]"), @"
    fatal
    ./apps/api/production/values.yaml
    ./apps/api/staging/values.yaml
    ./policy/tags.txt
    image: {tag: 2.0.0}
    PROMOTE_APPLICATIONS=api
    PROMOTE_FROM=staging
    PROMOTE_ID=[ID]
    PROMOTE_TO=production
    apps/api/production/values.yaml
    ");
}

#[test]
fn a_failure_holds_a_commit_a_pull_request_and_a_preview() {
    let world = World::new();
    let repo = repository(&world, &[]);
    let before = repo.git(&["for-each-ref"]);
    let failing = "echo checking; echo 'no \u{1b}[31mtag\u{202e}' >&2; exit 7";
    for more in [
        &["--dry-run"][..],
        &[],
        &["--action", "pull-request"],
        &["--output", "markdown"],
    ] {
        let ran = promote(&repo, &[more, &["--verify", failing]].concat());
        assert_eq!(ran.code, 3, "{more:?} {ran}");
        assert_eq!(repo.git(&["for-each-ref"]), before, "{more:?}");
    }
    let ran = promote(&repo, &["--verify", failing]);
    assert_snapshot!(ran.stdout.split("\n\n").next().unwrap(), @r"
    held by verify: `echo checking; echo 'no \u{1b}[31mtag\u{202e}' >&2; exit 7` failed with exit code 7
      | checking
      | no \u{1b}[31mtag\u{202e}
      `--allow verify` lifts this hold
    ");
    assert_snapshot!(ran.stderr, @"
    error: held by verify; nothing was written
    hint: `--allow verify` lifts the hold, and the commit records it
    ");
    let held = result(&repo, &["--verify", failing, "--verify", "true"]);
    assert_eq!(held["status"], "held");
    assert_eq!(
        held["holds"],
        json!([{
            "guard": "verify",
            "selector": "",
            "message": format!("`{failing}` failed with exit code 7"),
            "can_be_lifted": true,
            "command": {
                "command": failing,
                "exit_code": 7,
                "output": "checking\nno \u{1b}[31mtag\u{202e}"
            }
        }])
    );
}

#[test]
fn the_hold_can_be_lifted_and_the_commit_records_it() {
    let world = World::new();
    let repo = repository(&world, &[]);
    let ran = promote(&repo, &["--verify", "exit 1", "--allow", "verify"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("lifted the hold of verify"), "{ran}");
    let message = repo.git(&["log", "-1", "--format=%B"]);
    assert!(message.contains("Promotion-Allowed: verify"), "{message}");
}

#[test]
fn what_a_command_writes_is_neither_committed_nor_left_behind() {
    let world = World::new();
    let repo = repository(&world, &[("run.sh", "true\n")]);
    let place = world.path("place");
    let command = format!(
        "pwd > {}; echo 'image: {{tag: 9.9.9}}' > {VALUES}; touch new; rm policy/tags.txt; ln -s / root",
        place.display()
    );
    let ran = promote(&repo, &["--verify", &command, "--verify", "test -e new"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.show("HEAD", VALUES), "image: {tag: 2.0.0}\n");
    let changed = repo.git(&["show", "--format=", "--name-only", "HEAD"]);
    assert_eq!(changed, VALUES);
    assert_eq!(repo.status(), "");
    let place = std::fs::read_to_string(place).unwrap();
    assert!(!std::path::Path::new(place.trim()).exists(), "{place}");
}

#[test]
fn a_command_that_hangs_is_killed_with_its_children() {
    let world = World::new();
    let mark = world.path("alive");
    let config = format!(
        "policies: [{{name: a, verifyTimeout: 1s, verify: \"echo begun; (sleep 4; touch {}) & sleep 60\"}}]\n",
        mark.display()
    );
    let repo = repository(&world, &[("promote.yaml", &config)]);
    let started = Instant::now();
    let held = result(&repo, &[]);
    assert!(started.elapsed() < Duration::from_secs(4));
    let finding = &held["holds"][0];
    let message = finding["message"].as_str().unwrap();
    assert!(message.ends_with("did not end within 1s"), "{message}");
    assert_eq!(finding["command"]["exit_code"], Value::Null);
    assert_eq!(finding["command"]["output"], "begun");
    std::thread::sleep(Duration::from_secs(5).saturating_sub(started.elapsed()));
    assert!(!mark.exists());
}

#[test]
fn no_command_runs_if_another_guard_holds_the_plan() {
    let world = World::new();
    let repo = repository(&world, &[]);
    repo.commit("newer", &[(VALUES, "image: {tag: 3.0.0}\n")]);
    let mark = world.path("ran");
    let touch = format!("touch {}", mark.display());
    let ran = promote(&repo, &["--verify", &touch]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("held by rollback"), "{ran}");
    assert!(!mark.exists(), "{ran}");
    let ran = promote(&repo, &["--verify", &touch, "--allow", "rollback"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(mark.exists(), "{ran}");
}

#[test]
fn on_a_terminal_the_commands_are_shown_and_run_after_a_yes() {
    let world = World::new();
    let mark = world.path("ran");
    let config = format!(
        "policies: [{{name: a, verify: [\"touch {}; echo no tag; exit 7\"]}}]\n",
        mark.display()
    );
    let repo = repository(&world, &[("promote.yaml", &config)]);
    let before = repo.git(&["rev-parse", "HEAD"]);
    for (answer, code) in [("n", 1), ("y", 3)] {
        let line = "--from staging --to production";
        let input = format!("echo {answer}");
        let Some(ran) = terminal::run((&world, &repo), None, line, &input) else {
            return;
        };
        assert_eq!(ran.code, code, "{ran}");
        assert!(ran.stdout.contains("exit 7\r\nCommit 1 file"), "{ran}");
        assert_eq!(ran.stdout.contains("held by verify"), code == 3, "{ran}");
        assert_eq!(ran.stdout.contains("  | no tag"), code == 3, "{ran}");
        assert_eq!(mark.exists(), code == 3, "{ran}");
        assert_eq!(repo.git(&["rev-parse", "HEAD"]), before);
    }
}

#[test]
fn a_missing_program_is_named() {
    let world = World::new();
    let repo = repository(&world, &[]);
    let ran = promote(&repo, &["--verify", "kustomise build ."]);
    assert_eq!(ran.code, 3, "{ran}");
    let first =
        "held by verify: `kustomise build .` failed with exit code 127: a program was not found";
    assert_eq!(ran.stdout.lines().next(), Some(first), "{ran}");
    assert!(ran.stdout.contains("kustomise: not found"), "{ran}");
}

#[test]
fn a_command_gets_no_secret_of_the_environment() {
    let world = World::new();
    let repo = repository(&world, &[]);
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command
        .current_dir(&repo.dir)
        .args(PROMOTE)
        .args(["--verbose", "--verify", "env; exit 1"]);
    for name in [
        "GH_TOKEN",
        "GITHUB_TOKEN",
        "GIT_PROMOTE_APP_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "KUBECONFIG",
        "SSH_AUTH_SOCK",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR_TOKEN",
    ] {
        let value = if name == "GIT_CONFIG_PARAMETERS" {
            "'a.b=sesame'"
        } else {
            "sesame"
        };
        command.env(name, value);
    }
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("| PROMOTE_TO=production"), "{ran}");
    // `--verbose` prints the output as it comes.
    assert!(ran.stderr.contains("\n  PROMOTE_TO=production\n"), "{ran}");
    assert!(!format!("{ran}").contains("sesame"), "{ran}");
}

#[test]
fn the_data_of_secrets_is_not_in_the_output_of_a_command() {
    let world = World::new();
    let secret = |(env, word): (&str, &str)| {
        (
            format!("apps/api/{env}/secret.yaml"),
            format!(
                "kind: Secret\nmetadata: {{name: s}}\nstringData:\n  password: sesame-{word}\n"
            ),
        )
    };
    let [(source, text), (target, old)] = [("staging", "new"), ("production", "old")].map(secret);
    let printed = "kind: Secret\ndata: {a: b3Blbg==}\n";
    let files = [
        (source.as_str(), text.as_str()),
        (&target, &old),
        ("printed", printed),
    ];
    let repo = repository(&world, &files);
    let command = format!("sed 's/.*: /got /' {target}; cat printed; exit 1");
    let args = [
        "--verify",
        command.as_str(),
        "--promote",
        "all",
        "--allow",
        "encrypted",
    ];
    for format in ["text", "json", "markdown"] {
        let ran = promote(&repo, &[&args[..], &["--output", format]].concat());
        assert_eq!(ran.code, 3, "{ran}");
        let all = format!("{}{}", ran.stdout, ran.stderr);
        assert!(all.contains("kind: Secret"), "{all}");
        assert!(!all.contains("sesame") && !all.contains("b3Blbg"), "{all}");
    }
}

#[test]
fn policies_add_commands_to_those_of_the_command_line() {
    let world = World::new();
    let config = "environments: [{name: staging}, {name: production, kind: production}]\n\
        policies:\n  - {name: a, match: {kinds: [production]}, verify: [exit 1, exit 2]}\n";
    let repo = repository(&world, &[("promote.yaml", config)]);
    let codes = |more: &[&str]| -> Vec<i64> {
        let result = result(&repo, more);
        let holds = result["holds"].as_array().unwrap().iter();
        holds
            .map(|hold| hold["command"]["exit_code"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(codes(&["--dry-run"]), [1, 2]);
    let more = ["--dry-run", "--verify", "exit 3", "--verify", "exit 2"];
    assert_eq!(codes(&more), [1, 2, 3]);
    // What only shows something does not run what a repository has.
    let ran_mark = world.path("ran");
    let touch = config.replace("exit 1", &format!("touch {}", ran_mark.display()));
    repo.commit("touch", &[("promote.yaml", &touch)]);
    for command in ["diff", "baseline"] {
        let ran = repo.promote(&[command, "--from", "staging", "--to", "production"]);
        assert_eq!(ran.code, 0, "{ran}");
        assert!(!ran_mark.exists(), "{command}");
    }
    let level = |level: &str| {
        let level = format!("guards: {{verify: {level}}}, verify");
        repo.commit(
            "level",
            &[("promote.yaml", &config.replace("verify", &level))],
        );
        result(&repo, &["--dry-run"])
    };
    let warned = level("warn");
    assert_eq!(warned["status"], "planned");
    assert_eq!(warned["warnings"][0]["command"]["exit_code"], 1);
    let off = level("off");
    assert_eq!(off["warnings"], json!([]));
}

#[test]
fn the_commands_run_again_if_the_branch_has_moved() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        (VALUES, "image: {tag: 1.0.0}\n"),
    ]);
    let other = world.clone_of(&remote, "other");
    // The first run pushes a commit, so that the promotion loses the race.
    let script = format!(
        "test -e limit && exit 9; cd {} && echo low > limit && git add limit && \
         git commit -qm limit && git push -q",
        other.dir.display()
    );
    let ran = promote(&repo, &["--verify", &script]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stderr.contains("held by verify"), "{ran}");
    assert_eq!(remote.show("main", VALUES), "image: {tag: 1.0.0}\n");
}

#[test]
fn names_that_git_would_not_check_out_are_an_error() {
    let world = World::new();
    let repo = repository(&world, &[]);
    let blob = repo.git(&["rev-parse", "HEAD:policy/tags.txt"]);
    let apps = repo.git(&["rev-parse", "HEAD:apps"]);
    let policy = repo.git(&["rev-parse", "HEAD:policy"]);
    let evil = |name: &str, object: &str| {
        let file = world.path("tree");
        std::fs::write(
            &file,
            format!("{object}\t{name}\n040000 tree {apps}\tapps\n"),
        )
        .unwrap();
        let script = format!(
            "git update-ref refs/heads/main $(git commit-tree -m evil $(git mktree < {}))",
            file.display()
        );
        let ran = Ran::from(
            world
                .command("sh")
                .current_dir(&repo.dir)
                .args(["-c", &script])
                .output()
                .unwrap(),
        );
        assert_eq!(ran.code, 0, "{ran}");
    };
    for (name, object) in [
        (".git", format!("100644 blob {blob}")),
        ("..", format!("040000 tree {policy}")),
        ("apps", format!("120000 blob {blob}")),
    ] {
        evil(name, &object);
        let ran = promote(&repo, &["--dry-run", "--verify", "true"]);
        assert_eq!(ran.code, 1, "{name} {ran}");
        let expected = format!("`{name}` cannot be checked out");
        assert!(ran.stderr.contains(&expected), "{ran}");
    }
}

#[test]
fn a_kustomization_that_does_not_build_is_held() {
    let Some(kubectl) = renderer("kubectl") else {
        return skip(Missing::Program, "kubectl is not installed");
    };
    let world = World::new();
    let overlay = |environment: &str, tag: &str| {
        (
            format!("apps/api/overlays/{environment}/kustomization.yaml"),
            format!("resources: [../../base]\nimages: [{{name: acme/api, newTag: {tag}}}]\n"),
        )
    };
    let (source, target) = (overlay("staging", "2.0.0"), overlay("production", "1.0.0"));
    let files = [
        (
            "apps/api/base/kustomization.yaml",
            "resources: [pod.yaml]\n",
        ),
        (
            "apps/api/base/pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: api}\nspec: {containers: [{name: api, image: acme/api}]}\n",
        ),
        (&source.0, &source.1),
        (&target.0, &target.1),
    ];
    let repo = world.repository(&files);
    let build = format!(
        "while read -r file; do {} kustomize \"$(dirname \"$file\")\"; done < \"$PROMOTE_FILES\" | grep -q 2.0.0",
        kubectl.display()
    );
    repo.commit(
        "broken",
        &[(
            "apps/api/base/kustomization.yaml",
            "resources: [gone.yaml]\n",
        )],
    );
    let ran = promote(&repo, &["--verify", &build]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("gone.yaml"), "{ran}");
    repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    let ran = promote(&repo, &["--verify", &build]);
    assert_eq!(ran.code, 0, "{ran}");
}
