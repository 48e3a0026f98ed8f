//! Kubernetes manifests: identity, list keys, versions, differences and the three-way merge.

mod added;
mod anchors;
mod assignment;
mod base;
mod classify;
mod compare;
mod difference;
mod document_comparison;
mod documents;
mod filter;
mod identity;
mod items;
mod key_order;
mod labels;
mod likeness;
mod merge;
mod nested;
mod pinned_url;
mod place_patterns;
mod record;
mod secrets;
mod selector;
mod sides;
mod stem;
mod stream_versions;
mod strings;
mod version_comments;
mod version_hints;
mod version_places;
mod versions;
mod whole_document;

#[cfg(test)]
mod tests;

pub use difference::{Difference, Insertion, Part, Shared};
pub use identity::{DocumentLabel, Identity};
pub use labels::labels;
pub use merge::MergeError;
pub use secrets::SecretPart;
pub use sides::{Base, Sides};
pub use stream_versions::{StreamVersion, stream_versions};
pub use strings::{compare, merge};
pub use version_hints::may_have_versions;
pub use versions::{VersionField, version_of, version_order};

/// How many differences two files may have; where a list is longer, the files differ in more.
pub const MAX_DIFFERENCES: usize = 50_000;
