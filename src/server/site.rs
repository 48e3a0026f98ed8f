//! Everything that requests share.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use super::log::Log;
use super::metrics::Metrics;
use super::oidc::Oidc;
use super::oidc::seal::SessionKey;
use super::options::{ProxySignIn, ServeError, ServeOptions, SignIn};
use super::served::Served;
use super::webhooks::Webhooks;

/// How many changes a slow browser may miss before it is told to look at everything again.
const BUFFER: usize = 64;

/// How many streams of events there may be.
const STREAMS: usize = 1000;

/// How the server knows who sends a request.
pub(super) enum Callers {
    /// Only the user that it runs as can reach it.
    Local,
    /// A proxy names people.
    Proxy(ProxySignIn),
    /// A provider has told who they are.
    Oidc(Box<Oidc>),
}

impl Callers {
    fn of(options: &ServeOptions, repositories: &[Arc<Served>]) -> Result<Self, ServeError> {
        Ok(match &options.sign_in {
            SignIn::None => Self::Local,
            SignIn::Proxy(proxy) => Self::Proxy(proxy.clone()),
            SignIn::Oidc(oidc) => {
                let repository = repositories.first().ok_or(ServeError::NoRepository)?;
                let variables = &options.network.variables;
                Self::Oidc(Box::new(Oidc::new(oidc, variables, repository.http())?))
            }
        })
    }
}

/// Everything that requests share.
pub(super) struct Site {
    /// The repositories.
    pub repositories: Vec<Arc<Served>>,
    /// The hosts that requests may name.
    hosts: BTreeSet<String>,
    /// How it knows who sends a request.
    pub callers: Callers,
    /// What forges prove their webhooks with.
    pub webhooks: Webhooks,
    /// What is counted.
    pub metrics: Metrics,
    changes: broadcast::Sender<Arc<str>>,
    /// The sessions that people have ended.
    sign_outs: broadcast::Sender<Arc<str>>,
    /// The streams of events that may still be opened.
    streams: Arc<Semaphore>,
    /// What happens in the background, and who changes what.
    pub log: Arc<Log>,
}

impl Site {
    pub fn new(
        repositories: Vec<Arc<Served>>,
        options: &ServeOptions,
        address: SocketAddr,
        log: Log,
    ) -> Result<Self, ServeError> {
        let callers = Callers::of(options, &repositories)?;
        let port = address.port();
        let own = [
            address.to_string(),
            format!("localhost:{port}"),
            format!("127.0.0.1:{port}"),
            format!("[::1]:{port}"),
        ];
        let outside = match &callers {
            Callers::Oidc(oidc) => oidc.site.authorities(),
            Callers::Local | Callers::Proxy(_) => Vec::new(),
        };
        let hosts = options.hosts.iter();
        // Browsers leave out the port that is usual for the protocol.
        let bare = hosts.clone().filter_map(|host| {
            let bare = host.strip_suffix(":443");
            bare.or_else(|| host.strip_suffix(":80")).map(str::to_owned)
        });
        let hosts = hosts.cloned().chain(bare).chain(own).chain(outside);
        Ok(Self {
            repositories,
            hosts: hosts.map(|host| host.to_ascii_lowercase()).collect(),
            webhooks: Webhooks::of(&options.network.variables),
            callers,
            metrics: Metrics::default(),
            changes: broadcast::channel(BUFFER).0,
            sign_outs: broadcast::channel(BUFFER).0,
            streams: Arc::new(Semaphore::new(STREAMS)),
            log: Arc::new(log),
        })
    }

    /// Tells whoever runs the server what keeps people from signing in, or signs them out.
    pub async fn check_sign_in(&self) {
        let Callers::Oidc(oidc) = &self.callers else {
            return;
        };
        if oidc.is_key_random {
            self.log.notice(&format!(
                "{} is not set: sessions end with this process, and replicas do not know them; `openssl rand \
                 -base64 32` makes one",
                SessionKey::VARIABLE
            ));
        }
        if let Some(fault) = oidc.fault().await {
            self.log
                .notice(&format!("no sign-in is possible yet: {fault}"));
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

    /// Permission for one more stream of events; `None` if there are too many.
    pub fn stream(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.streams).try_acquire_owned().ok()
    }

    /// How many streams of events are open.
    pub fn open_streams(&self) -> usize {
        STREAMS - self.streams.available_permits()
    }

    /// The names of repositories as they change.
    pub fn changes(&self) -> broadcast::Receiver<Arc<str>> {
        self.changes.subscribe()
    }

    /// Ends what is open for the session with this secret. Other replicas do not know of it.
    pub fn signed_out(&self, session: &str) {
        // An error means that nothing is open.
        let _ = self.sign_outs.send(Arc::from(session));
    }

    /// The secrets of sessions as people end them.
    pub fn sign_outs(&self) -> broadcast::Receiver<Arc<str>> {
        self.sign_outs.subscribe()
    }
}
