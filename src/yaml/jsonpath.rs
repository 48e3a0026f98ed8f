//! RFC 9535 `JSONPath` queries.

use std::fmt;

use thiserror::Error;

use super::place::{Step, bracketed};
use super::query_cost::{Size, steps};

/// How many steps a query may take on one document; the largest real ones take a tenth.
const MAX_STEPS: f64 = 5e7;

/// A text that is not an RFC 9535 `JSONPath`.
#[derive(Debug, Error)]
#[error("`{text}` is not a JSONPath")]
pub struct JsonPathError {
    text: String,
    #[source]
    source: serde_json_path::ParseError,
}

/// A query that could take too long on a document.
#[derive(Debug, Error)]
#[error("the query `{0}` could take too many steps; use fewer `..`, wildcards and nested filters")]
pub struct TooManySteps(String);

/// A `JSONPath` query of RFC 9535.
#[derive(Debug, Clone)]
pub struct JsonPath {
    text: String,
    path: serde_json_path::JsonPath,
}

impl JsonPath {
    /// Parses a query such as `$.spec.containers[?@.name=='web'].image`.
    ///
    /// # Errors
    /// When the text is not a `JSONPath`; the source has the details.
    pub fn parse(text: &str) -> Result<Self, JsonPathError> {
        match serde_json_path::JsonPath::parse(text) {
            Ok(path) => Ok(Self {
                text: text.to_owned(),
                path,
            }),
            Err(source) => Err(JsonPathError {
                text: text.to_owned(),
                source,
            }),
        }
    }

    /// The query as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Selects nodes and returns their steps from the root, in query order.
    ///
    /// # Errors
    /// When the query could take too many steps on this document.
    pub fn select(&self, json: &serde_json::Value) -> Result<Vec<Vec<Step>>, TooManySteps> {
        use serde_json_path::PathElement;
        if steps(&self.text, Size::of(json)) > MAX_STEPS {
            return Err(TooManySteps(self.text.clone()));
        }
        let located = self.path.query_located(json);
        let paths = located
            .locations()
            .map(|path| {
                path.iter()
                    .map(|element| match element {
                        PathElement::Name(name) => Step::Key((*name).to_owned()),
                        PathElement::Index(index) => Step::Index(*index),
                    })
                    .collect()
            })
            .collect();
        Ok(paths)
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for JsonPath {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for JsonPath {}

/// Writes a member selector: the shorthand `.name` if RFC 9535 allows it, else `['na.me']`.
///
/// ```
/// use git_promote::yaml::member;
/// assert_eq!(member("image"), ".image");
/// assert_eq!(member("app.kubernetes.io/name"), "['app.kubernetes.io/name']");
/// ```
pub fn member(name: &str) -> String {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c >= '\u{80}';
    let mut text = String::with_capacity(name.len() + 4);
    if name.starts_with(first) && name.chars().all(|c| first(c) || c.is_ascii_digit()) {
        text.push('.');
        text.push_str(name);
    } else {
        bracketed(name, &mut text);
    }
    text
}
