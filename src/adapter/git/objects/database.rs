//! Objects: read and written by libgit2, or by Git where libgit2 cannot open the repository.
//!
//! # Why
//!
//! A `git2::Repository` may be used by one thread at a time, its object database
//! by many, so reading has a database handle of its own. It looks an object up
//! again when it is missing, so it also finds what was fetched or written later.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use git2::{ObjectType, Odb, Oid};

use crate::adapter::git::command::process::Dialogue;
use crate::adapter::git::command::program::Git;
use crate::adapter::git::fault::Place;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// The objects of a repository.
pub struct Objects {
    way: Way,
    place: Place,
}

enum Way {
    /// libgit2's object database.
    Library(Odb<'static>),
    /// One long-lived `git cat-file` for contents, one for sizes.
    Git(Box<Asked>),
}

struct Asked {
    git: Git,
    contents: Mutex<Option<Dialogue>>,
    sizes: Mutex<Option<Dialogue>>,
}

/// A commit, as far as promotions need it.
pub struct Commit {
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    /// The committer's address.
    pub email: String,
    pub message: String,
}

impl Objects {
    /// The objects in a folder, read by libgit2.
    pub fn library(folder: &Path, place: Place) -> Result<Self, RepositoryError> {
        let doing = "could not open the object database";
        let path = (folder.to_str()).ok_or_else(|| Place::found(doing, "its path is not UTF-8"))?;
        let odb = Odb::new().map_err(place.fault(doing))?;
        odb.add_disk_alternate(path).map_err(place.fault(doing))?;
        Ok(Self {
            way: Way::Library(odb),
            place,
        })
    }

    /// The objects of the repository in which `git` runs.
    pub fn git(git: Git, place: Place) -> Self {
        Self {
            way: Way::Git(Box::new(Asked {
                git,
                contents: Mutex::default(),
                sizes: Mutex::default(),
            })),
            place,
        }
    }

    /// Hands the bytes of an object to `read`.
    pub fn read<T>(
        &self,
        id: ObjectId,
        kind: ObjectType,
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, RepositoryError> {
        let is_kind = |found: &str| match found {
            found if found == kind.str() => Ok(()),
            found => Err(Place::found(
                format!("could not read {kind} `{id}`"),
                format!("it is a {found}"),
            )),
        };
        match &self.way {
            Way::Library(odb) => {
                let object = (odb.read(to_oid(id)?)).map_err(|e| self.fault(id, kind, e))?;
                is_kind(object.kind().str())?;
                Ok(read(object.data()))
            }
            Way::Git(asked) => {
                let (found, bytes) = asked.contents(id).map_err(|e| self.io_fault(id, kind, e))?;
                let found = found.ok_or_else(|| self.missing(id))?;
                is_kind(&found)?;
                Ok(read(&bytes))
            }
        }
    }

    /// How many bytes a blob has.
    pub fn size(&self, id: ObjectId) -> Result<u64, RepositoryError> {
        let kind = ObjectType::Blob;
        match &self.way {
            Way::Library(odb) => {
                let header = odb.read_header(to_oid(id)?);
                Ok(header.map_err(|e| self.fault(id, kind, e))?.0 as u64)
            }
            Way::Git(asked) => {
                let size = asked.size(id).map_err(|e| self.io_fault(id, kind, e))?;
                size.ok_or_else(|| self.missing(id))
            }
        }
    }

    /// Whether an object is here.
    pub fn has(&self, id: ObjectId) -> bool {
        match &self.way {
            Way::Library(odb) => to_oid(id).is_ok_and(|id| odb.exists(id)),
            Way::Git(asked) => matches!(asked.size(id), Ok(Some(_))),
        }
    }

    /// Reads a commit.
    pub fn commit(&self, id: ObjectId) -> Result<Commit, RepositoryError> {
        let found = self.read(id, ObjectType::Commit, parse_commit)?;
        found.ok_or_else(|| Place::found(format!("could not read commit `{id}`"), "it is damaged"))
    }

    fn missing(&self, id: ObjectId) -> RepositoryError {
        RepositoryError::MissingObject {
            id: id.to_string(),
            shallow: self.place.shallow,
        }
    }

    fn fault(&self, id: ObjectId, kind: ObjectType, error: git2::Error) -> RepositoryError {
        match error.code() {
            git2::ErrorCode::NotFound => self.missing(id),
            _ => self.place.fault(format!("could not read {kind} `{id}`"))(error),
        }
    }

    fn io_fault(&self, id: ObjectId, kind: ObjectType, error: io::Error) -> RepositoryError {
        let doing = format!("could not read {kind} `{id}`");
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Place::found(
                doing,
                "`git cat-file` failed; a partial clone fetches what it lacks from its remote, and \
                 `git fetch` shows whether that can be reached",
            ),
            _ => self.place.io_fault(doing)(error),
        }
    }
}

impl Asked {
    /// The kind and bytes of an object; no kind where it is missing.
    fn contents(&self, id: ObjectId) -> io::Result<(Option<String>, Vec<u8>)> {
        self.ask(&self.contents, "--batch", id, |git, kind, size| {
            let mut bytes = git.take(size + 1)?;
            bytes.truncate(size);
            Ok((Some(kind.to_owned()), bytes))
        })
        .map(Option::unwrap_or_default)
    }

    fn size(&self, id: ObjectId) -> io::Result<Option<u64>> {
        self.ask(&self.sizes, "--batch-check", id, |_, _, size| {
            Ok(size as u64)
        })
    }

    fn ask<T>(
        &self,
        dialogue: &Mutex<Option<Dialogue>>,
        how: &str,
        id: ObjectId,
        read: impl FnOnce(&mut Dialogue, &str, usize) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let mut dialogue = dialogue.lock().unwrap_or_else(PoisonError::into_inner);
        // After an error the position in its answers is unknown, so it is started anew.
        let mut git = match dialogue.take() {
            Some(git) => git,
            None => (self.git.dialogue(&["cat-file", how])).map_err(io::Error::other)?,
        };
        git.ask(&id.to_string())?;
        let header = git.line()?;
        let mut words = header.split(' ').skip(1);
        let found = match (words.next(), words.next().map(str::parse)) {
            (Some(kind), Some(Ok(size))) => Some(read(&mut git, kind, size)?),
            _ => None,
        };
        *dialogue = Some(git);
        Ok(found)
    }
}

/// The fields of a commit: lines of a key and a value, an empty line, the message.
fn parse_commit(bytes: &[u8]) -> Option<Commit> {
    let text = String::from_utf8_lossy(bytes);
    let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
    let fields = |key: &str| {
        let key = format!("{key} ");
        let value = move |line| str::strip_prefix(line, &key);
        head.lines()
            .filter_map(value)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let committer = fields("committer");
    let email = committer.first()?.rsplit_once('<')?.1.split_once('>')?.0;
    Some(Commit {
        tree: fields("tree").first()?.parse().ok()?,
        parents: fields("parent")
            .iter()
            .map(|id| id.parse().ok())
            .collect::<Option<_>>()?,
        email: email.to_owned(),
        message: message.to_owned(),
    })
}

/// An id as Git prints it.
pub fn id_of(text: &str) -> Option<ObjectId> {
    text.parse().ok()
}

/// The port's id as libgit2's.
pub fn to_oid(id: ObjectId) -> Result<Oid, RepositoryError> {
    Oid::from_bytes(id.as_bytes())
        .map_err(|e| Place::found(format!("could not read object `{id}`"), e.message()))
}

/// libgit2's id as the port's.
pub fn from_oid(oid: Oid) -> Result<ObjectId, RepositoryError> {
    ObjectId::from_bytes(oid.as_bytes())
        .ok_or_else(|| Place::found(format!("could not read object `{oid}`"), "odd id length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_has_a_tree_parents_a_committer_and_a_message() {
        let id = "1".repeat(40);
        let text = format!(
            "tree {id}\nparent {id}\nparent {id}\nauthor A <a@x> 1 +0000\n\
             committer B <b@x> 2 +0000\ngpgsig -----\n parent of nothing\n\ntitle\n\nparent body\n"
        );
        let commit = parse_commit(text.as_bytes()).unwrap();
        assert_eq!(commit.tree.to_string(), id);
        assert_eq!((commit.parents.len(), &*commit.email), (2, "b@x"));
        assert_eq!(commit.message, "title\n\nparent body\n");
        assert!(parse_commit(b"tree 1\n\nx").is_none());
    }
}
