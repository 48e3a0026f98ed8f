//! `git promote completions`.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::arguments::Arguments;
use super::exit::Exit;
use super::failure::Failure;

/// Print a completion script for a shell.
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
pub fn run(arguments: &CompletionsArguments, out: &mut dyn Write) -> Result<Exit, Failure> {
    let mut command = Arguments::command().bin_name("git-promote");
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "git-promote", &mut script);
    out.write_all(&script)?;
    Ok(Exit::Done)
}
