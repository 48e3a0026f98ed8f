//! YAML documents with spans, and edits that only touch the values they change.
//!
//! This room knows nothing about Kubernetes or Git. [`Stream::parse`] reads a
//! text into [`Node`]s with byte spans. [`splice`] applies [`Edit`]s as patches
//! to the original text, then parses the result and checks that it has the
//! values that the edits describe.

mod anchors;
mod block;
mod characters;
mod check;
mod comments;
mod documents;
mod edit;
mod embedded;
mod error;
mod extent;
mod extract;
mod flow;
mod fragment;
mod jsonpath;
mod node;
mod old_type;
mod parse;
mod patch;
mod phases;
mod place;
mod proof;
mod query_cost;
mod reindent;
mod render;
mod resolved;
mod scalar;
mod set;
mod source;
mod splice;
mod style;
mod tabs;
mod target;
mod text;
mod uses;
mod value;
mod write;
mod written;

#[cfg(test)]
mod property;
#[cfg(test)]
pub(crate) mod tests;

pub use edit::Edit;
pub use embedded::{embedded, replace_embedded};
pub use error::{EditError, ParseError, ParseFault, Position};
pub use fragment::Fragment;
pub use jsonpath::{JsonPath, JsonPathError, TooManySteps, member, split_inside};
pub use node::{Content, Document, Entries, Entry, Layout, Node, Span, Stream};
pub use old_type::OldType;
pub use place::{Place, Step};
pub use scalar::{Kind, Quoting, Scalar};
pub use splice::splice;
pub use uses::{Anchored, Merging, Uses};
pub use value::Value;
