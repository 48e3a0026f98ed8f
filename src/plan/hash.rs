//! A hash over a sequence of fields.

use sha2::{Digest, Sha256};

/// SHA-256 over fields, each preceded by its length, so that the bounds of the fields count too.
pub(super) struct Hash(Sha256);

impl Hash {
    /// Starts a hash; equal fields with different kinds give different hashes.
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

    /// The whole hash.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }

    /// The first bytes of the hash in hexadecimal digits.
    pub(super) fn hex(self, bytes: usize) -> String {
        let mut hex = String::with_capacity(2 * bytes);
        for byte in self.0.finalize().iter().take(bytes) {
            hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
            hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
        }
        hex
    }
}
