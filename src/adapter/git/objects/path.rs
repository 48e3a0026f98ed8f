//! Paths in a tree, which need not be UTF-8.

use std::fmt;
use std::path::{Path, PathBuf};

/// A file's path in a tree, with `/` between parts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct GitPath(pub Vec<u8>);

impl GitPath {
    /// The path on disk, below `folder`.
    pub fn below(&self, folder: &Path) -> PathBuf {
        #[cfg(unix)]
        let path = {
            use std::os::unix::ffi::OsStrExt as _;
            std::ffi::OsStr::from_bytes(&self.0)
        };
        // Git for Windows only has UTF-8 names.
        #[cfg(not(unix))]
        let path = self.to_string();
        folder.join(path)
    }

    /// Whether this path is `other` or lies below it.
    pub fn is_within(&self, other: &Self) -> bool {
        let rest = self.0.strip_prefix(other.0.as_slice());
        rest.is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
    }
}

impl fmt::Display for GitPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}
