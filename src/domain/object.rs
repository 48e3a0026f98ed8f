//! Git object ids and file modes, without Git.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The id of a Git object: 20 bytes (SHA-1) or 32 bytes (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    len: u8,
    bytes: [u8; 32],
}

impl ObjectId {
    /// An id from its raw bytes; `None` unless there are 20 or 32.
    pub fn from_bytes(raw: &[u8]) -> Option<Self> {
        let len = match raw.len() {
            20 => 20,
            32 => 32,
            _ => return None,
        };
        let mut bytes = [0; 32];
        bytes[..raw.len()].copy_from_slice(raw);
        Some(Self { len, bytes })
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an object id.
#[derive(Debug, Error)]
#[error("`{0}` is not a Git object id")]
pub struct ParseObjectIdError(String);

impl FromStr for ObjectId {
    type Err = ParseObjectIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || ParseObjectIdError(text.to_owned());
        // `from_str_radix` alone would take a sign.
        if !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(fault());
        }
        let raw: Vec<u8> = (0..text.len() / 2)
            .map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16))
            .collect::<Result<_, _>>()
            .map_err(|_| fault())?;
        if raw.len() * 2 != text.len() {
            return Err(fault());
        }
        Self::from_bytes(&raw).ok_or_else(fault)
    }
}

/// The id of a commit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CommitId(pub ObjectId);

impl CommitId {
    /// The first seven digits, as Git shortens ids for people.
    pub fn short(&self) -> String {
        self.0.to_string().chars().take(7).collect()
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What a tree entry is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileMode {
    /// A directory.
    Directory,
    /// An ordinary file.
    Regular,
    /// A file with the executable bit.
    Executable,
    /// A symbolic link; the blob is its target.
    Symlink,
    /// A submodule's commit.
    Submodule,
}

impl FileMode {
    /// Whether this is a file with content of its own.
    pub fn is_file(self) -> bool {
        matches!(self, Self::Regular | Self::Executable)
    }

    /// Its digits, as Git stores and prints them.
    pub fn digits(self) -> &'static str {
        match self {
            Self::Directory => "40000",
            Self::Regular => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Submodule => "160000",
        }
    }
}
