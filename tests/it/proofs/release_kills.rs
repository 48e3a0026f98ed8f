//! Releases whose worker is killed at every command of Git and at every request to the forge.
//!
//! # Why
//!
//! Whoever comes after a crash must end the release as if nothing had happened: each promotion lands
//! once, each pull request is opened once, each workflow runs once. A flow over three environments is
//! played up to some run of `release advance`, which is killed at one point; another worker, whose clock
//! goes on until all leases are over, ends it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use git_promote::engine;
use git_promote::port::{Clock, NoObserver};
use git_promote::wiring::{self, NetworkOptions};

use crate::forge_github::run;
use crate::github::{Failing, How, StandIn, TOKEN, Workflow};
use crate::points::locks;
use crate::remotes::{has, program};
use crate::world::{Repo, World};

/// How the steps of the flow are delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Delivery {
    Commit,
    PullRequest,
}

impl Delivery {
    fn action(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::PullRequest => "pull-request",
        }
    }
}

/// Who dies, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Kill {
    /// The program, after the nth command of Git.
    AfterGit(usize),
    /// The nth command of Git after some milliseconds, and then the program.
    WithGit(usize),
    /// The program, at a request: method, path, how many equal ones came before, and whether it had its
    /// effect.
    AtRequest(String, String, usize, bool),
}

/// A kill in one of the runs that a release needs.
#[derive(Clone, Debug)]
struct Point {
    /// How many times the release was moved forward before.
    stage: usize,
    kill: Kill,
}

/// A clock that goes some seconds ahead, and waits for nothing.
struct Ahead(i64);

#[async_trait]
impl Clock for Ahead {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn now(&self) -> i64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        i64::try_from(now.unwrap().as_secs()).unwrap() + self.0
    }

    async fn pause(&self, _: Duration) {}
}

/// What a release leaves.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Outcome {
    /// The state of the release and those of its steps.
    states: Vec<String>,
    tree: String,
    commits: usize,
    pull_requests: Vec<(String, bool)>,
    /// The environments for which workflows ran.
    runs: Vec<String>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (commits, pulls, runs) = (self.commits, self.pull_requests.len(), self.runs.len());
        write!(
            f,
            "{commits} commits, {pulls} pull requests, {runs} workflow runs"
        )
    }
}

struct Scene<'w> {
    world: &'w World,
    remote: Repo<'w>,
    repo: Repo<'w>,
    github: StandIn,
}

impl<'w> Scene<'w> {
    /// A release in the queue.
    fn new(world: &'w World, delivery: Delivery) -> Self {
        let configuration = format!(
            "version: 1\n\
             environments: [{{name: staging}}, {{name: eu, kind: production}}, {{name: us, kind: production}}]\n\
             products: [{{name: loans, applications: [api], flows: [{{name: out}}]}}]\n\
             flows:\n\
             \x20 - name: out\n\
             \x20   triggerEnvironment: staging\n\
             \x20   steps:\n\
             \x20     - {{environment: eu, dependsOn: [staging]}}\n\
             \x20     - {{environment: us, dependsOn: [eu]}}\n\
             policies: [{{name: all, action: {}, preAction: smoke}}]\n\
             workflows:\n\
             \x20 - {{name: smoke, github: {{workflow: smoke.yaml, inputs: {{environment: '{{{{ environment }}}}'}}}}, repeatable: true}}\n",
            delivery.action()
        );
        let (remote, repo) = world.cloned(&[
            ("promote.yaml", &configuration),
            ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
            ("apps/api/eu/values.yaml", "image: {tag: 1.0.0}\n"),
            ("apps/api/us/values.yaml", "image: {tag: 1.0.0}\n"),
        ]);
        let github = StandIn::of(&remote.dir);
        github.state().workflows.push(Workflow {
            file: "smoke.yaml".to_owned(),
            inputs: ["environment", "promote_attempt"]
                .map(str::to_owned)
                .to_vec(),
            shown: vec!["promote_attempt".to_owned()],
        });
        repo.git(&["remote", "set-url", "origin", &github.clone_url()]);
        Self {
            world,
            remote,
            repo,
            github,
        }
    }

    /// The worker that is killed, with Git from a folder before all others.
    fn worker(&self, stage: usize) -> std::process::Command {
        let words: &[&str] = match stage {
            0 => &["release", "start", "--flow", "out", "--product", "loans"],
            _ => &["release", "advance", "--all"],
        };
        let path = std::env::var("PATH").unwrap();
        let wrapped = self.world.path("wrapped");
        let mut command = self.world.command(env!("CARGO_BIN_EXE_git-promote"));
        command
            .args(words)
            .args(["--timeout", "5"])
            .current_dir(&self.repo.dir)
            .env("PATH", format!("{}:{path}", wrapped.display()))
            .env_remove("GIT_COMMITTER_DATE")
            .env("GITHUB_SERVER_URL", self.github.url())
            .env("GITHUB_API_URL", self.github.api())
            .env("GH_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Puts a script in the place of Git that does something at the `nth` command.
    fn wrap_git(&self, nth: usize, what: &str) {
        fs::create_dir_all(self.world.path("wrapped")).unwrap();
        let count = self.world.path("count");
        let _ = fs::remove_file(&count);
        let (git, count) = (program(&["git"]).unwrap(), count.display().to_string());
        let script = format!(
            "GIT='{}'\nexport PATH=\"${{PATH#*:}}\"\necho >> '{count}'\n\
             if [ $(wc -l < '{count}') = {nth} ]; then {what}; fi\nexec \"$GIT\" \"$@\"",
            git.display(),
        );
        self.world.script("wrapped/git", &script);
    }

    /// How many commands of Git there were.
    fn commands(&self) -> usize {
        let count = fs::read_to_string(self.world.path("count"));
        count.unwrap_or_default().lines().count()
    }

    /// One run of the worker; whether it was killed at the point.
    fn killed(&self, point: &Point) -> bool {
        let spawned = |scene: &Self| scene.worker(point.stage).spawn().unwrap();
        match &point.kill {
            Kill::AfterGit(nth) | Kill::WithGit(nth) => {
                let git = match point.kill {
                    Kill::WithGit(_) => "timeout -s KILL 0.003 \"$GIT\" \"$@\"",
                    _ => "\"$GIT\" \"$@\"",
                };
                self.wrap_git(*nth, &format!("{git}; kill -9 $PPID; exit 1"));
                let status = spawned(self).wait().unwrap();
                status.code().is_none() && self.commands() >= *nth
            }
            Kill::AtRequest(method, path, before, had_effect) => {
                let failing = Failing::on(method, path).sparing(*before);
                self.github.fail(if *had_effect {
                    failing.after_its_effect(How::Stall)
                } else {
                    failing.before_its_effect(How::Stall)
                });
                let mut running = spawned(self);
                let is_spent = || self.github.state().failing.iter().all(Failing::is_spent);
                while running.try_wait().unwrap().is_none() && !is_spent() {
                    thread::sleep(Duration::from_millis(5));
                }
                let _ = running.kill();
                let status = running.wait().unwrap();
                let was_dealt = is_spent() && status.code().is_none();
                self.github.state().failing.clear();
                was_dealt
            }
        }
    }

    /// One run of another worker, whose clock is ahead.
    fn advance(&self, ahead: i64) -> bool {
        let server = (self.github.url(), self.github.api());
        let options = NetworkOptions {
            variables: Arc::new(move |name| match name {
                "GITHUB_SERVER_URL" => Some(server.0.clone()),
                "GITHUB_API_URL" => Some(server.1.clone()),
                "GH_TOKEN" => Some(TOKEN.to_owned()),
                _ => None,
            }),
            ..NetworkOptions::default()
        };
        let adapters = wiring::open(&self.repo.dir, &options).unwrap();
        let adapters = adapters.for_releases(None).unwrap();
        let mut ports = adapters.ports(&NoObserver);
        let clock = Ahead(ahead);
        ports.promotion.clock = &clock;
        let all = run(engine::releases(&ports)).unwrap();
        let moved = run(engine::advance_releases(&ports, all, &|_| true));
        for (id, result) in &moved {
            assert!(result.is_ok(), "{id}: {result:?}");
        }
        moved.is_empty()
    }

    /// What others do: people merge, and workflows succeed.
    fn others_act(&self) {
        let open: Vec<u64> = (self.github.pulls().iter())
            .filter(|pull| pull.is_open)
            .map(|pull| pull.number)
            .collect();
        for number in open {
            let path = format!("/repos/acme/shop/pulls/{number}/merge");
            let (status, answer) = self.github.ask(TOKEN, "PUT", &path, None);
            assert_eq!(status, 200, "{answer}");
        }
        for run in &mut self.github.state().runs {
            run.conclusion.get_or_insert_with(|| "success".to_owned());
        }
    }

    /// Plays the release up to a stage.
    fn play(&self, stage: usize) {
        for before in 0..stage {
            self.wrap_git(0, ":");
            let status = self.worker(before).status().unwrap();
            assert!(status.success(), "stage {before}");
            self.others_act();
        }
    }

    /// Ends the release; the first run starts it, if it was not recorded yet.
    fn end(&self) {
        for folder in [self.repo.dir.join(".git"), self.remote.dir.clone()] {
            for lock in locks(&folder) {
                fs::remove_file(lock).unwrap();
            }
        }
        let chain = "refs/promote/releases/loans";
        if self.remote.git(&["for-each-ref", chain]).is_empty() {
            self.wrap_git(0, ":");
            assert!(self.worker(0).status().unwrap().success());
        }
        for ahead in 0..30 {
            self.others_act();
            if self.advance(400 * ahead) {
                return;
            }
        }
        panic!(
            "it does not end: {}",
            self.remote.git(&["log", "--format=%s", chain])
        );
    }

    fn outcome(&self) -> Outcome {
        self.remote.assert_sound();
        let chain = "refs/promote/releases/loans";
        let names = self.remote.git(&["ls-tree", "-r", "--name-only", chain]);
        let record = self.remote.show(chain, names.trim());
        let record: serde_json::Value = serde_json::from_str(&record).unwrap();
        let mut states = vec![record["state"].as_str().unwrap().to_owned()];
        for step in record["steps"].as_array().unwrap() {
            let text = |key: &str| step[key].as_str().unwrap().to_owned();
            states.push(format!("{} {}", text("environment"), text("state")));
        }
        let log = self
            .remote
            .git(&["log", "--format=%B", "--no-merges", "main"]);
        let pulls = self.github.pulls();
        let environment = |run: &crate::github::Run| {
            let name = run.inputs["environment"].as_str();
            name.unwrap_or_default().to_owned()
        };
        Outcome {
            states,
            tree: self.remote.tip("main^{tree}"),
            commits: log.matches("Promotion-Release: loans-1").count(),
            pull_requests: (pulls.iter())
                .map(|pull| (pull.head.clone(), pull.is_merged))
                .collect(),
            runs: self.github.state().runs.iter().map(environment).collect(),
        }
    }

    /// How many transitions were recorded.
    fn transitions(&self) -> usize {
        let chain = "refs/promote/releases/loans";
        let count = self.remote.git(&["rev-list", "--count", chain]);
        count.parse().unwrap()
    }
}

/// The points of an undisturbed release, and what it leaves.
fn undisturbed(delivery: Delivery) -> (Vec<Point>, Outcome) {
    let world = World::new();
    let scene = Scene::new(&world, delivery);
    let mut points = Vec::new();
    for stage in 0.. {
        scene.wrap_git(0, ":");
        scene.github.forget();
        assert!(
            scene.worker(stage).status().unwrap().success(),
            "stage {stage}"
        );
        for nth in 1..=scene.commands() {
            let kill = if nth % 2 == 0 {
                Kill::AfterGit(nth)
            } else {
                Kill::WithGit(nth)
            };
            points.push(Point { stage, kill });
        }
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        for request in scene.github.requests() {
            let path = request.target.split('?').next().unwrap().to_owned();
            if !path.starts_with("/api/") {
                continue;
            }
            let before = seen
                .entry((request.method.clone(), path.clone()))
                .or_default();
            for had_effect in [false, true] {
                let kill =
                    Kill::AtRequest(request.method.clone(), path.clone(), *before, had_effect);
                points.push(Point { stage, kill });
            }
            *before += 1;
        }
        scene.others_act();
        let outcome = scene.outcome();
        if outcome.states[0] == "succeeded" {
            return (points, outcome);
        }
        assert!(stage < 10, "{outcome:?}");
    }
    unreachable!("the stages end")
}

/// Every kill; each time the next worker ends the release as if nothing had happened.
fn check_every_kill(delivery: Delivery, at_least: usize) {
    if !has("killed releases", &["timeout"]) {
        return;
    }
    let (all, expected) = undisturbed(delivery);
    // An odd stride, because points come in pairs.
    let points = super::chosen(all.iter().collect(), all.len().div_ceil(24) | 1);
    let next = AtomicUsize::new(0);
    let transitions = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let world = World::new();
                    let scene = Scene::new(&world, delivery);
                    scene.play(point.stage);
                    assert!(scene.killed(point), "{point:?} was not reached");
                    scene.end();
                    assert_eq!(scene.outcome(), expected, "{delivery:?}: {point:?}");
                    transitions.lock().unwrap().push(scene.transitions());
                }
            });
        }
    });
    let transitions = transitions.into_inner().unwrap();
    println!(
        "releases by {}: killed at {} of {} points; each ended with {expected}, after {} to {} transitions",
        delivery.action(),
        transitions.len(),
        all.len(),
        transitions.iter().min().unwrap(),
        transitions.iter().max().unwrap(),
    );
    assert!(all.len() >= at_least, "only {} points", all.len());
}

#[test]
fn a_killed_release_by_commit_ends_like_an_undisturbed_one() {
    let _alone = super::alone();
    check_every_kill(Delivery::Commit, 60);
}

#[test]
fn a_killed_release_by_pull_request_ends_like_an_undisturbed_one() {
    let _alone = super::alone();
    check_every_kill(Delivery::PullRequest, 80);
}
