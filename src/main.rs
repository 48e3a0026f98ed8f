//! The `git-promote` program; Git finds it as `git promote`.

use std::process::ExitCode;

fn main() -> ExitCode {
    git_promote::cli::run(std::env::args_os()).into()
}
