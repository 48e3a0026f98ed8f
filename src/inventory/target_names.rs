//! The target's names that a source's name may stand for.

use super::trees::Entry;
use crate::domain::{Naming, Side};

/// A name in the target's folder that a source's name may stand for.
pub(super) struct TargetName {
    pub text: String,
    pub is_positional: bool,
    pub renames: Vec<(String, String)>,
}

/// Every name that results from replacing the source's names, the most likely first.
pub(super) fn target_names(naming: &Naming, name: &str, siblings: &[Entry]) -> Vec<TargetName> {
    let mut out = vec![TargetName {
        text: String::new(),
        is_positional: true,
        renames: Vec::new(),
    }];
    let mut done = 0;
    for hit in naming.in_path(name) {
        let Side::Source(index) = hit.side else {
            continue;
        };
        let old = &name[hit.start..hit.end];
        let between = &name[done..hit.start];
        let targets = aliases(naming, index, siblings);
        let mut next = Vec::new();
        for (target, is_positional) in &targets {
            for head in out.iter().take((64 / targets.len().max(1)).max(1)) {
                let mut renames = head.renames.clone();
                renames.push((old.to_owned(), (*target).to_owned()));
                next.push(TargetName {
                    text: format!("{}{between}{target}", head.text),
                    is_positional: head.is_positional && *is_positional,
                    renames,
                });
            }
        }
        out = next;
        done = hit.end;
    }
    for name_out in &mut out {
        name_out.text.push_str(&name[done..]);
    }
    out
}

/// The target's names: the one in the same position first, else the one that the siblings use.
fn aliases<'n>(naming: &'n Naming, index: usize, siblings: &[Entry]) -> Vec<(&'n str, bool)> {
    let names: Vec<&str> = naming.target().names().collect();
    let mut uses = vec![0_usize; names.len()];
    if index >= names.len() {
        for sibling in siblings {
            for hit in naming.in_path(&sibling.name) {
                if let Side::Target(i) = hit.side {
                    uses[i] += 1;
                }
            }
        }
    }
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|i| (*i != index, std::cmp::Reverse(uses[*i]), *i));
    let has_position = index < names.len();
    order
        .into_iter()
        .map(|i| (names[i], if has_position { i == index } else { false }))
        .collect()
}

pub(super) fn join(above: &str, name: &str) -> String {
    if above.is_empty() {
        name.to_owned()
    } else {
        // Asked for every entry of every folder: `format!` takes twice as long.
        let mut path = String::with_capacity(above.len() + 1 + name.len());
        path.push_str(above);
        path.push('/');
        path.push_str(name);
        path
    }
}
