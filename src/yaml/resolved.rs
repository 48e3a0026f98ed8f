//! Documents as their readers see them: aliases followed, merge keys merged.
//!
//! # Why
//!
//! Only the resolved values count for what is deployed. So comparing, deciding
//! and proving use resolved documents, whose places never contain an alias or
//! `<<`. A place leads back to the text that holds its value: its *site* is the
//! entry or item in the text, its *holder* the node behind the site's alias.
//! Several places can have the same holder; [`Uses`](super::uses::Uses) lists
//! them.

use std::collections::HashSet;

use super::node::{Content, Entries, Entry, Node, Stream};
use super::place::{Place, Step};
use super::scalar::Quoting;

/// A node of the text with its place in the text.
pub(super) type Located<'s> = (Place, &'s Node);

impl Stream {
    /// The root of a document with aliases followed and merge keys merged.
    ///
    /// Spans in it are those of the nodes that hold the values.
    pub fn root(&self, document: usize) -> &Node {
        let found = &self.documents[document];
        if !found.has_references {
            return &found.root;
        }
        self.resolved[document].get_or_init(|| self.resolved_node(document, &found.root))
    }

    /// Whether a document has aliases or merge keys.
    pub fn has_references(&self, document: usize) -> bool {
        self.documents
            .get(document)
            .is_some_and(|document| document.has_references)
    }

    /// The node at a place of a resolved document.
    pub fn at(&self, place: &Place) -> Option<&Node> {
        (place.document < self.documents.len()).then_some(())?;
        place
            .steps
            .iter()
            .try_fold(self.root(place.document), |node, step| node.child(step))
    }

    /// The place in the text of the entry, item or root that gives a place its value; the value there
    /// can be an alias.
    pub fn site_place(&self, place: &Place) -> Option<Place> {
        self.site(place).map(|(place, _)| place)
    }

    /// Whether a merge key brings the entry at a place of a resolved document.
    pub fn is_merged(&self, place: &Place) -> bool {
        let parent_of = |place: Place| place.parent().map(|(parent, _)| parent);
        let mapping = place
            .parent()
            .and_then(|(mapping, _)| self.holder(&mapping));
        let site = self.site_place(place).and_then(parent_of);
        site.is_some() && site != mapping
    }

    pub(super) fn site(&self, place: &Place) -> Option<Located<'_>> {
        let root = &self.documents.get(place.document)?.root;
        let mut at = (Place::root(place.document), root);
        for step in &place.steps {
            at = self.step(self.follow(at)?, step)?;
        }
        Some(at)
    }

    /// The place in the text of the node that holds the value of a place.
    pub fn holder(&self, place: &Place) -> Option<Place> {
        self.follow(self.site(place)?).map(|(place, _)| place)
    }

    /// Follows an alias; `None` if its anchor is on a key, which has no place.
    pub(super) fn follow<'s>(&'s self, (place, node): Located<'s>) -> Option<Located<'s>> {
        let Content::Alias(name) = &node.content else {
            return Some((place, node));
        };
        let document = self.documents.get(place.document)?;
        let Some(start) = document.anchors.before(name, node.span.start) else {
            // A piece of a text: the anchor is elsewhere, so the alias is a value of its own.
            return Some((place, node));
        };
        let mut at = (Place::root(place.document), &document.root);
        while at.1.start != start || at.1.anchor() != Some(name) {
            at = value_around(at, start)?;
        }
        Some(at)
    }

    /// The child at a step of a followed node, also one that a merge key brings.
    fn step<'s>(&'s self, (place, node): Located<'s>, step: &Step) -> Option<Located<'s>> {
        let Some(child) = node
            .child(step)
            .filter(|_| !self.merges(&place, node, step))
        else {
            let merged = self.merged(&(place, node)).into_iter();
            return merged.flatten().find_map(|from| self.step(from, step));
        };
        Some((place.child(step.clone()), child))
    }

    /// Whether a step is a merge key.
    pub(super) fn merges(&self, place: &Place, node: &Node, step: &Step) -> bool {
        matches!(step, Step::Key(name) if name == MERGE_KEY)
            && self.merged(&(place.clone(), node)).is_some()
    }

    /// The places in the text of all mappings that are merged into the one at a place in the text.
    pub(super) fn all_merged(&self, mapping: &Place) -> Vec<Place> {
        let mut found = Vec::new();
        let mut open: Vec<Located<'_>> = Vec::new();
        open.extend(self.node(mapping).map(|node| (mapping.clone(), node)));
        while let Some(here) = open.pop() {
            for from in self.merged(&here).into_iter().flatten() {
                found.push(from.0.clone());
                open.push(from);
            }
        }
        found
    }

    /// The mappings that the merge key of a mapping brings, the first of which wins.
    fn merged<'s>(&'s self, (place, node): &Located<'s>) -> Option<Vec<Located<'s>>> {
        let Content::Mapping { entries, .. } = &node.content else {
            return None;
        };
        let entry = &entries[entries.position(MERGE_KEY)?];
        is_merge_key(&entry.key).then_some(())?;
        let site = place.child(Step::Key(MERGE_KEY.to_owned()));
        let (place, node) = self.follow((site, &entry.value))?;
        let mapping = |found: &Located<'_>| matches!(found.1.content, Content::Mapping { .. });
        match &node.content {
            Content::Mapping { .. } => Some(vec![(place, node)]),
            Content::Sequence { items, .. } => items
                .iter()
                .enumerate()
                .map(|(index, item)| {
                    let site = place.child(Step::Index(index));
                    self.follow((site, item)).filter(mapping)
                })
                .collect(),
            _ => None,
        }
    }

    /// A node of the text with aliases followed and merge keys merged.
    pub(super) fn resolved_node(&self, document: usize, node: &Node) -> Node {
        let node = self.resolve(document, node);
        let content = match &node.content {
            Content::Sequence { layout, items } => Content::Sequence {
                layout: *layout,
                items: items
                    .iter()
                    .map(|item| self.resolved_node(document, item))
                    .collect(),
            },
            Content::Mapping { layout, entries } => Content::Mapping {
                layout: *layout,
                entries: self.resolved_entries(document, entries),
            },
            Content::Scalar(_) | Content::Alias(_) => node.content.clone(),
        };
        Node {
            content,
            span: node.span.clone(),
            properties: node.properties.clone(),
            ..*node
        }
    }

    /// The start and name of the first key before a merge key that brings the same key.
    ///
    /// The key of the mapping itself wins for most readers, and the merged one for others.
    pub(super) fn disputed_merge(&self, document: usize) -> Option<(usize, &str)> {
        let root = &self.documents[document].root;
        let mut open = vec![root];
        let mut first: Option<&Entry> = None;
        while let Some(node) = open.pop() {
            open.extend(node.children());
            let Content::Mapping { entries, .. } = &node.content else {
                continue;
            };
            let merge = entries.iter().position(|entry| is_merge_key(&entry.key));
            let Some(index) = merge.filter(|index| *index > 0) else {
                continue;
            };
            let resolved = Entry {
                key: entries[index].key.clone(),
                value: self.resolved_node(document, &entries[index].value),
                start: entries[index].start,
                complex: None,
            };
            let merged = merged_entries(&resolved).unwrap_or_default();
            let names: HashSet<&str> = merged.iter().map(|entry| entry.name()).collect();
            let disputed = entries[..index].iter().find(|e| names.contains(e.name()));
            first = disputed
                .into_iter()
                .chain(first)
                .min_by_key(|entry| entry.start);
        }
        first.map(|entry| (entry.start, entry.name()))
    }

    fn resolved_entries(&self, document: usize, entries: &[Entry]) -> Entries {
        let is_resolved = |entry: &Entry| Entry {
            key: entry.key.clone(),
            value: self.resolved_node(document, &entry.value),
            start: entry.start,
            complex: entry.complex.clone(),
        };
        if !entries.iter().any(|entry| is_merge_key(&entry.key)) {
            return Entries::new(entries.iter().map(is_resolved).collect());
        }
        let mut names: HashSet<String> = entries
            .iter()
            .map(|entry| entry.name().to_owned())
            .collect();
        let mut found = Vec::with_capacity(entries.len());
        for entry in entries {
            let own = is_resolved(entry);
            match merged_entries(&own) {
                Some(merged) => {
                    let is_new = |entry: &&Entry| names.insert(entry.name().to_owned());
                    found.extend(merged.into_iter().filter(is_new).cloned());
                }
                None => found.push(own),
            }
        }
        Entries::new(found)
    }
}

/// The key that merges mappings into its own.
pub(super) const MERGE_KEY: &str = "<<";

/// Whether a key is `<<` without quotes.
pub(super) fn is_merge_key(key: &Node) -> bool {
    matches!(&key.content, Content::Scalar(scalar)
        if scalar.text == MERGE_KEY && scalar.quoting == Quoting::Plain)
        && key.tag().is_none_or(|tag| tag == "!!merge")
}

/// The entries that a resolved `<<` entry brings; `None` if its value cannot be merged.
fn merged_entries(entry: &Entry) -> Option<Vec<&Entry>> {
    if !is_merge_key(&entry.key) {
        return None;
    }
    match &entry.value.content {
        Content::Mapping { entries, .. } => Some(entries.iter().collect()),
        Content::Sequence { items, .. } => {
            let mut all = Vec::new();
            for item in items {
                let Content::Mapping { entries, .. } = &item.content else {
                    return None;
                };
                all.extend(entries);
            }
            Some(all)
        }
        _ => None,
    }
}

/// The child value whose text contains an offset.
fn value_around((place, node): Located<'_>, offset: usize) -> Option<Located<'_>> {
    match &node.content {
        Content::Sequence { items, .. } => {
            let index = items
                .partition_point(|item| item.start <= offset)
                .checked_sub(1)?;
            Some((place.child(Step::Index(index)), &items[index]))
        }
        Content::Mapping { entries, .. } => {
            let index = entries
                .partition_point(|entry| entry.start <= offset)
                .checked_sub(1)?;
            let entry = &entries[index];
            let step = Step::Key(entry.name().to_owned());
            (entry.value.start <= offset).then(|| (place.child(step), &entry.value))
        }
        Content::Scalar(_) | Content::Alias(_) => None,
    }
}
