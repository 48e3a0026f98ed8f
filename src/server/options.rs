//! What the server is started with.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;

use crate::domain::RepositoryUrl;
use crate::port::RepositoryError;
use crate::wiring::NetworkOptions;

/// What the server is started with.
#[derive(Clone)]
pub struct ServeOptions {
    /// The repositories.
    pub repositories: Vec<ServedFolder>,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The names, with their ports, by which browsers may call it, beside the address itself.
    pub hosts: Vec<String>,
    /// How often repositories are read again when nothing else asks for it.
    pub interval: Duration,
    /// How remotes and forges are contacted.
    pub network: NetworkOptions,
}

/// A repository to serve.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServedFolder {
    /// Its name in URLs.
    pub name: String,
    /// Where it is, or where the copy of it is kept.
    pub folder: PathBuf,
    /// Where it is copied from; `None` for a clone that is served as it is.
    pub url: Option<RepositoryUrl>,
}

/// Why the server cannot start, or ended.
#[derive(Debug, Error)]
pub enum ServeError {
    /// Others could reach it, and nothing asks who they are.
    #[error("without sign-in, only addresses of this machine can be listened on, not {0}")]
    OpenToOthers(SocketAddr),
    /// The address is not to be had.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        #[source]
        source: io::Error,
    },
    /// A repository cannot be opened.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The network failed.
    #[error("the server ended")]
    Ended(#[from] io::Error),
}

impl ServeOptions {
    /// How often repositories are read again if nothing sets it.
    pub const INTERVAL: Duration = Duration::from_secs(60);

    /// Refuses to be open to others without asking who they are.
    pub(super) fn check(&self) -> Result<(), ServeError> {
        if self.listen.ip().is_loopback() {
            Ok(())
        } else {
            Err(ServeError::OpenToOthers(self.listen))
        }
    }
}
