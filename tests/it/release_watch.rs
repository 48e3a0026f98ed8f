//! `git promote release watch` and `show`: what a release waits for, until it has ended.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::world::{Ran, Repo, World};

/// A repository with a flow from `staging` to `eu` and `us`; `policy` is that of `eu`.
fn files(policy: &str) -> Vec<(&'static str, String)> {
    let configuration = format!(
        "\
version: 1
environments: [{{name: staging}}, {{name: eu}}, {{name: us}}]
products:
  - {{name: loans, applications: [api], flows: [{{name: f}}]}}
flows:
  - name: f
    triggerEnvironment: staging
    steps:
      - {{environment: eu, dependsOn: [staging], policy: {{{policy}}}}}
      - {{environment: us, dependsOn: [eu]}}
gates:
  - {{name: open, run: 'test -e \"$HOME/open\"'}}
"
    );
    let values = |tag: &str| format!("image: {{tag: {tag}}}\n");
    vec![
        ("promote.yaml", configuration),
        ("apps/api/staging/values.yaml", values("2.0.0")),
        ("apps/api/eu/values.yaml", values("1.0.0")),
        ("apps/api/us/values.yaml", values("1.0.0")),
    ]
}

fn cloned<'w>(world: &'w World, policy: &str) -> Repo<'w> {
    let files = files(policy);
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (*path, text.as_str()))
        .collect();
    world.cloned(&files).1
}

fn release(clone: &Repo<'_>, words: &[&str]) -> Ran {
    clone.promote(&[&["release"], words].concat())
}

fn start(clone: &Repo<'_>, more: &[&str]) -> Ran {
    let words = ["start", "--flow", "f", "--product", "loans"];
    release(clone, &[&words[..], more].concat())
}

/// Waits until there is a value, for at most half a minute.
fn wait_for<T>(mut value: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        if let Some(value) = value() {
            return Some(value);
        }
        thread::sleep(Duration::from_millis(50));
    }
    None
}

/// A running `release watch`, which is killed if a test ends before it.
struct Watch {
    child: Child,
    output: PathBuf,
}

impl Watch {
    fn start(world: &World, clone: &Repo<'_>, name: &str, more: &[&str]) -> Self {
        let output = world.path(name);
        let child = world
            .command(env!("CARGO_BIN_EXE_git-promote"))
            .args(["release", "watch", "loans-1"])
            .args(more)
            .current_dir(&clone.dir)
            .stdin(Stdio::null())
            .stdout(File::create(&output).unwrap())
            .spawn()
            .unwrap();
        Self { child, output }
    }

    fn printed(&self) -> String {
        fs::read_to_string(&self.output).unwrap()
    }

    fn end(&mut self) -> Option<ExitStatus> {
        wait_for(|| self.child.try_wait().unwrap())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It has usually ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_release_is_followed_until_it_has_ended() {
    let world = World::new();
    let clone = cloned(&world, "");
    start(&clone, &["--wait"]);
    let watched = release(&clone, &["watch", "loans-1"]);
    assert_eq!(watched.code, 0, "{watched}");
    assert_eq!(watched.stdout.lines().count(), 9, "{watched}");
    assert!(
        watched.stdout.ends_with("loans-1: has succeeded\n"),
        "{watched}"
    );
    let watched = release(&clone, &["watch", "loans-1", "--output", "json"]);
    let schema = world.promote(&["schema", "release-event"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let events: Vec<Value> = (watched.stdout.lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(
        events
            .iter()
            .all(|event| jsonschema::is_valid(&schema, event))
    );
    assert_eq!(events[8]["event"], "succeeded");
    assert_eq!(events[8]["state"], "succeeded");
}

#[test]
fn what_a_release_waits_for_is_shown_while_it_is_followed() {
    const WAIT: &str = "\n  eu: gate `open`: ";
    let world = World::new();
    let clone = cloned(&world, "gates: {before: [open]}");
    start(&clone, &[]);
    start(&clone, &["--source", "main"]);
    let shown = ["loans-1", "loans-2"].map(|id| release(&clone, &["show", id]).stdout);
    assert!(shown[0].contains(WAIT), "{}", shown[0]);
    assert!(
        shown[1].starts_with("loans-2 is queued\n  loans-1 comes first\n"),
        "{}",
        shown[1]
    );
    let list: Value =
        serde_json::from_str(&release(&clone, &["list", "--output", "json"]).stdout).unwrap();
    assert_eq!(
        list["releases"][1]["waits"][0]["why"],
        "loans-1 comes first"
    );
    let mut text = Watch::start(&world, &clone, "text", &[]);
    let mut json = Watch::start(&world, &clone, "json", &["--output", "json"]);
    let waits = |watch: &Watch, what: &str| {
        let found = wait_for(|| watch.printed().contains(what).then_some(()));
        assert!(found.is_some(), "{}", watch.printed());
    };
    waits(&text, WAIT);
    waits(&json, "gate `open`");
    fs::write(world.path("home/open"), "").unwrap();
    let moved = release(&clone, &["advance", "--all"]);
    assert_eq!(moved.code, 0, "{moved}");
    for watch in [&mut text, &mut json] {
        let end = watch.end();
        assert_eq!(
            end.and_then(|end| end.code()),
            Some(0),
            "{}",
            watch.printed()
        );
    }
    let text = text.printed();
    assert!(text.ends_with("loans-1: has succeeded\n"), "{text}");
    assert_eq!(text.matches(WAIT).count(), 1, "{text}");
    let events: Vec<Value> = (json.printed().lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let is_waiting = |event: &&Value| event["waits"].as_array().is_some_and(|w| !w.is_empty());
    let waiting: Vec<&Value> = events.iter().filter(is_waiting).collect();
    assert_eq!(waiting.len(), 1, "{events:#?}");
    assert_eq!(waiting[0]["event"], "suspended");
    assert_eq!(waiting[0]["waits"][0]["environment"], "eu");
}
