//! A local branch that is behind because an earlier run only pushed.

use insta::assert_snapshot;

use crate::world::{PROMOTE, Repo, World};

const API: &str = "apps/api/production/values.yaml";
const FILES: [(&str, &str); 4] = [
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    (API, "image:\n  tag: 1.4.2\n"),
    ("apps/web/staging/values.yaml", "image:\n  tag: 1.0.0\n"),
    ("apps/web/production/values.yaml", "image:\n  tag: 1.0.0\n"),
];
/// A remote, and a clone that is one promotion by the same person behind it.
fn left_behind(world: &World) -> (Repo<'_>, Repo<'_>) {
    let (remote, repo) = world.cloned(&FILES);
    let other = world.clone_of(&remote, "other");
    assert_eq!(other.promote(PROMOTE).code, 0);
    assert_ne!(repo.tip("main"), remote.tip("main"));
    (remote, repo)
}

/// Promotes where nothing is left to promote; returns stderr.
fn promotes_nothing(repo: &Repo<'_>, more: &[&str]) -> String {
    let ran = repo.promote(&[PROMOTE, more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    ran.stderr
}

#[test]
fn it_follows_when_the_same_is_promoted_again() {
    let world = World::new();
    let (remote, repo) = left_behind(&world);
    let before = repo.tip("main");
    promotes_nothing(&repo, &["--dry-run"]);
    assert_eq!(repo.tip("main"), before, "a preview moved it");
    promotes_nothing(&repo, &["--action", "pull-request"]);
    assert_eq!(repo.tip("main"), before, "a pull request is not for `main`");
    assert_eq!(promotes_nothing(&repo, &[]), "");
    assert_eq!(repo.tip("main"), remote.tip("main"));
    assert_eq!(
        (repo.read(API), repo.status()),
        ("image:\n  tag: 1.5.0\n".into(), String::new())
    );
    // A branch that was reset stays where it is.
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    promotes_nothing(&repo, &[]);
    assert_eq!(repo.tip("main"), before);
}

#[test]
fn it_stays_if_the_commit_is_not_a_promotion_by_the_same_person() {
    let world = World::new();
    let (remote, repo) = left_behind(&world);
    let before = repo.tip("main");
    let other = world.clone_of(&remote, "bobs");
    let amend =
        "!GIT_COMMITTER_EMAIL=bob@example.org git commit -q --amend --no-edit && git push -qf";
    other.git(&["-c", &format!("alias.again={amend}"), "again"]);
    promotes_nothing(&repo, &[]);
    assert_eq!(repo.tip("main"), before);
    other.commit("by hand", &[("notes", "1")]);
    other.git(&["push", "-q"]);
    promotes_nothing(&repo, &[]);
    assert_eq!(repo.tip("main"), before);
}

#[test]
fn local_changes_keep_it_behind_with_a_note() {
    let world = World::new();
    let (_, repo) = left_behind(&world);
    let before = repo.tip("main");
    repo.write(API, "image:\n  tag: mine\n");
    let stderr = promotes_nothing(&repo, &[]);
    assert_snapshot!(stderr, @"note: local branch `main` was not updated: there are local changes in apps/api/production/values.yaml; commit, stash or move them, then run `git pull`");
    let json = repo
        .promote(&[PROMOTE, &["--output", "json"]].concat())
        .stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let warning = json["warnings"][0]["message"].as_str().unwrap();
    assert!(stderr.contains(warning), "{warning}");
    assert_eq!(
        (repo.tip("main"), repo.read(API)),
        (before, "image:\n  tag: mine\n".into())
    );
}

#[test]
fn it_follows_from_further_behind_too() {
    let world = World::new();
    let (remote, repo) = world.cloned(&FILES);
    let other = world.clone_of(&remote, "other");
    other.commit("theirs", &[("notes", "1")]);
    other.git(&["push", "-q"]);
    assert_eq!(other.promote(PROMOTE).code, 0);
    assert_eq!(promotes_nothing(&repo, &[]), "");
    assert_eq!(repo.tip("main"), remote.tip("main"));
    assert_eq!(
        (repo.read("notes"), repo.status()),
        ("1".into(), String::new())
    );
}
