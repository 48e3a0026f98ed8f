//! What Git's settings say of a remote: its URLs, and where its branches are remembered.

use crate::adapter::git::branch::refs::of_branch;
use crate::adapter::git::fault::Place;
use crate::adapter::git::local::Local;
use crate::domain::without_user_info;
use crate::port::RepositoryError;

/// Which of a remote's URLs is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Reading its branches.
    Fetch,
    /// Moving one of them.
    Push,
}

/// A remote's URLs, with what Git's settings make of them.
pub fn of_remote(
    local: &Local,
    name: &str,
    purpose: Purpose,
) -> Result<Vec<String>, RepositoryError> {
    let settings = &local.settings;
    let doing = format!("could not read the URL of remote `{name}`");
    if settings.has("url.") {
        let push: &[&str] = match purpose {
            Purpose::Fetch => &[],
            Purpose::Push => &["--push"],
        };
        let words = [&["remote", "get-url", "--all"], push, &["--", name]].concat();
        let text = local.git.answer(&doing, &words)?;
        return Ok(text.lines().map(ToOwned::to_owned).collect());
    }
    let of = |key: &str| {
        let mut urls = Vec::new();
        for url in settings.all(&format!("remote.{name}.{key}")) {
            // An empty one takes back those before it.
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
        return Err(Place::found(doing, "it has none"));
    }
    Ok(urls)
}

/// Makes sure that a push goes to one place: of several, some could take it and others not, and the
/// next run would find nothing to do.
pub fn refuse_several(local: &Local, name: &str) -> Result<(), RepositoryError> {
    let urls = of_remote(local, name, Purpose::Push)?;
    if urls.len() < 2 {
        return Ok(());
    }
    Err(RepositoryError::SeveralPushUrls {
        remote: name.to_owned(),
        urls: urls.iter().map(|url| without_user_info(url)).collect(),
    })
}

/// Where this repository remembers a branch of a remote, by the refspecs that Git fetches with.
pub fn tracking(local: &Local, remote: &str, branch: &str) -> Option<String> {
    let specs = format!("remote.{remote}.fetch");
    map(&local.settings.all(&specs), &of_branch(branch))
}

/// What refspecs map a reference to.
fn map(specs: &[&str], name: &str) -> Option<String> {
    let part = |pattern: &str| -> Option<String> {
        let Some((start, end)) = pattern.split_once('*') else {
            return (pattern == name).then(String::new);
        };
        let rest = name.strip_prefix(start)?.strip_suffix(end)?;
        Some(rest.to_owned())
    };
    let is_left_out = |spec: &&str| {
        spec.strip_prefix('^')
            .is_some_and(|spec| part(spec).is_some())
    };
    if specs.iter().any(is_left_out) {
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
    fn a_branch_is_remembered_where_the_refspecs_say() {
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
