//! Plans, receipts and errors as text, Markdown and JSON.
//!
//! # Why
//!
//! Everything here is a function of data to text. The command line, a pull request and a server
//! show the same things; none of them words them on its own.

mod counted;
pub mod event;
pub mod hint;
mod hunks;
pub mod json_v1;
mod markdown;
mod near;
pub mod notice;
pub mod receipt;
#[cfg(test)]
pub(crate) mod sample;
mod terminal;
pub mod text;

pub use counted::counted;
pub use markdown::{MarkdownPreview, markdown};
pub use near::nearest;
pub use terminal::{Canvas, Palette, harmless};
