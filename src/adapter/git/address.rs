//! Where a remote is: on this disk, or behind a URL.
//!
//! # Why
//!
//! A token is for one host, so this reading of a URL and Git's must never differ.
//! What programs are known to read in different ways is refused instead: a
//! backslash, white space or a control character anywhere, a second `@` before
//! the path.

use std::path::PathBuf;

/// Where a remote is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Address {
    /// A folder on this machine.
    Disk(PathBuf),
    /// A server.
    Server(Server),
}

/// A server and a repository on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Server {
    /// The URL as Git has it; may hold a password, so it is never shown.
    pub(super) url: String,
    /// In lower case; `ssh` also for `host:path`.
    pub(super) scheme: String,
    /// The host in lower case, with its port if the URL names one.
    pub(super) host: String,
    /// The same as the URL has it.
    pub(super) host_in_url: String,
    /// The user, and perhaps the password, that the URL names.
    login: String,
}

impl Address {
    /// Reads a remote's URL or path as Git does; `None` where programs could read it differently.
    pub(super) fn of(url: &str) -> Option<Self> {
        let odd = |c: char| c == '\\' || c.is_whitespace() || c.is_control();
        if let Some((scheme, rest)) = url.split_once("://") {
            if scheme.eq_ignore_ascii_case("file") {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                return Some(Self::Disk(PathBuf::from(unescape(path))));
            }
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (login, host) = rest[..end].rsplit_once('@').unwrap_or(("", &rest[..end]));
            let is_doubtful = url.contains(odd) || login.contains('@') || host.is_empty();
            return (!is_doubtful).then(|| {
                Self::Server(Server {
                    url: url.to_owned(),
                    scheme: scheme
                        .to_lowercase()
                        .replace("git+", "")
                        .replace("+git", ""),
                    host: host.to_lowercase(),
                    host_in_url: host.to_owned(),
                    login: login.to_owned(),
                })
            });
        }
        // `host:path`, unless a slash comes first or it is a drive letter.
        match url.split_once(':') {
            Some((host, _)) if !(host.contains('/') || cfg!(windows) && host.len() == 1) => {
                let (login, host) = host.rsplit_once('@').unwrap_or(("", host));
                (!url.contains(char::is_control)).then(|| {
                    Self::Server(Server {
                        url: url.to_owned(),
                        scheme: "ssh".to_owned(),
                        host: host.to_owned(),
                        host_in_url: host.to_owned(),
                        login: login.to_owned(),
                    })
                })
            }
            _ => Some(Self::Disk(PathBuf::from(url))),
        }
    }

    /// The URL or path, as it may be shown.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Disk(path) => path.display().to_string(),
            Self::Server(server) => without_login(&server.url),
        }
    }
}

/// A URL without user, password and query.
pub(super) fn without_login(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (start, rest) = match url.find("://") {
        Some(at) => url.split_at(at + 3),
        None => ("", url),
    };
    // A password may hold a `/` that was not escaped.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    format!("{start}{rest}")
}

impl Server {
    /// The password and the query in the URL, as they stand there and as they are meant.
    pub(super) fn secrets(&self) -> Vec<String> {
        let password = match self.login.split_once(':') {
            Some((_, password)) => password,
            // A token is often given as the user, with no password.
            None if self.is_http() => &self.login,
            None => "",
        };
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        [password, query]
            .into_iter()
            .filter(|secret| !secret.is_empty())
            .flat_map(|secret| [secret.to_owned(), unescape(secret)])
            .collect()
    }

    /// The same host by HTTPS, which is how a forge's API and its passwords go.
    pub(super) fn by_https(&self) -> String {
        if self.is_http() {
            return without_login(&self.url);
        }
        let has_port = |(_, port): &(&str, &str)| port.bytes().all(|b| b.is_ascii_digit());
        let name = self.host.rsplit_once(':').filter(has_port);
        format!("https://{}/", name.map_or(&*self.host, |(name, _)| name))
    }

    /// Whether the connection is encrypted, or stays on this machine.
    pub(super) fn is_private(&self) -> bool {
        let (name, port) = self.host.rsplit_once(':').unwrap_or((&self.host, ""));
        let name = if port.bytes().all(|b| b.is_ascii_digit()) {
            name
        } else {
            &self.host
        };
        let number = name.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        self.scheme == "https"
            || name == "localhost"
            || number.is_ok_and(|number| number.is_loopback())
    }

    /// Whether it is reached by HTTP.
    pub(super) fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }
}

/// Resolves `%20` and its like.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let (b'%', Some(byte)) = (first, escaped) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn server(url: &str) -> Server {
        match Address::of(url) {
            Some(Address::Server(server)) => server,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn paths_and_file_urls_are_on_this_disk() {
        for (url, path) in [
            ("../a.git", "../a.git"),
            ("/a:b", "/a:b"),
            ("/a b", "/a b"),
            ("file:///a%20b", "/a b"),
        ] {
            assert_eq!(
                Address::of(url),
                Some(Address::Disk(Path::new(path).into()))
            );
        }
    }

    #[test]
    fn a_server_has_a_scheme_and_a_host() {
        for (url, scheme, host, https) in [
            ("https://x.org/y", "https", "x.org", "https://x.org/y"),
            ("https://X.org:8/y", "https", "x.org:8", "https://X.org:8/y"),
            ("git@host:a/b.git", "ssh", "host", "https://host/"),
            ("ssh://me@host:22/a", "ssh", "host:22", "https://host/"),
        ] {
            let server = server(url);
            assert_eq!((&*server.scheme, &*server.host), (scheme, host), "{url}");
            assert_eq!(server.by_https(), https, "{url}");
        }
    }

    #[test]
    fn what_programs_read_differently_is_refused() {
        for url in [
            r"https://evil.org\@github.com/a/b",
            r"https://github.com\.evil.org/a/b",
            "https://github.com\t@evil.org/a",
            "https://github.com@x@evil.org/a",
            "https://github.com /a",
            "https:///a",
            "host\n:a",
        ] {
            assert_eq!(Address::of(url), None, "{url}");
        }
    }

    #[test]
    fn a_token_goes_by_tls_or_stays_on_this_machine() {
        for (url, expected) in [
            ("https://x.org/y", true),
            ("http://x.org/y", false),
            ("http://localhost:80/y", true),
            ("http://127.1.2.3/y", true),
            ("http://[::1]:80/y", true),
            ("http://127.0.0.1.evil.org/y", false),
        ] {
            assert_eq!(server(url).is_private(), expected, "{url}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "https://me:s%20t@x.org/y",
            "https://s%20t@x.org/y",
            "https://x.org/y?s%20t",
        ] {
            assert_eq!(server(url).secrets(), ["s%20t", "s t"], "{url}");
            assert_eq!(without_login(url), "https://x.org/y");
        }
        assert!(server("ssh://git@x.org/y").secrets().is_empty());
        assert_eq!(without_login("https://me:p/w@x.org/y?t"), "https://x.org/y");
    }
}
