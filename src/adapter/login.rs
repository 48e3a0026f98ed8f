//! The tokens that the environment holds, and which host each is for.
//!
//! # Why
//!
//! A token is a key to everything of its owner, so it goes to no host but its
//! own. The variables are those of GitHub's own tools: `GH_TOKEN` and
//! `GITHUB_TOKEN` are for github.com; another server is named by `GH_HOST`, with
//! `GH_ENTERPRISE_TOKEN`, or by `GITHUB_SERVER_URL` where its own runners work.

use std::env;

use crate::port::Password;

/// The passwords that the environment holds for `host` or `host:port`, the strongest first.
pub fn from_environment(authority: &str) -> Vec<Password> {
    variables(authority, &|name| env::var(name).ok())
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

/// The variables whose tokens are for a host.
fn variables(authority: &str, value: &dyn Fn(&str) -> Option<String>) -> Vec<&'static str> {
    let is = |host: &str| authority.eq_ignore_ascii_case(host);
    if is("github.com") || authority.to_ascii_lowercase().ends_with(".ghe.com") {
        return vec!["GH_TOKEN", "GITHUB_TOKEN"];
    }
    let runs_there = value("GITHUB_SERVER_URL")
        .and_then(|url| Some(url.split_once("://")?.1.trim_end_matches('/').to_owned()))
        .is_some_and(|host| is(&host));
    if runs_there {
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
        for stranger in ["github.com.evil.org", "gitlab.com", "evil.org:443", ""] {
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
