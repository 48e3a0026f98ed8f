//! Where a repository is on GitHub, by its remote's URL.

use crate::domain::ServerUrl;

/// A repository of github.com or of a GitHub Enterprise server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// The REST API's base, without a slash at its end, e.g. `https://api.github.com` or
    /// `https://git.example.org/api/v3`.
    pub api: String,
    /// The host, with its port where the URL has one, e.g. `github.com`.
    pub host: String,
    /// The user or organization.
    pub owner: String,
    /// The repository's name.
    pub repository: String,
}

impl Address {
    /// The repository that a remote's URL names.
    ///
    /// `None` for URLs that name no owner and repository, or whose host programs read differently:
    /// the host decides which token is used. The API of a host that [`Address::is_github`] does
    /// not know is a guess.
    pub fn of(url: &ServerUrl) -> Option<Self> {
        let path = url.path().trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let (owner, repository) = path.split_once('/')?;
        let (scheme, host) = match url.scheme() {
            "http" => ("http", url.host()),
            "https" => ("https", url.host()),
            // The port of SSH is not the API's.
            "ssh" | "git" => ("https", url.host_name()),
            _ => return None,
        };
        let host = match host.as_str() {
            "ssh.github.com" | "www.github.com" => "github.com".to_owned(),
            _ => host,
        };
        let is_clear = url.has_clear_host() && is_plain(owner) && is_plain(repository);
        is_clear.then(|| Self {
            api: api(scheme, &host),
            host,
            owner: owner.to_owned(),
            repository: repository.to_owned(),
        })
    }

    /// Whether the host is known to be GitHub's; any other has to be configured.
    pub fn is_github(&self) -> bool {
        self.host == "github.com" || self.host.ends_with(".ghe.com")
    }

    /// The repository as people write it, e.g. `github.com/acme/shop`.
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.host, self.owner, self.repository)
    }

    /// The page with the history of a file up to a commit.
    pub(super) fn history_page(&self, commit: &str, path: &str) -> String {
        let scheme = self.api.split("://").next().unwrap_or("https");
        format!("{scheme}://{}/commits/{commit}/{path}", self.name())
    }

    /// The URL of a resource of the repository, e.g. of `pulls`.
    pub(super) fn repository_url(&self, rest: &str) -> String {
        format!(
            "{}/repos/{}/{}/{rest}",
            self.api, self.owner, self.repository
        )
    }

    /// The URL of the GraphQL API, which on an Enterprise server is not below the REST API.
    pub(super) fn graphql_url(&self) -> String {
        let base = self.api.strip_suffix("/v3").unwrap_or(&self.api);
        format!("{base}/graphql")
    }
}

fn api(scheme: &str, host: &str) -> String {
    if host == "github.com" || host.ends_with(".ghe.com") {
        // Whatever the remote's own scheme: a token never goes in clear.
        format!("https://api.{host}")
    } else {
        format!("{scheme}://{host}/api/v3")
    }
}

/// Whether GitHub allows this name; such a name needs no escaping in a URL.
fn is_plain(name: &str) -> bool {
    let is_named = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    !matches!(name, "" | "." | "..") && name.bytes().all(is_named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RemoteAddress;

    fn address(url: &str) -> Option<Address> {
        match RemoteAddress::parse(url)? {
            RemoteAddress::Server(url) => Address::of(&url),
            RemoteAddress::Disk(_) => None,
        }
    }

    fn name_and_api(url: &str) -> Option<String> {
        address(url).map(|a| format!("{} {}", a.name(), a.api))
    }

    #[test]
    fn every_kind_of_url_names_the_same_repository() {
        for url in [
            "https://github.com/acme/shop",
            "https://ada:secret@GitHub.com/acme/shop.git",
            "http://github.com/acme/shop/",
            "git@github.com:acme/shop.git",
            "github.com:acme/shop",
            "ssh://git@github.com/acme/shop.git",
            "ssh://git@ssh.github.com:443/acme/shop.git",
            "git+ssh://git@github.com/acme/shop",
        ] {
            let address = address(url).unwrap();
            assert_eq!(address.name(), "github.com/acme/shop", "{url}");
            assert!(address.is_github(), "{url}");
            assert!(address.api.ends_with("://api.github.com"), "{url}");
        }
    }

    #[test]
    fn an_enterprise_server_has_its_api_below_its_own_name() {
        let name_and_api = |url| name_and_api(url).unwrap();
        assert_eq!(
            name_and_api("ssh://git@git.example.org:2222/acme/shop.git"),
            "git.example.org/acme/shop https://git.example.org/api/v3"
        );
        assert_eq!(
            name_and_api("http://127.0.0.1:8080/acme/shop.git"),
            "127.0.0.1:8080/acme/shop http://127.0.0.1:8080/api/v3"
        );
        assert_eq!(
            name_and_api("https://acme.ghe.com/acme/shop"),
            "acme.ghe.com/acme/shop https://api.acme.ghe.com"
        );
        let ours = address("git@git.example.org:acme/shop").unwrap();
        assert!(!ours.is_github());
    }

    #[test]
    fn graphql_is_beside_the_rest_api() {
        let graphql = |url| address(url).unwrap().graphql_url();
        assert_eq!(
            graphql("https://github.com/a/b"),
            "https://api.github.com/graphql"
        );
        assert_eq!(
            graphql("https://git.example.org/a/b"),
            "https://git.example.org/api/graphql"
        );
    }

    #[test]
    fn what_names_no_repository_of_a_forge_is_none() {
        for url in [
            "../remote.git",
            "/srv/a/b.git",
            "./a:b/c",
            "file:///srv/a/b.git",
            "https://github.com/acme",
            "https://github.com/acme/shop/more",
            "https://github.com/acme/../x",
            "https://github.com/acme/a%20b",
            "/srv/x@github.com:acme/shop",
            "",
        ] {
            assert_eq!(name_and_api(url), None, "{url}");
        }
    }

    #[test]
    fn a_host_that_only_looks_like_githubs_is_not_githubs() {
        for (url, host) in [
            ("https://github.com@evil.example/acme/shop", "evil.example"),
            ("https://github.com:443@evil/acme/shop", "evil"),
            (
                "https://github.com%2f@evil.example/acme/shop",
                "evil.example",
            ),
            (
                "https://github.com.evil.example/acme/shop",
                "github.com.evil.example",
            ),
            (
                "git@github.com.evil.example:acme/shop",
                "github.com.evil.example",
            ),
            ("ssh://github.com@evil.example:22/acme/shop", "evil.example"),
            ("https://github.com:8443/acme/shop", "github.com:8443"),
            ("https://[::1]:8443/acme/shop", "[::1]:8443"),
            ("https://evil.example/x@github.com/acme", ""),
        ] {
            let found = address(url);
            let host_found = found.as_ref().map(|a| a.host.as_str());
            assert_eq!(host_found.unwrap_or_default(), host, "{url}");
            assert!(!found.is_some_and(|a| a.is_github()), "{url}");
        }
    }

    #[test]
    fn a_url_whose_host_depends_on_the_reader_names_none() {
        for url in [
            r"https://evil.example\@github.com/acme/shop",
            r"https://github.com\@evil.example/acme/shop",
            r"https:\\github.com/acme/shop",
            "https://evil.example?@github.com/acme/shop",
            "https://evil.example#@github.com/acme/shop",
            "https://evil.example@x@github.com/acme/shop",
            "evil.example@x@github.com:acme/shop",
            "https://github.com%2eevil.example/acme/shop",
            "https://github%2ecom/acme/shop",
            "https://github.com:443:8443/acme/shop",
            "https://github.com:99999/acme/shop",
            "https://github.com:+443/acme/shop",
            "https://github.com:/acme/shop",
            "https://github.com./acme/shop",
            "https://evil:.ghe.com/acme/shop",
            "https://.ghe.com/acme/shop",
            "https://[::1].ghe.com/acme/shop",
            "https://[github.com]/acme/shop",
            "https://git hub.com/acme/shop",
            "https://github.com/acme/shop\n",
            "https://github.com\t.evil.example/acme/shop",
            "https://github.com\0.evil.example/acme/shop",
            "https://github.com\u{a0}/acme/shop",
            "https://g\u{456}thub.com/acme/shop",
        ] {
            assert_eq!(name_and_api(url), None, "{url:?}");
        }
    }
}
