//! Wildcards and `JSONPath`s as Codefresh's manifests have them.

/// A regular expression for a text in which `*` is any part.
pub(super) fn wildcard_regex(text: &str) -> String {
    let parts: Vec<String> = text.split('*').map(regex::escape).collect();
    format!("(?s)^{}$", parts.join(".*"))
}

/// A glob for a text in which only `*` is special.
pub(super) fn wildcard_glob(text: &str) -> String {
    let mut glob = String::new();
    for c in text.chars() {
        if "?[]{}!\\".contains(c) {
            glob.push('\\');
        }
        glob.push(c);
    }
    glob
}

/// A glob over whole paths for a file below the folder of an application.
pub(super) fn below_application(file: &str) -> String {
    format!(
        "**/{}",
        file.trim_start_matches("./").trim_start_matches('/')
    )
}

/// A `JSONPath` of RFC 9535, which needs brackets around names such as `flask-ui`, and a dot after `$`.
pub(super) fn json_path(text: &str) -> String {
    if let Some(name) = text.strip_prefix('$')
        && name.starts_with(|c: char| c.is_alphabetic() || c == '_')
    {
        return json_path(&format!("$.{name}"));
    }
    let mut path = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['.', '[']) {
        let (before, after) = rest.split_at(at);
        path.push_str(before);
        if after.starts_with('[') {
            let end = end_of_bracket(after);
            path.push_str(&after[..end]);
            rest = &after[end..];
            continue;
        }
        let dots = after.len() - after.trim_start_matches('.').len();
        let name = &after[dots..];
        let name = &name[..name.find(['.', '[']).unwrap_or(name.len())];
        let is_plain = |c: char| c.is_alphanumeric() || c == '_';
        if name.is_empty() || name == "*" || name.chars().all(is_plain) {
            path.push_str(&after[..dots + name.len()]);
        } else {
            // `..` stays before a bracket, a single dot does not.
            path.push_str(if dots > 1 { &after[..dots] } else { "" });
            path.extend(["['", name, "']"]);
        }
        rest = &after[dots + name.len()..];
    }
    path.push_str(rest);
    path
}

/// Where a bracket at the start of a text ends; quotes may contain brackets.
fn end_of_bracket(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        if quote == Some(c) {
            quote = None;
        } else if quote.is_none() && matches!(c, '\'' | '"') {
            quote = Some(c);
        } else if quote.is_none() && c == ']' {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::JsonPath;

    #[test]
    fn names_with_dashes_get_brackets() {
        for (text, expected) in [
            ("$.image.tag", "$.image.tag"),
            ("$.flask-ui.image.tag", "$['flask-ui'].image.tag"),
            ("$..image-tag", "$..['image-tag']"),
            ("$.a.*", "$.a.*"),
            ("$[\"a.b-c\"].d-e", "$[\"a.b-c\"]['d-e']"),
            ("$.a[0].b-c[1]", "$.a[0]['b-c'][1]"),
            ("$", "$"),
        ] {
            let path = json_path(text);
            assert_eq!(path, expected);
            assert!(JsonPath::parse(&path).is_ok(), "{path}");
        }
    }

    #[test]
    fn only_an_asterisk_is_special() {
        let regex = regex::Regex::new(&wildcard_regex("*[promotion:to.prod]*")).unwrap();
        assert!(regex.is_match("fix\n\n[promotion:to.prod] now"));
        assert!(!regex.is_match("[promotion:to-prod]"));
        let glob = globset::Glob::new(&wildcard_glob("!feature/{a}*")).unwrap();
        let glob = glob.compile_matcher();
        assert!(glob.is_match("!feature/{a}-1") && !glob.is_match("!feature/a"));
    }
}
