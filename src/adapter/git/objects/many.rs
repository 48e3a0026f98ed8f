//! Reading many blobs at once, with `git cat-file`.
//!
//! # Why
//!
//! To know the size of a blob, libgit2 follows its deltas, and threads that read wait for each other. One
//! `git` that reads thousands of blobs in a row takes less than half the time.

use std::io;

use git2::ObjectType;

use super::database::parse_id;
use crate::adapter::git::command::program_reader::ProgramReader;
use crate::adapter::git::fault::ErrorContext;
use crate::adapter::git::local::Local;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// The fewest blobs that are worth starting Git for.
pub const MANY: usize = 500;

const DOING: &str = "could not read many files";

/// Passes the bytes of each blob to `visit`, in order; those of blobs with more than `most` bytes are not read.
pub fn read(
    local: &Local,
    blobs: &[ObjectId],
    most: u64,
    visit: &mut dyn FnMut(Option<Vec<u8>>),
) -> Result<(), RepositoryError> {
    let read = read_until_large(local, blobs, most, visit)?;
    // Where some are too large, Git is first asked for the sizes of the rest.
    match &blobs[read..] {
        [] => Ok(()),
        left => read_small(local, left, most, visit),
    }
}

/// Reads blobs until one has more than `most` bytes; returns how many it has read.
fn read_until_large(
    local: &Local,
    blobs: &[ObjectId],
    most: u64,
    visit: &mut dyn FnMut(Option<Vec<u8>>),
) -> Result<usize, RepositoryError> {
    let mut contents = CatFile::start(local, "--batch", blobs)?;
    for (at, blob) in blobs.iter().enumerate() {
        let size = contents.size_of(*blob)?;
        if size > most {
            return Ok(at);
        }
        visit(Some(contents.bytes_of(*blob, size)?));
    }
    contents.finish(DOING)?;
    Ok(blobs.len())
}

/// Reads the blobs that have at most `most` bytes.
fn read_small(
    local: &Local,
    blobs: &[ObjectId],
    most: u64,
    visit: &mut dyn FnMut(Option<Vec<u8>>),
) -> Result<(), RepositoryError> {
    let mut sizes = CatFile::start(local, "--batch-check", blobs)?;
    let mut are_small = Vec::with_capacity(blobs.len());
    for blob in blobs {
        are_small.push(sizes.size_of(*blob)? <= most);
    }
    sizes.finish(DOING)?;
    let small = blobs
        .iter()
        .zip(&are_small)
        .filter(|(_, is_small)| **is_small);
    let small: Vec<ObjectId> = small.map(|(blob, _)| *blob).collect();
    let mut contents = CatFile::start(local, "--batch", &small)?;
    for (blob, is_small) in blobs.iter().zip(are_small) {
        let mut bytes = || {
            let size = contents.size_of(*blob)?;
            contents.bytes_of(*blob, size)
        };
        visit(is_small.then(&mut bytes).transpose()?);
    }
    contents.finish(DOING)
}

/// A `git cat-file` that answers about many objects in a row.
struct CatFile<'a> {
    local: &'a Local,
    /// `None` once it has ended.
    reader: Option<ProgramReader>,
}

impl<'a> CatFile<'a> {
    fn start(local: &'a Local, option: &str, blobs: &[ObjectId]) -> Result<Self, RepositoryError> {
        // libgit2 does not replace objects either.
        let args = ["--no-replace-objects", "cat-file", option, "--buffer"];
        let length = blobs
            .first()
            .map_or(0, |blob| 2 * blob.as_bytes().len() + 1);
        let mut ids = Vec::with_capacity(length * blobs.len());
        for blob in blobs {
            ids.extend_from_slice(blob.write_digits(&mut [0; 64]));
            ids.push(b'\n');
        }
        let reader = local.git.start_reading(&args, ids)?;
        Ok(Self {
            local,
            reader: Some(reader),
        })
    }

    /// Reads a part of the answer about a blob.
    fn answer<T>(
        &mut self,
        blob: ObjectId,
        read: impl FnOnce(&mut ProgramReader) -> io::Result<Option<T>>,
    ) -> Result<T, RepositoryError> {
        let end = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let answer = self.reader.as_mut().ok_or_else(end).and_then(read);
        match answer.and_then(|answer| answer.ok_or_else(end)) {
            Ok(answer) => Ok(answer),
            Err(error) => {
                // Git may have said why.
                self.finish(&doing(blob))?;
                let objects = &self.local.objects;
                Err(objects.io_fault(blob, ObjectType::Blob, error))
            }
        }
    }

    /// The size of the next blob.
    fn size_of(&mut self, blob: ObjectId) -> Result<u64, RepositoryError> {
        let line = self.answer(blob, ProgramReader::read_line)?;
        let mut words = line.split(' ');
        match (words.next().and_then(parse_id), words.next(), words.next()) {
            (Some(id), Some("blob"), Some(size)) if id == blob => {
                size.parse().map_err(|_| unknown(blob, &line))
            }
            (_, Some("missing"), None) => Err(self.local.objects.missing(blob)),
            _ => Err(unknown(blob, &line)),
        }
    }

    /// The bytes of the blob whose size was read.
    fn bytes_of(&mut self, blob: ObjectId, size: u64) -> Result<Vec<u8>, RepositoryError> {
        let size = usize::try_from(size).map_err(|error| unknown(blob, &error.to_string()))?;
        // A line feed follows them.
        let mut bytes = self.answer(blob, |reader| reader.read_bytes(size + 1).map(Some))?;
        bytes.truncate(size);
        Ok(bytes)
    }

    /// Waits for Git's end; an error if it has failed.
    fn finish(&mut self, doing: &str) -> Result<(), RepositoryError> {
        let git = &self.local.git;
        let Some(reader) = self.reader.take() else {
            return Ok(());
        };
        let output = reader.finish().map_err(|error| git.run_error(error))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(git.fault(doing, &output))
        }
    }
}

fn doing(blob: ObjectId) -> String {
    format!("could not read blob `{blob}`")
}

fn unknown(blob: ObjectId, found: &str) -> RepositoryError {
    ErrorContext::error(doing(blob), format!("`git cat-file` answered {found:?}"))
}
