//! Reads the versions of applications from their files.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::table::{EnvironmentStatus, VersionSource};
use super::versions::{Cell, strongest};
use crate::document::{
    FileContent, Format, StreamVersion, Unreadable, VersionField, is_manifest, may_have_versions,
    parse_file, stream_versions,
};
use crate::domain::{Naming, ObjectId, RepoPath, VersionPlace};
use crate::engine::application_version::{is_at_place, text_at};
use crate::engine::compare::{MAX_BYTES, MAX_KEPT, ParsedFiles, parallel_feed, read};
use crate::inventory::{EnvironmentFile, FileObject, FilePair, FileRole};
use crate::plan::FileFault;
use crate::port::{RepositoryError, Snapshot};
use crate::yaml::Stream;

/// Reads versions from files; each blob is only parsed once for each name that files with it have.
pub(in crate::engine) struct Reader<'a> {
    snapshot: &'a dyn Snapshot,
    /// The number of each name of a file.
    names: HashMap<String, usize>,
    /// The position of each blob with a name in `found`.
    positions: HashMap<Key, usize>,
    found: Vec<InFile>,
    /// What was read later, by blob and name.
    late: Mutex<HashMap<(ObjectId, String), InFile>>,
}

/// A blob and the number of a name.
type Key = (ObjectId, usize);

/// What a file has.
#[derive(Clone, Default)]
struct InFile {
    versions: Arc<[StreamVersion]>,
    /// Why it cannot be read, if it may have versions.
    fault: Option<Arc<Unreadable>>,
}

impl InFile {
    /// What a file has that is too large; only a manifest is expected to have a version.
    fn unreadable(path: &RepoPath, unreadable: Unreadable) -> Self {
        Self {
            versions: Arc::default(),
            fault: is_manifest(path.as_str()).then(|| Arc::new(unreadable)),
        }
    }
}

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
            late: Mutex::default(),
        }
    }

    /// Reads files on several threads; returns those with versions that a promotion may compare. `applications`
    /// are the files of each application by environment.
    pub(super) fn read_ahead<'f>(
        &mut self,
        naming: &Naming,
        applications: impl Iterator<Item = Vec<&'f [EnvironmentFile]>>,
    ) -> Result<ParsedFiles, RepositoryError> {
        let (new, positions) = self.new_files(applications);
        let blobs: Vec<ObjectId> = new.iter().map(|new| new.file.object.id).collect();
        let kept = AtomicUsize::new(0);
        let mut passed = 0;
        let mut too_large = Vec::new();
        let of_files = parallel_feed(
            new.len(),
            |pass| {
                let mut pass = |bytes: Option<Vec<u8>>| {
                    too_large.extend(bytes.is_none().then_some(passed));
                    passed += 1;
                    pass(bytes.unwrap_or_default());
                };
                self.snapshot.read_blobs(&blobs, MAX_BYTES, &mut pass)
            },
            |number, bytes| {
                let NewFile { file, may_differ } = new[number];
                let (found, stream) = in_bytes(&file.path, bytes, naming);
                let is_kept = |stream: &Stream| {
                    let with_this =
                        |kept| Some(kept + stream.text().len()).filter(|n| *n <= MAX_KEPT);
                    let order = Ordering::Relaxed;
                    may_differ
                        && !found.versions.is_empty()
                        && kept.fetch_update(order, order, with_this).is_ok()
                };
                let stream = stream.map(Arc::<Stream>::from);
                let stream = stream.filter(|stream| is_kept(stream));
                (found, stream)
            },
        )?;
        let mut known = ParsedFiles::default();
        for (NewFile { file, .. }, (found, stream)) in new.iter().zip(of_files) {
            self.found.push(found);
            if let Some(stream) = stream {
                known.add(&file.path, file.object, stream);
            }
        }
        for number in too_large {
            let NewFile { file, .. } = new[number];
            if let Err(unreadable) = read(self.snapshot, file.object)? {
                self.found[number] = InFile::unreadable(&file.path, unreadable);
            }
        }
        self.positions = positions;
        Ok(known)
    }

    /// The files to read, each blob with a name once, and their positions.
    fn new_files<'f>(
        &mut self,
        applications: impl Iterator<Item = Vec<&'f [EnvironmentFile]>>,
    ) -> (Vec<NewFile<'f>>, HashMap<Key, usize>) {
        let mut new: Vec<NewFile<'f>> = Vec::new();
        let mut positions: HashMap<Key, usize> = HashMap::new();
        for environments in applications {
            for (number, at) in places(&environments) {
                let file = &environments[number][at];
                if file.role != FileRole::Deployed || !file.object.mode.is_file() {
                    continue;
                }
                let [before, after] = neighbours(&environments, (number, at));
                let differs = |other: &EnvironmentFile| other.object != file.object;
                let is_known = |other: &EnvironmentFile| !differs(other) && other.role == file.role;
                // Most files are those of the environment before.
                if before.is_some_and(is_known) && !after.is_some_and(differs) {
                    continue;
                }
                let may_differ = before.is_some_and(differs) || after.is_some_and(differs);
                match positions.entry((file.object.id, self.name_number(&file.path))) {
                    Entry::Occupied(known) => new[*known.get()].may_differ |= may_differ,
                    Entry::Vacant(unknown) => {
                        unknown.insert(new.len());
                        new.push(NewFile { file, may_differ });
                    }
                }
            }
        }
        (new, positions)
    }

    /// Whether a side of a pair of files may have versions: it has some, or was not read.
    pub(super) fn may_have_versions(&self, pair: &FilePair) -> bool {
        let may_have = |path: &RepoPath, file: Option<FileObject>| {
            let name = self.names.get(path.file_name());
            let key = file.zip(name).map(|(file, name)| (file.id, *name));
            let position = key.and_then(|key| self.positions.get(&key));
            position.is_none_or(|position| !self.found[*position].versions.is_empty())
        };
        let source_path = pair.source_path.as_ref().unwrap_or(&pair.path);
        may_have(source_path, pair.source) || may_have(&pair.path, pair.target)
    }

    /// Whether an application's files have the same versions in two environments, at the template's place
    /// too.
    pub(super) fn has_same_versions(
        &self,
        sides: [(Cell<'_>, &[EnvironmentFile]); 2],
    ) -> Result<bool, RepositoryError> {
        let without_place = sides.map(|(cell, files)| {
            let place = None;
            (Cell { place, ..cell }, files)
        });
        let has_place = sides.iter().any(|(cell, _)| cell.place.is_some());
        Ok(self.is_same(without_place)? && (!has_place || self.is_same(sides)?))
    }

    fn is_same(&self, sides: [(Cell<'_>, &[EnvironmentFile]); 2]) -> Result<bool, RepositoryError> {
        let of_side = |(cell, files): (Cell<'_>, &[EnvironmentFile])| {
            let deployed = files.iter().filter(|file| file.role == FileRole::Deployed);
            let mut all: Vec<Arc<[StreamVersion]>> = Vec::new();
            for file in deployed {
                let found = self.in_file(cell, &file.path, file.object)?.versions;
                all.extend((!found.is_empty()).then_some(found));
            }
            Ok::<_, RepositoryError>(all)
        };
        let [source, target] = sides;
        Ok(of_side(source)? == of_side(target)?)
    }

    /// The versions in an application's files.
    pub(in crate::engine) fn read(
        &self,
        cell: Cell<'_>,
        files: &[EnvironmentFile],
    ) -> Result<EnvironmentStatus, RepositoryError> {
        let mut all = Vec::new();
        let mut found = Vec::new();
        let mut places: Vec<VersionSource> = Vec::new();
        let mut faults = Vec::new();
        for file in files.iter().filter(|file| file.role == FileRole::Deployed) {
            let InFile { versions, fault } = self.in_file(cell, &file.path, file.object)?;
            faults.extend(fault.map(|unreadable| file_fault(cell, file, &unreadable)));
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
        status.faults = faults;
        Ok(status)
    }

    /// The versions that one state of a file has for an application.
    pub(in crate::engine) fn of_file(
        &self,
        cell: Cell<'_>,
        path: &RepoPath,
        file: FileObject,
    ) -> Result<Vec<String>, RepositoryError> {
        let found = self.in_file(cell, path, file)?;
        Ok(strongest(cell, &found.versions))
    }

    fn in_file(
        &self,
        cell: Cell<'_>,
        path: &RepoPath,
        file: FileObject,
    ) -> Result<InFile, RepositoryError> {
        if let Some(place) = cell.place {
            return self.at_place(place, path, file);
        }
        let name = self.names.get(path.file_name());
        let position = name.and_then(|name| self.positions.get(&(file.id, *name)));
        if let Some(position) = position {
            return Ok(self.found[*position].clone());
        }
        let key = (file.id, path.file_name().to_owned());
        let late = || self.late.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = late().get(&key) {
            return Ok(found.clone());
        }
        let found = if file.mode.is_file() {
            match read(self.snapshot, file)? {
                Ok(bytes) => in_bytes(path, bytes, cell.naming).0,
                Err(unreadable) => InFile::unreadable(path, unreadable),
            }
        } else {
            InFile::default()
        };
        late().insert(key, found.clone());
        Ok(found)
    }

    /// The version at the place of a template.
    fn at_place(
        &self,
        place: &VersionPlace,
        path: &RepoPath,
        file: FileObject,
    ) -> Result<InFile, RepositoryError> {
        if !file.mode.is_file() || !is_at_place(place, path) {
            return Ok(InFile::default());
        }
        let bytes = match read(self.snapshot, file)? {
            Ok(bytes) => bytes,
            Err(unreadable) => return Ok(InFile::unreadable(path, unreadable)),
        };
        let version = |version| StreamVersion {
            field: VersionField::VersionFile,
            version,
            image: None,
        };
        let versions = text_at(place, &bytes).map(version).into_iter();
        Ok(InFile {
            versions: versions.collect(),
            fault: None,
        })
    }

    fn name_number(&mut self, path: &RepoPath) -> usize {
        let name = path.file_name();
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let number = self.names.len();
        self.names.insert(name.to_owned(), number);
        number
    }
}

/// The places of all files of an application: the number of their environment and their place in it.
fn places(environments: &[&[EnvironmentFile]]) -> impl Iterator<Item = (usize, usize)> {
    let of_one = |(number, files): (usize, &&[EnvironmentFile])| {
        (0..files.len()).map(move |at| (number, at))
    };
    environments.iter().enumerate().flat_map(of_one)
}

/// The files at the same place in the environments before and after, if they have the same name. Where the
/// environments have other files, there are none, which only costs time.
fn neighbours<'f>(
    environments: &[&'f [EnvironmentFile]],
    (number, at): (usize, usize),
) -> [Option<&'f EnvironmentFile>; 2] {
    let name = environments[number][at].path.file_name();
    [number.checked_sub(1), Some(number + 1)].map(|number| {
        let file = environments.get(number?)?.get(at)?;
        (file.path.file_name() == name).then_some(file)
    })
}

/// The fault of a file of an application.
fn file_fault(cell: Cell<'_>, file: &EnvironmentFile, unreadable: &Unreadable) -> FileFault {
    FileFault {
        path: file.path.to_string(),
        line: unreadable.line,
        column: unreadable.column,
        message: unreadable.message.clone(),
        application: cell.application.clone(),
        is_chosen: true,
    }
}

/// What a file with these bytes has, and its stream if it is one. A single file has no other environment's value,
/// so that `naming` makes no difference.
fn in_bytes(path: &RepoPath, bytes: Vec<u8>, naming: &Naming) -> (InFile, Option<Box<Stream>>) {
    if !may_have_versions(path.as_str(), &bytes) {
        return (InFile::default(), None);
    }
    let name = path.file_name();
    let of = |versions: Vec<StreamVersion>| InFile {
        versions: versions.into(),
        fault: None,
    };
    match parse_file(path.as_str(), bytes) {
        FileContent::Yaml(stream) => {
            let found = of(stream_versions(&stream, name, Format::Yaml, naming));
            (found, Some(stream))
        }
        FileContent::Lines(lines) => {
            let found = stream_versions(lines.outline(), name, lines.format(), naming);
            (of(found), None)
        }
        FileContent::Unreadable(unreadable) => {
            let fault = Some(Arc::new(unreadable));
            let versions = Arc::default();
            (InFile { versions, fault }, None)
        }
        FileContent::Whole => (InFile::default(), None),
    }
}
