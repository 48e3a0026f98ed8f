//! The way to GitHub: deadlines, certificates, proxies, and what every request says.

use std::fs;
use std::path::PathBuf;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, Proxy};
use secrecy::{ExposeSecret, SecretString};

use super::Patience;
use super::fault::{Fault, Trouble};
use super::server::Server;

/// How GitHub is reached, as Git's configuration has it.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Files of PEM certificates to trust instead of the system's (`http.sslCAInfo`).
    pub ca_files: Vec<PathBuf>,
    /// The proxy.
    pub proxy: ProxyChoice,
}

/// Which proxy stands between.
#[derive(Clone, Debug, Default)]
pub enum ProxyChoice {
    /// What the environment says.
    #[default]
    System,
    /// None (`http.proxy` is empty).
    Direct,
    /// This one (`http.proxy`), which may hold a password.
    Through(SecretString),
}

impl Connection {
    /// A client that logs in with `token` at a server.
    pub(super) fn client(
        &self,
        token: &SecretString,
        server: &Server,
        patience: Patience,
    ) -> Result<Client, Fault> {
        let mut client = Client::builder()
            .user_agent(concat!("git-promote/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(token)?)
            .connect_timeout(patience.deadline)
            .timeout(patience.deadline)
            .redirect(Policy::none());
        if !self.ca_files.is_empty() {
            client = client.tls_certs_only(self.certificates()?);
        }
        client = match &self.proxy {
            // A proxy may be another machine, and would read the token.
            _ if server.is_plain() => client.no_proxy(),
            ProxyChoice::System => client,
            ProxyChoice::Direct => client.no_proxy(),
            ProxyChoice::Through(url) => client.proxy(through(url)?),
        };
        let wrong = |e| Fault::lasting(Trouble::new(format!("no TLS: {}", innermost(&e))));
        client.build().map_err(wrong)
    }

    fn certificates(&self) -> Result<Vec<Certificate>, Fault> {
        let mut all = Vec::new();
        for file in &self.ca_files {
            let wrong = |why: String| {
                let file = file.display();
                Fault::lasting(Trouble::new(format!("the certificates in `{file}`: {why}")))
            };
            let text = fs::read(file).map_err(|e| wrong(e.to_string()))?;
            let found = Certificate::from_pem_bundle(&text).map_err(|e| wrong(innermost(&e)))?;
            all.extend(found);
        }
        Ok(all)
    }
}

/// A proxy by its URL, of which the scheme may be left out as in Git's configuration.
fn through(url: &SecretString) -> Result<Proxy, Fault> {
    let url = url.expose_secret();
    let (scheme, url) = match url.split_once("://") {
        Some((scheme, _)) => (scheme, url.to_owned()),
        None => ("http", format!("http://{url}")),
    };
    // What is wrong is not told: it may hold the URL, and that a password.
    let wrong = |what: &str| Fault::lasting(Trouble::new(format!("the proxy's URL {what}")));
    if !matches!(scheme, "http" | "https") {
        return Err(wrong("is neither `http` nor `https`"));
    }
    Proxy::all(url).map_err(|_| wrong("cannot be used"))
}

/// What every request says; octocrab adds the version of the API.
fn headers(token: &SecretString) -> Result<HeaderMap, Fault> {
    let login = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
    let mut login = login
        .map_err(|_| Fault::credentials(Trouble::new("it holds characters that no token has")))?;
    login.set_sensitive(true);
    let json = HeaderValue::from_static("application/vnd.github+json");
    Ok(HeaderMap::from_iter([
        (AUTHORIZATION, login),
        (ACCEPT, json),
    ]))
}

/// What the last error in a chain says: the others repeat it, or name the URL.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
