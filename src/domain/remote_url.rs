//! Where a remote is: on this disk, or behind a URL.
//!
//! # Why
//!
//! A token is for one host, so every reader of a remote's URL must see the same
//! host as Git does. URLs that programs are known to read differently are
//! refused: a backslash, white space or a control character anywhere, or a
//! second `@` before the path.

use std::path::PathBuf;

/// Where a remote is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RemoteAddress {
    /// A folder on this machine.
    Disk(PathBuf),
    /// A repository on a server.
    Server(ServerUrl),
}

/// A URL that names a repository on a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ServerUrl {
    text: String,
    scheme: String,
    host_as_written: String,
    user_info: String,
    path: String,
}

impl RemoteAddress {
    /// Reads a remote's URL or path as Git does; `None` where programs could read it differently.
    pub fn parse(url: &str) -> Option<Self> {
        if let Some((scheme, rest)) = url.split_once("://") {
            if scheme.eq_ignore_ascii_case("file") {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                return Some(Self::Disk(PathBuf::from(unescape(path))));
            }
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (authority, path) = rest.split_at(end);
            let scheme = scheme.to_lowercase();
            let scheme = scheme.replace("git+", "").replace("+git", "");
            let server = ServerUrl::new(url, scheme, authority, path);
            let is_clear = is_unambiguous(url)
                && !server.user_info.contains('@')
                && !server.host_as_written.is_empty();
            return is_clear.then_some(Self::Server(server));
        }
        // `host:path`, unless a slash comes first or it is a drive letter.
        match url.split_once(':') {
            Some((authority, path))
                if !(authority.contains('/') || cfg!(windows) && authority.len() == 1) =>
            {
                let server = ServerUrl::new(url, "ssh".to_owned(), authority, path);
                (!url.contains(char::is_control)).then_some(Self::Server(server))
            }
            _ => Some(Self::Disk(PathBuf::from(url))),
        }
    }

    /// The URL without user, password and query, also for an absolute path; a relative path as it is.
    pub fn url(&self) -> String {
        match self {
            Self::Disk(path) if path.is_absolute() => format!("file://{}", path.display()),
            address => address.without_secrets(),
        }
    }

    /// The URL or path without user, password and query.
    pub fn without_secrets(&self) -> String {
        match self {
            Self::Disk(path) => path.display().to_string(),
            Self::Server(server) => without_user_info(&server.text),
        }
    }
}

/// A URL without user, password and query.
pub fn without_user_info(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (start, rest) = match url.find("://") {
        Some(at) => url.split_at(at + 3),
        None => ("", url),
    };
    // A password may hold a `/` that was not escaped.
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    format!("{start}{rest}")
}

/// Whether all programs read a URL alike: some read a backslash as a slash, others drop white space
/// and control characters.
pub fn is_unambiguous(url: &str) -> bool {
    !url.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control())
}

/// Whether the host of a URL, in lower case and without its port, is this machine: what is sent there stays here.
pub fn is_loopback(host: &str) -> bool {
    let is_octet = |part: &&str| {
        part.parse::<u8>()
            .is_ok_and(|octet| octet.to_string() == **part)
    };
    let parts: Vec<&str> = host.split('.').collect();
    match parts.as_slice() {
        ["localhost" | "::1" | "[::1]"] => true,
        ["127", rest @ ..] => rest.len() == 3 && rest.iter().all(is_octet),
        _ => false,
    }
}

impl ServerUrl {
    fn new(text: &str, scheme: String, authority: &str, path: &str) -> Self {
        let (user_info, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        Self {
            text: text.to_owned(),
            scheme,
            host_as_written: host.to_owned(),
            user_info: user_info.to_owned(),
            path: path.to_owned(),
        }
    }

    /// The scheme in lower case; `ssh` also for `host:path`.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The host in lower case, with its port if the URL has one.
    pub fn host(&self) -> String {
        self.host_as_written.to_lowercase()
    }

    /// The host in the URL's own letters, with its port if the URL has one.
    pub fn host_as_written(&self) -> &str {
        &self.host_as_written
    }

    /// The host in lower case, without its port.
    pub fn host_name(&self) -> String {
        let (name, port) = self.name_and_port();
        let is_number = port.is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()));
        if is_number {
            name.to_lowercase()
        } else {
            self.host()
        }
    }

    /// What follows the host: the path, and the query if there is one.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether every program sees the same host: a plain name or an address, a port that exists,
    /// and at most one `@`.
    pub fn has_clear_host(&self) -> bool {
        let (name, port) = self.name_and_port();
        let is_port =
            |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok();
        is_unambiguous(&self.text)
            && !self.user_info.contains('@')
            && is_host_name(name)
            && port.is_none_or(is_port)
    }

    /// The password and the query in the URL, as written and unescaped.
    pub fn secrets(&self) -> Vec<String> {
        let password = match self.user_info.split_once(':') {
            Some((_, password)) => password,
            // A token is often given as the user, with no password.
            None if self.is_http() => &self.user_info,
            None => "",
        };
        let query = self.text.split_once('?').map_or("", |(_, query)| query);
        [password, query]
            .into_iter()
            .filter(|secret| !secret.is_empty())
            .flat_map(|secret| [secret.to_owned(), unescape(secret)])
            .collect()
    }

    /// The HTTPS URL of the same host, which credential helpers know passwords for.
    pub fn https_url(&self) -> String {
        if self.is_http() {
            without_user_info(&self.text)
        } else {
            format!("https://{}/", self.host_name())
        }
    }

    /// Whether it is reached by HTTP or HTTPS.
    pub fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }

    fn name_and_port(&self) -> (&str, Option<&str>) {
        let host = self.host_as_written.as_str();
        let name_end = if host.starts_with('[') {
            host.find(']').map_or(host.len(), |end| end + 1)
        } else {
            host.find(':').unwrap_or(host.len())
        };
        match host.split_at(name_end) {
            (name, "") => (name, None),
            (name, rest) => match rest.strip_prefix(':') {
                Some(port) => (name, Some(port)),
                None => (host, None),
            },
        }
    }
}

/// Whether it is a host's name, an IPv4 address, or an IPv6 address in brackets.
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_".contains(&b);
        !label.is_empty() && label.bytes().all(is_plain)
    };
    match name.strip_prefix('[').and_then(|v6| v6.strip_suffix(']')) {
        Some(v6) => {
            let is_part = |b: u8| b.is_ascii_hexdigit() || b":.".contains(&b);
            v6.contains(':') && v6.bytes().all(is_part)
        }
        None => name.split('.').all(is_label),
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

    fn server(url: &str) -> ServerUrl {
        match RemoteAddress::parse(url) {
            Some(RemoteAddress::Server(server)) => server,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn only_names_and_addresses_of_this_machine_are_loopback() {
        for host in ["localhost", "127.0.0.1", "127.8.9.10", "[::1]", "::1"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "128.0.0.1",
            "0.0.0.0",
            "[::2]",
            "[::]",
            "127.1",
            "127.0.0.0.1",
            "127.0.0.256",
            "127.0.0.01",
            "127.0.0.+1",
            "localhost.example.com",
            "127.0.0.1.example.com",
        ] {
            assert!(!is_loopback(host), "{host}");
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
                RemoteAddress::parse(url),
                Some(RemoteAddress::Disk(Path::new(path).into()))
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
            assert_eq!((server.scheme(), &*server.host()), (scheme, host), "{url}");
            assert_eq!(server.https_url(), https, "{url}");
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
            assert_eq!(RemoteAddress::parse(url), None, "{url}");
        }
    }

    #[test]
    fn a_host_that_depends_on_the_reader_is_not_clear() {
        for url in [
            "evil.org@x@github.com:a/b",
            "https://github.com%2eevil.org/a",
            "https://github.com:443:8443/a",
            "https://github.com:99999/a",
            "https://github.com:+443/a",
            "https://github.com:/a",
            "https://github.com./a",
            "https://[::1].ghe.com/a",
            "https://[github.com]/a",
            "[::1:a/b",
            "git hub.com:a/b",
            "https://g\u{456}thub.com/a",
        ] {
            assert!(!server(url).has_clear_host(), "{url}");
        }
        for (url, name, path) in [
            ("https://me:x@GitHub.com:443/a/b", "github.com", "/a/b"),
            ("ssh://git@[::1]:22/a", "[::1]", "/a"),
            ("git@host:a/b.git", "host", "a/b.git"),
        ] {
            let server = server(url);
            assert!(server.has_clear_host(), "{url}");
            assert_eq!((&*server.host_name(), server.path()), (name, path), "{url}");
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
            assert_eq!(without_user_info(url), "https://x.org/y");
        }
        assert!(server("ssh://git@x.org/y").secrets().is_empty());
        assert_eq!(
            without_user_info("https://me:p/w@x.org/y?t"),
            "https://x.org/y"
        );
    }
}
