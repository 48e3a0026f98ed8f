//! Many promotions at once on one branch.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::remotes::Http;
use crate::world::{Ran, Repo, World};

/// How many promote at once.
const RACERS: usize = 32;

/// How many over HTTPS, where each push starts half a dozen programs on the server.
const DOZEN: usize = 12;

/// One application for each racer.
fn files(racers: usize) -> Vec<(String, String)> {
    let file = |app: usize, environment: &str, version: &str| {
        (
            format!("apps/app{app:02}/{environment}/values.yaml"),
            format!("replicas: 1\nimage:\n  tag: {version}\n"),
        )
    };
    (0..racers)
        .flat_map(|app| {
            [
                file(app, "staging", "2.0.0"),
                file(app, "production", "1.0.0"),
            ]
        })
        .collect()
}

/// A bare remote and a clone for each racer.
fn field<'w>(world: &'w World, name: &str, racers: usize) -> (Repo<'w>, Vec<Repo<'w>>) {
    let files = files(racers);
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect();
    let remote = world.bare_at(&format!("{name}.git"), &files);
    remote.git(&["config", "http.receivepack", "true"]);
    let clones = (0..racers)
        .map(|racer| world.clone_of(&remote, &format!("{name}{racer}")))
        .collect();
    (remote, clones)
}

/// Starts all commands, and waits for all of them.
fn race(commands: Vec<Command>) -> (Vec<Ran>, Duration) {
    let started = Instant::now();
    let running: Vec<Child> = commands
        .into_iter()
        .map(|mut command| {
            command
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let ran = running
        .into_iter()
        .map(|child| Ran::from(child.wait_with_output().unwrap()))
        .collect();
    (ran, started.elapsed())
}

fn promotion(world: &World, repo: &Repo<'_>, app: usize) -> Command {
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    command
        .current_dir(&repo.dir)
        .args([
            "--from",
            "staging",
            "--to",
            "production",
            "--yes",
            "--service",
        ])
        .arg(format!("app{app:02}"));
    command
}

/// The status in the JSON output.
fn status(ran: &Ran) -> String {
    let result: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    result["status"].as_str().unwrap().to_owned()
}

/// What people do without this program: clone, edit, commit, pull and push until it goes through.
/// `--no-local`, because a local clone links the files of unfinished pushes and fails when they go.
fn by_hand(world: &World, remote: &str, folder: &str, app: usize) -> Command {
    let file = format!("apps/app{app:02}/production/values.yaml");
    let mut command = world.command("sh");
    command.arg("-ec").arg(format!(
        "git clone -q --no-local '{remote}' '{folder}'\n\
         cd '{folder}'\n\
         sed -i 's/tag: 1.0.0/tag: 2.0.0/' {file}\n\
         git commit -qam 'Promote app{app:02}'\n\
         until git push -q origin main 2>/dev/null; do git pull -q --rebase origin main; done"
    ));
    command
}

/// Each racer's commit is on the branch, once.
fn assert_all_there(remote: &Repo<'_>, racers: usize) {
    let subjects = remote.git(&["log", "--format=%s", "main"]);
    assert_eq!(subjects.lines().count(), racers + 1, "{subjects}");
    for app in 0..racers {
        let name = format!("app{app:02}");
        let own = subjects.lines().filter(|line| line.contains(&name)).count();
        assert_eq!(own, 1, "{name} in {subjects}");
        let text = remote.show("main", &format!("apps/{name}/production/values.yaml"));
        assert_eq!(text, "replicas: 1\nimage:\n  tag: 2.0.0\n");
    }
    remote.assert_sound();
}

#[test]
fn thirty_two_promote_different_services_on_one_branch() {
    let _alone = super::alone();
    let world = World::new();
    let (remote, clones) = field(&world, "field", RACERS);
    let commands = (0..RACERS)
        .map(|app| promotion(&world, &clones[app], app))
        .collect();
    let (ran, took) = race(commands);
    for ran in ran {
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_all_there(&remote, RACERS);

    let (other, _) = field(&world, "by-hand", RACERS);
    let url = other.dir.display().to_string();
    let commands = (0..RACERS)
        .map(|app| by_hand(&world, &url, &format!("hand{app}"), app))
        .collect();
    let (ran, by_hand) = race(commands);
    for ran in ran {
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_all_there(&other, RACERS);
    println!(
        "{RACERS} at once, on a path: {RACERS} commits, 0 lost, 0 doubled, {took:.2?}; \
         by clone, commit, pull --rebase, push: {by_hand:.2?} ({:.2} times as long)",
        by_hand.as_secs_f64() / took.as_secs_f64()
    );
}

#[test]
fn a_dozen_promote_different_services_over_https() {
    let _alone = super::alone();
    let world = World::new();
    let Some(http) = Http::start(&world) else {
        return;
    };
    http.let_in(&world);
    let (remote, clones) = field(&world, "field", DOZEN);
    let url = format!("{}/field.git", http.url);
    for clone in &clones {
        clone.git(&["remote", "set-url", "origin", &url]);
    }
    let commands = (0..DOZEN)
        .map(|app| promotion(&world, &clones[app], app))
        .collect();
    let (ran, took) = race(commands);
    for ran in ran {
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_all_there(&remote, DOZEN);

    let (other, _) = field(&world, "by-hand", DOZEN);
    let url = format!("{}/by-hand.git", http.url);
    let commands = (0..DOZEN)
        .map(|app| by_hand(&world, &url, &format!("hand{app}"), app))
        .collect();
    let (ran, by_hand) = race(commands);
    for ran in ran {
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_all_there(&other, DOZEN);
    println!(
        "{DOZEN} at once, over HTTPS: {DOZEN} commits, 0 lost, 0 doubled, {took:.2?}; \
         by clone, commit, pull --rebase, push: {by_hand:.2?} ({:.2} times as long)",
        by_hand.as_secs_f64() / took.as_secs_f64()
    );
}

#[test]
fn two_that_promote_the_same_service_make_one_commit() {
    let _alone = super::alone();
    for _ in 0..8 {
        let world = World::new();
        let (remote, clones) = field(&world, "field", RACERS);
        let commands = (0..2)
            .map(|racer| {
                let mut command = promotion(&world, &clones[racer], 7);
                // Equal people at an equal moment would write the very same commit.
                command.env("GIT_AUTHOR_NAME", format!("Racer {racer}"));
                command.args(["--output", "json"]);
                command
            })
            .collect();
        let (ran, _) = race(commands);
        assert!(ran.iter().all(|ran| ran.code == 0), "{ran:?}");
        // The one whose commit is there has committed, and the other one found nothing to do.
        let author = remote.git(&["log", "-1", "--format=%an", "main"]);
        for (racer, ran) in ran.iter().enumerate() {
            let has_won = author == format!("Racer {racer}");
            let expected = ["nothing-to-promote", "committed"][usize::from(has_won)];
            assert_eq!(status(ran), expected, "{author} won; {ran}");
        }
        assert!(
            ["Racer 0", "Racer 1"].contains(&author.as_str()),
            "{author}"
        );
        assert_eq!(remote.git(&["rev-list", "--count", "main"]), "2");
        remote.assert_sound();
    }
}
