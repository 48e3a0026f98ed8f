//! Lists of names in hints.

use crate::render::near::nearest;

/// "did you mean `a` or `b`?", if a known name is similar.
pub(super) fn did_you_mean(name: &str, known: &[String]) -> Option<String> {
    let near = nearest(name, known.iter().map(String::as_str));
    let near: Vec<String> = near.iter().map(|n| format!("`{n}`")).collect();
    (!near.is_empty()).then(|| format!("did you mean {}?", near.join(" or ")))
}

/// Names in backticks, separated by commas.
pub(super) fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|n| format!("`{n}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
