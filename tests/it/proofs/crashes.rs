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

use crate::remotes::{Http, Ssh, has, program, ssh_home};
use crate::world::{PROMOTE, Ran, Repo, World};

const FILES: &[(&str, &str)] = &[
    ("apps/api/staging/values.yaml", "image:\n  tag: 1.5.0\n"),
    ("apps/api/production/values.yaml", "image:\n  tag: 1.4.2\n"),
    ("apps/web/staging/values.yaml", "image:\n  tag: 2.1.0\n"),
    ("apps/web/production/values.yaml", "image:\n  tag: 2.0.0\n"),
    ("notes", "kept\n"),
];
const PRODUCTION: &str = "apps/api/production/values.yaml";

/// The promotion's own branch.
const PROPOSED: &str = "promote/staging-to-production/api";

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
struct Setup<'w> {
    world: &'w World,
    remote: Repo<'w>,
    repo: Repo<'w>,
    first: String,
    points: usize,
}

impl<'w> Setup<'w> {
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
        for place in [&self.remote, &self.repo] {
            let branches = place.git(&["for-each-ref", "--format=delete %(refname)"]);
            for line in branches.lines().filter(|line| line.ends_with(PROPOSED)) {
                place.git(&["update-ref", "-d", line.trim_start_matches("delete ")]);
            }
        }
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
        self.every_so_many(1, call, blow);
    }

    /// The same for every so manyth call.
    fn every_so_many(&mut self, stride: usize, call: &str, blow: Blow) {
        for nth in (1..).step_by(stride) {
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
            // A run that reports success has succeeded.
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

    /// Removes the locks that a run has named; there must be one.
    fn remove_named_locks(&self, ran: &Ran, at: &str) {
        let folders = [self.repo.dir.join(".git"), self.remote.dir.clone()];
        let mut locks: Vec<PathBuf> = folders.iter().flat_map(|folder| locks(folder)).collect();
        locks.retain(|lock| {
            let name = lock.file_name().unwrap().to_string_lossy().into_owned();
            ran.stderr.contains(&name)
        });
        assert!(!locks.is_empty(), "{at}\nthen {ran}");
        for lock in locks {
            fs::remove_file(lock).unwrap();
        }
    }

    /// Runs again, and is as after an undisturbed run, the clone too. As with Git, a lock that a killed
    /// process left is named, and stays until a person removes it.
    fn next_run_ends_right(&self, at: &str) {
        let mut again = self.promote();
        let is_level = || self.repo.tip("main") == self.remote.tip("main");
        while again.code != 0 || !is_level() {
            self.remove_named_locks(&again, at);
            again = self.promote();
        }
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
        let left = self.repo.git(&["status", "--porcelain"]);
        assert_eq!(left, " M notes", "{at}\nthen {again}");
        self.remote.assert_sound();
        self.repo.assert_sound();
    }
}

/// Who dies at one command of Git's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum AtGit {
    /// The program, before Git does anything.
    Before,
    /// Git with all that it started, after so many milliseconds.
    Git(u32),
    /// Both, after so many milliseconds.
    Both(u32),
    /// The program, after Git is done.
    After,
}

impl AtGit {
    /// All of them.
    fn all() -> impl Iterator<Item = Self> {
        let during = [1, 2, 3, 5, 8, 13].into_iter();
        let during = during.flat_map(|after| [Self::Git(after), Self::Both(after)]);
        [Self::Before, Self::After].into_iter().chain(during)
    }

    /// What the shell does in Git's place.
    fn script(self) -> String {
        let killed = |after: u32| format!("timeout -s KILL 0.{after:03} \"$GIT\" \"$@\"");
        match self {
            Self::Before => "kill -9 $PPID; exit 1".to_owned(),
            Self::Git(after) => format!("exec {}", killed(after)),
            Self::Both(after) => format!("{}; kill -9 $PPID; exit 1", killed(after)),
            Self::After => "\"$GIT\" \"$@\"; kill -9 $PPID; exit 1".to_owned(),
        }
    }
}

impl Setup<'_> {
    /// One run in which something happens at the `nth` command of Git's; whether there was one.
    fn run_at_git(&self, nth: usize, what: &str, words: &[&str]) -> (Ran, bool) {
        let folder = self.world.path("wrapped");
        fs::create_dir_all(&folder).unwrap();
        let count = self.world.path("count");
        let _ = fs::remove_file(&count);
        let git = program(&["git"]).unwrap();
        let script = format!(
            "GIT='{}'\necho >> '{}'\nif [ $(wc -l < '{}') = {nth} ]; then {what}; fi\nexec \"$GIT\" \"$@\"",
            git.display(),
            count.display(),
            count.display()
        );
        self.world.script("wrapped/git", &script);
        let path = std::env::var("PATH").unwrap();
        let mut command = self.world.command(env!("CARGO_BIN_EXE_git-promote"));
        command
            .current_dir(&self.repo.dir)
            .env("PATH", format!("{}:{path}", folder.display()))
            .args(PROMOTE)
            .args(TIMEOUT)
            .args(words);
        let ran = Ran::from(command.output().unwrap());
        let commands = fs::read_to_string(&count).unwrap_or_default();
        (ran, commands.lines().count() >= nth)
    }
}

/// Waits until nothing of a killed run is left that could still write.
fn wait_for_orphans(world: &World) {
    let root = world.path("").display().to_string();
    for _ in 0..200 {
        let found = Command::new("pgrep").args(["-f", &root]).output();
        if !found.is_ok_and(|found| found.status.success()) {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
}

impl Setup<'_> {
    /// Nothing is lost or broken, and the next run ends right.
    fn settles(&mut self, ran: &Ran, at: &str) {
        wait_for_orphans(self.world);
        self.remote.assert_sound();
        self.repo.assert_sound();
        assert_eq!(self.repo.read("notes"), "mine\n", "{at}");
        assert!(!ran.stderr.contains("panicked"), "{at}");
        self.next_run_ends_right(at);
        self.points += 1;
    }
}

#[test]
fn killed_before_during_and_after_every_command_of_git() {
    let _share = super::half();
    if !has("crashes at commands of Git", &["timeout", "pgrep"]) {
        return;
    }
    let world = World::new();
    let mut setup = Setup::new(&world, None);
    for how in AtGit::all() {
        for nth in 1.. {
            setup.set_back();
            let (ran, was_there) = setup.run_at_git(nth, &how.script(), &[]);
            if !was_there {
                break;
            }
            setup.settles(&ran, &format!("{how:?}, command {nth}: {ran}"));
        }
    }
    report("killed at commands of Git", setup.points, 80);
}

#[test]
fn killed_at_every_command_of_git_while_proposing() {
    let _share = super::half();
    if !has("crashes at commands of Git", &["timeout", "pgrep"]) {
        return;
    }
    let world = World::new();
    let mut setup = Setup::new(&world, None);
    let words = ["--action", "pull-request"];
    for how in AtGit::all() {
        for nth in 1.. {
            setup.set_back();
            let (ran, was_there) = setup.run_at_git(nth, &how.script(), &words);
            if !was_there {
                break;
            }
            wait_for_orphans(&world);
            let at = format!("{how:?}, command {nth}: {ran}");
            let mut again = setup.repo.promote(&[PROMOTE, TIMEOUT, &words].concat());
            while again.code != 0 {
                setup.remove_named_locks(&again, &at);
                again = setup.repo.promote(&[PROMOTE, TIMEOUT, &words].concat());
            }
            let (base, tip) = (setup.remote.tip("main"), setup.remote.tip(PROPOSED));
            assert_eq!(base, setup.first, "{at}");
            assert_eq!(setup.remote.tip(&format!("{PROPOSED}~1")), base, "{at}");
            let text = setup.remote.show(PROPOSED, PRODUCTION);
            assert_eq!(text, "image:\n  tag: 1.5.0\n", "{at}");
            // Once more changes nothing.
            let again = setup.repo.promote(&[PROMOTE, TIMEOUT, &words].concat());
            assert_eq!(
                (again.code, setup.remote.tip(PROPOSED)),
                (0, tip),
                "{again}"
            );
            assert_eq!(
                setup.repo.git(&["status", "--porcelain"]),
                " M notes",
                "{at}"
            );
            setup.remote.assert_sound();
            setup.repo.assert_sound();
            setup.points += 1;
        }
    }
    report(
        "killed at commands of Git while proposing",
        setup.points,
        80,
    );
}

#[test]
fn killed_after_every_millisecond() {
    let _share = super::half();
    if !has("crashes by the clock", &["timeout", "pgrep"]) {
        return;
    }
    let world = World::new();
    let mut setup = Setup::new(&world, None);
    for after in (1..).step_by(2) {
        setup.set_back();
        let mut command = world.command("timeout");
        command
            .current_dir(&setup.repo.dir)
            .args(["-s", "KILL", &format!("0.{after:03}")])
            .arg(env!("CARGO_BIN_EXE_git-promote"))
            .args(PROMOTE)
            .args(TIMEOUT);
        let ran = Ran::from(command.output().unwrap());
        setup.settles(&ran, &format!("after {after} ms: {ran}"));
        if ran.code == 0 {
            break;
        }
    }
    report("killed by the clock", setup.points, 20);
}

/// Runs it to its end, but for one blow: a thread wakes another by writing to an event, which is no
/// disk and no network; if this failed, which happens on no system, they would wait for ever.
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

fn report(what: &str, points: usize, at_least: usize) {
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
    let mut setup = Setup::new(&world, None);
    for call in ["rename", "link", "unlink", "write", "fsync"] {
        setup.every(call, Blow::Kill);
    }
    for call in ["openat", "close", "read", "mmap"] {
        setup.every_so_many(5, call, Blow::Kill);
    }
    report("killed, remote on a path", setup.points, 60);
}

#[test]
fn a_failing_disk_anywhere_with_a_remote_on_a_path() {
    let _share = super::half();
    if !has("failing disks on a path", &["strace"]) {
        return;
    }
    let world = World::new();
    let mut setup = Setup::new(&world, None);
    for blow in [Blow::NoSpace, Blow::InputOutput] {
        for call in ["write", "rename", "fsync"] {
            setup.every(call, blow);
        }
    }
    report("failing disk, remote on a path", setup.points, 50);
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
    let mut setup = Setup::new(&world, Some(&format!("{}/remote.git", http.url)));
    for call in ["rename", "write", "sendto"] {
        setup.every(call, Blow::Kill);
    }
    for call in ["write", "sendto"] {
        setup.every(call, Blow::InputOutput);
    }
    report("killed and cut, over HTTPS", setup.points, 40);
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
    let mut setup = Setup::new(&world, Some(&format!("{}{path}", ssh.url)));
    for call in ["rename", "write", "sendto"] {
        setup.every(call, Blow::Kill);
    }
    report("killed, over SSH", setup.points, 15);
}
