//! Reading objects with libgit2, or with `git cat-file` where libgit2 cannot open the repository.
//!
//! # Why
//!
//! Only one thread at a time may use a `git2::Repository`, but many may use its
//! object database, so reading has its own handle of it. libgit2 refreshes that
//! handle when an object is missing, so it finds what was fetched or written later.

use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use git2::{ObjectType, Odb, Oid};

use crate::adapter::git::command::process::BatchProcess;
use crate::adapter::git::command::program::Git;
use crate::adapter::git::fault::ErrorContext;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// The objects of a repository.
pub struct Objects {
    backend: Backend,
    context: ErrorContext,
}

enum Backend {
    /// libgit2's object database.
    Library(Odb<'static>),
    /// `git cat-file`.
    Git(Box<CatFile>),
}

/// Two long-lived `git cat-file` processes, each started on first use.
struct CatFile {
    git: Git,
    contents: Mutex<Option<BatchProcess>>,
    sizes: Mutex<Option<BatchProcess>>,
}

/// The fields of a commit that promotions need.
pub struct Commit {
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    /// The author's name.
    pub author: String,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The committer's name.
    pub committer: String,
    /// The committer's e-mail address.
    pub email: String,
    pub message: String,
}

impl Objects {
    /// The objects in a folder, read by libgit2.
    pub fn library(folder: &Path, context: ErrorContext) -> Result<Self, RepositoryError> {
        let doing = "could not open the object database";
        let path =
            (folder.to_str()).ok_or_else(|| ErrorContext::error(doing, "its path is not UTF-8"))?;
        let odb = Odb::new().map_err(context.fault(doing))?;
        odb.add_disk_alternate(path).map_err(context.fault(doing))?;
        Ok(Self {
            backend: Backend::Library(odb),
            context,
        })
    }

    /// The objects of the repository in which `git` runs.
    pub fn git(git: Git, context: ErrorContext) -> Self {
        Self {
            backend: Backend::Git(Box::new(CatFile {
                git,
                contents: Mutex::default(),
                sizes: Mutex::default(),
            })),
            context,
        }
    }

    /// Passes the bytes of an object to `read`.
    pub fn read<T>(
        &self,
        id: ObjectId,
        kind: ObjectType,
        read: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, RepositoryError> {
        let is_kind = |found: &str| match found {
            found if found == kind.str() => Ok(()),
            found => Err(ErrorContext::error(
                format!("could not read {kind} `{id}`"),
                format!("it is a {found}"),
            )),
        };
        match &self.backend {
            Backend::Library(odb) => {
                let object = (odb.read(to_oid(id)?)).map_err(|e| self.fault(id, kind, e))?;
                is_kind(object.kind().str())?;
                Ok(read(object.data()))
            }
            Backend::Git(cat_file) => {
                let (found, bytes) = cat_file
                    .contents(id)
                    .map_err(|e| self.io_fault(id, kind, e))?;
                let found = found.ok_or_else(|| self.missing(id))?;
                is_kind(&found)?;
                Ok(read(&bytes))
            }
        }
    }

    /// The size of a blob in bytes.
    pub fn size(&self, id: ObjectId) -> Result<u64, RepositoryError> {
        let kind = ObjectType::Blob;
        match &self.backend {
            Backend::Library(odb) => {
                let header = odb.read_header(to_oid(id)?);
                Ok(header.map_err(|e| self.fault(id, kind, e))?.0 as u64)
            }
            Backend::Git(cat_file) => {
                let size = cat_file.size(id).map_err(|e| self.io_fault(id, kind, e))?;
                size.ok_or_else(|| self.missing(id))
            }
        }
    }

    /// Whether an object exists in the repository.
    pub fn has(&self, id: ObjectId) -> bool {
        match &self.backend {
            Backend::Library(odb) => to_oid(id).is_ok_and(|id| odb.exists(id)),
            Backend::Git(cat_file) => matches!(cat_file.size(id), Ok(Some(_))),
        }
    }

    /// Reads a commit.
    pub fn commit(&self, id: ObjectId) -> Result<Commit, RepositoryError> {
        let found = self.read(id, ObjectType::Commit, parse_commit)?;
        found.ok_or_else(|| {
            ErrorContext::error(format!("could not read commit `{id}`"), "it is damaged")
        })
    }

    /// The error for an object that the repository does not have.
    pub fn missing(&self, id: ObjectId) -> RepositoryError {
        RepositoryError::MissingObject {
            id: id.to_string(),
            shallow: self.context.shallow,
        }
    }

    fn fault(&self, id: ObjectId, kind: ObjectType, error: git2::Error) -> RepositoryError {
        match error.code() {
            git2::ErrorCode::NotFound => self.missing(id),
            _ => self.context.fault(format!("could not read {kind} `{id}`"))(error),
        }
    }

    /// The error for an object that `git cat-file` could not read.
    pub fn io_fault(&self, id: ObjectId, kind: ObjectType, error: io::Error) -> RepositoryError {
        let doing = format!("could not read {kind} `{id}`");
        match error.kind() {
            io::ErrorKind::UnexpectedEof => ErrorContext::error(
                doing,
                "`git cat-file` failed; a partial clone fetches what it lacks from its remote, and \
                 `git fetch` shows whether that can be reached",
            ),
            _ => self.context.io_fault(doing)(error),
        }
    }
}

impl CatFile {
    /// The kind and bytes of an object; no kind if it is missing.
    fn contents(&self, id: ObjectId) -> io::Result<(Option<String>, Vec<u8>)> {
        self.request(&self.contents, "--batch", id, |git, kind, size| {
            let mut bytes = git.read_bytes(size + 1)?;
            bytes.truncate(size);
            Ok((Some(kind.to_owned()), bytes))
        })
        .map(Option::unwrap_or_default)
    }

    fn size(&self, id: ObjectId) -> io::Result<Option<u64>> {
        self.request(&self.sizes, "--batch-check", id, |_, _, size| {
            Ok(size as u64)
        })
    }

    fn request<T>(
        &self,
        process: &Mutex<Option<BatchProcess>>,
        option: &str,
        id: ObjectId,
        read: impl FnOnce(&mut BatchProcess, &str, usize) -> io::Result<T>,
    ) -> io::Result<Option<T>> {
        let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
        // After an error the position in the output is unknown, so a new process is started.
        let mut git = match process.take() {
            Some(git) => git,
            None => (self.git.start_batch(&["cat-file", option])).map_err(io::Error::other)?,
        };
        git.send(&id.to_string())?;
        let header = git.read_line()?;
        let mut words = header.split(' ').skip(1);
        let found = match (words.next(), words.next().map(str::parse)) {
            (Some(kind), Some(Ok(size))) => Some(read(&mut git, kind, size)?),
            _ => None,
        };
        *process = Some(git);
        Ok(found)
    }
}

/// Parses a commit: lines of key and value, an empty line, the message.
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
    let (committer, rest) = committer.first()?.rsplit_once('<')?;
    let (email, date) = rest.split_once('>')?;
    let time = date
        .split_whitespace()
        .next()
        .and_then(|time| time.parse().ok());
    let author = fields("author");
    let author = author.first().and_then(|author| author.rsplit_once('<'));
    Some(Commit {
        tree: fields("tree").first()?.parse().ok()?,
        parents: fields("parent")
            .iter()
            .map(|id| id.parse().ok())
            .collect::<Option<_>>()?,
        author: author.map_or("", |(name, _)| name.trim()).to_owned(),
        time: time.unwrap_or_default(),
        committer: committer.trim().to_owned(),
        email: email.to_owned(),
        message: message.to_owned(),
    })
}

/// Parses an id as Git prints it.
pub fn parse_id(text: &str) -> Option<ObjectId> {
    text.parse().ok()
}

/// Converts an id into libgit2's.
fn to_oid(id: ObjectId) -> Result<Oid, RepositoryError> {
    Oid::from_bytes(id.as_bytes())
        .map_err(|e| ErrorContext::error(format!("could not read object `{id}`"), e.message()))
}

/// Converts libgit2's id.
pub fn from_oid(oid: Oid) -> Result<ObjectId, RepositoryError> {
    ObjectId::from_bytes(oid.as_bytes()).ok_or_else(|| {
        ErrorContext::error(
            format!("could not read object `{oid}`"),
            "its id has an unknown length",
        )
    })
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
        assert_eq!((&*commit.author, &*commit.committer), ("A", "B"));
        assert_eq!(commit.time, 2);
        assert_eq!(commit.message, "title\n\nparent body\n");
        assert!(parse_commit(b"tree 1\n\nx").is_none());
    }
}
