//! What shells complete, from the clone alone.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::world::{Ran, Repo, World};

const CONFIGURATION: &str = "\
version: 1
environments: [{name: dev}, {name: staging}, {name: production}]
products:
  - {name: loans, applications: [api, web], flows: [{name: f}]}
  - {name: cards, applications: [web]}
flows:
  - {name: f, triggerEnvironment: dev, steps: [{environment: staging, dependsOn: [dev], policy: {gates: {after: [signed]}}}]}
gates: [{name: signed, approval: {count: 1}}]
workflows: [{name: smoke, run: [\"true\"]}]
";

fn configured(world: &World) -> Repo<'_> {
    world.repository(&[
        ("promote.yaml", CONFIGURATION),
        ("apps/api/dev/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/api/staging/values.yaml", "image: {tag: 1.0.0}\n"),
        ("apps/web/dev/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/web/staging/values.yaml", "image: {tag: 1.0.0}\n"),
    ])
}

/// A command of a shell that finds the program.
fn shell(world: &World, program: &str, directory: &Path) -> Command {
    let mut command = world.command(program);
    let built = Path::new(env!("CARGO_BIN_EXE_git-promote"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = built.parent().map(Path::to_owned).into_iter();
    let folders = folders.chain(std::env::split_paths(&path));
    command
        .env("PATH", std::env::join_paths(folders).unwrap())
        .current_dir(directory);
    command
}

/// Asks as the script of fish does; the candidates with their help.
fn ask(repo: &Repo<'_>, words: &[&str]) -> Ran {
    let mut command = repo.command(env!("CARGO_BIN_EXE_git-promote"));
    command
        .env("GIT_PROMOTE_COMPLETE", "fish")
        .args([&["--", "git-promote"], words].concat());
    Ran::from(command.output().unwrap())
}

/// The candidates without their help.
fn values(repo: &Repo<'_>, words: &[&str]) -> Vec<String> {
    let ran = ask(repo, words);
    assert_eq!(ran.code, 0, "{ran}");
    let lines = ran.stdout.lines();
    lines
        .map(|line| line.split('\t').next().unwrap().to_owned())
        .collect()
}

/// What bash completes a line of `git-promote` with, in its real completion function.
fn bash(world: &World, directory: &Path, line: &str) -> Vec<String> {
    let script = world.promote(&["completions", "bash"]).stdout;
    std::fs::write(world.path("script"), script).unwrap();
    let mut bash = shell(world, "bash", directory);
    let complete = "source \"$1\"; COMP_LINE=$2 COMP_POINT=${#2}; COMP_WORDBREAKS=$' \\t\\n\"\\'@><=;|&(:'; \
        _git_promote_command; printf '%s\\n' \"${COMPREPLY[@]}\"";
    bash.args(["-c", complete, "bash"])
        .arg(world.path("script"))
        .arg(line);
    let ran = Ran::from(bash.output().unwrap());
    assert_eq!(ran.stderr, "", "{ran}");
    ran.stdout
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn names_of_the_configuration_are_completed_wherever_an_option_takes_them() {
    let world = World::new();
    let repo = configured(&world);
    for (words, expected) in [
        (&["--from", ""][..], &["dev", "staging", "production"][..]),
        (&["--from", "dev", "--to", "st"], &["staging"]),
        (&["--from=st"], &["--from=staging"]),
        (&["status", "--environments", "dev,st"], &["dev,staging"]),
        (&["diff", "--service", ""], &["api", "web"]),
        (&["diff", "--product", ""], &["loans", "cards"]),
        (&["release", "start", "--flow", ""], &["f"]),
        (&["--pre-action", ""], &["smoke"]),
        (&["--skip-gates", ""], &["signed"]),
    ] {
        assert_eq!(values(&repo, words), expected, "{words:?}");
    }
    // Flags could follow too.
    assert_eq!(values(&repo, &["flow", "show", ""])[0], "f");
}

#[test]
fn names_come_from_the_file_of_config_and_from_the_folder_of_the_line() {
    let world = World::new();
    let repo = configured(&world);
    std::fs::write(
        world.path("other.yaml"),
        "version: 1\nenvironments: [{name: elsewhere}]\n",
    )
    .unwrap();
    let words = ["diff", "--config", "../other.yaml", "--from", ""];
    assert_eq!(values(&repo, &words), ["elsewhere"]);
    let outside = world.at(world.path("home"));
    assert!(values(&outside, &["--from", ""]).is_empty());
    let words = ["-C", "../repo", "diff", "--from", "p"];
    assert_eq!(values(&outside, &words), ["production"]);
}

#[test]
fn without_a_configuration_names_come_from_paths() {
    let world = World::new();
    let repo = world.repository(&[
        ("apps/api/staging/values.yaml", "a: 1\n"),
        ("apps/api/production/values.yaml", "a: 1\n"),
    ]);
    assert_eq!(values(&repo, &["--from", ""]), ["staging", "production"]);
    assert_eq!(values(&repo, &["--service", ""]), ["api"]);
    repo.commit("broken", &[("promote.yaml", "version: [\n")]);
    let ran = ask(&repo, &["--from", ""]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (0, "", "")
    );
}

#[test]
fn releases_are_completed_open_ones_first_with_their_state() {
    let world = World::new();
    let repo = configured(&world);
    let start = || repo.promote(&["release", "start", "--flow", "f", "--product", "loans"]);
    assert_eq!(start().code, 0);
    repo.promote(&["release", "terminate", "loans-1"]);
    repo.commit(
        "new",
        &[("apps/api/dev/values.yaml", "image: {tag: 3.0.0}\n")],
    );
    assert_eq!(start().code, 0);
    repo.promote(&["release", "terminate", "loans-2"]);
    repo.commit(
        "newer",
        &[("apps/api/dev/values.yaml", "image: {tag: 4.0.0}\n")],
    );
    assert_eq!(start().code, 0);
    let expected = "loans-3\tsuspended\nloans-2\tterminated\nloans-1\tterminated\n";
    for words in [
        &["release", "show", "lo"][..],
        &["release", "watch", "lo"],
        &["release", "approve", "lo"],
        &["release", "retry", "lo"],
        &["release", "terminate", "lo"],
        &["release", "advance", "lo"],
        &["revert", "lo"],
    ] {
        let ran = ask(&repo, words);
        assert_eq!(ran.stdout, expected, "{words:?}: {ran}");
    }
}

#[test]
fn a_completion_writes_nothing_and_contacts_no_server() {
    let world = World::new();
    let (remote, _) = world.cloned(&[("apps/api/staging/values.yaml", "a: 1\n")]);
    remote.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", remote.dir.display());
    world.git(&[
        "clone",
        "--quiet",
        "--no-checkout",
        "--filter=tree:0",
        &url,
        "partial",
    ]);
    let partial = world.at(world.path("partial"));
    let state = || {
        let mut state = BTreeMap::new();
        let mut open = vec![partial.dir.join(".git")];
        while let Some(path) = open.pop() {
            if let Ok(entries) = std::fs::read_dir(&path) {
                open.extend(entries.map(|entry| entry.unwrap().path()));
                state.insert(path, Vec::new());
            } else {
                let content = std::fs::read(&path).unwrap();
                state.insert(path, content);
            }
        }
        state
    };
    let before = state();
    assert!(values(&partial, &["--from", ""]).is_empty());
    assert_eq!(state(), before);
}

#[test]
fn the_variable_starts_nothing_but_a_completion() {
    let world = World::new();
    let repo = configured(&world);
    let tip = repo.tip("HEAD");
    for shell in ["bash", "zsh", "fish", "tcsh"] {
        let mut command = repo.command(env!("CARGO_BIN_EXE_git-promote"));
        let words = ["--from", "dev", "--to", "staging", "--yes"];
        command.env("GIT_PROMOTE_COMPLETE", shell);
        let ran = Ran::from(command.args(words).output().unwrap());
        assert_eq!(ran.code, i32::from(shell == "tcsh"), "{ran}");
        assert_eq!(repo.tip("HEAD"), tip, "{ran}");
    }
}

#[test]
fn git_completes_the_program_in_bash() {
    let world = World::new();
    configured(&world);
    let script = world.promote(&["completions", "bash"]).stdout;
    std::fs::write(world.path("script"), script).unwrap();
    let reply = |line: &str| {
        // Git calls it like this, with the command line in variables.
        let complete = format!(
            "source ./script; words=({line}); cword=$((${{#words[@]}} - 1)); __git_cmd_idx=3; \
             cur=${{words[cword]}}; __git_C_args=(-C repo); _git_promote; printf '%s|' \"${{COMPREPLY[@]}}\""
        );
        let mut bash = shell(&world, "bash", &world.path("."));
        let ran = Ran::from(bash.args(["-c", &complete]).output().unwrap());
        assert_eq!(ran.stderr, "", "{ran}");
        ran.stdout
    };
    assert_eq!(reply("git -C repo promote --fr"), "--from |");
    assert_eq!(
        reply("git -C repo promote --from \"\""),
        "dev |staging |production |"
    );
    assert_eq!(reply("git -C repo promote --from dev --to=st"), "staging |");
}

#[test]
fn bash_gets_text_that_it_cannot_run() {
    let world = World::new();
    let repo = world.repository(&[(
        "promote.yaml",
        r#"
version: 1
environments: [{name: staging}, {name: production}]
products:
  - {name: "a $(touch ran) `touch ran`; b", applications: [api]}
  - {name: "--yes", applications: [api]}
"#,
    )]);
    let replies = bash(&world, &repo.dir, "git-promote diff --product ");
    assert_eq!(replies, [r"a\ \$\(touch\ ran\)\ \`touch\ ran\`\;\ b "]);
    let mut bash = shell(&world, "bash", &repo.dir);
    let ran = Ran::from(
        bash.args(["-c", &format!("echo {}", replies[0])])
            .output()
            .unwrap(),
    );
    assert_eq!(ran.stdout, "a $(touch ran) `touch ran`; b\n", "{ran}");
    assert!(!repo.has("ran"));
}

#[test]
fn bash_completes_quoted_words_and_folders() {
    let world = World::new();
    let repo = configured(&world);
    for (line, expected) in [
        ("git-promote --from 'st", "staging"),
        ("git-promote --from=st", "staging "),
        ("git-promote -C ../re", "../repo/"),
        (
            "git-promote -C ../home/ -C ../repo diff --to pro",
            "production ",
        ),
    ] {
        assert_eq!(bash(&world, &repo.dir, line), [expected], "{line}");
    }
}
