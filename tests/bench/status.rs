//! The figure of the table of all versions.

use std::fs::File;
use std::io::Write;

use crate::figures::PROGRAM;
use crate::manifests::{self, DEPLOYMENT, ENVIRONMENTS};
use crate::measure::{interleaved, peak, run};
use crate::table::Table;
use crate::world::{World, head};

/// How many applications there are, each in three environments.
const APPLICATIONS: usize = 5_000;

/// How many files an application has in each environment.
const FILES: usize = 6;

/// Most memory that it may take, in MiB.
const MEMORY: u64 = 200;

/// The status of all applications, beside listing all files and reading those that have a version.
pub fn status(world: &World, table: &mut Table) {
    let dir = world.path("status.git");
    let root = world.path("");
    world.git(
        &root,
        &["init", "-q", "--bare", "-b", "main", &dir.to_string_lossy()],
    );
    world.import(&dir, generate);
    world.git(&dir, &["repack", "-adq"]);
    let list = world.git(&dir, &["ls-tree", "-r", "main"]);
    assert_eq!(
        list.lines().count(),
        APPLICATIONS * FILES * ENVIRONMENTS.len()
    );
    let ids: Vec<&str> = list
        .lines()
        .filter(|line| line.ends_with(DEPLOYMENT))
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    let wanted = world.path("wanted");
    std::fs::write(&wanted, ids.join("\n") + "\n").expect("the world can be written");
    let status = || {
        let mut status = world.command(PROGRAM, &dir);
        status.args(["status", "--output", "json"]);
        status
    };
    run(world, &mut status());
    let text = std::fs::read_to_string(world.path("out")).expect("it was just written");
    let json: serde_json::Value = serde_json::from_str(&text).expect("the output is JSON");
    let applications = json["applications"].as_array().map(Vec::len);
    assert_eq!(
        applications,
        Some(APPLICATIONS),
        "every application is shown"
    );
    let times = interleaved(
        || run(world, &mut status()),
        || {
            let mut list = world.command("git", &dir);
            run(world, list.args(["ls-tree", "-r", "main"]));
            let mut read = world.command("git", &dir);
            let wanted = File::open(&wanted).expect("it was just written");
            run(world, read.args(["cat-file", "--batch"]).stdin(wanted));
        },
    );
    let about = format!(
        "{:>6} files  apps/{{app}}/{{env}}",
        APPLICATIONS * FILES * 3
    );
    table.ratio(
        "status / (ls-tree -r + cat-file --batch)",
        &about,
        times,
        3.0,
    );
    let (bytes, by) = peak(world, &status());
    let what = format!("status: peak memory ({by})");
    table.memory(&what, &about, bytes, MEMORY);
}

/// Each application has a version of its own; a third of them is behind in production.
fn generate(to: &mut dyn Write) -> std::io::Result<()> {
    head(to, "refs/heads/main", "generate")?;
    for n in 0..APPLICATIONS {
        let app = format!("app-{n:04}");
        let port = 8_000 + n % 1_000;
        for environment in ENVIRONMENTS {
            let is_behind = environment.name == "production" && n % 3 == 0;
            let version = format!("1.{}.{}", n % 40, usize::from(!is_behind));
            let mut files = manifests::shared(&app, port);
            files.truncate(FILES - 2);
            files.push((DEPLOYMENT, manifests::deployment(&app, port, &version)));
            let settings = manifests::settings(&app, environment, n as u64);
            files.push(("settings.yaml", settings));
            for (file, text) in files {
                let path = format!("apps/{app}/{}/{file}", environment.name);
                writeln!(to, "M 100644 inline {path}\ndata {}\n{text}", text.len())?;
            }
        }
    }
    Ok(())
}
