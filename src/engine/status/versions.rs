//! The versions of an application in an environment, from the files that it has there.

use std::collections::{HashMap, HashSet};

use super::table::{EnvironmentStatus, VersionSource};
use crate::document::{
    FileContent, Format, StreamVersion, VersionField, may_have_versions, own_name, parse_file,
    stream_versions,
};
use crate::domain::{ApplicationName, Naming, ObjectId, RepoPath, VersionPlace};
use crate::engine::application_version::{VERSION_FIELDS, is_at_place, text_at};
use crate::engine::compare::{MAX_BYTES, parallel_feed, read};
use crate::inventory::{EnvironmentFile, FileObject, FileRole};
use crate::port::{RepositoryError, Snapshot};

/// An application in an environment.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Cell<'a> {
    pub application: &'a ApplicationName,
    /// Where its template has the version.
    pub place: Option<&'a VersionPlace>,
    pub naming: &'a Naming,
}

/// Reads versions from files; each blob is only parsed once for each name that files with it have.
pub(in crate::engine) struct Reader<'a> {
    snapshot: &'a dyn Snapshot,
    parsed: HashMap<(ObjectId, String), Vec<StreamVersion>>,
}

impl<'a> Reader<'a> {
    pub(in crate::engine) fn new(snapshot: &'a dyn Snapshot) -> Self {
        Self {
            snapshot,
            parsed: HashMap::new(),
        }
    }

    /// Reads files on several threads, for questions about them.
    pub(in crate::engine) fn read_ahead<'f>(
        &mut self,
        naming: &Naming,
        files: impl Iterator<Item = &'f EnvironmentFile>,
    ) -> Result<(), RepositoryError> {
        let mut known = HashSet::new();
        let is_new = |file: &&'f EnvironmentFile| {
            file.role == FileRole::Deployed && known.insert((file.object.id, file.path.file_name()))
        };
        let mut new: Vec<&EnvironmentFile> = files.filter(is_new).collect();
        new.retain(|file| file.object.mode.is_file());
        let blobs: Vec<ObjectId> = new.iter().map(|file| file.object.id).collect();
        let found = parallel_feed(
            new.len(),
            |pass| {
                let mut pass = |bytes: Option<Vec<u8>>| pass(bytes.unwrap_or_default());
                self.snapshot.read_blobs(&blobs, MAX_BYTES, &mut pass)
            },
            |number, bytes| versions_in(&new[number].path, bytes, naming),
        )?;
        let keys = new.iter().map(|file| key(&file.path, file.object));
        self.parsed.extend(keys.zip(found));
        Ok(())
    }

    /// The blobs that were read and have no versions.
    pub(super) fn without_versions(&self) -> HashSet<ObjectId> {
        let all = self.parsed.iter();
        let (without, with): (Vec<_>, Vec<_>) = all.partition(|(_, found)| found.is_empty());
        // The same text can have versions under another name.
        let with: HashSet<ObjectId> = with.into_iter().map(|((id, _), _)| *id).collect();
        let without = without.into_iter().map(|((id, _), _)| *id);
        without.filter(|id| !with.contains(id)).collect()
    }

    /// Whether an application's files have the same versions in two environments, at the template's place
    /// too.
    pub(super) fn has_same_versions(
        &mut self,
        sides: [(Cell<'_>, &[EnvironmentFile]); 2],
    ) -> Result<bool, RepositoryError> {
        let without_place = sides.map(|(cell, files)| {
            let place = None;
            (Cell { place, ..cell }, files)
        });
        let has_place = sides.iter().any(|(cell, _)| cell.place.is_some());
        Ok(self.is_same(without_place)? && (!has_place || self.is_same(sides)?))
    }

    fn is_same(
        &mut self,
        sides: [(Cell<'_>, &[EnvironmentFile]); 2],
    ) -> Result<bool, RepositoryError> {
        let mut of_side = |(cell, files): (Cell<'_>, &[EnvironmentFile])| {
            let deployed = files.iter().filter(|file| file.role == FileRole::Deployed);
            let found: Result<Vec<Vec<StreamVersion>>, RepositoryError> = deployed
                .map(|file| self.in_file(cell, &file.path, file.object))
                .filter(|found| found.as_ref().map_or(true, |found| !found.is_empty()))
                .collect();
            found
        };
        let [source, target] = sides;
        Ok(of_side(source)? == of_side(target)?)
    }

    /// The versions in an application's files.
    pub(in crate::engine) fn read(
        &mut self,
        cell: Cell<'_>,
        files: &[EnvironmentFile],
    ) -> Result<EnvironmentStatus, RepositoryError> {
        let mut all = Vec::new();
        let mut found = Vec::new();
        let mut places: Vec<VersionSource> = Vec::new();
        for file in files.iter().filter(|file| file.role == FileRole::Deployed) {
            let versions = self.in_file(cell, &file.path, file.object)?;
            found.extend((!versions.is_empty()).then_some(file));
            places.extend(versions.iter().map(|version| VersionSource {
                version: version.version.clone(),
                image: version.image.clone(),
                file: file.path.clone(),
            }));
            all.extend(versions);
        }
        let versions = strongest(cell, &all);
        places.retain(|place| versions.contains(&place.version));
        let mut status = EnvironmentStatus::default();
        for file in found {
            let of_file = self.of_file(cell, &file.path, file.object)?;
            if !of_file.is_empty() && of_file.iter().all(|version| versions.contains(version)) {
                status.file = Some(file.clone());
                break;
            }
        }
        status.versions = versions;
        status.places = places;
        Ok(status)
    }

    /// The versions that one state of a file has for an application.
    pub(in crate::engine) fn of_file(
        &mut self,
        cell: Cell<'_>,
        path: &RepoPath,
        file: FileObject,
    ) -> Result<Vec<String>, RepositoryError> {
        let found = self.in_file(cell, path, file)?;
        Ok(strongest(cell, &found))
    }

    fn in_file(
        &mut self,
        cell: Cell<'_>,
        path: &RepoPath,
        file: FileObject,
    ) -> Result<Vec<StreamVersion>, RepositoryError> {
        if let Some(place) = cell.place {
            if !file.mode.is_file() || !is_at_place(place, path) {
                return Ok(Vec::new());
            }
            let bytes = read(self.snapshot, file)?.unwrap_or_default();
            let version = |version| StreamVersion {
                field: VersionField::VersionFile,
                version,
                image: None,
            };
            return Ok(text_at(place, &bytes).map(version).into_iter().collect());
        }
        let key = key(path, file);
        if let Some(found) = self.parsed.get(&key) {
            return Ok(found.clone());
        }
        let bytes = if file.mode.is_file() {
            read(self.snapshot, file)?.ok()
        } else {
            None
        };
        let found = bytes.map(|bytes| versions_in(path, bytes, cell.naming));
        let found = found.unwrap_or_default();
        self.parsed.insert(key, found.clone());
        Ok(found)
    }
}

fn key(path: &RepoPath, file: FileObject) -> (ObjectId, String) {
    (file.id, path.file_name().to_owned())
}

/// The versions in a file. A single file has no other environment's value, so that `naming` makes no
/// difference.
fn versions_in(path: &RepoPath, bytes: Vec<u8>, naming: &Naming) -> Vec<StreamVersion> {
    if !may_have_versions(path.as_str(), &bytes) {
        return Vec::new();
    }
    let name = path.file_name();
    match parse_file(path.as_str(), bytes) {
        FileContent::Yaml(stream) => stream_versions(&stream, name, Format::Yaml, naming),
        FileContent::Lines(lines) => stream_versions(lines.outline(), name, lines.format(), naming),
        FileContent::Whole | FileContent::Unreadable(_) => Vec::new(),
    }
}

/// The versions in the strongest fields, each once: those of images that are named like the application,
/// if there are any.
fn strongest(cell: Cell<'_>, found: &[StreamVersion]) -> Vec<String> {
    let in_fields = |fields: &&[VersionField]| -> Vec<&StreamVersion> {
        found.iter().filter(|v| fields.contains(&v.field)).collect()
    };
    let mut groups = VERSION_FIELDS.iter().map(in_fields);
    let mut strongest = groups.find(|group| !group.is_empty()).unwrap_or_default();
    // One version needs no choice.
    if strongest.len() > 1 {
        let application = own_name(&cell.application.0, cell.naming);
        let is_own = |version: &StreamVersion| {
            let image = version.image.as_deref();
            image.is_some_and(|image| own_name(image, cell.naming) == application)
        };
        if strongest.iter().any(|version| is_own(version)) {
            strongest.retain(|version| is_own(version));
        }
    }
    let mut versions: Vec<String> = strongest.iter().map(|v| v.version.clone()).collect();
    versions.sort();
    versions.dedup();
    versions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Environment;

    #[test]
    fn an_application_has_the_version_of_its_own_image() {
        use VersionField::{ChartVersion, Image, ImageTag, PinnedUrl};

        let naming = Naming::new(Environment::named("a"), Environment::named("b"), &[]);
        let application = ApplicationName("shop/web".to_owned());
        let cell = Cell {
            application: &application,
            place: None,
            naming: &naming,
        };
        for (found, expected) in [
            (&[(Image, "1", "acme/web"), (Image, "2", "envoy")][..], "1"),
            (&[(ImageTag, "1", ""), (ImageTag, "2", "")], "1 2"),
            (&[(ImageTag, "1", ""), (Image, "1", "acme/api")], "1"),
            (&[(ChartVersion, "3", ""), (ImageTag, "1", "")], "1"),
            (&[(ChartVersion, "3", ""), (PinnedUrl, "1", "")], "3"),
            (&[(PinnedUrl, "1", "")], ""),
        ] {
            let found: Vec<StreamVersion> = found
                .iter()
                .map(|(field, version, image)| StreamVersion {
                    field: *field,
                    version: (*version).to_owned(),
                    image: Some((*image).to_owned()).filter(|image| !image.is_empty()),
                })
                .collect();
            assert_eq!(strongest(cell, &found).join(" "), expected, "{found:?}");
        }
    }
}
