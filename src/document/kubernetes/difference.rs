//! One place where two streams differ.

use super::identity::DocumentLabel;
use super::secrets::SecretPart;
use super::versions::VersionField;
use crate::domain::{Op, Relation};
use crate::yaml::{Place, Value};

/// What kind of part of a stream differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// A value at a place that both have.
    Value,
    /// An entry of a mapping.
    Entry,
    /// An item of a list.
    Item,
    /// A whole document.
    Document,
}

/// Where something new goes in the target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Insertion {
    /// The mapping or list in the target; unused for a document.
    pub parent: Place,
    /// The index of the target's child that it follows; `None` for the first place.
    pub after: Option<usize>,
}

/// What one edit of an anchored value changes, in addition to the difference's own place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shared {
    /// The name of the anchor.
    pub anchor: String,
    /// The number of the edit; all differences of a file that have it are made by one edit.
    pub edit: usize,
    /// The number of these differences.
    pub differences: usize,
    /// Whether the difference's own place holds the value; the others have aliases.
    pub is_holder: bool,
    /// A place that must keep its value, because source and target have the same there.
    pub unchanged: Option<Place>,
    /// Places whose values come from an anchor that the edit removes.
    pub dangling: Vec<Place>,
    /// Places that only the target has, which get the new value too; listed once for each edit.
    pub follows: Vec<Place>,
}

/// One place where source and target differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What promoting it does.
    pub op: Op,
    /// Which part differs.
    pub part: Part,
    /// The document.
    pub document: DocumentLabel,
    /// The place in the target; an added place as if all differences were promoted.
    pub place: Place,
    /// The place in the source, if the source has it.
    pub source: Option<Place>,
    /// The place as a selector's JSONPath, with list items by key; empty for a document.
    pub path: String,
    /// The mapping keys on the way, for messages.
    pub keys: Vec<String>,
    /// Where it is inserted, if it is new.
    pub insertion: Option<Insertion>,
    /// The target's value.
    pub before: Option<Value>,
    /// The source's value, as it would be written.
    pub after: Option<Value>,
    /// The base's value, if there is a base and it has the place.
    pub base: Option<Value>,
    /// A scalar's new text, if it is not the source's own text.
    pub rewritten: Option<String>,
    /// Why they differ.
    pub relation: Relation,
    /// The kind of version at the place, if there is one.
    pub version: Option<VersionField>,
    /// Whether the type that readers of YAML 1.1 give to the value changes.
    pub changes_old_type: bool,
    /// What the place is to the secret that it belongs to, if it does.
    pub secret: Option<SecretPart>,
    /// Whether an added or removed mapping or list contains a version.
    pub contains_version: bool,
    /// What else changes with it, if the target shares the value by an anchor.
    pub shared: Option<Box<Shared>>,
}

impl Difference {
    /// The scalar texts before and after, when both are scalars.
    pub fn scalars(&self) -> Option<(&str, &str)> {
        match (&self.before, &self.after) {
            (Some(Value::Scalar { text: before, .. }), Some(Value::Scalar { text: after, .. })) => {
                Some((before, after))
            }
            _ => None,
        }
    }
}
