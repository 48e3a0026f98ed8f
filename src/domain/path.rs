//! Paths inside a repository.

use std::fmt;

use thiserror::Error;

/// A file path relative to the repository's root, with `/` between parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(String);

/// A text that is not a path inside a repository.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RepoPathError {
    /// The text is empty.
    #[error("a path in the repository may not be empty")]
    Empty,
    /// The path leaves the repository or has an empty part.
    #[error("`{path}` is not a path in the repository: part `{part}` is not allowed")]
    Part {
        /// The whole text.
        path: String,
        /// The part that is not allowed.
        part: String,
    },
}

impl RepoPath {
    /// Parses a path: not empty, no leading `/`, no `.`, `..`, `.git` or empty part.
    ///
    /// # Errors
    /// [`RepoPathError`] names the part that is not allowed.
    pub fn parse(text: &str) -> Result<Self, RepoPathError> {
        if text.is_empty() {
            return Err(RepoPathError::Empty);
        }
        match text.split('/').find(|p| {
            matches!(*p, "" | "." | "..") || p.eq_ignore_ascii_case(".git") || p.contains('\0')
        }) {
            Some(part) => Err(RepoPathError::Part {
                path: text.to_owned(),
                part: part.to_owned(),
            }),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The whole path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The parts between the slashes.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// The parts before the last one; empty at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        // A name is short, so that a search from the end takes longer to prepare than to run.
        let slash = self.0.bytes().rposition(|byte| byte == b'/');
        slash.map_or(&self.0, |slash| &self.0[slash + 1..])
    }
}

/// The path of a file or folder in a folder, which is empty for the root.
pub fn path_in(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

impl std::borrow::Borrow<str> for RepoPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
