//! Matches JSONPath expressions and comments with the differences of one pair of files.

use std::cell::{OnceCell, RefCell};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use super::keep_comment::{is_keep, may_keep};
use crate::document::{Difference, Part, renamed_key, renamed_scalar};
use crate::domain::{Naming, Op};
use crate::yaml::{Content, JsonPath, Node, Place, Step, Stream, TooManySteps, embedded};

/// The places that each expression selects: by its text, whether in the source, and the document.
type Selected = HashMap<String, HashMap<(bool, usize), BTreeSet<Vec<Step>>>>;

/// The places of one pair of files; their JSON is only built for the first expression.
pub(super) struct Places<'a> {
    source: &'a Stream,
    target: &'a Stream,
    naming: &'a Naming,
    json: OnceCell<(Vec<serde_json::Value>, Vec<serde_json::Value>)>,
    /// The places with a keep comment in the source and in the target.
    kept: (OnceCell<BTreeSet<Place>>, OnceCell<BTreeSet<Place>>),
    /// The results of expressions, which are needed again for every difference.
    selected: RefCell<Selected>,
    /// The results of tests of the documents, by the tests' names.
    tested: RefCell<HashMap<String, bool>>,
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
            kept: (OnceCell::new(), OnceCell::new()),
            selected: RefCell::default(),
            tested: RefCell::default(),
        }
    }

    /// Whether there is a `# promote: keep` at the difference's place, above it, or within its
    /// subtree, in the target or in the source.
    pub(super) fn keeps(&self, difference: &Difference) -> bool {
        let kept =
            |kept: &BTreeSet<Place>, place: &Place| is_above(kept, place) || is_below(kept, place);
        let in_target = match &difference.insertion {
            // A new document has no place in the target.
            Some(_) if difference.part == Part::Document => false,
            Some(insertion) => is_above(self.kept(false), &insertion.parent),
            None => kept(self.kept(false), &difference.place),
        };
        let in_source = |place: &Place| kept(self.kept(true), place);
        in_target || difference.source.as_ref().is_some_and(in_source)
    }

    /// The places with a keep comment, of the source or the target.
    fn kept(&self, is_source: bool) -> &BTreeSet<Place> {
        let (kept, stream) = if is_source {
            (&self.kept.0, self.source)
        } else {
            (&self.kept.1, self.target)
        };
        kept.get_or_init(|| {
            if may_keep(stream.text()) {
                kept_places(stream)
            } else {
                BTreeSet::new()
            }
        })
    }

    /// Whether a test holds for the documents of either side; `name` is that of the test, whose result
    /// is needed again for every difference.
    pub(super) fn is_in_either(&self, name: &str, test: impl Fn(&Stream) -> bool) -> bool {
        if let Some(known) = self.tested.borrow().get(name) {
            return *known;
        }
        let is_in = test(self.target) || test(self.source);
        self.tested.borrow_mut().insert(name.to_owned(), is_in);
        is_in
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
    ) -> Result<bool, TooManySteps> {
        let (source, target) = self.json.get_or_init(|| {
            let all = |s: &Stream| (0..s.documents().len()).map(|i| s.to_json(i)).collect();
            let mut source: Vec<serde_json::Value> = all(self.source);
            for value in &mut source {
                rename(value, None, self.naming);
            }
            (source, all(self.target))
        });
        let (json, place) = match (difference.op, &difference.source) {
            (Op::Add, Some(place)) => (source.get(place.document), place),
            _ => (target.get(difference.place.document), &difference.place),
        };
        let Some(json) = json else { return Ok(false) };
        let renamed: Vec<Step>;
        let steps = if difference.op == Op::Add {
            renamed = place
                .steps
                .iter()
                .map(|step| match step {
                    Step::Key(key) => Step::Key(renamed_key(key, self.naming)),
                    step => step.clone(),
                })
                .collect();
            &renamed
        } else {
            &place.steps
        };
        let is_source = difference.op == Op::Add;
        let mut cache = self.selected.borrow_mut();
        let of_path = match cache.get_mut(path.as_str()) {
            Some(of_path) => of_path,
            None => cache.entry(path.as_str().to_owned()).or_default(),
        };
        let selected = match of_path.entry((is_source, place.document)) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(free) => free.insert(path.select(json)?.into_iter().collect()),
        };
        if (0..=steps.len()).any(|n| selected.contains(&steps[..n])) {
            return Ok(true);
        }
        // A difference includes everything below it, also inside a string.
        Ok(depth == MatchDepth::Below
            && selected
                .range::<[Step], _>((Bound::Included(steps.as_slice()), Bound::Unbounded))
                .next()
                .is_some_and(|below| below.starts_with(steps)))
    }
}

/// The places of a stream that have a keep comment, also inside strings that hold documents.
fn kept_places(stream: &Stream) -> BTreeSet<Place> {
    let (mut kept, strings) = commented_places(stream);
    for (string, text) in strings {
        if let Some(document) = embedded(text) {
            let (inside, _) = commented_places(&document);
            kept.extend(inside.iter().map(|inner| string.inside(inner)));
        }
    }
    kept
}

/// The places of a stream that have a keep comment, and the strings whose text may have one.
fn commented_places(stream: &Stream) -> (BTreeSet<Place>, Vec<(Place, &str)>) {
    let mut strings = Vec::new();
    let has_keep = |comments: Vec<&str>| comments.into_iter().any(is_keep);
    let mut kept: BTreeSet<Place> = (0..stream.documents().len())
        .filter(|index| {
            has_keep(stream.document_comments(*index))
                || first_of_manifest(stream, *index)
                    .is_some_and(|place| has_keep(stream.comments_above(&place)))
        })
        .map(Place::root)
        .collect();
    let mut pending: Vec<(Place, &Node)> = (0..stream.documents().len())
        .map(|index| (Place::root(index), stream.root(index)))
        .collect();
    while let Some((place, node)) = pending.pop() {
        let children: Vec<(Place, &Node)> = match &node.content {
            Content::Mapping { entries, .. } => entries
                .iter()
                .map(|e| (place.child(Step::Key(e.name().to_owned())), &e.value))
                .collect(),
            Content::Sequence { items, .. } => (items.iter().enumerate())
                .map(|(i, item)| (place.child(Step::Index(i)), item))
                .collect(),
            Content::Scalar(scalar) if may_keep(&scalar.text) => {
                strings.push((place.clone(), scalar.text.as_str()));
                Vec::new()
            }
            Content::Scalar(_) | Content::Alias(_) => Vec::new(),
        };
        let keeps_merged = has_keep(stream.merge_key_comments(&place));
        for (place, node) in children {
            let is_kept = keeps_merged && stream.is_merged(&place);
            if is_kept || has_keep(stream.comments(&place)) {
                kept.insert(place.clone());
            }
            pending.push((place, node));
        }
    }
    (kept, strings)
}

/// The first entry of a manifest, which a comment for the whole document can be above.
fn first_of_manifest(stream: &Stream, document: usize) -> Option<Place> {
    let Content::Mapping { entries, .. } = &stream.root(document).content else {
        return None;
    };
    let name = entries.first()?.name();
    let is_manifest = matches!(name, "apiVersion" | "kind");
    is_manifest.then(|| Place::new(document, [Step::Key(name.to_owned())]))
}

/// Whether a place or one above it is among the places.
fn is_above(places: &BTreeSet<Place>, place: &Place) -> bool {
    !places.is_empty()
        && (0..=place.steps.len()).any(|n| {
            let steps = place.steps[..n].iter().cloned();
            places.contains(&Place::new(place.document, steps))
        })
}

/// Whether a place below a place is among the places.
fn is_below(places: &BTreeSet<Place>, place: &Place) -> bool {
    let mut after = places.range((Bound::Excluded(place), Bound::Unbounded));
    after.next().is_some_and(|below| place.contains(below))
}

/// Replaces the source's names in all keys and strings of a value; `key` is that of its entry.
fn rename(value: &mut serde_json::Value, key: Option<&str>, naming: &Naming) {
    match value {
        serde_json::Value::String(text) => *text = renamed_scalar(text, key, naming),
        serde_json::Value::Array(items) => {
            for item in items {
                rename(item, None, naming);
            }
        }
        serde_json::Value::Object(entries) => {
            let renamed = std::mem::take(entries)
                .into_iter()
                .map(|(key, mut value)| {
                    rename(&mut value, Some(&key), naming);
                    (renamed_key(&key, naming), value)
                })
                .collect();
            *entries = renamed;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{self, Base, Format, Sides};
    use crate::domain::Environment;

    fn naming() -> Naming {
        let [from, to] = ["staging", "production"].map(Environment::named);
        Naming::new(from, to, [])
    }

    fn differences(source: &Stream, target: &Stream, naming: &Naming) -> Vec<Difference> {
        document::compare(&Sides {
            source,
            target,
            base: Base::Target,
            naming,
            file: "values.yaml",
            format: Format::Yaml,
        })
    }

    /// Which differences a comment keeps, by path.
    fn kept(source: &str, target: &str) -> Vec<String> {
        let [source, target] = [source, target].map(|text| Stream::parse(text).unwrap());
        let naming = naming();
        let differences = differences(&source, &target, &naming);
        let places = Places::new(&source, &target, &naming);
        let kept = differences.iter().filter(|d| places.keeps(d));
        kept.map(|d| d.path.clone()).collect()
    }

    #[test]
    fn each_expression_has_its_own_places() {
        let [source, target] =
            ["a: 2\nm: {b: 2}\n", "a: 1\nm: {b: 1}\n"].map(|text| Stream::parse(text).unwrap());
        let naming = naming();
        let differences = differences(&source, &target, &naming);
        let places = Places::new(&source, &target, &naming);
        let covered = |path: &str| {
            let path = JsonPath::parse(path).unwrap();
            let covers = |d| places.covers(&path, d, MatchDepth::Above).unwrap();
            differences.iter().map(covers).collect::<Vec<bool>>()
        };
        for (path, expected) in [
            ("$.a", [true, false]),
            ("$.m", [false, true]),
            ("$.m.b", [false, true]),
            ("$.a", [true, false]),
            ("$.*", [true, true]),
            ("$.c", [false, false]),
        ] {
            assert_eq!(covered(path), expected, "{path}");
        }
    }

    #[test]
    fn a_comment_keeps_its_place_what_is_below_it_and_what_contains_it() {
        for (source, target, expected) in [
            ("a: 2\nb: 2\n", "a: 1 # promote: keep\nb: 1\n", &["$.a"][..]),
            ("a: 2 # promote: keep\nb: 2\n", "a: 1\nb: 1\n", &["$.a"]),
            (
                "m: {a: 2, b: 2}\n",
                "# promote: keep\nm: {a: 1}\n",
                &["$.m.a", "$.m.b"],
            ),
            // The removal of the mapping would remove what is kept.
            ("x: 1\n", "x: 1\nm:\n  a: 1 # promote: keep\n", &["$.m"]),
            ("x: 1\nm:\n  a: 1 # promote: keep\n", "x: 1\n", &["$.m"]),
            // What is new beside it moves.
            ("m:\n  a: 1\n  b: 2\n", "m:\n  a: 1 # promote: keep\n", &[]),
            (
                "b: &b {x: 2}\nm:\n  <<: *b\n  y: 2\n",
                "b: &b {x: 1}\nm:\n  <<: *b # promote: keep\n  y: 1\n",
                &["$.m.x"],
            ),
        ] {
            assert_eq!(kept(source, target), expected, "{target} -> {source}");
        }
    }
}
