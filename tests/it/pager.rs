//! The pager of Git.

use crate::skipped::{Missing, skip};
use crate::terminal;
use crate::world::{Ran, World};

const FILES: [(&str, &str); 2] = [
    ("apps/web/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    ("apps/web/production/values.yaml", "image:\n  tag: 1.4.0\n"),
];

/// Runs the program on a terminal in a new repository; `None` without `script`. `input` is a shell
/// command whose output is typed.
fn on_terminal(pager: &str, line: &str, input: &str) -> Option<Ran> {
    let world = World::new();
    terminal::run(
        (&world, &world.repository(&FILES)),
        Some(pager),
        line,
        input,
    )
}

const HOP: &str = "--from staging --to production";

#[test]
fn what_only_shows_something_is_paged() {
    for (line, is_paged) in [
        (format!("diff {HOP}"), true),
        (format!("diff {HOP} --no-pager"), false),
        (format!("{HOP} --dry-run"), true),
        (format!("{HOP} --yes"), false),
        (format!("diff {HOP} > /dev/null"), false),
    ] {
        let Some(ran) = on_terminal("sed s/^/paged:/", &line, ":") else {
            return;
        };
        assert_eq!(ran.stdout.contains("paged:"), is_paged, "{line}: {ran}");
        assert_eq!(ran.code, 0, "{line}: {ran}");
    }
}

#[test]
fn a_pager_does_not_hide_the_question() {
    let Some(ran) = on_terminal("sed s/^/paged:/", HOP, "echo y") else {
        return;
    };
    assert!(ran.stdout.contains("Commit 1 file on main? [y/N]"), "{ran}");
    assert!(ran.stdout.contains("committed"), "{ran}");
    assert!(!ran.stdout.contains("paged:"), "{ran}");
}

#[test]
fn the_exit_code_is_that_of_the_command() {
    let line = format!("diff {HOP} --exit-code");
    for (pager, shown) in [
        ("cat", "1.4.0 -> 1.5.0"),
        ("", "1.4.0 -> 1.5.0"),
        ("head -1", "web  1.4.0 -> 1.5.0"),
        ("false", ""),
        ("no-such-pager", "1.4.0 -> 1.5.0"),
    ] {
        let Some(ran) = on_terminal(pager, &line, ":") else {
            return;
        };
        assert_eq!(ran.code, 10, "{pager}: {ran}");
        assert!(ran.stdout.contains(shown), "{pager}: {ran}");
    }
}

#[test]
fn an_interrupt_is_left_to_the_pager() {
    if terminal::is_ignored(2) {
        // A shell cannot trap a signal that was ignored when it started, so the pager would never end.
        skip(Missing::Ability, "SIGINT is ignored");
        return;
    }
    let pager = "sh -c 'trap \"echo interrupted; exit 0\" INT; cat; touch ready; \
                 while :; do sleep 0.05; done'";
    let input = "while [ ! -e ready ]; do sleep 0.05; done; printf '\\003'; sleep 1";
    let Some(ran) = on_terminal(pager, &format!("diff {HOP} --exit-code"), input) else {
        return;
    };
    assert!(ran.stdout.contains("interrupted"), "{ran}");
    assert_eq!(ran.code, 10, "{ran}");
}

#[test]
fn the_setting_of_the_command_comes_before_the_default() {
    for (setting, shown) in [("false", ""), ("sed s/^/own:/", "own:"), ("true", "paged:")] {
        let line = format!("diff {HOP}");
        let set = format!("git config pager.promote '{setting}'; :");
        let pager = if setting.starts_with("sed") {
            None
        } else {
            Some("sed s/^/paged:/")
        };
        let world = World::new();
        let repo = world.repository(&FILES);
        let Some(ran) = terminal::run((&world, &repo), pager, &line, &set) else {
            return;
        };
        assert!(ran.stdout.contains(shown), "{setting}: {ran}");
        let is_paged = ran.stdout.contains("own:") || ran.stdout.contains("paged:");
        assert_eq!(is_paged, setting != "false", "{setting}: {ran}");
    }
}

#[test]
fn no_question_is_asked_in_the_pager_of_git() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let mut program = world.command(env!("CARGO_BIN_EXE_git-promote"));
    program
        .current_dir(&repo.dir)
        .env("GIT_PAGER_IN_USE", "true");
    let ran = Ran::from(program.args(HOP.split(' ')).output().unwrap());
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.advice()
            .contains("cannot ask for confirmation in a pager"),
        "{ran}"
    );
}
