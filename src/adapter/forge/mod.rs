//! Forges: where pull requests are. One folder each, on one HTTP layer.
//!
//! A new forge is a folder that exports a [`ForgeKind`], and an entry in the
//! registry in `wiring/forge.rs`.

pub mod github;
pub mod http;
mod kind;

pub use kind::{ForgeAccess, ForgeKind, RemoteContext, ServerPasswords, StoredPassword};
