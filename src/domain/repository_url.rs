//! The repository of an environment, as the configuration names it.
//!
//! # Why
//!
//! Everyone who can read the configuration reads this URL, and messages show it. So it has no password,
//! and only the transports of Git that run no other program.

use std::fmt;

use thiserror::Error;

use super::remote_url::{RemoteAddress, is_unambiguous};

/// A URL of a repository, or its path from the URL of the configuration's repository, as Git's submodules
/// have it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct RepositoryUrl(String);

/// Why a text is not a [`RepositoryUrl`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum RepositoryUrlError {
    /// It has a user with a password, a token, or a query.
    #[error("the URL has a password or token")]
    Secret,
    /// Git and other programs could read it differently.
    #[error("the URL is not valid")]
    Unclear,
    /// Git would run another program, or does not know the transport.
    #[error("the URL is not one of `https`, `http`, `ssh` or `file`")]
    Transport,
    /// It is neither a URL nor a path that shows where it begins.
    #[error("this is neither a URL nor a path that begins with `./`, `../` or `/`")]
    NotAUrl,
}

impl RepositoryUrl {
    /// Parses a URL, or a path that begins with `./`, `../` or `/`.
    ///
    /// # Errors
    /// [`RepositoryUrlError`]; its message does not have the text, which may have a password.
    pub fn parse(text: &str) -> Result<Self, RepositoryUrlError> {
        if !is_unambiguous(text) || text.contains(['\'', '"', '!']) {
            return Err(RepositoryUrlError::Unclear);
        }
        // As it is written, because Git starts a program of its own for `git+http`.
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        let is_known = |scheme| ["https", "http", "ssh", "file"].contains(&scheme);
        if scheme.is_some_and(|scheme| !is_known(scheme)) {
            return Err(RepositoryUrlError::Transport);
        }
        let is_path = ["/", "./", "../"]
            .iter()
            .any(|start| text.starts_with(start));
        match RemoteAddress::parse(text) {
            Some(RemoteAddress::Server(server)) => {
                let is_short = !text.contains("://");
                // `user:password@host:path`, which Git takes for a path on the host `user`.
                let first = server.path().split('/').next().unwrap_or_default();
                let has_password = is_short && first.contains('@');
                if has_password || !server.secrets().is_empty() || text.contains(['?', '#']) {
                    return Err(RepositoryUrlError::Secret);
                }
                let is_helper = is_short && server.path().starts_with(':');
                if is_helper || !["https", "http", "ssh"].contains(&server.scheme()) {
                    return Err(RepositoryUrlError::Transport);
                }
                if !server.has_clear_host() || text.starts_with('-') {
                    return Err(RepositoryUrlError::Unclear);
                }
            }
            Some(RemoteAddress::Disk(_)) if is_path || text.contains("://") => {}
            Some(RemoteAddress::Disk(_)) => return Err(RepositoryUrlError::NotAUrl),
            None => return Err(RepositoryUrlError::Unclear),
        }
        Ok(Self(text.to_owned()))
    }

    /// As the configuration has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it depends on where the configuration is.
    pub fn is_relative(&self) -> bool {
        self.0.starts_with("./") || self.0.starts_with("../")
    }

    /// The URL, if the configuration is in the repository at the URL `base`; `None` if it is relative and
    /// leaves the server or the disk.
    pub fn from(&self, base: &str) -> Option<String> {
        if !self.is_relative() {
            return Some(self.0.clone());
        }
        // What comes before the path stays.
        let fixed = match base.split_once("://") {
            Some((scheme, rest)) => scheme.len() + 3 + rest.find('/')?,
            None if base.starts_with('/') => 0,
            None => base.find(':').map_or(0, |colon| colon + 1),
        };
        let (start, path) = base.split_at(fixed);
        let is_absolute = path.starts_with('/');
        let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        for part in self.0.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().filter(|part| *part != "..")?;
                }
                name => parts.push(name),
            }
        }
        if parts.is_empty() {
            return None;
        }
        let slash = if is_absolute { "/" } else { "" };
        Some(format!("{start}{slash}{}", parts.join("/")))
    }
}

impl fmt::Display for RepositoryUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{RepositoryUrl, RepositoryUrlError};

    #[test]
    fn urls_and_paths_are_repositories() {
        for text in [
            "https://git.example/acme/prod.git",
            "http://127.0.0.1:80/prod",
            "ssh://git@git.example:22/acme/prod.git",
            "git@git.example:acme/prod.git",
            "file:///srv/git/prod.git",
            "/srv/git/prod.git",
            "../prod.git",
            "./prod",
        ] {
            assert!(RepositoryUrl::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn passwords_and_other_programs_are_refused() {
        use RepositoryUrlError::{NotAUrl, Secret, Transport, Unclear};
        for (text, expected) in [
            ("https://me:secret@git.example/a", Secret),
            ("https://token@git.example/a", Secret),
            ("https://git.example/a?token=x", Secret),
            ("ssh://me:secret@git.example/a", Secret),
            ("me:secret@git.example:a", Secret),
            ("ext::sh -c date", Unclear),
            ("ext::date", Transport),
            ("fd://17", Transport),
            ("git+http://git.example/a", Transport),
            ("http+git://git.example/a", Transport),
            ("git://git.example/a", Transport),
            ("https://git.example\\@evil.example/a", Unclear),
            ("-oProxyCommand=x:a", Unclear),
            ("prod", NotAUrl),
            ("", NotAUrl),
            ("..", NotAUrl),
        ] {
            assert_eq!(RepositoryUrl::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_relative_path_begins_at_the_configurations_repository() {
        for (path, base, expected) in [
            (
                "../prod",
                "https://h/acme/x.git",
                Some("https://h/acme/prod"),
            ),
            (
                "../../b/c.git",
                "https://h/acme/x/",
                Some("https://h/b/c.git"),
            ),
            ("../../../c", "https://h/acme/x", None),
            ("../prod", "git@h:acme/x", Some("git@h:acme/prod")),
            ("../prod", "git@h:x", Some("git@h:prod")),
            ("../../prod", "git@h:x", None),
            ("../../prod", "../x.git", None),
            ("../prod", "/srv/x.git", Some("/srv/prod")),
            ("./prod", "/srv/x", Some("/srv/x/prod")),
            ("../prod", "file:///srv/x", Some("file:///srv/prod")),
            ("/srv/prod", "https://h/x", Some("/srv/prod")),
        ] {
            let url = RepositoryUrl::parse(path).unwrap();
            assert_eq!(url.from(base).as_deref(), expected, "{path} {base}");
        }
    }
}
