//! Values that other places of the target share through an alias.
//!
//! # Why
//!
//! Setting an anchored value changes every place that is an alias of it. Where
//! the source has the same aliases that is what its authors meant; where only
//! the target has one, a place would change that nobody was shown.

use std::collections::BTreeSet;

use crate::yaml::{Content, Node, Place, Step, Stream};

/// The anchor that forbids to change what is at `place`, if one does: the place lies within its
/// value, and the target has an alias of it where the source has none and nothing is promoted.
pub(super) fn shared(
    source: &Stream,
    target: &Stream,
    place: &Place,
    promoted: &[&Place],
) -> Option<String> {
    let anchors = (0..=place.steps.len()).filter_map(|n| {
        let above = Place {
            document: place.document,
            steps: place.steps[..n].to_vec(),
        };
        target.node(&above)?.anchor.clone()
    });
    anchors.into_iter().find(|name| {
        let theirs: BTreeSet<Vec<String>> =
            uses(source, name).into_iter().map(|u| keys(&u)).collect();
        uses(target, name)
            .iter()
            .any(|own| !theirs.contains(&keys(own)) && !promoted.iter().any(|p| p.contains(own)))
    })
}

/// Where the target has aliases of an anchor that the source has too; none if it has others besides.
pub(super) fn common_uses(source: &Stream, target: &Stream, anchor: &str) -> Vec<Place> {
    let theirs: Vec<_> = uses(source, anchor).iter().map(keys).collect();
    let own = uses(target, anchor);
    if own.iter().all(|place| theirs.contains(&keys(place))) {
        own
    } else {
        Vec::new()
    }
}

/// Where a stream has aliases of an anchor.
fn uses(stream: &Stream, name: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for (document, root) in stream.documents().iter().enumerate() {
        let mut open: Vec<(Place, &Node)> = vec![(Place::root(document), &root.root)];
        while let Some((place, node)) = open.pop() {
            match &node.content {
                Content::Alias(alias) if alias == name => found.push(place),
                Content::Mapping { entries, .. } => open.extend(entries.iter().map(|entry| {
                    let step = Step::Key(entry.name().to_owned());
                    (place.child(step), &entry.value)
                })),
                Content::Sequence { items, .. } => {
                    let items = items.iter().enumerate();
                    open.extend(items.map(|(i, item)| (place.child(Step::Index(i)), item)));
                }
                _ => {}
            }
        }
    }
    found
}

/// The keys on the way to a place: lists may stand in another order.
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
    fn an_alias_that_the_source_has_too_goes_along() {
        assert_eq!(refused("tag: &v 2\nx: *v\n", "tag: &v 1\nx: *v\n"), None);
        assert_eq!(refused("tag: 2\n", "tag: &v 1\n"), None);
    }
}
