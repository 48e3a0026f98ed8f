//! All versions in one stream, whatever another one has.

use super::classify::{Surroundings, classify};
use super::identity::text_at;
use super::nested::{self, Nested};
use super::version_places::Owner;
use super::versions::{VersionField, version_of};
use crate::document::image::ImageReference;
use crate::document::lines::Format;
use crate::domain::Naming;
use crate::yaml::{Content, Entries, Node, Stream};

/// A version in a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StreamVersion {
    /// The kind of its field.
    pub field: VersionField,
    /// The version: of an image the tag or the digest.
    pub version: String,
    /// The name of the image, if the field or one beside it has it.
    pub image: Option<String>,
}

/// Lists the versions of a file's stream, in the order of the text.
pub fn stream_versions(
    stream: &Stream,
    file: &str,
    format: Format,
    naming: &Naming,
) -> Vec<StreamVersion> {
    let mut visitor = Visitor {
        file,
        naming,
        keys: Vec::new(),
        found: Vec::new(),
    };
    for document in 0..stream.documents().len() {
        let root = stream.root(document);
        let owner = match format {
            Format::Yaml | Format::Template => Owner::of(root),
            Format::Settings => Owner::Settings,
            Format::Plain => Owner::Text,
        };
        visitor.node(root, owner, None);
    }
    visitor.found
}

struct Visitor<'a> {
    file: &'a str,
    naming: &'a Naming,
    /// The keys of the node that is visited.
    keys: Vec<String>,
    found: Vec<StreamVersion>,
}

impl Visitor<'_> {
    fn node(&mut self, node: &Node, owner: Owner, parent: Option<&Node>) {
        match &node.content {
            Content::Scalar(scalar) => {
                let around = Surroundings {
                    file: self.file,
                    owner,
                    keys: &self.keys,
                    parent,
                    naming: self.naming,
                };
                // The name of an image only moves with a version beside it.
                let field = classify(&around, &[&scalar.text])
                    .filter(|field| *field != VersionField::ImageName);
                let found = field.map(|field| version(field, &scalar.text, &around));
                self.found.extend(found);
            }
            Content::Mapping { entries, .. } => match nested::object(&self.keys, node) {
                Some(nested) => self.within(nested, |visitor, owner| {
                    visitor.entries(entries, owner, node);
                }),
                None => self.entries(entries, owner, node),
            },
            Content::Sequence { items, .. } => {
                for item in items {
                    self.node(item, owner, None);
                }
            }
            Content::Alias(_) => {}
        }
    }

    fn entries(&mut self, entries: &Entries, owner: Owner, mapping: &Node) {
        for entry in entries {
            if let Some(nested) = nested::value(owner, &self.keys, mapping, entry.name()) {
                self.within(nested, |visitor, owner| {
                    visitor.node(&entry.value, owner, Some(mapping));
                });
            } else {
                self.keys.push(entry.name().to_owned());
                self.node(&entry.value, owner, Some(mapping));
                self.keys.pop();
            }
        }
    }

    /// Visits something that stands for other keys.
    fn within(&mut self, nested: Nested, visit: impl FnOnce(&mut Self, Owner)) {
        let keys = std::mem::replace(&mut self.keys, nested.keys);
        visit(self, nested.owner);
        self.keys = keys;
    }
}

fn version(field: VersionField, text: &str, around: &Surroundings<'_>) -> StreamVersion {
    let beside = || {
        let mut keys = ["newName", "repository", "name"].into_iter();
        keys.find_map(|key| text_at(around.parent?, key))
    };
    let image = match field {
        VersionField::Image => ImageReference::parse(text).map(|image| image.name),
        VersionField::ImageTag | VersionField::ImageDigest => beside(),
        _ => None,
    };
    StreamVersion {
        field,
        version: version_of(field, text).to_owned(),
        image: image.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Environment;

    #[test]
    fn versions_are_found_where_a_comparison_finds_them() {
        let naming = Naming::new(
            Environment::named("staging"),
            Environment::named("production"),
            &[],
        );
        for (file, text, expected) in [
            (
                "deployment.yaml",
                "kind: Deployment\nspec:\n  containers:\n    - name: web\n      image: acme/web:1.5\n    - image: envoy@sha256:ab\n",
                "1.5 of acme/web, sha256:ab of envoy",
            ),
            (
                "kustomization.yaml",
                "images:\n  - {name: acme/web, newTag: '2'}\n  - {name: db, newName: x/db, newTag: v3}\n",
                "2 of acme/web, v3 of x/db",
            ),
            (
                "values.yaml",
                "web:\n  image: {repository: a/web, tag: '1.2'}\n",
                "1.2 of a/web",
            ),
            ("values.yaml", "replicas: 3\nhost: a.example.org\n", ""),
            (
                "list.yaml",
                "kind: List\nitems:\n  - kind: Pod\n    spec:\n      containers: [{image: 'a:7'}]\n",
                "7 of a",
            ),
            (
                "secret.yaml",
                "kind: Secret\nstringData: {image: 'a:7'}\n",
                "",
            ),
        ] {
            let stream = Stream::parse(text).unwrap();
            let found = stream_versions(&stream, file, Format::Yaml, &naming);
            let shown = found.into_iter().map(|v| match v.image {
                Some(image) => format!("{} of {image}", v.version),
                None => v.version,
            });
            assert_eq!(shown.collect::<Vec<_>>().join(", "), expected, "{text}");
        }
    }
}
