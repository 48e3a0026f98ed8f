//! The version of an application, for the summary.

use crate::document::{VersionField, version_of};
use crate::domain::{Op, RepoPath, Template, VersionPlace};
use crate::plan::{Content, FilePlan, PlannedDifference, VersionChange};
use crate::yaml::{Kind, Place, Stream, Value};

use super::decide::glob;

/// The fields that state an application's version, strongest first. A pinned URL is not among them:
/// it is mostly the version of something else.
pub(super) const VERSION_FIELDS: &[&[VersionField]] = &[
    &[VersionField::Image, VersionField::ImageTag],
    &[VersionField::ImageDigest],
    &[VersionField::ChartVersion],
    &[VersionField::VersionFile],
    &[VersionField::SourceRevision],
];

/// The change of an application's version: at the template's place, else the one that all of the
/// strongest promoted fields share. `None` if the version does not change.
pub(super) fn of(template: Option<&Template>, files: &[FilePlan]) -> Option<VersionChange> {
    match template.and_then(|t| t.version.as_ref()) {
        Some(place) => at_template_place(place, files),
        None => shared_change(files),
    }
}

/// The change at the template's place.
fn at_template_place(place: &VersionPlace, files: &[FilePlan]) -> Option<VersionChange> {
    let text = |content: &Option<Content>| text_at(place, &content.as_ref()?.bytes);
    let mut at_place = files.iter().filter(|file| is_at_place(place, &file.path));
    at_place.find_map(|file| {
        let change = VersionChange {
            before: text(&file.before),
            after: text(&file.after),
        };
        (change.before != change.after).then_some(change)
    })
}

/// Whether a template's place is in this file.
pub(super) fn is_at_place(place: &VersionPlace, path: &RepoPath) -> bool {
    let is_match = || glob(&place.file).is_ok_and(|glob| glob.is_match(path.as_str()));
    path.file_name() == place.file || is_match()
}

/// The first scalar that the place's expression selects in a file.
pub(super) fn text_at(place: &VersionPlace, bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let stream = Stream::parse(text).ok()?;
    (0..stream.documents().len()).find_map(|document| {
        let steps = place
            .path
            .select(&stream.to_json(document))
            .ok()?
            .into_iter()
            .next()?;
        match stream.value_at(&Place { document, steps })? {
            Value::Scalar { text, kind } if kind != Kind::Null => Some(text),
            _ => None,
        }
    })
}

/// The change that all of the strongest promoted fields share.
fn shared_change(files: &[FilePlan]) -> Option<VersionChange> {
    let promoted = || {
        files
            .iter()
            .flat_map(FilePlan::promoted)
            .filter(|d| d.op == Op::Set)
    };
    let strongest = VERSION_FIELDS
        .iter()
        .find(|fields| promoted().any(|d| d.version.is_some_and(|v| fields.contains(&v))))?;
    let mut changes = promoted()
        .filter(|d| d.version.is_some_and(|v| strongest.contains(&v)))
        .map(change);
    let first = changes.next()?;
    changes.all(|c| c == first).then_some(first)
}

fn change(difference: &PlannedDifference) -> VersionChange {
    let version = |value: &Option<Value>| match value {
        Some(Value::Scalar { text, .. }) => Some(
            difference
                .version
                .map_or(text.as_str(), |field| version_of(field, text))
                .to_owned(),
        ),
        _ => None,
    };
    VersionChange {
        before: version(&difference.before),
        after: version(&difference.after),
    }
}
