//! What went wrong in libgit2, Git or the file system, as the port's errors.
//!
//! # Why
//!
//! Neither libgit2 nor Git passes the system's error number on. Whether the disk
//! is full or the repository read-only stands only in the text that the system
//! itself has for that number, which is the same for all programs.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use crate::port::RepositoryError;

/// Where an operation takes place: what an error needs to name.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The repository's folder as the user knows it.
    pub(super) path: PathBuf,
    /// Whether history was cut off when it was cloned.
    pub(super) shallow: bool,
}

impl Place {
    /// The folder as text.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Turns libgit2's error while `doing` something into the port's.
    pub(super) fn fault<S: Into<String>>(
        &self,
        doing: S,
    ) -> impl FnOnce(git2::Error) -> RepositoryError + use<S> {
        let (place, doing) = (self.clone(), doing.into());
        move |error| place.classify(doing, error)
    }

    /// The same for an error of the file system.
    pub(super) fn io_fault<S: Into<String>>(
        &self,
        doing: S,
    ) -> impl FnOnce(io::Error) -> RepositoryError + use<S> {
        let (doing, path) = (doing.into(), self.name());
        move |error| match error.kind() {
            io::ErrorKind::StorageFull => RepositoryError::DiskFull {
                path,
                source: error.into(),
            },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                RepositoryError::ReadOnly {
                    path,
                    source: error.into(),
                }
            }
            _ => RepositoryError::Git {
                doing,
                source: error.into(),
            },
        }
    }

    /// A fault that this adapter found by itself.
    pub(super) fn found(doing: impl Into<String>, what: impl Into<String>) -> RepositoryError {
        RepositoryError::Git {
            doing: doing.into(),
            source: what.into().into(),
        }
    }

    fn classify(&self, doing: String, error: git2::Error) -> RepositoryError {
        let text = error.message().to_owned();
        match self.of_system(&text, || Box::new(git2::Error::from_str(&text))) {
            Some(error) => error,
            None => RepositoryError::Git {
                doing,
                source: error.into(),
            },
        }
    }

    /// The error of a text that quotes the system: a full disk, or a place that cannot be written.
    pub(super) fn of_system(
        &self,
        text: &str,
        source: impl FnOnce() -> Box<dyn std::error::Error + Send + Sync>,
    ) -> Option<RepositoryError> {
        let has = |words: &[&str]| words.iter().any(|words| text.contains(words));
        let path = self.name();
        if has(&["No space left on device", "Disk quota exceeded"]) {
            let source = source();
            return Some(RepositoryError::DiskFull { path, source });
        }
        let refused = [
            "Read-only file system",
            "Permission denied\n",
            "Operation not permitted",
        ];
        let text_ends = text.ends_with("Permission denied");
        (has(&refused) || text_ends).then(|| RepositoryError::ReadOnly {
            path,
            source: source(),
        })
    }
}

/// An error with what caused it.
pub(super) fn display_chain(error: &RepositoryError) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place {
            path: PathBuf::from("repo"),
            shallow: true,
        }
    }

    fn os(text: &str) -> git2::Error {
        git2::Error::from_str(text)
    }

    #[test]
    fn a_full_disk_is_recognised_by_its_text() {
        let error = place().fault("x")(os("failed to write: No space left on device"));
        assert!(matches!(error, RepositoryError::DiskFull { .. }));
    }

    #[test]
    fn a_refused_write_is_read_only() {
        for text in [
            "cannot open: Permission denied",
            "mkdir: Read-only file system",
        ] {
            let error = place().fault("x")(os(text));
            assert!(matches!(error, RepositoryError::ReadOnly { .. }));
        }
    }
}
