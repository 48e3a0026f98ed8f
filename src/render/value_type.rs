//! The types of values, and differences that change them.
//!
//! # Why
//!
//! `"1.10"` is a string and `1.10` a number, which Kubernetes reads as 1.1 or refuses. The texts are
//! equal, so the type is shown where it changes.

use std::fmt;

use crate::plan::{Kind, PlannedDifference, Value};

/// The type of a value in YAML.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ValueType {
    /// A string.
    String,
    /// An integer.
    Integer,
    /// A number with a fraction or exponent.
    Float,
    /// `true` or `false`.
    Boolean,
    /// `null`, `~` or nothing.
    Null,
    /// A mapping.
    Mapping,
    /// A list.
    List,
}

impl ValueType {
    /// The type of a value; `None` for an alias, whose type is that of its anchor.
    pub(super) fn of(value: &Value) -> Option<Self> {
        Some(match value.untagged() {
            Value::Scalar { kind, .. } => match kind {
                Kind::Str => Self::String,
                Kind::Int => Self::Integer,
                Kind::Float => Self::Float,
                Kind::Bool => Self::Boolean,
                Kind::Null => Self::Null,
            },
            Value::Sequence(_) => Self::List,
            Value::Mapping(_) => Self::Mapping,
            Value::Alias(_) | Value::Tagged(..) => return None,
        })
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Boolean => "boolean",
            Self::Null => "null",
            Self::Mapping => "mapping",
            Self::List => "list",
        })
    }
}

/// What is shown where only readers of YAML 1.1 see another type, such as a boolean in `on`.
pub(super) const OLD_TYPE_CHANGES: &str = "type changes in YAML 1.1";

/// The types before and after, if both sides have a value and the types differ.
pub(super) fn type_change(difference: &PlannedDifference) -> Option<(ValueType, ValueType)> {
    let before = ValueType::of(difference.before.as_ref()?)?;
    let after = ValueType::of(difference.after.as_ref()?)?;
    (before != after).then_some((before, after))
}
