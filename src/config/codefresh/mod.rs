//! Codefresh's manifests as entries of `promote.yaml`.
//!
//! # Why
//!
//! Teams that come from Codefresh have products, flows, policies and templates in their repository. Each
//! manifest becomes the entry that means the same, so that names, ties and cycles are checked over both.

mod convert;
mod expressions;
mod manifest;

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml::{Mapping, Value};

use super::file::{PolicyEntry, ProductEntry, TemplateEntry};
use super::flow_file::FlowEntry;
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::shape::{self, Fitting};
use super::words::list;
use manifest::{FlowSpec, Manifest, PolicySpec, ProductSpec, TemplateFields};

/// A manifest as entries of `promote.yaml`.
#[derive(Debug)]
pub(super) enum Converted {
    /// A product, and its own template.
    Product(ProductEntry, Option<TemplateEntry>),
    /// A flow.
    Flow(FlowEntry),
    /// A policy.
    Policy(Box<PolicyEntry>),
    /// A template.
    Template(TemplateEntry),
}

/// Reads a manifest; `None` if it is of another kind, or if too little of it is valid.
pub(super) fn read(value: &Value, notes: &mut Notes) -> Option<(Converted, Fitting)> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let is_codefresh = text("apiVersion").is_some_and(|v| v.starts_with("codefresh.io/"));
    let kind = text("kind").filter(|_| is_codefresh)?;
    let unused: &[&str] = match kind {
        "Product" | "PromotionPolicy" => &[],
        "PromotionFlow" => &["postTrigger"],
        "PromotionTemplate" => &["applicationSourceSelector", "priority"],
        _ => return None,
    };
    let value = used(value, kind, unused, notes);
    match kind {
        "Product" => {
            let (manifest, fitting) = typed::<ProductSpec>(&value, notes)?;
            let (product, template) = convert::product(manifest, notes);
            Some((Converted::Product(product, template), fitting))
        }
        "PromotionFlow" => {
            let (manifest, fitting) = typed::<FlowSpec>(&value, notes)?;
            Some((Converted::Flow(convert::flow(manifest)), fitting))
        }
        "PromotionPolicy" => {
            let faults = notes.count();
            let (manifest, fitting) = typed::<PolicySpec>(&value, notes)?;
            // Without its invalid parts, a policy could match more promotions than its author meant.
            let is_whole = notes.count() == faults;
            let policy = convert::policy(manifest, notes).filter(|_| is_whole)?;
            Some((Converted::Policy(Box::new(policy)), fitting))
        }
        _ => {
            let (manifest, fitting) = typed::<TemplateFields>(&value, notes)?;
            let template = convert::template(
                manifest.metadata.name,
                &manifest.spec,
                &Pointer::root().key("spec"),
                notes,
            );
            Some((Converted::Template(template), fitting))
        }
    }
}

/// The manifest without what has no effect here; `unused` are the keys of its `spec` that have none.
fn used(value: &Value, kind: &str, unused: &[&str], notes: &mut Notes) -> Value {
    let mut value = value.clone();
    let mut left_out = Vec::new();
    if let Some(manifest) = value.as_mapping_mut() {
        manifest.remove("status");
        if let Some(metadata) = manifest.get_mut("metadata").and_then(Value::as_mapping_mut) {
            let all = std::mem::replace(metadata, Mapping::new());
            for (key, value) in all {
                match key.as_str() {
                    Some("name") => drop(metadata.insert(key, value)),
                    Some(key @ ("labels" | "annotations")) => {
                        left_out.push(format!("metadata.{key}"));
                    }
                    _ => {}
                }
            }
        }
        if let Some(spec) = manifest.get_mut("spec").and_then(Value::as_mapping_mut) {
            // As older examples of Codefresh's documentation have it.
            if kind == "PromotionFlow"
                && spec.len() == 1
                && let Some(Value::Mapping(properties)) = spec.get("properties")
            {
                *spec = properties.clone();
            }
            let found = unused.iter().filter(|key| spec.remove(**key).is_some());
            left_out.extend(found.map(|key| format!("spec.{key}")));
        }
    }
    if !left_out.is_empty() {
        let names = list(left_out.iter().map(String::as_str));
        let verb = if left_out.len() == 1 { "has" } else { "have" };
        let place = Pointer::root().key("metadata").key("name");
        notes.warning(Note::at(place, format!("{names} {verb} no effect here")));
    }
    value
}

fn typed<S: DeserializeOwned + JsonSchema>(
    value: &Value,
    notes: &mut Notes,
) -> Option<(Manifest<S>, Fitting)> {
    let schema = schema_for!(Manifest<S>).to_value();
    let faults = notes.count();
    let fitting = shape::fit(&schema, value, notes);
    match Manifest::deserialize(fitting.value.clone()) {
        Ok(manifest) => Some((manifest, fitting)),
        Err(error) => {
            // What is missing was noted by the check of the shape.
            if notes.count() == faults {
                notes.fault(Note::at(Pointer::root(), error.to_string()));
            }
            None
        }
    }
}
