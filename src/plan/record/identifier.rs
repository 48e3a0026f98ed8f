//! A promotion's id.

use std::collections::BTreeMap;

use crate::domain::{FileMode, RepoPath};
use crate::plan::Hop;
use crate::plan::file::{ApplicationPlan, Content, FilePlan};
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

/// Hashes source, target, applications (each as in its trailer) and all files before and after.
///
/// # Why
///
/// A later run must recognise the work of an earlier one. Time, author and branch differ between
/// runs and stay out; equal work has an equal id. All inputs can be read from the commit, so that
/// it can prove that git-promote made it: amending its files or their modes changes the id.
pub(super) fn promotion_id(from: &str, to: &str, applications: &str, changes: &Changes) -> String {
    let mut hash = Hash::new("git-promote/promotion/v3");
    for text in [from, to, applications] {
        hash.field(text.trim());
    }
    for (path, [before, after]) in &changes.0 {
        hash.field(path);
        hash.field(before);
        hash.field(after);
    }
    hash.hex(16)
}

/// Computes the id of the changes of these applications.
pub(crate) fn id_of(hop: &Hop, applications: &[ApplicationPlan]) -> String {
    let mut changes = Changes::default();
    for file in applications.iter().flat_map(|a| &a.files) {
        if file.is_changed() {
            changes.add(&file.path, file.before.as_ref(), file.after.as_ref());
        }
    }
    promotion_id(
        &without_instructions(&hop.from.name),
        &without_instructions(&hop.to.name),
        &names(applications),
        &changes,
    )
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

/// The changed applications, as the trailer lists them.
pub(super) fn names(applications: &[ApplicationPlan]) -> String {
    let changed = |a: &&ApplicationPlan| a.files.iter().any(FilePlan::is_changed);
    let mut names: Vec<&str> = applications
        .iter()
        .filter(changed)
        .map(|a| a.name.0.as_str())
        .collect();
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
        promotion_id(from, "production", apps, &changes)
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
