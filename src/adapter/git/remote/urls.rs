//! The URLs of a remote and the names of its tracking branches, from Git's settings.

use std::process::Command;

use super::choice::{Elsewhere, RemoteChoice};
use crate::adapter::git::branch::refs::branch_ref;
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::domain::without_user_info;
use crate::port::RepositoryError;

/// What a remote's URL is used for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Reading its branches.
    Fetch,
    /// Moving one of them.
    Push,
}

/// The URLs of a remote, after Git's URL settings such as `url.*.insteadOf`.
pub fn remote_urls(
    local: &Local,
    remote: &RemoteChoice,
    purpose: Purpose,
) -> Result<Vec<String>, RepositoryError> {
    let config = &local.config;
    let doing = format!("could not read the URL of remote `{}`", remote.name());
    let name = match remote {
        RemoteChoice::Named(name) => name,
        RemoteChoice::Elsewhere(elsewhere) => {
            return Ok(vec![url_elsewhere(local, elsewhere, purpose)]);
        }
    };
    if config.has_prefix("url.") {
        let push: &[&str] = match purpose {
            Purpose::Fetch => &[],
            Purpose::Push => &["--push"],
        };
        let words = [&["remote", "get-url", "--all"], push, &["--", name]].concat();
        let text = local.git.output_text(&doing, &words)?;
        return Ok(text.lines().map(ToOwned::to_owned).collect());
    }
    let of = |key: &str| {
        let mut urls = Vec::new();
        for url in config.all(&format!("remote.{name}.{key}")) {
            // An empty value removes the earlier ones.
            match url {
                "" => urls.clear(),
                url => urls.push(url.to_owned()),
            }
        }
        urls
    };
    let (fetch, push) = (of("url"), of("pushurl"));
    let urls = match purpose {
        Purpose::Push if !push.is_empty() => push,
        _ if fetch.is_empty() => push,
        _ => fetch,
    };
    if urls.is_empty() {
        return Err(ErrorContext::error(doing, "it has none"));
    }
    Ok(urls)
}

/// The URL of another repository, after Git's URL settings.
///
/// # Why
///
/// No command of Git prints the URL that it would push to without a remote in its settings, and one that
/// prints the other URL would have a token of this one among its arguments.
fn url_elsewhere(local: &Local, elsewhere: &Elsewhere, purpose: Purpose) -> String {
    let replaced = |setting: &str| {
        let replacements = local.config.replacements(setting);
        let longest = replacements
            .filter_map(|(base, start)| Some((base, elsewhere.url.strip_prefix(start)?)))
            .min_by_key(|(_, rest)| rest.len());
        longest.map(|(base, rest)| format!("{base}{rest}"))
    };
    let for_push = (purpose == Purpose::Push).then(|| replaced("pushinsteadof"));
    let found = for_push.flatten().or_else(|| replaced("insteadof"));
    found.unwrap_or_else(|| elsewhere.url.clone())
}

/// Fails if the remote has several push URLs.
///
/// # Why
///
/// A push could succeed at one and fail at another, and the next run would find nothing to do.
pub fn refuse_several_push_urls(
    local: &Local,
    remote: &RemoteChoice,
) -> Result<(), RepositoryError> {
    let urls = remote_urls(local, remote, Purpose::Push)?;
    if urls.len() < 2 {
        return Ok(());
    }
    Err(RepositoryError::SeveralPushUrls {
        remote: remote.name().to_owned(),
        urls: urls.iter().map(|url| without_user_info(url)).collect(),
    })
}

/// The reference that tracks a branch of a remote, by the remote's fetch refspecs.
pub fn tracking(local: &Local, remote: &RemoteChoice, branch: &str) -> Option<String> {
    match remote {
        RemoteChoice::Named(name) => {
            let specs = format!("remote.{name}.fetch");
            map(&local.config.all(&specs), &branch_ref(branch))
        }
        RemoteChoice::Elsewhere(elsewhere) => Some(elsewhere.tracking(branch)),
    }
}

/// Gives settings to a Git command in its environment: they may contain a password, which everyone could
/// read on the command line.
pub fn set_parameters(git: &mut Command, settings: &[(String, String)]) {
    if settings.is_empty() {
        return;
    }
    // As Git passes on its `-c`.
    let mut parameters = vec![std::env::var("GIT_CONFIG_PARAMETERS").unwrap_or_default()];
    for (key, value) in settings {
        let setting = format!("{key}={value}");
        let setting = setting.replace('\'', r"'\''").replace('!', r"'\!'");
        parameters.push(format!("'{setting}'"));
    }
    let parameters = parameters.join(" ");
    git.env("GIT_CONFIG_PARAMETERS", parameters.trim_start());
}

/// The reference to which refspecs map the reference `name`.
fn map(specs: &[&str], name: &str) -> Option<String> {
    let part = |pattern: &str| -> Option<String> {
        let Some((start, end)) = pattern.split_once('*') else {
            return (pattern == name).then(String::new);
        };
        let rest = name.strip_prefix(start)?.strip_suffix(end)?;
        Some(rest.to_owned())
    };
    let excludes = |spec: &&str| {
        spec.strip_prefix('^')
            .is_some_and(|spec| part(spec).is_some())
    };
    if specs.iter().any(excludes) {
        return None;
    }
    specs.iter().find_map(|spec| {
        let (from, to) = spec.trim_start_matches('+').split_once(':')?;
        let part = part(from)?;
        (!to.is_empty()).then(|| to.replacen('*', &part, 1))
    })
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn the_tracking_branch_follows_the_refspecs() {
        let name = "refs/heads/release/1";
        for (specs, expected) in [
            (
                &["+refs/heads/*:refs/remotes/origin/*"][..],
                Some("refs/remotes/origin/release/1"),
            ),
            (&["+refs/*:refs/*"], Some("refs/heads/release/1")),
            (&["refs/heads/main:refs/remotes/o/main"], None),
            (&["refs/heads/release/1:refs/x"], Some("refs/x")),
            (&["refs/heads/rel*:refs/x/*/y"], Some("refs/x/ease/1/y")),
            (
                &["+refs/heads/*:refs/remotes/o/*", "^refs/heads/release/*"],
                None,
            ),
            (&["refs/heads/*"], None),
            (&[], None),
        ] {
            assert_eq!(map(specs, name).as_deref(), expected, "{specs:?}");
        }
    }
}
