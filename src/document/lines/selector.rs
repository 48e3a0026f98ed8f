//! The numbers of places in text files, for selectors: `~2` for the second of the same name.

use std::collections::HashMap;

use super::entry::Shape;
use super::parsed::Lines;
use crate::document::kubernetes::Difference;
use crate::domain::Op;
use crate::yaml::Step;

/// The numbers of entries that have the same keys in several blocks of a template.
///
/// # Why
///
/// Blocks such as `{{ if }}` are left out of a selector, so the same keys can occur twice.
pub struct Numbering<'a> {
    source: &'a Lines,
    target: &'a Lines,
    numbers: Option<[HashMap<usize, usize>; 2]>,
}

impl<'a> Numbering<'a> {
    /// The numbers of the entries of a pair of files.
    pub fn new(source: &'a Lines, target: &'a Lines) -> Self {
        let has_blocks = [source, target]
            .iter()
            .any(|lines| lines.entries.iter().any(|e| e.shape == Shape::Control));
        let numbers = has_blocks.then(|| {
            let mut counts = HashMap::new();
            let of_target = numbers(target, &mut counts);
            [of_target, numbers(source, &mut HashMap::new())]
        });
        Self {
            source,
            target,
            numbers,
        }
    }

    /// The number of a difference's place; `None` if it is the first one with its keys.
    pub fn number(&self, difference: &Difference) -> Option<usize> {
        let [of_target, of_source] = self.numbers.as_ref()?;
        match (difference.op, &difference.source) {
            (Op::Add, Some(place)) => of_source.get(&self.source.at(place)?).copied(),
            _ => of_target.get(&self.target.at(&difference.place)?).copied(),
        }
    }
}

/// The numbers of entries that are not the first with their keys.
fn numbers(lines: &Lines, counts: &mut HashMap<String, usize>) -> HashMap<usize, usize> {
    let mut paths: Vec<String> = Vec::with_capacity(lines.entries.len());
    let mut found = HashMap::new();
    for (index, entry) in lines.entries.iter().enumerate() {
        if index == 0 {
            paths.push(String::new());
            continue;
        }
        let above = &paths[entry.parent];
        let path = match lines.step(index) {
            _ if entry.shape == Shape::Control => above.clone(),
            Step::Key(name) => format!("{above}/{name}"),
            Step::Index(number) => format!("{above}[{number}]"),
            // An outline has no documents inside strings.
            Step::Inside => above.clone(),
        };
        if entry.shape != Shape::Control {
            let count = counts.entry(path.clone()).or_insert(0);
            *count += 1;
            if *count > 1 {
                found.insert(index, *count);
            }
        }
        paths.push(path);
    }
    found
}
