//! Forges: where pull requests live. One folder each.

pub mod github;
