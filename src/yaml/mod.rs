//! A stream of YAML documents with spans, and edits that keep every other byte.
//!
//! This room knows YAML and nothing of Kubernetes or Git. [`Stream::parse`]
//! reads a text once; comparing walks the [`Node`]s; [`splice`] applies
//! [`Edit`]s as byte ranges on the original text and proves the result.

mod block;
mod check;
mod documents;
mod edit;
mod error;
mod extent;
mod extract;
mod flow;
mod fragment;
mod jsonpath;
mod node;
mod parse;
mod patch;
mod phases;
mod place;
mod proof;
mod reindent;
mod render;
mod scalar;
mod set;
mod source;
mod splice;
mod style;
mod target;
mod text;
mod value;
mod write;

#[cfg(test)]
mod property;
#[cfg(test)]
mod tests;

pub use edit::Edit;
pub use error::{EditError, ParseError, ParseFault, Position};
pub use fragment::Fragment;
pub use jsonpath::{JsonPath, JsonPathError, member};
pub use node::{Content, Document, Entry, Layout, Node, Span, Stream};
pub use place::{Place, Step};
pub use scalar::{Kind, Quoting, Scalar};
pub use splice::splice;
pub use value::Value;
