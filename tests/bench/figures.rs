//! The figures of `git-promote diff`.

use std::process::Command;
use std::time::Duration;

use crate::measure::{alone, interleaved, peak, run};
use crate::processes;
use crate::table::Table;
use crate::world::{BEHIND, Repository, World};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_git-promote");

/// Most memory that any command may take, in MiB.
pub const MEMORY: u64 = 150;

/// Most Git processes that looking at a repository may start: `config`, and `log` because the history of
/// a version that would move can keep it.
const PROCESSES: usize = 2;

/// How long the program takes until it does something.
pub fn start_up(world: &World, table: &mut Table) {
    let time = alone(|| {
        run(
            world,
            world.command(PROGRAM, &world.path("")).arg("--version"),
        );
    });
    table.time("--version", "", time, Duration::from_millis(10));
}

/// All differences of an environment, beside listing all files and a text diff of the two.
pub fn whole(world: &World, repository: &Repository, table: &mut Table) {
    let diff = || diff(world, repository, &[]);
    check(world, &mut diff());
    let times = interleaved(
        || run(world, &mut diff()),
        || {
            list(world, repository);
            let trees = ["diff", "refs/bench/production", "refs/bench/staging"];
            run(world, world.command("git", &repository.dir).args(trees));
        },
    );
    let about = repository.to_string();
    table.ratio(
        "diff / (ls-tree -r + diff of two trees)",
        &about,
        times,
        3.0,
    );
    let started = processes::started(world, diff());
    table.count("diff: Git processes", &about, &started, PROCESSES);
    let (bytes, by) = peak(world, &diff());
    table.memory(&format!("diff: peak memory ({by})"), &about, bytes, MEMORY);
}

/// One service's differences, beside listing all files.
pub fn service(world: &World, repository: &Repository, table: &mut Table) {
    let app = repository.behind[BEHIND / 2].as_str();
    let times = interleaved(
        || run(world, &mut diff(world, repository, &["--service", app])),
        || list(world, repository),
    );
    table.ratio(
        "diff --service / ls-tree -r",
        &repository.to_string(),
        times,
        1.5,
    );
}

/// One service's differences with a configured layout, at ten times the files.
pub fn growth(world: &World, small: &Repository, large: &Repository, table: &mut Table) {
    let one = |repository: &Repository| {
        let app = repository.behind[BEHIND / 2].as_str();
        let words = ["--branch", "configured", "--service", app];
        run(world, &mut diff(world, repository, &words));
    };
    let times = interleaved(|| one(large), || one(small));
    let about = format!(
        "{} / {}  {}",
        large.files,
        small.files,
        large.layout.pattern()
    );
    table.ratio(
        "diff --service with a layout, large / small",
        &about,
        times,
        2.0,
    );
}

fn diff(world: &World, repository: &Repository, words: &[&str]) -> Command {
    let mut command = world.command(PROGRAM, &repository.dir);
    command.args([
        "diff",
        "--from",
        "staging",
        "--to",
        "production",
        "--output",
        "json",
    ]);
    command.args(words);
    command
}

fn list(world: &World, repository: &Repository) {
    run(
        world,
        world
            .command("git", &repository.dir)
            .args(["ls-tree", "-r", "HEAD"]),
    );
}

/// Makes sure that what is measured is right.
fn check(world: &World, diff: &mut Command) {
    run(world, diff);
    let text = std::fs::read_to_string(world.path("out")).expect("it was just written");
    let json: serde_json::Value = serde_json::from_str(&text).expect("the output is JSON");
    let promoted = text.matches("\"promote\"").count();
    assert_eq!(
        promoted, BEHIND,
        "each application that is behind has one difference to promote"
    );
    assert_eq!(
        json["errors"].as_array().map(Vec::len),
        Some(0),
        "every file can be read"
    );
}
