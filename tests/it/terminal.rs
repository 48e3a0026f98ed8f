//! A terminal for the program, which `script` (util-linux) provides.

use std::process::Stdio;

use crate::skipped::{Missing, skip};
use crate::world::{Ran, Repo, World};

/// Runs the program on a terminal; `None` without `script`. `input` is a shell command whose output is
/// typed.
pub fn run(
    world: (&World, &Repo<'_>),
    pager: Option<&str>,
    line: &str,
    input: &str,
) -> Option<Ran> {
    let program = env!("CARGO_BIN_EXE_git-promote");
    run_command(world, pager, &format!("exec {program} {line}"), input)
}

/// The same for a shell command without single quotes.
pub fn run_command(
    (world, repo): (&World, &Repo<'_>),
    pager: Option<&str>,
    command: &str,
    input: &str,
) -> Option<Ran> {
    let version = world.command("script").arg("--version").output();
    if !version.is_ok_and(|found| String::from_utf8_lossy(&found.stdout).contains("util-linux")) {
        skip(Missing::Program, "`script` of util-linux");
        return None;
    }
    let line = format!("({input}) | script -qe -c '{command}' /dev/null");
    let mut shell = world.command("sh");
    shell.current_dir(&repo.dir).env("TERM", "dumb");
    if let Some(pager) = pager {
        shell.env("GIT_PAGER", pager);
    }
    let ran = shell.args(["-c", &line]).stdin(Stdio::null()).output();
    Some(ran.unwrap().into())
}

/// Whether the programs that this one starts ignore a signal, as under `nohup`; only known on Linux.
pub fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
