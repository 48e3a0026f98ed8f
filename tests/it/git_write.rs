//! Writing commits, and moving a branch that is not checked out.

use std::os::unix::ffi::OsStrExt;

use git_promote::domain::{FileMode, RepoPath};
use git_promote::port::{Advance, Repository, RepositoryError, TreeChange};

use crate::world::{World, any, change, commit_on, named, notes, promote, wait};

#[test]
fn a_commit_changes_only_its_paths() {
    let world = World::new();
    let bare = world.bare_at("b.git", &[("a/x", "1"), ("a/y", "2"), ("b/z", "3")]);
    let changes = vec![
        change("a/x", Some("new")),
        change("b/z", None),
        change("c/d/e", Some("5")),
    ];
    notes(promote(&bare.open(), &any(), changes));
    assert_eq!(
        bare.git(&["ls-tree", "-r", "--name-only", "main"]),
        "a/x\na/y\nc/d/e"
    );
    assert_eq!(bare.show("main", "a/x"), "new");
    assert_eq!(
        bare.git(&["log", "--format=%an %ae %s", "-1"]),
        "Ada ada@example.org promote api"
    );
    bare.assert_sound();
}

#[test]
fn names_that_are_not_text_and_odd_modes_stay() {
    let world = World::new();
    let repo = world.repository(&[("d/plain", "1"), ("d.x", "2"), ("d-x", "3")]);
    let odd = std::ffi::OsStr::from_bytes(b"d/\xff\xfe");
    std::fs::write(repo.dir.join(odd), "odd").unwrap();
    repo.git(&["add", "--all"]);
    repo.git(&["update-index", "--chmod=+x", "d.x"]);
    repo.git(&["commit", "-qm", "odd"]);
    let bare_dir = world.path("b.git");
    world.git(&["clone", "-q", "--bare", "repo", "b.git"]);
    let bare = world.at(bare_dir);
    bare.git(&["remote", "remove", "origin"]);
    bare.git(&["config", "user.name", "Ada"]);
    bare.git(&["config", "user.email", "a@b"]);
    let before = bare.git(&["ls-tree", "-r", "main"]);
    let changes = vec![change("d/plain", Some("new"))];
    notes(promote(&bare.open(), &any(), changes));
    let after = bare.git(&["ls-tree", "-r", "main"]);
    let kept = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|l| !l.contains("plain"))
            .map(ToOwned::to_owned)
            .collect()
    };
    assert_eq!(kept(&before), kept(&after));
    assert_ne!(before, after);
    bare.assert_sound();
}

#[test]
fn an_executable_file_is_written_as_one() {
    let world = World::new();
    let bare = world.bare_at("b.git", &[("a", "1")]);
    let change = TreeChange {
        path: RepoPath::parse("run.sh").unwrap(),
        content: Some((FileMode::Executable, b"#!/bin/sh\n".to_vec())),
    };
    notes(promote(&bare.open(), &any(), vec![change]));
    assert!(
        bare.git(&["ls-tree", "main", "run.sh"])
            .starts_with("100755")
    );
}

#[test]
fn deleting_everything_leaves_the_empty_tree() {
    let world = World::new();
    let bare = world.bare_at("b.git", &[("a/b", "1")]);
    notes(promote(&bare.open(), &any(), vec![change("a/b", None)]));
    assert_eq!(bare.git(&["ls-tree", "-r", "main"]), "");
    bare.assert_sound();
}

#[test]
fn a_file_may_not_be_a_directory_too() {
    let world = World::new();
    let git = world.bare_at("b.git", &[("a", "1"), ("d/e", "2")]).open();
    let branch = wait(git.branch(&any())).unwrap();
    for (wrong, at) in [("a/b", "a"), ("d", "d")] {
        let error = commit_on(&git, &branch, vec![change(wrong, Some("x"))]).unwrap_err();
        let RepositoryError::Collision { path } = error else {
            panic!("{error:?}")
        };
        assert_eq!(path, at);
    }
}

#[test]
fn a_file_becomes_a_directory_when_it_is_deleted_too() {
    let world = World::new();
    let bare = world.bare_at("b.git", &[("a", "1"), ("d/e", "2")]);
    let changes = vec![
        change("a", None),
        change("a/b", Some("x")),
        change("d/e", None),
        change("d", Some("y")),
    ];
    notes(promote(&bare.open(), &any(), changes));
    assert_eq!(
        bare.git(&["ls-tree", "-r", "--name-only", "main"]),
        "a/b\nd"
    );
    bare.assert_sound();
}

#[test]
fn a_branch_that_moved_meanwhile_is_overtaken() {
    let world = World::new();
    let bare = world.bare_at("b.git", &[("a", "1"), ("b", "1")]);
    let git = bare.open();
    let branch = wait(git.branch(&any())).unwrap();
    let mine = commit_on(&git, &branch, vec![change("a", Some("2"))]).unwrap();
    notes(promote(&git, &any(), vec![change("b", Some("2"))]));
    let theirs = bare.tip("main");
    assert_eq!(
        wait(git.advance(&branch, mine)).unwrap(),
        Advance::Overtaken
    );
    assert_eq!(bare.tip("main"), theirs);
}

#[test]
fn advancing_twice_is_done_once() {
    let world = World::new();
    let bare = world.bare_at("b.git", &[("a", "1")]);
    let git = bare.open();
    let branch = wait(git.branch(&any())).unwrap();
    let commit = commit_on(&git, &branch, vec![change("a", Some("2"))]).unwrap();
    for _ in 0..2 {
        notes(wait(git.advance(&branch, commit)));
    }
    assert_eq!(bare.git(&["rev-list", "--count", "main"]), "2");
}

#[test]
fn a_named_branch_moves_and_the_others_do_not() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    repo.git(&["branch", "release"]);
    let main = repo.tip("main");
    notes(promote(
        &repo.open(),
        &named("release"),
        vec![change("a", Some("2"))],
    ));
    assert_eq!(repo.tip("main"), main);
    assert_eq!(repo.show("release", "a"), "2");
    assert_eq!(repo.status(), "");
    assert!(
        repo.git(&["reflog", "release", "-1"])
            .contains("promote: promote api")
    );
}

#[test]
fn eight_writers_lose_no_commit() {
    let world = World::new();
    let bare = world.bare_at("b.git", &[("seed", "1")]);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let git = bare.open();
            scope.spawn(move || {
                let path = format!("file{writer}");
                loop {
                    let change = change(&path, Some("x"));
                    match promote(&git, &any(), vec![change]).unwrap() {
                        Advance::Done { .. } => return,
                        Advance::Overtaken => {}
                    }
                }
            });
        }
    });
    assert_eq!(bare.git(&["rev-list", "--count", "main"]), "9");
    assert_eq!(
        bare.git(&["ls-tree", "--name-only", "main"])
            .lines()
            .count(),
        9
    );
    bare.assert_sound();
}
