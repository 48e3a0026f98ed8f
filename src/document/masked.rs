//! Values and texts without the data of secrets, for output.
//!
//! # Why
//!
//! Previews are printed in CI logs and stand in pull requests, where more people read them than the
//! repository. That a secret changes is shown; what it is never is. Ciphertext is no secret.

use std::borrow::Cow;
use std::collections::HashSet;

use super::kubernetes::SecretPart;
use super::sealed::is_ciphertext;
use super::secret::{is_secret, is_template_data, may_be_secret, patches_secret, template_of};
use super::secret_lines::{base_key, has_data, has_kind};
use super::secret_spans::secret_spans;
use crate::yaml::{Span, Value};

/// What stands for the data of a secret.
pub const MASK: &str = "***";

/// What stands for data that the text before does not have.
const CHANGED: &str = "*** (changed)";

/// The value of a difference at these keys, with the data of secrets masked.
pub fn masked_value(value: Value, part: Option<SecretPart>, keys: &[String]) -> Value {
    let is_document = keys.is_empty();
    if part == Some(SecretPart::Data) && !is_document {
        let is_literal = keys.iter().any(|key| key == "secretGenerator");
        return map_scalars(value, &|text| {
            if is_literal {
                literal(text)
            } else {
                MASK.to_owned()
            }
        });
    }
    if part == Some(SecretPart::Other) {
        // A part of a secret, which need not have the kind.
        return within(value, true);
    }
    if !value.has_text(&may_be_secret) || !is_secret(&value) {
        return value;
    }
    within(value, false)
}

/// Masks the data of the secrets in a value, which can be a part of one.
fn within(value: Value, is_part: bool) -> Value {
    match value {
        Value::Mapping(entries) => {
            let is_patch = patches_secret(&entries);
            let kind = entries.iter().find(|(key, _)| key == "kind");
            let template = kind.and_then(|(_, kind)| template_of(scalar(kind)?));
            let is_object = is_part
                || is_secret_object(
                    entries
                        .iter()
                        .map(|(key, value)| (key.as_str(), scalar(value))),
                );
            let masked = entries.into_iter().map(|(key, value)| {
                let value = match base_key(&key) {
                    "stringData" => map_scalars(value, &|_| MASK.to_owned()),
                    "patch" | "value" if is_patch => map_scalars(value, &|_| MASK.to_owned()),
                    "data" if is_object => map_scalars(value, &|_| MASK.to_owned()),
                    "secretGenerator" => map_literals(value),
                    _ => within(value, is_part),
                };
                (key, value)
            });
            let masked = Value::Mapping(masked.collect());
            match template {
                Some(path) => mask_template(masked, path),
                None => masked,
            }
        }
        Value::Sequence(items) => {
            let within = |item| within(item, is_part);
            Value::Sequence(items.into_iter().map(within).collect())
        }
        Value::Tagged(tag, value) => Value::Tagged(tag, Box::new(within(*value, is_part))),
        Value::Scalar { ref text, .. }
            if is_secret(&value) || is_part && has_kind(text) && has_data(text) =>
        {
            Value::string(MASK)
        }
        value => value,
    }
}

/// Masks the data of the template at a path.
fn mask_template(value: Value, path: &[&str]) -> Value {
    let Value::Mapping(entries) = value else {
        return value;
    };
    let masked = entries.into_iter().map(|(key, value)| {
        let value = match path {
            [next, rest @ ..] if key == *next => mask_template(value, rest),
            [] if is_template_data(&key) => map_scalars(value, &|_| MASK.to_owned()),
            _ => value,
        };
        (key, value)
    });
    Value::Mapping(masked.collect())
}

/// Masks the literals of a `secretGenerator`.
fn map_literals(value: Value) -> Value {
    match value {
        Value::Mapping(entries) => {
            let masked = entries.into_iter().map(|(key, value)| match key.as_str() {
                "literals" => (key, map_scalars(value, &literal)),
                _ => (key, value),
            });
            Value::Mapping(masked.collect())
        }
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(map_literals).collect()),
        value => value,
    }
}

/// A literal `KEY=VALUE` with its value masked.
fn literal(text: &str) -> String {
    text.split_once('=')
        .map_or_else(|| MASK.to_owned(), |(key, _)| format!("{key}={MASK}"))
}

fn map_scalars(value: Value, mask: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::Scalar { text, kind } if is_ciphertext(&text) => Value::Scalar { text, kind },
        Value::Scalar { text, .. } => Value::string(mask(&text)),
        Value::Sequence(items) => Value::Sequence(
            items
                .into_iter()
                .map(|item| map_scalars(item, mask))
                .collect(),
        ),
        Value::Mapping(entries) => Value::Mapping(
            (entries.into_iter())
                .map(|(key, value)| (key, map_scalars(value, mask)))
                .collect(),
        ),
        Value::Tagged(tag, value) => Value::Tagged(tag, Box::new(map_scalars(*value, mask))),
        Value::Alias(name) => Value::Alias(name),
    }
}

fn scalar(value: &Value) -> Option<&str> {
    match value.untagged() {
        Value::Scalar { text, .. } => Some(text),
        _ => None,
    }
}

/// Whether the entries of an object are those of a `Secret`.
fn is_secret_object<'e>(mut entries: impl Iterator<Item = (&'e str, Option<&'e str>)>) -> bool {
    entries.any(|entry| entry == ("kind", Some("Secret")))
}

/// The texts of a file before and after, with the data of secrets masked, line by line.
pub fn masked_texts<'t>(path: &str, texts: [&'t str; 2]) -> [Cow<'t, str>; 2] {
    masked_at(texts, &texts.map(|text| secret_spans(path, text)))
}

/// The same for files that are secret as a whole.
pub fn masked_whole(texts: [&str; 2]) -> [Cow<'_, str>; 2] {
    let whole = |text: &str| std::iter::once(0..text.len()).collect();
    masked_at(texts, &texts.map(whole))
}

/// The data of the secrets in a file.
pub fn secret_data(path: &str, text: &str) -> Vec<String> {
    let spans = secret_spans(path, text).into_iter();
    let values = spans.map(|span| text[span].trim_matches(['"', '\'']).to_owned());
    values.collect()
}

fn masked_at<'t>(texts: [&'t str; 2], spans: &[Vec<Span>; 2]) -> [Cow<'t, str>; 2] {
    let [before, after] = texts;
    let known: HashSet<&str> = (spans[0].iter())
        .flat_map(|span| before[span.clone()].lines())
        .map(str::trim)
        .collect();
    let masked = |text: &'t str, spans: &[Span], mask: &dyn Fn(&str) -> &'static str| {
        if spans.is_empty() {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(replaced(text, spans, mask))
        }
    };
    [
        masked(before, &spans[0], &|_| MASK),
        masked(after, &spans[1], &|line| {
            if known.contains(line) { MASK } else { CHANGED }
        }),
    ]
}

/// The text with the words of each line of the spans replaced.
fn replaced(text: &str, spans: &[Span], mask: &dyn Fn(&str) -> &'static str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for span in spans {
        if span.start < done {
            continue;
        }
        masked.push_str(&text[done..span.start]);
        for line in text[span.clone()].split_inclusive('\n') {
            let words = line.trim();
            let (head, tail) = line.split_at(line.len() - line.trim_start().len());
            masked.push_str(head);
            if !words.is_empty() {
                masked.push_str(mask(words));
            }
            masked.push_str(&tail[words.len()..]);
        }
        done = span.end;
    }
    masked.push_str(&text[done..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Stream;

    /// The masked text of a file that does not change.
    fn masked(path: &str, text: &str) -> String {
        let [before, after] = masked_texts(path, [text, text]);
        assert_eq!(before, after, "{text}");
        before.into_owned()
    }

    #[test]
    fn the_data_of_secrets_is_masked_in_texts() {
        for (text, expected) in [
            (
                "kind: Secret\nmetadata: {name: a}\ndata:\n  a: Yg== # old: Yw==\n  # last: ZA==\ntype: Opaque # b\n",
                "kind: Secret\nmetadata: {name: a}\ndata:\n  a: *** ***\n  ***\ntype: Opaque # b\n",
            ),
            (
                "stringData:\n  a: b\n# c\nkind: Secret\n# d\n",
                "stringData:\n  a: ***\n# c\nkind: Secret\n# d\n",
            ),
            // Also in lists, where the next item begins below the comment.
            (
                "items:\n- kind: Secret\n  data:\n    a: Yg==\n    # b\n- kind: ConfigMap\n  data: {c: d} # e\n",
                "items:\n- kind: Secret\n  data:\n    a: ***\n    ***\n- kind: ConfigMap\n  data: {c: d} # e\n",
            ),
            // What aliases stand for.
            (
                "x: &d\n  a: b # c\nkind: &k Secret\nstringData: *d\nz: 1 # w\n",
                "x: &d\n  a: *** ***\nkind: &k Secret\nstringData: *d\nz: 1 # w\n",
            ),
            (
                "x: &k Secret\nkind: *k\ndata: {a: Yg==}\n",
                "x: &k Secret\nkind: *k\ndata: {a: ***}\n",
            ),
            // Documents inside strings.
            (
                "kind: ConfigMap\ndata:\n  a.yaml: |\n    kind: Secret\n    stringData:\n      a: b\n      c: |\n        d\n        e\n    type: Opaque\n  f: g\n",
                "kind: ConfigMap\ndata:\n  a.yaml: |\n    kind: Secret\n    stringData:\n      a: ***\n      c: ***\n        ***\n        ***\n    type: Opaque\n  f: g\n",
            ),
            (
                "data: {a.json: '{\"kind\": \"Secret\", \"data\": {\"a\": \"b\"}}', c: d}\n",
                "data: {a.json: ***, c: d}\n",
            ),
            // kustomize.
            (
                "secretGenerator:\n- name: a\n  literals:\n  - b=c # d\n  - e=f=g\n  # h\n- files: [i]\n",
                "secretGenerator:\n- name: a\n  literals:\n  - b=*** ***\n  - e=***\n  ***\n- files: [i]\n",
            ),
            (
                "patches:\n- target: {kind: Secret}\n  patch: '[{op: replace, path: /data/a, value: Yg==}]'\n- target: {kind: Deployment}\n  patch: '[]'\n",
                "patches:\n- target: {kind: Secret}\n  patch: ***\n- target: {kind: Deployment}\n  patch: '[]'\n",
            ),
            (
                "- op: add\n  path: /stringData/a\n  value: b\n- op: add\n  path: /spec\n  value: c\n",
                "- op: add\n  path: /stringData/a\n  value: ***\n- op: add\n  path: /spec\n  value: c\n",
            ),
            // What templates of secrets have, but not the names of remote entries.
            (
                "kind: ExternalSecret\nspec:\n  data: [{remoteRef: {key: a}}]\n  target:\n    template:\n      type: Opaque\n      data:\n        a: b # c\n",
                "kind: ExternalSecret\nspec:\n  data: [{remoteRef: {key: a}}]\n  target:\n    template:\n      type: Opaque\n      data:\n        a: *** ***\n",
            ),
            (
                "kind: SealedSecret\nspec: {encryptedData: {a: AgB}, template: {data: {b: c}}}\n",
                "kind: SealedSecret\nspec: {encryptedData: {a: AgB}, template: {data: {b: ***}}}\n",
            ),
            (
                "kind: ExternalSecret\nname: {{ x }}\nspec:\n  data:\n  - a: b\n  target:\n    template:\n      data:\n        a: b\n    x: y\n",
                "kind: ExternalSecret\nname: {{ x }}\nspec:\n  data:\n  - a: b\n  target:\n    template:\n      data:\n        a: ***\n    x: y\n",
            ),
            // Ciphertext is no secret, and others only refer to one.
            (
                "kind: Secret\nstringData:\n  a: ENC[AES256_GCM,data:b,iv:c,tag:d,type:str]\n",
                "kind: Secret\nstringData:\n  a: ENC[AES256_GCM,data:b,iv:c,tag:d,type:str]\n",
            ),
            (
                "ref: {kind: Secret, name: data} # a\n",
                "ref: {kind: Secret, name: data} # a\n",
            ),
            // Not readable.
            ("kind: Secret\ndata: {a: Yg==\n", "***\n***\n"),
        ] {
            assert_eq!(masked("a.yaml", text), expected, "{text}");
        }
    }

    #[test]
    fn a_changed_secret_is_marked() {
        let text = |a: &str| format!("kind: Secret\ndata:\n  a: {a}\n  b: Yg==\n");
        let (old, new) = (text("MQ=="), text("Mg=="));
        let [before, after] = masked_texts("a.yaml", [&old, &new]);
        assert_eq!(before, text("***").replace("Yg==", "***"));
        assert_eq!(after, text("*** (changed)").replace("Yg==", "***"));
    }

    #[test]
    fn the_data_of_secrets_is_masked_in_values() {
        let keys = |text: &str| -> Vec<String> {
            let keys = text.split('.').filter(|key| !key.is_empty());
            keys.map(ToOwned::to_owned).collect()
        };
        let data = Some(SecretPart::Data);
        for (text, part, at, expected) in [
            (
                "{kind: Secret, data: {a: Yg==}}",
                None,
                "",
                "{kind: Secret, data: {a: '***'}}",
            ),
            (
                "[{kind: Secret, stringData: {a: b}}, c]",
                None,
                "items",
                "[{kind: Secret, stringData: {a: '***'}}, c]",
            ),
            (
                "{kind: Secret, data: {a: Yg==}}",
                data,
                "",
                "{kind: Secret, data: {a: '***'}}",
            ),
            (
                "{kind: ConfigMap, data: {a: Secret}}",
                None,
                "",
                "{kind: ConfigMap, data: {a: Secret}}",
            ),
            ("b", data, "data.a", "'***'"),
            ("a=b", data, "secretGenerator.literals", "'a=***'"),
            (
                "{data: {a: Yg==}, b: c}",
                Some(SecretPart::Other),
                "template",
                "{data: {a: '***'}, b: c}",
            ),
            (
                "{kind: SealedSecret, spec: {template: {type: a, data: {b: c}}}}",
                None,
                "",
                "{kind: SealedSecret, spec: {template: {type: a, data: {b: '***'}}}}",
            ),
            ("b", data, "spec.template.data.a", "'***'"),
            (
                "{name: a, secretGenerator: [{literals: [b=c]}]}",
                None,
                "",
                "{name: a, secretGenerator: [{literals: ['b=***']}]}",
            ),
            (
                "{target: {kind: Secret}, patch: b}",
                None,
                "patches",
                "{target: {kind: Secret}, patch: '***'}",
            ),
            (
                "{op: add, path: /stringData/a, value: [b, {c: d}]}",
                None,
                "",
                "{op: add, path: /stringData/a, value: ['***', {c: '***'}]}",
            ),
        ] {
            let value = |text: &str| Stream::parse(text).unwrap().root(0).value();
            let masked = masked_value(value(text), part, &keys(at));
            assert_eq!(masked, value(expected), "{text} at {at:?}");
        }
    }
}
