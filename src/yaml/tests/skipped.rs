//! What a run of the tests leaves out because something is missing on the machine.
//!
//! # Why
//!
//! A test that is skipped looks like one that succeeded, whose output is hidden. So this prints past
//! the test harness. It also adds a line to the file that `GIT_PROMOTE_SKIPPED` names: `.ci/run` makes
//! its last line from it, and fails in CI if something is missing that it installs.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What is missing.
#[derive(Clone, Copy)]
#[allow(dead_code, reason = "each test binary uses a part of it")]
pub enum Missing {
    /// A program or package that `.ci/run` installs.
    Program,
    /// The collection of cases in `../shared`.
    Data,
    /// A right, a disk or an ability of this machine or of its Git.
    Ability,
}

/// Reports that tests are skipped, and why.
pub fn skip(missing: Missing, why: impl fmt::Display) {
    let kind = match missing {
        Missing::Program => "program",
        Missing::Data => "data",
        Missing::Ability => "ability",
    };
    let _ = writeln!(io::stderr(), "skipped: {why}");
    let Some(file) = std::env::var_os("GIT_PROMOTE_SKIPPED") else {
        return;
    };
    let opened = OpenOptions::new().create(true).append(true).open(&file);
    // One write, so that lines of tests that run at the same time stay whole.
    let line = format!("{kind}\t{why}\n");
    opened
        .and_then(|mut file| file.write_all(line.as_bytes()))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

/// A file or folder of `../shared`, or `None` after reporting that it is missing.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    skip(
        Missing::Data,
        format_args!("there is no `../shared/{name}`"),
    );
    None
}
