//! The target's names for a source's file or folder name.

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

/// Replaces the source's names in an entry's name by the target's, in every way; likeliest first.
pub(super) fn target_names(naming: &Naming, name: &str, siblings: &[Entry]) -> Vec<TargetName> {
    let mut names = vec![TargetName {
        text: String::new(),
        is_positional: true,
        renames: Vec::new(),
    }];
    let mut end = 0;
    for occurrence in naming.in_path(name) {
        let Side::Source(index) = occurrence.side else {
            continue;
        };
        let old = &name[occurrence.start..occurrence.end];
        let between = &name[end..occurrence.start];
        let targets = target_aliases(naming, index, siblings);
        let mut next = Vec::new();
        for (target, is_positional) in &targets {
            for head in names
                .iter()
                .take((MOST_NAMES / targets.len().max(1)).max(1))
            {
                let mut renames = head.renames.clone();
                renames.push((old.to_owned(), (*target).to_owned()));
                next.push(TargetName {
                    text: format!("{}{between}{target}", head.text),
                    is_positional: head.is_positional && *is_positional,
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
    names
}

/// The target's names, each with whether it has the given position: that one first, else the one
/// that occurs most often in the names of the siblings.
fn target_aliases<'n>(
    naming: &'n Naming,
    index: usize,
    siblings: &[Entry],
) -> Vec<(&'n str, bool)> {
    let names: Vec<&str> = naming.target().names().collect();
    let mut uses = vec![0_usize; names.len()];
    if index >= names.len() {
        for sibling in siblings {
            for occurrence in naming.in_path(&sibling.name) {
                if let Side::Target(i) = occurrence.side {
                    uses[i] += 1;
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|i| (*i != index, std::cmp::Reverse(uses[*i]), *i));
    order.into_iter().map(|i| (names[i], i == index)).collect()
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
