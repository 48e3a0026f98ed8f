//! Versions within longer texts: digests, commit ids, dotted versions.

use std::collections::BTreeSet;
use std::ops::Range;

/// The version changes of a promotion, to recognize the same changes elsewhere.
#[derive(Clone, Default, Debug)]
pub struct VersionPairs {
    pairs: BTreeSet<(String, String)>,
}

impl VersionPairs {
    /// Adds the changed words of a value that moves from `before` to `after`.
    ///
    /// Only words that can only be versions count: never a bare `1` or `true`. A commit id or a digest
    /// also counts without the rest of its word, as in `main-0a1b2c3`.
    pub fn learn(&mut self, before: &str, after: &str) {
        let (old, new) = (whole_words(before), whole_words(after));
        if old.len() != new.len() {
            return;
        }
        for (o, n) in old.into_iter().zip(new) {
            self.add(&before[o.clone()], &after[n.clone()]);
            if let ([old], [new]) = (
                words(&before[o.clone()]).as_slice(),
                words(&after[n.clone()]).as_slice(),
            ) {
                let (old, new) = (&before[o][old.clone()], &after[n][new.clone()]);
                if is_hex_id(old) && is_hex_id(new) {
                    self.add(old, new);
                }
            }
        }
    }

    fn add(&mut self, old: &str, new: &str) {
        if old != new && !words(old).is_empty() && !words(new).is_empty() {
            self.pairs.insert((old.to_owned(), new.to_owned()));
        }
    }

    /// Whether two texts only differ by known changes of whole words.
    pub fn explain(&self, before: &str, after: &str) -> bool {
        if self.pairs.is_empty() || before == after {
            return false;
        }
        let (old, new) = (whole_words(before), whole_words(after));
        if old.len() != new.len() {
            return false;
        }
        let (mut done_old, mut done_new) = (0, 0);
        for (o, n) in old.into_iter().zip(new) {
            let is_known = before[o.clone()] == after[n.clone()]
                || self
                    .pairs
                    .contains(&(before[o.clone()].to_owned(), after[n.clone()].to_owned()));
            if !is_known || before[done_old..o.start] != after[done_new..n.start] {
                return false;
            }
            (done_old, done_new) = (o.end, n.end);
        }
        before[done_old..] == after[done_new..]
    }
}

/// Whether a text contains a version, also as the end of a longer word such as `backup-1.4.2`.
pub fn has_version(text: &str, version: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
    !words(version).is_empty()
        && text.match_indices(version).any(|(start, _)| {
            let before = text.as_bytes()[..start].last();
            let after = text.as_bytes().get(start + version.len());
            !before.is_some_and(|byte| is_part(*byte))
                && !after.is_some_and(u8::is_ascii_alphanumeric)
        })
}

/// The words of a text, as URLs, references, flags and sentences separate them.
fn whole_words(text: &str) -> Vec<Range<usize>> {
    let is_part = |byte: u8| is_word_byte(byte) || byte == b'_' || !byte.is_ascii();
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() && is_part(bytes[at]) {
            at += 1;
        }
        // The full stop of a sentence is not part of a word.
        let word = text[start..at].trim_end_matches('.');
        if word.is_empty() {
            at = at.max(start + 1);
        } else {
            found.push(start..start + word.len());
        }
    }
    found
}

/// The digests, commit ids and dotted versions in a text, in order.
pub(super) fn words(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if !is_word_byte(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && is_word_byte(bytes[at]) {
            at += 1;
        }
        // The full stop of a sentence and the ending of a file's name are not part of a version.
        let word = text[start..at].trim_end_matches(['.', '-', '+']);
        let endings = [".tar.gz", ".tgz", ".zip", ".yaml", ".yml", ".json"];
        let word = endings
            .iter()
            .find_map(|ending| word.strip_suffix(ending))
            .unwrap_or(word);
        let end = start + word.len();
        if is_version_word(word) {
            found.push(start..end);
        } else {
            // `app-1.2.3`, `main-0a1b2c3d`: the version follows a dash.
            let mut from = start;
            while let Some(dash) = text[from..end].find('-') {
                from += dash + 1;
                if is_version_word(&text[from..end]) {
                    found.push(from..end);
                    break;
                }
            }
        }
    }
    found
}

fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'+')
}

/// Whether the whole text is a commit id, a digest or a dotted version.
pub fn is_version(text: &str) -> bool {
    let text = text.strip_prefix("sha256:").unwrap_or(text);
    is_version_word(text)
}

fn is_version_word(word: &str) -> bool {
    is_hex_id(word) || is_dotted(word)
}

/// Seven or more hexadecimal digits with at least one digit: a commit id or a digest.
pub(super) fn is_hex_id(word: &str) -> bool {
    (7..=128).contains(&word.len())
        && word
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        && word.bytes().any(|b| b.is_ascii_digit())
        && (word.bytes().any(|b| b.is_ascii_alphabetic()) || word.len() >= 12)
}

/// `1.2`, `v1.2.3-rc.1+build`.
fn is_dotted(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let core = digits.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = core.split('.');
    let first = numbers.next().is_some_and(is_number);
    let mut more = 0;
    for part in numbers {
        let lead = part.trim_start_matches(|c: char| c.is_ascii_digit());
        if lead.len() == part.len() {
            return false;
        }
        more += 1;
    }
    first && more > 0
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a version is fixed: a digest, a commit id, or anything with a digit in it.
pub fn is_pinned(version: &str) -> bool {
    !is_moving(version) && version.bytes().any(|b| b.is_ascii_digit())
}

/// Whether a version is floating: `latest`, a branch, a wildcard.
pub fn is_moving(version: &str) -> bool {
    const MOVING: &[&str] = &[
        "latest",
        "main",
        "master",
        "head",
        "stable",
        "edge",
        "nightly",
        "canary",
        "develop",
        "dev",
        "development",
        "staging",
        "prod",
        "production",
        "trunk",
        "snapshot",
        "rolling",
        "current",
    ];
    let lower = version.to_ascii_lowercase();
    let name = lower.strip_prefix("refs/heads/").unwrap_or(&lower);
    MOVING.contains(&name)
        || lower.starts_with("refs/heads/")
        // A Git branch; a tag with a slash would start with `refs/tags/`.
        || lower.contains('/') && !lower.starts_with("refs/tags/")
        || matches!(lower.as_str(), "*" | "x")
        // A range moves with each release that it includes.
        || lower.starts_with(['^', '~', '>', '<'])
        || lower.contains(" - ")
        || lower.contains("||")
        || lower
            .rsplit_once('.')
            .is_some_and(|(_, last)| matches!(last, "x" | "*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        words(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn versions_are_found_within_longer_texts() {
        assert_eq!(
            found("https://x/y?ref=062d00d304d6fba316085784f3b948217fc99d12"),
            ["062d00d304d6fba316085784f3b948217fc99d12"]
        );
        assert_eq!(found("repo/app:v1.2.3-rc.1"), ["v1.2.3-rc.1"]);
        assert_eq!(found("see release 1.4."), ["1.4"]);
        assert_eq!(found("app-2.0.1"), ["2.0.1"]);
        assert_eq!(found("v2.0.1/app-2.0.1.tar.gz"), ["v2.0.1", "2.0.1"]);
        assert_eq!(found("a@sha256:0123456789abcdef0"), ["0123456789abcdef0"]);
    }

    #[test]
    fn a_version_is_in_a_text_if_it_is_a_word_of_its_own() {
        for (text, version, expected) in [
            ("backup-1.4.2", "1.4.2", true),
            ("web 1.4.2, 12 jobs", "1.4.2", true),
            ("1.4.21", "1.4.2", false),
            ("11.4.2", "1.4.2", false),
            ("0.1.4.2", "1.4.2", false),
            ("1.4.3", "1.4.2", false),
            ("100m", "100m", false),
        ] {
            assert_eq!(has_version(text, version), expected, "{version} in {text}");
        }
    }

    #[test]
    fn numbers_words_and_booleans_are_not_versions() {
        for text in [
            "1",
            "true",
            "deadbeef",
            "facade",
            "100m",
            "2",
            "1234567",
            "example.com",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
    }

    #[test]
    fn the_same_pair_moves_along() {
        let mut pairs = VersionPairs::default();
        pairs.learn("a?ref=1111111a", "a?ref=2222222b");
        assert!(pairs.explain("b/1111111a/c", "b/2222222b/c"));
        assert!(!pairs.explain("b/3333333c/c", "b/2222222b/c"));
        assert!(!pairs.explain("b/1111111a/c", "x/2222222b/c"));
    }

    #[test]
    fn a_pair_only_moves_along_as_a_whole_word() {
        let mut pairs = VersionPairs::default();
        pairs.learn("web:2024.04", "web:2024.05");
        pairs.learn("main-1111111a", "main-2222222b");
        for (before, after) in [
            ("2024.04", "2024.05"),
            ("APP_VERSION=2024.04", "APP_VERSION=2024.05"),
            (
                "https://x/2024.04/a?ref=1111111a",
                "https://x/2024.05/a?ref=2222222b",
            ),
            ("--version=2024.04", "--version=2024.05"),
            ("see main-1111111a.", "see main-2222222b."),
        ] {
            assert!(pairs.explain(before, after), "{before}");
        }
        for (before, after) in [
            ("backup-2024.04", "backup-2024.05"),
            ("2024.04.1", "2024.05.1"),
            ("x_2024.04", "x_2024.05"),
            ("é2024.04", "é2024.05"),
            ("next-1111111a", "next-2222222b"),
        ] {
            assert!(!pairs.explain(before, after), "{before}");
        }
    }

    #[test]
    fn moving_names_are_not_pinned() {
        for name in ["latest", "main", "1.x", "^1.2", ">=1.2 <2", "refs/heads/v1"] {
            assert!(is_moving(name) && !is_pinned(name), "{name}");
        }
        for name in ["1.2.3", "v5", "0a1b2c3", "2024-01-01", "sha256:00"] {
            assert!(is_pinned(name), "{name}");
        }
    }
}
