//! Errors of libgit2, Git and the file system, as the port's errors.
//!
//! # Why
//!
//! Neither libgit2 nor Git passes the system's error number on. Only the system's
//! own text for that number, the same in all programs, shows whether the disk is
//! full or the repository read-only.

use std::io;
use std::path::PathBuf;

use crate::port::RepositoryError;

/// What errors report about the repository.
#[derive(Clone, Debug)]
pub(super) struct ErrorContext {
    /// The repository's folder as the user knows it.
    pub(super) path: PathBuf,
    /// Whether the repository is a shallow clone.
    pub(super) shallow: bool,
}

impl ErrorContext {
    /// The folder as text.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Converts an error of libgit2 into the port's; `doing` names what failed.
    pub(super) fn fault<S: Into<String>>(
        &self,
        doing: S,
    ) -> impl FnOnce(git2::Error) -> RepositoryError + use<S> {
        let (context, doing) = (self.clone(), doing.into());
        move |error| context.classify(doing, error)
    }

    /// Converts an error of the file system in the same way.
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

    /// An error that this adapter itself detects.
    pub(super) fn error(doing: impl Into<String>, reason: impl Into<String>) -> RepositoryError {
        RepositoryError::Git {
            doing: doing.into(),
            source: reason.into().into(),
        }
    }

    fn classify(&self, doing: String, error: git2::Error) -> RepositoryError {
        let text = error.message().to_owned();
        match self.system_error(&text, || Box::new(git2::Error::from_str(&text))) {
            Some(error) => error,
            None => RepositoryError::Git {
                doing,
                source: error.into(),
            },
        }
    }

    /// The error for a message that quotes the system: a full disk or a missing permission to write.
    pub(super) fn system_error(
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

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> ErrorContext {
        ErrorContext {
            path: PathBuf::from("repo"),
            shallow: true,
        }
    }

    fn os(text: &str) -> git2::Error {
        git2::Error::from_str(text)
    }

    #[test]
    fn a_full_disk_is_recognised_by_its_text() {
        let error = context().fault("x")(os("failed to write: No space left on device"));
        assert!(matches!(error, RepositoryError::DiskFull { .. }));
    }

    #[test]
    fn a_refused_write_is_read_only() {
        for text in [
            "cannot open: Permission denied",
            "mkdir: Read-only file system",
        ] {
            let error = context().fault("x")(os(text));
            assert!(matches!(error, RepositoryError::ReadOnly { .. }));
        }
    }
}
