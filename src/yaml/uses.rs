//! The places of a resolved document that share a node of the text.

use std::collections::{HashMap, HashSet};

use super::node::{Content, Document, Stream};
use super::place::{Place, Step};

/// Where the nodes of a document are used, apart from their own places.
pub struct Uses<'s> {
    stream: &'s Stream,
    document: usize,
    /// The places in the text of the aliases of an anchored node, by its start.
    aliases: HashMap<usize, Vec<Place>>,
}

impl<'s> Uses<'s> {
    /// Collects the aliases of a document.
    pub fn of(stream: &'s Stream, document: usize) -> Self {
        let mut aliases: HashMap<usize, Vec<Place>> = HashMap::new();
        let Document { root, anchors, .. } = &stream.documents[document];
        let mut open = vec![(Place::root(document), root)];
        while let Some((place, node)) = open.pop() {
            match &node.content {
                Content::Alias(name) => {
                    if let Some(start) = anchors.before(name, node.span.start) {
                        aliases.entry(start).or_default().push(place);
                    }
                }
                Content::Mapping { entries, .. } => open.extend(entries.iter().map(|entry| {
                    let step = Step::Key(entry.name().to_owned());
                    (place.child(step), &entry.value)
                })),
                Content::Sequence { items, .. } => {
                    let items = items.iter().enumerate();
                    open.extend(items.map(|(i, item)| (place.child(Step::Index(i)), item)));
                }
                Content::Scalar(_) => {}
            }
        }
        for places in aliases.values_mut() {
            places.sort();
        }
        Self {
            stream,
            document,
            aliases,
        }
    }

    /// The places whose value is that of the node at a place in the text.
    ///
    /// With [`Merging::Included`], also those of the mappings that a merge key merges it into.
    pub fn places(&self, holder: &Place, merging: Merging) -> Vec<Place> {
        let mut seen = HashSet::new();
        let mut visible = Vec::new();
        self.collect(holder, &mut visible);
        visible
            .into_iter()
            .filter(|(place, owner)| {
                (merging == Merging::Included || owner == holder)
                    && self.stream.holder(place).as_ref() == Some(owner)
                    && seen.insert(place.clone())
            })
            .map(|(place, _)| place)
            .collect()
    }

    /// The anchor by which other places share the node at a place in the text.
    pub fn anchor(&self, holder: &Place) -> Option<&'s str> {
        let mut node = &self.stream.documents[self.document].root;
        let mut nearest = None;
        for depth in 0..=holder.steps.len() {
            if self.aliases.contains_key(&node.start) {
                nearest = node.anchor().or(nearest);
            }
            let Some(child) = holder.steps.get(depth).and_then(|step| node.child(step)) else {
                break;
            };
            node = child;
        }
        nearest
    }

    /// The places of aliases whose anchor is at or below a node of the text, and that are not there
    /// themselves.
    pub fn aliases_of(&self, at: &Place, anchors: Anchored) -> Vec<Place> {
        let Some(top) = self.stream.node(at) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut open = vec![top];
        while let Some(node) = open.pop() {
            let counts = anchors == Anchored::AtOrBelow || !std::ptr::eq(node, top);
            if counts
                && node.anchor().is_some()
                && let Some(aliases) = self.aliases.get(&node.start)
            {
                let outside = aliases.iter().filter(|alias| !at.contains(alias));
                found.extend(outside.map(|alias| self.visible(alias).0));
            }
            open.extend(node.children());
        }
        found.sort();
        found
    }

    /// Adds the places at which the text at a place is visible, each with the place in the text of
    /// the node that is there unless a mapping has an own entry for it.
    fn collect(&self, at: &Place, into: &mut Vec<(Place, Place)>) {
        into.push(self.visible(at));
        let mut node = &self.stream.documents[self.document].root;
        for depth in 0..=at.steps.len() {
            if node.anchor().is_some()
                && let Some(aliases) = self.aliases.get(&node.start)
            {
                for alias in aliases {
                    let mut place = alias.clone();
                    place.steps.extend_from_slice(&at.steps[depth..]);
                    self.collect(&place, into);
                }
            }
            let Some(child) = at.steps.get(depth).and_then(|step| node.child(step)) else {
                break;
            };
            node = child;
        }
    }

    /// The place at which the text at a place is visible: without the steps into merge keys.
    fn visible(&self, at: &Place) -> (Place, Place) {
        let stream = self.stream;
        let root = &stream.documents[self.document].root;
        let mut visible = Place::root(self.document);
        let mut here = Some((Place::root(self.document), root));
        let mut owner = visible.clone();
        let mut is_merged_list = false;
        for step in &at.steps {
            let is_merged = is_merged_list
                || matches!(&here, Some((place, node)) if stream.merges(place, node, step));
            here = here.and_then(|(place, node)| {
                let child = node.child(step)?;
                stream.follow((place.child(step.clone()), child))
            });
            is_merged_list = is_merged
                && !is_merged_list
                && matches!(&here, Some((_, node)) if matches!(node.content, Content::Sequence { .. }));
            if !is_merged {
                visible.steps.push(step.clone());
                if let Some((place, _)) = &here {
                    owner = place.clone();
                }
            }
        }
        (visible, owner)
    }
}

/// Which anchors of a node count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchored {
    /// The node's own and those below it: all that its removal takes away.
    AtOrBelow,
    /// Those below it: all that another value in its place takes away.
    Below,
}

/// Whether the places of mappings that a node is merged into count as its uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Merging {
    /// They do: a new entry of the node is one of theirs, too.
    Included,
    /// They do not: they have another value.
    Excluded,
}
