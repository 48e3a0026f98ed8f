//! Writes values as YAML, where the source text cannot be reused.

use super::scalar::{Kind, Quoting};
use super::value::Value;
use super::write::{self, Context};

/// Writes a value on one line.
pub(super) fn flow(value: &Value, context: Context) -> String {
    let preferred = Quoting::Plain;
    match value {
        Value::Scalar { text, kind } => write::scalar(text, *kind, preferred, context),
        Value::Sequence(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, context)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Mapping(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(name, value)| {
                    format!("{}: {}", write::key(name, context), flow(value, context))
                })
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Alias(name) => format!("*{name} "),
        Value::Tagged(tag, value) => format!("{tag} {}", flow(value, context)),
    }
}

/// Writes a value in brackets over several lines; all but the first are indented.
pub(super) fn pretty(
    value: &Value,
    context: Context,
    indent: usize,
    step: usize,
    newline: &str,
) -> String {
    let inner = " ".repeat(indent + step);
    let outer = " ".repeat(indent);
    let join = |open: char, close: char, parts: Vec<String>| {
        let body = parts.join(&format!(",{newline}{inner}"));
        format!("{open}{newline}{inner}{body}{newline}{outer}{close}")
    };
    match value {
        Value::Sequence(items) if !items.is_empty() => {
            let part = |item| pretty(item, context, indent + step, step, newline);
            join('[', ']', items.iter().map(part).collect())
        }
        Value::Mapping(entries) if !entries.is_empty() => {
            let part = |(name, value): &(String, Value)| {
                let value = pretty(value, context, indent + step, step, newline);
                format!("{}: {value}", write::key(name, context))
            };
            join('{', '}', entries.iter().map(part).collect())
        }
        value => flow(value, context),
    }
}

/// Writes a value as block lines from column 0; scalars and empty collections take one line.
pub(super) fn block(value: &Value) -> Vec<String> {
    match value {
        Value::Sequence(items) if !items.is_empty() => items
            .iter()
            .flat_map(|item| {
                block(item)
                    .into_iter()
                    .enumerate()
                    .map(|(index, line)| format!("{}{line}", if index == 0 { "- " } else { "  " }))
            })
            .collect(),
        Value::Mapping(entries) if !entries.is_empty() => entries
            .iter()
            .flat_map(|(name, value)| entry(name, value))
            .collect(),
        value => vec![flow(value, Context::Block)],
    }
}

/// Writes `key: value` as block lines from column 0.
pub(super) fn entry(name: &str, value: &Value) -> Vec<String> {
    let key = write::key(name, Context::Block);
    match value {
        Value::Scalar {
            text,
            kind: Kind::Null,
        } if text.is_empty() => vec![format!("{key}:")],
        Value::Sequence(items) if !items.is_empty() => std::iter::once(format!("{key}:"))
            .chain(block(value))
            .collect(),
        Value::Mapping(entries) if !entries.is_empty() => std::iter::once(format!("{key}:"))
            .chain(block(value).into_iter().map(|line| format!("  {line}")))
            .collect(),
        value => vec![format!("{key}: {}", flow(value, Context::Block))],
    }
}
