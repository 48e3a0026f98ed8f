//! Signals while a workflow of a release runs.

use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::skipped::{Missing, skip};
use crate::terminal;
use crate::world::World;

/// A flow with a pre-action that goes on once there is a file `go`.
fn files(world: &World, repeatable: bool) -> Vec<(&'static str, String)> {
    let [started, go] = ["started", "go"].map(|name| world.path(name));
    let run = format!(
        "touch {}; until test -e {}; do sleep 0.05; done",
        started.display(),
        go.display()
    );
    let configuration = format!(
        "\
version: 1
environments: [{{name: staging}}, {{name: eu}}]
products:
  - {{name: loans, applications: [api], flows: [{{name: f}}]}}
flows:
  - name: f
    triggerEnvironment: staging
    steps: [{{environment: eu, dependsOn: [staging], policy: {{preAction: slow}}}}]
workflows:
  - {{name: slow, repeatable: {repeatable}, run: '{run}'}}
"
    );
    vec![
        ("promote.yaml", configuration),
        (
            "apps/api/staging/values.yaml",
            "image: {tag: 2.0.0}\n".to_owned(),
        ),
        (
            "apps/api/eu/values.yaml",
            "image: {tag: 1.0.0}\n".to_owned(),
        ),
    ]
}

/// Interrupts the pre-action of `loans-1` by each signal that this process does not ignore, and lets `after`
/// look at the repository when the pre-action may succeed.
fn interrupt(repeatable: bool, after: impl Fn(&crate::world::Repo<'_>)) {
    for (signal, name) in [(2, "INT"), (15, "TERM")] {
        if terminal::is_ignored(signal) {
            skip(Missing::Ability, format_args!("SIG{name} is ignored"));
            continue;
        }
        let world = World::new();
        let files = files(&world, repeatable);
        let files: Vec<(&str, &str)> = files.iter().map(|(p, t)| (*p, t.as_str())).collect();
        let (_remote, clone) = world.cloned(&files);
        let mut child = world
            .command(env!("CARGO_BIN_EXE_git-promote"))
            .args(["release", "start", "--flow", "f", "--product", "loans"])
            .current_dir(&clone.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !world.path("started").exists() {
            assert!(begun.elapsed() < Duration::from_secs(30), "never started");
            thread::sleep(Duration::from_millis(20));
        }
        let killed = world
            .command("kill")
            .args([format!("-{name}"), child.id().to_string()])
            .status();
        assert!(killed.unwrap().success());
        let ended = child.wait().unwrap();
        assert_eq!(ended.signal(), Some(signal));
        std::fs::write(world.path("go"), "").unwrap();
        after(&clone);
    }
}

#[test]
fn a_release_goes_on_at_once_after_its_workflow_was_interrupted() {
    interrupt(true, |clone| {
        let shown = clone.promote(&["release", "show", "loans-1"]).stdout;
        assert!(shown.contains("lost: was interrupted"), "{shown}");
        let moved = clone.promote(&["release", "advance", "loans-1"]);
        assert_eq!(moved.stdout, "loans-1 is succeeded\n", "{moved}");
    });
}

#[test]
fn a_workflow_that_must_not_be_repeated_is_not_after_it_was_interrupted() {
    interrupt(false, |clone| {
        let moved = clone.promote(&["release", "advance", "loans-1"]);
        assert_eq!(moved.code, 1, "{moved}");
        assert!(moved.stdout.contains("it is not repeatable"), "{moved}");
        let retried = clone.promote(&["release", "retry", "loans-1"]);
        assert_eq!(retried.stdout, "loans-1 is succeeded\n", "{retried}");
    });
}
