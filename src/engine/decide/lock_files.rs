//! Moves the lock file of a Helm chart with its list of dependencies.
//!
//! # Why
//!
//! Helm refuses a chart whose `Chart.lock` does not match the list in `Chart.yaml`. So the lock file
//! moves whole if the whole list moves; otherwise the guard `half-moved` warns.

use std::collections::HashMap;

use super::facts::Facts;
use crate::domain::{Reason, Verdict};
use crate::engine::compare::ComparedFile;

/// Promotes the lock files whose lists are promoted.
pub(super) fn follow(compared: &[ComparedFile<Facts>], all: &mut [Vec<Verdict>]) {
    let lists = [
        ("Chart.lock", "Chart.yaml"),
        ("requirements.lock", "requirements.yaml"),
    ];
    let path = |index: usize| compared[index].pair.path.as_str();
    let locks: Vec<(usize, String)> = (0..compared.len())
        .filter_map(|index| {
            let matching = |(lock, list): &(&str, &str)| {
                let folder = path(index).strip_suffix(lock)?;
                let is_name = folder.is_empty() || folder.ends_with('/');
                is_name.then(|| format!("{folder}{list}"))
            };
            Some((index, lists.iter().find_map(matching)?))
        })
        .collect();
    if locks.is_empty() {
        return;
    }
    let indexes = 0..compared.len();
    let by_path: HashMap<&str, usize> = indexes.map(|index| (path(index), index)).collect();
    for (lock, list) in locks {
        let Some(&list) = by_path.get(list.as_str()) else {
            continue;
        };
        let is_dependency = |key: Option<&String>| key.is_some_and(|key| key == "dependencies");
        let mut of_list = (compared[list].fields().iter().zip(&all[list]))
            .filter(|(field, _)| is_dependency(field.difference.keys.first()))
            .map(|(_, verdict)| verdict.is_promote())
            .peekable();
        if of_list.peek().is_none() || !of_list.all(|is_promoted| is_promoted) {
            continue;
        }
        for verdict in &mut all[lock] {
            if matches!(
                verdict.reason,
                Reason::NotVersion | Reason::SourceOnly | Reason::TargetOnly
            ) {
                *verdict = Verdict::promote(Reason::MovesAlong);
            }
        }
    }
}
