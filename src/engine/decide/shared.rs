//! Decides together about differences that one edit makes, because an anchor shares their value.
//!
//! # Why
//!
//! An alias follows its anchor, so a place that is kept can only keep its value if the anchored value
//! stays as well. What a person or a rule keeps wins over what the mode promotes. A difference that
//! was only kept because no rule promotes it follows.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Difference, Shared};
use crate::domain::{Op, Reason, Verdict};
use crate::engine::compare::Field;
use crate::yaml::Place;

/// Promotes or keeps the differences of each edit together.
pub(super) fn agree<F>(fields: &[Field<F>], verdicts: &mut [Verdict]) {
    let mut edits: BTreeMap<usize, Vec<(usize, &Shared)>> = BTreeMap::new();
    for (index, field) in fields.iter().enumerate() {
        if let Some(shared) = field.difference.shared.as_deref() {
            edits.entry(shared.edit).or_default().push((index, shared));
        }
    }
    if edits.is_empty() {
        return;
    }
    agree_on_edits(fields, verdicts, &edits);
    // A difference that is kept can be the one that another one needs.
    while keep_anchors_in_use(fields, verdicts) {
        agree_on_edits(fields, verdicts, &edits);
    }
}

/// Keeps the differences that would remove an anchor in use; returns whether there was one.
fn keep_anchors_in_use<F>(fields: &[Field<F>], verdicts: &mut [Verdict]) -> bool {
    let replaced: BTreeSet<&Place> = fields
        .iter()
        .zip(&*verdicts)
        .filter(|(field, verdict)| verdict.is_promote() && replaces(&field.difference))
        .map(|(field, _)| &field.difference.place)
        .collect();
    let is_replaced = |place: &Place| place.and_above().any(|above| replaced.contains(&above));
    let in_use = |field: &Field<F>| -> Option<Reason> {
        let shared = field.difference.shared.as_deref()?;
        let place = shared.dangling.iter().find(|place| !is_replaced(place))?;
        Some(Reason::SharedAnchor {
            anchor: shared.anchor.clone(),
            place: place.normalized(),
            was_selected: false,
        })
    };
    let kept: Vec<(usize, Reason)> = (0..fields.len())
        .filter(|index| verdicts[*index].is_promote())
        .filter_map(|index| Some((index, in_use(&fields[index])?)))
        .collect();
    let is_any = !kept.is_empty();
    for (index, mut reason) in kept {
        if let Reason::SharedAnchor { was_selected, .. } = &mut reason {
            *was_selected = is_selected(&verdicts[index]);
        }
        verdicts[index] = Verdict::keep(reason);
    }
    is_any
}

/// Whether exactly this difference was selected, or is a part of what is reverted.
fn is_selected(verdict: &Verdict) -> bool {
    matches!(verdict.reason, Reason::OnlyExact | Reason::Reverted)
}

/// Whether a difference replaces or removes the node at its own place: an alias stays one, and its
/// anchor's value is replaced instead.
fn replaces(difference: &Difference) -> bool {
    let is_holder = || difference.shared.as_deref().is_none_or(|s| s.is_holder);
    match difference.op {
        Op::Add => false,
        Op::Set => is_holder(),
        Op::Remove => true,
    }
}

fn agree_on_edits<F>(
    fields: &[Field<F>],
    verdicts: &mut [Verdict],
    edits: &BTreeMap<usize, Vec<(usize, &Shared)>>,
) {
    for members in edits.values() {
        let is_promoted = |(index, _): &&(usize, &Shared)| verdicts[*index].is_promote();
        let count = members.iter().filter(is_promoted).count();
        if count == 0 {
            continue;
        }
        match place_that_stays(fields, verdicts, members) {
            Some(stays) => {
                for (index, shared) in members {
                    if verdicts[*index].is_promote() {
                        // That place itself names another one.
                        let is_other = |place: &String| *place != path(fields, *index);
                        let others = members.iter().map(|(other, _)| path(fields, *other));
                        let place = std::iter::once(stays.clone()).chain(others).find(is_other);
                        verdicts[*index] = Verdict::keep(Reason::SharedAnchor {
                            anchor: shared.anchor.clone(),
                            place: place.unwrap_or_else(|| stays.clone()),
                            was_selected: is_selected(&verdicts[*index]),
                        });
                    }
                }
            }
            None => {
                for (index, shared) in members {
                    if !verdicts[*index].is_promote() {
                        verdicts[*index] =
                            Verdict::promote(Reason::FollowsAnchor(shared.anchor.clone()));
                    }
                }
            }
        }
    }
}

/// The place that prevents the differences of an edit from being promoted together.
fn place_that_stays<F>(
    fields: &[Field<F>],
    verdicts: &[Verdict],
    members: &[(usize, &Shared)],
) -> Option<String> {
    let (first, shared) = members.first()?;
    if let Some(place) = &shared.unchanged {
        return Some(place.normalized());
    }
    // A selected anchor selects its aliases.
    let is_chosen = members
        .iter()
        .any(|(index, shared)| shared.is_holder && verdicts[*index].is_promote());
    let is_kept = |index: usize| match &verdicts[index].reason {
        Reason::KeepRule(_)
        | Reason::KeepComment
        | Reason::ExceptExact
        | Reason::ExceptPattern(_)
        | Reason::SharedAnchor { .. } => true,
        Reason::NotSelected => !is_chosen,
        _ => false,
    };
    let change = |index: usize| {
        let Difference {
            op, before, after, ..
        } = &fields[index].difference;
        (*op, before, after)
    };
    let differs = |index: usize| change(index) != change(*first);
    let mut indexes = members.iter().map(|(index, _)| *index);
    let blocking = indexes.clone().find(|index| is_kept(*index));
    let blocking = blocking.or_else(|| indexes.find(|index| differs(*index)));
    blocking.map(|index| path(fields, index))
}

fn path<F>(fields: &[Field<F>], index: usize) -> String {
    fields[index].difference.place.normalized()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{self, Base, Sides};
    use crate::domain::{Environment, Naming};
    use crate::yaml::Stream;

    /// The decisions on the differences of two texts, from one letter for each: `p`romote by a
    /// template, `o`nly with the exact selector, `k`eep by a rule, `n`ot selected, not a `v`ersion.
    fn agreed(source: &str, target: &str, first: &str) -> String {
        let names = ["staging", "production"].map(Environment::named);
        let [from, to] = names;
        let differences = document::compare(&Sides {
            source: &Stream::parse(source).unwrap(),
            target: &Stream::parse(target).unwrap(),
            base: Base::Target,
            naming: &Naming::new(from, to, []),
            file: "values.yaml",
            format: crate::document::Format::Yaml,
        });
        let fields: Vec<Field<()>> = differences
            .into_iter()
            .map(|difference| Field {
                selector: difference.path.clone(),
                difference,
                facts: (),
            })
            .collect();
        let mut verdicts: Vec<Verdict> = first
            .chars()
            .map(|letter| match letter {
                'p' => Verdict::promote(Reason::Template("image tag".to_owned())),
                'o' => Verdict::promote(Reason::OnlyExact),
                'k' => Verdict::keep(Reason::KeepRule("$.x".to_owned())),
                'n' => Verdict::keep(Reason::NotSelected),
                'v' => Verdict::keep(Reason::NotVersion),
                other => panic!("{other}"),
            })
            .collect();
        assert_eq!(fields.len(), verdicts.len(), "{source}");
        agree(&fields, &mut verdicts);
        let lines = fields.iter().zip(&verdicts).map(|(field, verdict)| {
            format!(
                "{} {}: {}",
                field.selector, verdict.decision, verdict.reason
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    const SOURCE: &str = "a: &v 2\nb: *v\n";
    const TARGET: &str = "a: &v 1\nb: *v\n";

    #[test]
    fn a_place_that_no_rule_promotes_follows() {
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "pv"), @"
        $.a promote: image tag
        $.b promote: follows anchor `v`
        ");
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "vp"), @"
        $.a promote: follows anchor `v`
        $.b promote: image tag
        ");
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "vv"), @"
        $.a keep: not a version
        $.b keep: not a version
        ");
    }

    #[test]
    fn a_place_that_is_kept_keeps_the_anchor() {
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "pk"), @"
        $.a keep: shared-anchor: `v` also sets `$['b']`
        $.b keep: keep rule `$.x`
        ");
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "kp"), @"
        $.a keep: keep rule `$.x`
        $.b keep: shared-anchor: `v` also sets `$['a']`
        ");
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "ok"), @"
        $.a keep: shared-anchor: `v` also sets `$['b']`
        $.b keep: keep rule `$.x`
        ");
    }

    #[test]
    fn a_selector_of_the_anchor_selects_its_aliases() {
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "on"), @"
        $.a promote: selected by --only
        $.b promote: follows anchor `v`
        ");
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "pn"), @"
        $.a promote: image tag
        $.b promote: follows anchor `v`
        ");
        insta::assert_snapshot!(agreed(SOURCE, TARGET, "no"), @"
        $.a keep: not selected by --only
        $.b keep: shared-anchor: `v` also sets `$['a']`
        ");
    }

    #[test]
    fn the_exact_selector_of_a_new_item_selects_it_in_every_list_that_shares_the_anchor() {
        let (source, target) = ("a: &v [x, y]\nb: *v\n", "a: &v [x]\nb: *v\n");
        insta::assert_snapshot!(agreed(source, target, "on"), @"
        $.a[?@=='y'] promote: selected by --only
        $.b[?@=='y'] promote: follows anchor `v`
        ");
        insta::assert_snapshot!(agreed(source, target, "no"), @"
        $.a[?@=='y'] keep: not selected by --only
        $.b[?@=='y'] keep: shared-anchor: `v` also sets `$['a'][1]`
        ");
    }

    #[test]
    fn two_values_for_one_anchor_are_kept() {
        insta::assert_snapshot!(agreed("a: 2\nb: 3\n", TARGET, "pp"), @"
        $.a keep: shared-anchor: `v` also sets `$['b']`
        $.b keep: shared-anchor: `v` also sets `$['a']`
        ");
    }

    #[test]
    fn a_place_with_the_same_value_on_both_sides_keeps_the_anchor() {
        insta::assert_snapshot!(agreed("a: 2\nb: 1\n", TARGET, "p"), @"$.a keep: shared-anchor: `v` also sets `$['b']`");
        insta::assert_snapshot!(agreed("a: 1\nb: 2\n", TARGET, "p"), @"$.b keep: shared-anchor: `v` also sets `$['a']`");
        let redefined = "a: &v 2\nc: &v 1\nb: *v\n";
        insta::assert_snapshot!(agreed(redefined, TARGET, "pv"), @"
        $.a keep: shared-anchor: `v` also sets `$['b']`
        $.c keep: not a version
        ");
    }

    #[test]
    fn an_anchor_in_use_is_not_removed() {
        let target = "a: &v {x: 1}\nb: *v\nc: {d: *v}\n";
        insta::assert_snapshot!(agreed("{}", target, "ppp"), @"
        $.a promote: image tag
        $.b promote: image tag
        $.c promote: image tag
        ");
        insta::assert_snapshot!(agreed("{}", target, "ppk"), @"
        $.a keep: shared-anchor: `v` also sets `$['c']['d']`
        $.b promote: image tag
        $.c keep: keep rule `$.x`
        ");
        insta::assert_snapshot!(agreed("{}", target, "onn"), @"
        $.a keep: shared-anchor: `v` also sets `$['b']`
        $.b keep: not selected by --only
        $.c keep: not selected by --only
        ");
        insta::assert_snapshot!(agreed("{}", target, "kpp"), @"
        $.a keep: keep rule `$.x`
        $.b promote: image tag
        $.c promote: image tag
        ");
        let nested = "a: {y: &v 1}\nb: *v\n";
        insta::assert_snapshot!(agreed("a: 2\nb: 1\n", nested, "p"), @"$.a keep: shared-anchor: `v` also sets `$['b']`");
    }

    #[test]
    fn an_anchor_whose_alias_is_set_is_not_removed() {
        let target = "a: {y: &v 1, z: 1}\nb: *v\n";
        insta::assert_snapshot!(agreed("a: {z: 1}\nb: 2\n", target, "pp"), @"
        $.a.y keep: shared-anchor: `v` also sets `$['b']`
        $.b promote: image tag
        ");
    }

    #[test]
    fn a_merged_mapping_counts_like_an_alias() {
        let source = "a: &v {x: 2}\nb: {<<: *v, y: 1}\nc: {<<: *v, x: 1}\n";
        let target = "a: &v {x: 1}\nb: {<<: *v, y: 1}\nc: {<<: *v, x: 1}\n";
        insta::assert_snapshot!(agreed(source, target, "pv"), @"
        $.a.x promote: image tag
        $.b.x promote: follows anchor `v`
        ");
        insta::assert_snapshot!(agreed(source, target, "pk"), @"
        $.a.x keep: shared-anchor: `v` also sets `$['b']['x']`
        $.b.x keep: keep rule `$.x`
        ");
        let new = "a: &v {x: 1, z: 1}\nb: {<<: *v, y: 1}\nc: {<<: *v, x: 1}\n";
        insta::assert_snapshot!(agreed(new, target, "pvv"), @"
        $.a.z promote: image tag
        $.b.z promote: follows anchor `v`
        $.c.z promote: follows anchor `v`
        ");
        insta::assert_snapshot!(agreed(new, target, "pvk"), @"
        $.a.z keep: shared-anchor: `v` also sets `$['c']['z']`
        $.b.z keep: not a version
        $.c.z keep: keep rule `$.x`
        ");
        let whole = "a: &v 1\nb: {x: 1, y: 1}\nc: {x: 1}\n";
        insta::assert_snapshot!(agreed(whole, target, "p"), @"$.a keep: shared-anchor: `v` also sets `$['b']`");
    }
}
