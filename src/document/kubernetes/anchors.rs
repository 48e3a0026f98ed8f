//! Anchored values, which other places share by an alias.
//!
//! # Why
//!
//! Setting an anchored value changes all its aliases. If the source has the same
//! aliases, its authors intended that; if only the target has an alias, a place
//! would change that the preview does not show.

use std::collections::BTreeSet;

use crate::yaml::{Content, Node, Place, Step, Stream};

/// The anchor, if any, that prevents a change at `place`: the place is within its value, and the
/// target has an alias of it at a place where the source has none and nothing is promoted.
pub(super) fn shared(
    source: &Stream,
    target: &Stream,
    place: &Place,
    promoted: &[&Place],
) -> Option<String> {
    let mut anchored = (0..=place.steps.len()).filter_map(|n| {
        let above = Place {
            document: place.document,
            steps: place.steps[..n].to_vec(),
        };
        let node = target.node(&above)?;
        Some((node, node.anchor.as_deref()?))
    });
    let is_apart = |(node, name): &(&Node, &str)| {
        let documents = 0..source.documents().len();
        let theirs: BTreeSet<Vec<String>> = documents
            .flat_map(|document| aliases(source, document))
            .filter(|(_, alias)| matches!(&alias.content, Content::Alias(n) if n == name))
            .map(|(place, _)| keys(&place))
            .collect();
        uses(target, place.document, node)
            .iter()
            .any(|own| !theirs.contains(&keys(own)) && !promoted.iter().any(|p| p.contains(own)))
    };
    anchored.find(is_apart).map(|(_, name)| name.to_owned())
}

/// The places of the target's aliases of a value, if all of them are aliases in the source, too.
pub(super) fn common_uses(
    (source, source_document, theirs): (&Stream, usize, &Node),
    (target, target_document, own): (&Stream, usize, &Node),
) -> Vec<Place> {
    if own.anchor.is_none() || own.anchor != theirs.anchor {
        return Vec::new();
    }
    let theirs: BTreeSet<_> = uses(source, source_document, theirs)
        .iter()
        .map(keys)
        .collect();
    let own = uses(target, target_document, own);
    if own.iter().all(|place| theirs.contains(&keys(place))) {
        own
    } else {
        Vec::new()
    }
}

/// The places of the aliases of this node; a document may use an anchor's name more than once.
fn uses(stream: &Stream, document: usize, anchored: &Node) -> Vec<Place> {
    aliases(stream, document)
        .into_iter()
        .filter(|(_, alias)| std::ptr::eq(stream.resolve(document, alias), anchored))
        .map(|(place, _)| place)
        .collect()
}

/// The aliases in a document.
fn aliases(stream: &Stream, document: usize) -> Vec<(Place, &Node)> {
    let mut found = Vec::new();
    let mut open: Vec<(Place, &Node)> =
        vec![(Place::root(document), &stream.documents()[document].root)];
    while let Some((place, node)) = open.pop() {
        match &node.content {
            Content::Alias(_) => found.push((place, node)),
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
    found
}

/// The keys on the way to a place, without list positions, which may differ.
pub(super) fn keys(place: &Place) -> Vec<String> {
    let key = |step: &Step| match step {
        Step::Key(key) => Some(key.clone()),
        Step::Index(_) => None,
    };
    place.steps.iter().filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(source: &str, target: &str) -> Option<String> {
        let (source, target) = (
            Stream::parse(source).unwrap(),
            Stream::parse(target).unwrap(),
        );
        shared(
            &source,
            &target,
            &Place::new(0, [Step::Key("tag".to_owned())]),
            &[],
        )
    }

    #[test]
    fn an_alias_of_the_target_alone_keeps_the_anchored_value() {
        let found = refused("tag: 2\nx: 1\n", "tag: &v 1\nx: *v\n");
        assert_eq!(found.as_deref(), Some("v"));
    }

    #[test]
    fn an_alias_that_the_source_has_too_may_change() {
        assert_eq!(refused("tag: &v 2\nx: *v\n", "tag: &v 1\nx: *v\n"), None);
        assert_eq!(refused("tag: 2\n", "tag: &v 1\n"), None);
    }
}
