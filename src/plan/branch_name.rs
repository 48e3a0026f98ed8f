//! The name of a promotion's own branch.
//!
//! # Why
//!
//! A run finds the pull request of an earlier run by its branch. So the branch's name depends only on
//! what was requested: not on the clock, and not on what differs today. Two promotions must never
//! share a branch. So a name that Git would refuse, or that could also be another promotion's, gets a
//! hash of what was requested.

use super::Hop;
use super::hash::Hash;
use crate::domain::{ApplicationName, CommitId};

/// The longest name in bytes; a longer one is cut and gets a hash.
const LONGEST: usize = 100;

/// How many targets a name lists; of more it has the first one and their number.
const LISTED: usize = 3;

/// What was requested, as far as the branch depends on it; an empty list does not restrict anything.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Asked {
    /// The products, by name.
    pub products: Vec<String>,
    /// The applications, by whole names.
    pub applications: Vec<ApplicationName>,
    /// `--only` and `--except`, each with its option.
    pub selectors: Vec<String>,
    /// The branch to merge into, if it is not the default branch.
    pub base: Option<String>,
    /// The commit of the promotion to revert, if it is a revert.
    pub reverts: Option<CommitId>,
    /// The release that it is a step of.
    pub release: Option<String>,
}

/// The branch's name: `promote/<from>-to-<to>/<what>`, and `-on-<base>-<hash>` if the base is not the
/// default branch. `<what>` is a product, an application, `all`, or `<first>-and-<N>-more-<hash>`; of a
/// revert it is `revert-<commit>`, of a release's step `release-<id>`.
///
/// `--source`, `--promote` and `--delete` are not part of the name: a later run with other ones
/// updates the same pull request.
///
/// `products` are all configured ones; an application with the name of a product gets a hash.
pub fn branch_name(hop: &Hop, asked: &Asked, products: &[String]) -> String {
    let what = match (&asked.reverts, &asked.release) {
        (Some(commit), _) => revert(commit, asked),
        (None, Some(release)) => of_release(release),
        (None, None) => what(asked, products),
    };
    let name = match &asked.base {
        None => what,
        Some(base) => hashed(&format!("{what}-on-{}", slug(base)), &["base", base, &what]),
    };
    format!(
        "promote/{}/{name}",
        from_to(&hop.from.name, &[&hop.to.name])
    )
}

/// The name of the branch on which promotions from one source are proposed together:
/// `promote/<from>-to-<a>-and-<b>/<what>`, whatever the order of the targets. `<what>` is that of the
/// promotions, with a hash if they differ in it.
///
/// `branches` are the targets' names, each with the promotion's own branch.
pub fn shared_branch_name(from: &str, branches: &[(&str, &str)]) -> String {
    if let [(_, single)] = branches {
        return (*single).to_owned();
    }
    let mut branches = branches.to_vec();
    branches.sort_unstable();
    let (targets, parts): (Vec<&str>, Vec<&str>) = branches
        .iter()
        .map(|(target, branch)| (*target, branch.rsplit('/').next().unwrap_or(branch)))
        .unzip();
    let first = parts.first().copied().unwrap_or_default();
    let what = if parts.iter().all(|part| *part == first) {
        first.to_owned()
    } else {
        hashed(first, &parts)
    };
    format!("promote/{}/{what}", from_to(from, &targets))
}

/// `<from>-to-<to>`; of several targets `<from>-to-<a>-and-<b>`, or `<from>-to-<a>-and-<N>-more-<hash>`.
fn from_to(from: &str, targets: &[&str]) -> String {
    let slugs: Vec<String> = targets.iter().map(|target| slug(target)).collect();
    let to = match slugs.as_slice() {
        [first, rest @ ..] if rest.len() >= LISTED => {
            format!("{first}-and-{}-more", rest.len())
        }
        all => all.join("-and-"),
    };
    let name = format!("{}-to-{to}", slug(from));
    let is_one_word = |name: &str| is_plain(name) && !name.contains("-to-");
    let is_plain = targets.len() <= LISTED
        && is_one_word(from)
        && (targets.iter()).all(|target| is_one_word(target) && !target.contains("-and-"));
    if is_plain {
        name
    } else {
        hashed(&name, &[&["hop", from], targets].concat())
    }
}

/// The part of the name for products, applications and selectors.
fn what(asked: &Asked, products: &[String]) -> String {
    let name = match (asked.products.as_slice(), asked.applications.as_slice()) {
        ([], []) => "all".to_owned(),
        ([product], []) => single(product, "product", is_plain(product)),
        ([], [application]) => {
            let name = &application.0;
            let is_unique = is_plain(name) && !products.contains(name);
            single(name, "application", is_unique)
        }
        (products, applications) => several(products, applications),
    };
    if asked.selectors.is_empty() {
        return name;
    }
    let mut selectors: Vec<&str> = asked.selectors.iter().map(String::as_str).collect();
    selectors.sort_unstable();
    selectors.dedup();
    let what = if name == "all" {
        "selected".to_owned()
    } else {
        format!("{name}-selected")
    };
    hashed(&what, &selectors)
}

/// The part of the name for a revert: the first digits of the commit, and a hash of what is chosen of it.
fn revert(commit: &CommitId, asked: &Asked) -> String {
    let name: String = format!("revert-{commit}").chars().take(15).collect();
    let applications = asked.applications.iter().map(|a| a.0.as_str());
    let chosen = asked.selectors.iter().map(String::as_str);
    let mut fields: Vec<&str> = applications.chain(chosen).collect();
    if fields.is_empty() {
        return name;
    }
    fields.sort_unstable();
    hashed(&format!("{name}-selected"), &fields)
}

/// The part of the name for a step of a release: two releases never share a branch.
fn of_release(id: &str) -> String {
    let name = format!("release-{}", slug(id));
    if slug(id) == id {
        name
    } else {
        hashed(&name, &["release", id])
    }
}

fn single(name: &str, kind: &str, is_unique: bool) -> String {
    if is_unique {
        slug(name)
    } else {
        hashed(&slug(name), &[kind, name])
    }
}

fn several(products: &[String], applications: &[ApplicationName]) -> String {
    let products = products.iter().map(|p| (p.as_str(), "product"));
    let applications = applications.iter().map(|a| (a.0.as_str(), "application"));
    let mut all: Vec<(&str, &str)> = products.chain(applications).collect();
    all.sort_unstable();
    all.dedup();
    let fields: Vec<&str> = all.iter().flat_map(|(name, kind)| [*kind, *name]).collect();
    let first = all.first().map_or_else(String::new, |(name, _)| slug(name));
    hashed(&format!("{first}-and-{}-more", all.len() - 1), &fields)
}

fn hashed(name: &str, fields: &[&str]) -> String {
    let mut hash = Hash::new("git-promote/branch/v1");
    for field in fields {
        hash.field(field);
    }
    format!("{name}-{}", hash.hex(4))
}

/// Turns a text into a part of a branch's name that Git accepts; `/` becomes `--`.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        match c {
            '/' => slug.push_str("--"),
            '.' if slug.ends_with('.') => slug.push('-'),
            c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') => slug.push(c),
            _ => slug.push('-'),
        }
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_matches(['-', '.']);
    match slug.strip_suffix(".lock").unwrap_or(slug) {
        "" => "x".to_owned(),
        slug => slug.to_owned(),
    }
}

/// Whether a name's slug is unique to it, and differs from everything that this module adds.
fn is_plain(name: &str) -> bool {
    let is_part = |part: &str| {
        let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty()
            && part.chars().all(is_known)
            && !part.starts_with('-')
            && !part.ends_with('-')
            && !part.contains("--")
            && !part.contains("..")
    };
    // `-2` would be a promotion's second branch, and eight digits could be a hash.
    let last = name.rsplit('-').next().unwrap_or(name);
    let is_number = last != name && last.chars().all(|c| c.is_ascii_digit());
    let is_hash = last != name && last.len() == 8 && last.chars().all(|c| c.is_ascii_hexdigit());
    name.split('/').all(is_part)
        && !name.starts_with('.')
        && !name.ends_with('.')
        && name.strip_suffix(".lock").is_none()
        && slug(name).len() == name.replace('/', "--").len()
        && !matches!(name, "all" | "selected")
        && !is_number
        && !is_hash
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::Environment;

    fn hop(from: &str, to: &str) -> Hop {
        Hop {
            from: Environment::named(from),
            to: Environment::named(to),
        }
    }

    fn of(products: &[&str], applications: &[&str], selectors: &[&str]) -> String {
        let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        let asked = Asked {
            products: texts(products),
            applications: (applications.iter())
                .map(|a| ApplicationName((*a).to_owned()))
                .collect(),
            selectors: texts(selectors),
            ..Asked::default()
        };
        branch_name(&hop("staging", "production"), &asked, &["loans".to_owned()])
    }

    #[test]
    fn the_name_says_what_was_asked_for() {
        for (name, expected) in [
            (of(&[], &[], &[]), "all"),
            (of(&["loans"], &[], &[]), "loans"),
            (of(&[], &["api"], &[]), "api"),
            (of(&[], &["monitoring/grafana"], &[]), "monitoring--grafana"),
        ] {
            assert_eq!(name, format!("promote/staging-to-production/{expected}"));
        }
        let several = of(&[], &["web", "api"], &[]);
        assert!(several.starts_with("promote/staging-to-production/api-and-1-more-"));
        assert_eq!(several, of(&[], &["api", "web"], &[]));
    }

    #[test]
    fn names_that_look_alike_stay_apart() {
        let names = [
            of(&[], &[], &[]),
            of(&[], &["all"], &[]),
            of(&["all"], &[], &[]),
            of(&[], &[], &["--only $.a"]),
            of(&[], &[], &["--except $.a"]),
            of(&[], &["selected"], &[]),
            of(&["loans"], &[], &[]),
            of(&[], &["loans"], &[]),
            of(&[], &["loans", "x"], &[]),
            of(&["loans"], &["x"], &[]),
            of(&[], &["a/b"], &[]),
            of(&[], &["a--b"], &[]),
            of(&[], &["a/-b"], &[]),
            of(&[], &["a-/b"], &[]),
            of(&[], &["api"], &[]),
            of(&[], &["api-2"], &[]),
            of(&[], &["Äpi"], &[]),
            of(&[], &["Öpi"], &[]),
        ];
        let mut seen = std::collections::BTreeSet::new();
        for name in &names {
            assert!(seen.insert(name), "{name} twice");
        }
        assert!(!of(&[], &["api-2"], &[]).ends_with("/api-2"));
    }

    #[test]
    fn each_release_has_its_own() {
        let of = |id: &str| {
            let asked = Asked {
                products: vec!["loans".to_owned()],
                release: Some(id.to_owned()),
                ..Asked::default()
            };
            branch_name(&hop("staging", "production"), &asked, &[])
        };
        assert_eq!(
            of("loans-42"),
            "promote/staging-to-production/release-loans-42"
        );
        assert_ne!(of("a/b-1"), of("a--b-1"));
    }

    #[test]
    fn each_base_has_its_own() {
        let on = |base: Option<&str>| {
            let base = base.map(ToOwned::to_owned);
            let asked = Asked {
                base,
                ..Asked::default()
            };
            branch_name(&hop("a", "b"), &asked, &[])
        };
        let release = on(Some("release/1.2"));
        assert!(release.starts_with("promote/a-to-b/all-on-release--1.2-"));
        assert_ne!(release, on(Some("release--1.2")));
        assert_ne!(release, on(None));
    }

    #[test]
    fn a_revert_has_the_commit_in_its_name() {
        let commit = CommitId("0123456789abcdef0123456789abcdef01234567".parse().unwrap());
        let revert = |applications: &[&str]| {
            let asked = Asked {
                applications: (applications.iter())
                    .map(|a| ApplicationName((*a).to_owned()))
                    .collect(),
                reverts: Some(commit),
                ..Asked::default()
            };
            branch_name(&hop("a", "b"), &asked, &[])
        };
        assert_eq!(revert(&[]), "promote/a-to-b/revert-01234567");
        assert!(revert(&["web"]).starts_with("promote/a-to-b/revert-01234567-selected-"));
        assert_ne!(revert(&["web"]), revert(&["api"]));
    }

    #[test]
    fn environments_cannot_be_read_in_two_ways() {
        let name = |from, to| branch_name(&hop(from, to), &Asked::default(), &[]);
        assert_ne!(name("a", "b-to-c"), name("a-to-b", "c"));
        assert_eq!(name("a", "b"), "promote/a-to-b/all");
    }

    #[test]
    fn several_targets_share_a_branch_of_their_own() {
        let shared = |targets: &[(&str, &str)]| {
            let branches: Vec<String> = (targets.iter())
                .map(|(_, what)| format!("promote/staging-to-x/{what}"))
                .collect();
            let branches: Vec<(&str, &str)> = (targets.iter().zip(&branches))
                .map(|((target, _), branch)| (*target, branch.as_str()))
                .collect();
            shared_branch_name("staging", &branches)
        };
        let both = shared(&[("eu", "api"), ("us", "api")]);
        assert_eq!(both, "promote/staging-to-eu-and-us/api");
        assert_eq!(shared(&[("us", "api"), ("eu", "api")]), both);
        let three = shared(&[("ap", "all"), ("eu", "all"), ("us", "all")]);
        assert_eq!(three, "promote/staging-to-ap-and-eu-and-us/all");
        let four = [("ap", "all"), ("eu", "all"), ("me", "all"), ("us", "all")];
        let four = shared(&four);
        assert!(
            four.starts_with("promote/staging-to-ap-and-3-more-"),
            "{four}"
        );
        let other = shared(&[("eu", "api"), ("us", "web")]);
        assert!(
            other.starts_with("promote/staging-to-eu-and-us/api-"),
            "{other}"
        );
        assert_eq!(shared(&[("eu", "api")]), "promote/staging-to-x/api");
        // One environment, or two.
        let one = branch_name(&hop("staging", "eu-and-us"), &Asked::default(), &[]);
        assert_ne!(one, shared(&[("eu", "all"), ("us", "all")]));
    }

    proptest! {
        #[test]
        fn git_takes_every_name_and_no_two_are_equal(
            names in prop::collection::vec("[a-c/.~^:@{ *?\\[\\\\\u{e4}2-]{1,6}|a.lock|all", 1..12)
        ) {
            let mut seen: BTreeMap<String, String> = BTreeMap::new();
            for name in names {
                let branch = of(&[], &[&name], &[]);
                prop_assert!(git_takes(&branch), "{branch}");
                if let Some(other) = seen.insert(branch, name.clone()) {
                    prop_assert_eq!(other, name);
                }
            }
        }
    }

    /// The rules of `git check-ref-format`.
    fn git_takes(name: &str) -> bool {
        let is_bad = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c) || c == '\u{7f}';
        !name.contains("..")
            && !name.contains("@{")
            && !name.chars().any(is_bad)
            && name.split('/').all(|part| {
                !part.is_empty() && !part.starts_with('.') && part.strip_suffix(".lock").is_none()
            })
            && !name.ends_with('.')
    }
}
