//! Commands of `verify` that take their time, and what ends them.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use git_promote::engine::{self, Ports, Receipt, Request};
use git_promote::port::{Clock, NoObserver};
use git_promote::wiring::{self, NetworkOptions};

use crate::terminal::is_ignored;
use crate::world::World;

/// A clock on which an hour passes when a file appears.
struct UntilFile(PathBuf);

#[async_trait]
impl Clock for UntilFile {
    fn elapsed(&self) -> Duration {
        Duration::from_secs(if self.0.exists() { 3_600 } else { 0 })
    }

    fn now(&self) -> i64 {
        0
    }

    async fn pause(&self, _: Duration) {}
}

#[test]
fn the_time_of_the_commands_does_not_count_when_planning_again() {
    let world = World::new();
    let (remote, repo) = world.cloned(&[
        ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/api/production/values.yaml", "image: {tag: 1.0.0}\n"),
    ]);
    let other = world.clone_of(&remote, "other");
    let clock = UntilFile(world.path("late"));
    // The first run takes an hour, in which another commit is pushed.
    let script = format!(
        "test -e other && exit 0; touch {}; cd {} && touch other && git add other && \
         git commit -qm other && git push -q",
        clock.0.display(),
        other.dir.display()
    );
    let adapters = wiring::open(&repo.dir, &NetworkOptions::default()).unwrap();
    let ports = Ports {
        clock: &clock,
        ..adapters.ports(&NoObserver)
    };
    let mut request = Request::between("staging", "production");
    request.verify = vec![script];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let receipt = runtime.block_on(async {
        let branch = engine::fetch(&ports, &request).await.unwrap();
        let prepared = engine::plan_on(&ports, &request, &branch).unwrap();
        engine::apply(&ports, &request, prepared).await.unwrap()
    });
    assert!(matches!(receipt, Receipt::Committed { .. }), "{receipt:?}");
    assert_eq!(remote.show("main", "other"), "");
}

#[test]
fn a_changed_file_with_a_line_feed_in_its_name_is_an_error() {
    let world = World::new();
    let repo = world.repository(&[
        ("apps/api/staging/a\nb.yaml", "image: {tag: 2.0.0}\n"),
        ("apps/api/production/a\nb.yaml", "image: {tag: 1.0.0}\n"),
    ]);
    let line = ["--from", "staging", "--to", "production"];
    let ran = repo.promote(&[&line[..], &["--verify", "true"]].concat());
    assert_eq!(ran.code, 1, "{ran}");
    let expected = r"`apps/api/production/a\nb.yaml` has a line feed in its name";
    assert!(ran.stderr.contains(expected), "{ran}");
    assert_eq!(repo.promote(&line).code, 0);
}

#[test]
fn a_signal_ends_the_command_and_removes_its_files() {
    for signal in [2, 15, 1].into_iter().filter(|signal| !is_ignored(*signal)) {
        let world = World::new();
        let repo = world.repository(&[
            ("apps/api/staging/values.yaml", "image: {tag: 2.0.0}\n"),
            ("apps/api/production/values.yaml", "image: {tag: 1.0.0}\n"),
        ]);
        let (temporary, mark) = (world.path("temporary"), world.path("command"));
        std::fs::create_dir(&temporary).unwrap();
        let shown = mark.display();
        let script = format!("sleep 60 & echo $! > {shown}.new; mv {shown}.new {shown}; wait");
        let mut promotion = world
            .command(env!("CARGO_BIN_EXE_git-promote"))
            .current_dir(&repo.dir)
            .env("TMPDIR", &temporary)
            .args(["--from", "staging", "--to", "production", "--yes"])
            .args(["--verify", &script])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !mark.exists() {
            assert!(started.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(10));
        }
        let kill = |signal: i32, id: &str| {
            let mut kill = Command::new("kill");
            kill.args([&format!("-{signal}"), id]).stderr(Stdio::null());
            kill.status().unwrap().success()
        };
        assert!(kill(signal, &promotion.id().to_string()));
        assert_eq!(promotion.wait().unwrap().signal(), Some(signal));
        assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0);
        let command = std::fs::read_to_string(&mark).unwrap();
        let status = format!("/proc/{}/stat", command.trim());
        // A process that was killed may not be waited for yet.
        let lives = || match std::fs::read_to_string(&status) {
            Ok(status) => !status.contains(") Z "),
            Err(_) => kill(0, command.trim()),
        };
        while lives() {
            assert!(started.elapsed() < Duration::from_secs(40));
            std::thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(repo.git(&["rev-list", "--count", "HEAD"]), "1");
    }
}
