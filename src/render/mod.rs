//! Plans, receipts and errors as text, Markdown and JSON.
//!
//! # Why
//!
//! Everything here is a function from data to text, so that the command line, a pull request and a
//! server show the same thing in the same words.

mod advice;
mod baseline;
pub mod configuration;
mod conflict;
mod counted;
pub mod date;
mod duration;
pub mod event;
pub mod explain;
pub mod flow;
pub mod hint;
mod hunks;
pub mod json_v1;
mod kept_reasons;
pub mod log;
mod manifests;
mod markdown;
mod modes;
mod near;
pub mod notice;
pub mod policy;
pub mod receipt;
mod records;
pub mod release;
pub mod release_advice;
#[cfg(test)]
pub(crate) mod sample;
mod shell;
mod size;
pub mod status;
mod table;
mod terminal;
pub mod text;
pub mod trigger;
mod value_type;

pub use advice::{Advice, faults as engine_faults};
pub use counted::counted;
pub use hunks::{Hunk, Line, LineKind, hunks};
pub use markdown::{MarkdownPreview, Purpose, markdown, markdown_baselines};
pub use near::nearest;
pub use table::Table;
pub use terminal::{Canvas, Palette, escaped, escaped_line, escaped_lines};
pub use text::value::shown_sides;
