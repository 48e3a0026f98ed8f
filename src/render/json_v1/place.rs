//! A difference in the JSON output.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;

use crate::domain;
use crate::plan::{self, PlannedDifference, Value};
use crate::render::value_type::{ValueType, type_change};

/// One place where source and target differ.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Difference<'a> {
    /// The selector of exactly this place, for `--only` and `--except`.
    pub selector: &'a str,
    /// The place as an RFC 9535 normalized path; empty for a whole file or document. Inside a string
    /// that holds a document there are two, with a `|` between them.
    pub path: &'a str,
    /// The document; null for a whole file.
    pub document: Option<Document<'a>>,
    /// What promoting it does to the target.
    pub op: Op,
    /// The target's value: a scalar as its text in the file, a list or mapping as JSON.
    pub before: Option<Json>,
    /// The value that would be written, in the same form.
    pub after: Option<Json>,
    /// The type of `after`, or of `before` if the place is removed.
    #[serde(rename = "type")]
    pub kind: Option<Type>,
    /// The type of `before`.
    pub before_type: Option<Type>,
    /// The type of `after`.
    pub after_type: Option<Type>,
    /// The tags within `before`, such as `!vault`, which its JSON does not have.
    pub before_tags: Vec<&'a str>,
    /// The tags within `after`.
    pub after_tags: Vec<&'a str>,
    /// Whether both sides have a value and their types differ, such as `"1.10"` and `1.10`, or tags. The
    /// types of YAML 1.1 count too, where `on` is a boolean.
    pub type_changed: bool,
    /// Why the sides differ.
    pub relation: Relation,
    /// How many versions the newer side had between `before` and `after`; null if that is not known.
    pub versions_between: Option<usize>,
    /// Whether it is promoted.
    pub decision: Decision,
    /// The reason for the decision.
    pub reason: String,
}

/// A document of a file.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Document<'a> {
    /// Its position in the file, from 0.
    pub index: usize,
    /// Its `kind`, if it has one.
    pub kind: Option<&'a str>,
    /// Its `metadata.name`, if it has one.
    pub name: Option<&'a str>,
}

/// What promoting a difference does to the target.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// Changes a value.
    Set,
    /// Adds a place.
    Add,
    /// Removes a place.
    Remove,
}

/// The type of a value in YAML.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Type {
    /// A string.
    Str,
    /// An integer.
    Int,
    /// A number with a fraction or exponent.
    Float,
    /// `true` or `false`.
    Bool,
    /// `null`, `~` or nothing.
    Null,
    /// A mapping.
    Map,
    /// A list.
    Seq,
}

/// Why the sides differ.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The target has an older version, or the value of the base.
    Behind,
    /// The target has a newer version.
    Ahead,
    /// Both changed since the base.
    Diverged,
    /// Equal except for the environment's name.
    EnvironmentName,
    /// Only the source has it.
    SourceOnly,
    /// Only the target has it.
    TargetOnly,
    /// The relation cannot be determined.
    Unknown,
}

/// Whether a difference is promoted.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// The target takes the source's value.
    Promote,
    /// The target keeps its own.
    Keep,
}

/// Which side has a file.
#[derive(Serialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum FileStatus {
    /// Both.
    Modified,
    /// Only the source.
    Added,
    /// Only the target.
    Deleted,
}

impl<'a> From<&'a PlannedDifference> for Difference<'a> {
    fn from(difference: &'a PlannedDifference) -> Self {
        let is_file = difference.document.is_none();
        let value = |v: &Option<Value>| v.as_ref().filter(|_| !is_file).map(json);
        let kind = |v: &Option<Value>| v.as_ref().filter(|_| !is_file).map(Type::of);
        let tags = |v: &'a Option<Value>| v.as_ref().map_or_else(Vec::new, Value::tags);
        let (before_tags, after_tags) = (tags(&difference.before), tags(&difference.after));
        let has_both = difference.before.is_some() && difference.after.is_some();
        let is_changed = type_change(difference).is_some()
            || difference.changes_old_type
            || has_both && before_tags != after_tags;
        Self {
            selector: &difference.selector,
            path: &difference.path,
            document: difference.document.as_ref().map(Document::from),
            op: difference.op.into(),
            before: value(&difference.before),
            after: value(&difference.after),
            kind: kind(&difference.after).or_else(|| kind(&difference.before)),
            before_type: kind(&difference.before),
            after_type: kind(&difference.after),
            before_tags,
            after_tags,
            type_changed: !is_file && is_changed,
            relation: difference.relation.into(),
            versions_between: difference.versions_between,
            decision: difference.verdict.decision.into(),
            reason: difference.verdict.reason.to_string(),
        }
    }
}

/// A scalar as a string, a list or mapping as JSON.
pub(super) fn json(value: &Value) -> Json {
    match value.untagged() {
        Value::Scalar { text, .. } => Json::String(text.clone()),
        value => value.to_json(),
    }
}

impl Type {
    fn of(value: &Value) -> Self {
        match ValueType::of(value) {
            Some(ValueType::Integer) => Self::Int,
            Some(ValueType::Float) => Self::Float,
            Some(ValueType::Boolean) => Self::Bool,
            Some(ValueType::Null) => Self::Null,
            Some(ValueType::List) => Self::Seq,
            Some(ValueType::Mapping) => Self::Map,
            Some(ValueType::String) | None => Self::Str,
        }
    }
}

impl<'a> From<&'a plan::Document> for Document<'a> {
    fn from(document: &'a plan::Document) -> Self {
        Self {
            index: document.index,
            kind: document.kind.as_deref(),
            name: document.name.as_deref(),
        }
    }
}

impl From<domain::Op> for Op {
    fn from(op: domain::Op) -> Self {
        match op {
            domain::Op::Set => Self::Set,
            domain::Op::Add => Self::Add,
            domain::Op::Remove => Self::Remove,
        }
    }
}

impl From<domain::Relation> for Relation {
    fn from(relation: domain::Relation) -> Self {
        match relation {
            domain::Relation::Behind => Self::Behind,
            domain::Relation::Ahead => Self::Ahead,
            domain::Relation::Diverged => Self::Diverged,
            domain::Relation::EnvironmentName => Self::EnvironmentName,
            domain::Relation::SourceOnly => Self::SourceOnly,
            domain::Relation::TargetOnly => Self::TargetOnly,
            domain::Relation::Unknown => Self::Unknown,
        }
    }
}

impl From<domain::Decision> for Decision {
    fn from(decision: domain::Decision) -> Self {
        match decision {
            domain::Decision::Promote => Self::Promote,
            domain::Decision::Keep => Self::Keep,
        }
    }
}

impl From<plan::FileStatus> for FileStatus {
    fn from(status: plan::FileStatus) -> Self {
        match status {
            plan::FileStatus::Modified => Self::Modified,
            plan::FileStatus::Added => Self::Added,
            plan::FileStatus::Deleted => Self::Deleted,
        }
    }
}
