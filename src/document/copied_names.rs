//! The environment's name in what is copied to another environment: files, documents, entries, items.
//!
//! # Why
//!
//! The word that names an environment also occurs where it names something else: in a registry's
//! path, an API group, the last label of a host (`.dev`), a sentence. A wrong replacement there points
//! the copy at something that does not exist. So a name is only replaced where the name of an
//! environment can stand, and a guard reports what is left.

use super::image::ImageReference;
use crate::domain::{Naming, Side};
use crate::yaml::Value;

/// Keys whose values never name an environment, however they are written.
const OTHER_KEYS: [&str; 5] = ["apiversion", "group", "apigroup", "apigroups", "newname"];

/// How keys end whose values are images or where images are.
const IMAGE_KEYS: [&str; 3] = ["image", "repository", "registry"];

/// How keys end whose values are secrets.
const SECRET_KEYS: [&str; 5] = ["password", "passwd", "passphrase", "token", "apikey"];

/// A copied text, with the source's names replaced by the target's where they can stand.
pub fn renamed_copy(text: &str, naming: &Naming, renames: &[(String, String)]) -> String {
    let mut copy = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let end = comment_start(line);
        copy.push_str(&naming.rename_where(&line[..end], renames, |start, end| {
            can_stand(line, start, end)
        }));
        copy.push_str(&line[end..]);
    }
    copy
}

/// A copied value; `key` is that of its entry.
pub fn renamed_value(value: Value, key: Option<&str>, naming: &Naming) -> Value {
    match value {
        Value::Scalar { text, kind } => Value::Scalar {
            text: renamed_scalar(&text, key, naming),
            kind,
        },
        Value::Sequence(items) => Value::Sequence(
            (items.into_iter())
                .map(|item| renamed_value(item, None, naming))
                .collect(),
        ),
        Value::Mapping(entries) => Value::Mapping(
            (entries.into_iter())
                .map(|(key, value)| {
                    let value = renamed_value(value, Some(&key), naming);
                    (renamed_key(&key, naming), value)
                })
                .collect(),
        ),
        Value::Tagged(tag, value) => {
            Value::Tagged(tag, Box::new(renamed_value(*value, key, naming)))
        }
        Value::Alias(name) => Value::Alias(name),
    }
}

/// The text of a copied scalar; `key` is that of its entry.
pub fn renamed_scalar(text: &str, key: Option<&str>, naming: &Naming) -> String {
    if text.contains('\n') {
        return renamed_copy(text, naming, &[]);
    }
    let line = Line::of_value(text, key);
    naming.rename_where(text, &[], |start, end| line.can_name(start, end))
}

/// A copied key.
pub fn renamed_key(key: &str, naming: &Naming) -> String {
    let line = format!("{key}:");
    naming.rename_where(key, &[], |start, end| can_stand(&line, start, end))
}

/// The names in a text of environments below the target: the source's anywhere, those of others where
/// they can stand.
pub fn lower_names_in_text<'t>(text: &'t str, naming: &Naming) -> Vec<&'t str> {
    let mut found = Vec::new();
    for line in text.lines() {
        let end = comment_start(line);
        find_lower(line, naming, &mut found, |from, to| {
            from < end && can_stand(line, from, to)
        });
    }
    found
}

/// The same in a value; `key` is that of its entry.
pub fn lower_names_in_value<'v>(
    value: &'v Value,
    key: Option<&str>,
    naming: &Naming,
) -> Vec<&'v str> {
    match value {
        Value::Scalar { text, .. } if text.contains('\n') => lower_names_in_text(text, naming),
        Value::Scalar { text, .. } => {
            let line = Line::of_value(text, key);
            let mut found = Vec::new();
            find_lower(text, naming, &mut found, |from, to| line.can_name(from, to));
            found
        }
        Value::Sequence(items) => (items.iter())
            .flat_map(|item| lower_names_in_value(item, None, naming))
            .collect(),
        Value::Mapping(entries) => (entries.iter())
            .flat_map(|(key, value)| {
                let mut found = lower_names_in_text(key, naming);
                found.extend(lower_names_in_value(value, Some(key), naming));
                found
            })
            .collect(),
        Value::Tagged(_, value) => lower_names_in_value(value, key, naming),
        Value::Alias(_) => Vec::new(),
    }
}

fn find_lower<'t>(
    text: &'t str,
    naming: &Naming,
    found: &mut Vec<&'t str>,
    can_stand: impl Fn(usize, usize) -> bool,
) {
    for hit in naming.in_text(text) {
        let name = &text[hit.start..hit.end];
        let is_found = match hit.side {
            Side::Source(_) => true,
            Side::Target(_) => false,
            Side::Other => naming.is_lower(name) && can_stand(hit.start, hit.end),
        };
        if is_found {
            found.push(name);
        }
    }
}

/// A value as the line that it has in a file.
struct Line {
    text: String,
    /// Where the value starts in it.
    start: usize,
}

impl Line {
    fn of_value(value: &str, key: Option<&str>) -> Self {
        let head = key.map_or_else(|| "- ".to_owned(), |key| format!("{key}: "));
        Self {
            start: head.len(),
            text: head + value,
        }
    }

    /// Whether the word at `start..end` of the value can be the name of an environment.
    fn can_name(&self, start: usize, end: usize) -> bool {
        can_stand(&self.text, self.start + start, self.start + end)
    }
}

/// Where the comment of a line begins, else the line's end.
fn comment_start(line: &str) -> usize {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in line.bytes().enumerate() {
        match (quote, byte) {
            (None, b'#') if before.is_ascii_whitespace() => return at,
            // An apostrophe within a word is no quote.
            (None, b'"' | b'\'') if !before.is_ascii_alphanumeric() => quote = Some(byte),
            (Some(open), _) if byte == open => quote = None,
            _ => {}
        }
        before = byte;
    }
    line.len()
}

/// Whether the word at `start..end` of a line can be the name of an environment.
fn can_stand(line: &str, start: usize, end: usize) -> bool {
    let token = Token::around(line, start, end);
    if token.is_in_expression() || token.has_other_key() {
        return false;
    }
    if token.text.starts_with('/') {
        return false;
    }
    if let Some((scheme, rest)) = token.text.split_once("://") {
        return is_in_url(scheme, rest, token.at.saturating_sub(scheme.len() + 3));
    }
    if let Some(at) = token.text.find('@') {
        return token.at > at && is_in_host(&token.text[at + 1..], token.at - at - 1);
    }
    let image = ImageReference::parse(token.text);
    if image.is_some_and(|image| image.has_version() && image.name.contains('/')) {
        return false;
    }
    let first = token.text.split('/').next().unwrap_or(token.text);
    let is_host = first.trim_matches('.').contains('.');
    if is_host && token.at >= first.len() {
        return false;
    }
    if is_host {
        return !(token.is_key && token.text.contains('/')) && is_in_host(first, token.at);
    }
    if token.is_key && (token.is_bare() || token.text.contains('/')) {
        return false;
    }
    !(token.is_bare() && token.is_in_sentence())
}

/// Whether a name can stand at an offset into a URL after its scheme.
fn is_in_url(scheme: &str, rest: &str, at: usize) -> bool {
    if matches!(scheme, "oci" | "docker" | "file") {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    if at >= authority.len() {
        return true;
    }
    let host = authority.rfind('@').map_or(0, |sign| sign + 1);
    at >= host && is_in_host(&authority[host..], at - host)
}

/// Whether an offset is in a label of a host that is not its last one.
fn is_in_host(host: &str, at: usize) -> bool {
    let host = host.split([':', '/']).next().unwrap_or(host);
    host.rfind('.').is_none_or(|last| at < last)
}

/// The word of a line without blanks that contains a name.
struct Token<'l> {
    line: &'l str,
    text: &'l str,
    start: usize,
    end: usize,
    /// Where the name starts in it.
    at: usize,
    name: &'l str,
    /// Whether it is the key of an entry.
    is_key: bool,
}

impl<'l> Token<'l> {
    fn around(line: &'l str, start: usize, end: usize) -> Self {
        let bytes = line.as_bytes();
        let is_edge = |at: usize| {
            let byte = bytes[at];
            let ends_key = || bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
            byte.is_ascii_whitespace()
                || b"\"'`,;()[]{}<>|=".contains(&byte)
                || byte == b':' && ends_key()
        };
        let from = (0..start)
            .rev()
            .find(|at| is_edge(*at))
            .map_or(0, |at| at + 1);
        let to = (end..bytes.len())
            .find(|at| is_edge(*at))
            .unwrap_or(bytes.len());
        let after = line[to..].trim_start_matches(['"', '\'']);
        Self {
            line,
            text: &line[from..to],
            start: from,
            end: to,
            at: start - from,
            name: &line[start..end],
            is_key: after.starts_with(": ") || after.trim_end() == ":",
        }
    }

    /// Whether the token is nothing but the name.
    fn is_bare(&self) -> bool {
        self.text == self.name
    }

    /// Whether it is inside the braces of a template's expression.
    fn is_in_expression(&self) -> bool {
        let before = &self.line[..self.start];
        before.rfind("{{") > before.rfind("}}")
    }

    /// The text before it, without quotes and blanks.
    fn before(&self) -> &'l str {
        self.line[..self.start].trim_end_matches([' ', '\t', '"', '\''])
    }

    /// Whether its key belongs to something else than an environment's names.
    fn has_other_key(&self) -> bool {
        let Some(before) = self.before().strip_suffix([':', '=']) else {
            return false;
        };
        let before = before.trim_end_matches(['"', '\'']);
        let key = before
            .rsplit([' ', '\t', '{', ',', '"', '\'', '-', '_', '.', '/'])
            .next();
        let key = key.unwrap_or(before).to_ascii_lowercase();
        OTHER_KEYS.contains(&key.as_str())
            || IMAGE_KEYS
                .iter()
                .chain(&SECRET_KEYS)
                .any(|end| key.ends_with(end))
    }

    /// Whether there are words on both sides of it, or two on one, and it is no option's value.
    fn is_in_sentence(&self) -> bool {
        let before = self.before();
        if before.ends_with([':', '=', ',', '[', '(']) {
            return false;
        }
        let value = before.rsplit_once(": ").map_or(before, |(_, value)| value);
        let value = value.trim_start_matches([' ', '-', '"', '\'']);
        let words_before = value.split_whitespace().count();
        let is_option = before
            .rsplit(char::is_whitespace)
            .next()
            .is_some_and(|w| w.starts_with("--"));
        let after = self.line[self.end..].split_whitespace();
        let words_after = after
            .filter(|word| word.bytes().any(|b| b.is_ascii_alphanumeric()))
            .count();
        !is_option && words_before + words_after > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Environment;

    fn copy(text: &str) -> String {
        let (from, to) = (Environment::named("dev"), Environment::named("prod"));
        renamed_copy(text, &Naming::new(from, to, []), &[])
    }

    #[test]
    fn a_name_is_replaced_where_it_can_stand() {
        for (text, expected) in [
            ("name: web-dev", "name: web-prod"),
            ("namespace: dev", "namespace: prod"),
            ("  environment: \"dev\"", "  environment: \"prod\""),
            ("- ../../base/dev/x.yaml", "- ../../base/prod/x.yaml"),
            ("path: apps/dev", "path: apps/prod"),
            ("host: api.dev.example.com", "host: api.prod.example.com"),
            (
                "url: https://api.dev.example.com:8443/dev?x=dev",
                "url: https://api.prod.example.com:8443/prod?x=prod",
            ),
            (
                "url: https://someone@dev.example.com",
                "url: https://someone@prod.example.com",
            ),
            ("- --env=dev", "- --env=prod"),
            ("args: [--env, dev]", "args: [--env, prod]"),
            (
                "command: serve --env dev --fast",
                "command: serve --env prod --fast",
            ),
            ("db-dev: x", "db-prod: x"),
            (
                "{name: web-dev, secretName: tls-dev}",
                "{name: web-prod, secretName: tls-prod}",
            ),
            ("DB_HOST=db.dev.svc", "DB_HOST=db.prod.svc"),
        ] {
            assert_eq!(copy(text), expected, "{text}");
        }
    }

    #[test]
    fn a_word_that_names_something_else_stays() {
        for text in [
            "# for dev only",
            "name: web # in dev",
            "newTag: 1 # {\"$imagepolicy\": \"dev:web:tag\"}",
            "apiVersion: dev/v1",
            "apiVersion: things.dev/v1",
            "image: acme/dev/web:1",
            "\"image\": \"acme/dev/web\",",
            "repository: acme/web-dev",
            "- ghcr.io/acme/dev-tools/web",
            "- ghcr.io/acme/web-dev:1.2.3",
            "path: /dev/null",
            "url: https://example.dev/x",
            "host: example.dev",
            "url: https://user:dev@example.com",
            "email: dev@example.com",
            "password: dev-123",
            "DB_PASSWORD=dev",
            "description: Only the dev team uses this",
            "dev.example.com/owner: x",
            "dev: {replicas: 1}",
            "value: {{ .Values.dev }}",
            "dept: devices",
        ] {
            assert_eq!(copy(text), text);
        }
    }
}
