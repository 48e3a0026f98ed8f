//! Key paths as selectors: the name of a key such as `tag`, or a part of a path such as `image.tag`.
//!
//! # Why
//!
//! People name a value by its key, as the preview shows it, and rarely as a JSONPath. A key path matches
//! every place whose keys contain it in a row, and everything below; positions in lists do not count.
//! A path of several keys that a file has from the root of a document is written in full, so there it
//! only matches that place: `image.tag` is not `sidecar.image.tag`.

use super::places::Places;
use crate::document::{Difference, is_manifest};
use crate::engine::compare::shown;
use crate::yaml::{Content, Node, Stream, embedded};

/// The text of a selector that can name keys.
pub(super) struct KeyPath {
    text: String,
    /// The text without items of lists, with dots between the keys.
    keys: String,
}

impl KeyPath {
    /// The key path of a selector; `None` if it can only be a file, a document or a JSONPath.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut keys = String::new();
        let mut rest = text;
        while let Some((before, item)) = rest.split_once('[') {
            let (item, after) = match item.strip_prefix('\'').and_then(|i| i.split_once("']")) {
                Some((key, after)) => (Some(key), after),
                None => (None, item.split_once(']')?.1),
            };
            keys.push_str(before);
            if let Some(key) = item {
                let dot = if keys.is_empty() { "" } else { "." };
                keys.push_str(dot);
                keys.push_str(key);
            }
            rest = after;
        }
        let outside = format!("{keys}{rest}");
        let is_other = outside.is_empty()
            || text.starts_with('$')
            || rest.contains(SEPARATORS)
            || keys.contains(SEPARATORS)
            || is_manifest(text);
        (!is_other).then(|| Self {
            text: text.to_owned(),
            keys: outside,
        })
    }

    /// Whether the place of a difference, or one above it, has this path.
    pub(super) fn matches(&self, difference: &Difference, places: &Places<'_>) -> bool {
        let is_in_full = || {
            let is_at_root = |documents: &Stream| self.is_at_root(documents);
            self.keys.contains('.') && places.is_in_either(&self.text, is_at_root)
        };
        if self.text.contains('[') {
            is_part(&shown(&difference.path), &self.text)
        } else if is_in_full() {
            self.starts(&difference.keys)
        } else {
            (0..difference.keys.len()).any(|from| self.starts(&difference.keys[from..]))
        }
    }

    /// Whether a place of the documents has this path.
    pub(super) fn is_in(&self, documents: &Stream) -> bool {
        let mut pending: Vec<(Vec<&str>, &Node)> = (0..documents.documents().len())
            .map(|index| (Vec::new(), documents.root(index)))
            .collect();
        while let Some((keys, node)) = pending.pop() {
            match &node.content {
                Content::Mapping { entries, .. } => {
                    for entry in entries {
                        let mut keys = keys.clone();
                        keys.push(entry.name());
                        if (0..keys.len()).any(|from| self.starts(&keys[from..])) {
                            return true;
                        }
                        pending.push((keys, &entry.value));
                    }
                }
                Content::Sequence { items, .. } => {
                    pending.extend(items.iter().map(|item| (keys.clone(), item)));
                }
                Content::Scalar(scalar) => {
                    if embedded(&scalar.text).is_some_and(|inside| self.is_in(&inside)) {
                        return true;
                    }
                }
                Content::Alias(_) => {}
            }
        }
        false
    }

    /// Whether a document has this path from its root.
    fn is_at_root(&self, documents: &Stream) -> bool {
        let mut roots = (0..documents.documents().len()).map(|index| documents.root(index));
        roots.any(|root| has_path(root, &self.keys))
    }

    /// Whether the first of these keys, joined by dots, are the path.
    fn starts(&self, keys: &[impl AsRef<str>]) -> bool {
        let mut rest = self.keys.as_str();
        for key in keys {
            match rest.strip_prefix(key.as_ref()) {
                Some("") => return true,
                Some(after) => match after.strip_prefix('.') {
                    Some(after) => rest = after,
                    None => return false,
                },
                None => return false,
            }
        }
        false
    }
}

/// Whether keys from a node on, joined by dots, are a path.
fn has_path(node: &Node, path: &str) -> bool {
    match &node.content {
        Content::Mapping { entries, .. } => entries.into_iter().any(|entry| {
            path.strip_prefix(entry.name()).is_some_and(|rest| {
                let below = rest.strip_prefix('.');
                rest.is_empty() || below.is_some_and(|below| has_path(&entry.value, below))
            })
        }),
        Content::Sequence { items, .. } => items.iter().any(|item| has_path(item, path)),
        Content::Scalar(_) | Content::Alias(_) => false,
    }
}

/// What a key path cannot contain outside brackets, because it belongs to files and documents.
const SEPARATORS: [char; 6] = ['/', '*', '?', '{', '#', ':'];

/// Whether a shown place contains a part of a path, from one key to another.
fn is_part(shown: &str, part: &str) -> bool {
    shown.match_indices(part).any(|(at, _)| {
        let before = shown[..at].chars().next_back();
        let after = shown[at + part.len()..].chars().next();
        before.is_none_or(|c| matches!(c, '.' | ']') || part.starts_with('['))
            && after.is_none_or(|c| matches!(c, '.' | '['))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_documents_and_json_paths_are_no_key_paths() {
        for text in [
            "apps/web/values.yaml",
            "values-production.yaml",
            "*",
            "**",
            "$.tag",
            "values.yaml:$.tag",
            "values#2",
            "a{b,c}",
            "a[b",
            "",
        ] {
            assert!(KeyPath::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_key_path_matches_keys_in_a_row() {
        let documents = Stream::parse(
            "x-tag: 1\nimage: {tag: 2, tags: 3}\nlist:\n- name: a\n  newTag: 4\nmeta: {a.b/c: 5}\ntext: |\n  inner: {key: 6}\n",
        )
        .unwrap();
        for (text, is_there) in [
            ("tag", true),
            ("image", true),
            ("image.tag", true),
            ("list.newTag", true),
            ("list[a].newTag", true),
            ("['x-tag']", true),
            ("x-tag", true),
            ("inner.key", true),
            ("meta.a", false),
            ("ag", false),
            ("image.ta", false),
            ("image.tag.x", false),
            ("newTag.list", false),
        ] {
            let path = KeyPath::parse(text).unwrap();
            assert_eq!(path.is_in(&documents), is_there, "{text}");
        }
    }

    #[test]
    fn a_path_is_in_full_if_a_document_has_it_from_the_root() {
        let documents = Stream::parse(
            "image: {tag: 2}\nsidecar: {image: {name: a, pull: b}}\nlist: [{a: {b: 1}}]\n---\nx.y: {z: 1}\n",
        )
        .unwrap();
        for (text, expected) in [
            ("image.tag", true),
            ("sidecar.image", true),
            ("image.name", false),
            ("image.tag.x", false),
            ("list.a.b", true),
            ("a.b", false),
            ("x.y.z", true),
        ] {
            let path = KeyPath::parse(text).unwrap();
            assert_eq!(path.is_at_root(&documents), expected, "{text}");
        }
    }

    #[test]
    fn a_shown_place_is_matched_from_key_to_key() {
        let shown = "spec.containers[web.io/a].image";
        for (part, is_there) in [
            ("containers[web.io/a].image", true),
            ("[web.io/a].image", true),
            ("containers[web.io/a]", true),
            ("tainers[web.io/a]", false),
            ("containers[web.io/a].im", false),
        ] {
            assert_eq!(is_part(shown, part), is_there, "{part}");
        }
    }
}
