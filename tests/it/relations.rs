//! The relations of versions in real repositories, held against all commits of their files.
//!
//! # Why
//!
//! Commits and builds have no order of their own, so the program finds it in a part of the history. Here
//! Git lists every change of both files, renames followed: a version that is behind must have been in the
//! source before, and one that is ahead in the target; of those that diverged, neither.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::skipped::shared;
use crate::world::{Repo, World};

/// Each bundle with the names of its environments.
const PAIRS: [(&str, &str, &str); 2] = [
    ("infra-deployments", "staging", "production"),
    ("wbaas-deploy", "staging", "production"),
];

/// At how many commits of each history the environments are compared.
const POINTS: usize = 6;

/// The lines that the commits of a file added or removed.
fn changed_lines(repo: &Repo<'_>, path: &str) -> String {
    let args = [
        "log",
        "--follow",
        "--first-parent",
        "-m",
        "-p",
        "--unified=0",
        "--format=",
        "--",
    ];
    repo.git(&[&args[..], &[path]].concat())
}

/// Whether a value has no order: a commit, a build or another word of hexadecimal digits.
fn is_unordered(value: &str) -> bool {
    value.len() >= 7 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

#[test]
fn no_relation_contradicts_the_whole_history() {
    let mut checked = 0;
    for (bundle, from, to) in PAIRS {
        let Some(file) = shared(&format!("repos/{bundle}.bundle")) else {
            return;
        };
        let world = World::new();
        let dir = world.path("repo");
        let (bundle, place) = (file.display().to_string(), dir.display().to_string());
        world.git(&["clone", "--quiet", "--no-checkout", &bundle, &place]);
        let repo = world.at(dir);
        repo.git(&["remote", "remove", "origin"]);
        let branch = repo.git(&["symbolic-ref", "HEAD"]);
        let all = repo.git(&["rev-list", "--first-parent", "HEAD"]);
        let all: Vec<&str> = all.lines().collect();
        for point in all.iter().step_by(all.len() / POINTS + 1) {
            repo.git(&["update-ref", branch.trim(), point]);
            let ran = repo.promote(&["diff", "--from", from, "--to", to, "--output", "json"]);
            let diff: Json = serde_json::from_str(&ran.stdout).unwrap();
            checked += checked_relations(&repo, &diff);
        }
    }
    println!("{checked} relations checked");
    assert!(checked > 0);
}

/// Checks every relation of two versions without an order; returns how many there are.
fn checked_relations(repo: &Repo<'_>, diff: &Json) -> usize {
    let mut checked = 0;
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    let mut had = |path: &str, value: &str| {
        let lines = lines.entry(path.to_owned());
        let lines = lines.or_insert_with(|| changed_lines(repo, path));
        lines.lines().any(|line| line.contains(value))
    };
    let list = |value: &Json, key: &str| value[key].as_array().cloned().unwrap_or_default();
    for file in list(diff, "applications")
        .iter()
        .flat_map(|a| list(a, "files"))
    {
        let (Some(target), Some(source)) = (file["path"].as_str(), file["source_path"].as_str())
        else {
            continue;
        };
        for difference in list(&file, "differences") {
            let (Some(before), Some(after), Some(relation)) = (
                difference["before"].as_str(),
                difference["after"].as_str(),
                difference["relation"].as_str(),
            ) else {
                continue;
            };
            if !is_unordered(before) || !is_unordered(after) {
                continue;
            }
            let selector = &difference["selector"];
            match relation {
                "behind" => assert!(had(source, before), "{selector}: {before} -> {after}"),
                "ahead" => assert!(had(target, after), "{selector}: {before} -> {after}"),
                "diverged" => assert!(
                    !had(source, before) && !had(target, after),
                    "{selector}: {before} -> {after}"
                ),
                _ => continue,
            }
            checked += 1;
        }
    }
    checked
}
