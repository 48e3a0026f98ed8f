//! A promotion's id.

use std::collections::BTreeMap;

use crate::domain::{ApplicationName, FileMode, RepoPath};
use crate::plan::file::{ApplicationPlan, Content};
use crate::plan::hash::Hash;
use crate::plan::instructions::without_instructions;

/// The changed files, as hashes of their contents before and after, in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct Changes(BTreeMap<String, [Vec<u8>; 2]>);

impl Changes {
    /// Adds a file; `None` means that it does not exist.
    pub fn add(&mut self, path: &RepoPath, before: Option<&Content>, after: Option<&Content>) {
        let sides = [before, after].map(digest);
        self.0.insert(path.as_str().to_owned(), sides);
    }
}

/// What a record is about, each as in its trailer.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub applications: &'a str,
    /// The commit that the source's files were read from.
    pub source: &'a str,
    /// The selectors of differences that were decided for the target.
    pub kept: &'a [String],
}

/// Hashes source, target, applications and all files before and after; without files also the source's
/// commit and the decisions, which are all that such a commit records.
///
/// # Why
///
/// A later run must recognise the work of an earlier one. Time, author and branch differ between
/// runs and stay out; equal work has an equal id. All inputs can be read from the commit, so that
/// it can prove that git-promote made it: amending its files or their modes changes the id.
pub(super) fn promotion_id(subject: Subject<'_>, changes: &Changes) -> String {
    let mut hash = Hash::new("git-promote/promotion/v3");
    for text in [subject.from, subject.to, subject.applications] {
        hash.field(text.trim());
    }
    if changes.0.is_empty() {
        hash.field(subject.source);
        for selector in subject.kept {
            hash.field(selector);
        }
    }
    for (path, [before, after]) in &changes.0 {
        hash.field(path);
        hash.field(before);
        hash.field(after);
    }
    hash.hex(16)
}

/// The files that these applications change.
pub(super) fn changes_of(applications: &[ApplicationPlan]) -> Changes {
    let mut changes = Changes::default();
    for file in applications.iter().flat_map(|a| &a.files) {
        if file.is_changed() {
            changes.add(&file.path, file.before.as_ref(), file.after.as_ref());
        }
    }
    changes
}

/// Hashes a file's mode and content; empty if there is no file.
pub(super) fn digest(content: Option<&Content>) -> Vec<u8> {
    let Some(content) = content else {
        return Vec::new();
    };
    let mode = match content.mode {
        FileMode::Directory => "directory",
        FileMode::Regular => "regular",
        FileMode::Executable => "executable",
        FileMode::Symlink => "symlink",
        FileMode::Submodule => "submodule",
    };
    let mut hash = Hash::new(mode);
    hash.field(&content.bytes);
    hash.bytes()
}

/// The changed applications, as the trailer lists them; if there are none, those with decisions.
pub(super) fn names(applications: &[ApplicationPlan]) -> String {
    let of = |is_listed: &dyn Fn(&ApplicationPlan) -> bool| -> Vec<&ApplicationName> {
        let listed = applications.iter().filter(|a| is_listed(a));
        listed.map(|application| &application.name).collect()
    };
    match of(&ApplicationPlan::is_changed) {
        changed if !changed.is_empty() => listed(changed),
        _ => listed(of(&|application| application.decided().next().is_some())),
    }
}

/// Names of applications, as the trailer lists them.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n ApplicationName>) -> String {
    let mut names: Vec<&str> = names.into_iter().map(|name| name.0.as_str()).collect();
    names.sort_unstable();
    without_instructions(&names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(from: &str, apps: &str, files: &[(&str, Option<&str>, Option<&str>)]) -> String {
        let mut changes = Changes::default();
        for (path, before, after) in files {
            let content = |text: Option<&str>| {
                text.map(|text| Content {
                    mode: FileMode::Regular,
                    bytes: text.into(),
                })
            };
            let path = RepoPath::parse(path).unwrap();
            changes.add(&path, content(*before).as_ref(), content(*after).as_ref());
        }
        let subject = Subject {
            from,
            to: "production",
            applications: apps,
            source: "5f0c",
            kept: &[],
        };
        promotion_id(subject, &changes)
    }

    #[test]
    fn decisions_without_changes_have_ids_of_their_own() {
        let id = |source: &str, kept: &[&str], changes: &Changes| {
            let subject = Subject {
                from: "staging",
                to: "production",
                applications: "x",
                source,
                kept: &kept
                    .iter()
                    .map(|text| (*text).to_owned())
                    .collect::<Vec<_>>(),
            };
            promotion_id(subject, changes)
        };
        let none = Changes::default();
        let one = id("a", &["f:$.a"], &none);
        assert_ne!(one, id("b", &["f:$.a"], &none));
        assert_ne!(one, id("a", &["f:$.b"], &none));
        let mut changes = Changes::default();
        changes.add(&RepoPath::parse("f").unwrap(), None, None);
        assert_eq!(id("a", &[], &changes), id("b", &["f:$.a"], &changes));
    }

    #[test]
    fn equal_work_has_an_equal_id_in_any_order() {
        let (a, b) = (("a", Some("1"), Some("2")), ("b", None, Some("2")));
        assert_eq!(id("staging", "x", &[a, b]), id("staging", "x", &[b, a]));
        assert_eq!(id("staging", "x", &[a]).len(), 32);
    }

    #[test]
    fn other_work_has_another_id() {
        let one = id("staging", "x", &[("a", Some("1"), Some("2"))]);
        for other in [
            id("test", "x", &[("a", Some("1"), Some("2"))]),
            id("staging", "y", &[("a", Some("1"), Some("2"))]),
            id("staging", "x", &[("b", Some("1"), Some("2"))]),
            id("staging", "x", &[("a", Some("0"), Some("2"))]),
            id("staging", "x", &[("a", Some("1"), Some("3"))]),
            id("staging", "x", &[("a", Some("1"), None)]),
        ] {
            assert_ne!(one, other);
        }
    }
}
