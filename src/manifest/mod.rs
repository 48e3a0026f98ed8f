//! Kubernetes on YAML: identity, list keys, versions, differences and the three-way merge.
//!
//! [`compare`] lists every place where a source's stream differs from a
//! target's; [`merge`] turns chosen differences into edits of the target.

mod anchors;
mod base;
mod compare;
mod difference;
mod documents;
mod filter;
mod identity;
mod image;
mod items;
mod labels;
mod merge;
mod record;
mod sealed;
mod selector;
mod tokens;
mod versions;
mod walk;

#[cfg(test)]
mod tests;

pub use compare::{Base, Sides, compare};
pub use difference::{Difference, Insertion, Part};
pub use identity::{DocumentLabel, Identity};
pub use image::ImageReference;
pub use labels::labels;
pub use merge::{MergeError, Promotion, merge};
pub use sealed::is_sealed;
pub use tokens::{VersionPairs, is_moving, is_pinned, is_version};
pub use versions::{VersionField, version_of, version_order};
