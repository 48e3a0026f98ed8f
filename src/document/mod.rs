//! The content of files, with a folder per format: identity, differences and merge.
//!
//! [`compare`] lists all places where a source's stream differs from a target's; [`merge`] writes
//! chosen differences into the target's text.

mod encryption;
mod file;
mod image;
mod kubernetes;
mod sealed;
mod tokens;

pub use encryption::{Encryption, encryption};
pub use file::{FileContent, Unreadable, is_manifest, parse_file};
pub use image::ImageReference;
pub use kubernetes::{
    Base, Difference, DocumentLabel, Identity, Insertion, MergeError, Part, Shared, Sides,
    VersionField, compare, labels, merge, version_of, version_order,
};
pub use sealed::is_sealed;
pub use tokens::{VersionPairs, is_moving, is_pinned, is_version};

/// The values that differences carry.
pub use crate::yaml::{Kind, Value};
