//! What Git's configuration says about a server: `http.<key>` and `http.<url>.<key>`.

use std::path::PathBuf;

use git2::{ErrorCode, Repository};

use super::super::address::Server;
use super::super::fault::Place;
use super::super::paths::home;
use super::limits;
use crate::port::RepositoryError;

/// A setting of `http.*` for a server; of several URLs the one that says most.
pub(super) fn of_server(repo: &Repository, server: &Server, key: &str) -> Option<String> {
    all_of_server(repo, server, key).pop()
}

/// All values of a setting that may be given several times, the weakest first.
pub(super) fn all_of_server(repo: &Repository, server: &Server, key: &str) -> Vec<String> {
    if !server.is_http() {
        return Vec::new();
    }
    let Ok(config) = repo.config() else {
        return Vec::new();
    };
    let url = server.shown();
    let mut found: Vec<(usize, String)> = Vec::new();
    // The pattern only narrows what is walked; `suits` decides.
    let Ok(mut entries) = config.entries(Some(&format!("^http\\..*{key}$"))) else {
        return Vec::new();
    };
    while let Some(Ok(entry)) = entries.next() {
        let (Ok(name), Ok(value)) = (entry.name(), entry.value()) else {
            continue;
        };
        let Some(middle) = name
            .strip_prefix("http.")
            .and_then(|rest| rest.strip_suffix(key))
        else {
            continue;
        };
        match middle.strip_suffix('.') {
            None if middle.is_empty() => found.push((0, value.to_owned())),
            Some(prefix) if suits(prefix, &url) => found.push((prefix.len(), value.to_owned())),
            _ => {}
        }
    }
    // Stable: of equals the later one wins, as everywhere in Git.
    found.sort_by_key(|(weight, _)| *weight);
    found.into_iter().map(|(_, value)| value).collect()
}

/// Whether a URL of the configuration speaks for a remote's URL.
fn suits(prefix: &str, url: &str) -> bool {
    let (prefix, url) = (prefix.trim_end_matches('/'), url.trim_end_matches('/'));
    // A user in it narrows further in Git; which user is asked for is not known here.
    let prefix = match (prefix.split_once("://"), prefix.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => prefix.to_owned(),
    };
    let Some(start) = url.get(..prefix.len()) else {
        return false;
    };
    start.eq_ignore_ascii_case(&prefix)
        && matches!(url.as_bytes().get(prefix.len()), None | Some(b'/'))
}

/// The file and the folder of certificate authorities that Git is told to trust.
pub(super) fn authorities(
    repo: &Repository,
    server: &Server,
) -> (Option<PathBuf>, Option<PathBuf>) {
    let told = |variable: &str, key: &str| -> Option<PathBuf> {
        let text = std::env::var_os(variable)
            .map(PathBuf::from)
            .or_else(|| of_server(repo, server, key).map(|text| home(&text)))?;
        (!text.as_os_str().is_empty()).then_some(text)
    };
    (
        told("GIT_SSL_CAINFO", "sslcainfo"),
        told("GIT_SSL_CAPATH", "sslcapath"),
    )
}

/// Lets libgit2 trust the system's authorities, where OpenSSL is built in and does not know its places.
fn trust_system() {
    if cfg!(any(windows, target_vendor = "apple")) {
        return;
    }
    let system = openssl_probe::probe();
    // What cannot be read is not trusted; that tells itself when a server is met.
    let _ = limits::trust(system.cert_file.as_deref(), None);
    for folder in system.cert_dir {
        let _ = limits::trust(None, Some(&folder));
    }
}

/// Lets libgit2 trust them too.
pub(super) fn trust_authorities(repo: &Repository, server: &Server) -> Result<(), RepositoryError> {
    if server.is_http() {
        trust_system();
    }
    let (file, folder) = authorities(repo, server);
    limits::trust(file.as_deref(), folder.as_deref()).map_err(|error| {
        let named = file.or(folder).unwrap_or_default();
        let doing = format!("could not read the certificates in `{}`", named.display());
        match error.code() {
            ErrorCode::NotFound => Place::found(doing, "there is no such file"),
            _ => Place::of(repo).fault(doing)(error),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_speaks_for_itself_and_what_is_below_it() {
        let url = "https://git.acme.org/team/repo.git";
        for prefix in [
            "https://git.acme.org",
            "https://GIT.acme.org/",
            "https://git.acme.org/team",
            "https://me@git.acme.org/",
            url,
        ] {
            assert!(suits(prefix, url), "{prefix}");
        }
        for prefix in [
            "https://git.acme.or",
            "http://git.acme.org",
            "https://git.acme.org/te",
        ] {
            assert!(!suits(prefix, url), "{prefix}");
        }
    }
}
