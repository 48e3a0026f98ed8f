//! The content of files, with a folder per format: identity, differences and merge.
//!
//! [`compare`] lists all places where a source's stream differs from a target's; [`merge`] writes
//! chosen differences into the target's text. A text that is no YAML is compared by its outline, which
//! is YAML, and [`merge_lines`] edits it.

mod copied_names;
mod encryption;
mod file;
mod image;
mod kubernetes;
mod lines;
mod masked;
mod own_name;
mod parts;
mod sealed;
mod secret;
mod secret_lines;
mod secret_spans;
mod tokens;
mod version_kind;
mod wanted_version;

pub use copied_names::{
    lower_names_in_text, lower_names_in_value, renamed_copy, renamed_key, renamed_scalar,
};
pub use encryption::{Encryption, encryption};
pub use file::{FileContent, Unreadable, is_manifest, parse_file};
pub use image::ImageReference;
pub use kubernetes::{
    Base, Difference, DocumentLabel, Identity, Insertion, MAX_DIFFERENCES, MergeError, Part,
    SecretPart, Shared, Sides, StreamVersion, VersionField, compare, labels, may_have_versions,
    merge, stream_versions, version_of, version_order,
};
pub use lines::{
    Format, LineSides, Lines, LinesError, Numbering, changes_expression, merge as merge_lines,
};
pub use masked::{MASK, masked_texts, masked_value, masked_whole, secret_data};
pub use own_name::own_name;
pub use sealed::is_sealed;
pub use secret::{contains_secret, is_secret};
pub use tokens::{VersionPairs, has_version, is_version};
pub use version_kind::{VersionKind, is_wider_range};
pub use wanted_version::is_wanted;

/// The values that differences carry.
pub use crate::yaml::{Kind, Value};
