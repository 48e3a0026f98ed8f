//! The tokens that the environment holds, and which host each is for.
//!
//! # Why
//!
//! A token is a key to everything of its owner, so it goes to no host but its
//! own. The variables are those of GitHub's own tools: `GH_TOKEN` and
//! `GITHUB_TOKEN` are for github.com; another server is named by `GH_HOST`, with
//! `GH_ENTERPRISE_TOKEN`, or by `GITHUB_SERVER_URL` where its own runners work.

use std::env;

use secrecy::SecretString;

use crate::port::Password;

/// The passwords that the environment holds for `host` or `host:port`, the strongest first.
pub fn from_environment(authority: &str) -> Vec<Password> {
    variables(authority, &value)
        .into_iter()
        .filter_map(|name| Some((name, env::var(name).ok()?)))
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| Password {
            // GitHub's own word for "the password is a token".
            user: "x-access-token".to_owned(),
            secret: value.trim().to_owned().into(),
            origin: format!("the token in `{name}`"),
        })
        .collect()
}

/// The variables that were looked at for a host, for a message.
pub fn looked_at(authority: &str) -> Vec<String> {
    variables(authority, &value)
        .iter()
        .map(|name| format!("`{name}`"))
        .collect()
}

fn value(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Whether somebody said that a host speaks GitHub's API.
pub fn is_enterprise(authority: &str) -> bool {
    !variables(authority, &value).is_empty()
}

/// Where the API of the server is whose runner this is.
pub fn api_of_runner(authority: &str) -> Option<String> {
    let api = value("GITHUB_API_URL")?;
    is_runner_of(authority, &value).then(|| api.trim_end_matches('/').to_owned())
}

/// Whether this runs on a runner of the server.
fn is_runner_of(authority: &str, value: &dyn Fn(&str) -> Option<String>) -> bool {
    let server = value("GITHUB_SERVER_URL").unwrap_or_default();
    server
        .split_once("://")
        .is_some_and(|(_, host)| host.trim_end_matches('/').eq_ignore_ascii_case(authority))
}

/// A GitHub App, as the environment has it.
pub struct AppKey {
    /// Its id.
    pub id: u64,
    /// Its private key in PEM.
    pub key: SecretString,
    /// The installation, if it is named.
    pub installation: Option<u64>,
    /// Where all that comes from.
    pub origin: String,
}

/// The GitHub App of `GIT_PROMOTE_APP_ID`, with the key (or the path of its file) in
/// `GIT_PROMOTE_APP_KEY` and perhaps the installation in `GIT_PROMOTE_APP_INSTALLATION`.
pub fn app() -> Option<AppKey> {
    let number = |name: &str| value(name)?.trim().parse().ok();
    let id = value("GIT_PROMOTE_APP_ID")?;
    // One that cannot be used must not become somebody else: it fails when it logs in.
    let id = id.trim().parse().unwrap_or_default();
    let text = value("GIT_PROMOTE_APP_KEY").unwrap_or_default();
    let key = if text.contains("-----BEGIN") {
        text
    } else {
        std::fs::read_to_string(text.trim()).unwrap_or_default()
    };
    Some(AppKey {
        id,
        key: key.into(),
        installation: number("GIT_PROMOTE_APP_INSTALLATION"),
        origin: format!("the GitHub App {id} with the key in `GIT_PROMOTE_APP_KEY`"),
    })
}

/// The variables whose tokens are for a host.
fn variables(authority: &str, value: &dyn Fn(&str) -> Option<String>) -> Vec<&'static str> {
    let is = |host: &str| authority.eq_ignore_ascii_case(host);
    if is("github.com") || is_below_ghe(authority) {
        return vec!["GH_TOKEN", "GITHUB_TOKEN"];
    }
    if is_runner_of(authority, value) {
        return vec![
            "GH_ENTERPRISE_TOKEN",
            "GITHUB_ENTERPRISE_TOKEN",
            "GH_TOKEN",
            "GITHUB_TOKEN",
        ];
    }
    if value("GH_HOST").is_some_and(|host| is(&host)) {
        return vec!["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
    }
    Vec::new()
}

/// Whether it is a host of GitHub's own domain for enterprises. A path, a query or a user before
/// that domain would be another host's.
fn is_below_ghe(authority: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let authority = authority.to_ascii_lowercase();
    let name = authority.strip_suffix(".ghe.com");
    name.is_some_and(|name| name.split('.').all(is_label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_to_its_own_host_only() {
        let nothing = |_: &str| None;
        assert_eq!(
            variables("github.com", &nothing),
            ["GH_TOKEN", "GITHUB_TOKEN"]
        );
        assert_eq!(variables("Acme.GHE.com", &nothing).len(), 2);
        for stranger in [
            "github.com.evil.org",
            "gitlab.com",
            "evil.org:443",
            "",
            "ghe.com",
            ".ghe.com",
            "evil.org/.ghe.com",
            "evil.org?.ghe.com",
            "evil.org#.ghe.com",
            r"evil.org\.ghe.com",
            "evil.org:443.ghe.com",
            "acme.ghe.com@evil.org",
            "evil.org\n.ghe.com",
        ] {
            assert!(variables(stranger, &nothing).is_empty(), "{stranger}");
        }
        let enterprise = |name: &str| (name == "GH_HOST").then(|| "git.acme.org".to_owned());
        assert_eq!(
            variables("git.acme.org", &enterprise),
            ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
        );
        assert!(variables("git.acme.com", &enterprise).is_empty());
    }
}
