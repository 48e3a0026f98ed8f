//! Promotions that die, or whose disk fails, at every point in turn.
//!
//! # Why
//!
//! "Safe to run again" is only true if it is true at each point. So each call of the program and of
//! Git that moves a file, writes to the disk or writes to the network gets a SIGKILL or an error, and
//! the next run must end as if nothing had happened. Files are changed, added, deleted and linked, and
//! one becomes executable.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::promoted::{NOTES, PICK, cloned};
use super::{chosen, stride_of};
use crate::points::{Blow, PROGRAM, Point, Processes, locks};
use crate::remotes::{Http, Ssh, has, program, ssh_home};
use crate::world::{PROMOTE, Ran, Repo, World};

/// A remote and a clone that are set back after each blow.
struct Setup<'w> {
    world: &'w World,
    remote: Repo<'w>,
    repo: Repo<'w>,
    first: String,
    /// The tree of the promotion.
    tree: String,
    processes: Processes<'w>,
    points: usize,
}

impl<'w> Setup<'w> {
    fn new(world: &'w World, url: Option<&str>) -> Self {
        let (remote, repo) = cloned(world);
        remote.git(&["config", "http.receivepack", "true"]);
        if let Some(url) = url {
            repo.git(&["remote", "set-url", "origin", url]);
        }
        let first = remote.tip("main");
        let mut setup = Self {
            world,
            remote,
            repo,
            first,
            tree: String::new(),
            processes: Processes::new(world),
            points: 0,
        };
        setup.set_back();
        let ran = setup.promote();
        assert_eq!(ran.code, 0, "{ran}");
        setup.tree = setup.remote.tip("main^{tree}");
        setup.assert_whole(&ran.to_string());
        setup
    }

    /// The promotion has changed all files that were picked.
    fn assert_whole(&self, at: &str) {
        let names = ["diff", "--name-status", "--no-renames", &self.first, "main"];
        assert_eq!(self.remote.git(&names), super::promoted::CHANGED, "{at}");
        assert_eq!(self.remote.tip("main^{tree}"), self.tree, "{at}");
        assert_eq!(
            self.remote.git(&["rev-list", "--count", "main"]),
            "2",
            "{at}"
        );
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
            for branch in proposed(place) {
                place.git(&["update-ref", "-d", &branch]);
            }
        }
        self.repo
            .git(&["update-ref", "refs/remotes/origin/main", &self.first]);
        self.repo.git(&["reset", "-q", "--hard", &self.first]);
        // As if it had never been there: with its clock standing still, each run makes the same commit.
        self.repo
            .git(&["reflog", "expire", "--expire=now", "--all"]);
        self.repo.write(NOTES, "mine\n");
    }

    /// One run that was prepared.
    fn run(&self, point: Option<&Point>) -> Ran {
        let mut command = self.processes.command(env!("CARGO_BIN_EXE_git-promote"));
        command
            .current_dir(&self.repo.dir)
            .args(PROMOTE)
            .args(PICK)
            .args(TIMEOUT);
        let ran = until_woken(command, &self.processes, point);
        self.processes.wait();
        ran
    }

    /// The points of an undisturbed run.
    fn points(&self, calls: &[&str]) -> Vec<Point> {
        self.set_back();
        self.processes.record(calls);
        let ran = self.run(None);
        assert_eq!(ran.code, 0, "{ran}");
        self.assert_whole(&ran.to_string());
        self.processes.points()
    }

    /// Each call of these, or every `stride`th (see [`chosen`]), gets the blow; each time the next run ends
    /// right.
    fn every(&mut self, calls: &[&str], stride: usize, blow: Blow) {
        let mut points = self.points(calls);
        // A pipe has no disk that could be full or broken.
        points.retain(|point| blow == Blow::Kill || !point.is_pipe);
        self.deal(chosen(points, stride), blow);
    }

    /// Each of these points gets the blow; each time the next run ends right.
    fn deal(&mut self, points: Vec<Point>, blow: Blow) {
        let all = points.len();
        let mut missed = Vec::new();
        for point in points {
            self.set_back();
            self.processes.hit(&point, blow);
            let ran = self.run(Some(&point));
            let at = format!("{point}, {blow:?}: {ran}");
            if blow != Blow::Kill && self.processes.was_event(&point) {
                self.next_run_ends_right("after a lost event");
                continue;
            }
            self.remote.assert_sound();
            self.repo.assert_sound();
            assert_eq!(self.repo.read(NOTES), "mine\n", "{at}");
            assert!(!ran.stderr.contains("panicked"), "{at}");
            // A run that reports success has succeeded.
            if ran.code == 0 {
                self.assert_whole(&at);
            }
            self.next_run_ends_right(&at);
            if self.processes.was_dealt(&point) {
                self.points += 1;
            } else {
                missed.push(point);
            }
        }
        // How often a process writes depends on the time in a few places, as where it shows progress.
        assert!(
            missed.len() * 20 <= all.max(20),
            "of {all} not reached: {missed:?}"
        );
    }

    fn promote(&self) -> Ran {
        self.repo.promote(&[PROMOTE, PICK, TIMEOUT].concat())
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
        self.assert_whole(at);
        let left = self.repo.git(&["status", "--porcelain"]);
        assert_eq!(left, format!(" M {NOTES}"), "{at}\nthen {again}");
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
    /// All of them, or a part (see [`chosen`]).
    fn all() -> Vec<Self> {
        let during = chosen(vec![2, 1, 3, 5, 8, 13], 4).into_iter();
        let during = during.flat_map(|after| [Self::Git(after), Self::Both(after)]);
        [Self::Before, Self::After]
            .into_iter()
            .chain(during)
            .collect()
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
            .args(PICK)
            .args(TIMEOUT)
            .args(words);
        let ran = Ran::from(command.output().unwrap());
        let commands = fs::read_to_string(&count).unwrap_or_default();
        (ran, commands.lines().count() >= nth)
    }
}

/// The branches of promotions in a repository.
fn proposed(repo: &Repo<'_>) -> Vec<String> {
    let names = repo.git(&["for-each-ref", "--format=%(refname)"]);
    let names = names.lines().filter(|name| name.contains("/promote/"));
    names.map(str::to_owned).collect()
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
        assert_eq!(self.repo.read(NOTES), "mine\n", "{at}");
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
    report("killed at commands of Git", setup.points, [25, 80]);
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
            let mut again = setup
                .repo
                .promote(&[PROMOTE, PICK, TIMEOUT, &words].concat());
            while again.code != 0 {
                setup.remove_named_locks(&again, &at);
                again = setup
                    .repo
                    .promote(&[PROMOTE, PICK, TIMEOUT, &words].concat());
            }
            let branches = proposed(&setup.remote);
            let [branch] = branches.as_slice() else {
                panic!("{at}\nthen {again}\nleft {branches:?}");
            };
            let (base, tip) = (setup.remote.tip("main"), setup.remote.tip(branch));
            assert_eq!(base, setup.first, "{at}");
            assert_eq!(setup.remote.tip(&format!("{branch}~1")), base, "{at}");
            let tree = setup.remote.tip(&format!("{branch}^{{tree}}"));
            assert_eq!(tree, setup.tree, "{at}");
            // Once more changes nothing.
            let again = setup
                .repo
                .promote(&[PROMOTE, PICK, TIMEOUT, &words].concat());
            assert_eq!((again.code, setup.remote.tip(branch)), (0, tip), "{again}");
            assert_eq!(
                setup.repo.git(&["status", "--porcelain"]),
                format!(" M {NOTES}"),
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
        [25, 80],
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
    for after in (1..).step_by(2 * stride_of(3)) {
        setup.set_back();
        let mut command = world.command("timeout");
        command
            .current_dir(&setup.repo.dir)
            .args(["-s", "KILL", &format!("0.{after:03}")])
            .arg(env!("CARGO_BIN_EXE_git-promote"))
            .args(PROMOTE)
            .args(PICK)
            .args(TIMEOUT);
        let ran = Ran::from(command.output().unwrap());
        setup.settles(&ran, &format!("after {after} ms: {ran}"));
        if ran.code == 0 {
            break;
        }
    }
    report("killed by the clock", setup.points, [5, 20]);
}

/// Runs it to its end, except where the blow met an event (see [`Processes::was_event`]).
fn until_woken(mut command: Command, processes: &Processes<'_>, point: Option<&Point>) -> Ran {
    let mut running = command
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
        let is_stuck = started.elapsed() > Duration::from_secs(2)
            && point.is_some_and(|point| processes.was_event(point));
        if is_stuck {
            let group = format!("-{id}");
            let _ = Command::new("kill").args(["-9", "--", &group]).status();
        }
    }
    Ran::from(running.wait_with_output().unwrap())
}

/// How long the server may be silent.
const TIMEOUT: &[&str] = &["--timeout", "5"];

/// Prints how many points were dealt, and fails if there were too few: `at_least` has the minimum for a run of
/// some points, and that for a run of all of them.
fn report(what: &str, points: usize, at_least: [usize; 2]) {
    let [part, all] = at_least;
    let at_least = if stride_of(2) == 1 { all } else { part };
    println!("{what}: {points} points, each ended right by the next run");
    assert!(points >= at_least, "{what}: only {points} points");
}

/// Calls that change a folder or write.
const CHANGES: &[&str] = &[
    "chmod",
    "fchmod",
    "fsync",
    "ftruncate",
    "link",
    "mkdir",
    "rename",
    "rmdir",
    "symlink",
    "unlink",
    "write",
];

/// Calls that need space or a working disk.
const WRITES: &[&str] = &["fsync", "link", "mkdir", "rename", "symlink", "write"];

/// Calls that write to a server.
const SENDS: &[&str] = &["rename", "sendto", "write"];

#[test]
fn killed_anywhere_with_a_remote_on_a_path() {
    let _share = super::half();
    if !has("crashes on a path", &["strace", "flock"]) {
        return;
    }
    let world = World::new();
    let mut setup = Setup::new(&world, None);
    setup.every(CHANGES, 4, Blow::Kill);
    let mut others = setup.points(&["openat", "close", "read", "mmap"]);
    others.retain(|point| point.process == PROGRAM);
    let others = others.into_iter().step_by(9).collect();
    setup.deal(chosen(others, 4), Blow::Kill);
    report("killed, remote on a path", setup.points, [25, 100]);
}

#[test]
fn a_failing_disk_anywhere_with_a_remote_on_a_path() {
    let _share = super::half();
    if !has("failing disks on a path", &["strace", "flock"]) {
        return;
    }
    let world = World::new();
    let mut setup = Setup::new(&world, None);
    for blow in [Blow::NoSpace, Blow::InputOutput] {
        setup.every(WRITES, 3, blow);
    }
    report("failing disk, remote on a path", setup.points, [25, 70]);
}

#[test]
fn killed_at_every_write_to_an_https_server() {
    let _share = super::half();
    let world = World::new();
    if !has("crashes over HTTPS", &["strace", "flock"]) {
        return;
    }
    let Some(http) = Http::start(&world) else {
        return;
    };
    http.let_in(&world);
    let mut setup = Setup::new(&world, Some(&format!("{}/remote.git", http.url)));
    setup.every(SENDS, 5, Blow::Kill);
    setup.every(&["sendto", "write"], 5, Blow::InputOutput);
    report("killed and cut, over HTTPS", setup.points, [15, 40]);
}

#[test]
fn killed_at_every_write_to_an_ssh_server() {
    let _share = super::half();
    let world = World::new();
    if !has("crashes over SSH", &["strace", "flock"]) {
        return;
    }
    let Some(ssh) = Ssh::start(&world) else {
        return;
    };
    fs::write(world.path("home/.ssh/known_hosts"), &ssh.known).unwrap();
    ssh_home(&world);
    let path = world.path("remote.git").display().to_string();
    let mut setup = Setup::new(&world, Some(&format!("{}{path}", ssh.url)));
    setup.every(SENDS, 2, Blow::Kill);
    report("killed, over SSH", setup.points, [10, 25]);
}
