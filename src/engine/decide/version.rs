//! Which version fields the mode `versions` keeps.
//!
//! # Why
//!
//! A missed version costs a second command, a wrong one an outage. So a version only moves by default
//! where both values are versions and nothing suggests that the target's belongs to its environment
//! or to another program. What looks like a version and is doubtful in other ways is promoted, and a
//! guard holds it.

use crate::document::{
    Difference, ImageReference, VersionField, VersionKind, own_name, version_of,
};
use crate::domain::{Automation, Naming, Op, Reason};
use crate::engine::compare::OpenPair;
use crate::yaml::{Content, Kind, Stream, Value};

/// The prefix of the annotations with which Argo CD Image Updater manages an `Application`.
const IMAGE_UPDATER: &str = "argocd-image-updater.argoproj.io/";

/// Why the mode `versions` keeps a version field; `None` if it promotes it.
pub(super) fn keep(
    difference: &Difference,
    open: &OpenPair<'_>,
    naming: &Naming,
    automation: Automation,
) -> Option<Reason> {
    let field = difference.version?;
    if difference.op == Op::Add || is_nothing(difference.before.as_ref()) {
        return Some(Reason::SourceOnly);
    }
    let (before, after) = difference.scalars()?;
    by_values(field, before, after, naming).or_else(|| {
        let program = writer(difference, field, open.target)?;
        (automation == Automation::Keep).then(|| Reason::Automation(program.to_owned()))
    })
}

/// Why a change of a version is kept, whatever surrounds it.
fn by_values(field: VersionField, before: &str, after: &str, naming: &Naming) -> Option<Reason> {
    if field == VersionField::ImageName {
        let is_same_image = own_name(before, naming) == own_name(after, naming);
        return is_same_image.then_some(Reason::OtherRegistry);
    }
    let versions = [before, after].map(|text| version_of(field, text));
    if versions.iter().all(|version| is_moving(version, naming)) {
        return Some(Reason::MovingVersion);
    }
    let names = versions.map(|version| environments(version, naming));
    if names[0] != names[1] && !is_moving(versions[1], naming) {
        return Some(Reason::EnvironmentName);
    }
    let is_same_version = match field {
        VersionField::Image => {
            // The value can be an assignment, such as `--image=NAME`.
            let images = [before, after].map(|text| {
                let image = text.rsplit_once('=').map_or(text, |(_, image)| image);
                ImageReference::parse(image)
            });
            let [before, after] = images.map(|image| image.map(|i| (i.tag, i.digest)));
            before == after
        }
        VersionField::PinnedUrl => versions[0] == versions[1],
        _ => false,
    };
    is_same_version.then_some(Reason::OtherRegistry)
}

/// Whether the target has no value: it is empty or null.
fn is_nothing(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Scalar { text, kind }) => text.is_empty() || *kind == Kind::Null,
        _ => false,
    }
}

/// Whether a version is moving; one that is nothing but an environment's name is.
fn is_moving(version: &str, naming: &Naming) -> bool {
    let mut names = naming.in_text(version).into_iter();
    VersionKind::of(version) == VersionKind::Moving
        || names.any(|name| name.end - name.start == version.len())
}

/// The environments that a version names, in their order.
fn environments<'v>(version: &'v str, naming: &Naming) -> Vec<&'v str> {
    let names = naming.in_text(version).into_iter();
    let names = names.map(|name| &version[name.start..name.end]);
    // An environment that is a mere number says nothing about a version.
    names
        .filter(|name| name.bytes().any(|b| b.is_ascii_alphabetic()))
        .collect()
}

/// Whether a comment is `{"$imagepolicy": "NAMESPACE:NAME"}`, perhaps with `:tag` or `:name` at its end.
fn is_policy_marker(comment: &str) -> bool {
    let marker = comment.split_once("\"$imagepolicy\"");
    let value = marker.and_then(|(_, rest)| rest.split('"').nth(1));
    value.is_some_and(|policy| policy.contains(':'))
}

/// The program that writes a version in the target.
fn writer(difference: &Difference, field: VersionField, target: &Stream) -> Option<&'static str> {
    let comments = target.comments(&difference.place);
    if comments.iter().any(|comment| is_policy_marker(comment)) {
        return Some("Flux");
    }
    let is_image = matches!(
        field,
        VersionField::Image
            | VersionField::ImageName
            | VersionField::ImageTag
            | VersionField::ImageDigest
    );
    let root = target.root(difference.place.document);
    let annotations = root.entry("metadata")?.entry("annotations")?;
    let Content::Mapping { entries, .. } = &annotations.content else {
        return None;
    };
    let is_managed = entries
        .iter()
        .any(|entry| entry.name().starts_with(IMAGE_UPDATER));
    (is_image && is_managed).then_some("Argo CD Image Updater")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Environment;

    #[test]
    fn a_version_moves_unless_it_belongs_to_its_environment() {
        use VersionField::{Image, ImageName, ImageTag, PinnedUrl, SourceRevision};
        let naming = Naming::new(
            Environment::named("staging"),
            Environment::named("production"),
            [],
        );
        #[rustfmt::skip]
        let table = [
            (ImageTag,       "1.4.2",                  "1.5.0",                  "moves"),
            (ImageTag,       "prod-2.0.0",             "stg-2.1.0",              "environment-specific"),
            (ImageTag,       "prod-2.0.0",             "prod-2.1.0",             "moves"),
            (ImageTag,       "1.4.2",                  "1.5.0-dev.1",            "environment-specific"),
            (ImageTag,       "1.4.2",                  "latest",                 "moves"),
            (ImageTag,       "latest",                 "edge",                   "a moving version in both"),
            (SourceRevision, "main",                   "feature/x",              "a moving version in both"),
            (SourceRevision, "release/2.0",            "release/2.1",            "moves"),
            (SourceRevision, "main",                   "develop",                "a moving version in both"),
            (SourceRevision, "main",                   "prod-stable",            "environment-specific"),
            (ImageTag,       "production",             "staging",                "a moving version in both"),
            (ImageTag,       "2.0.0",                  "staging",                "moves"),
            (Image,          "acme/w",                 "acme/w:latest",          "a moving version in both"),
            (Image,          "a.io/web:1",             "b.io/web:1",             "another registry or repository"),
            (Image,          "a.io/web:1@sha256:00",   "a.io/web:1@sha256:11",   "moves"),
            (Image,          "a.io/web:1",             "b.io/web:2",             "moves"),
            (Image,          "--image=a.io/web:1",     "--image=a.io/web:2",     "moves"),
            (ImageName,      "a.io/web-prod",          "b.io/web-staging",       "another registry or repository"),
            (ImageName,      "a.io/web",               "a.io/api",               "moves"),
            (PinnedUrl,      "https://a/x?ref=v1",     "https://b/x?ref=v1",     "another registry or repository"),
        ];
        for (field, before, after, expected) in table {
            let reason = by_values(field, before, after, &naming);
            let reason = reason.map_or_else(|| "moves".to_owned(), |reason| reason.to_string());
            assert_eq!(reason, expected, "{before} -> {after}");
        }
    }
}
