//! What moves, as a hash: how a promotion that was rejected is known again.
//!
//! # Why
//!
//! Who closes a pull request says no to what it would bring, not to the state
//! that the target happened to have. So the hash covers the source's side only:
//! a change elsewhere in the target asks nobody again, a new version does.

use super::Plan;
use super::hash::Hash;
use super::identifier::digest;
use crate::yaml::Value;

impl Plan {
    /// The hash of what is promoted, whatever the target has now.
    pub fn mark(&self) -> String {
        let mut hash = Hash::new("git-promote/moves/v2");
        hash.field(&self.hop().from.name);
        hash.field(&self.hop().to.name);
        let mut files: Vec<_> = self.changed_files().collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        for file in files {
            hash.field(file.path.as_str());
            let mut places: Vec<_> = file.promoted().collect();
            places.sort_by(|a, b| a.selector.cmp(&b.selector));
            let is_whole = places.iter().any(|d| d.is_whole_file());
            if is_whole {
                hash.field("whole");
                hash.field(digest(file.after.as_ref()));
                continue;
            }
            for place in places {
                hash.field(&place.selector);
                match &place.after {
                    Some(after) => value(&mut hash, after),
                    None => hash.field("gone"),
                }
            }
        }
        hash.hex(16)
    }
}

/// A value's fields; its shape is told, so that no two values run together.
fn value(hash: &mut Hash, of: &Value) {
    match of {
        Value::Scalar { text, kind } => {
            hash.field("scalar");
            hash.field(format!("{kind:?}"));
            hash.field(text);
        }
        Value::Sequence(items) => {
            hash.field(format!("list of {}", items.len()));
            for item in items {
                value(hash, item);
            }
        }
        Value::Mapping(entries) => {
            hash.field(format!("mapping of {}", entries.len()));
            for (key, entry) in entries {
                hash.field(key);
                value(hash, entry);
            }
        }
        Value::Alias(name) => {
            hash.field("alias");
            hash.field(name);
        }
        Value::Tagged(tag, inner) => {
            hash.field("tagged");
            hash.field(tag);
            value(hash, inner);
        }
    }
}
