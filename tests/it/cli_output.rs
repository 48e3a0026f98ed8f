//! The outputs of `git promote diff`.

use std::process::Stdio;

use insta::assert_snapshot;

use crate::skipped::{Missing, skip};
use crate::world::{Ran, Repo, World};

const FILES: [(&str, &str); 4] = [
    (
        "envs/staging/web.yaml",
        "kind: Deployment\nmetadata: {name: web}\nspec:\n  image: acme/web:2.0.0\n  replicas: 1\n",
    ),
    (
        "envs/production/web.yaml",
        "kind: Deployment\nmetadata: {name: web}\nspec:\n  image: acme/web:1.9.0\n  replicas: 3\n",
    ),
    ("envs/staging/new.yaml", "env: staging\n"),
    ("envs/production/old.yaml", "a: 1\n"),
];

fn diff(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let words = ["diff", "--from", "staging", "--to", "production", "--new"];
    repo.promote(&words.iter().chain(more).copied().collect::<Vec<_>>())
}

fn assert_valid(world: &World, subject: &str, document: &str) {
    let schema = world.promote(&["schema", subject]);
    let schema: serde_json::Value = serde_json::from_str(&schema.stdout).unwrap();
    let document: serde_json::Value = serde_json::from_str(document).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(&document)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}\n{document:#}");
}

#[test]
fn a_diff_writes_nothing_and_exits_with_0_or_10_as_asked() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let tip = repo.tip("HEAD");
    let ran = diff(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran, @"
    exit 0
    --- stdout
    new
      envs/production/new.yaml  (new, from envs/staging/new.yaml, 1 line)

    web  1.9.0 -> 2.0.0
      envs/production/web.yaml
        Deployment/web  spec.image  1.9.0 -> 2.0.0

    --- a/envs/production/web.yaml
    +++ b/envs/production/web.yaml
    @@ -1,5 +1,5 @@
     kind: Deployment
     metadata: {name: web}
     spec:
    -  image: acme/web:1.9.0
    +  image: acme/web:2.0.0
       replicas: 3

    commit message:
        Promote new and web from staging to production

        envs/production/new.yaml: new
        envs/production/web.yaml: spec.image acme/web:1.9.0 -> acme/web:2.0.0

        Promotion-Id: 34c363ba98234b7ed0a5c6f00ecad2da
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: new, web
        Promotion-Source: 5aa4bf904eced8f483505dabf7a0bcd31f96a3be
        Promotion-Target: 5aa4bf904eced8f483505dabf7a0bcd31f96a3be
        Promotion-Mode: versions

    2 kept: 1 not a version, 1 only in the target (--kept lists them)
    staging -> production: 2 differences in 2 files of 2 applications

    --- stderr
    ");
    assert_eq!(diff(&repo, &["--exit-code"]).code, 10);
    assert_eq!(diff(&repo, &["--exit-code", "--except", "envs/**"]).code, 0);
    assert_eq!(repo.tip("HEAD"), tip);
}

#[test]
fn a_diff_with_a_conflict_exits_with_4() {
    let world = World::new();
    let values = |version: &str, comment: &str| {
        format!("a: {{tag: &tag {version}}}\nb: {{x: *tag}}{comment}\n")
    };
    let repo = world.repository(&[
        ("envs/staging/web.yaml", &values("2.0.0", "")),
        (
            "envs/production/web.yaml",
            &values("1.0.0", " # promote: keep"),
        ),
    ]);
    assert_eq!(diff(&repo, &[]).code, 0);
    let ran = diff(&repo, &["--only", "envs/production/web.yaml:$.a.tag"]);
    assert_eq!(ran.code, 4, "{ran}");
}

#[test]
fn the_json_of_a_diff_keeps_the_schema_that_the_program_prints() {
    let world = World::new();
    let repo = world.repository(&FILES);
    for more in [
        &["--output", "json"][..],
        &["--output", "json", "--promote", "all", "--delete"],
    ] {
        let ran = diff(&repo, more);
        assert_eq!(ran.code, 0, "{ran}");
        assert_valid(&world, "diff", &ran.stdout);
        assert_eq!(ran.stdout.lines().count(), 1, "JSON is one line: {ran}");
    }
}

#[test]
fn the_json_of_a_result_keeps_the_schema_that_the_program_prints() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let words = [
        "--from",
        "staging",
        "--to",
        "production",
        "--output",
        "json",
    ];
    for status in ["committed", "nothing-to-promote"] {
        let ran = repo.promote(&words);
        let result: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(result["status"], status);
        assert_valid(&world, "result", &ran.stdout);
    }
    let failed = repo.promote(&["--from", "x", "--to", "y", "--output", "json"]);
    assert_valid(&world, "result", &failed.stdout);
}

#[test]
fn an_invalid_command_line_is_reported_as_json_too() {
    let world = World::new();
    for line in [
        "--from staging --to prod --output json --promot all",
        "diff --to=prod --output=json",
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let ran = world.promote(&words);
        assert_eq!(ran.code, 2, "{ran}");
        assert_valid(&world, "result", &ran.stdout);
        let result: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(result["environment"], "prod");
        assert_eq!(result["error"]["code"], 2);
        let message = result["error"]["message"].as_str().unwrap();
        assert!(ran.stderr.contains(&format!("error: {message}\n")), "{ran}");
    }
    let text = world.promote(&["--from", "staging", "--output", "text"]);
    assert_eq!((text.code, text.stdout.as_str()), (2, ""), "{text}");
}

#[test]
fn equal_inputs_give_equal_previews() {
    let world = World::new();
    let repo = world.repository(&FILES);
    for more in [
        &["--kept", "--selectors", "--full"][..],
        &["--output", "json"],
    ] {
        assert_eq!(diff(&repo, more).stdout, diff(&repo, more).stdout);
    }
}

#[test]
fn each_printed_selector_selects_its_own_difference() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let all = diff(&repo, &["--output", "json"]);
    let all: serde_json::Value = serde_json::from_str(&all.stdout).unwrap();
    let selectors: Vec<String> = all["applications"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|a| a["files"].as_array().into_iter().flatten())
        .flat_map(|f| f["differences"].as_array().into_iter().flatten())
        .map(|d| d["selector"].as_str().unwrap().to_owned())
        .collect();
    assert!(selectors.len() >= 3, "{selectors:?}");
    for selector in selectors {
        let ran = diff(&repo, &["--only", &selector, "--output", "json"]);
        assert_eq!(
            ran.stdout.matches("\"decision\":\"promote\"").count(),
            1,
            "{selector}: {ran}"
        );
    }
}

#[test]
fn colour_follows_the_flag_and_the_environment() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let is_coloured = |variables: &[(&str, &str)], more: &[&str]| {
        let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
        command
            .current_dir(&repo.dir)
            .args(["diff", "--from", "staging", "--to", "production"]);
        command.args(more).envs(variables.iter().copied());
        Ran::from(command.output().unwrap())
            .stdout
            .contains('\u{1b}')
    };
    assert!(!is_coloured(&[], &[]), "no terminal, no colour");
    assert!(is_coloured(&[], &["--color", "always"]));
    assert!(is_coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    assert!(!is_coloured(
        &[("CLICOLOR_FORCE", "1")],
        &["--color", "never"]
    ));
    assert!(is_coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
}

#[test]
fn escape_sequences_in_a_file_do_not_reach_the_terminal() {
    let world = World::new();
    let repo = world.repository(&[
        (
            "envs/staging/web.yaml",
            "image: \"acme/web:2.0.0\"\nnote: \"a\u{9b}2J\"\n",
        ),
        (
            "envs/production/web.yaml",
            "image: acme/web:1.9.0\nnote: b\n",
        ),
    ]);
    let ran = diff(&repo, &["--promote", "all", "--kept"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(!format!("{ran}").contains('\u{9b}'), "{ran}");
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    let mut child = command
        .current_dir(&repo.dir)
        .args(["diff", "--from", "staging", "--to", "production"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran}");
}

#[test]
fn a_full_stdout_still_reports_the_commit() {
    if !std::path::Path::new("/dev/full").exists() {
        skip(Missing::Ability, "there is no `/dev/full`");
        return;
    }
    let world = World::new();
    let repo = world.repository(&FILES);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let ran = world
        .command(env!("CARGO_BIN_EXE_git-promote"))
        .current_dir(&repo.dir)
        .args(["--from", "staging", "--to", "production"])
        .args(["--yes", "--output", "json"])
        .stdout(full.unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .and_then(std::process::Child::wait_with_output);
    let ran = Ran::from(ran.unwrap());
    assert_eq!(ran.code, 1, "{ran}");
    assert_snapshot!(repo.redact(ran.stderr), @"
    error: cannot write the output, but the promotion is done: committed [COMMIT] on main
      caused by: No space left on device (os error 28)
    ");
}

#[test]
fn short_forms_print_warnings_on_stderr() {
    let world = World::new();
    let (_, repo) = world.cloned(&FILES);
    repo.commit("mine", &[("mine", "1")]);
    let all = [&["--stat"][..], &["--name-only"], &["--output", "markdown"]].map(|form| {
        let ran = diff(&repo, form);
        assert_eq!(ran.code, 0, "{ran}");
        format!("== {form:?}\n{ran}")
    });
    assert_snapshot!(all.concat(), @r#"
    == ["--stat"]
    exit 0
    --- stdout
     envs/production/new.yaml | 1 +
     envs/production/web.yaml | 2 +-
     2 files changed, 2 insertions(+), 1 deletion(-)

    --- stderr
    warning: local branch `main` has 1 commit that `origin` does not have; unpushed commits are not included
    == ["--name-only"]
    exit 0
    --- stdout
    envs/production/new.yaml
    envs/production/web.yaml

    --- stderr
    warning: local branch `main` has 1 commit that `origin` does not have; unpushed commits are not included
    == ["--output", "markdown"]
    exit 0
    --- stdout
    `staging` → `production`: 2 differences in 2 files of 2 applications.

    ### `new`

    `envs/production/new.yaml` (new, 1 line)


    ### `web` `1.9.0` → `2.0.0`

    `envs/production/web.yaml`

    | place | before | after |
    |---|---|---|
    | `Deployment/web spec.image` | `acme/web:1.9.0` | `acme/web:2.0.0` |

    ```diff
    --- /dev/null
    +++ b/envs/production/new.yaml
    @@ -0,0 +1 @@
    +env: production
    ```

    ```diff
    --- a/envs/production/web.yaml
    +++ b/envs/production/web.yaml
    @@ -1,5 +1,5 @@
     kind: Deployment
     metadata: {name: web}
     spec:
    -  image: acme/web:1.9.0
    +  image: acme/web:2.0.0
       replicas: 3
    ```

    <details><summary>2 differences kept</summary>

    - 1 `not a version`
    - 1 `only in the target`

    </details>

    <details><summary>Commit message</summary>

    ```text
    Promote new and web from staging to production

    envs/production/new.yaml: new
    envs/production/web.yaml: spec.image acme/web:1.9.0 -> acme/web:2.0.0

    Promotion-Id: 34c363ba98234b7ed0a5c6f00ecad2da
    Promotion-From: staging
    Promotion-To: production
    Promotion-Apps: new, web
    Promotion-Source: 5aa4bf904eced8f483505dabf7a0bcd31f96a3be
    Promotion-Target: 5aa4bf904eced8f483505dabf7a0bcd31f96a3be
    Promotion-Mode: versions
    ```

    </details>

    --- stderr
    warning: local branch `main` has 1 commit that `origin` does not have; unpushed commits are not included
    "#);
}

#[test]
fn short_forms_report_unreadable_files() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.commit("twice", &[(FILES[0].0, "a: 1\na: 2\n")]);
    let [stat, names] = ["--stat", "--name-only"].map(|form| diff(&repo, &[form]));
    assert_snapshot!(stat, @"
    exit 1
    --- stdout
     envs/production/new.yaml | 1 +
     1 file changed, 1 insertion(+)

    --- stderr
    error: envs/staging/web.yaml:2:1: duplicate key `a`; web is left out
    ");
    assert_eq!(names.stderr, stat.stderr);
}

#[test]
fn the_names_of_unreadable_files_are_escaped() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let name = "envs/staging/\u{1b}[31m.yaml";
    repo.commit("twice", &[(name, "a: 1\na: 2\n")]);
    repo.commit("old", &[("envs/production/\u{1b}[31m.yaml", "a: 3\n")]);
    for output in ["text", "json", "markdown"] {
        let words = [
            "--from",
            "staging",
            "--to",
            "production",
            "--dry-run",
            "--output",
            output,
        ];
        let ran = repo.promote(&words);
        assert_eq!(ran.code, 1, "{ran}");
        assert!(ran.stderr.contains("left out"), "{ran}");
        assert!(!ran.to_string().contains('\u{1b}'), "{ran}");
    }
}

#[test]
fn changes_that_are_not_committed_are_a_warning() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let diff = |more: &[&str]| {
        let ran = diff(&repo, more);
        assert_eq!(ran.code, 0, "{ran}");
        ran
    };
    repo.write("envs/production/web.yaml", "a: 1\n");
    repo.write("envs/staging/docs/notes.yaml", "a: 1\n");
    repo.write("notes.txt", "");
    assert_eq!(diff(&["--stat"]).stderr, "");
    repo.write("promote.yaml", "version: 1\n");
    repo.write("envs/staging/web.yaml", "a: 1\n");
    repo.write("envs/staging/api.yaml", "a: 1\n");
    assert_snapshot!(diff(&["--stat"]).stderr, @"warning: `envs/staging/web.yaml`, `envs/staging/api.yaml`, `promote.yaml` have uncommitted changes, which are not included");
    let json: serde_json::Value =
        serde_json::from_str(&diff(&["--output", "json"]).stdout).unwrap();
    assert_snapshot!(json["warnings"][0]["message"], @r#""`envs/staging/web.yaml`, `envs/staging/api.yaml`, `promote.yaml` have uncommitted changes, which are not included""#);
    assert_snapshot!(diff(&["--stat", "--service", "web"]).stderr, @"warning: `envs/staging/web.yaml`, `promote.yaml` have uncommitted changes, which are not included");
    // The plan is on another revision on purpose, or has another configuration.
    assert_eq!(diff(&["--stat", "--source", "HEAD"]).stderr, "");
    repo.git(&["add", "."]);
    assert!(diff(&["--stat"]).stderr.contains("uncommitted"));
    repo.git(&["commit", "-qm", "all"]);
    assert_eq!(diff(&["--stat"]).stderr, "");
}

#[test]
fn an_unknown_revision_is_no_fault_of_an_option_that_was_not_used() {
    let world = World::new();
    let repo = world.repository(&[
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/api/production/values.yaml", "image: {tag: 1.0.0}\n"),
    ]);
    let hop = ["--from", "staging", "--to", "production"];
    let set = repo.promote(&[&["baseline"], &hop[..], &["--set", "nope"]].concat());
    assert_eq!(
        set.stderr,
        "error: `nope` is not a commit\n\
         hint: name a commit, a tag or a branch; fetch it first if it is not in this clone\n"
    );
}
