//! The versions of an application in an environment, from the files that it has there.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::table::{EnvironmentStatus, VersionSource};
use crate::document::{
    FileContent, Format, StreamVersion, VersionField, may_have_versions, own_name, parse_file,
    stream_versions,
};
use crate::domain::{ApplicationName, Naming, ObjectId, RepoPath, VersionPlace};
use crate::engine::application_version::{VERSION_FIELDS, is_at_place, text_at};
use crate::engine::compare::{MAX_BYTES, MAX_KEPT, ParsedFiles, parallel_feed, read};
use crate::inventory::{EnvironmentFile, FileObject, FilePair, FileRole};
use crate::port::{RepositoryError, Snapshot};
use crate::yaml::Stream;

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
    /// The number of each name of a file.
    names: HashMap<String, usize>,
    /// The position of each blob with a name in `found`.
    positions: HashMap<Key, usize>,
    found: Vec<Rc<[StreamVersion]>>,
}

/// A blob and the number of a name.
type Key = (ObjectId, usize);

/// A file that is to be read.
#[derive(Clone, Copy)]
struct NewFile<'f> {
    file: &'f EnvironmentFile,
    /// Whether a promotion may compare it with another one.
    may_differ: bool,
}

impl<'a> Reader<'a> {
    pub(in crate::engine) fn new(snapshot: &'a dyn Snapshot) -> Self {
        Self {
            snapshot,
            names: HashMap::new(),
            positions: HashMap::new(),
            found: Vec::new(),
        }
    }

    /// Reads files on several threads; returns those with versions that a promotion may compare. `applications`
    /// are the files of each application by environment.
    pub(super) fn read_ahead<'f>(
        &mut self,
        naming: &Naming,
        applications: impl Iterator<Item = Vec<&'f [EnvironmentFile]>>,
    ) -> Result<ParsedFiles, RepositoryError> {
        let mut new: Vec<NewFile<'f>> = Vec::new();
        let mut positions: HashMap<Key, usize> = HashMap::new();
        for environments in applications {
            for (number, at) in places(&environments) {
                let file = &environments[number][at];
                if file.role != FileRole::Deployed || !file.object.mode.is_file() {
                    continue;
                }
                let may_differ = may_differ(&environments, (number, at));
                match positions.entry(self.key(&file.path, file.object)) {
                    Entry::Occupied(known) => new[*known.get()].may_differ |= may_differ,
                    Entry::Vacant(unknown) => {
                        unknown.insert(new.len());
                        new.push(NewFile { file, may_differ });
                    }
                }
            }
        }
        let blobs: Vec<ObjectId> = new.iter().map(|new| new.file.object.id).collect();
        let kept = AtomicUsize::new(0);
        let read = parallel_feed(
            new.len(),
            |pass| {
                let mut pass = |bytes: Option<Vec<u8>>| pass(bytes.unwrap_or_default());
                self.snapshot.read_blobs(&blobs, MAX_BYTES, &mut pass)
            },
            |number, bytes| {
                let NewFile { file, may_differ } = new[number];
                let (found, stream) = versions_in(&file.path, bytes, naming);
                let is_kept = |stream: &Stream| {
                    let with_this =
                        |kept| Some(kept + stream.text().len()).filter(|n| *n <= MAX_KEPT);
                    let order = Ordering::Relaxed;
                    may_differ
                        && !found.is_empty()
                        && kept.fetch_update(order, order, with_this).is_ok()
                };
                let stream = stream
                    .map(Arc::<Stream>::from)
                    .filter(|stream| is_kept(stream));
                (found, stream)
            },
        )?;
        let none: Rc<[StreamVersion]> = Rc::default();
        let mut parsed = ParsedFiles::default();
        for (NewFile { file, .. }, (found, stream)) in new.iter().zip(read) {
            self.found.push(if found.is_empty() {
                Rc::clone(&none)
            } else {
                found.into()
            });
            if let Some(stream) = stream {
                parsed.add(&file.path, file.object, stream);
            }
        }
        self.positions = positions;
        Ok(parsed)
    }

    /// Whether a side of a pair of files may have versions: it has some, or was not read.
    pub(super) fn may_have_versions(&self, pair: &FilePair) -> bool {
        let may_have = |path: &RepoPath, file: Option<FileObject>| {
            let name = self.names.get(path.file_name());
            let key = file.zip(name).map(|(file, name)| (file.id, *name));
            let position = key.and_then(|key| self.positions.get(&key));
            position.is_none_or(|position| !self.found[*position].is_empty())
        };
        let source_path = pair.source_path.as_ref().unwrap_or(&pair.path);
        may_have(source_path, pair.source) || may_have(&pair.path, pair.target)
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
            let found: Result<Vec<Rc<[StreamVersion]>>, RepositoryError> = deployed
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
            all.extend_from_slice(&versions);
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
    ) -> Result<Rc<[StreamVersion]>, RepositoryError> {
        if let Some(place) = cell.place {
            if !file.mode.is_file() || !is_at_place(place, path) {
                return Ok(Rc::default());
            }
            let bytes = read(self.snapshot, file)?.unwrap_or_default();
            let version = |version| StreamVersion {
                field: VersionField::VersionFile,
                version,
                image: None,
            };
            return Ok(text_at(place, &bytes).map(version).into_iter().collect());
        }
        let key = self.key(path, file);
        if let Some(position) = self.positions.get(&key) {
            return Ok(Rc::clone(&self.found[*position]));
        }
        let bytes = if file.mode.is_file() {
            read(self.snapshot, file)?.ok()
        } else {
            None
        };
        let found = bytes.map(|bytes| versions_in(path, bytes, cell.naming).0);
        let found: Rc<[StreamVersion]> = found.unwrap_or_default().into();
        self.positions.insert(key, self.found.len());
        self.found.push(Rc::clone(&found));
        Ok(found)
    }

    fn key(&mut self, path: &RepoPath, file: FileObject) -> Key {
        let name = path.file_name();
        let number = match self.names.get(name) {
            Some(number) => *number,
            None => {
                let number = self.names.len();
                self.names.insert(name.to_owned(), number);
                number
            }
        };
        (file.id, number)
    }
}

/// The places of all files of an application: the number of their environment and their place in it.
fn places(environments: &[&[EnvironmentFile]]) -> impl Iterator<Item = (usize, usize)> {
    let of_one = |(number, files): (usize, &&[EnvironmentFile])| {
        (0..files.len()).map(move |at| (number, at))
    };
    environments.iter().enumerate().flat_map(of_one)
}

/// Whether the environment before or after has another content at the same place under the same name. Where the
/// environments have other files, a wrong no only costs time.
fn may_differ(environments: &[&[EnvironmentFile]], (number, at): (usize, usize)) -> bool {
    let file = &environments[number][at];
    let before = number
        .checked_sub(1)
        .and_then(|number| environments.get(number));
    let both = before.into_iter().chain(environments.get(number + 1));
    both.filter_map(|files| files.get(at)).any(|other| {
        other.object.id != file.object.id && other.path.file_name() == file.path.file_name()
    })
}

/// The versions in a file, and its stream if it is one. A single file has no other environment's value, so that
/// `naming` makes no difference.
fn versions_in(
    path: &RepoPath,
    bytes: Vec<u8>,
    naming: &Naming,
) -> (Vec<StreamVersion>, Option<Box<Stream>>) {
    if !may_have_versions(path.as_str(), &bytes) {
        return Default::default();
    }
    let name = path.file_name();
    match parse_file(path.as_str(), bytes) {
        FileContent::Yaml(stream) => {
            let found = stream_versions(&stream, name, Format::Yaml, naming);
            (found, Some(stream))
        }
        FileContent::Lines(lines) => {
            let found = stream_versions(lines.outline(), name, lines.format(), naming);
            (found, None)
        }
        FileContent::Whole | FileContent::Unreadable(_) => Default::default(),
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
