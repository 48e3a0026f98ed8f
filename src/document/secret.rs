//! Secrets in plain text, recognized by their parsed structure.

use super::file::{FileContent, is_manifest, parse_file};
use super::parts::any_part;
use super::secret_lines::{Named, data_spans};
use crate::yaml::Value;

/// Whether the file at `path` contains a secret of an environment.
pub fn contains_secret(path: &str, bytes: &[u8]) -> bool {
    if !may_be_secret(&String::from_utf8_lossy(bytes)) {
        return false;
    }
    match parse_file(path, bytes.to_vec()) {
        FileContent::Yaml(stream) => {
            let mut documents = 0..stream.documents().len();
            documents.any(|document| is_secret(&stream.root(document).value()))
        }
        FileContent::Lines(_) => {
            is_manifest(path)
                && !data_spans(Named::Manifest, &String::from_utf8_lossy(bytes)).is_empty()
        }
        FileContent::Whole | FileContent::Unreadable(_) => false,
    }
}

/// Whether a value is or contains a secret: a `Secret` with data, an `ExternalSecret`, or the literals
/// from which kustomize generates one.
pub fn is_secret(value: &Value) -> bool {
    any_part(value, &may_be_secret, &|part| {
        let has = |key| entry(part, key).is_some_and(is_filled);
        let is_object = match entry(part, "kind") {
            Some(Value::Scalar { text, .. }) if text == "Secret" => {
                has("data") || has("stringData")
            }
            Some(Value::Scalar { text, .. }) if text == "ExternalSecret" => has("spec"),
            Some(Value::Scalar { text, .. }) => {
                template_of(text).is_some_and(|path| has_data_at(part, path))
            }
            _ => false,
        };
        let is_patch = || matches!(part, Value::Mapping(entries) if patches_secret(entries));
        is_object
            || is_patch()
            || match entry(part, "secretGenerator") {
                Some(Value::Sequence(items)) => {
                    let mut literals = items.iter().filter_map(|item| entry(item, "literals"));
                    literals.any(is_filled)
                }
                _ => false,
            }
    })
}

/// Where objects of a kind have the template of the `Secret` that is made from them.
pub(super) fn template_of(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "SealedSecret" => Some(&["spec", "template"]),
        "ExternalSecret" => Some(&["spec", "target", "template"]),
        "ClusterExternalSecret" => Some(&["spec", "externalSecretSpec", "target", "template"]),
        _ => None,
    }
}

/// Whether an entry of such a template has the data of the secret.
pub(super) fn is_template_data(key: &str) -> bool {
    matches!(key, "data" | "stringData")
}

/// Whether the template at this path has data.
fn has_data_at(object: &Value, path: &[&str]) -> bool {
    let template = path.iter().try_fold(object, |value, key| entry(value, key));
    match template {
        Some(Value::Mapping(entries)) => {
            let mut entries = entries.iter();
            entries.any(|(key, value)| is_template_data(key) && is_filled(value.untagged()))
        }
        _ => false,
    }
}

/// Whether the entries are those of a kustomize patch of a `Secret` or of an operation in one.
pub(super) fn patches_secret(entries: &[(String, Value)]) -> bool {
    let at = |name: &str| {
        let found = entries.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.untagged())
    };
    let is_operation = || {
        let path = match at("path") {
            Some(Value::Scalar { text, .. }) => text.as_str(),
            _ => "",
        };
        at("op").is_some() && at("value").is_some() && path.starts_with("/stringData")
    };
    let has_secret_target = || {
        let kind = at("target").and_then(|target| entry(target, "kind"));
        matches!(kind, Some(Value::Scalar { text, .. }) if text == "Secret")
    };
    is_operation() || at("patch").is_some() && has_secret_target()
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Mapping(entries) => !entries.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        _ => false,
    }
}

/// The value of an entry of a mapping, without its tag.
fn entry<'v>(mapping: &'v Value, name: &str) -> Option<&'v Value> {
    let Value::Mapping(entries) = mapping else {
        return None;
    };
    let entry = entries.iter().find(|(key, _)| key == name);
    entry.map(|(_, value)| value.untagged())
}

/// Whether a text can have a secret; a backslash can hide the word within quotes.
pub(super) fn may_be_secret(text: &str) -> bool {
    // A byte that each of the words has: most texts are ruled out without a search.
    let has_sign = |b: u8| matches!(b, b'S' | b'G' | b'D' | b'\\');
    let words = ["Secret", "secretGenerator", "stringData", "\\"];
    text.bytes().any(has_sign) && words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_documents_lists_and_strings() {
        for (text, expected) in [
            ("kind: Secret\nstringData: {a: b}\n", true),
            ("a: 1\n---\nkind: Secret\ndata: {a: Yg==}\n", true),
            (
                "{\"\\u006bind\": \"Secret\", \"data\": {\"a\": \"Yg==\"}}\n",
                true,
            ),
            ("x: &d {a: b}\nkind: Secret\nstringData: *d\n", true),
            (
                "kind: List\nitems:\n- kind: Secret\n  data: {a: Yg==}\n",
                true,
            ),
            ("extraObjects: [{kind: Secret, data: {a: Yg==}}]\n", true),
            (
                "data:\n  a.yaml: |\n    kind: Secret\n    data: {a: Yg==}\n",
                true,
            ),
            (
                "data:\n  a.yaml: |\n    b: 1\n    ---\n    kind: Secret\n    data: {a: Yg==}\n",
                true,
            ),
            (
                "data: {a.json: '{\"kind\": \"Secret\", \"data\": {\"a\": \"b\"}}'}\n",
                true,
            ),
            (
                "kind: ExternalSecret\nspec: {data: [{remoteRef: {key: a}}]}\n",
                true,
            ),
            (
                "kind: Kustomization\nsecretGenerator:\n- {name: a, literals: [b=c]}\n",
                true,
            ),
            (
                "kind: SealedSecret\nspec: {template: {data: {a: b}}}\n",
                true,
            ),
            (
                "kind: ClusterExternalSecret\nspec: {externalSecretSpec: {target: {template: {data: {a: b}}}}}\n",
                true,
            ),
            // Nothing is in them.
            (
                "kind: SealedSecret\nspec: {template: {type: Opaque}}\n",
                false,
            ),
            (
                "kind: Secret\ntype: kubernetes.io/service-account-token\n",
                false,
            ),
            ("kind: Secret\ndata: {}\n", false),
            (
                "kind: Kustomization\nsecretGenerator:\n- {name: a, envs: [b.env]}\n",
                false,
            ),
            // Others refer to one.
            ("ref: {kind: Secret, name: data}\n", false),
            ("text: |\n  Secret words\n  of a text\n", false),
            ("# kind: Secret\ndata: {a: b}\n", false),
        ] {
            assert_eq!(
                contains_secret("a.yaml", text.as_bytes()),
                expected,
                "{text}"
            );
        }
    }
}
