//! The kind of version in a field: its place must be one of a version, and its values must look so.

use super::assignment::assignment;
use super::nested::{self, Nested};
use super::pinned_url::{is_release_url, pinned_url};
use super::version_places::{self, Owner};
use super::versions::VersionField;
use crate::document::image::ImageReference;
use crate::document::sealed::is_ciphertext;
use crate::document::tokens;
use crate::domain::Naming;
use crate::yaml::{Content, Node};

/// What surrounds a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The document.
    pub owner: Owner<'a>,
    /// The keys on the way, without list positions; the last one is the field itself.
    pub keys: &'a [String],
    /// The mapping that contains the field.
    pub parent: Option<&'a Node>,
    /// The environments' names.
    pub naming: &'a Naming,
}

/// The kind of version in a field, by its surroundings and its texts (the source's and the target's,
/// or the only one). Secrets have none.
pub(super) fn classify(around: &Surroundings<'_>, texts: &[&str]) -> Option<VersionField> {
    let is_secret = around.owner.is_secret() || around.keys.iter().any(|k| k == "secretGenerator");
    if is_secret || texts.iter().any(|text| is_ciphertext(text)) {
        return None;
    }
    let is_text = around.owner == Owner::Text;
    if is_text && around.keys.is_empty() {
        let is_bare = texts.iter().all(|text| is_bare_version(text));
        return is_bare.then_some(VersionField::VersionFile);
    }
    if texts.iter().any(|text| pinned_url(text).is_some()) {
        let urls: Option<Vec<_>> = texts.iter().map(|text| pinned_url(text)).collect();
        let (first, rest) = urls.as_deref()?.split_first()?;
        let is_same = rest
            .iter()
            .all(|url| around.naming.same(first.resource(), url.resource()));
        return is_same.then_some(VersionField::PinnedUrl);
    }
    // The names in other texts, such as code, have meanings of their own.
    if is_text {
        return None;
    }
    if is_release_url(texts, around.naming) {
        return Some(VersionField::PinnedUrl);
    }
    if around.keys.is_empty() && texts.iter().all(|t| tokens::is_version(t)) {
        return Some(VersionField::VersionFile);
    }
    if around.parent.is_none()
        && let Some(field) = assigned(around, texts)
    {
        return Some(field);
    }
    match version_places::field_at(around.file, around.owner, around.keys, around.parent) {
        Some(VersionField::ImageName) => image_name(around, texts),
        Some(field) => are_plausible(field, texts).then_some(field),
        None => None,
    }
    .or_else(|| {
        texts
            .iter()
            .all(|t| is_registry_image(t))
            .then_some(VersionField::Image)
    })
}

/// Whether a mapping or list with these surroundings contains a version.
pub(super) fn contains_version(node: &Node, around: &Surroundings<'_>) -> bool {
    let is_version = |child: &Node, around: &Surroundings<'_>| match &child.content {
        Content::Scalar(scalar) => classify(around, &[&scalar.text]).is_some(),
        _ => contains_version(child, around),
    };
    match &node.content {
        Content::Mapping { entries, .. } => entries.iter().any(|entry| {
            let key = entry.name();
            let nested = nested::value(around.owner, around.keys, node, key);
            let Nested { owner, keys } = nested.unwrap_or_else(|| Nested {
                owner: around.owner,
                keys: [around.keys, &[key.to_owned()]].concat(),
            });
            let around = Surroundings {
                owner,
                keys: &keys,
                parent: Some(node),
                ..*around
            };
            is_version(&entry.value, &around)
        }),
        Content::Sequence { items, .. } => items.iter().any(|item| {
            let around = Surroundings {
                parent: None,
                ..*around
            };
            is_version(item, &around)
        }),
        Content::Scalar(_) | Content::Alias(_) => false,
    }
}

/// The kind of version in a list item such as `APP_VERSION=1.2` or `--web-image=a/b:1.2`.
fn assigned(around: &Surroundings<'_>, texts: &[&str]) -> Option<VersionField> {
    let parts: Option<Vec<_>> = texts.iter().map(|text| assignment(text)).collect();
    let parts = parts?;
    let (first, _) = parts.first()?;
    if parts.iter().any(|(name, _)| name != first) {
        return None;
    }
    let values: Vec<&str> = parts.iter().map(|(_, value)| *value).collect();
    // The overrides of Argo CD: `name=registry/name:tag`.
    if around.keys.last().is_some_and(|key| key == "images") {
        return are_plausible(VersionField::Image, &values).then_some(VersionField::Image);
    }
    let mut keys = around.keys.to_vec();
    keys.push(first.trim_matches(['-', '=']).to_owned());
    classify(
        &Surroundings {
            keys: &keys,
            ..*around
        },
        &values,
    )
}

/// The kind of version in a name of an image, which may have a tag.
fn image_name(around: &Surroundings<'_>, texts: &[&str]) -> Option<VersionField> {
    let has_version = |text: &&str| ImageReference::parse(text).is_some_and(|i| i.has_version());
    if texts.iter().all(has_version) {
        return Some(VersionField::Image);
    }
    let is_new_name = around.keys.last().is_some_and(|key| key == "newName");
    let is_plausible = is_new_name && !texts.iter().any(has_version);
    (is_plausible && are_plausible(VersionField::ImageName, texts))
        .then_some(VersionField::ImageName)
}

/// Whether the values look like what the place should contain.
fn are_plausible(field: VersionField, texts: &[&str]) -> bool {
    match field {
        VersionField::Image => {
            let images: Option<Vec<_>> = texts.iter().map(|t| ImageReference::parse(t)).collect();
            images.is_some_and(|images| {
                images.iter().any(ImageReference::has_version) && images.iter().all(is_pullable)
            })
        }
        VersionField::ChartVersion | VersionField::SourceRevision => {
            texts.iter().all(|text| is_word(text) || is_range(text))
        }
        VersionField::SoftwareVersion => texts.iter().all(|text| is_software_version(text)),
        _ => texts.iter().all(|text| is_word(text)),
    }
}

/// Whether a name can be one of an image: paths of files and upper case cannot.
fn is_pullable(image: &ImageReference<'_>) -> bool {
    let repository = image
        .name
        .rsplit_once(':')
        .map_or(image.name, |(_, rest)| rest);
    !image.name.starts_with(['/', '.', '-']) && !repository.bytes().any(|b| b.is_ascii_uppercase())
}

/// Whether a text can be a tag, a revision or a name: one word that is more than a switch.
fn is_word(text: &str) -> bool {
    let is_switch = matches!(text, "" | "~" | "null" | "true" | "false");
    let is_template = text.contains("{{") || text.contains("${");
    !is_switch && !is_template && !text.contains(char::is_whitespace) && text.len() <= 200
}

/// Whether a text is a range of versions, such as `>=1.2 <2` or `1.2 - 1.4 || 2.x`.
fn is_range(text: &str) -> bool {
    let is_version = |word: &str| {
        let version = word.trim_start_matches(['<', '>', '=', '~', '^', '!']);
        let version = version.strip_prefix('v').unwrap_or(version);
        version.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '*' | 'x' | 'X'))
            || matches!(word, "-" | "||")
            || version.is_empty() && !word.is_empty()
    };
    let mut words = text
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek().is_some() && text.len() <= 200 && words.all(is_version)
}

/// Whether a text is a commit id, a dotted version, or one number after a `v`.
pub(super) fn is_software_version(text: &str) -> bool {
    let is_number = |n: &str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let is_byte = |part: &str| part.parse::<u8>().is_ok();
    let is_address = text.split('.').count() == 4 && text.split('.').all(is_byte);
    tokens::is_version(text) && !is_address || text.strip_prefix('v').is_some_and(is_number)
}

/// Whether a text that is a whole file can only be a version, such as `v37` or `release-0a1b2c3d`.
fn is_bare_version(text: &str) -> bool {
    is_word(text)
        && !text.contains(['/', ':'])
        && (is_software_version(text) || tokens::words(text).len() == 1)
}

/// Whether a text is an image with a registry and a version, which is unmistakable in any field.
fn is_registry_image(text: &str) -> bool {
    ImageReference::parse(text).is_some_and(|image| {
        let has_registry = image.name.split_once('/').is_some_and(|(host, _)| {
            host.contains('.') || host.contains(':') || host == "localhost"
        });
        has_registry && (image.digest.is_some() || image.tag.is_some_and(tokens::is_pinned))
    })
}
