//! Where a remote is: on this disk, or behind a URL.

use std::path::PathBuf;

use url::Url;

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
    /// The server's name.
    pub(super) host: String,
    /// Its port, if the URL names one.
    pub(super) port: Option<u16>,
    /// The user that the URL names.
    pub(super) user: Option<String>,
}

impl Address {
    /// Reads a remote's URL or path as Git does.
    pub(super) fn of(url: &str) -> Self {
        if let Some((scheme, rest)) = url.split_once("://") {
            if scheme.eq_ignore_ascii_case("file") {
                let path = rest.strip_prefix("localhost").unwrap_or(rest);
                return Self::Disk(super::paths::from_bytes(&unescape(path)));
            }
            let parsed = Url::parse(url).ok();
            let parsed = parsed.as_ref();
            return Self::Server(Server {
                url: url.to_owned(),
                scheme: scheme
                    .to_lowercase()
                    .replace("git+", "")
                    .replace("+git", ""),
                host: parsed
                    .and_then(Url::host_str)
                    .unwrap_or_default()
                    .to_owned(),
                port: parsed.and_then(Url::port),
                user: parsed
                    .map(|parsed| {
                        String::from_utf8_lossy(&unescape(parsed.username())).into_owned()
                    })
                    .filter(|user| !user.is_empty()),
            });
        }
        // `host:path`, unless a slash comes first or it is a drive letter.
        match url.split_once(':') {
            Some((host, _)) if !(host.contains('/') || cfg!(windows) && host.len() == 1) => {
                let (user, host) = match host.rsplit_once('@') {
                    Some((user, host)) => (Some(user.to_owned()), host),
                    None => (None, host),
                };
                Self::Server(Server {
                    url: url.to_owned(),
                    scheme: "ssh".to_owned(),
                    host: host.to_owned(),
                    port: None,
                    user,
                })
            }
            _ => Self::Disk(PathBuf::from(url)),
        }
    }
}

impl Server {
    /// The URL without user, password and query, as it may be shown.
    pub(super) fn shown(&self) -> String {
        if let Ok(mut url) = Url::parse(&self.url) {
            // Only a URL that cannot have them refuses, and then there are none.
            let _ = url.set_password(None);
            let _ = url.set_username("");
            url.set_query(None);
            return url.to_string();
        }
        let rest = self.url.rsplit_once('@');
        let rest = rest.map_or(&*self.url, |(_, rest)| rest);
        rest.split('?').next().unwrap_or_default().to_owned()
    }

    /// `host`, or `host:port`.
    pub(super) fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// The password and the query in the URL, as they stand there and as they are meant.
    pub(super) fn secrets(&self) -> Vec<String> {
        let url = Url::parse(&self.url);
        let found: Vec<&str> = if let Ok(url) = &url {
            // A token is often given as the user, with no password.
            let lone = || self.is_http().then(|| url.username());
            let password = url.password().or_else(lone);
            password.into_iter().chain(url.query()).collect()
        } else {
            // A password with a `/` that is not escaped, and its like.
            let within = self.url.split_once("://").map_or("", |(_, rest)| rest);
            let login = within.rsplit_once('@').map_or("", |(login, _)| login);
            let password = login.split_once(':').map_or("", |(_, password)| password);
            let query = within.split_once('?').map_or("", |(_, query)| query);
            vec![login, password, query]
        };
        let meant = |text: &str| String::from_utf8_lossy(&unescape(text)).into_owned();
        (found.into_iter())
            .filter(|secret| !secret.is_empty())
            .flat_map(|secret| [secret.to_owned(), meant(secret)])
            .collect()
    }

    /// The same repository by HTTPS, which is how a forge's API and its passwords go.
    pub(super) fn by_https(&self) -> Self {
        if self.is_http() {
            return self.clone();
        }
        Self {
            url: format!("https://{}/", self.host),
            scheme: "https".to_owned(),
            host: self.host.clone(),
            port: None,
            user: None,
        }
    }

    /// Whether nobody on the way can read along: by TLS, or within this machine.
    pub(super) fn is_private(&self) -> bool {
        self.scheme == "https"
            || matches!(
                self.host.as_str(),
                "localhost" | "127.0.0.1" | "[::1]" | "::1"
            )
    }

    /// Whether it is spoken to by HTTP.
    pub(super) fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }
}

/// Resolves `%20` and its like.
fn unescape(text: &str) -> Vec<u8> {
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
    bytes
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn disk(url: &str) -> PathBuf {
        match Address::of(url) {
            Address::Disk(path) => path,
            Address::Server(server) => panic!("{server:?}"),
        }
    }

    fn server(url: &str) -> Server {
        match Address::of(url) {
            Address::Server(server) => server,
            Address::Disk(path) => panic!("{path:?}"),
        }
    }

    #[test]
    fn paths_and_file_urls_are_on_this_disk() {
        assert_eq!(disk("../a.git"), Path::new("../a.git"));
        assert_eq!(disk("/a:b"), Path::new("/a:b"));
        assert_eq!(disk("file:///a%20b"), Path::new("/a b"));
    }

    #[test]
    fn a_server_has_a_scheme_a_host_and_perhaps_a_user() {
        let told = |url| {
            let server = server(url);
            (server.scheme, server.host, server.user.unwrap_or_default())
        };
        let of = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(told("https://x.org/y"), of("https", "x.org", ""));
        assert_eq!(told("git@host:a/b.git"), of("ssh", "host", "git"));
        assert_eq!(told("ssh://me@host:22/a"), of("ssh", "host", "me"));
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "https://me:s%20t@x.org/y",
            "https://s%20t@x.org/y",
            "https://x.org/y?token=s%20t",
        ] {
            let secrets = server(url).secrets();
            assert!(
                secrets.iter().any(|secret| secret.contains("s%20t")),
                "{url}"
            );
            assert_eq!(server(url).shown(), "https://x.org/y");
        }
        assert_eq!(
            server("https://me:s%20t@x.org/y").secrets(),
            ["s%20t", "s t"]
        );
        assert!(server("https://x.org/y?").secrets().is_empty());
        let odd = server("https://me:p/w@x.org/y?token=s");
        assert_eq!(odd.shown(), "x.org/y");
        for secret in ["p/w", "token=s"] {
            assert!(odd.secrets().iter().any(|s| s == secret), "{secret}");
        }
    }
}
