//! Moving a branch together with its checked-out files.

use git_promote::domain::{FileMode, RepoPath};
use git_promote::port::{BranchChoice, Repository, RepositoryError, TreeChange};

use crate::skipped::{Missing, skip};
use crate::world::{Repo, World, any, change, commit_on, named, no_push, notes, promote, wait};

#[test]
fn clean_files_move_along_and_dirty_others_are_not_touched() {
    let world = World::new();
    let repo = world.repository(&[
        ("d/a", "1"),
        ("d/gone", "1"),
        ("other", "1"),
        ("staged", "1"),
    ]);
    repo.write("other", "mine");
    repo.write("staged", "mine");
    repo.git(&["add", "staged"]);
    repo.write("untracked", "mine");
    let before = repo.status();
    let changes = vec![
        change("d/a", Some("2")),
        change("d/gone", None),
        change("new/file", Some("3")),
    ];
    notes(promote(&repo.open(), &any(), changes));
    assert_eq!(
        (repo.read("d/a"), repo.read("new/file")),
        ("2".into(), "3".into())
    );
    assert!(!repo.has("d/gone"));
    assert_eq!(repo.status(), before);
    repo.assert_sound();
}

#[test]
fn a_dirty_file_stops_the_promotion_and_nothing_moves() {
    type Dirt = fn(&crate::world::Repo<'_>);
    let cases: [(&str, Dirt); 3] = [
        ("changed", |r| r.write("a", "mine")),
        ("staged", |r| {
            r.write("a", "mine");
            r.git(&["add", "a"]);
            r.write("a", "1");
        }),
        ("in the way", |r| r.write("new", "mine")),
    ];
    for (name, dirt) in cases {
        let world = World::new();
        let repo = world.repository(&[("a", "1"), ("b", "1")]);
        dirt(&repo);
        let (tip, status) = (repo.tip("main"), repo.status());
        let changes = vec![
            change("a", Some("2")),
            change("b", Some("2")),
            change("new", Some("2")),
        ];
        let error = promote(&repo.open(), &any(), changes).unwrap_err();
        let RepositoryError::Dirty { paths, .. } = error else {
            panic!("{name}: {error:?}")
        };
        assert_eq!(
            paths,
            [if name == "in the way" { "new" } else { "a" }],
            "{name}"
        );
        assert_eq!((repo.tip("main"), repo.status()), (tip, status), "{name}");
    }
}

#[test]
fn a_branch_in_a_linked_worktree_moves_with_the_files_there() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    repo.git(&["worktree", "add", "-q", "../linked", "-b", "release"]);
    let linked = world.at(world.path("linked"));
    notes(promote(
        &repo.open(),
        &named("release"),
        vec![change("a", Some("2"))],
    ));
    assert_eq!(
        (linked.read("a"), linked.status()),
        ("2".into(), String::new())
    );
    assert_eq!((repo.read("a"), repo.status()), ("1".into(), String::new()));
    // And in the other direction.
    notes(promote(
        &linked.open(),
        &named("main"),
        vec![change("a", Some("3"))],
    ));
    assert_eq!((repo.read("a"), repo.status()), ("3".into(), String::new()));
}

#[test]
fn files_move_where_they_are_when_git_keeps_its_own_elsewhere() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    std::fs::create_dir(world.path("store")).unwrap();
    let store = world.path("store/r.git");
    world.git(&[
        "clone",
        "-q",
        "--separate-git-dir",
        store.to_str().unwrap(),
        "repo",
        "apart",
    ]);
    let apart = world.at(world.path("apart"));
    apart.git(&["config", "user.name", "Ada"]);
    apart.git(&["config", "user.email", "ada@example.org"]);
    apart.git(&["worktree", "add", "-q", "-b", "side", "../linked"]);
    let changes = || vec![change("a", Some("2")), change("new", Some("2"))];
    // From another folder the location of the files is unknown.
    let linked = world.at(world.path("linked"));
    let choice = BranchChoice {
        repository: None,
        branch: Some("main".to_owned()),
        ..no_push()
    };
    let error = promote(&linked.open(), &choice, changes()).unwrap_err();
    assert!(matches!(error, RepositoryError::Git { .. }), "{error:?}");
    notes(promote(&apart.open(), &no_push(), changes()));
    assert_eq!(
        (apart.read("a"), apart.status()),
        ("2".into(), String::new())
    );
    assert!(!world.path("store/a").exists());
    assert_eq!(repo.read("a"), "1");
}

#[test]
fn a_run_that_died_before_the_branch_moved_is_finished_by_the_next() {
    // How far the killed run came: all files, some files, files and index, or within a file.
    for died_after in ["files", "one file", "index", "half a file", "no file"] {
        let world = World::new();
        let repo = world.repository(&[("a", "1"), ("b", "1"), ("gone", "1")]);
        let git = repo.open();
        let branch = wait(git.branch(&any())).unwrap();
        let changes = vec![
            change("a", Some("2")),
            change("b", Some("2")),
            change("gone", None),
            change("new", Some("2")),
        ];
        let commit = commit_on(&git, &branch, changes).unwrap();
        repo.write("a", "2");
        if died_after != "one file" {
            repo.write("b", "2");
            repo.write("new", "2");
            std::fs::remove_file(repo.dir.join("gone")).unwrap();
        }
        match died_after {
            "index" => _ = repo.git(&["add", "--all"]),
            "half a file" => {
                repo.write("a", "");
                repo.write("new", "");
            }
            "no file" => std::fs::remove_file(repo.dir.join("a")).unwrap(),
            _ => {}
        }
        notes(wait(git.advance(&branch, commit)));
        assert_eq!(repo.status(), "", "{died_after}");
        assert_eq!(repo.read("b"), "2");
        repo.assert_sound();
    }
}

#[test]
fn line_ends_are_written_as_the_attributes_say() {
    let world = World::new();
    let files = [
        (".gitattributes", "*.txt text eol=crlf\n"),
        ("a.txt", "1\n"),
    ];
    let repo = world.repository(&files);
    repo.git(&["rm", "-q", "--cached", "a.txt"]);
    repo.git(&["add", "a.txt"]);
    std::fs::remove_file(repo.dir.join("a.txt")).unwrap();
    repo.git(&["checkout", "--", "a.txt"]);
    assert_eq!(repo.read("a.txt"), "1\r\n");
    let changes = vec![change("a.txt", Some("2\n")), change("n.txt", Some("3\n"))];
    notes(promote(&repo.open(), &any(), changes));
    assert_eq!(
        (repo.read("a.txt"), repo.read("n.txt")),
        ("2\r\n".into(), "3\r\n".into())
    );
    assert_eq!(repo.status(), "");
    assert_eq!(repo.show("main", "a.txt"), "2\n");
}

#[test]
fn a_sparse_checkout_gets_no_files_outside_of_it() {
    for cone in ["--cone", "--no-cone"] {
        let world = World::new();
        let repo = world.repository(&[("in/a", "1"), ("out/b", "1"), ("out/gone", "1")]);
        let pattern = if cone == "--cone" { "in" } else { "/in/" };
        repo.git(&["sparse-checkout", "set", cone, "--no-sparse-index", pattern]);
        assert!(!repo.has("out"));
        let changes = vec![
            change("in/a", Some("2")),
            change("in/deep/er", Some("2")),
            change("out/b", Some("2")),
            change("out/new", Some("2")),
            change("out/gone", None),
        ];
        notes(promote(&repo.open(), &any(), changes));
        assert_eq!(
            (repo.read("in/a"), repo.read("in/deep/er")),
            ("2".into(), "2".into())
        );
        assert!(!repo.has("out"), "{cone}");
        assert_eq!(repo.status(), "", "{cone}");
        repo.git(&["sparse-checkout", "disable"]);
        assert_eq!(
            (repo.read("out/b"), repo.read("out/new")),
            ("2".into(), "2".into())
        );
        assert_eq!(repo.status(), "", "{cone}");
    }
}

#[test]
fn a_file_is_written_by_its_filter_program() {
    let world = World::new();
    let repo = world.repository(&[(".gitattributes", "*.bin filter=upper\n"), ("a.bin", "a")]);
    repo.git(&["config", "filter.upper.smudge", "tr a-z A-Z"]);
    repo.git(&["config", "filter.upper.clean", "tr A-Z a-z"]);
    notes(promote(
        &repo.open(),
        &any(),
        vec![change("a.bin", Some("b"))],
    ));
    assert_eq!(
        (repo.show("main", "a.bin"), repo.read("a.bin")),
        ("b".into(), "B".into())
    );
    assert_eq!(repo.status(), "");
}

#[test]
fn a_file_has_its_own_encoding_in_the_working_tree() {
    let world = World::new();
    let attributes = "*.txt working-tree-encoding=UTF-16LE-BOM eol=lf\n";
    let repo = world.repository(&[(".gitattributes", attributes)]);
    let text = |c: char| {
        format!("\u{feff}{c}\n")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    std::fs::write(repo.dir.join("a.txt"), text('1')).unwrap();
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "-qm", "text"]);
    notes(promote(
        &repo.open(),
        &any(),
        vec![change("a.txt", Some("2\n"))],
    ));
    assert_eq!(std::fs::read(repo.dir.join("a.txt")).unwrap(), text('2'));
    assert_eq!(repo.status(), "");
}

/// An executable file and a link that are new.
fn odd_files() -> Vec<TreeChange> {
    let file = |path, mode, text: &str| TreeChange {
        path: RepoPath::parse(path).unwrap(),
        content: Some((mode, text.as_bytes().to_vec())),
    };
    vec![
        file("run", FileMode::Executable, "#!/bin/sh\necho ran\n"),
        file("link", FileMode::Symlink, "nowhere"),
    ]
}

fn assert_odd_files(repo: &Repo<'_>) {
    let run = repo.git(&["-c", "alias.r=!./run", "r"]);
    assert_eq!(run, "ran");
    let link = std::fs::read_link(repo.dir.join("link")).unwrap();
    assert_eq!(link.to_str(), Some("nowhere"));
    assert_eq!(repo.status(), "");
}

#[test]
fn executable_files_and_links_are_checked_out_as_such() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    notes(promote(&repo.open(), &any(), odd_files()));
    assert_odd_files(&repo);
}

#[test]
fn also_where_the_working_tree_is_on_another_disk() {
    use std::os::unix::fs::MetadataExt as _;
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    let Ok(other) = tempfile::tempdir_in("/dev/shm") else {
        skip(Missing::Ability, "there is no second disk");
        return;
    };
    let disk = |path: &std::path::Path| path.metadata().unwrap().dev();
    if disk(other.path()) == disk(&repo.dir) {
        skip(Missing::Ability, "`/dev/shm` is on the same disk");
        return;
    }
    let tree = other.path().join("tree");
    repo.git(&["checkout", "-q", "--detach"]);
    repo.git(&["worktree", "add", "-q", tree.to_str().unwrap(), "main"]);
    let linked = world.at(tree);
    notes(promote(&linked.open(), &any(), odd_files()));
    assert_odd_files(&linked);
    let left = linked.git(&["ls-files", "--others"]);
    assert_eq!(left, "");
}

#[test]
fn a_file_becomes_a_folder_and_a_folder_a_file() {
    let world = World::new();
    let repo = world.repository(&[("file", "1"), ("folder/x", "1"), ("folder/y/z", "1")]);
    std::fs::create_dir(repo.dir.join("folder/empty")).unwrap();
    let changes = vec![
        change("file", None),
        change("file/x", Some("2")),
        change("file/y/z", Some("2")),
        change("folder", Some("2")),
        change("folder/x", None),
        change("folder/y/z", None),
    ];
    let dirty = |repo: &Repo<'_>| {
        let error = promote(&repo.open(), &any(), changes.clone()).unwrap_err();
        match error {
            RepositoryError::Dirty { paths, .. } => paths,
            error => panic!("{error:?}"),
        }
    };
    repo.write("file", "mine");
    assert_eq!(dirty(&repo), ["file"]);
    repo.write("file", "1");
    repo.write("folder/mine", "mine");
    assert_eq!(dirty(&repo), ["folder/mine"]);
    std::fs::remove_file(repo.dir.join("folder/mine")).unwrap();
    std::fs::remove_dir(repo.dir.join("folder/empty")).unwrap();
    notes(promote(&repo.open(), &any(), changes));
    assert_eq!(repo.status(), "");
    let files = repo.git(&["ls-files"]);
    assert_eq!(files, "file/x\nfile/y/z\nfolder");
    assert_eq!(
        (repo.read("file/y/z"), repo.read("folder")),
        ("2".into(), "2".into())
    );
}

#[test]
fn files_that_were_only_touched_are_clean() {
    let world = World::new();
    let repo = world.repository(&[("a", "1"), ("file", "1")]);
    let changes = vec![
        change("a", Some("2")),
        change("file", None),
        change("file/x", Some("2")),
    ];
    for path in ["a", "file"] {
        let file = std::fs::File::options()
            .write(true)
            .open(repo.dir.join(path))
            .unwrap();
        let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        file.set_modified(long_ago).unwrap();
    }
    notes(promote(&repo.open(), &any(), changes));
    assert_eq!(
        (repo.read("a"), repo.read("file/x")),
        ("2".into(), "2".into())
    );
    assert_eq!(repo.status(), "");
}

#[test]
fn a_link_becomes_a_file_and_a_file_a_link() {
    let world = World::new();
    let repo = world.repository(&[("link", "1")]);
    std::os::unix::fs::symlink("nowhere", repo.dir.join("file")).unwrap();
    repo.git(&["add", "--all"]);
    repo.git(&["commit", "-qm", "a link"]);
    let mut changes = odd_files();
    changes.push(change("file", Some("2")));
    notes(promote(&repo.open(), &any(), changes));
    assert_odd_files(&repo);
    assert_eq!(repo.read("file"), "2");
    assert!(!repo.dir.join("file").is_symlink());
}

#[test]
fn the_index_gets_what_the_commit_has_and_no_guess_of_the_disk() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    repo.git(&["config", "core.autocrlf", "input"]);
    repo.git(&["config", "core.fileMode", "false"]);
    let mut changes = odd_files();
    changes.push(change("crlf", Some("a\r\nb\r\n")));
    notes(promote(&repo.open(), &any(), changes));
    assert_eq!(repo.git(&["diff", "--cached", "--stat"]), "");
    assert_odd_files(&repo);
}

#[test]
fn eight_promotions_in_one_working_tree_end_clean() {
    use git_promote::port::Advance;
    let world = World::new();
    let repo = world.repository(&[("seed", "1")]);
    std::thread::scope(|scope| {
        for racer in 0..8 {
            let git = repo.open();
            scope.spawn(move || {
                let own = format!("file{racer}");
                while promote(&git, &any(), vec![change(&own, Some("x"))]).unwrap()
                    == Advance::Overtaken
                {}
            });
        }
    });
    assert_eq!(repo.git(&["rev-list", "--count", "main"]), "9");
    assert_eq!(repo.status(), "");
    repo.assert_sound();
}

#[test]
fn a_branch_that_is_being_rebased_is_left_alone() {
    let world = World::new();
    let repo = world.repository(&[("a", "1")]);
    repo.commit("second", &[("b", "1")]);
    let tip = repo.tip("main");
    repo.git(&[
        "-c",
        "sequence.editor=sed -i s/pick/edit/",
        "rebase",
        "-qi",
        "HEAD~1",
    ]);
    let error = promote(&repo.open(), &named("main"), vec![change("a", Some("2"))]).unwrap_err();
    assert!(matches!(error, RepositoryError::Git { .. }), "{error:?}");
    assert_eq!((repo.tip("main"), repo.read("a")), (tip, "1".into()));
    repo.git(&["rebase", "--continue"]);
}

#[test]
fn a_sparse_or_split_index_moves_along() {
    for kind in ["sparse", "split"] {
        let world = World::new();
        let repo = world.repository(&[("in/a", "1"), ("out/b/c", "1")]);
        if kind == "sparse" {
            repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
        } else {
            repo.git(&["update-index", "--split-index"]);
        }
        let changes = vec![change("in/a", Some("2")), change("out/b/c", Some("2"))];
        notes(promote(&repo.open(), &any(), changes));
        assert_eq!(repo.read("in/a"), "2", "{kind}");
        assert_eq!(repo.has("out"), kind == "split");
        assert_eq!(repo.status(), "", "{kind}");
    }
}

#[test]
fn nothing_is_written_through_a_link_or_over_a_file_in_the_way() {
    for in_the_way in ["link", "file"] {
        let world = World::new();
        let repo = world.repository(&[("a", "1")]);
        std::fs::create_dir(world.path("out")).unwrap();
        std::fs::write(world.path("out/values"), "precious").unwrap();
        if in_the_way == "link" {
            std::os::unix::fs::symlink(world.path("out"), repo.dir.join("new")).unwrap();
        } else {
            repo.write("new", "mine");
        }
        let tip = repo.tip("main");
        let changes = vec![change("a", Some("2")), change("new/values", Some("2"))];
        let error = promote(&repo.open(), &any(), changes).unwrap_err();
        let RepositoryError::Dirty { paths, .. } = error else {
            panic!("{in_the_way}: {error:?}")
        };
        assert_eq!(paths, ["new"], "{in_the_way}");
        let kept = std::fs::read_to_string(world.path("out/values"));
        assert_eq!(kept.unwrap(), "precious");
        assert_eq!((repo.tip("main"), repo.read("a")), (tip, "1".to_owned()));
    }
}
