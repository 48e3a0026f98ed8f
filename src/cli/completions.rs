//! `git promote completions`.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

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

/// The function that Git's own completion calls for `git promote`.
const BASH_FOR_GIT: &[u8] = br#"
_git_promote() {
    local at=${__git_cmd_idx:-1}
    local COMP_WORDS=(git-promote "${words[@]:at+1}") COMP_CWORD=$((cword - at))
    _git__promote git-promote "$cur" "$prev"
}
"#;

/// Prints the script.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(
    arguments: &CompletionsArguments,
    program: Command,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let mut command = program.bin_name("git-promote");
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "git-promote", &mut script);
    out.write_all(&script)?;
    if arguments.shell == Shell::Bash {
        out.write_all(BASH_FOR_GIT)?;
    }
    Ok(Exit::Done)
}
