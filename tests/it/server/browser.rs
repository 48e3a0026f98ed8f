//! The dashboard in a real browser: what people see, and what Git has afterwards.
//!
//! # Why
//!
//! Dragging, focus and live updates only exist in a browser. So Chromium walks through the real program, by
//! scripts for Node in `browser/`. Each walk has a sample repository, a remote and a server of its own; a script
//! starts the browser once for all of its walks. Where Node, Chromium or the packages are missing, each test
//! reports it.
//!
//! To look at all pages: `GIT_PROMOTE_TEST_PICTURES=FOLDER cargo test --test it -- server::browser::every`.

use std::path::{Path, PathBuf};

use crate::github::{Account, StandIn, TOKEN};
use crate::skipped::{Missing, skip};
use crate::world::{Ran, World};

/// The folder with `playwright-core` and `axe-core`.
const NODE: &str = "GIT_PROMOTE_TEST_NODE_MODULES";

/// Where to keep pictures of all pages.
const PICTURES: &str = "GIT_PROMOTE_TEST_PICTURES";

/// The token of a person who merges and gives statuses on the forge.
const PERSON: &str = "ghp_theTokenOfAPersonWhoMerges0123456789";

/// A program of this machine, or `None` after reporting that it is missing.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        skip(Missing::Program, format_args!("there is no `{name}`"));
    }
    found
}

/// The packages for Node, or `None` after reporting that they are missing.
fn packages() -> Option<PathBuf> {
    let folder = std::env::var_os(NODE).map(PathBuf::from);
    let has_all = |folder: &PathBuf| {
        let mut packages = ["playwright-core", "axe-core"].iter();
        packages.all(|package| folder.join(package).is_dir())
    };
    let folder = folder.filter(has_all);
    if folder.is_none() {
        let why = format_args!("{NODE} has no playwright-core and axe-core");
        skip(Missing::Program, why);
    }
    folder
}

/// Runs a script of `browser/`, which must succeed.
fn walk(script: &str) {
    walk_in(&World::new(), script, &[]);
}

/// The same in a world that has something for it, with variables in its environment.
fn walk_in(world: &World, script: &str, variables: &[(&str, &str)]) {
    let (Some(node), Some(chromium), Some(packages)) =
        (program("node"), program("chromium"), packages())
    else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/server/browser")
        .join(script);
    let mut command = world.command(node);
    command
        .arg(script)
        // As they happen: releases and approvals are shown by their age.
        .env_remove("GIT_AUTHOR_DATE")
        .env_remove("GIT_COMMITTER_DATE")
        .env("LC_ALL", "C.UTF-8")
        .envs(variables.iter().copied())
        .env(NODE, packages)
        .env("GIT_PROMOTE_TEST_CHROMIUM", chromium)
        .env(
            "GIT_PROMOTE_TEST_PROGRAM",
            env!("CARGO_BIN_EXE_git-promote"),
        );
    if let Some(pictures) = std::env::var_os(PICTURES) {
        command.env(PICTURES, pictures);
    }
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    print!("{}", ran.stdout);
}

#[test]
fn the_journeys_work_by_mouse_by_keyboard_and_without_scripts() {
    walk("journeys.mjs");
}

#[test]
fn what_people_choose_is_what_is_committed() {
    walk("choices.mjs");
}

#[test]
fn a_release_is_followed_retried_approved_and_ended_on_its_page() {
    walk("releases.mjs");
}

#[test]
fn a_release_waits_for_its_pull_request_and_fails_by_a_gate() {
    let world = World::new();
    let github = StandIn::of(&world.path("proposed.git"));
    let person = Account::of("ada", PERSON).with(&["contents: write", "statuses: write"]);
    github.state().accounts.push(person);
    let (url, api, origin) = (github.url(), github.api(), github.clone_url());
    let variables = [
        ("GITHUB_SERVER_URL", url.as_str()),
        ("GITHUB_API_URL", &api),
        ("GH_TOKEN", TOKEN),
        ("GIT_PROMOTE_TEST_PERSON", PERSON),
        ("GIT_PROMOTE_TEST_ORIGIN", &origin),
    ];
    walk_in(&world, "proposed.mjs", &variables);
}

#[test]
fn a_push_is_on_every_page_within_a_second() {
    walk("live.mjs");
}

#[test]
fn a_promotion_of_thousands_of_differences_is_chosen_in_parts() {
    let world = World::new();
    let large = std::env::var("GIT_PROMOTE_LARGE").unwrap_or_default();
    walk_in(&world, "large.mjs", &[("GIT_PROMOTE_LARGE", &large)]);
}

#[test]
fn people_see_what_others_change_and_when_the_remote_is_gone() {
    walk("together.mjs");
}

#[test]
fn every_page_is_accessible_without_errors_and_fits_its_window() {
    walk("pages.mjs");
}
