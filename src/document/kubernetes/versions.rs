//! The kinds of version fields, the version in a field's text, and the order of versions.
//!
//! `version_places.rs` lists where versions are; `classify.rs` finds the kind of a field.

use std::cmp::Ordering;

use super::assignment::assignment;
use super::pinned_url::{pinned_url, with_versions_of};
use crate::document::image::ImageReference;
use crate::document::own_name::own_name;
use crate::document::tokens;
use crate::domain::Naming;

/// The kind of version in a field.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VersionField {
    /// A whole image reference.
    Image,
    /// The name part of an image that moves with its version (`newName`).
    ImageName,
    /// The tag of an image.
    ImageTag,
    /// The digest of an image.
    ImageDigest,
    /// The version of a Helm chart.
    ChartVersion,
    /// A revision of a Git or OCI source (`targetRevision`, Flux `ref`).
    SourceRevision,
    /// A URL that pins a revision (`?ref=`) or a release.
    PinnedUrl,
    /// The version of the software that an operator runs, or of anything that a setting names.
    SoftwareVersion,
    /// A file that only contains a version.
    VersionFile,
}

impl VersionField {
    /// Whether alternative fields exist for the same version, such as tag and digest.
    pub(super) fn is_one_of_several(self) -> bool {
        matches!(
            self,
            Self::ImageTag | Self::ImageDigest | Self::SourceRevision
        )
    }

    /// The name that the preview prints as the reason.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::ImageName => "image name",
            Self::ImageTag => "image tag",
            Self::ImageDigest => "image digest",
            Self::ChartVersion => "chart version",
            Self::SourceRevision => "source revision",
            Self::PinnedUrl => "pinned URL",
            Self::SoftwareVersion => "software version",
            Self::VersionFile => "version file",
        }
    }
}

/// The new text of the target: the source's version within the target's own names.
///
/// # Why
///
/// A registry, a repository or a URL with the environment's name belongs to the environment; only its
/// version moves. So do the other parameters of a URL.
pub(super) fn written(field: VersionField, source: &str, target: &str, naming: &Naming) -> String {
    if let (Some((head, new)), Some((other, old))) = (assignment(source), assignment(target))
        && head == other
        && field != VersionField::PinnedUrl
    {
        return format!("{head}{}", written(field, new, old, naming));
    }
    match field {
        VersionField::Image => match (ImageReference::parse(source), ImageReference::parse(target))
        {
            (Some(s), Some(t)) if s.name != t.name && keeps_name(&s, &t, naming) => {
                ImageReference { name: t.name, ..s }.to_string()
            }
            (Some(s), Some(t)) if naming.names_target(t.name) => {
                let name = &naming.rename_like(s.name, t.name);
                ImageReference { name, ..s }.to_string()
            }
            _ => source.to_owned(),
        },
        VersionField::PinnedUrl => match (pinned_url(source), pinned_url(target)) {
            (Some(s), Some(t)) => format!("{}{}{}", t.before, s.version, t.after),
            _ => with_versions_of(source, target),
        },
        _ => source.to_owned(),
    }
}

/// Whether the target's name of an image stays when its version moves.
fn keeps_name(source: &ImageReference<'_>, target: &ImageReference<'_>, naming: &Naming) -> bool {
    let is_same_version = (source.tag, source.digest) == (target.tag, target.digest);
    naming.same(source.name, target.name)
        || !is_same_version && own_name(source.name, naming) == own_name(target.name, naming)
}

/// The version in a field's text: the tag, the revision, or the text itself.
pub fn version_of(field: VersionField, text: &str) -> &str {
    match field {
        // Container runtimes pull `latest` for an image without a tag.
        VersionField::Image => {
            let image = assignment(text).map_or(text, |(_, image)| image);
            ImageReference::parse(image).map_or(image, |i| i.tag.or(i.digest).unwrap_or("latest"))
        }
        VersionField::PinnedUrl => pinned_url(text).map_or_else(
            || {
                tokens::words(text)
                    .into_iter()
                    .next()
                    .map_or(text, |word| &text[word])
            },
            |url| url.version,
        ),
        _ => assignment(text).map_or(text, |(_, version)| version),
    }
}

/// The order of two dotted versions; `None` if they have none (commit ids, digests, names).
pub fn version_order(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (numbers(a)?, numbers(b)?);
    Some(a.0.cmp(&b.0).then_with(|| match (a.1, b.1) {
        ("", "") => Ordering::Equal,
        ("", _) => Ordering::Greater,
        (_, "") => Ordering::Less,
        (x, y) => natural(x, y),
    }))
}

/// The numbers of a dotted version without zeros at the end, and its pre-release.
fn numbers(text: &str) -> Option<(Vec<u64>, &str)> {
    if tokens::is_hex_id(text) {
        return None;
    }
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let text = text.split('+').next().unwrap_or(text);
    let (core, pre) = text.split_once('-').unwrap_or((text, ""));
    let mut numbers: Vec<u64> = core
        .split('.')
        .map(|p| p.parse().ok())
        .collect::<Option<_>>()?;
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some((numbers, pre))
}

/// Compares pre-releases by their parts, numbers as numbers.
fn natural(a: &str, b: &str) -> Ordering {
    let mut others = b.split('.');
    for x in a.split('.') {
        let Some(y) = others.next() else {
            return Ordering::Greater;
        };
        let order = match (x.parse::<u64>(), y.parse::<u64>()) {
            (Ok(x), Ok(y)) => x.cmp(&y),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            _ => x.cmp(y),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    if others.next().is_some() {
        Ordering::Less
    } else {
        Ordering::Equal
    }
}
