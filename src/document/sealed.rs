//! Encrypted values.

use crate::yaml::Value;

/// Whether a value is or contains something that SOPS encrypted (`ENC[…]`), or SOPS's metadata.
pub fn is_sealed(value: &Value) -> bool {
    match value {
        Value::Scalar { text, .. } => text.starts_with("ENC[") && text.ends_with(']'),
        Value::Sequence(items) => items.iter().any(is_sealed),
        Value::Mapping(entries) => entries
            .iter()
            .any(|(key, value)| is_sealed(value) || key == "sops" && has_entry(value, "mac")),
        Value::Tagged(_, value) => is_sealed(value),
        Value::Alias(_) => false,
    }
}

fn has_entry(value: &Value, name: &str) -> bool {
    matches!(value, Value::Mapping(entries) if entries.iter().any(|(key, _)| key == name))
}
