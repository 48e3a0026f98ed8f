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

use crate::skipped::{Missing, skip};
use crate::world::{Ran, World};

/// The folder with `playwright-core` and `axe-core`.
const NODE: &str = "GIT_PROMOTE_TEST_NODE_MODULES";

/// Where to keep pictures of all pages.
const PICTURES: &str = "GIT_PROMOTE_TEST_PICTURES";

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
    let (Some(node), Some(chromium), Some(packages)) =
        (program("node"), program("chromium"), packages())
    else {
        return;
    };
    let world = World::new();
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
fn people_see_what_others_change_and_when_the_remote_is_gone() {
    walk("together.mjs");
}

#[test]
fn every_page_is_accessible_without_errors_and_fits_its_window() {
    walk("pages.mjs");
}
