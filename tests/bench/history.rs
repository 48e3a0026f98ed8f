//! The figure of reading a long history.

use crate::figures::PROGRAM;
use crate::measure::{interleaved, run};
use crate::table::Table;
use crate::world::{World, head};

/// How many commits the history has.
const COMMITS: usize = 8_000;

/// How many applications have a version to promote, each with its own history.
const BEHIND: usize = 20;

/// How many applications there are.
const APPLICATIONS: usize = 200;

/// What promotions took and left out of the fields that differ, beside listing the commits that
/// changed the same files.
pub fn relations(world: &World, table: &mut Table) {
    let dir = world.path("history.git");
    let root = world.path("");
    world.git(
        &root,
        &["init", "-q", "--bare", "-b", "main", &dir.to_string_lossy()],
    );
    world.import(&dir, |to| {
        for commit in 0..COMMITS {
            head(to, "refs/heads/main", "change")?;
            let application = commit % APPLICATIONS;
            let round = commit / APPLICATIONS;
            // Production takes each version one round later, and at the end only some are behind.
            let is_last = commit + APPLICATIONS >= COMMITS;
            let is_behind = application < BEHIND;
            let taken = if is_last && !is_behind {
                round
            } else {
                round.saturating_sub(1)
            };
            for (environment, version) in [("staging", round), ("production", taken)] {
                let text = format!("image:\n  tag: 1.{version}.0\nlevel: info\n");
                let path = path(application, environment);
                writeln!(to, "M 100644 inline {path}\ndata {}\n{text}", text.len())?;
            }
        }
        Ok(())
    });
    world.git(&dir, &["repack", "-adq"]);
    let paths: Vec<String> = (0..BEHIND)
        .flat_map(|n| ["staging", "production"].map(|environment| path(n, environment)))
        .collect();
    let diff = || {
        let mut diff = world.command(PROGRAM, &dir);
        diff.args([
            "diff",
            "--from",
            "staging",
            "--to",
            "production",
            "--output",
            "json",
        ]);
        run(world, &mut diff);
    };
    diff();
    let text = std::fs::read_to_string(world.path("out")).expect("it was just written");
    let promoted = text.matches("\"promote\"").count();
    assert_eq!(
        promoted, BEHIND,
        "each application that is behind has one difference"
    );
    let times = interleaved(diff, || {
        let mut log = world.command("git", &dir);
        let words = [
            "log",
            "-1000",
            "--first-parent",
            "-m",
            "--raw",
            "--format=%H",
            "main",
            "--",
        ];
        run(world, log.args(words).args(&paths));
    });
    let about = format!("{COMMITS} commits, {BEHIND} fields");
    table.ratio("diff / git log -1000 -- PATHS", &about, times, 1.0);
}

fn path(application: usize, environment: &str) -> String {
    format!("apps/app-{application:03}/{environment}/values.yaml")
}
