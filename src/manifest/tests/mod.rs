//! What this room promises, each as a sentence.

mod conformance;
mod replay;

use super::{Base, Difference, MergeError, Promotion, Sides, compare, merge};
use crate::domain::{Environment, Naming};
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

/// The target's text with the differences that `choose` takes.
fn merged(sides: &Sides<'_>, choose: impl Fn(&Difference) -> bool) -> Result<String, MergeError> {
    let differences = compare(sides);
    let promotions: Vec<Promotion<'_>> = differences
        .iter()
        .filter(|difference| choose(difference))
        .map(|difference| Promotion {
            difference,
            text: None,
        })
        .collect();
    merge(sides, &promotions)
}
