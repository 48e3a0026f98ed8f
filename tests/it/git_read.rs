//! Opening repositories and reading commits.

use std::collections::BTreeMap;

use git_promote::domain::{FileMode, ObjectId};
use git_promote::port::{Repository, RepositoryError, Snapshot};

use crate::skipped::{Missing, skip};
use crate::world::{World, any, change, named, notes, promote, wait};

/// All files below a tree: path, mode, id.
fn walk(snapshot: &dyn Snapshot) -> BTreeMap<Vec<u8>, (FileMode, ObjectId)> {
    let mut found = BTreeMap::new();
    let mut open = vec![(Vec::new(), snapshot.root())];
    while let Some((prefix, tree)) = open.pop() {
        let mut visit = |entry: git_promote::port::TreeEntry<'_>| {
            let mut path: Vec<u8> = prefix.clone();
            path.extend_from_slice(entry.name);
            if entry.mode == FileMode::Directory {
                path.push(b'/');
                open.push((path, entry.id));
            } else {
                found.insert(path, (entry.mode, entry.id));
            }
        };
        snapshot.read_tree(tree, &mut visit).unwrap();
    }
    found
}

#[test]
fn a_snapshot_reads_files_modes_and_bytes() {
    let world = World::new();
    let repo = world.repository(&[("a/b.yaml", "x: 1\n"), ("run.sh", "#!/bin/sh\n")]);
    repo.git(&["update-index", "--chmod=+x", "run.sh"]);
    repo.git(&["commit", "-qm", "bit"]);
    let git = repo.open();
    let branch = wait(git.branch(&any())).unwrap();
    assert_eq!(branch.name, "main");
    assert_eq!(branch.remote, None);
    assert_eq!(branch.tip.to_string(), repo.tip("main"));
    let snapshot = git.snapshot(branch.tip).unwrap();
    let files = walk(&*snapshot);
    assert_eq!(files[&b"run.sh"[..]].0, FileMode::Executable);
    let (mode, id) = files[&b"a/b.yaml"[..]];
    assert_eq!(mode, FileMode::Regular);
    assert_eq!(snapshot.read_blob(id).unwrap(), b"x: 1\n");
    assert_eq!(snapshot.blob_size(id).unwrap(), 5);
}

#[test]
fn a_snapshot_sees_what_was_committed_after_it_was_opened() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let git = repo.open();
    let later = repo.commit("later", &[("a", "2")]);
    repo.git(&["repack", "-qad"]);
    let commit = git.revision(&later, None).unwrap();
    assert!(git.snapshot(commit).is_ok());
}

#[test]
fn two_threads_read_one_snapshot() {
    let world = World::new();
    let repo = world.repository(&[("a/b", "1"), ("c/d", "2")]);
    let git = repo.open();
    let snapshot = git.snapshot(git.revision("HEAD", None).unwrap()).unwrap();
    let seen: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(|| walk(&*snapshot))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].len(), 2);
}

#[test]
fn a_repository_is_found_from_a_subdirectory_a_worktree_and_as_a_bare_one() {
    let world = World::new();
    let repo = world.repository(&[("deep/er/file", "1")]);
    repo.git(&["worktree", "add", "-q", "../linked", "-b", "other"]);
    let bare = world.bare_at("bare.git", &[("file", "1")]);
    let tip = |dir| {
        let git = world.at(dir).open();
        let branch = wait(git.branch(&any())).unwrap();
        branch.name
    };
    assert_eq!(tip(repo.dir.join("deep/er")), "main");
    assert_eq!(tip(world.path("linked")), "other");
    assert_eq!(tip(bare.dir), "main");
}

#[test]
fn a_folder_without_a_repository_is_named() {
    let world = World::new();
    let error = world.at(world.path("home")).try_open().err().unwrap();
    assert!(
        matches!(error, RepositoryError::NotARepository { .. }),
        "{error}"
    );
}

#[test]
fn what_libgit2_cannot_open_is_read_by_git() {
    for (name, option) in [
        ("reftable", "--ref-format=reftable"),
        ("sha256", "--object-format=sha256"),
    ] {
        let world = World::new();
        let init = ["init", "-q", "--initial-branch=main", option, name];
        let made = world.command("git").args(init).output().unwrap();
        if !made.status.success() {
            skip(Missing::Ability, format_args!("this git has no `{option}`"));
            continue;
        }
        let repo = world.at(world.path(name));
        repo.commit("first", &[("d/a", "1"), ("b", "")]);
        let git = repo.open();
        let branch = wait(git.branch(&any())).unwrap();
        assert_eq!(branch.tip.to_string(), repo.tip("HEAD"));
        let snapshot = git.snapshot(branch.tip).unwrap();
        let files = walk(&*snapshot);
        let (_, id) = files[&b"d/a"[..]];
        assert_eq!(
            (
                snapshot.read_blob(id).unwrap(),
                snapshot.blob_size(id).unwrap()
            ),
            (b"1".to_vec(), 1)
        );
        notes(promote(
            &git,
            &any(),
            vec![
                change("d/a", Some("2")),
                change("b", None),
                change("c", Some("")),
            ],
        ));
        assert_eq!(
            (repo.read("d/a"), repo.has("b"), repo.read("c")),
            ("2".into(), false, String::new())
        );
        assert_eq!(repo.status(), "");
        repo.assert_sound();
    }
}

#[test]
fn a_branch_without_commits_is_refused_by_name() {
    let world = World::new();
    let git = world.empty_at("repo").open();
    let error = wait(git.branch(&any())).unwrap_err();
    assert!(matches!(error, RepositoryError::Unborn { branch, .. } if branch == "main"));
}

#[test]
fn a_detached_head_needs_a_branch() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    repo.git(&["checkout", "-q", "--detach"]);
    let git = repo.open();
    let error = wait(git.branch(&any())).unwrap_err();
    assert!(matches!(error, RepositoryError::DetachedHead { .. }));
    assert_eq!(wait(git.branch(&named("main"))).unwrap().name, "main");
}

#[test]
fn an_unknown_branch_comes_with_the_known_ones() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    repo.git(&["branch", "release"]);
    let error = wait(repo.open().branch(&named("mian"))).unwrap_err();
    let RepositoryError::UnknownBranch { known, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(known, ["main", "release"]);
}

#[test]
fn an_unknown_revision_is_named() {
    let world = World::new();
    let git = world.repository(&[("a", "1")]).open();
    let error = git.revision("v9", None).unwrap_err();
    assert!(matches!(error, RepositoryError::UnknownRevision { revision } if revision == "v9"));
}

#[test]
fn a_shallow_clone_works_as_far_as_it_reaches() {
    let world = World::new();
    let full = world.repository_at("full", &[("a", "1")]);
    let first = full.tip("HEAD");
    full.commit("second", &[("a", "2")]);
    let url = format!("file://{}", full.dir.display());
    world.git(&["clone", "-q", "--depth=1", &url, "shallow"]);
    let git = world.at(world.path("shallow")).open();
    let tip = git.revision("HEAD", None).unwrap();
    assert_eq!(walk(&*git.snapshot(tip).unwrap()).len(), 1);
    for revision in ["HEAD~1", first.as_str()] {
        let error = git.revision(revision, None).unwrap_err();
        assert!(matches!(
            error,
            RepositoryError::MissingObject { shallow: true, .. }
        ));
    }
}
