//! Addresses of web servers, as options name them.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use url::Url;

use crate::domain::is_loopback;

/// The address of the dashboard in browsers: `https://promote.example.com`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SiteUrl(Url);

/// The issuer of a provider of OpenID Connect, exactly as its tokens name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issuer(String);

/// A text that is no address of a web server, or none that can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum ParseAddressError {
    /// It is no URL of a web server.
    #[error("it is no URL such as `https://host.example.com`")]
    NoUrl,
    /// Others could read and change what is sent.
    #[error("it must begin with `https://`; only on this machine, `http://` is enough")]
    Plain,
    /// It has a part that has no meaning there.
    #[error("it must have no {0}")]
    Part(&'static str),
}

impl SiteUrl {
    /// The address of a page.
    ///
    /// `None` if the reference leads to another site, as `//host` and `\\host` do.
    pub(super) fn page(&self, reference: &str) -> Option<Url> {
        let page = self.0.join(reference).ok()?;
        let is_own = reference.starts_with('/') && page.origin() == self.0.origin();
        is_own.then_some(page)
    }

    /// The start page.
    pub(super) fn start(&self) -> Url {
        self.0.clone()
    }

    /// The host with its port; without and with the port if it is the usual one.
    pub(super) fn authorities(&self) -> Vec<String> {
        let authority = self.0.authority();
        let usual = match (self.0.port(), self.0.port_or_known_default()) {
            (None, Some(port)) => Some(format!("{authority}:{port}")),
            _ => None,
        };
        [Some(authority.to_owned()), usual]
            .into_iter()
            .flatten()
            .collect()
    }

    /// Whether a request is sent to this host.
    pub(super) fn has_authority(&self, host: &str) -> bool {
        let mut own = self.authorities().into_iter();
        own.any(|own| own.eq_ignore_ascii_case(host))
    }

    /// Whether the pages with this origin are those of the dashboard.
    pub(super) fn has_origin(&self, origin: &str) -> bool {
        Url::parse(origin).is_ok_and(|url| url.origin() == self.0.origin())
    }

    /// Whether browsers use HTTPS.
    pub(super) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }
}

impl FromStr for SiteUrl {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        let url = trusted(text)?;
        if url.path() != "/" {
            return Err(ParseAddressError::Part("path"));
        }
        Ok(Self(url))
    }
}

impl FromStr for Issuer {
    type Err = ParseAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAddressError> {
        trusted(text)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The URL in a text, if what is sent there stays between both sides.
fn trusted(text: &str) -> Result<Url, ParseAddressError> {
    let url = Url::parse(text).map_err(|_| ParseAddressError::NoUrl)?;
    if !url.has_host() || !matches!(url.scheme(), "http" | "https") {
        return Err(ParseAddressError::NoUrl);
    }
    if !is_private(&url) {
        return Err(ParseAddressError::Plain);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ParseAddressError::Part("name and password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(ParseAddressError::Part("query or fragment"));
    }
    Ok(url)
}

/// Whether nobody else can read what is sent to a URL: by HTTPS, or because it stays on this machine.
pub(super) fn is_private(url: &Url) -> bool {
    let is_here = url.host_str().is_some_and(is_loopback);
    url.scheme() == "https" || url.scheme() == "http" && is_here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_nobody_can_listen_to_are_taken() {
        use ParseAddressError::{NoUrl, Part, Plain};
        for (text, expected) in [
            ("https://promote.example.com", Ok(())),
            ("https://promote.example.com:8443/", Ok(())),
            ("http://localhost:8420", Ok(())),
            ("http://127.0.0.1:8420", Ok(())),
            ("http://[::1]:8420", Ok(())),
            ("http://promote.example.com", Err(Plain)),
            ("http://localhost.example.com", Err(Plain)),
            ("promote.example.com", Err(NoUrl)),
            ("file:///etc/passwd", Err(NoUrl)),
            (
                "https://ada:secret@promote.example.com",
                Err(Part("name and password")),
            ),
            (
                "https://promote.example.com/?a",
                Err(Part("query or fragment")),
            ),
            (
                "https://promote.example.com/#a",
                Err(Part("query or fragment")),
            ),
        ] {
            assert_eq!(text.parse::<SiteUrl>().map(|_| ()), expected, "{text}");
            assert_eq!(text.parse::<Issuer>().map(|_| ()), expected, "{text}");
        }
        let deep = "https://login.example.com/realms/acme";
        assert_eq!(deep.parse::<SiteUrl>(), Err(Part("path")));
        assert_eq!(
            deep.parse::<Issuer>().map(|issuer| issuer.to_string()),
            Ok(deep.to_owned())
        );
    }

    #[test]
    fn a_page_is_of_the_own_site() {
        let site: SiteUrl = "https://promote.example.com".parse().unwrap();
        let page = |reference: &str| site.page(reference).map(|page| page.to_string());
        for (reference, expected) in [
            ("/", "https://promote.example.com/"),
            (
                "/r/shop?a=b%20c",
                "https://promote.example.com/r/shop?a=b%20c",
            ),
            (
                "/r/..//evil.example",
                "https://promote.example.com//evil.example",
            ),
            (
                "/\u{e4}\r\nX: y",
                "https://promote.example.com/%C3%A4X:%20y",
            ),
        ] {
            assert_eq!(page(reference).as_deref(), Some(expected), "{reference:?}");
        }
        for reference in [
            "",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n\\evil.example",
            "https://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
            "evil.example",
            " //evil.example",
            "@evil.example",
        ] {
            assert_eq!(page(reference), None, "{reference:?}");
        }
    }
}
