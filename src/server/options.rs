//! What the server is started with.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use axum::http::HeaderName;
use thiserror::Error;

use super::address::{Issuer, SiteUrl};
use super::network::Network;
use super::oidc::seal::{SessionKey, SessionKeyError};
use crate::domain::RepositoryUrl;
use crate::port::{Commands, RepositoryError};
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
    /// How it learns who people are.
    pub sign_in: SignIn,
    /// Whether it runs the commands of the repositories.
    pub commands: Commands,
    /// How remotes and forges are contacted.
    pub network: NetworkOptions,
}

/// How the server learns who people are.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// It does not ask: only this machine can reach it, and whoever does acts as the user that it runs as.
    None,
    /// A proxy before it signs people in, and names them in headers.
    Proxy(ProxySignIn),
    /// It lets a provider of OpenID Connect sign people in.
    Oidc(OidcSignIn),
}

/// A provider of OpenID Connect that signs people in.
#[derive(Clone, Debug)]
pub struct OidcSignIn {
    /// The issuer of its tokens.
    pub issuer: Issuer,
    /// What it knows the server as.
    pub client_id: String,
    /// The claim with the name of a person; `None` for the e-mail address, or else the subject.
    pub name_claim: Option<String>,
    /// The claim with the groups of a person.
    pub groups_claim: String,
    /// Which e-mail addresses of its tokens count.
    pub emails: TrustedEmails,
    /// What to ask for, beside `openid`, `email` and `profile`.
    pub scopes: Vec<String>,
    /// The address of the dashboard in browsers, to which the provider sends them back.
    pub url: SiteUrl,
    /// How long a session lasts.
    pub session: Duration,
}

/// Which e-mail addresses of a provider count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrustedEmails {
    /// Those that it marks as verified.
    Verified,
    /// Also those without a mark; those that it marks as not verified do not count.
    Unmarked,
}

/// A proxy that signs people in.
#[derive(Clone, Debug)]
pub struct ProxySignIn {
    /// Where it is; requests from elsewhere are refused.
    pub trusted: Vec<Network>,
    /// The header with the name.
    pub user: String,
    /// The header with the e-mail address.
    pub email: String,
    /// The header with the groups, separated by commas.
    pub groups: String,
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
    /// No proxy could name people.
    #[error("sign-in by a proxy needs `--trusted-proxy`: anyone could send its headers otherwise")]
    NoTrustedProxy,
    /// A proxy is listed that would sign nobody in.
    #[error("`--trusted-proxy` needs `--auth proxy`")]
    UnusedProxy,
    /// A provider is named that would sign nobody in.
    #[error("`{0}` needs `--auth oidc`")]
    UnusedProvider(&'static str),
    /// An option of the provider is missing.
    #[error("`--auth oidc` needs `{0}`")]
    NoProvider(&'static str),
    /// No key can be made of the variable.
    #[error("`{}` is no key", SessionKey::VARIABLE)]
    SessionKey(#[source] SessionKeyError),
    /// An address cannot be used.
    #[error("`{0}` cannot be used as an address")]
    Address(String),
    /// There is nothing to serve.
    #[error("there is no repository to serve")]
    NoRepository,
    /// No header can have this name.
    #[error("`{0}` is not the name of a header")]
    Header(String),
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
        match &self.sign_in {
            SignIn::None if self.listen.ip().is_loopback() => Ok(()),
            SignIn::None => Err(ServeError::OpenToOthers(self.listen)),
            SignIn::Proxy(proxy) => proxy.check(),
            SignIn::Oidc(_) => Ok(()),
        }
    }
}

impl ProxySignIn {
    fn check(&self) -> Result<(), ServeError> {
        if self.trusted.is_empty() {
            return Err(ServeError::NoTrustedProxy);
        }
        let mut names = [&self.user, &self.email, &self.groups].into_iter();
        match names.find(|name| HeaderName::from_str(name).is_err()) {
            None => Ok(()),
            Some(name) => Err(ServeError::Header(name.clone())),
        }
    }
}
