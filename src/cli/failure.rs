//! Why a command could not do its work.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::engine::EngineError;
use crate::inventory::InventoryError;
use crate::port::{RepositoryError, SettingsError};

/// Everything that ends a command early.
#[derive(Debug, Error)]
pub enum Failure {
    /// The engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The repository, before the engine had it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// `--config` has faults.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file named on the command line cannot be read.
    #[error("cannot read `{}`", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A bare repository has no files to check.
    #[error("there is no working tree here, so no `promote.yaml` to check")]
    NoWorkingTree,
    /// The person at the terminal said no.
    #[error("not confirmed; nothing was written")]
    Declined,
    /// Nothing can be written to stdout or stderr.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
    /// Nothing can be written to stdout, and the promotion is done.
    #[error("cannot write the output, but it is done: {deed}")]
    Untold {
        /// What was done, in one line.
        deed: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A program that the demo runs did not work.
    #[error("`{command}` did not work: {message}")]
    Program {
        /// The command line.
        command: String,
        /// What it said.
        message: String,
    },
}

impl From<InventoryError> for Failure {
    fn from(error: InventoryError) -> Self {
        Self::Engine(error.into())
    }
}

impl Failure {
    /// Whether whoever read the output has gone, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
