//! Finds the files that an addition refers to and that the target lacks.

use crate::document::Value;
use crate::engine::compare::Commits;
use crate::inventory::FilePair;
use crate::port::RepositoryError;

/// A text of an addition that can refer to a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Reference {
    /// As the source has it.
    source: String,
    /// As the target would have it.
    target: String,
}

/// The texts of an addition that can refer to files: the source's value, and as it would be written.
pub(in crate::engine) fn references(source: &Value, written: &Value) -> Vec<Reference> {
    let texts = |value| {
        let mut texts = Vec::new();
        scalars(value, &mut texts);
        // A generator's file can have a key: `app.conf=files/app.conf`.
        let files = texts
            .into_iter()
            .map(|text| text.rsplit('=').next().unwrap_or(text));
        files.collect::<Vec<&str>>()
    };
    let both = texts(source).into_iter().zip(texts(written));
    both.filter(|(source, _)| is_file_name(source))
        .map(|(source, target)| Reference {
            source: source.to_owned(),
            target: target.to_owned(),
        })
        .collect()
}

/// The target's paths of the files that an addition refers to, if the source has them and the target
/// does not.
pub(in crate::engine) fn missing_files(
    references: &[Reference],
    pair: &FilePair,
    commits: Commits<'_>,
) -> Result<Vec<String>, RepositoryError> {
    let Some(source) = &pair.source_path else {
        return Ok(Vec::new());
    };
    let mut missing = Vec::new();
    for reference in references {
        let (Some(there), Some(here)) = (
            joined(source.as_str(), &reference.source),
            joined(pair.path.as_str(), &reference.target),
        ) else {
            continue;
        };
        let is_in_source = commits.source.entry_at(&there)?.is_some();
        if is_in_source && commits.target.entry_at(&here)?.is_none() {
            missing.push(here);
        }
    }
    Ok(missing)
}

fn scalars<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Scalar { text, .. } => found.push(text),
        Value::Sequence(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Mapping(entries) => entries.iter().for_each(|(_, value)| scalars(value, found)),
        Value::Tagged(_, value) => scalars(value, found),
        Value::Alias(_) => {}
    }
}

/// Whether a text can be the path of a file beside this one: only such texts are looked up.
fn is_file_name(text: &str) -> bool {
    let is_path = |c: char| c.is_alphanumeric() || "/._-+@".contains(c);
    !text.is_empty() && text.len() < 512 && text.contains(['.', '/']) && text.chars().all(is_path)
}

/// The path that a file at `from` means by `relative`; `None` outside the repository.
pub(in crate::engine) fn joined(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!relative.starts_with('/') && !parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file() {
        for (relative, expected) in [
            ("a.yaml", Some("apps/prod/a.yaml")),
            ("./a.yaml", Some("apps/prod/a.yaml")),
            ("../base/", Some("apps/base")),
            ("../../../x", None),
            ("/etc/x", None),
        ] {
            let found = joined("apps/prod/kustomization.yaml", relative);
            assert_eq!(found.as_deref(), expected, "{relative}");
        }
    }
}
