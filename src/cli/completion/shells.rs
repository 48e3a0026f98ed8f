//! The scripts, and how each shell gets candidates.
//!
//! # Why
//!
//! A candidate is put into a command line, and names come from the repository: `$(...)` in a name must not
//! run. Zsh and fish quote what they insert; bash does not, and splits words at `=` and `:`. So the
//! program gets bash's line as it was typed, and answers with quoted text. clap's own scripts do neither.
//!
//! Git runs `_git_promote` in bash and `_git-promote` in zsh for `git promote`; fish asks `git-promote`.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::EnvCompleter;

use super::bash_line::BashLine;
use super::candidates::candidates;
use super::scripts;

/// A shell whose script asks the program.
pub(super) struct AskingShell {
    name: &'static str,
    /// What `git promote completions` prints.
    script: &'static str,
    answer: Answer,
}

/// Writes a line for each candidate, given the arguments of the script.
type Answer = fn(&mut Command, &[String], Option<&Path>, &mut dyn Write) -> io::Result<()>;

pub(super) static BASH: AskingShell = AskingShell {
    name: "bash",
    script: scripts::BASH,
    answer: answer_bash,
};

pub(super) static ZSH: AskingShell = AskingShell {
    name: "zsh",
    script: scripts::ZSH,
    answer: answer_zsh,
};

pub(super) static FISH: AskingShell = AskingShell {
    name: "fish",
    script: scripts::FISH,
    answer: answer_fish,
};

impl EnvCompleter for AskingShell {
    fn name(&self) -> &'static str {
        self.name
    }

    fn is(&self, name: &str) -> bool {
        name == self.name
    }

    fn write_registration(
        &self,
        _variable: &str,
        _name: &str,
        _program: &str,
        _completer: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        out.write_all(self.script.as_bytes())
    }

    fn write_complete(
        &self,
        command: &mut Command,
        args: Vec<OsString>,
        directory: Option<&Path>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let args = args.iter().map(|arg| arg.to_string_lossy().into_owned());
        let args: Vec<String> = args.collect();
        (self.answer)(command, &args, directory, out)
    }
}

/// The text that replaces what readline completes.
fn answer_bash(
    command: &mut Command,
    args: &[String],
    directory: Option<&Path>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut args = args.iter().map(String::as_str);
    let (typed, breaks) = (args.next(), args.next());
    let line = BashLine::parse(typed.unwrap_or_default(), breaks.unwrap_or_default());
    let Some(line) = line else { return Ok(()) };
    for candidate in candidates(command, &line.words, directory)? {
        if let Some(text) = line.replacement(&candidate.value) {
            writeln!(out, "{text}")?;
        }
    }
    Ok(())
}

/// `-VALUE:HELP`, or `+VALUE:HELP` if more follows without a space.
fn answer_zsh(
    command: &mut Command,
    words: &[String],
    directory: Option<&Path>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for candidate in candidates(command, words, directory)? {
        let mark = if candidate.is_open() { '+' } else { '-' };
        let escaped = |text: &str| text.replace('\\', r"\\").replace(':', r"\:");
        write!(out, "{mark}{}", escaped(&candidate.value))?;
        if !candidate.help.is_empty() {
            write!(out, ":{}", escaped(&candidate.help))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The value, a tab and the help.
fn answer_fish(
    command: &mut Command,
    words: &[String],
    directory: Option<&Path>,
    out: &mut dyn Write,
) -> io::Result<()> {
    for candidate in candidates(command, words, directory)? {
        writeln!(out, "{}\t{}", candidate.value, candidate.help)?;
    }
    Ok(())
}
