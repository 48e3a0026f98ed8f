//! Completion in the shells themselves: someone types on a terminal, and the shell runs the line.

use std::path::Path;

use crate::skipped::{Missing, skip};
use crate::terminal;
use crate::world::World;

/// A product with a name that means something to a shell nearly everywhere, and one with a space.
const CONFIGURATION: &str = r#"
version: 1
environments: [{name: dev}, {name: staging}, {name: production}]
products:
  - {name: "h $(touch ran) `touch ran` \"a\" 'b' !c \\d *e;&|<>~#{,}[]?^ :f=g", applications: [api]}
  - {name: "two words", applications: [api]}
  - {name: "--yes", applications: [api]}
"#;

const HOSTILE: &str = r#"h $(touch ran) `touch ran` "a" 'b' !c \d *e;&|<>~#{,}[]?^ :f=g"#;

/// A shell with the commands that its sessions begin with, before the script; they create the file `ready`
/// before each prompt.
struct Shell<'a> {
    name: &'static str,
    /// How it is started; `$start` is the file with these commands.
    run: &'static str,
    start: &'a str,
}

const BASH: Shell<'_> = Shell {
    name: "bash",
    run: "exec bash --noprofile --rcfile $start -i",
    start: "PROMPT_COMMAND='touch $HOME/ready'",
};

const ZSH: Shell<'_> = Shell {
    name: "zsh",
    run: "mv $start $HOME/.zshrc; ZDOTDIR=$HOME exec zsh -i",
    start: "autoload -Uz compinit; compinit -u -d $HOME/dump\n\
            zle-line-init() { touch $HOME/ready }; zle -N zle-line-init",
};

const FISH: Shell<'_> = Shell {
    name: "fish",
    // A folder with completions from manual pages is made if there is none, which takes a while.
    run: "mkdir -p $HOME/.local/share/fish/generated_completions\n\
          exec fish --private --init-command \"source $start\"",
    start: "function fish_prompt; touch $HOME/ready; end",
};

/// Types each line, a tab and Enter, once the shell is ready for it; then ends the shell.
const TYPIST: &str = r#"
until_true() {
    tries=0
    until eval "$1"; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || { kill -9 "$(cat $HOME/pid)"; exit; }
        sleep 0.05
    done
}
typed=0
while IFS= read -r line; do
    until_true '[ -e $HOME/ready ]'
    rm $HOME/ready
    typed=$((typed + 1))
    printf '%s\t\r' "$line"
    until_true '[ $(grep -c ^END $HOME/words) = $typed ]'
done < $HOME/lines
until_true '[ -e $HOME/ready ]'
printf 'exit\r'
"#;

/// The words with which the shell starts the program after each of the lines and a tab; `None` without
/// that shell.
fn completed(shell: &Shell<'_>, world: &World, lines: &[&str]) -> Option<Vec<Vec<String>>> {
    let version = world.command(shell.name).arg("--version").output();
    if !version.is_ok_and(|version| version.status.success()) {
        skip(Missing::Program, shell.name);
        return None;
    }
    let repo = world.repository(&[("promote.yaml", CONFIGURATION)]);
    let home = world.path("home");
    let program = env!("CARGO_BIN_EXE_git-promote");
    let script = world.promote(&["completions", shell.name]).stdout;
    let write = |name: &str, text: &str| std::fs::write(home.join(name), text).unwrap();
    write("completions", &script);
    write(
        "start",
        &format!("{}\nsource $HOME/completions\n", shell.start),
    );
    write("lines", &format!("{}\n", lines.join("\n")));
    write("words", "");
    // A line that was completed starts this instead of the program.
    std::fs::create_dir(home.join("bin")).unwrap();
    world.script(
        "home/bin/git-promote",
        &format!(
            "[ -z \"$GIT_PROMOTE_COMPLETE\" ] || exec {program} \"$@\"\n\
             printf '%s\\n' \"$@\" END >> $HOME/words"
        ),
    );
    let run = shell.run;
    world.script(
        "session",
        &format!("PATH=$HOME/bin:$PATH start=$HOME/start\necho $$ > $HOME/pid\n{run}"),
    );
    world.script("typist", TYPIST);
    let [session, typist] = ["session", "typist"].map(|name| world.path(name));
    let command = session.to_str().unwrap();
    let ran = terminal::run_command((world, &repo), None, command, typist.to_str().unwrap())?;
    let words = std::fs::read_to_string(home.join("words")).unwrap();
    let mut runs: Vec<Vec<String>> = words
        .split("END\n")
        .map(|run| run.lines().map(str::to_owned).collect())
        .collect();
    assert_eq!(runs.pop(), Some(Vec::new()), "{ran}");
    assert_eq!(runs.len(), lines.len(), "{ran}");
    assert!(!repo.has("ran"), "{ran}");
    Some(runs)
}

/// What every shell completes.
fn completes(shell: &Shell<'_>) {
    let world = World::new();
    std::fs::create_dir(world.path("home/folder")).unwrap();
    let in_home = world.path("home/folder/");
    let in_home = in_home.to_str().unwrap();
    let cases: [(&str, &[&str]); 11] = [
        ("git-promote --fro", &["--from"]),
        ("git-promote --from st", &["--from", "staging"]),
        ("git-promote --from=st", &["--from=staging"]),
        (
            "git-promote status --environments dev,st",
            &["status", "--environments", "dev,staging"],
        ),
        (
            "git-promote diff --product two",
            &["diff", "--product", "two words"],
        ),
        (
            r"git-promote diff --product two\ w",
            &["diff", "--product", "two words"],
        ),
        (
            "git-promote diff --product 'two w",
            &["diff", "--product", "two words"],
        ),
        (
            "git-promote diff --product=\"two",
            &["diff", "--product=two words"],
        ),
        (
            "git-promote diff --product h",
            &["diff", "--product", HOSTILE],
        ),
        (
            "git-promote diff --product 'h",
            &["diff", "--product", HOSTILE],
        ),
        ("git-promote -C ~/fol", &["-C", in_home]),
    ];
    let Some(runs) = completed(shell, &world, &cases.map(|(line, _)| line)) else {
        return;
    };
    for ((line, words), run) in cases.iter().zip(&runs) {
        assert_eq!(run, words, "{line}");
    }
}

#[test]
fn bash_completes_lines() {
    completes(&BASH);
}

#[test]
fn zsh_completes_lines() {
    completes(&ZSH);
}

#[test]
fn fish_completes_lines() {
    completes(&FISH);
}

#[test]
fn zsh_completes_the_program_for_git() {
    let world = World::new();
    let lines = [
        "git promote --from st",
        "git -C ../repo promote diff --to=pro",
    ];
    let Some(runs) = completed(&ZSH, &world, &lines) else {
        return;
    };
    assert_eq!(
        runs,
        [vec!["--from", "staging"], vec!["diff", "--to=production"]]
    );
}

/// Where Debian's Git has its completion for bash.
const GIT_COMPLETION: &str = "/usr/share/bash-completion/completions/git";

#[test]
fn bash_completes_the_program_for_git() {
    if !Path::new(GIT_COMPLETION).is_file() {
        skip(
            Missing::Ability,
            format_args!("there is no `{GIT_COMPLETION}`"),
        );
        return;
    }
    let world = World::new();
    let lines = [
        "git promote --from st",
        "git -C ../repo promote diff --to=pro",
    ];
    let shell = Shell {
        start: &format!("{}\nsource {GIT_COMPLETION}", BASH.start),
        ..BASH
    };
    let Some(runs) = completed(&shell, &world, &lines) else {
        return;
    };
    assert_eq!(
        runs,
        [vec!["--from", "staging"], vec!["diff", "--to=production"]]
    );
}
