//! The speed of git-promote compared with plain git, on generated repositories.
//!
//! ```text
//! cargo bench               # 9,000 and 90,000 files, a few minutes
//! cargo bench -- --quick    # 9,000 files only
//! cargo bench -- --keep     # leaves the repositories for a profiler
//! ```
//!
//! # Why
//!
//! Seconds mean little on another machine. So each row divides the program's
//! median by that of plain git doing the comparable work, run in turns (A B A B)
//! on the same repository; the work on one large file is divided by parsing it.
//! Only the start-up has a target in milliseconds: it is what people wait for
//! before anything happens. Git processes are counted, as each costs more on
//! other systems than here. A row that misses its target shows FAIL, and the
//! exit code is 1; on a busy machine, run it again.

mod figures;
mod history;
mod large_file;
mod manifests;
mod measure;
mod processes;
mod push;
mod server;
mod status;
mod table;
mod world;

use std::process::ExitCode;

use table::Table;
use world::{Layout, World};

/// Applications of the two sizes: each has 10 files in each of 3 environments.
const SIZES: [usize; 2] = [300, 3_000];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` passes `--bench`; `cargo test --all-targets` runs this too, and only wants it built.
    if !words.iter().any(|w| w == "--bench") {
        return ExitCode::SUCCESS;
    }
    let is = |option: &str| words.iter().any(|w| w == option);
    let sizes = if is("--quick") {
        &SIZES[..1]
    } else {
        &SIZES[..]
    };
    let world = World::new();
    let mut table = Table::begin();
    figures::start_up(&world, &mut table);
    large_file::one_scalar(&mut table);
    history::relations(&world, &mut table);
    status::status(&world, &mut table);
    server::server(&world, "status.git", &mut table);
    for layout in [Layout::ApplicationFirst, Layout::EnvironmentFirst] {
        let repositories: Vec<_> = sizes.iter().map(|n| world.repository(layout, *n)).collect();
        for repository in &repositories {
            figures::whole(&world, repository, &mut table);
            figures::service(&world, repository, &mut table);
        }
        if let [small, large] = repositories.as_slice() {
            figures::growth(&world, small, large, &mut table);
        }
        for repository in &repositories {
            push::promotion(&world, repository, &mut table);
        }
    }
    let verdict = table.end();
    if is("--keep") {
        println!("kept: {}", world.keep().display());
    }
    verdict
}
