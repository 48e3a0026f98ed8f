//! Folders and files, to be compared with many paths.

use std::collections::BTreeSet;
use std::ops::Bound;

/// A set of folders and files, by path. A question costs the path's length, not the set's.
#[derive(Clone, Debug, Default)]
pub(super) struct FolderSet(BTreeSet<String>);

impl FolderSet {
    /// Whether a path is in the set, is below a member, or has a member below it.
    pub(super) fn overlaps(&self, path: &str) -> bool {
        self.contains_above(path) || self.below(path).next().is_some()
    }

    /// Whether a path or a folder above it is in the set.
    pub(super) fn contains_above(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(at, _)| at);
        ends.chain([path.len()])
            .any(|end| self.0.contains(&path[..end]))
    }

    /// The members that lie below a folder, without the folder itself; an empty path is the whole tree.
    pub(super) fn below(&self, folder: &str) -> impl Iterator<Item = &String> {
        let start = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let from = (Bound::Excluded(start.as_str()), Bound::Unbounded);
        self.0
            .range::<str, _>(from)
            .take_while(move |member| member.starts_with(&start))
    }
}

impl FromIterator<String> for FolderSet {
    fn from_iter<I: IntoIterator<Item = String>>(paths: I) -> Self {
        Self(paths.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_overlap_with_what_is_above_and_below() {
        let set: FolderSet = ["a/b", "a/b-c", "d/e/f.yaml"]
            .map(String::from)
            .into_iter()
            .collect();
        for (path, expected) in [
            ("a", true),
            ("a/b", true),
            ("a/b/c", true),
            ("a/b-c/d", true),
            ("a/bc", false),
            ("a/c", false),
            ("d", true),
            ("d/e", true),
            ("d/e/f.yaml", true),
            ("d/e/g.yaml", false),
            ("d/e/f", false),
            ("", true),
        ] {
            assert_eq!(set.overlaps(path), expected, "{path}");
        }
        assert_eq!(set.below("a").collect::<Vec<_>>(), ["a/b", "a/b-c"]);
        assert!(!set.contains_above("a"));
    }
}
