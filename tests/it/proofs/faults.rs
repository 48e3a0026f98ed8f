//! If any outside call fails once, in any way, the promotion still ends as if it had not.
//!
//! # Why
//!
//! One run without faults shows which calls there are, and what is left in the
//! end: commits, branches, pull requests, comments. Then each call gets each
//! fault in turn. The promotion may go on by itself or fail and be run again;
//! what is left must be the same, to the last byte, and the token must not be
//! seen anywhere.

use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::promoted::{PICK, cloned};
use crate::github::{Failing, How, StandIn, TOKEN};
use crate::points::{Blow, Point, Processes, locks};
use crate::remotes::has;
use crate::world::{PROMOTE, Ran, Repo, World};

/// The faults: what happens, and whether the call had its effect.
const FAULTS: [(How, bool); 8] = [
    (How::Stall, true),
    (How::Status(500), false),
    (How::Status(500), true),
    (How::Cut, false),
    (How::Cut, true),
    (How::Status(502), false),
    (How::UsedUp, false),
    (How::TooMany(0), false),
];

/// A promotion and what was there before it.
#[derive(Clone, Copy)]
struct Scenario {
    name: &'static str,
    /// What is done before, without faults.
    before: fn(&Scene<'_>),
    /// The promotion's own words.
    words: &'static [&'static str],
}

struct Scene<'w> {
    world: &'w World,
    remote: Repo<'w>,
    repo: Repo<'w>,
    github: StandIn,
}

impl<'w> Scene<'w> {
    fn new(world: &'w World) -> Self {
        let (remote, repo) = cloned(world);
        let github = StandIn::of(&remote.dir);
        repo.git(&["remote", "set-url", "origin", &github.clone_url()]);
        Self {
            world,
            remote,
            repo,
            github,
        }
    }

    fn promote(&self, words: &[&str]) -> Ran {
        let program = self.world.command(env!("CARGO_BIN_EXE_git-promote"));
        self.run(program, words)
    }

    /// The same by a command that is the program, or that runs it.
    fn run(&self, mut command: Command, words: &[&str]) -> Ran {
        let ran = command
            .current_dir(&self.repo.dir)
            .env("GITHUB_SERVER_URL", self.github.url())
            .env("GITHUB_API_URL", self.github.api())
            .env("GH_TOKEN", TOKEN)
            .args(PROMOTE)
            .args(PICK)
            .args(["--verbose", "--timeout", "3"])
            .args(words)
            .output()
            .unwrap();
        let ran = Ran::from(ran);
        assert!(!ran.to_string().contains(TOKEN), "{ran}");
        assert!(!ran.stderr.contains("panicked"), "{ran}");
        ran
    }

    /// A new version in staging, on the remote's branch.
    fn release(&self, version: &str) {
        let other = self
            .world
            .clone_of(&self.remote, &format!("release-{version}"));
        let text = format!("image:\n  tag: {version}\n");
        other.commit("release", &[("apps/api/staging/values.yaml", &text)]);
        other.git(&["push", "-q", "origin", "main"]);
    }

    /// Staging becomes what production is, on the remote's branch.
    fn withdraw(&self) {
        let other = self.world.clone_of(&self.remote, "withdrawal");
        let script = "rm -r apps/api/staging && cp -a apps/api/production apps/api/staging";
        let mut sh = self.world.command("sh");
        let done = sh.args(["-c", script]).current_dir(&other.dir).status();
        assert!(done.unwrap().success());
        other.commit("withdraw", &[]);
        other.git(&["push", "-q", "origin", "main"]);
    }

    /// Everything that is left: branches with their commits, and the pull requests.
    fn outcome(&self) -> String {
        self.remote.assert_sound();
        let refs = self
            .remote
            .git(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let log = self.remote.git(&["log", "--all", "--format=%H %s"]);
        let pulls: Vec<String> = (self.github.pulls().iter())
            .map(|pull| format!("{pull:#?}"))
            .collect();
        let labels = &self.github.state().labels;
        let whole = format!("{refs}\n{log}\n{}\n{labels:?}", pulls.join("\n"));
        assert!(!whole.contains(TOKEN), "{whole}");
        // Each server has its own port.
        whole.replace(&self.github.url(), "http://github")
    }
}

/// A call: method, path, and how many equal ones came before.
type Call = (String, String, usize);

/// All calls of a promotion without faults, and what it leaves.
fn undisturbed(scenario: Scenario) -> (Vec<Call>, String) {
    let world = World::new();
    let scene = Scene::new(&world);
    (scenario.before)(&scene);
    scene.github.forget();
    let ran = scene.promote(scenario.words);
    assert_eq!(ran.code, 0, "{}: {ran}", scenario.name);
    let mut calls: Vec<Call> = Vec::new();
    for request in scene.github.requests() {
        let path = request.target.split('?').next().unwrap().to_owned();
        let same = |call: &&Call| call.0 == request.method && call.1 == path;
        let before = calls.iter().filter(same).count();
        calls.push((request.method.clone(), path, before));
    }
    (calls, scene.outcome())
}

/// One fault at one call.
fn disturbed(
    scenario: Scenario,
    call: &Call,
    (how, had_effect): (How, bool),
    expected: &str,
) -> Turn {
    let world = World::new();
    let scene = Scene::new(&world);
    (scenario.before)(&scene);
    let (method, path, before) = call;
    let failing = Failing::on(method, path).sparing(*before);
    scene.github.fail(if had_effect {
        failing.after_its_effect(how)
    } else {
        failing.before_its_effect(how)
    });
    let first = scene.promote(scenario.words);
    let mut history = format!(
        "{}: {method} {path} ({before}) {how:?} {had_effect}: {first}",
        scenario.name
    );
    let is_spent = scene.github.state().failing.iter().all(Failing::is_spent);
    assert!(is_spent, "the fault did not happen: {history}");
    if first.code != 0 {
        let second = scene.promote(scenario.words);
        history = format!("{history}\nthen {second}");
        assert_eq!(second.code, 0, "{history}");
    }
    let outcome = scene.outcome();
    assert!(
        outcome == expected,
        "{history}\nleft\n{outcome}\nand not\n{expected}"
    );
    if first.code == 0 {
        Turn::ByItself
    } else {
        Turn::OnTheNextRun
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    ByItself,
    OnTheNextRun,
}

/// Every fault at every call; or at every third call, another third for each fault (see [`super::chosen`]).
fn check_every_fault(scenario: Scenario) {
    let (calls, expected) = undisturbed(scenario);
    let stride = super::stride_of(3);
    // Those that only wait come first, and together.
    let mut points: Vec<(&Call, (How, bool))> = Vec::new();
    for (number, fault) in FAULTS.into_iter().enumerate() {
        let calls = calls.iter().skip(number % stride).step_by(stride);
        points.extend(calls.map(|call| (call, fault)));
    }
    let next = AtomicUsize::new(0);
    let turns = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some((call, fault)) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let turn = disturbed(scenario, call, *fault, &expected);
                    turns.lock().unwrap().push(turn);
                }
            });
        }
    });
    let turns = turns.into_inner().unwrap();
    let alone = turns.iter().filter(|turn| **turn == Turn::ByItself).count();
    assert_eq!(turns.len(), points.len());
    println!(
        "{}: {} calls, {} faults; {alone} passed by themselves, {} on the next run; \
         nothing doubled, nothing lost",
        scenario.name,
        calls.len(),
        points.len(),
        points.len() - alone
    );
}

const OPEN: &[&str] = &[
    "--action",
    "pull-request",
    "--label",
    "promotion",
    "--reviewer",
    "ada",
    "--assignee",
    "bob",
];

#[test]
fn a_commit_survives_every_fault_of_every_call() {
    let _alone = super::alone();
    check_every_fault(Scenario {
        name: "a commit",
        before: |_| {},
        words: &["--action", "commit"],
    });
}

#[test]
fn a_new_pull_request_survives_every_fault_of_every_call() {
    let _alone = super::alone();
    check_every_fault(Scenario {
        name: "a new pull request",
        before: |_| {},
        words: OPEN,
    });
}

#[test]
fn an_updated_pull_request_survives_every_fault_of_every_call() {
    let _alone = super::alone();
    check_every_fault(Scenario {
        name: "an updated pull request",
        before: |scene| {
            let ran = scene.promote(OPEN);
            assert_eq!(ran.code, 0, "{ran}");
            scene.release("1.6.0");
        },
        words: OPEN,
    });
}

#[test]
fn a_withdrawn_pull_request_survives_every_fault_of_every_call() {
    let _alone = super::alone();
    check_every_fault(Scenario {
        name: "a withdrawn pull request",
        before: |scene| {
            let ran = scene.promote(OPEN);
            assert_eq!(ran.code, 0, "{ran}");
            scene.withdraw();
        },
        words: OPEN,
    });
}

/// The calls of a promotion without faults at which it can be killed.
fn points_of(scenario: Scenario, calls: &[&str]) -> Vec<Point> {
    let world = World::new();
    let scene = Scene::new(&world);
    (scenario.before)(&scene);
    let processes = Processes::new(&world);
    processes.record(calls);
    let program = processes.command(env!("CARGO_BIN_EXE_git-promote"));
    let ran = scene.run(program, scenario.words);
    assert_eq!(ran.code, 0, "{}: {ran}", scenario.name);
    processes.wait();
    processes.points()
}

/// Killed at one call; the next run ends as if nothing had happened. Whether it was killed.
fn killed_at(point: &Point, scenario: Scenario, expected: &str) -> bool {
    let world = World::new();
    let scene = Scene::new(&world);
    (scenario.before)(&scene);
    let processes = Processes::new(&world);
    processes.hit(point, Blow::Kill);
    let program = processes.command(env!("CARGO_BIN_EXE_git-promote"));
    let first = scene.run(program, scenario.words);
    processes.wait();
    let mut history = format!("{}: {point}: {first}", scenario.name);
    for _ in 0..2 {
        // A lock that a killed process leaves is Git's own, and is named.
        let again = scene.promote(scenario.words);
        history = format!("{history}\nthen {again}");
        if again.code == 0 {
            break;
        }
        for lock in locks(&scene.repo.dir.join(".git")) {
            fs::remove_file(lock).unwrap();
        }
    }
    let outcome = scene.outcome();
    assert!(
        outcome == expected,
        "{history}\nleft\n{outcome}\nand not\n{expected}"
    );
    processes.was_dealt(point)
}

#[test]
fn a_new_pull_request_survives_a_kill_at_every_write() {
    let _alone = super::alone();
    if !has("crashes while a pull request opens", &["strace", "flock"]) {
        return;
    }
    let scenario = Scenario {
        name: "a new pull request",
        before: |_| {},
        words: OPEN,
    };
    let (_, expected) = undisturbed(scenario);
    let points = points_of(scenario, &["rename", "sendto", "write", "writev"]);
    let points = super::chosen(points, 3);
    let next = AtomicUsize::new(0);
    let missed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if !killed_at(point, scenario, &expected) {
                        missed.lock().unwrap().push(point.clone());
                    }
                }
            });
        }
    });
    let missed = missed.into_inner().unwrap();
    let killed = points.len() - missed.len();
    println!(
        "killed while a pull request opens: {killed} points, each ended right by the next run"
    );
    let at_least = 40 / super::stride_of(3);
    assert!(killed >= at_least, "only {killed} points");
    assert!(
        missed.len() * 20 <= points.len() + 19,
        "not reached: {missed:?}"
    );
}
