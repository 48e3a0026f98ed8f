//! The `Promotion-Id`.

use sha2::{Digest, Sha256};

use super::Hop;
use super::file::{ApplicationPlan, Content};

/// A hash of from, to, applications and the paths with their contents before and after.
///
/// # Why
///
/// A repeated run must know its own earlier work. Time, author and branch are
/// the run's and stay out; equal work has an equal id.
pub(crate) fn promotion_id(hop: &Hop, applications: &[ApplicationPlan]) -> String {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(b"git-promote/promotion/v1");
    field(hop.from.name.as_bytes());
    field(hop.to.name.as_bytes());
    for application in applications {
        let changed: Vec<_> = application
            .files
            .iter()
            .filter(|f| f.is_changed())
            .collect();
        if changed.is_empty() {
            continue;
        }
        field(application.name.0.as_bytes());
        for file in changed {
            field(file.path.as_str().as_bytes());
            field(&digest(file.before.as_ref()));
            field(&digest(file.after.as_ref()));
        }
    }
    let mut hex = String::with_capacity(32);
    for byte in hash.finalize().iter().take(16) {
        hex.push(char::from_digit(u32::from(byte >> 4), 16).unwrap_or('0'));
        hex.push(char::from_digit(u32::from(byte & 15), 16).unwrap_or('0'));
    }
    hex
}

fn digest(content: Option<&Content>) -> Vec<u8> {
    content.map_or_else(Vec::new, |c| Sha256::digest(&c.bytes).to_vec())
}
