//! Matches JSONPath expressions and comments with the differences of one pair of files.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use super::keep_comment::{is_keep, may_keep};
use crate::document::Difference;
use crate::domain::{Naming, Op};
use crate::yaml::{Content, JsonPath, Place, Step, Stream};

/// The places that each expression selects, by its text, whether in the source, and the document.
type Selected = HashMap<(String, bool, usize), HashSet<Vec<Step>>>;

/// The places of one pair of files; their JSON is only built for the first expression.
pub(super) struct Places<'a> {
    source: &'a Stream,
    target: &'a Stream,
    naming: &'a Naming,
    json: OnceCell<(Vec<serde_json::Value>, Vec<serde_json::Value>)>,
    /// Whether the source's and the target's text may have a keep comment at all.
    keeps: (bool, bool),
    /// The results of expressions, which are needed again for every difference.
    selected: RefCell<Selected>,
}

/// Which places count as a match of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MatchDepth {
    /// The difference's place, or one above it.
    Above,
    /// Also one below it, if the difference is a whole subtree.
    Below,
}

impl<'a> Places<'a> {
    pub(super) fn new(source: &'a Stream, target: &'a Stream, naming: &'a Naming) -> Self {
        Self {
            source,
            target,
            naming,
            json: OnceCell::new(),
            keeps: (may_keep(source.text()), may_keep(target.text())),
            selected: RefCell::default(),
        }
    }

    /// Whether there is a `# promote: keep` at the difference's place, above it, or within its
    /// subtree, in the target or in the source.
    pub(super) fn keeps(&self, difference: &Difference) -> bool {
        let has_comment = |stream: &Stream, place: &Place| {
            let comments = stream.comments(place);
            comments.iter().any(|comment| is_keep(comment))
        };
        let above = |stream: &Stream, place: &Place| {
            (1..=place.steps.len()).any(|n| {
                let above = Place {
                    document: place.document,
                    steps: place.steps[..n].to_vec(),
                };
                has_comment(stream, &above)
            })
        };
        let is_subtree = difference.scalars().is_none();
        let within = |stream: &Stream, place: &Place| {
            is_subtree && below(stream, place).iter().any(|p| has_comment(stream, p))
        };
        let kept = |stream: &Stream, place: &Place| above(stream, place) || within(stream, place);
        let in_target = || match &difference.insertion {
            Some(insertion) => above(self.target, &insertion.parent),
            None => kept(self.target, &difference.place),
        };
        let in_source = |place: &Place| self.keeps.0 && kept(self.source, place);
        self.keeps.1 && in_target() || difference.source.as_ref().is_some_and(in_source)
    }

    /// Whether the expression selects the difference's place or one above it; with
    /// [`MatchDepth::Below`] also one below.
    ///
    /// The expression runs over the target; for an addition it runs over the source, with the target's
    /// names.
    pub(super) fn covers(
        &self,
        path: &JsonPath,
        difference: &Difference,
        depth: MatchDepth,
    ) -> bool {
        let (source, target) = self.json.get_or_init(|| {
            let all = |s: &Stream| (0..s.documents().len()).map(|i| s.to_json(i)).collect();
            let mut source: Vec<serde_json::Value> = all(self.source);
            for value in &mut source {
                rename(value, self.naming);
            }
            (source, all(self.target))
        });
        let (json, place) = match (difference.op, &difference.source) {
            (Op::Add, Some(place)) => (source.get(place.document), place),
            _ => (target.get(difference.place.document), &difference.place),
        };
        let Some(json) = json else { return false };
        let renamed: Vec<Step>;
        let steps = if difference.op == Op::Add {
            renamed = place
                .steps
                .iter()
                .map(|step| match step {
                    Step::Key(key) => Step::Key(self.naming.rename(key)),
                    Step::Index(i) => Step::Index(*i),
                })
                .collect();
            &renamed
        } else {
            &place.steps
        };
        let is_source = difference.op == Op::Add;
        let mut cache = self.selected.borrow_mut();
        let selected = cache
            .entry((path.to_string(), is_source, place.document))
            .or_insert_with(|| path.select(json).into_iter().collect());
        if (0..=steps.len()).any(|n| selected.contains(&steps[..n])) {
            return true;
        }
        // A difference that is not a scalar includes everything below it.
        depth == MatchDepth::Below
            && difference.scalars().is_none()
            && selected.iter().any(|below| below.starts_with(steps))
    }
}

/// Every place below a place.
fn below(stream: &Stream, place: &Place) -> Vec<Place> {
    let mut places = Vec::new();
    let mut pending = vec![place.clone()];
    while let Some(place) = pending.pop() {
        let children: Vec<Place> = match stream.at(&place).map(|n| &n.content) {
            Some(Content::Mapping { entries, .. }) => entries
                .iter()
                .map(|e| place.child(Step::Key(e.name().to_owned())))
                .collect(),
            Some(Content::Sequence { items, .. }) => (0..items.len())
                .map(|i| place.child(Step::Index(i)))
                .collect(),
            _ => Vec::new(),
        };
        places.extend(children.iter().cloned());
        pending.extend(children);
    }
    places
}

/// Replaces the source's names in all keys and strings of a value.
fn rename(value: &mut serde_json::Value, naming: &Naming) {
    match value {
        serde_json::Value::String(text) => *text = naming.rename(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|v| rename(v, naming)),
        serde_json::Value::Object(entries) => {
            let renamed = std::mem::take(entries)
                .into_iter()
                .map(|(key, mut value)| {
                    rename(&mut value, naming);
                    (naming.rename(&key), value)
                })
                .collect();
            *entries = renamed;
        }
        _ => {}
    }
}
