//! A hash over fields that cannot run into each other.

use sha2::{Digest, Sha256};

/// SHA-256 over fields, each with its length before it.
pub(super) struct Hash(Sha256);

impl Hash {
    /// Begins a hash of this kind; equal fields of different kinds have different hashes.
    pub(super) fn new(kind: &str) -> Self {
        let mut hash = Self(Sha256::new());
        hash.field(kind);
        hash
    }

    /// Adds a field.
    pub(super) fn field(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    /// All bytes.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }

    /// The first bytes as hexadecimal digits.
    pub(super) fn hex(self, bytes: usize) -> String {
        let mut hex = String::with_capacity(2 * bytes);
        for byte in self.0.finalize().iter().take(bytes) {
            hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        hex
    }
}
