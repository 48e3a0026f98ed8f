//! Everything that requests share.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::broadcast;

use super::log::Log;
use super::served::Served;

/// How many changes a slow browser may miss before it is told to look at everything again.
const BUFFER: usize = 64;

/// Everything that requests share.
pub(super) struct Site {
    /// The repositories.
    pub repositories: Vec<Arc<Served>>,
    /// The hosts that requests may name.
    hosts: BTreeSet<String>,
    changes: broadcast::Sender<Arc<str>>,
    /// What happens in the background, and who changes what.
    pub log: Log,
}

impl Site {
    pub fn new(
        repositories: Vec<Arc<Served>>,
        hosts: &[String],
        address: SocketAddr,
        log: Log,
    ) -> Self {
        let port = address.port();
        let own = [
            address.to_string(),
            format!("localhost:{port}"),
            format!("127.0.0.1:{port}"),
            format!("[::1]:{port}"),
        ];
        let hosts = hosts.iter().cloned().chain(own);
        Self {
            repositories,
            hosts: hosts.map(|host| host.to_ascii_lowercase()).collect(),
            changes: broadcast::channel(BUFFER).0,
            log,
        }
    }

    /// The repository with that name.
    pub fn repository(&self, name: &str) -> Option<&Arc<Served>> {
        self.repositories.iter().find(|served| served.name == name)
    }

    /// Whether requests may name this host.
    pub fn has_host(&self, host: &str) -> bool {
        self.hosts.contains(&host.to_ascii_lowercase())
    }

    /// Tells all browsers that a repository shows something else now.
    pub fn changed(&self, repository: &str) {
        // An error means that nobody listens.
        let _ = self.changes.send(Arc::from(repository));
    }

    /// The names of repositories as they change.
    pub fn changes(&self) -> broadcast::Receiver<Arc<str>> {
        self.changes.subscribe()
    }
}
