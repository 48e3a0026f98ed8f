//! The version of an application, for the summary.

use crate::document::{VersionField, version_of};
use crate::domain::{Op, Template, VersionPlace};
use crate::plan::{Content, FilePlan, PlannedDifference, VersionChange};
use crate::yaml::{Kind, Place, Stream, Value};

use super::decide::glob;

/// The fields that state an application's version, strongest first. A pinned URL is not among them:
/// it is mostly the version of something else.
const VERSION_FIELDS: &[&[VersionField]] = &[
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
    let glob = glob(&place.file).ok()?;
    let is_at_place =
        |file: &&FilePlan| file.path.file_name() == place.file || glob.is_match(file.path.as_str());
    files.iter().filter(is_at_place).find_map(|file| {
        let change = VersionChange {
            before: text_at(place, file.before.as_ref()),
            after: text_at(place, file.after.as_ref()),
        };
        (change.before != change.after).then_some(change)
    })
}

/// The first scalar that the place's expression selects in a file.
fn text_at(place: &VersionPlace, content: Option<&Content>) -> Option<String> {
    let text = std::str::from_utf8(&content?.bytes).ok()?;
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
