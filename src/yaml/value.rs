//! Values without their place in a text.

use std::collections::HashMap;

use super::node::{Content, Node, Stream};
use super::scalar::{Kind, json_number};

/// The value of a node, without spans, layout and comments. All ways to write null are equal.
#[derive(Debug, Clone)]
pub enum Value {
    /// A scalar.
    Scalar {
        /// The text.
        text: String,
        /// Its type.
        kind: Kind,
    },
    /// A sequence.
    Sequence(Vec<Value>),
    /// A mapping, in its original order.
    Mapping(Vec<(String, Value)>),
    /// `*name`, not followed.
    Alias(String),
    /// A value with a tag.
    Tagged(String, Box<Value>),
}

impl From<&Node> for Value {
    fn from(node: &Node) -> Self {
        let value = match &node.content {
            Content::Scalar(scalar) => Self::Scalar {
                text: scalar.text.clone(),
                kind: scalar.kind,
            },
            Content::Sequence { items, .. } => {
                Self::Sequence(items.iter().map(Self::from).collect())
            }
            Content::Mapping { entries, .. } => Self::Mapping(
                entries
                    .iter()
                    .map(|entry| (entry.name().to_owned(), Self::from(&entry.value)))
                    .collect(),
            ),
            Content::Alias(name) => Self::Alias(name.clone()),
        };
        match node.tag() {
            Some(tag) => Self::Tagged(tag.to_owned(), Box::new(value)),
            None => value,
        }
    }
}

impl Node {
    /// The value of the node; aliases are not followed.
    pub fn value(&self) -> Value {
        Value::from(self)
    }
}

impl Value {
    /// Creates a string.
    pub fn string(text: impl Into<String>) -> Self {
        Self::Scalar {
            text: text.into(),
            kind: Kind::Str,
        }
    }

    /// Converts the value to JSON, for queries; an alias becomes the string `*name`, tags are dropped.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Scalar { text, kind } => scalar_to_json(text, *kind),
            Self::Sequence(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Mapping(entries) => Json::Object(
                entries
                    .iter()
                    .map(|(name, value)| (name.clone(), value.to_json()))
                    .collect(),
            ),
            Self::Alias(name) => Json::String(format!("*{name}")),
            Self::Tagged(_, value) => value.to_json(),
        }
    }

    /// The value without its tag.
    pub fn untagged(&self) -> &Self {
        match self {
            Self::Tagged(_, value) => value.untagged(),
            value => value,
        }
    }

    /// Whether the test holds for a scalar or a key within the value.
    pub fn has_text(&self, test: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::Scalar { text, .. } => test(text),
            Self::Sequence(items) => items.iter().any(|item| item.has_text(test)),
            Self::Mapping(entries) => (entries.iter()).any(|(k, v)| test(k) || v.has_text(test)),
            Self::Tagged(_, value) => value.has_text(test),
            Self::Alias(_) => false,
        }
    }

    /// The tags within the value, such as `!vault`, in their order.
    pub fn tags(&self) -> Vec<&str> {
        match self {
            Self::Scalar { .. } | Self::Alias(_) => Vec::new(),
            Self::Sequence(items) => items.iter().flat_map(Self::tags).collect(),
            Self::Mapping(entries) => entries.iter().flat_map(|(_, value)| value.tags()).collect(),
            Self::Tagged(tag, value) => {
                let own = std::iter::once(tag.as_str());
                own.chain(value.tags()).collect()
            }
        }
    }

    pub(super) fn child_mut(&mut self, index: usize) -> Option<&mut Self> {
        match self {
            Self::Mapping(entries) => entries.get_mut(index).map(|(_, value)| value),
            Self::Sequence(items) => items.get_mut(index),
            Self::Tagged(_, value) => value.child_mut(index),
            Self::Scalar { .. } | Self::Alias(_) => None,
        }
    }

    pub(super) fn untagged_mut(&mut self) -> &mut Self {
        match self {
            Self::Tagged(_, value) => value.untagged_mut(),
            value => value,
        }
    }

    /// Whether both are equal in any order of keys.
    pub(super) fn equals_in_any_order(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mapping(a), Self::Mapping(b)) => {
                let by_name: HashMap<&str, &Self> = b
                    .iter()
                    .map(|(name, value)| (name.as_str(), value))
                    .collect();
                a.len() == b.len()
                    && a.iter().all(|(name, value)| {
                        by_name
                            .get(name.as_str())
                            .is_some_and(|other| value.equals_in_any_order(other))
                    })
            }
            (Self::Sequence(a), Self::Sequence(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.equals_in_any_order(b))
            }
            (Self::Tagged(a, x), Self::Tagged(b, y)) => a == b && x.equals_in_any_order(y),
            (a, b) => a == b,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Scalar { text: a, kind: x }, Self::Scalar { text: b, kind: y }) => {
                x == y && (a == b || *x == Kind::Null)
            }
            (Self::Sequence(a), Self::Sequence(b)) => a == b,
            (Self::Mapping(a), Self::Mapping(b)) => a == b,
            (Self::Alias(a), Self::Alias(b)) => a == b,
            (Self::Tagged(a, x), Self::Tagged(b, y)) => a == b && x == y,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Stream {
    /// Converts a resolved document to JSON.
    ///
    /// A document that does not exist is `null`.
    pub fn to_json(&self, document: usize) -> serde_json::Value {
        if document >= self.documents.len() {
            return serde_json::Value::Null;
        }
        node_to_json(self.root(document))
    }
}

fn node_to_json(node: &Node) -> serde_json::Value {
    use serde_json::Value as Json;
    match &node.content {
        Content::Scalar(scalar) => scalar_to_json(&scalar.text, scalar.kind),
        Content::Sequence { items, .. } => Json::Array(items.iter().map(node_to_json).collect()),
        Content::Mapping { entries, .. } => Json::Object(
            entries
                .iter()
                .map(|entry| (entry.name().to_owned(), node_to_json(&entry.value)))
                .collect(),
        ),
        Content::Alias(name) => Json::String(format!("*{name}")),
    }
}

fn scalar_to_json(text: &str, kind: Kind) -> serde_json::Value {
    use serde_json::Value as Json;
    match kind {
        Kind::Null => Json::Null,
        Kind::Bool => Json::Bool(text.eq_ignore_ascii_case("true")),
        Kind::Int | Kind::Float => {
            json_number(text, kind).map_or_else(|| Json::String(text.to_owned()), Json::Number)
        }
        Kind::Str => Json::String(text.to_owned()),
    }
}
