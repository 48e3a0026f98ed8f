//! Values that other places of the target share through an alias.
//!
//! # Why
//!
//! Setting an anchored value changes every place that is an alias of it. Where
//! the source has the same aliases that is what its authors meant; where only
//! the target has one, a place would change that nobody was shown.

use std::collections::BTreeSet;

use crate::yaml::{Content, Node, Place, Stream};

/// The anchor that forbids to change what is at `place`, if one does: the place lies within its
/// value, and the target has an alias of it where the source has none.
pub(super) fn shared(source: &Stream, target: &Stream, place: &Place) -> Option<String> {
    let anchors = (0..=place.steps.len()).filter_map(|n| {
        let above = Place {
            document: place.document,
            steps: place.steps[..n].to_vec(),
        };
        target.node(&above)?.anchor.clone()
    });
    anchors
        .into_iter()
        .find(|name| !uses(target, name).is_subset(&uses(source, name)))
}

/// Where a stream has aliases of an anchor, by the keys on the way.
fn uses(stream: &Stream, name: &str) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    for document in stream.documents() {
        let mut open: Vec<(Vec<String>, &Node)> = vec![(Vec::new(), &document.root)];
        while let Some((keys, node)) = open.pop() {
            match &node.content {
                Content::Alias(alias) if alias == name => {
                    found.insert(keys);
                }
                Content::Mapping { entries, .. } => open.extend(entries.iter().map(|entry| {
                    let below = keys.iter().cloned().chain([entry.name().to_owned()]);
                    (below.collect(), &entry.value)
                })),
                Content::Sequence { items, .. } => {
                    open.extend(items.iter().map(|item| (keys.clone(), item)));
                }
                _ => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Step;

    fn refused(source: &str, target: &str) -> Option<String> {
        let (source, target) = (
            Stream::parse(source).unwrap(),
            Stream::parse(target).unwrap(),
        );
        shared(
            &source,
            &target,
            &Place::new(0, [Step::Key("tag".to_owned())]),
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
