//! All versions in one stream, whatever another one has.

use super::classify::{Surroundings, classify};
use super::identity::text_at;
use super::nested::{self, Nested};
use super::version_places::Owner;
use super::versions::{VersionField, version_of};
use crate::document::image::ImageReference;
use crate::document::lines::Format;
use crate::domain::Naming;
use crate::yaml::{Content, Node, Stream};

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
    let mut found = Vec::new();
    for document in 0..stream.documents().len() {
        let root = stream.root(document);
        let around = Surroundings {
            file,
            owner: match format {
                Format::Yaml | Format::Template => Owner::of(root),
                Format::Settings => Owner::Settings,
                Format::Plain => Owner::Text,
            },
            keys: &[],
            parent: None,
            naming,
        };
        node(root, &around, &mut found);
    }
    found
}

fn node(node: &Node, around: &Surroundings<'_>, found: &mut Vec<StreamVersion>) {
    match &node.content {
        Content::Scalar(scalar) => {
            // The name of an image only moves with a version beside it.
            let field =
                classify(around, &[&scalar.text]).filter(|field| *field != VersionField::ImageName);
            found.extend(field.map(|field| version(field, &scalar.text, around)));
        }
        Content::Mapping { entries, .. } => {
            let object = nested::object(around.keys, node);
            let (owner, keys) = match &object {
                Some(Nested { owner, keys }) => (*owner, keys.as_slice()),
                None => (around.owner, around.keys),
            };
            let mut path = keys.to_vec();
            for entry in entries {
                let nested = nested::value(owner, keys, node, entry.name());
                path.push(entry.name().to_owned());
                let (owner, keys) = match &nested {
                    Some(Nested { owner, keys }) => (*owner, keys),
                    None => (owner, &path),
                };
                let around = Surroundings {
                    owner,
                    keys,
                    parent: Some(node),
                    ..*around
                };
                self::node(&entry.value, &around, found);
                path.pop();
            }
        }
        Content::Sequence { items, .. } => {
            let around = Surroundings {
                parent: None,
                ..*around
            };
            for item in items {
                self::node(item, &around, found);
            }
        }
        Content::Alias(_) => {}
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
