//! Git's pager, for long output on a terminal.
//!
//! # Why
//!
//! The program replaces itself with a shell that runs the pager. So Ctrl-C goes to the pager, the
//! command ends when the pager does, and its exit code stays that of the command. Nothing is lost by
//! collecting the output first: a plan is only shown when it is complete. Commands that ask a question
//! are never paged, because the pager would hide it.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::rc::Rc;

use super::arguments::Arguments;
use super::exit::Exit;

/// Runs the pager `$1` and exits with `$2`. If the pager cannot be run, its input is printed.
#[cfg(unix)]
const SCRIPT: &str = "trap : INT; eval \"$1\"; case $? in 126|127) cat;; esac; exit \"$2\"";

/// What Git sets for pagers unless it is set: less ends where the output fits on the screen, shows
/// colours and leaves the text on the screen.
#[cfg(unix)]
const VARIABLES: [(&str, &str); 2] = [("LESS", "FRX"), ("LV", "-c")];

/// The output of a command, collected for the pager.
#[derive(Clone, Default)]
pub(super) struct Pages(Rc<RefCell<Vec<u8>>>);

impl Write for Pages {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pages {
    /// Where to collect the output, if it may be paged.
    pub(super) fn collect(arguments: &Arguments) -> Option<Self> {
        let is_paged = cfg!(unix)
            && !arguments.display.no_pager
            && arguments.is_pageable()
            && io::stdout().is_terminal()
            && io::stderr().is_terminal();
        is_paged.then(Self::default)
    }

    /// Shows the output in the pager, which ends this process; without a pager, prints it.
    pub(super) fn show(self, directory: &Path, exit: Exit) -> Exit {
        let output = self.0.take();
        #[cfg(unix)]
        if !output.is_empty()
            && let Ok(Some(pager)) = crate::wiring::pager(directory)
        {
            // It only returns if it fails; then the output is printed.
            let _ = become_pager(&pager, &output, exit);
        }
        // A closed terminal is not a failure of the command.
        let _ = io::stdout().write_all(&output);
        exit
    }
}

/// Replaces this process with the pager.
#[cfg(unix)]
fn become_pager(pager: &str, output: &[u8], exit: Exit) -> io::Result<()> {
    use std::io::Seek;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    let mut input = tempfile::tempfile()?;
    input.write_all(output)?;
    input.rewind()?;
    let mut shell = Command::new("sh");
    shell.args(["-c", SCRIPT, "git-promote", pager, &exit.code().to_string()]);
    for (name, value) in VARIABLES {
        if std::env::var_os(name).is_none() {
            shell.env(name, value);
        }
    }
    Err(shell.stdin(Stdio::from(input)).exec())
}
