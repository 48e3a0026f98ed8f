//! What the environment has for GitHub: tokens, a GitHub App, and the host that each is for.
//!
//! # Why
//!
//! A token opens everything its owner can reach, so it is sent to its own host
//! only. The variables are those of GitHub's own tools: `GH_TOKEN` and
//! `GITHUB_TOKEN` are for github.com; another server is named by `GH_HOST`, with
//! `GH_ENTERPRISE_TOKEN`, or by `GITHUB_SERVER_URL` on its own runners. A GitHub
//! App exists on one server, so the same variables name its host.

use super::login::App;
use crate::port::{Password, Variables};

/// The user that GitHub expects with a token as the password.
pub(super) const GIT_USER: &str = "x-access-token";

/// The passwords that the environment has for `host` or `host:port`, the preferred one first.
pub(super) fn passwords(variables: &Variables, authority: &str) -> Vec<Password> {
    token_variables(authority, variables)
        .into_iter()
        .filter_map(|name| Some((name, variables(name)?)))
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| Password {
            user: GIT_USER.to_owned(),
            secret: value.trim().to_owned().into(),
            origin: format!("the token in `{name}`"),
        })
        .collect()
}

/// The variables that hold a host's tokens, for a message.
pub(super) fn token_places(variables: &Variables, authority: &str) -> Vec<String> {
    let names = token_variables(authority, variables);
    names.iter().map(|name| format!("`{name}`")).collect()
}

/// Whether the environment names a host as a GitHub server.
pub(super) fn is_github_server(variables: &Variables, authority: &str) -> bool {
    !token_variables(authority, variables).is_empty()
}

/// The API's address of the server whose runner this is.
pub(super) fn runner_api(variables: &Variables, authority: &str) -> Option<String> {
    let api = variables("GITHUB_API_URL")?;
    is_runner_of(authority, variables).then(|| api.trim_end_matches('/').to_owned())
}

/// The GitHub App of `GIT_PROMOTE_APP_ID`, if `authority` is its host; with the key (or the path of
/// its file) in `GIT_PROMOTE_APP_KEY` and optionally the installation in
/// `GIT_PROMOTE_APP_INSTALLATION`.
pub(super) fn app(variables: &Variables, authority: &str) -> Option<App> {
    let id = variables("GIT_PROMOTE_APP_ID")?;
    if !authority.eq_ignore_ascii_case(&app_host(variables)) {
        return None;
    }
    // An id that is not a number fails at the login, instead of logging in as another app.
    let id = id.trim().parse().unwrap_or_default();
    let text = variables("GIT_PROMOTE_APP_KEY").unwrap_or_default();
    let key = if text.contains("-----BEGIN") {
        text
    } else {
        std::fs::read_to_string(text.trim()).unwrap_or_default()
    };
    let installation = variables("GIT_PROMOTE_APP_INSTALLATION");
    Some(App {
        id,
        key: key.into(),
        installation: installation.and_then(|id| id.trim().parse().ok()),
        origin: format!("the GitHub App {id} with the key in `GIT_PROMOTE_APP_KEY`"),
    })
}

/// The variables whose tokens are for a host.
fn token_variables(authority: &str, variables: &Variables) -> Vec<&'static str> {
    let is = |host: &str| authority.eq_ignore_ascii_case(host);
    if is("github.com") || is_below_ghe(authority) {
        return vec!["GH_TOKEN", "GITHUB_TOKEN"];
    }
    if is_runner_of(authority, variables) {
        return vec![
            "GH_ENTERPRISE_TOKEN",
            "GITHUB_ENTERPRISE_TOKEN",
            "GH_TOKEN",
            "GITHUB_TOKEN",
        ];
    }
    if variables("GH_HOST").is_some_and(|host| is(&host)) {
        return vec!["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
    }
    Vec::new()
}

/// The only host that a GitHub App logs in at.
fn app_host(variables: &Variables) -> String {
    let named = variables("GH_HOST").filter(|host| !host.trim().is_empty());
    match named.or_else(|| runner_host(variables)) {
        Some(host) => host.trim().to_owned(),
        None => "github.com".to_owned(),
    }
}

/// Whether this runs on a runner of the server.
fn is_runner_of(authority: &str, variables: &Variables) -> bool {
    runner_host(variables).is_some_and(|host| host.eq_ignore_ascii_case(authority))
}

/// The host of the server whose runner this is.
fn runner_host(variables: &Variables) -> Option<String> {
    let server = variables("GITHUB_SERVER_URL")?;
    let (_, host) = server.split_once("://")?;
    Some(host.trim_end_matches('/').to_owned())
}

/// Whether it is a host of GitHub's own domain for enterprises. With a path, a query or a user
/// before that domain, it would be another host.
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
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_token_is_sent_to_its_own_host_only() {
        let nothing: Variables = Arc::new(|_| None);
        assert_eq!(
            token_variables("github.com", &nothing),
            ["GH_TOKEN", "GITHUB_TOKEN"]
        );
        assert_eq!(token_variables("Acme.GHE.com", &nothing).len(), 2);
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
            assert!(token_variables(stranger, &nothing).is_empty(), "{stranger}");
        }
        let enterprise: Variables =
            Arc::new(|name| (name == "GH_HOST").then(|| "git.acme.org".to_owned()));
        assert_eq!(
            token_variables("git.acme.org", &enterprise),
            ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
        );
        assert!(token_variables("git.acme.com", &enterprise).is_empty());
    }

    #[test]
    fn an_app_is_for_the_configured_server_or_else_for_github_com() {
        let host = |set: &[(&'static str, &'static str)]| {
            let set = set.to_vec();
            let variables: Variables = Arc::new(move |name| {
                let value = set.iter().find(|(set, _)| *set == name);
                value.map(|(_, value)| (*value).to_owned())
            });
            app_host(&variables)
        };
        let runner = ("GITHUB_SERVER_URL", "https://git.acme.org/");
        assert_eq!(host(&[]), "github.com");
        assert_eq!(host(&[("GH_HOST", "")]), "github.com");
        assert_eq!(host(&[runner]), "git.acme.org");
        assert_eq!(host(&[("GH_HOST", "ghe.acme.org"), runner]), "ghe.acme.org");
    }
}
