//! `git promote completions`.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

use super::completion::scripts::script;
use super::exit::Exit;
use super::failure::Failure;

/// Print a completion script for a shell.
///
/// In bash, zsh and fish it also completes the names of environments, applications, products, flows, gates
/// and workflows, and the ids of releases, from the clone alone.
///
/// For bash: `git-promote completions bash > ~/.local/share/bash-completion/completions/git-promote`.
#[derive(Args, Debug)]
pub struct CompletionsArguments {
    /// The shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Prints the script.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(
    arguments: &CompletionsArguments,
    program: Command,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    if let Some(script) = script(arguments.shell) {
        out.write_all(script.as_bytes())?;
        return Ok(Exit::Done);
    }
    let mut command = program.bin_name("git-promote");
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "git-promote", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Done)
}
