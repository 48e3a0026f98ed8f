//! A hash of what is promoted, by which a rejected promotion is recognised.
//!
//! # Why
//!
//! Closing a pull request rejects what it would change, not the state that the
//! target happened to have. So the hash covers only the source's side: a change
//! elsewhere in the target leaves a promotion rejected, a new version does not.

use super::identifier::digest;
use super::pull_request::Mark;
use crate::document::Value;
use crate::plan::draft::Plan;
use crate::plan::hash::Hash;

impl Mark {
    /// The mark of plans that are proposed together, in any order.
    pub fn of(plans: &[&Plan]) -> Self {
        let mut all: Vec<String> = plans.iter().map(|plan| plan.promoted_hash()).collect();
        all.sort_unstable();
        if let [single] = all.as_slice() {
            return Self::Promotes(single.clone());
        }
        let mut hash = Hash::new("git-promote/moves-together/v1");
        for one in all {
            hash.field(one);
        }
        Self::Promotes(hash.hex(16))
    }
}

impl Plan {
    /// The hash of what is promoted, whatever the target has now.
    fn promoted_hash(&self) -> String {
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

/// Adds a value with its shape, so that two different values never give the same fields.
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
