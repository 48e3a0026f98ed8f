//! Moves a pin as a whole: a tag with the digest beside it.
//!
//! # Why
//!
//! A tag and a digest beside it pin the same image. If one of them moved alone, the other would win or
//! contradict it.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use crate::document::{Difference, VersionKind};
use crate::domain::{Op, Reason, Verdict};
use crate::engine::compare::Field;
use crate::yaml::{Kind, Place, Value};

/// The keys that pin a version in the same mapping: of images, and of references of Flux.
const PINS: [&str; 6] = ["tag", "newTag", "digest", "sha", "semver", "commit"];

/// Completes the pins of a file that move in part.
pub(super) fn complete(fields: &[Field<Facts>], verdicts: &mut [Verdict]) {
    let mut mappings: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
    for (index, field) in fields.iter().enumerate() {
        let is_pin = |key: &String| PINS.contains(&key.as_str());
        let difference = &field.difference;
        if field.facts.modes.versions
            && difference.keys.last().is_some_and(is_pin)
            && let Some((mapping, _)) = difference.place.parent()
        {
            mappings.entry(mapping).or_default().push(index);
        }
    }
    let renamed: BTreeSet<Place> = (fields.iter().zip(&*verdicts))
        .filter(|(field, verdict)| is_kept_name(&field.difference, verdict))
        .filter_map(|(field, _)| Some(field.difference.place.parent()?.0))
        .collect();
    for (mapping, pins) in mappings.into_iter().filter(|(_, pins)| pins.len() > 1) {
        // The source's pin may not exist under the target's name.
        if !renamed.contains(&mapping) {
            exchange(fields, verdicts, &pins);
        }
        clear(fields, verdicts, &pins);
    }
}

/// Whether the target keeps another name of the image.
fn is_kept_name(difference: &Difference, verdict: &Verdict) -> bool {
    let names = ["newName", "repository", "registry"];
    let is_name = |key: &String| names.contains(&key.as_str());
    difference.keys.last().is_some_and(is_name) && !verdict.is_promote()
}

/// Promotes the source's pin and removes the target's, if they are different keys.
fn exchange(fields: &[Field<Facts>], verdicts: &mut [Verdict], pins: &[usize]) {
    let is_exchanged = pins.iter().all(|index| {
        let difference = &fields[*index].difference;
        match (difference.op, &verdicts[*index].reason) {
            (Op::Add, Reason::SourceOnly) => is_pinned(difference),
            (Op::Remove, Reason::TargetOnly) => difference.version.is_some(),
            _ => false,
        }
    });
    let has = |op| pins.iter().any(|index| fields[*index].difference.op == op);
    if is_exchanged && has(Op::Add) && has(Op::Remove) {
        promote(verdicts, pins);
    }
}

/// Empties a pin of the target that the source has emptied, if another one moves.
fn clear(fields: &[Field<Facts>], verdicts: &mut [Verdict], pins: &[usize]) {
    let moves = pins.iter().any(|index| {
        let difference = &fields[*index].difference;
        verdicts[*index].is_promote() && difference.version.is_some() && is_pinned(difference)
    });
    let is_emptied = |index: &&usize| {
        let after = fields[**index].difference.after.as_ref();
        let is_empty = after.is_some_and(|value| {
            matches!(value, Value::Scalar { text, kind } if text.is_empty() || *kind == Kind::Null)
        });
        is_empty && verdicts[**index].reason == Reason::NotVersion
    };
    if moves {
        let emptied: Vec<usize> = pins.iter().filter(is_emptied).copied().collect();
        promote(verdicts, &emptied);
    }
}

/// Whether the source pins a version there.
fn is_pinned(difference: &Difference) -> bool {
    let Some(Value::Scalar { text, .. }) = &difference.after else {
        return false;
    };
    !matches!(
        VersionKind::of(text),
        VersionKind::Nothing | VersionKind::Moving | VersionKind::Word | VersionKind::Range
    )
}

fn promote(verdicts: &mut [Verdict], indexes: &[usize]) {
    for index in indexes {
        verdicts[*index] = Verdict::promote(Reason::MovesAlong);
    }
}
