//! What documents resolve to, and what an edit makes of it: independent of `proof`, and simple.

use std::collections::BTreeMap;

use crate::yaml::extent::child_index;
use crate::yaml::{Content, Edit, Node, Place, Step, Stream, Value};

/// A node with its anchor; an alias is not followed yet.
pub struct Tree {
    anchor: Option<String>,
    shape: Shape,
}

enum Shape {
    Is(Value),
    Alias(String),
    Sequence(Vec<Tree>),
    Mapping(Vec<(String, Tree)>),
}

impl From<&Node> for Tree {
    fn from(node: &Node) -> Self {
        let shape = match &node.content {
            Content::Scalar(_) => Shape::Is(node.value().untagged().clone()),
            Content::Alias(name) => Shape::Alias(name.clone()),
            Content::Sequence { items, .. } => {
                Shape::Sequence(items.iter().map(Self::from).collect())
            }
            Content::Mapping { entries, .. } => Shape::Mapping(
                (entries.iter())
                    .map(|entry| (entry.name().to_owned(), Self::from(&entry.value)))
                    .collect(),
            ),
        };
        Self {
            anchor: node.anchor().map(str::to_owned),
            shape,
        }
    }
}

impl Tree {
    fn constant(value: Value) -> Self {
        Self {
            anchor: None,
            shape: Shape::Is(value),
        }
    }

    fn at(&mut self, steps: &[Step]) -> Option<&mut Self> {
        let Some((first, rest)) = steps.split_first() else {
            return Some(self);
        };
        let child = match (&mut self.shape, first) {
            (Shape::Sequence(items), Step::Index(index)) => items.get_mut(*index),
            (Shape::Mapping(entries), Step::Key(key)) => entries
                .iter_mut()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        };
        child?.at(rest)
    }

    /// The value with aliases followed; `None` if one leads nowhere.
    fn resolved(&self, anchors: &mut BTreeMap<String, Value>) -> Option<Value> {
        // Below it, the same anchor may be there again, and then that is the later one.
        if let Some(anchor) = &self.anchor {
            anchors.remove(anchor);
        }
        let value = match &self.shape {
            Shape::Is(value) => value.clone(),
            Shape::Alias(name) => return anchors.get(name).cloned(),
            Shape::Sequence(items) => {
                let items = items.iter().map(|item| item.resolved(anchors));
                Value::Sequence(items.collect::<Option<_>>()?)
            }
            Shape::Mapping(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|(k, value)| Some((k.clone(), value.resolved(anchors)?)));
                Value::Mapping(merged(entries.collect::<Option<_>>()?))
            }
        };
        if let Some(anchor) = &self.anchor {
            anchors
                .entry(anchor.clone())
                .or_insert_with(|| value.clone());
        }
        Some(value)
    }
}

/// The entries of a mapping with those of its merge keys, which no entry of its own replaces.
fn merged(entries: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let (merges, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key == "<<");
    found.extend(own);
    for (_, value) in merges {
        let sources = match value {
            Value::Sequence(items) => items,
            one => vec![one],
        };
        for source in sources {
            let Value::Mapping(entries) = source else {
                continue;
            };
            for (key, value) in entries {
                if !found.iter().any(|(own, _)| *own == key) {
                    found.push((key, value));
                }
            }
        }
    }
    found
}

/// The documents of a stream.
pub fn trees(stream: &Stream) -> Vec<Tree> {
    let documents = stream.documents().iter();
    documents
        .map(|document| Tree::from(&document.root))
        .collect()
}

/// What documents resolve to; `None` if an alias leads nowhere.
pub fn resolved(trees: &[Tree]) -> Option<Vec<Value>> {
    let trees = trees.iter();
    trees
        .map(|tree| tree.resolved(&mut BTreeMap::new()))
        .collect()
}

/// The value at a place with aliases followed.
pub fn value_at(stream: &Stream, place: &Place) -> Option<Value> {
    let mut documents = resolved(&trees(stream))?;
    let mut value = documents.get_mut(place.document)?;
    for step in &place.steps {
        value = match (value, step) {
            (Value::Sequence(items), Step::Index(index)) => items.get_mut(*index)?,
            (Value::Mapping(entries), Step::Key(key)) => {
                let entry = entries.iter_mut().find(|(name, _)| name == key);
                &mut entry?.1
            }
            _ => return None,
        };
    }
    Some(value.clone())
}

fn shape_at<'t>(trees: &'t mut [Tree], place: &Place) -> Option<&'t mut Shape> {
    let tree = trees.get_mut(place.document)?.at(&place.steps)?;
    Some(&mut tree.shape)
}

/// Makes an edit that writes a value; what refers to its place follows.
pub fn edit(trees: &mut [Tree], stream: &Stream, edit: &Edit, value: Value) -> Option<()> {
    let written = Tree::constant(value);
    match edit {
        Edit::Set { place, .. } => *shape_at(trees, &stream.holder(place)?)? = written.shape,
        Edit::Remove { place } => {
            let site = stream.site_place(place)?;
            let (parent, step) = site.parent()?;
            let index = child_index(stream.node(&parent)?, step)?;
            match shape_at(trees, &parent)? {
                Shape::Sequence(items) => drop(items.remove(index)),
                Shape::Mapping(entries) => drop(entries.remove(index)),
                Shape::Is(_) | Shape::Alias(_) => return None,
            }
        }
        Edit::AddEntry {
            mapping: place,
            key,
            after,
            ..
        } => {
            let shape = shape_at(trees, &stream.holder(place)?)?;
            let slot = after.map_or(0, |after| after + 1);
            match shape {
                Shape::Mapping(entries) => entries.insert(slot, (key.clone(), written)),
                _ => *shape = Shape::Mapping(vec![(key.clone(), written)]),
            }
        }
        Edit::AddItem {
            sequence: place,
            after,
            ..
        } => {
            let shape = shape_at(trees, &stream.holder(place)?)?;
            let slot = after.map_or(0, |after| after + 1);
            match shape {
                Shape::Sequence(items) => items.insert(slot, written),
                _ => *shape = Shape::Sequence(vec![written]),
            }
        }
        Edit::AddDocument { .. } | Edit::RemoveDocument { .. } => return None,
    }
    Some(())
}
