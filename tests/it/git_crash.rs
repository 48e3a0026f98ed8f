//! Runs that are killed, and systems on which writing fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::again::again;
use crate::points::{Blow, Point, Processes, locks};
use crate::remotes::has;
use crate::skipped::{Missing, skip};
use crate::world::{Ran, Repo, World};

const FILES: [(&str, &str); 3] = [("a", "1"), ("gone", "1"), ("d/other", "1")];

fn run(world: &World, dir: &Path, under: &[&str]) -> Ran {
    again(world, dir, under).output().unwrap().into()
}

/// A repository in a world of its own, with a remote or without one.
fn repositories(world: &World, with_remote: bool) -> (Option<Repo<'_>>, Repo<'_>) {
    let (remote, repo) = if with_remote {
        let (remote, repo) = world.cloned(&FILES);
        (Some(remote), repo)
    } else {
        (None, world.repository(&FILES))
    };
    repo.write("d/other", "mine");
    (remote, repo)
}

/// A run that was prepared.
fn prepared(world: &World, repo: &Repo<'_>, processes: &Processes<'_>) -> Ran {
    let prefix = processes.prefix();
    let prefix: Vec<&str> = prefix.iter().map(String::as_str).collect();
    let mut command = again(world, &repo.dir, &prefix);
    processes.lead_to_scripts(&mut command);
    let ran = Ran::from(command.output().unwrap());
    processes.wait();
    ran
}

/// Kills a promotion at each call that moves files, and runs it again each time.
fn dies_at_every_call(with_remote: bool) {
    let world = World::new();
    let (_, repo) = repositories(&world, with_remote);
    let processes = Processes::new(&world);
    processes.record(&["link", "rename", "symlink", "unlink"]);
    let ran = prepared(&world, &repo, &processes);
    assert!(ran.stdout.contains("Done"), "{ran}");
    let points = processes.points();
    assert!(points.len() >= 5, "{points:?}");
    for point in points {
        dies_at(&point, with_remote);
    }
}

/// Kills a promotion at one call, and runs it again.
fn dies_at(point: &Point, with_remote: bool) {
    let world = World::new();
    let (remote, repo) = repositories(&world, with_remote);
    let processes = Processes::new(&world);
    processes.hit(point, Blow::Kill);
    let first = prepared(&world, &repo, &processes);
    assert!(processes.was_dealt(point), "not reached: {point}: {first}");
    repo.assert_sound();
    assert_eq!(repo.read("d/other"), "mine");
    let places = remote
        .iter()
        .map(|r| r.dir.clone())
        .chain([repo.dir.join(".git")]);
    // Git's own protocol: killed between writing a lock file and renaming it.
    let mut left: Vec<PathBuf> = places.flat_map(|place| locks(&place)).collect();
    while !left.is_empty() {
        let again = run(&world, &repo.dir, &[]);
        if again.stdout.contains("Done") {
            break;
        }
        let is_named = |lock: &PathBuf| {
            let name = lock.file_name().unwrap().to_string_lossy().into_owned();
            again.stdout.contains(&name)
        };
        let (named, others): (Vec<_>, Vec<_>) = left.into_iter().partition(is_named);
        assert!(!named.is_empty(), "{point}: {others:?} {again}");
        for lock in named {
            fs::remove_file(lock).unwrap();
        }
        left = others;
    }
    let second = run(&world, &repo.dir, &[]);
    assert!(second.stdout.contains("Done"), "{point}: {second}");
    assert_ended_right(&repo, remote.as_ref(), &point.to_string());
}

/// The branch has the new content, and the files have it too.
fn assert_ended_right(repo: &Repo<'_>, remote: Option<&Repo<'_>>, at: &str) {
    let truth = remote.unwrap_or(repo);
    let names = ["ls-tree", "-r", "--name-only", "main"];
    assert_eq!(truth.show("main", "a"), "2", "{at}");
    assert_eq!(truth.git(&names), "a\nd/other\nnew", "{at}");
    truth.assert_sound();
    // A run that was killed after its push leaves the local branch behind, and each file as it was or
    // as `git pull` will bring it.
    if remote.is_some_and(|remote| remote.tip("main") != repo.tip("main")) {
        let content = |path: &str| repo.has(path).then(|| repo.read(path));
        for (path, states) in [
            ("a", [Some("1"), Some("2")]),
            ("new", [None, Some("2")]),
            ("gone", [Some("1"), None]),
            ("d/other", [Some("mine"); 2]),
        ] {
            let content = content(path);
            assert!(
                states.contains(&content.as_deref()),
                "{at}: {path}: {content:?}"
            );
        }
        let names = [
            "ls-files", "--others", "--cached", "--", ".", ":!a", ":!new", ":!gone",
        ];
        assert_eq!(repo.git(&names), "d/other", "{at}");
        return;
    }
    assert_eq!(
        (repo.read("a"), repo.status()),
        ("2".into(), " M d/other".into()),
        "{at}"
    );
}

#[test]
fn a_promotion_that_dies_anywhere_is_ended_by_the_next_run() {
    if has("crashes of the adapter", &["strace", "flock"]) {
        dies_at_every_call(false);
    }
}

#[test]
fn a_push_that_dies_anywhere_is_ended_by_the_next_run() {
    if has("crashes of the adapter", &["strace", "flock"]) {
        dies_at_every_call(true);
    }
}

#[test]
fn a_full_disk_is_an_error_that_changes_nothing() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let Some(place) = mounted(&world, "size=700k") else {
        return;
    };
    world.git(&[
        "clone",
        "-q",
        repo.dir.to_str().unwrap(),
        place.to_str().unwrap(),
    ]);
    let clone = world.at(place.clone());
    clone.git(&["remote", "remove", "origin"]);
    let filler = place.join("filler");
    assert!(fs::write(&filler, vec![0; 2_000_000]).is_err());
    let ran = run(&world, &place, &[]);
    fs::remove_file(&filler).unwrap();
    let after = (clone.tip("main"), clone.status());
    clone.assert_sound();
    unmount(&place);
    assert!(ran.stdout.contains("DiskFull"), "{ran}");
    assert_eq!(after, (repo.tip("main"), String::new()));
}

#[test]
fn a_read_only_repository_is_an_error_that_changes_nothing() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let Some(place) = mounted(&world, "size=4m") else {
        return;
    };
    world.git(&[
        "clone",
        "-q",
        repo.dir.to_str().unwrap(),
        place.to_str().unwrap(),
    ]);
    world.at(place.clone()).git(&["remote", "remove", "origin"]);
    let name = place.to_str().unwrap();
    let remounted = Command::new("mount")
        .args(["-o", "remount,ro", name])
        .status();
    assert!(remounted.unwrap().success());
    let ran = run(&world, &place, &[]);
    let status = world.at(place.clone()).git(&["status", "--porcelain"]);
    unmount(&place);
    assert!(ran.stdout.contains("ReadOnly"), "{ran}");
    assert_eq!(status, "");
}

/// A small file system of its own, where the user may mount one.
fn mounted(world: &World, options: &str) -> Option<PathBuf> {
    let place = world.path("mounted");
    fs::create_dir_all(&place).unwrap();
    let args = ["-t", "tmpfs", "-o", options, "none"];
    let done = Command::new("mount").args(args).arg(&place).output();
    if done.is_ok_and(|out| out.status.success()) {
        return Some(place);
    }
    skip(Missing::Ability, "no file system can be mounted here");
    None
}

fn unmount(place: &Path) {
    let done = Command::new("umount").arg(place).status().unwrap();
    assert!(done.success());
}

#[test]
fn a_missing_identity_is_an_error_of_its_own() {
    let world = World::new();
    let repo = world.repository(&FILES);
    repo.git(&["config", "--unset", "user.email"]);
    repo.git(&["config", "user.useConfigOnly", "true"]);
    let mut command = again(&world, &repo.dir, &[]);
    for person in ["AUTHOR", "COMMITTER"] {
        command.env_remove(format!("GIT_{person}_EMAIL"));
    }
    let ran = Ran::from(command.output().unwrap());
    assert!(ran.stdout.contains("MissingIdentity"), "{ran}");
}

#[test]
fn author_and_committer_come_from_the_environment_as_for_git() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let mut command = again(&world, &repo.dir, &[]);
    command
        .env("GIT_AUTHOR_NAME", "Grace")
        .env_remove("GIT_COMMITTER_NAME");
    repo.git(&["config", "committer.name", "Robot"]);
    let ran = Ran::from(command.output().unwrap());
    assert!(ran.stdout.contains("Done"), "{ran}");
    let people = repo.git(&["log", "-1", "--format=%an %cn %aI"]);
    assert_eq!(people, "Grace Robot 2026-01-02T03:04:05Z");
}

#[test]
fn a_repository_of_another_user_is_not_trusted() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let chown = |owner: &str| {
        Command::new("chown")
            .args(["-R", owner])
            .arg(&repo.dir)
            .output()
    };
    if !chown("12345").is_ok_and(|out| out.status.success()) {
        skip(
            Missing::Ability,
            "the owner of files cannot be changed here",
        );
        return;
    }
    let ran = run(&world, &repo.dir, &[]);
    assert!(ran.stdout.contains("NotTrusted"), "{ran}");
    let name = repo.dir.to_str().unwrap();
    world.git(&["config", "--global", "--add", "safe.directory", name]);
    let ran = run(&world, &repo.dir, &[]);
    assert!(ran.stdout.contains("Done"), "{ran}");
}
