//! Runs commands on files that are not committed yet.

use std::io;
use std::time::Duration;

use thiserror::Error;

use super::{Observer, RepositoryError, Snapshot, TreeChange};
use crate::plan::CommandEnd;

/// Runs commands in temporary folders.
pub trait Runner: Send + Sync {
    /// Writes all files of a commit to a new temporary folder.
    ///
    /// # Errors
    /// When an object is missing, a name cannot be a file's, or the disk is full.
    fn check_out(&self, snapshot: &dyn Snapshot) -> Result<Box<dyn Checkout>, RunnerError>;
}

/// A temporary folder with the files of a commit; it is deleted when this is dropped.
pub trait Checkout {
    /// Changes files.
    ///
    /// # Errors
    /// When a file cannot be written.
    fn change(&mut self, changes: &[TreeChange]) -> Result<(), RunnerError>;

    /// Writes a list, one entry a line, next to the files, and returns its path on the disk.
    ///
    /// # Errors
    /// When an entry has a line feed, or the list cannot be written.
    fn add_list(&mut self, name: &str, entries: &[&str]) -> Result<String, RunnerError>;

    /// Runs a command at the root of the files and waits for it; the observer gets its output.
    ///
    /// # Errors
    /// When it cannot be started; a command that fails is no error.
    fn run(
        &self,
        command: &RunnerCommand<'_>,
        observer: &dyn Observer,
    ) -> Result<CommandResult, RunnerError>;
}

/// A command to run. It gets no input, and of the environment only what it needs to find programs.
#[derive(Clone, Copy, Debug)]
pub struct RunnerCommand<'a> {
    /// The program and its arguments.
    pub words: &'a [&'a str],
    /// Variables in addition to those that every command gets.
    pub variables: &'a [(&'a str, String)],
    /// How long it may run. Then it is killed with all programs that it started.
    pub time_limit: Duration,
    /// What it may do.
    pub purpose: CommandPurpose,
}

/// What a command is for, which decides what it may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CommandPurpose {
    /// It does something with the files; both outputs are its report.
    Report,
    /// It prints a document, without the network as far as proxies and Git's settings can prevent it.
    Render,
}

/// How a command ended, and what it printed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandResult {
    /// How it ended.
    pub end: CommandEnd,
    /// The last lines of both outputs, or of stderr alone if a document is printed.
    pub output: String,
    /// The document that it printed.
    pub document: Vec<u8>,
}

/// Why files could not be checked out, or a command could not be run.
#[derive(Debug, Error)]
pub enum RunnerError {
    /// An object could not be read.
    #[error("the files could not be read")]
    Repository(#[from] RepositoryError),
    /// This worker runs no commands.
    #[error("commands of the repository are not run here")]
    NotHere,
    /// A name in the commit is not one that Git checks out.
    #[error("`{path}` cannot be checked out")]
    Name {
        /// The path.
        path: String,
    },
    /// An entry of a list has a line feed.
    #[error("`{}` has a line feed in its name, so it cannot be listed for the commands of `verify`", .entry.escape_debug())]
    Entry {
        /// The entry.
        entry: String,
    },
    /// A temporary file could not be written.
    #[error("could not write a temporary file")]
    Disk(#[source] io::Error),
    /// The program could not be run.
    #[error("could not run `{program}`")]
    Program {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
}
