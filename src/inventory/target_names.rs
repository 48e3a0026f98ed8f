//! The target's names for a source's file or folder name.

use std::cell::OnceCell;
use std::cmp::Reverse;

use super::trees::Entry;
use crate::domain::{Naming, Side};

/// A possible name of the target's entry.
pub(super) struct TargetName {
    pub text: String,
    /// Whether each replacement has the same position among its environment's names as the original.
    pub is_positional: bool,
    /// The replaced names, each with its replacement.
    pub renames: Vec<(String, String)>,
}

/// Most names that are tried for one entry; a name with many aliases in it has too many.
const MOST_NAMES: usize = 64;

/// The entries of a target's folder, with how often they use each of its environment's names.
pub(super) struct Siblings<'a> {
    pub entries: &'a [Entry],
    uses: OnceCell<Vec<usize>>,
}

impl<'a> Siblings<'a> {
    pub(super) fn new(entries: &'a [Entry]) -> Self {
        Self {
            entries,
            uses: OnceCell::new(),
        }
    }

    /// The target's names with their indices: those that the entries use most often come first, then
    /// the one at the same index as the source's name.
    fn aliases<'n>(&self, naming: &'n Naming, index: usize) -> Vec<(usize, &'n str)> {
        let mut names: Vec<(usize, &str)> = naming.target().names().enumerate().collect();
        if names.len() > 1 {
            let uses = self.uses.get_or_init(|| self.count(naming, names.len()));
            names.sort_by_key(|(i, _)| (Reverse(uses[*i]), *i != index, *i));
        }
        names
    }

    fn count(&self, naming: &Naming, names: usize) -> Vec<usize> {
        let mut uses = vec![0; names];
        for entry in self.entries {
            for occurrence in naming.in_path(&entry.name) {
                if let Side::Target(i) = occurrence.side {
                    uses[i] += 1;
                }
            }
        }
        uses
    }
}

/// Replaces the source's names in an entry's name by the target's, in every way; likeliest first.
///
/// No name is left out of the result but one in which the target's name would be a part of another
/// environment's: `pre` and `x-prod` would give `pre-prod`.
pub(super) fn target_names(
    naming: &Naming,
    name: &str,
    siblings: &Siblings<'_>,
) -> Vec<TargetName> {
    let mut names = vec![TargetName {
        text: String::new(),
        is_positional: true,
        renames: Vec::new(),
    }];
    let mut end = 0;
    let occurrences = naming.in_path(name);
    for occurrence in &occurrences {
        let Side::Source(index) = occurrence.side else {
            continue;
        };
        let old = &name[occurrence.start..occurrence.end];
        let between = &name[end..occurrence.start];
        let targets = siblings.aliases(naming, index);
        let mut next = Vec::new();
        for (i, target) in &targets {
            for head in names
                .iter()
                .take((MOST_NAMES / targets.len().max(1)).max(1))
            {
                let mut renames = head.renames.clone();
                renames.push((old.to_owned(), (*target).to_owned()));
                next.push(TargetName {
                    text: format!("{}{between}{target}", head.text),
                    is_positional: head.is_positional && *i == index,
                    renames,
                });
            }
        }
        names = next;
        end = occurrence.end;
    }
    for target_name in &mut names {
        target_name.text.push_str(&name[end..]);
    }
    if end > 0 {
        let is_target = |side| matches!(side, Side::Source(_) | Side::Target(_));
        names.retain(|target_name| {
            let renamed = naming.in_path(&target_name.text);
            let pairs = || occurrences.iter().zip(&renamed);
            renamed.len() == occurrences.len()
                && pairs().all(|(old, new)| is_target(old.side) == is_target(new.side))
        });
    }
    names
}

/// The path of an entry in a folder; an empty `parent` is the repository's root.
pub(super) fn join(parent: &str, name: &str) -> String {
    if parent.is_empty() {
        name.to_owned()
    } else {
        // This runs for every entry of every folder, and `format!` takes twice as long.
        let mut path = String::with_capacity(parent.len() + 1 + name.len());
        path.push_str(parent);
        path.push('/');
        path.push_str(name);
        path
    }
}
