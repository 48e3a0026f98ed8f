//! Checks a file against the schema: keys, types and allowed values.
//!
//! # Why
//!
//! A deserializer stops at the first error. This walk finds them all and
//! returns the file without its invalid parts. The rest can be deserialized, so
//! that its meaning is checked in the same run.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use serde_yaml::{Mapping, Value};

use super::duration;
use super::keywords::Definitions;
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::{alternatives, any_of, did_you_mean, list, quoted};
use crate::yaml::Step;

/// The valid parts of a file.
#[derive(Debug)]
pub(super) struct Fitting {
    /// The file without its invalid parts.
    pub(super) value: Value,
    /// The original indexes of the items that are left, for lists that lost some.
    left: BTreeMap<Pointer, Vec<usize>>,
}

impl Fitting {
    /// Translates a pointer into the valid parts to one into the file.
    pub(super) fn original(&self, at: &Pointer) -> Pointer {
        at.steps()
            .iter()
            .fold(Pointer::root(), |so_far, step| match step {
                Step::Key(name) => so_far.key(name),
                Step::Inside => so_far,
                Step::Index(index) => {
                    let left = self.left.get(&so_far).and_then(|left| left.get(*index));
                    so_far.index(left.copied().unwrap_or(*index))
                }
            })
    }
}

/// Checks `value` against `schema` and notes everything that is invalid.
pub(super) fn fit(schema: &Json, value: &Value, notes: &mut Notes) -> Fitting {
    let mut walk = ShapeCheck {
        definitions: Definitions::of(schema),
        notes,
        left: BTreeMap::new(),
    };
    let value = walk.value(schema, value, &Pointer::root());
    Fitting {
        value: value.unwrap_or(Value::Mapping(Mapping::new())),
        left: walk.left,
    }
}

struct ShapeCheck<'s, 'n> {
    definitions: Definitions<'s>,
    notes: &'n mut Notes,
    left: BTreeMap<Pointer, Vec<usize>>,
}

impl<'s> ShapeCheck<'s, '_> {
    /// The valid parts of a value; `None` if nothing is valid.
    fn value(&mut self, schema: &'s Json, value: &Value, at: &Pointer) -> Option<Value> {
        let schema = self.definitions.resolved(schema);
        let types = self.definitions.types(schema);
        if !types.contains(&type_of(value)) {
            self.wrong_type(schema, value, at);
            return None;
        }
        match value {
            Value::Sequence(items) => {
                if is_shorter(items.len(), schema.get("minItems")) {
                    self.empty(at);
                    return None;
                }
                if let Some(most) = exceeded(items.len(), schema.get("maxItems")) {
                    let name = quoted(at.name().unwrap_or_default());
                    let message = format!("{name} has more than {most} items");
                    self.notes.fault(Note::at(at.clone(), message));
                    return None;
                }
                let schema = self.definitions.branch(schema, "array");
                Some(self.list(schema.get("items"), items, at))
            }
            Value::Mapping(entries) => {
                let schema = self.definitions.branch(schema, "object");
                self.mapping(schema, entries, at)
            }
            scalar => self.scalar(schema, scalar, at),
        }
    }

    fn list(&mut self, schema: Option<&'s Json>, items: &[Value], at: &Pointer) -> Value {
        let Some(schema) = schema else {
            return Value::Sequence(items.to_vec());
        };
        let mut left = Vec::new();
        let mut kept = Vec::new();
        for (i, item) in items.iter().enumerate() {
            if let Some(item) = self.value(schema, item, &at.index(i)) {
                left.push(i);
                kept.push(item);
            }
        }
        if left.len() < items.len() {
            self.left.insert(at.clone(), left);
        }
        Value::Sequence(kept)
    }

    fn mapping(&mut self, schema: &'s Json, entries: &Mapping, at: &Pointer) -> Option<Value> {
        let none = &Map::new();
        let known = schema.get("properties").and_then(Json::as_object);
        // The schema of values whose keys are free.
        let any = (schema.get("additionalProperties")).filter(|values| values.is_object());
        let required = |name: &str| {
            let names = schema.get("required").and_then(Json::as_array);
            names.is_some_and(|names| names.iter().any(|n| n == name))
        };
        let faults = self.notes.count();
        let mut fits = true;
        let mut kept = Mapping::new();
        for (key, value) in entries {
            let name = scalar_text(key);
            let below = at.key(&name);
            match known.and_then(|known| known.get(&name)).or(any) {
                // A key without a value counts as absent.
                Some(_) if value.is_null() && !required(&name) => {}
                Some(schema) => match self.value(schema, value, &below) {
                    Some(value) => drop(kept.insert(key.clone(), value)),
                    None => fits &= !required(&name),
                },
                None => self
                    .notes
                    .fault_with(|| unknown_key(schema, known.unwrap_or(none), &name, below)),
            }
        }
        for name in known
            .into_iter()
            .flat_map(Map::keys)
            .filter(|n| required(n))
        {
            if !entries.contains_key(name.as_str()) {
                fits = false;
                let message = format!("key {} is missing", quoted(name));
                self.notes.fault(Note::at(at.clone(), message));
            }
        }
        if schema.get("x-whole").is_some() {
            fits &= self.notes.count() == faults;
        }
        fits.then_some(Value::Mapping(kept))
    }

    fn scalar(&mut self, schema: &'s Json, value: &Value, at: &Pointer) -> Option<Value> {
        let text = scalar_text(value);
        if is_shorter(text.chars().count(), schema.get("minLength")) {
            self.empty(at);
            return None;
        }
        match self.definitions.words(schema) {
            Some(words) if !words.contains(&text) => {
                let known = words.iter().map(String::as_str);
                let message = format!(
                    "unknown value {} for {}{}",
                    quoted(&text),
                    quoted(at.name().unwrap_or_default()),
                    did_you_mean(&text, known.clone()),
                );
                let hint = format!("allowed: {}", any_of(known));
                self.notes.fault(Note::at(at.clone(), message).hint(hint));
                None
            }
            _ => Some(value.clone()),
        }
    }

    fn wrong_type(&mut self, schema: &'s Json, value: &Value, at: &Pointer) {
        let types = self.definitions.types(schema);
        let expected: Vec<String> = ["string", "integer", "boolean", "array", "object"]
            .into_iter()
            .filter(|t| types.contains(t))
            .map(|t| type_in_words(t).to_owned())
            .collect();
        let found = match value {
            Value::Sequence(_) | Value::Mapping(_) | Value::Null | Value::Tagged(_) => {
                type_in_words(type_of(value)).to_owned()
            }
            scalar => format!(
                "{} {}",
                type_in_words(type_of(scalar)),
                quoted(&scalar_text(scalar))
            ),
        };
        let message = format!("expected {}, found {found}", alternatives(&expected));
        let mut note = Note::at(at.clone(), message);
        let is_duration =
            || schema.get("pattern").and_then(Json::as_str) == Some(duration::PATTERN);
        if value.is_number() && is_duration() {
            let number = scalar_text(value);
            note = note.hint(format!(
                "add a unit: `{number}s`, `{number}m`, `{number}h` or `{number}d`"
            ));
        } else if types.contains(&"string") && matches!(value, Value::Number(_) | Value::Bool(_)) {
            note = note.hint(format!("put it in quotes: \"{}\"", scalar_text(value)));
        }
        self.notes.fault(note);
    }

    fn empty(&mut self, at: &Pointer) {
        let message = format!("{} is empty", quoted(at.name().unwrap_or_default()));
        self.notes.fault(Note::at(at.clone(), message));
    }
}

/// The note for a key that is not in the schema.
fn unknown_key(schema: &Json, known: &Map<String, Json>, name: &str, at: Pointer) -> Note {
    let reserved = schema.get("x-reserved").and_then(Json::as_array);
    let note = if reserved.is_some_and(|r| r.iter().any(|r| r == name)) {
        let reserved = "is reserved for a later version and has no effect yet";
        Note::at(at, format!("key {} {reserved}", quoted(name))).hint("remove it")
    } else if name == "<<" {
        Note::at(at, "merge keys are not supported").hint("copy the merged keys here")
    } else {
        let known = known.keys().map(String::as_str);
        let near = did_you_mean(name, known.clone());
        Note::at(at, format!("unknown key {}{near}", quoted(name)))
            .hint(format!("known keys: {}", list(known)))
    };
    note.on_key()
}

fn is_shorter(length: usize, least: Option<&Json>) -> bool {
    least
        .and_then(Json::as_u64)
        .is_some_and(|least| u64::try_from(length).is_ok_and(|length| length < least))
}

/// The limit, if the length is above it.
fn exceeded(length: usize, most: Option<&Json>) -> Option<u64> {
    most.and_then(Json::as_u64)
        .filter(|most| u64::try_from(length).is_ok_and(|length| length > *most))
}

/// The type as JSON Schema names it.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Sequence(_) => "array",
        Value::Mapping(_) => "object",
        Value::Tagged(_) => "tagged",
    }
}

fn type_in_words(name: &str) -> &'static str {
    match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "a boolean",
        "array" => "a list",
        "object" => "a mapping",
        "tagged" => "a value with a tag",
        _ => "nothing",
    }
}

fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Null => "null".to_owned(),
        Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => String::new(),
    }
}
