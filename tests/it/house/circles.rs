//! Files that depend on each other in a circle.
//!
//! A file depends on the file that defines a name, wherever the name is passed on: `pub use` in a
//! `mod.rs` makes a name shorter and depends on nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Name, Source};

/// How often a name may be passed on.
const PASSES: usize = 16;

/// The files by module.
type Modules<'a> = BTreeMap<&'a [String], &'a Source>;

/// Every group of files of which each depends on all others.
pub fn circles(sources: &[Source]) -> Vec<Vec<&str>> {
    let modules: Modules<'_> = sources.iter().map(|s| (s.module.as_slice(), s)).collect();
    let graph: BTreeMap<&str, BTreeSet<&str>> = sources
        .iter()
        .map(|source| (source.path.as_str(), dependencies(source, &modules)))
        .collect();
    let reached: BTreeMap<&str, BTreeSet<&str>> = graph
        .keys()
        .map(|file| (*file, reach(file, &graph)))
        .collect();
    let mut found: BTreeSet<Vec<&str>> = BTreeSet::new();
    for (file, others) in &reached {
        let circle: Vec<&str> = others
            .iter()
            .filter(|other| reached[*other].contains(file))
            .copied()
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

/// All files that can be reached from one.
fn reach<'a>(file: &'a str, graph: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        for next in &graph[file] {
            if seen.insert(*next) {
                open.push(next);
            }
        }
    }
    seen
}

/// The files that define what a file uses.
fn dependencies<'a>(source: &'a Source, modules: &Modules<'a>) -> BTreeSet<&'a str> {
    let used = source.names.iter().filter(|name| !name.is_export);
    let of_names = used.filter_map(|name| definition(&absolute(name, modules)?, modules, PASSES));
    let exports = source.exports.iter();
    let of_words = exports
        .filter(|(name, _)| source.words.contains(name))
        .filter_map(|(_, parts)| {
            let name = Name {
                by: source.module.clone(),
                parts: parts.clone(),
                is_import: false,
                is_export: false,
                line: 0,
            };
            definition(&absolute(&name, modules)?, modules, PASSES)
        });
    let all = of_names.chain(of_words);
    all.filter(|file| *file != source.path).collect()
}

/// The parts of a name below the crate; `None` for the standard library and dependencies.
fn absolute(name: &Name, modules: &Modules<'_>) -> Option<Vec<String>> {
    let (first, rest) = name.parts.split_first()?;
    if first == "crate" {
        return Some(rest.to_vec());
    }
    // Relative to the module: a child of it.
    let path = [&name.by[..], std::slice::from_ref(first)].concat();
    modules
        .contains_key(path.as_slice())
        .then(|| [&name.by[..], &name.parts[..]].concat())
}

/// The file that defines a name.
fn definition<'a>(parts: &[String], modules: &Modules<'a>, passes: usize) -> Option<&'a str> {
    let length = (0..=parts.len())
        .rev()
        .find(|length| modules.contains_key(&parts[..*length]))?;
    let source = modules[&parts[..length]];
    let passed_on = parts.get(length).and_then(|item| {
        let mut exports = source.exports.iter();
        exports.find(|(name, _)| name == item)
    });
    match passed_on {
        Some((_, target)) if passes > 0 => {
            let name = Name {
                by: source.module.clone(),
                parts: target.clone(),
                is_import: false,
                is_export: true,
                line: 0,
            };
            let mut next = absolute(&name, modules)?;
            next.extend_from_slice(&parts[length + 1..]);
            definition(&next, modules, passes - 1)
        }
        _ => Some(&source.path),
    }
}
