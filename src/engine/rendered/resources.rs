//! The resources that differ between two renderings.

use std::collections::BTreeMap;

use crate::document::{Value, masked_texts};
use crate::plan::ResourceChange;
use crate::yaml::Stream;

/// What identifies a resource.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Identity {
    kind: String,
    namespace: Option<String>,
    name: String,
    /// The group and version; the same kind can exist in several groups.
    api: String,
}

/// A rendered resource.
struct Resource {
    identity: Identity,
    text: String,
}

/// The resources that differ, in the order of the new rendering, then those that are gone.
///
/// # Errors
/// Why a rendering is no list of resources.
pub(super) fn compare(before: &str, after: &str) -> Result<Vec<ResourceChange>, String> {
    let (old, new) = (read(before)?, read(after)?);
    let mut open: BTreeMap<Identity, Resource> = BTreeMap::new();
    for resource in old {
        open.insert(resource.identity.clone(), resource);
    }
    let is_new: Vec<bool> = new
        .iter()
        .map(|r| !open.contains_key(&r.identity))
        .collect();
    let taken: Vec<Identity> = new.iter().map(|r| r.identity.clone()).collect();
    let mut changes = Vec::new();
    for (resource, is_new) in new.into_iter().zip(is_new) {
        let partner = if is_new {
            // kustomize names generated resources after their content.
            let mut others = open.keys().filter(|other| !taken.contains(other));
            let other = others.find(|other| is_renamed(other, &resource.identity));
            other.cloned()
        } else {
            Some(resource.identity.clone())
        };
        let old = partner.and_then(|identity| open.remove(&identity));
        changes.extend(change(old, Some(resource)));
    }
    changes.extend(open.into_values().filter_map(|old| change(Some(old), None)));
    Ok(changes)
}

/// Whether two names only differ in the hash that kustomize adds.
fn is_renamed(a: &Identity, b: &Identity) -> bool {
    (&a.kind, &a.namespace, &a.api) == (&b.kind, &b.namespace, &b.api)
        && without_hash(&a.name).is_some_and(|name| Some(name) == without_hash(&b.name))
}

fn without_hash(name: &str) -> Option<&str> {
    let (name, hash) = name.rsplit_once('-')?;
    let is_hash = hash.len() == 10 && hash.bytes().all(|b| b.is_ascii_alphanumeric());
    is_hash.then_some(name)
}

/// The change of a resource; `None` if it does not change.
fn change(old: Option<Resource>, new: Option<Resource>) -> Option<ResourceChange> {
    let identity = new.as_ref().or(old.as_ref())?.identity.clone();
    let is_same = match (&old, &new) {
        (Some(old), Some(new)) => old.text == new.text,
        _ => false,
    };
    if is_same {
        return None;
    }
    let (before, after) = match (old, new) {
        (Some(old), Some(new)) => {
            let [before, after] = masked_texts(FILE, [&old.text, &new.text]);
            (Some(before.into_owned()), Some(after.into_owned()))
        }
        (old, new) => (old.as_ref().map(masked), new.as_ref().map(masked)),
    };
    Some(ResourceChange {
        kind: identity.kind,
        namespace: identity.namespace,
        name: identity.name,
        before,
        after,
    })
}

/// A name for the text of a resource.
const FILE: &str = "resource.yaml";

/// The text of a resource without the data of a secret.
fn masked(resource: &Resource) -> String {
    let [text, _] = masked_texts(FILE, [&resource.text, &resource.text]);
    text.into_owned()
}

/// Reads the resources of a rendering.
fn read(rendered: &str) -> Result<Vec<Resource>, String> {
    let mut resources = Vec::new();
    for text in documents(rendered) {
        let stream =
            Stream::parse(&text).map_err(|error| format!("a resource is no YAML: {error}"))?;
        for document in 0..stream.documents().len() {
            let value = stream.root(document).value();
            let Some(kind) = at(&value, &["kind"]) else {
                continue;
            };
            resources.push(Resource {
                identity: Identity {
                    kind,
                    namespace: at(&value, &["metadata", "namespace"]),
                    name: at(&value, &["metadata", "name"]).unwrap_or_default(),
                    api: at(&value, &["apiVersion"]).unwrap_or_default(),
                },
                text: text.clone(),
            });
        }
    }
    Ok(resources)
}

/// The documents of a rendering, without the comments that Helm puts before each.
fn documents(rendered: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in rendered.lines() {
        let is_separator = line == "---" || line.starts_with("--- ");
        match documents.last_mut() {
            Some(document) if !is_separator => {
                if !(document.is_empty() && (line.starts_with('#') || line.trim().is_empty())) {
                    document.push_str(line);
                    document.push('\n');
                }
            }
            _ => documents.push(String::new()),
        }
    }
    documents.retain(|document| !document.is_empty());
    documents
}

/// The text at some keys.
fn at(value: &Value, keys: &[&str]) -> Option<String> {
    match (value.untagged(), keys) {
        (Value::Mapping(entries), [key, rest @ ..]) => {
            let entry = entries.iter().find(|(name, _)| name == key);
            at(&entry?.1, rest)
        }
        (Value::Scalar { text, .. }, []) => Some(text.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let changes = compare(before, after).unwrap();
        let show = |change: &ResourceChange| {
            let [before, after] = [&change.before, &change.after];
            let [before, after] = [before, after].map(|text| match text {
                Some(text) => text.trim_end().replace('\n', "; "),
                None => "-".to_owned(),
            });
            format!("{}: {before} => {after}\n", change.shown())
        };
        changes.iter().map(show).collect()
    }

    fn object(kind: &str, name: &str, rest: &str) -> String {
        format!("# Source: chart/x.yaml\nkind: {kind}\nmetadata: {{name: {name}}}\n{rest}\n---\n")
    }

    #[test]
    fn resources_are_compared_by_kind_and_name() {
        let before =
            object("A", "x", "v: 1") + &object("B", "y", "v: 1") + &object("C", "z", "v: 1");
        let after =
            object("C", "z", "v: 1") + &object("A", "x", "v: 2") + &object("D", "n", "v: 1");
        insta::assert_snapshot!(shown(&before, &after), @"
        A x: kind: A; metadata: {name: x}; v: 1 => kind: A; metadata: {name: x}; v: 2
        D n: - => kind: D; metadata: {name: n}; v: 1
        B y: kind: B; metadata: {name: y}; v: 1 => -
        ");
    }

    #[test]
    fn a_resource_with_another_hash_in_its_name_is_the_same() {
        let before = object("ConfigMap", "app-5f7h8k2m9d", "v: 1");
        let after = object("ConfigMap", "app-2c4b6d8f0g", "v: 2");
        insta::assert_snapshot!(shown(&before, &after), @"ConfigMap app-2c4b6d8f0g: kind: ConfigMap; metadata: {name: app-5f7h8k2m9d}; v: 1 => kind: ConfigMap; metadata: {name: app-2c4b6d8f0g}; v: 2");
        let other = object("ConfigMap", "web-2c4b6d8f0g", "v: 2");
        assert_eq!(shown(&before, &other).lines().count(), 2);
    }

    #[test]
    fn values_of_secrets_are_masked() {
        let secret = |data: &str| {
            let copy = r#"{"kind":"Secret","data":{"a":"sesame"}}"#;
            format!(
                "kind: Secret\nmetadata:\n  name: s\n  annotations: {{last: '{copy}'}}\n{data}\n"
            )
        };
        let before = secret("data: {a: sesame, b: same}\nstringData: {c: sesame}");
        let after = secret("data: {a: sesame2, b: same, d: sesame}");
        let shown = shown(&before, &after);
        assert!(!shown.contains("sesame"), "{shown}");
        insta::assert_snapshot!(shown, @"Secret s: kind: Secret; metadata:;   name: s;   annotations: {last: ***}; data: {a: ***, b: ***}; stringData: {c: ***} => kind: Secret; metadata:;   name: s;   annotations: {last: ***}; data: {a: *** (changed), b: ***, d: ***}");
    }
}
