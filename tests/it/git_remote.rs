//! Promoting on a remote branch: fetch, push, and the update of the local branch.

use std::fs;

use git_promote::port::{Advance, Publish, Repository, RepositoryError};
use git_promote::render::notice;
use insta::assert_snapshot;

use crate::world::{Repo, World, any, change, commit_on, named, no_push, notes, promote, wait};

#[test]
fn a_push_moves_the_remote_what_is_known_of_it_and_the_level_local_branch() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1"), ("b", "1")]);
    repo.write("b", "mine");
    let notes = notes(promote(&repo.open(), &any(), vec![change("a", Some("2"))]));
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!(remote.show("main", "a"), "2");
    for branch in ["main", "origin/main"] {
        assert_eq!(repo.tip(branch), remote.tip("main"));
    }
    assert_eq!((repo.read("a"), repo.status()), ("2".into(), " M b".into()));
    remote.assert_sound();
    repo.assert_sound();
}

#[test]
fn the_remotes_branch_is_fetched_and_nothing_else() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let other = world.clone_of(&remote, "other");
    let theirs = other.commit("theirs", &[("a", "2")]);
    other.git(&["tag", "v1"]);
    other.git(&["push", "-q", "origin", "main", "main:side", "v1"]);
    let branch = wait(repo.open().branch(&any())).unwrap();
    assert_eq!(branch.tip.to_string(), theirs);
    assert_eq!(branch.remote.as_deref(), Some("origin"));
    assert_eq!(repo.tip("origin/main"), theirs);
    let refs = repo.git(&["for-each-ref", "--format=%(refname)"]);
    assert!(!refs.contains("v1") && !refs.contains("side"), "{refs}");
}

#[test]
fn a_long_history_is_fetched_as_one_pack() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let other = world.clone_of(&remote, "other");
    let names: Vec<_> = (0..150).map(|n| format!("dir/file{n}")).collect();
    let files: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), name.as_str()))
        .collect();
    let theirs = other.commit("many", &files);
    other.git(&["push", "-q"]);
    let git = repo.open();
    let branch = wait(git.branch(&any())).unwrap();
    assert_eq!(branch.tip.to_string(), theirs);
    assert!(git.snapshot(branch.tip).is_ok());
    assert!(repo.git(&["count-objects", "-v"]).contains("packs: 1"));
    repo.assert_sound();
}

#[test]
fn an_overtaken_push_changes_nothing() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let git = repo.open();
    let branch = wait(git.branch(&any())).unwrap();
    let commit = commit_on(&git, &branch, vec![change("a", Some("2"))]).unwrap();
    let other = world.clone_of(&remote, "other");
    let theirs = other.commit("theirs", &[("b", "1")]);
    other.git(&["push", "-q"]);
    assert_eq!(
        wait(git.advance(&branch, commit)).unwrap(),
        Advance::Overtaken
    );
    assert_eq!(remote.tip("main"), theirs);
    assert_eq!(
        (repo.tip("main"), repo.read("a")),
        (branch.tip.to_string(), "1".into())
    );
    // It succeeds when it is planned again on their tip.
    notes(promote(&git, &any(), vec![change("a", Some("2"))]));
    assert_eq!(
        (remote.show("main", "a"), remote.show("main", "b")),
        ("2".into(), "1".into())
    );
}

#[test]
fn a_remote_that_was_set_back_is_not_moved_forward_again() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let first = remote.tip("main");
    repo.commit("second", &[("a", "2")]);
    repo.git(&["push", "-q"]);
    for hooked in [false, true] {
        if hooked {
            remote.hook("post-receive", "exit 0");
        }
        let second = repo.tip("main");
        remote.git(&["update-ref", "refs/heads/main", &second]);
        let git = repo.open();
        let branch = wait(git.branch(&any())).unwrap();
        let commit = commit_on(&git, &branch, vec![change("a", Some("3"))]).unwrap();
        remote.git(&["update-ref", "refs/heads/main", &first]);
        assert_eq!(
            wait(git.advance(&branch, commit)).unwrap(),
            Advance::Overtaken
        );
        assert_eq!(remote.tip("main"), first);
    }
}

#[test]
fn a_commit_that_is_here_without_its_files_is_fetched_whole() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let other = world.clone_of(&remote, "other");
    for path in ["b", "c", "d"] {
        let commit = other.commit("theirs", &[(path, "1")]);
        repo.lacks_files_of(&other, &commit);
    }
    other.git(&["push", "-q"]);
    notes(promote(&repo.open(), &any(), vec![change("a", Some("2"))]));
    assert_eq!(
        remote.git(&["ls-tree", "--name-only", "main"]),
        "a\nb\nc\nd"
    );
    remote.assert_sound();
    repo.assert_sound();
}

#[test]
fn eight_racing_pushes_and_gits_own_lose_no_commit() {
    let world = World::new();
    let (remote, _) = world.cloned(&[("seed", "1")]);
    // Before anybody pushes, because a local clone links the files of unfinished pushes too.
    let clones: Vec<_> = (0..8)
        .map(|racer| world.clone_of(&remote, &format!("clone{racer}")))
        .collect();
    std::thread::scope(|scope| {
        for (racer, clone) in clones.iter().enumerate() {
            let own = format!("file{racer}");
            scope.spawn(move || {
                if racer % 4 == 0 {
                    clone.commit("by git", &[(&own, "x")]);
                    let pushed =
                        "until git push -q 2>/dev/null; do git pull -q --rebase || exit 1; done";
                    clone.git(&["-c", &format!("alias.go=!{pushed}"), "go"]);
                    return;
                }
                let git = clone.open();
                while promote(&git, &any(), vec![change(&own, Some("x"))]).unwrap()
                    == Advance::Overtaken
                {}
            });
        }
    });
    assert_eq!(remote.git(&["rev-list", "--count", "main"]), "9");
    assert_eq!(
        remote
            .git(&["ls-tree", "--name-only", "main"])
            .lines()
            .count(),
        9
    );
    remote.assert_sound();
}

#[test]
fn a_hook_that_refuses_is_quoted_and_nothing_moves() {
    for name in ["pre-receive", "update"] {
        let world = World::new();
        let (remote, repo) = world.cloned(&[("a", "1")]);
        remote.hook(name, "echo 'main is frozen' >&2; exit 1");
        let tip = remote.tip("main");
        let error = promote(&repo.open(), &any(), vec![change("a", Some("2"))]).unwrap_err();
        let RepositoryError::Refused { message, .. } = error else {
            panic!("{error:?}")
        };
        assert!(message.starts_with("main is frozen"), "{message}");
        assert_eq!((remote.tip("main"), repo.tip("main")), (tip.clone(), tip));
    }
}

#[test]
fn a_hook_that_agrees_is_run_and_heard() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let script = "cat > received; echo; echo 'To deploy it, visit:'; echo ' https://deploy/api '";
    remote.hook("post-receive", script);
    let notes = notes(promote(&repo.open(), &any(), vec![change("a", Some("2"))]));
    assert_eq!(
        notes,
        ["message from `origin`: To deploy it, visit: https://deploy/api"]
    );
    let received = fs::read_to_string(remote.dir.join("received")).unwrap();
    assert!(received.contains(&remote.tip("main")), "{received}");
    assert_eq!((repo.read("a"), repo.status()), ("2".into(), String::new()));
}

#[test]
fn a_checked_out_branch_of_a_remote_is_not_pushed_to() {
    let world = World::new();
    let remote = world.repository_at("remote", &[("a", "1")]);
    let repo = world.clone_of(&remote, "repo");
    let error = promote(&repo.open(), &any(), vec![change("a", Some("2"))]).unwrap_err();
    assert!(matches!(error, RepositoryError::Refused { .. }), "{error}");
    assert_eq!(remote.status(), "");
    remote.git(&["config", "receive.denyCurrentBranch", "updateInstead"]);
    notes(promote(&repo.open(), &any(), vec![change("a", Some("2"))]));
    assert_eq!(
        (remote.read("a"), remote.status()),
        ("2".into(), String::new())
    );
}

#[test]
fn dirty_files_leave_the_local_branch_behind_with_a_note() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let tip = repo.tip("main");
    repo.write("a", "mine");
    let notes = notes(promote(&repo.open(), &any(), vec![change("a", Some("2"))]));
    assert_eq!(remote.show("main", "a"), "2");
    assert_eq!((repo.tip("main"), repo.read("a")), (tip, "mine".into()));
    assert_snapshot!(notes[0], @"local branch `main` was not updated: there are local changes in a; commit, stash or move them, then run `git pull`");
}

#[test]
fn commits_that_were_never_pushed_stay_out_of_it() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let mine = repo.commit("mine", &[("b", "1")]);
    let git = repo.open();
    let branch = wait(git.branch(&any())).unwrap();
    assert_snapshot!(notice::message(&branch.notices[0]), @"local branch `main` has 1 commit that `origin` does not have; unpushed commits are not included");
    let notes = notes(promote(&git, &any(), vec![change("a", Some("2"))]));
    assert_eq!(remote.git(&["ls-tree", "--name-only", "main"]), "a");
    assert_eq!(repo.tip("main"), mine);
    assert_eq!(notes.len(), 1, "{notes:?}");
}

#[test]
fn another_checked_out_branch_requires_a_branch_name() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    repo.git(&["checkout", "-q", "-b", "feature"]);
    let git = repo.open();
    let error = wait(git.branch(&any())).unwrap_err();
    let RepositoryError::OtherBranch {
        current, default, ..
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!((current.as_str(), default.as_str()), ("feature", "main"));
    notes(promote(&git, &named("main"), vec![change("a", Some("2"))]));
    assert_eq!(remote.show("main", "a"), "2");
    assert_eq!((repo.read("a"), repo.status()), ("1".into(), String::new()));
    assert_eq!(repo.tip("main"), remote.tip("main"));
}

#[test]
fn a_detached_head_means_the_remotes_default_branch() {
    let world = World::new();
    let (_, repo) = world.cloned(&[("a", "1")]);
    repo.git(&["checkout", "-q", "--detach"]);
    assert_eq!(wait(repo.open().branch(&any())).unwrap().name, "main");
}

#[test]
fn the_remote_is_the_upstream_of_the_current_branch_else_origin_else_the_only_one() {
    let world = World::new();
    let (_, repo) = world.cloned(&[("a", "1")]);
    repo.git(&["remote", "rename", "origin", "company"]);
    let remote = |repo: &Repo<'_>| wait(repo.open().branch(&any())).map(|b| b.remote);
    assert_eq!(remote(&repo).unwrap().as_deref(), Some("company"));
    repo.git(&["branch", "--unset-upstream"]);
    assert_eq!(remote(&repo).unwrap().as_deref(), Some("company"));
    repo.git(&["remote", "add", "second", "../remote.git"]);
    let error = remote(&repo).unwrap_err();
    assert!(
        matches!(&error, RepositoryError::UnknownRemote { known } if known == &["company", "second"])
    );
}

#[test]
fn an_unknown_branch_of_a_remote_comes_with_the_known_ones() {
    let world = World::new();
    let (_, repo) = world.cloned(&[("a", "1")]);
    let error = wait(repo.open().branch(&named("mian"))).unwrap_err();
    let RepositoryError::UnknownBranch { remote, known, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (remote.as_deref(), known),
        (Some("origin"), vec!["main".to_owned()])
    );
}

#[test]
fn missing_empty_and_remote_repositories_are_different_errors() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let error = |url: &str| {
        repo.git(&["remote", "set-url", "origin", url]);
        wait(repo.open().branch(&any())).unwrap_err()
    };
    assert!(matches!(
        error("../nowhere"),
        RepositoryError::Denied { .. }
    ));
    for url in [
        "https://127.0.0.1:1/x",
        "ssh://git@127.0.0.1:1/x",
        "git://127.0.0.1:1/x",
    ] {
        let error = error(url);
        assert!(
            matches!(error, RepositoryError::Unreachable { .. }),
            "{error:?}"
        );
    }
    assert!(matches!(
        error("https://evil.org\\@127.0.0.1/x"),
        RepositoryError::DoubtfulUrl { .. }
    ));
    world.git(&["init", "-q", "--bare", "--initial-branch=main", "empty.git"]);
    assert!(matches!(
        error("../empty.git"),
        RepositoryError::Unborn { .. }
    ));
    repo.git(&[
        "remote",
        "set-url",
        "origin",
        &format!("file://{}", remote.dir.display()),
    ]);
    assert!(wait(repo.open().branch(&any())).is_ok());
}

#[test]
fn without_pushing_the_commit_stays_here_unless_the_branch_is_behind() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[("a", "1")]);
    let tip = remote.tip("main");
    notes(promote(
        &repo.open(),
        &no_push(),
        vec![change("a", Some("2"))],
    ));
    assert_eq!((remote.tip("main"), repo.read("a")), (tip, "2".into()));
    assert_eq!(no_push().publish, Publish::Local);
    repo.git(&["push", "-q"]);
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let error = wait(repo.open().branch(&no_push())).unwrap_err();
    assert!(
        matches!(error, RepositoryError::BehindRemote { .. }),
        "{error}"
    );
}

#[test]
fn a_shallow_clone_promotes_like_a_full_one() {
    let world = World::new();
    let remote = world.bare_at("remote.git", &[("a", "1"), ("d/b", "1")]);
    let seed = world.clone_of(&remote, "seed");
    seed.commit("second", &[("a", "2")]);
    seed.git(&["push", "-q"]);
    let url = format!("file://{}", remote.dir.display());
    world.git(&["clone", "-q", "--depth=1", &url, "shallow"]);
    let shallow = world.at(world.path("shallow"));
    shallow.git(&["config", "user.name", "Ada"]);
    shallow.git(&["config", "user.email", "a@b"]);
    seed.commit("third", &[("a", "3")]);
    seed.git(&["push", "-q"]);
    notes(promote(
        &shallow.open(),
        &any(),
        vec![change("a", Some("4"))],
    ));
    assert_eq!(remote.git(&["rev-list", "--count", "main"]), "4");
    assert_eq!(shallow.git(&["rev-list", "--count", "origin/main"]), "3");
    remote.assert_sound();
    shallow.assert_sound();
}

#[test]
fn a_bare_clone_promotes_on_its_remote() {
    let world = World::new();
    let remote = world.bare_at("remote.git", &[("a", "1")]);
    world.git(&["clone", "-q", "--bare", "remote.git", "mirror.git"]);
    let mirror = world.at(world.path("mirror.git"));
    mirror.git(&["config", "user.name", "Ada"]);
    mirror.git(&["config", "user.email", "a@b"]);
    notes(promote(
        &mirror.open(),
        &any(),
        vec![change("a", Some("2"))],
    ));
    assert_eq!(remote.show("main", "a"), "2");
    assert_eq!(mirror.tip("main"), remote.tip("main"));
}
