//! The failures of commands.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::engine::{EngineError, ReleaseError};
use crate::inventory::InventoryError;
use crate::plan::FileFault;
use crate::port::{ReleasesError, RepositoryError, SettingsError};

/// A reason for a command to end early.
#[derive(Debug, Error)]
pub enum Failure {
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A release could not be read or moved forward.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The repository could not be opened.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The folder to start in does not exist.
    #[error("there is no folder `{}`", .0.display())]
    NoFolder(PathBuf),
    /// A configuration file has faults.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file named on the command line cannot be read.
    #[error("cannot read `{}`", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// Files of the environments cannot be read or edited.
    #[error("{} file{} cannot be promoted", .0.len(), if .0.len() == 1 { "" } else { "s" })]
    Files(Vec<FileFault>),
    /// A file cannot be written.
    #[error("cannot write `{}`", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// There is nothing to suggest.
    #[error("no path of the last commit has the usual name of an environment")]
    NoEnvironments,
    /// A bare repository has no files to check.
    #[error("there is no `promote.yaml` to check: the repository has no working tree")]
    NoWorkingTree,
    /// The person at the terminal did not confirm.
    #[error("not confirmed; nothing was written")]
    Declined,
    /// An option needs a release, but the promotion is none.
    #[error("`{option}` needs the promotion of one product to one target")]
    NoRelease {
        /// The option.
        option: &'static str,
    },
    /// A policy has gates or workflows for one of several targets.
    #[error(
        "the promotion to {environment} has gates or workflows, which several targets together cannot wait for"
    )]
    NeedsRelease {
        /// The target.
        environment: String,
    },
    /// No terminal is attached.
    #[error("`--interactive` needs a terminal")]
    NoTerminal,
    /// Git's pager has the output, so that a question would not be seen.
    #[error("cannot ask for confirmation in a pager; nothing was written")]
    HiddenQuestion,
    /// Writing to stdout or stderr failed.
    #[error("cannot write the output")]
    Output(#[from] io::Error),
    /// The promotion is done, but writing its result to stdout failed.
    #[error("cannot write the output, but the promotion is done: {summary}")]
    Unreported {
        /// What was done, on one line.
        summary: String,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// A repository to serve is none.
    #[cfg(feature = "server")]
    #[error("cannot serve this repository")]
    NoUrl {
        /// Why; the URL itself may have a password.
        #[source]
        source: crate::domain::RepositoryUrlError,
    },
    /// There is no place for copies of repositories.
    #[cfg(feature = "server")]
    #[error("there is no folder for the copies of repositories")]
    NoCopies,
    /// The dashboard cannot be served.
    #[cfg(feature = "server")]
    #[error(transparent)]
    Serve(#[from] crate::server::ServeError),
    /// A command of the demo failed.
    #[error("`{command}` failed: {message}")]
    Program {
        /// The command line.
        command: String,
        /// Its error message.
        message: String,
    },
}

impl From<ReleasesError> for Failure {
    fn from(error: ReleasesError) -> Self {
        Self::Release(error.into())
    }
}

impl From<InventoryError> for Failure {
    fn from(error: InventoryError) -> Self {
        Self::Engine(error.into())
    }
}

impl Failure {
    /// Whether the reader of the output closed it early, which is not a failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
