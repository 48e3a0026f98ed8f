//! The fields that contain a version.
//!
//! # Why
//!
//! In real promotions nearly all changes are versions: an image, a chart, a pinned
//! reference. The rules here are documented fields of common tools; a value alone
//! only counts if it can be nothing else.

use std::cmp::Ordering;

use super::identity::text_at;
use crate::document::image::ImageReference;
use crate::document::sealed::is_ciphertext;
use crate::document::tokens;
use crate::domain::Naming;
use crate::yaml::Node;

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
    /// A URL that pins a revision (`?ref=`).
    PinnedUrl,
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
            Self::VersionFile => "version file",
        }
    }
}

/// What surrounds a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    /// The file's name.
    pub file: &'a str,
    /// The document's kind, or an empty text.
    pub kind: &'a str,
    /// The keys on the way, without list positions; the last one is the field itself.
    pub keys: &'a [String],
    /// The mapping that contains the field.
    pub parent: Option<&'a Node>,
}

impl Surroundings<'_> {
    fn key(&self, back: usize) -> &str {
        self.keys
            .len()
            .checked_sub(back + 1)
            .map_or("", |i| self.keys[i].as_str())
    }

    fn is_kustomization(&self) -> bool {
        matches!(self.kind, "Kustomization" | "Component")
            || matches!(
                self.file,
                "kustomization.yaml" | "kustomization.yml" | "Kustomization"
            )
    }

    fn has_sibling(&self, names: &[&str]) -> bool {
        self.parent
            .is_some_and(|p| names.iter().any(|n| p.entry(n).is_some()))
    }
}

/// The kind of version in a field, by its surroundings and its texts. Secrets have none.
pub(super) fn classify(around: &Surroundings<'_>, texts: &[&str]) -> Option<VersionField> {
    if is_secret(around.kind) || texts.iter().any(|text| is_ciphertext(text)) {
        return None;
    }
    let last = around.key(0);
    let parent = around.key(1);
    if around.is_kustomization() && parent == "images" && around.keys.len() == 2 {
        return match last {
            "newTag" => Some(VersionField::ImageTag),
            "digest" => Some(VersionField::ImageDigest),
            "newName" => Some(VersionField::ImageName),
            _ => None,
        };
    }
    if texts.iter().any(|t| pinned_url(t).is_some()) {
        return texts
            .iter()
            .all(|t| pinned_url(t).is_some())
            .then_some(VersionField::PinnedUrl);
    }
    if around.keys.is_empty() && texts.iter().all(|t| tokens::is_version(t)) {
        return Some(VersionField::VersionFile);
    }
    let field = match by_key(around, last, parent) {
        Some(field) => field,
        None if texts.iter().all(|t| is_registry_image(t)) => VersionField::Image,
        None => return None,
    };
    let is_plausible = |text: &&str| match field {
        VersionField::Image => ImageReference::parse(text).is_some(),
        _ => !text.is_empty() && !text.contains(char::is_whitespace) && text.len() <= 200,
    };
    texts.iter().all(is_plausible).then_some(field)
}

/// Whether documents of a kind hold secrets.
pub(super) fn is_secret(kind: &str) -> bool {
    matches!(kind, "Secret" | "SealedSecret")
}

fn by_key(around: &Surroundings<'_>, last: &str, parent: &str) -> Option<VersionField> {
    let word = last.to_ascii_lowercase().replace(['_', '-'], "");
    let is_image = |key: &str| {
        key.to_ascii_lowercase()
            .replace(['_', '-'], "")
            .ends_with("image")
    };
    match word.as_str() {
        "imagetag" | "imageversion" => Some(VersionField::ImageTag),
        "imagedigest" | "imagesha" => Some(VersionField::ImageDigest),
        "targetrevision" => Some(VersionField::SourceRevision),
        "chartversion" => Some(VersionField::ChartVersion),
        "tag" if is_image(parent) || around.has_sibling(&["repository", "digest"]) => {
            Some(if parent == "ref" {
                VersionField::SourceRevision
            } else {
                VersionField::ImageTag
            })
        }
        "digest" | "sha" if is_image(parent) || around.has_sibling(&["repository"]) => {
            Some(VersionField::ImageDigest)
        }
        "version" => chart_version(around, parent),
        "tag" | "semver" | "commit" | "digest" if is_flux_ref(around, parent) => {
            Some(VersionField::SourceRevision)
        }
        // A Helm values file: Kubernetes objects have no plain `tag`.
        "tag" if around.kind.is_empty() => Some(VersionField::ImageTag),
        "appversion" if around.file == "Chart.yaml" && around.keys.len() == 1 => {
            Some(VersionField::ChartVersion)
        }
        w if w == "image" || w.ends_with("image") => Some(VersionField::Image),
        w if w.ends_with("imagetag") => Some(VersionField::ImageTag),
        _ => None,
    }
}

fn chart_version(around: &Surroundings<'_>, parent: &str) -> Option<VersionField> {
    let is_chart = match around.kind {
        "HelmRelease" => {
            matches!(around.keys, [a, b, c, _] if a == "spec" && b == "chart" && c == "spec")
        }
        "HelmChart" => parent == "spec",
        "HelmChartInflationGenerator" => around.keys.len() == 1,
        _ => {
            matches!(around.file, "Chart.yaml" | "requirements.yaml") && parent == "dependencies"
                || parent == "helmCharts"
                || around.has_sibling(&["chart"])
        }
    };
    is_chart.then_some(VersionField::ChartVersion)
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

fn is_flux_ref(around: &Surroundings<'_>, parent: &str) -> bool {
    matches!(around.kind, "GitRepository" | "OCIRepository" | "Bucket") && parent == "ref"
}

/// A URL with `?ref=` in three parts: the text before the revision, the revision, the text after it.
pub(super) fn pinned_url(text: &str) -> Option<(&str, &str, &str)> {
    let at = text
        .find("?ref=")
        .or_else(|| text.find("&ref="))
        .map(|i| i + 5)?;
    let is_url = text.contains("://") || text.contains('/') && !text.contains(char::is_whitespace);
    let end = text[at..].find(['&', '#']).map_or(text.len(), |i| at + i);
    (is_url && end > at).then(|| (&text[..at], &text[at..end], &text[end..]))
}

/// The new text of the target: the source's version within the target's own names.
///
/// # Why
///
/// A registry, a repository or a URL with the environment's name belongs to the environment; only its
/// version moves.
pub(super) fn written(field: VersionField, source: &str, target: &str, naming: &Naming) -> String {
    match field {
        VersionField::Image => match (ImageReference::parse(source), ImageReference::parse(target))
        {
            (Some(s), Some(t)) if s.name != t.name && naming.same(s.name, t.name) => {
                ImageReference { name: t.name, ..s }.to_string()
            }
            _ => source.to_owned(),
        },
        VersionField::PinnedUrl => match (pinned_url(source), pinned_url(target)) {
            (Some((sh, revision, st)), Some((th, _, tt)))
                if (sh, st) != (th, tt) && naming.same(sh, th) && naming.same(st, tt) =>
            {
                format!("{th}{revision}{tt}")
            }
            _ => source.to_owned(),
        },
        _ => source.to_owned(),
    }
}

/// The version in a field's text: the tag, the revision, or the text itself.
pub fn version_of(field: VersionField, text: &str) -> &str {
    match field {
        // Container runtimes pull `latest` for an image without a tag.
        VersionField::Image => {
            ImageReference::parse(text).map_or(text, |i| i.tag.or(i.digest).unwrap_or("latest"))
        }
        VersionField::PinnedUrl => pinned_url(text).map_or(text, |(_, revision, _)| revision),
        _ => text,
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

/// The kind of a document, or an empty text.
pub(super) fn document_kind(root: &Node) -> &str {
    text_at(root, "kind").unwrap_or_default()
}
