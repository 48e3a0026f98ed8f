//! Git object ids and file modes, without Git.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use thiserror::Error;

/// The id of a Git object: 20 bytes (SHA-1) or 32 bytes (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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

    /// Its digits, written at the start of `text`.
    pub fn write_digits<'t>(&self, text: &'t mut [u8; 64]) -> &'t [u8] {
        let (pairs, _) = text.as_chunks_mut::<2>();
        for (pair, byte) in pairs.iter_mut().zip(self.as_bytes()) {
            *pair = [byte >> 4, byte & 0xf].map(|digit| b"0123456789abcdef"[usize::from(digit)]);
        }
        &text[..2 * self.as_bytes().len()]
    }
}

impl Hash for ObjectId {
    /// An id is a hash itself, so that a part of it tells it from others.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(&self.bytes[..8]);
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        let digits = str::from_utf8(self.write_digits(&mut text));
        f.write_str(digits.map_err(|_| fmt::Error)?)
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
        let id = || {
            let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
                return None;
            };
            let mut raw = [0; 32];
            for (byte, [high, low]) in raw.get_mut(..pairs.len())?.iter_mut().zip(pairs) {
                *byte = value(*high)? << 4 | value(*low)?;
            }
            Self::from_bytes(&raw[..pairs.len()])
        };
        id().ok_or_else(|| ParseObjectIdError(text.to_owned()))
    }
}

/// The value of a hexadecimal digit.
fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
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
