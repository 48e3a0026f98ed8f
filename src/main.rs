//! The `git-promote` program; Git finds it as `git promote`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    git_promote::cli::run(std::env::args_os()).into()
}
