//! Patterns over the keys of places in text files: `parent/key`.

use globset::GlobSet;
use serde_json::Value as Json;

use super::rules::glob;

/// A pattern over keys that `/` joins; it also matches everything below them.
pub(super) struct KeyPattern {
    text: String,
    /// `None` if the text is no glob, such as a template's control line.
    glob: Option<GlobSet>,
}

impl KeyPattern {
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            glob: glob(text).ok(),
        }
    }

    /// Whether the pattern matches keys, or those of a place above.
    pub(super) fn matches(&self, keys: &str) -> bool {
        let ends = keys.match_indices(['/', '[']).map(|(at, _)| at);
        let mut above = ends.chain([keys.len()]).map(|end| &keys[..end]);
        above.any(|keys| {
            self.text == keys || self.glob.as_ref().is_some_and(|glob| glob.is_match(keys))
        })
    }

    /// Whether the pattern matches a place in a document; which item of a list it names does not count.
    pub(super) fn is_in(&self, json: &Json) -> bool {
        let without_items = without_brackets(&self.text);
        let without_number = match without_items.rsplit_once('~') {
            Some((keys, number)) if number.bytes().all(|b| b.is_ascii_digit()) => keys,
            _ => &without_items,
        };
        let patterns = [&without_items, without_number].map(Self::new);
        let mut pending = vec![(String::new(), json)];
        while let Some((keys, json)) = pending.pop() {
            if patterns.iter().any(|pattern| pattern.matches(&keys)) {
                return true;
            }
            match json {
                Json::Object(entries) => pending.extend(entries.iter().map(|(key, json)| {
                    let is_block = key.starts_with("{{") || key.starts_with("{%");
                    let keys = match keys.as_str() {
                        keys if is_block && json.is_object() => keys.to_owned(),
                        "" => key.clone(),
                        keys => format!("{keys}/{key}"),
                    };
                    (keys, json)
                })),
                Json::Array(items) => {
                    pending.extend(items.iter().map(|item| (keys.clone(), item)));
                }
                _ => {}
            }
        }
        false
    }
}

/// The keys without the names of list items.
fn without_brackets(keys: &str) -> String {
    let mut depth = 0_usize;
    let is_outside = |c: &char| {
        match c {
            '[' => depth += 1,
            ']' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    keys.chars().filter(is_outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_keys_and_all_below_them() {
        for (pattern, keys, expected) in [
            ("image/tag", "image/tag", true),
            ("image", "image/tag", true),
            ("image/*", "image/tag", true),
            ("*", "image/tag", true),
            ("tag", "image/tag", false),
            ("**/tag", "image/tag", true),
            ("image/ta", "image/tag", false),
            ("API_*", "API_TAG", true),
            ("env", "env[A]/value", true),
            ("env/value", "env[A]/value", false),
            ("a/{{- if .x }}", "a/{{- if .x }}", true),
            ("[server]/port", "[server]/port", true),
        ] {
            let pattern_ = KeyPattern::new(pattern);
            assert_eq!(pattern_.matches(keys), expected, "{pattern} on {keys}");
        }
    }

    #[test]
    fn a_place_is_found_in_a_document() {
        let json =
            serde_json::json!({"{{ if .x }}": {"image": {"tag": "1"}}, "env": [{"name": "A"}]});
        for (pattern, expected) in [
            ("image/tag", true),
            ("image/tag~2", true),
            ("env[A]/name", true),
            ("env[A]/value", false),
            ("tag", false),
        ] {
            assert_eq!(KeyPattern::new(pattern).is_in(&json), expected, "{pattern}");
        }
    }
}
