//! Promotions that die, or whose disk fails, at every point in turn.
//!
//! # Why
//!
//! "Safe to run again" is only true if it is true at each point. So the points
//! are counted by the system: the first, second, ... call of each kind that
//! moves a file, writes to the disk or writes to the network gets a SIGKILL or
//! an error, and the next run must end as if nothing had happened.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::remotes::{Http, Ssh, has, ssh_home};
use crate::world::{PROMOTE, Ran, Repo, World};

const FILES: &[(&str, &str)] = &[
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    ("apps/api/production/values.yaml", "image:\n  tag: 1.4.2\n"),
    ("apps/web/staging/values.yaml", "image:\n  tag: 2.1.0\n"),
    ("apps/web/production/values.yaml", "image:\n  tag: 2.0.0\n"),
    ("notes", "kept\n"),
];
const PRODUCTION: &str = "apps/api/production/values.yaml";

/// What a call gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Blow {
    Kill,
    NoSpace,
    InputOutput,
}

impl Blow {
    fn words(self) -> &'static str {
        match self {
            Self::Kill => "signal=SIGKILL",
            Self::NoSpace => "error=ENOSPC",
            Self::InputOutput => "error=EIO",
        }
    }
}

/// A remote and a clone that are set back after each blow.
struct Ground<'w> {
    world: &'w World,
    remote: Repo<'w>,
    repo: Repo<'w>,
    first: String,
    points: usize,
}

impl<'w> Ground<'w> {
    fn new(world: &'w World, url: Option<&str>) -> Self {
        let (remote, repo) = world.cloned(FILES);
        remote.git(&["config", "http.receivepack", "true"]);
        if let Some(url) = url {
            repo.git(&["remote", "set-url", "origin", url]);
        }
        let first = remote.tip("main");
        Self {
            world,
            remote,
            repo,
            first,
            points: 0,
        }
    }

    fn set_back(&self) {
        // The last one is of Git's credential store, whose program dies with ours.
        let (git, home) = (self.repo.dir.join(".git"), self.world.path("home"));
        for folder in [git, self.remote.dir.clone(), home] {
            for lock in locks(&folder) {
                fs::remove_file(lock).unwrap();
            }
        }
        self.remote
            .git(&["update-ref", "refs/heads/main", &self.first]);
        self.repo
            .git(&["update-ref", "refs/remotes/origin/main", &self.first]);
        self.repo.git(&["reset", "-q", "--hard", &self.first]);
        // As if it had never been there: with its clock standing still, each run makes the same commit.
        self.repo
            .git(&["reflog", "expire", "--expire=now", "--all"]);
        self.repo.write("notes", "mine\n");
    }

    /// One run under strace; whether the blow was dealt.
    fn run(&self, call: &str, nth: usize, blow: Blow) -> (Ran, bool) {
        let trace = self.world.path("trace");
        let mut strace = self.world.command("strace");
        strace
            .current_dir(&self.repo.dir)
            .args(["-f", "-qq", "-o"])
            .arg(&trace)
            .args(["-e", &format!("trace={call}")])
            .args(["-e", &format!("inject={call}:{}:when={nth}", blow.words())])
            .arg(env!("CARGO_BIN_EXE_git-promote"))
            .args(PROMOTE)
            .args(TIMEOUT);
        let ran = until_woken(strace, &trace);
        let log = fs::read_to_string(&trace).unwrap_or_default();
        let was_dealt = log.contains("(INJECTED)") || log.contains("killed by SIGKILL");
        (ran, was_dealt)
    }

    /// The first, second, ... call of a kind gets the blow; each time the next run ends right.
    fn every(&mut self, call: &str, blow: Blow) {
        for nth in 1.. {
            self.set_back();
            let (ran, was_dealt) = self.run(call, nth, blow);
            if blow != Blow::Kill && was_woken(&self.world.path("trace")) {
                self.next_run_ends_right("after a lost event");
                continue;
            }
            let at = format!("{call} {nth} {blow:?}: {ran}");
            self.remote.assert_sound();
            self.repo.assert_sound();
            assert_eq!(self.repo.read("notes"), "mine\n", "{at}");
            assert!(!ran.stderr.contains("panicked"), "{at}");
            // What says that it is done is done.
            if ran.code == 0 {
                assert_eq!(
                    self.remote.git(&["rev-list", "--count", "main"]),
                    "2",
                    "{at}"
                );
            }
            self.next_run_ends_right(&at);
            if !was_dealt {
                return;
            }
            self.points += 1;
        }
    }

    fn promote(&self) -> Ran {
        self.repo.promote(&[PROMOTE, TIMEOUT].concat())
    }

    /// Removes the locks in some folders, which a run has named, and runs again.
    fn unlocked(&self, folders: &[PathBuf], named: &Ran, at: &str) -> Ran {
        let locks: Vec<PathBuf> = folders.iter().flat_map(|folder| locks(folder)).collect();
        assert!(!locks.is_empty(), "{at}\nthen {named}");
        for lock in locks {
            let name = lock.file_name().unwrap().to_string_lossy().into_owned();
            assert!(named.stderr.contains(&name), "{at}\nthen {named}");
            fs::remove_file(lock).unwrap();
        }
        self.promote()
    }

    fn next_run_ends_right(&self, at: &str) {
        let mut again = self.promote();
        if again.code != 0 {
            // As with Git: a lock that a killed process left is named, and stays until somebody
            // is sure that nobody holds it.
            let folders = [self.repo.dir.join(".git"), self.remote.dir.clone()];
            again = self.unlocked(&folders, &again, at);
        }
        assert_eq!(again.code, 0, "{at}\nthen {again}");
        assert_eq!(
            self.remote.git(&["rev-list", "--count", "main"]),
            "2",
            "{at}"
        );
        assert_eq!(
            self.remote.show("main", PRODUCTION),
            "image:\n  tag: 1.5.0\n",
            "{at}"
        );
        // The clone is as after an undisturbed run too.
        if self.repo.tip("main") != self.remote.tip("main") {
            again = self.unlocked(&[self.repo.dir.join(".git")], &again, at);
        }
        assert_eq!(
            self.repo.tip("main"),
            self.remote.tip("main"),
            "{at}\nthen {again}"
        );
        let left = self.repo.git(&["status", "--porcelain"]);
        assert_eq!(left, " M notes", "{at}\nthen {again}");
        self.remote.assert_sound();
        self.repo.assert_sound();
    }
}

/// Runs it to its end, but for one blow: a thread wakes another by writing to an event, which is no
/// disk and no network; told that this failed, as no system ever does, they would wait for ever.
fn until_woken(mut strace: Command, trace: &Path) -> Ran {
    let mut running = strace
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    let id = running.id();
    let started = Instant::now();
    while running.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(5));
        let is_stuck = started.elapsed() > Duration::from_secs(2) && was_woken(trace);
        if is_stuck {
            let group = format!("-{id}");
            let _ = Command::new("kill").args(["-9", "--", &group]).status();
        }
    }
    Ran::from(running.wait_with_output().unwrap())
}

/// Whether the blow met a write to an event.
fn was_woken(trace: &Path) -> bool {
    let log = fs::read_to_string(trace).unwrap_or_default();
    let is_blow = |line: &str| line.contains(WOKEN) && line.contains("(INJECTED)");
    log.lines().any(is_blow)
}

/// How the trace shows a write of the number 1 to an event.
const WOKEN: &str = "\"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) ";

/// How long the server may be silent.
const TIMEOUT: &[&str] = &["--timeout", "5"];

/// All lock files below a folder.
pub fn locks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(locks(&entry.path()));
        } else if entry.path().extension().is_some_and(|e| e == "lock") {
            found.push(entry.path());
        }
    }
    found
}

fn told(what: &str, points: usize, at_least: usize) {
    println!("{what}: {points} points, each ended right by the next run");
    assert!(points >= at_least, "{what}: only {points} points");
}

#[test]
fn killed_anywhere_with_a_remote_on_a_path() {
    let _share = super::half();
    if !has("crashes on a path", &["strace"]) {
        return;
    }
    let world = World::new();
    let mut ground = Ground::new(&world, None);
    for call in ["rename", "link", "unlink", "write", "fsync"] {
        ground.every(call, Blow::Kill);
    }
    told("killed, remote on a path", ground.points, 30);
}

#[test]
fn a_failing_disk_anywhere_with_a_remote_on_a_path() {
    let _share = super::half();
    if !has("failing disks on a path", &["strace"]) {
        return;
    }
    let world = World::new();
    let mut ground = Ground::new(&world, None);
    for blow in [Blow::NoSpace, Blow::InputOutput] {
        for call in ["write", "rename", "fsync"] {
            ground.every(call, blow);
        }
    }
    told("failing disk, remote on a path", ground.points, 50);
}

#[test]
fn killed_at_every_write_to_an_https_server() {
    let _share = super::half();
    let world = World::new();
    if !has("crashes over HTTPS", &["strace"]) {
        return;
    }
    let Some(http) = Http::start(&world) else {
        return;
    };
    http.let_in(&world);
    let mut ground = Ground::new(&world, Some(&format!("{}/remote.git", http.url)));
    for call in ["rename", "write", "sendto"] {
        ground.every(call, Blow::Kill);
    }
    for call in ["write", "sendto"] {
        ground.every(call, Blow::InputOutput);
    }
    told("killed and cut, over HTTPS", ground.points, 40);
}

#[test]
fn killed_at_every_write_to_an_ssh_server() {
    let _share = super::half();
    let world = World::new();
    if !has("crashes over SSH", &["strace"]) {
        return;
    }
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    fs::write(world.path("home/.ssh/known_hosts"), &ssh.known).unwrap();
    ssh_home(&world);
    let path = world.path("remote.git").display().to_string();
    let mut ground = Ground::new(&world, Some(&format!("{}{path}", ssh.url)));
    for call in ["rename", "write", "sendto"] {
        ground.every(call, Blow::Kill);
    }
    told("killed, over SSH", ground.points, 40);
}
