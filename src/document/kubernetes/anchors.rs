//! Anchored values of the target, which several places share.
//!
//! # Why
//!
//! Setting an anchored value changes every place that resolves to it. All these places are
//! differences of their own, and one edit makes them together. So each difference records which
//! others belong to its edit, whether a place must keep its value because both sides have the same
//! there, and which places only the target has. The decisions are made from that.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::difference::{Difference, Part, Shared};
use crate::domain::Op;
use crate::yaml::{Anchored, Merging, Place, Step, Stream, Uses};

/// An edit of the target's text: what it does, the place in the text, and a number that distinguishes
/// the items that are added at the same place.
type Edit = (Change, Place, usize);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Change {
    Set,
    Remove,
    AddEntry,
    AddItem,
}

/// How many places without a difference the edits of a file may change.
const MAX_SHARED: usize = 50_000;

/// The target with its differences, for finding what an edit changes.
struct Target<'a> {
    stream: &'a Stream,
    /// The places that were compared with one of the source.
    paired: &'a HashSet<Place>,
    /// The number of the difference at each place that differs, and what it does.
    differences: HashMap<Place, (usize, Op)>,
}

/// What an edit changes at a place that has no difference.
enum Effect {
    /// It would change a place that both sides have.
    Unchanged(Place),
    /// It changes a place that only the target has.
    Follows(Place),
    /// None, because the place has its own value.
    None,
}

/// Records for each difference what else its edit changes.
pub(super) fn share(stream: &Stream, paired: &HashSet<Place>, differences: &mut [Difference]) {
    let is_shared =
        |d: &Difference| d.part != Part::Document && stream.has_references(d.place.document);
    if !differences.iter().any(is_shared) {
        return;
    }
    let target = Target {
        stream,
        paired,
        differences: differences
            .iter()
            .enumerate()
            // Another item of the target can be at the place that a new item will have.
            .filter(|(_, d)| d.op != Op::Add || d.part != Part::Item)
            .map(|(index, d)| (d.place.clone(), (index, d.op)))
            .collect(),
    };
    let mut edits: BTreeMap<Edit, Vec<usize>> = BTreeMap::new();
    let mut added: HashMap<(Place, Option<usize>), usize> = HashMap::new();
    for (index, difference) in differences.iter().enumerate().filter(|(_, d)| is_shared(d)) {
        if let Some(edit) = edit(stream, difference, &mut added) {
            edits.entry(edit).or_default().push(index);
        }
    }
    let mut uses: HashMap<usize, Uses<'_>> = HashMap::new();
    let mut left = MAX_SHARED;
    for (number, (edit, mut members)) in edits.into_iter().enumerate() {
        let document = edit.1.document;
        let uses = uses
            .entry(document)
            .or_insert_with(|| Uses::of(stream, document));
        let effects = if left == 0 {
            // Too many to look at: the value stays.
            vec![Effect::Unchanged(edit.1.clone())]
        } else {
            target.join_merged(&edit, uses, &mut members);
            target.effects(&edit, uses, differences, &members)
        };
        left = left.saturating_sub(effects.len());
        let dangling = match edit.0 {
            Change::Set => uses.aliases_of(&edit.1, Anchored::Below),
            Change::Remove => uses.aliases_of(&edit.1, Anchored::AtOrBelow),
            Change::AddEntry | Change::AddItem => Vec::new(),
        };
        let is_alone = members.len() == 1 && effects.iter().all(|e| matches!(e, Effect::None));
        if is_alone && dangling.is_empty() {
            continue;
        }
        let mut unchanged = None;
        let mut follows = Vec::new();
        for effect in effects {
            match effect {
                Effect::Unchanged(place) => unchanged = unchanged.or(Some(place)),
                Effect::Follows(place) => follows.push(place),
                Effect::None => {}
            }
        }
        let place = match dangling.first() {
            Some(alias) if is_alone => stream.holder(alias).unwrap_or_else(|| alias.clone()),
            _ => edit.1.clone(),
        };
        let anchor = uses.anchor(&place).unwrap_or_default().to_owned();
        let is_holder = |d: &Difference| match edit.0 {
            Change::AddItem => {
                let list = edit.1.parent().map(|(list, _)| list);
                d.insertion.as_ref().map(|i| &i.parent) == list.as_ref()
            }
            _ => d.place == edit.1,
        };
        let count = members.len();
        for index in members {
            differences[index].shared = Some(Box::new(Shared {
                anchor: anchor.clone(),
                edit: number,
                differences: count,
                is_holder: is_holder(&differences[index]),
                unchanged: unchanged.clone(),
                dangling: dangling.clone(),
                follows: std::mem::take(&mut follows),
            }));
        }
    }
}

/// The edit of the text that makes a difference; `None` for a value that cannot be edited.
fn edit(
    stream: &Stream,
    difference: &Difference,
    added: &mut HashMap<(Place, Option<usize>), usize>,
) -> Option<Edit> {
    match (difference.op, &difference.insertion) {
        (Op::Set, _) => Some((Change::Set, stream.holder(&difference.place)?, 0)),
        (Op::Remove, _) => Some((Change::Remove, stream.site_place(&difference.place)?, 0)),
        (Op::Add, Some(insertion)) => {
            let parent = stream.holder(&insertion.parent)?;
            if difference.part == Part::Entry {
                let step = difference.place.steps.last()?;
                return Some((Change::AddEntry, parent.child(step.clone()), 0));
            }
            let count = added
                .entry((insertion.parent.clone(), insertion.after))
                .or_default();
            *count += 1;
            let slot = Step::Index(insertion.after.map_or(0, |after| after + 1));
            Some((Change::AddItem, parent.child(slot), *count))
        }
        (Op::Add, None) => None,
    }
}

impl Target<'_> {
    /// Adds the new entries of mappings that get them by a merge key.
    fn join_merged(&self, edit: &Edit, uses: &Uses<'_>, members: &mut Vec<usize>) {
        if edit.0 != Change::AddEntry {
            return;
        }
        let Some((parent, step)) = edit.1.parent() else {
            return;
        };
        for use_ in uses.places(&parent, Merging::Included) {
            let place = use_.child(step.clone());
            if let Some((index, Op::Add)) = self.differences.get(&place)
                && !members.contains(index)
            {
                members.push(*index);
            }
        }
    }

    /// What an edit changes at each place without a difference of it.
    fn effects(
        &self,
        edit: &Edit,
        uses: &Uses<'_>,
        differences: &[Difference],
        members: &[usize],
    ) -> Vec<Effect> {
        let own: HashSet<&Place> = members
            .iter()
            .map(|index| match &differences[*index].insertion {
                Some(insertion) if edit.0 == Change::AddItem => &insertion.parent,
                _ => &differences[*index].place,
            })
            .collect();
        let is_other = |place: &Place| !own.contains(place);
        let (change, holder, _) = edit;
        let parent = || holder.parent().map(|(parent, step)| (parent, step.clone()));
        match change {
            Change::Set => {
                let values = uses.places(holder, Merging::Excluded);
                let all = uses.places(holder, Merging::Included);
                let merged = all.into_iter().filter(|place| !values.contains(place));
                let merged = merged.map(Effect::Unchanged);
                let values = values.iter().filter(|place| is_other(place));
                values
                    .map(|place| self.effect(place, place.clone()))
                    .chain(merged)
                    .collect()
            }
            Change::Remove => {
                let Some((parent, step)) = parent() else {
                    return Vec::new();
                };
                let parents = uses.places(&parent, Merging::Included).into_iter();
                let places = parents.map(|parent| parent.child(step.clone()));
                let places = places.filter(|place| {
                    is_other(place) && self.stream.site_place(place).as_ref() == Some(holder)
                });
                places
                    .map(|place| self.effect(&place, place.clone()))
                    .collect()
            }
            Change::AddEntry => {
                let Some((parent, step)) = parent() else {
                    return Vec::new();
                };
                let parents = uses.places(&parent, Merging::Included).into_iter();
                parents
                    .map(|above| (above.child(step.clone()), above))
                    .filter(|(place, _)| is_other(place))
                    .map(|(place, above)| self.new_entry(place, &above))
                    .collect()
            }
            Change::AddItem => {
                let Some((parent, _)) = parent() else {
                    return Vec::new();
                };
                let places = uses.places(&parent, Merging::Excluded).into_iter();
                places
                    .filter(is_other)
                    .map(|place| self.effect(&place, place.clone()))
                    .collect()
            }
        }
    }

    /// What a new entry in a shared mapping changes at a place.
    fn new_entry(&self, place: Place, above: &Place) -> Effect {
        if self.stream.at(&place).is_none() {
            return self.effect(above, place);
        }
        let site = self.stream.site_place(&place);
        let own = self
            .stream
            .holder(above)
            .zip(place.steps.last())
            .map(|(mapping, step)| mapping.child(step.clone()));
        if site == own {
            Effect::None
        } else {
            Effect::Unchanged(place)
        }
    }

    /// What a change of the value or collection at `there` means for `place`.
    fn effect(&self, there: &Place, place: Place) -> Effect {
        if self.paired.contains(there) {
            return Effect::Unchanged(place);
        }
        let above = there.and_above().rev().skip(1);
        let above = above
            .into_iter()
            .find_map(|above| self.differences.get(&above))
            .map(|(_, op)| op);
        match above {
            Some(Op::Set | Op::Add) => Effect::Unchanged(place),
            Some(Op::Remove) | None => Effect::Follows(place),
        }
    }
}

/// The keys on the way to a place, without list positions, which may differ.
pub(super) fn keys(place: &Place) -> Vec<String> {
    let key = |step: &Step| match step {
        Step::Key(key) => Some(key.clone()),
        Step::Index(_) | Step::Inside => None,
    };
    place.steps.iter().filter_map(key).collect()
}
