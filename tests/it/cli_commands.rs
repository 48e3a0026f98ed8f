//! The other commands, and invalid command lines.

use insta::assert_snapshot;

use crate::world::World;

const FILES: [(&str, &str); 2] = [
    ("apps/api/staging/v.yaml", "image: a:2\n"),
    ("apps/api/production/v.yaml", "image: a:1\n"),
];

#[test]
fn folders_are_found_from_below_and_by_name() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let words = ["--from", "staging", "--to", "production", "--name-only"];
    let below = world.promote_in(
        &repo.dir.join("apps/api"),
        &[&["diff"], &words[..]].concat(),
    );
    let before = world.promote(&[&["-C", "repo", "diff"], &words[..]].concat());
    let after = world.promote(&[&["diff", "-C", "repo", "-C", "apps"], &words[..]].concat());
    for ran in [below, before, after] {
        assert_eq!(
            (ran.code, ran.stdout.as_str()),
            (0, "apps/api/production/v.yaml\n"),
            "{ran}"
        );
    }
}

#[test]
fn a_folder_without_a_repository_is_a_usage_error() {
    let world = World::new();
    let [promote, check] = [&["--from", "a", "--to", "b"][..], &["check"]].map(|words| {
        let ran = world.promote(words);
        assert_eq!(ran.code, 2, "{ran}");
        ran.stderr
    });
    assert_snapshot!(world.redact(&promote), @"
    error: `.` is not in a Git repository
    hint: run it in a Git repository, or select one with `-C DIR`
    ");
    assert_eq!(check, promote);
}

#[test]
fn invalid_command_lines_are_usage_errors() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let lines = [
        "",
        "--from staging",
        "--from staging --to production --from qa",
        "--from staging --to production diff",
        "--from staging --to production --allow everything",
        "diff --from staging --to production --yes",
        "diff --from staging --to production --stat --output json",
        "--from staging --to staging",
        "--from staging --to production --promote some",
        "--from staging --to production --service nothing-like-it",
        "--from staging --to production --only x.yaml:$[",
        "--from staging --to production --source nowhere",
        "--from staging --to production --branch nowhere",
        "check --from staging",
    ]
    .map(|line| {
        let words: Vec<&str> = line.split(' ').filter(|w| !w.is_empty()).collect();
        let ran = repo.promote(&words);
        assert_eq!(ran.code, 2, "`{line}`: {ran}");
        format!("$ git promote {line}\n{}", ran.stderr)
    });
    assert_snapshot!(lines.join("\n"));
    assert_eq!(repo.git(&["rev-list", "--count", "HEAD"]), "1");
}

#[test]
fn check_reports_all_faults_at_once_and_exits_with_2() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.write("promote.yaml", "enviroments: []\nlayout: 7\n");
    let ran = repo.promote(&["check"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert_snapshot!(ran, @"
    exit 2
    --- stdout

    --- stderr
    error: `promote.yaml` has 2 faults
      promote.yaml:1:1: unknown key `enviroments`, did you mean `environments`?
          |
        1 | enviroments: []
          | ^^^^^^^^^^^
          = hint: known keys: `version`, `environments`, `layout`, `product`, `products`, `templates`, `policies`, `flows`, `workflows`, `gates`, `permissions`, `releases`, `messages`
      promote.yaml:2:9: expected a list, found a whole number `7`
          |
        2 | layout: 7
          |         ^
    hint: `git promote schema config` prints the schema
    ");
}

#[test]
fn check_prints_which_files_belong_to_which_application() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.commit("another", &[("apps/web/staging/v.yaml", "image: w:1\n")]);
    repo.write(
        "promote.yaml",
        "environments: [{name: staging}, {name: production}]\n",
    );
    let ran = repo.promote(&["check", "--layout"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran, @"
    exit 0
    --- stdout
    `promote.yaml` is valid

    staging -> production
    api
      apps/api/staging/v.yaml -> apps/api/production/v.yaml
    web
      apps/web/staging/v.yaml -> apps/web/production/v.yaml

    --- stderr
    ");
}

#[test]
fn check_warns_of_configured_names_without_files() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.write(
        "promote.yaml",
        "environments: [{name: staging}, {name: production}, {name: qa}]\n\
         products: [{name: shop, applications: [api, wbe]}]\n",
    );
    let ran = repo.promote(&["check", "--layout"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran, @"
    exit 0
    --- stdout
    `promote.yaml` is valid

    staging -> production
    api
      apps/api/staging/v.yaml -> apps/api/production/v.yaml
    warning: product `shop` lists the application `wbe`, which has no files

    production -> qa
    warning: environment `qa` is configured, but no path contains its name

    --- stderr
    ");
}

#[test]
fn a_configuration_that_is_a_link_is_refused_and_nothing_of_it_is_shown() {
    let world = World::new();
    let repo = world.repository(&FILES);
    std::fs::write(world.path("secret"), "hunter2\n").unwrap();
    std::os::unix::fs::symlink(world.path("secret"), repo.dir.join("promote.yaml")).unwrap();
    let ran = repo.promote(&["check"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert_snapshot!(ran, @"
    exit 2
    --- stdout

    --- stderr
    error: `promote.yaml` has 1 fault
      promote.yaml: the configuration is a symbolic link; it must be a regular file
    hint: `git promote schema config` prints the schema
    ");
    assert!(!format!("{ran}").contains("hunter2"), "{ran}");
}

#[test]
fn each_command_has_a_help() {
    let world = World::new();
    let one = |words: &[&str]| {
        let ran = world.promote(words);
        assert_eq!(ran.code, 0, "{ran}");
        ran.stdout
    };
    assert_snapshot!("help-short", one(&["-h"]));
    assert_snapshot!("help", one(&["--help"]));
    for command in [
        "diff",
        "explain",
        "status",
        "log",
        "revert",
        "flow",
        "policy",
        "check",
        "init",
        "schema",
        "completions",
        "man",
        "demo",
    ] {
        assert_snapshot!(format!("help-{command}"), one(&[command, "--help"]));
    }
}

#[test]
fn schemas_completions_and_the_manual_are_printed() {
    let world = World::new();
    for subject in [
        "diff",
        "result",
        "status",
        "log",
        "explain",
        "flows",
        "policy",
        "release",
        "releases",
        "release-log",
        "flow-plan",
        "trigger",
        "config",
    ] {
        let ran = world.promote(&["schema", subject]);
        let schema: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert!(jsonschema::validator_for(&schema).is_ok(), "{subject}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = world.promote(&["completions", shell]);
        assert!(ran.code == 0 && ran.stdout.contains("git-promote"), "{ran}");
    }
    let man = world.promote(&["man"]);
    assert!(man.stdout.contains(".TH git-promote 1"), "{man}");
    assert!(
        !man.stdout.contains("(1)"),
        "a page that does not exist: {man}"
    );
    let page = man.stdout.replace('\\', "");
    let help = world.promote(&["-h"]).stdout;
    let words = help.split(|c: char| !(c.is_ascii_lowercase() || c == '-'));
    let options = words.filter(|word| word.starts_with("--") && word.len() > 2);
    // The generator leaves out aliases.
    for option in options.filter(|option| !["--app", "--project"].contains(option)) {
        assert!(page.contains(option), "{option}: {man}");
    }
    for command in ["diff", "explain", "status", "log", "check", "schema"] {
        assert!(
            page.contains(&format!("fBgit promote {command}fR")),
            "{man}"
        );
    }
}

#[test]
fn the_demo_promotes_in_a_repository_of_its_own() {
    let world = World::new();
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command.env("TMPDIR", world.path("home")).arg("demo");
    let ran = crate::world::Ran::from(command.output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    let temporary = std::fs::read_dir(world.path("home")).unwrap();
    let mut folders = temporary.map(|entry| entry.unwrap().path());
    let folder = folders.find(|path| path.join(".git").is_dir()).unwrap();
    let text = world.at(folder.clone()).redact(&ran.stdout);
    let name = folder.file_name().unwrap().to_str().unwrap();
    assert_snapshot!(text.replace(name, "[DEMO]"));
}

#[test]
fn a_missing_folder_and_an_empty_branch_are_usage_errors() {
    let world = World::new();
    let repo = world.repository(&FILES);
    for command in [&["check"][..], &["--from", "staging", "--to", "production"]] {
        let ran = repo.promote(&[&["-C", "no/such"], command].concat());
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("there is no folder `"), "{ran}");
    }
    let ran = repo.promote(&["--from", "staging", "--to", "production", "--branch", ""]);
    assert_eq!(ran.code, 2, "{ran}");
}
