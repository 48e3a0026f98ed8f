//! RFC 9535 `JSONPath` queries.

use std::fmt;

use thiserror::Error;

use super::embedded::embedded;
use super::place::{Step, bracketed};
use super::query_cost::{Size, steps};

/// How many steps a query may take on one document; the largest real ones take a tenth.
const MAX_STEPS: f64 = 5e7;

/// How many brackets may be within each other. The parser needs twice the time for each further one.
const MAX_NESTING: usize = 8;

/// A text that is not an RFC 9535 `JSONPath`.
#[derive(Debug, Error)]
#[error("`{text}` is not a JSONPath")]
pub struct JsonPathError {
    text: String,
    #[source]
    source: Cause,
}

#[derive(Debug, Error)]
enum Cause {
    #[error(transparent)]
    Syntax(serde_json_path::ParseError),
    #[error("more than {MAX_NESTING} brackets within each other")]
    Nesting,
}

/// A query that could take too long on a document.
#[derive(Debug, Error)]
#[error("the query `{0}` could take too many steps; use fewer `..`, wildcards and nested filters")]
pub struct TooManySteps(String);

/// A `JSONPath` query of RFC 9535, or two with a `|` between them: the second one selects in the
/// documents that the strings at the places of the first one hold.
#[derive(Debug, Clone)]
pub struct JsonPath {
    text: String,
    outer: Query,
    inner: Option<Query>,
}

/// One query of RFC 9535.
#[derive(Debug, Clone)]
struct Query {
    text: String,
    path: serde_json_path::JsonPath,
}

impl JsonPath {
    /// Parses a query such as `$.spec.containers[?@.name=='web'].image` or
    /// `$.data['app.yaml']|$.image.tag`.
    ///
    /// # Errors
    /// When the text is not a `JSONPath`; the source has the details.
    pub fn parse(text: &str) -> Result<Self, JsonPathError> {
        let (outer, inner) = match split_inside(text) {
            Some((outer, inner)) => (outer, Some(Query::parse(inner)?)),
            None => (text, None),
        };
        Ok(Self {
            text: text.to_owned(),
            outer: Query::parse(outer)?,
            inner,
        })
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
        let strings = self.outer.select(json)?;
        let Some(inner) = &self.inner else {
            return Ok(strings);
        };
        let mut found = Vec::new();
        for steps in strings {
            let Some(document) = text_at(json, &steps).and_then(embedded) else {
                continue;
            };
            for below in inner.select(&document.to_json(0))? {
                let below = std::iter::once(Step::Inside).chain(below);
                found.push(steps.iter().cloned().chain(below).collect());
            }
        }
        Ok(found)
    }
}

impl Query {
    fn parse(text: &str) -> Result<Self, JsonPathError> {
        let error = |source| JsonPathError {
            text: text.to_owned(),
            source,
        };
        if nesting(text) > MAX_NESTING {
            return Err(error(Cause::Nesting));
        }
        let path = serde_json_path::JsonPath::parse(text).map_err(|e| error(Cause::Syntax(e)))?;
        Ok(Self {
            text: text.to_owned(),
            path,
        })
    }

    fn select(&self, json: &serde_json::Value) -> Result<Vec<Vec<Step>>, TooManySteps> {
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

/// The string at the end of some steps.
fn text_at<'j>(json: &'j serde_json::Value, steps: &[Step]) -> Option<&'j str> {
    let below = |json: &'j serde_json::Value, step: &Step| match step {
        Step::Key(name) => json.get(name),
        Step::Index(index) => json.get(index),
        Step::Inside => None,
    };
    steps.iter().try_fold(json, below)?.as_str()
}

/// The largest number of brackets within each other; those in quotes count, too.
fn nesting(text: &str) -> usize {
    let mut depth = 0_usize;
    let depths = text.bytes().map(|byte| {
        match byte {
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth
    });
    depths.max().unwrap_or(0)
}

/// Splits `$.data['app.yaml']|$.image.tag` at the `|`; within quotes and brackets it has another
/// meaning.
///
/// ```
/// use git_promote::yaml::split_inside;
/// let path = "$.data['a|b']|$.l[?@.x==1 || @.y==2]";
/// assert_eq!(split_inside(path), Some(("$.data['a|b']", "$.l[?@.x==1 || @.y==2]")));
/// assert_eq!(split_inside("$.l[?@.x==1 || @.y==2]"), None);
/// ```
pub fn split_inside(path: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    let mut is_escaped = false;
    let mut depth = 0_usize;
    for (at, c) in path.char_indices() {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => return Some((&path[..at], &path[at + 1..])),
            _ => {}
        }
    }
    None
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
