//! The data of secrets in texts that are read by their lines, such as templates.
//!
//! # Why
//!
//! What such a text contains is only known once it is rendered. So a value that can be the data of a
//! secret counts as one: to mask too much is better than to print a password.

use crate::yaml::{Content, Node, Span};

/// Whether the outline of a text has a secret anywhere.
pub(super) fn outline_has_secret(root: &Node) -> bool {
    match &root.content {
        Content::Mapping { entries, .. } => entries.iter().any(|entry| {
            let name = base_key(entry.name());
            let is_secret_kind = || match &entry.value.content {
                Content::Scalar(scalar) => name == "kind" && scalar.text == "Secret",
                _ => false,
            };
            name == "stringData"
                || is_secret_kind()
                || has_kind(name)
                || outline_has_secret(&entry.value)
        }),
        Content::Sequence { items, .. } => items.iter().any(outline_has_secret),
        Content::Scalar(scalar) => has_kind(&scalar.text),
        Content::Alias(_) => false,
    }
}

/// A key of an outline without the number that tells it from earlier ones.
pub(super) fn base_key(key: &str) -> &str {
    match key.rsplit_once('~') {
        Some((base, number)) if number.bytes().all(|b| b.is_ascii_digit()) => base,
        _ => key,
    }
}

/// Whether `kind: Secret` is in a text, in any notation.
pub(super) fn has_kind(text: &str) -> bool {
    text.match_indices("kind").any(|(at, word)| {
        let rest = text[at + word.len()..].trim_start_matches(['"', '\'', ' ']);
        let Some(rest) = rest.strip_prefix(':') else {
            return false;
        };
        let rest = rest.trim_start_matches(['"', '\'', ' ', '\t']);
        rest.strip_prefix("Secret")
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

/// Whether `data` or `stringData` is a word of a text.
pub(super) fn has_data(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|word| matches!(word, "data" | "stringData"))
}

/// What kind of file a text is by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Named {
    /// It should contain objects.
    Manifest,
    /// Anything else, such as prose.
    Other,
}

/// The places of what can be the data of a secret, in order; the whole document where its lines do not
/// show where the data is.
pub(super) fn data_spans(named: Named, text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") && at > start {
            in_document(named, text, start..at, &mut spans);
            start = at;
        }
        at += line.len();
    }
    in_document(named, text, start..at, &mut spans);
    spans
}

fn in_document(named: Named, text: &str, document: Span, spans: &mut Vec<Span>) {
    let content = &text[document.clone()];
    let is_secret = has_kind(content);
    let is_patch = content.contains("/stringData") || is_secret && content.contains("path:");
    let is_whole = is_secret && has_data(content) && named == Named::Manifest;
    if is_whole && content.trim_start().starts_with('{') && !content.trim_start().starts_with("{{")
    {
        spans.push(document);
        return;
    }
    let has_template = ["SealedSecret", "ExternalSecret"]
        .iter()
        .any(|kind| content.contains(kind));
    // The column of the key of a secret's template.
    let mut template: Option<usize> = None;
    let found = spans.len();
    let mut open: Option<Block> = None;
    let mut at = document.start;
    for line in content.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words = line.trim();
        let indent = line.len() - line.trim_start().len();
        let words_span = start + indent..start + indent + words.len();
        if words.is_empty() {
            continue;
        }
        let may_be_object = named == Named::Manifest || words.contains('{');
        if may_be_object && has_kind(words) && has_data(words) {
            spans.push(words_span);
            continue;
        }
        if let Some(block) = &mut open {
            if block.contains(indent, words) {
                spans.extend(block.masked(indent, words, words_span));
                continue;
            }
            open = None;
        }
        let Some((name, value, column)) = key(words) else {
            continue;
        };
        let depth = indent + column;
        if name == "template" && has_template {
            template = Some(depth);
        } else if template.is_some_and(|template| depth <= template) {
            template = None;
        }
        let is_data = match name {
            "stringData" => true,
            "data" => is_secret || template.is_some(),
            "value" => is_patch,
            _ => false,
        };
        if is_data || name == "secretGenerator" {
            open = Some(Block {
                indent: depth,
                keys: None,
                is_generator: !is_data,
            });
            if is_data && !words[value..].is_empty() {
                spans.push(words_span.start + value..words_span.end);
            }
        }
    }
    if is_whole && spans.len() == found {
        spans.push(document);
    }
}

/// The lines below a key whose values are secret.
struct Block {
    /// The column of the key.
    indent: usize,
    /// The column of the keys below it.
    keys: Option<usize>,
    /// Whether it is a `secretGenerator`, of which only the literals are secret.
    is_generator: bool,
}

impl Block {
    fn contains(&self, indent: usize, words: &str) -> bool {
        indent > self.indent
            || words.starts_with(['#', '}', ']'])
            || is_expression(words)
            || (self.is_generator && indent == self.indent && words.starts_with('-'))
    }

    /// The part of a line that is masked.
    fn masked(&mut self, indent: usize, words: &str, span: Span) -> Option<Span> {
        if self.is_generator {
            let sign = words.find('=')?;
            return Some(span.start + sign + 1..span.end);
        }
        if words.chars().all(|c| "{}[],".contains(c)) {
            return None;
        }
        if is_expression(words) {
            // A condition is no data, unless it has a text.
            return words.contains(['"', '`', '\'']).then_some(span);
        }
        if words.starts_with('#') {
            return Some(span);
        }
        let keys = *self.keys.get_or_insert(indent);
        match key(words) {
            Some((_, value, _)) if indent <= keys => {
                (value < words.len()).then_some(span.start + value..span.end)
            }
            _ => Some(span),
        }
    }
}

fn is_expression(words: &str) -> bool {
    words.starts_with("{{") || words.starts_with("{%")
}

/// The key of a line, where its value starts, and the key's column in it.
fn key(words: &str) -> Option<(&str, usize, usize)> {
    let line = words.trim_start_matches(['-', ' ']);
    let column = words.len() - line.len();
    let colon = line.find(':')?;
    let name = line[..colon].trim_matches(['"', '\'', ' ']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    let rest = &line[colon + 1..];
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let value = words.len() - rest.trim_start().len();
    Some((name, value, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with each place as `*`.
    fn masked(named: Named, text: &str) -> String {
        let mut masked = text.to_owned();
        for span in data_spans(named, text).into_iter().rev() {
            masked.replace_range(span, "*");
        }
        masked
    }

    #[test]
    fn the_data_of_a_secret_is_found_in_the_lines_of_a_template() {
        for (text, expected) in [
            (
                "kind: Secret\nmetadata: {name: x}\n{{- if .Values.a }}\nstringData:\n  a: b # c\n  f: |\n    x: y\n    z\n{{- end }}\ntype: Opaque\n",
                "kind: Secret\nmetadata: {name: x}\n{{- if .Values.a }}\nstringData:\n  a: *\n  f: *\n    *\n    *\n{{- end }}\ntype: Opaque\n",
            ),
            (
                "kind: Secret\ndata: {a: {{ b }}, c: d}\n---\nkind: ConfigMap\ndata:\n  a: b\n",
                "kind: Secret\ndata: *\n---\nkind: ConfigMap\ndata:\n  a: b\n",
            ),
            (
                "kind: Secret\ndata:\n  {{- if x }}\n  a: b\n  # c\n  {{- else if eq .a \"b\" }}\n  a: c\n  {{- end }}\nx: y\n",
                "kind: Secret\ndata:\n  {{- if x }}\n  a: *\n  *\n  *\n  a: *\n  {{- end }}\nx: y\n",
            ),
            (
                "{{ if x }}\n{\"kind\": \"Secret\", \"data\": {\"a\": \"b\"}}\n{{ end }}\n",
                "{{ if x }}\n*\n{{ end }}\n",
            ),
            (
                "{\n\"kind\": \"Secret\",\n\"data\": {\n\"a\": \"b\"}}\n",
                "*",
            ),
            ("{{ x }}\n- kind: Secret\n  ? data\n  : {a: b}\n", "*"),
            (
                "a: {{ x }}\nsecretGenerator:\n- name: a\n  literals:\n  - b=c\nx: y=z\n",
                "a: {{ x }}\nsecretGenerator:\n- name: a\n  literals:\n  - b=*\nx: y=z\n",
            ),
            (
                "a: {{ x }}\n- op: add\n  path: /stringData/a\n  value: b\n",
                "a: {{ x }}\n- op: add\n  path: /stringData/a\n  value: *\n",
            ),
            (
                "kind: SecretStore\ndata: {{ x }}\n",
                "kind: SecretStore\ndata: {{ x }}\n",
            ),
        ] {
            assert_eq!(masked(Named::Manifest, text), expected, "{text}");
        }
        let words = "Write `kind: Secret` and your data.\n";
        assert_eq!(masked(Named::Other, words), words);
    }
}
