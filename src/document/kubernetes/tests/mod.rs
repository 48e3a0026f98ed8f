//! The promises of this module, each as a sentence.

mod conformance;
mod documents;
mod laws;
mod lists;
mod places;
mod relations;
mod replay;
mod selectors;
mod strings;
mod versions;

use super::{Base, Difference, MergeError, Sides, compare, merge};
use crate::domain::{Environment, Naming, Relation};
use crate::yaml::Stream;

fn parsed(text: &str) -> Stream {
    Stream::parse(text).unwrap_or_else(|error| panic!("{error} in:\n{text}"))
}

/// From staging to production.
fn naming() -> Naming {
    Naming::new(
        Environment::named("staging"),
        Environment::named("production"),
        [],
    )
}

/// The target's text with the differences that `choose` selects.
fn merged(sides: &Sides<'_>, choose: impl Fn(&Difference) -> bool) -> Result<String, MergeError> {
    let differences = compare(sides);
    let promoted: Vec<&Difference> = differences
        .iter()
        .filter(|difference| choose(difference))
        .collect();
    merge(sides, &promoted)
}

/// The target with those differences promoted that have one of the relations to the base.
fn three_way(
    [base, source, target]: [&Stream; 3],
    relations: &[Relation],
) -> Result<String, MergeError> {
    let naming = naming();
    let sides = Sides {
        source,
        target,
        base: Base::Stream(base),
        naming: &naming,
        file: "",
        format: crate::document::Format::Yaml,
    };
    merged(&sides, |difference| {
        relations.contains(&difference.relation)
    })
}

/// The differences from source to target in `file`, mapped by `look`.
fn differences_as<T>(
    file: &str,
    source: &str,
    target: &str,
    look: impl Fn(&Difference) -> T,
) -> Vec<T> {
    let (source, target) = (parsed(source), parsed(target));
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Target,
        naming: &naming,
        file,
        format: crate::document::Format::Yaml,
    };
    compare(&sides).iter().map(look).collect()
}

/// Each difference as `op path`, its document before the path where the file has several.
fn paths(source: &str, target: &str) -> Vec<String> {
    differences_as("app.yaml", source, target, |d| {
        if d.document.is_needed {
            format!("{} #{} {}", d.op, d.document, d.path)
        } else {
            format!("{} {}", d.op, d.path)
        }
    })
}

/// The target with everything promoted.
fn all(source: &str, target: &str) -> String {
    all_of(source, target, |_| true)
}

/// The target with the differences promoted that `choose` selects.
fn all_of(source: &str, target: &str, choose: impl Fn(&Difference) -> bool) -> String {
    let (source, target) = (parsed(source), parsed(target));
    let naming = naming();
    let sides = Sides {
        source: &source,
        target: &target,
        base: Base::Target,
        naming: &naming,
        file: "app.yaml",
        format: crate::document::Format::Yaml,
    };
    merged(&sides, choose).expect("an edit")
}
