//! Applications of a real repository, promoted several times, with changes by hand between: each commit
//! of ours is the base of the next promotion.

use std::collections::HashMap;

use crate::skipped::shared;
use crate::world::{Repo, World};

/// How many files have enough lines; each costs six runs of the program.
const FILES: usize = 5;

fn run(repo: &Repo<'_>, target: &str, args: &[&str]) -> i32 {
    let all = [
        "--from",
        "staging",
        "--to",
        "production",
        "--yes",
        "--only",
        target,
    ];
    let ran = repo.promote(&[&all, args].concat());
    assert!(
        matches!(ran.code, 0 | 4),
        "{target}: {}{}",
        ran.stdout,
        ran.stderr
    );
    ran.code
}

/// The lines `key: value` that are in both texts, and in each only once.
fn lines_of_both(source: &str, target: &str) -> Vec<String> {
    let count = |text: &str| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for line in text.lines() {
            *counts.entry(line.to_owned()).or_default() += 1;
        }
        counts
    };
    let counts = [count(source), count(target)];
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_setting = |line: &&str| {
        let setting = line.trim_start().split_once(": ");
        setting.is_some_and(|(key, value)| is_word(key) && is_word(value))
            && !line.contains("staging")
            && !line.contains("production")
            && counts.iter().all(|counts| counts.get(*line) == Some(&1))
    };
    source
        .lines()
        .filter(is_setting)
        .map(ToOwned::to_owned)
        .collect()
}

/// Appends to the value on a line of a file, and commits that.
fn change(repo: &Repo<'_>, path: &str, line: &str, added: &str) {
    let text = repo.read(path);
    let changed = text.replace(&format!("{line}\n"), &format!("{line}{added}\n"));
    assert_ne!(text, changed, "{path} has {line:?}");
    repo.commit("change by hand", &[(path, &changed)]);
}

#[test]
fn what_was_promoted_is_the_base_and_what_was_kept_stays() {
    let Some(bundle) = shared("repos/wbaas-deploy.bundle") else {
        return;
    };
    let world = World::new();
    let dir = world.path("deploy");
    let (from, to) = (bundle.display().to_string(), dir.display().to_string());
    world.git(&["clone", "--quiet", &from, &to]);
    let repo = world.at(dir);
    repo.git(&["remote", "remove", "origin"]);
    let files = repo.git(&["ls-files", "*/staging/*"]);
    let mut promoted = 0;
    for source in files.lines() {
        let target = source.replace("/staging/", "/production/");
        if promoted == FILES || !repo.has(&target) {
            continue;
        }
        let lines = lines_of_both(&repo.read(source), &repo.read(&target));
        let [first, second, .., last] = lines.as_slice() else {
            continue;
        };
        promoted += 1;
        // Both are equal but for the environment's name; this is recorded.
        change(&repo, source, last, "0");
        run(
            &repo,
            &target,
            &["--promote", "all", "--delete", "--allow", "all"],
        );
        let has = |line: &str| repo.read(&target).lines().any(|other| other == line);
        assert!(has(&format!("{last}0")), "{target}");
        // What the source changed moves; what the target changed stays.
        change(&repo, source, first, "1");
        change(&repo, &target, second, "2");
        assert_eq!(
            run(&repo, &target, &["--promote", "changes"]),
            0,
            "{target}"
        );
        let [changed, own] = [format!("{first}1"), format!("{second}2")];
        assert!(
            has(&changed) && has(&own),
            "{target}:\n{}",
            repo.read(&target)
        );
        // An undone promotion shows again.
        repo.git(&["revert", "--no-edit", "HEAD"]);
        assert!(has(first) && has(&own), "{target}");
        assert_eq!(
            run(&repo, &target, &["--promote", "changes"]),
            0,
            "{target}"
        );
        assert!(
            has(&changed) && has(&own),
            "{target}:\n{}",
            repo.read(&target)
        );
        // Nothing is left, so nothing is a conflict.
        let tip = repo.tip("HEAD");
        assert_eq!(
            run(&repo, &target, &["--promote", "changes"]),
            0,
            "{target}"
        );
        assert_eq!(repo.tip("HEAD"), tip, "{target}");
        // Both change the same place.
        change(&repo, source, second, "3");
        assert_eq!(
            run(&repo, &target, &["--promote", "changes"]),
            4,
            "{target}"
        );
        assert!(has(&own), "{target}");
    }
    println!("{promoted} files promoted three times");
    assert_eq!(promoted, FILES);
}
