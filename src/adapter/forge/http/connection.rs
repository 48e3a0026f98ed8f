//! How a server is reached: proxies, certificates, deadlines.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Proxy, Url};
use secrecy::{ExposeSecret, SecretString};

use super::error::CallError;
use super::retry::RetryPolicy;
use super::server::ApiServer;
use crate::domain::is_loopback;

/// How servers are reached, as Git's configuration has it.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Files of PEM certificates to trust instead of the system's (`http.sslCAInfo`).
    pub ca_files: Vec<PathBuf>,
    /// The proxy.
    pub proxy: ProxyChoice,
}

/// Which proxy is used.
#[derive(Clone, Debug, Default)]
pub enum ProxyChoice {
    /// The one that the environment names, if any.
    #[default]
    System,
    /// None (`http.proxy` is empty).
    Direct,
    /// This one (`http.proxy`), which may hold a password.
    Through(SecretString),
}

impl Connection {
    /// A client that sends `headers`, the login among them, to a server.
    pub(super) fn client(
        &self,
        headers: HeaderMap,
        server: &ApiServer,
        retry: RetryPolicy,
    ) -> Result<Client, CallError> {
        // A proxy may be another machine, and would read the token.
        let may_use_proxy = !server.is_plain();
        let client = self.builder(headers, may_use_proxy, retry.deadline)?;
        built(client.timeout(retry.deadline))
    }

    /// A client that sends `headers` to any server; the deadline of a request is set with it.
    pub(super) fn client_for(
        &self,
        url: &Url,
        headers: HeaderMap,
        connect_time: Duration,
    ) -> Result<Client, CallError> {
        // A proxy cannot reach what is on this machine.
        let may_use_proxy = !url.host_str().is_some_and(is_loopback);
        built(self.builder(headers, may_use_proxy, connect_time)?)
    }

    fn builder(
        &self,
        headers: HeaderMap,
        may_use_proxy: bool,
        connect_time: Duration,
    ) -> Result<ClientBuilder, CallError> {
        let mut client = Client::builder()
            .user_agent(concat!("git-promote/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            .connect_timeout(connect_time)
            .redirect(Policy::none());
        if !self.ca_files.is_empty() {
            client = client.tls_certs_only(self.certificates()?);
        }
        Ok(match &self.proxy {
            _ if !may_use_proxy => client.no_proxy(),
            ProxyChoice::System => client,
            ProxyChoice::Direct => client.no_proxy(),
            ProxyChoice::Through(url) => client.proxy(through(url)?),
        })
    }

    fn certificates(&self) -> Result<Vec<Certificate>, CallError> {
        let mut all = Vec::new();
        for file in &self.ca_files {
            let unusable = |why: String| {
                let file = file.display();
                CallError::unreachable(format!("the certificates in `{file}`: {why}"))
            };
            let text = fs::read(file).map_err(|e| unusable(e.to_string()))?;
            let found = Certificate::from_pem_bundle(&text).map_err(|e| unusable(innermost(&e)))?;
            all.extend(found);
        }
        Ok(all)
    }
}

fn built(client: ClientBuilder) -> Result<Client, CallError> {
    let unusable = |e| CallError::unreachable(format!("no TLS: {}", innermost(&e)));
    client.build().map_err(unusable)
}

/// The proxy of a URL; its scheme may be missing, as in Git's configuration.
fn through(url: &SecretString) -> Result<Proxy, CallError> {
    let url = url.expose_secret();
    let (scheme, url) = match url.split_once("://") {
        Some((scheme, _)) => (scheme, url.to_owned()),
        None => ("http", format!("http://{url}")),
    };
    // Without the cause: it may contain the URL, and that a password.
    let unusable = |what: &str| CallError::unreachable(format!("the proxy's URL {what}"));
    if !matches!(scheme, "http" | "https") {
        return Err(unusable("is neither `http` nor `https`"));
    }
    Proxy::all(url).map_err(|_| unusable("cannot be used"))
}

/// The last error in a chain: the others repeat it, or name the URL.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
