//! Text files that are no YAML: settings, templates and any other text.
//!
//! A text is read as entries (`settings.rs`, `template.rs`, `plain.rs`), compared as the YAML that has
//! the same keys and values (`outline.rs`), and edited line by line (`merge.rs`). `format.rs` has the
//! registry of formats.

mod entry;
mod format;
mod merge;
mod outline;
mod parsed;
mod plain;
mod proof;
mod quote;
mod scan;
mod selector;
mod settings;
mod template;

#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;

pub use format::Format;
pub use merge::{LineSides, LinesError, changes_expression, merge};
pub use parsed::Lines;
pub use selector::Numbering;
