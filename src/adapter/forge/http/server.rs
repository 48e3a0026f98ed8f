//! The only server that a token is sent to.
//!
//! # Why
//!
//! Every request carries a token, and a token opens everything its owner can
//! reach. So a client is bound to the scheme, host and port of its API's
//! address: it sends nothing elsewhere, whatever a redirect names, and it uses
//! plain HTTP only within this machine.

use reqwest::Url;

use super::error::CallError;
use crate::domain::{is_loopback, is_unambiguous};

/// A server that a token may be sent to.
#[derive(Clone, Debug)]
pub(super) struct ApiServer {
    api: Url,
}

impl ApiServer {
    /// The server of an API's address, e.g. of `https://api.github.com`.
    ///
    /// # Errors
    /// When the address names no server, or one that is reached without encryption.
    pub(super) fn parse(api: &str) -> Result<Self, CallError> {
        let refused = |why: &str| CallError::bad_address(format!("the API's address {why}"));
        if !is_unambiguous(api) {
            return Err(refused(
                "has a backslash, white space or control characters",
            ));
        }
        let api = Url::parse(api).map_err(|_| refused("is not a URL"))?;
        if !api.username().is_empty() || api.password().is_some() {
            return Err(refused("has a user or a password"));
        }
        if api.query().is_some() || api.fragment().is_some() {
            return Err(refused("has a `?` or a `#`"));
        }
        match api.scheme() {
            "https" => Ok(Self { api }),
            "http" if api.host_str().is_some_and(is_loopback) => Ok(Self { api }),
            "http" => Err(refused(&format!(
                "`{api}` is plain HTTP, and tokens are only sent over HTTPS"
            ))),
            _ => Err(refused("is neither `https` nor `http`")),
        }
    }

    /// Whether a URL is on this server: the same scheme, host and port.
    pub(super) fn contains(&self, url: &Url) -> bool {
        url.origin() == self.api.origin()
    }

    /// Scheme, host and port, for a message.
    pub(super) fn name(&self) -> String {
        self.api.origin().ascii_serialization()
    }

    /// Whether it is reached without encryption, which is allowed on this machine only.
    pub(super) fn is_plain(&self) -> bool {
        self.api.scheme() == "http"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for api in [
            "https://api.github.com",
            "https://git.example.org:8443/api/v3",
            "http://127.0.0.1:8080/api/v3",
            "http://127.8.9.10/api/v3",
            "http://[::1]:8080",
            "http://LOCALHOST:8080",
        ] {
            assert!(ApiServer::parse(api).is_ok(), "{api}");
        }
        for api in [
            "http://api.github.com",
            "HTTP://api.github.com",
            "http://128.0.0.1",
            "http://10.0.0.1/api/v3",
            "http://[::2]",
            "http://0.0.0.0",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
        ] {
            let refused = ApiServer::parse(api).map(|server| server.name());
            let why = format!("{:?}", refused.unwrap_err());
            assert!(why.contains("is plain HTTP"), "{api}: {why}");
        }
    }

    #[test]
    fn an_address_that_is_more_or_less_than_a_server_is_refused() {
        for api in [
            "",
            "api.github.com",
            "https://",
            "ftp://api.github.com",
            "file:///etc/passwd",
            "https://ada@api.github.com",
            "https://api.github.com:hunter2@evil.example",
            "https://api.github.com?x=",
            "https://api.github.com#x",
            r"https://evil.example\@api.github.com",
            r"http://127.0.0.1\.evil.example",
            "http://127.0.0.1\t.evil.example",
            "https://api.git\nhub.com",
            " https://api.github.com",
        ] {
            let refused = ApiServer::parse(api).map(|server| server.name());
            let why = format!("{:?}", refused.unwrap_err());
            assert!(!why.contains("hunter2"), "{api:?}: {why}");
        }
    }

    #[test]
    fn another_scheme_host_or_port_is_another_server() {
        let server = ApiServer::parse("https://git.example.org/api/v3").unwrap();
        let contains = |url: &str| server.contains(&Url::parse(url).unwrap());
        assert!(contains("https://git.example.org/repositories/17"));
        assert!(contains("https://git.example.org:443/"));
        for other in [
            "http://git.example.org/api/v3",
            "http://git.example.org:443/api/v3",
            "https://git.example.org:8443/api/v3",
            "https://example.org/api/v3",
            "https://git.example.org.evil.example/api/v3",
            "https://git.example.org@evil.example/api/v3",
        ] {
            assert!(!contains(other), "{other}");
        }
    }
}
