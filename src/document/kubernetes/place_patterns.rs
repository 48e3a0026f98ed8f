//! Patterns of keys that end at a field, such as `$.images.newTag`.
//!
//! All keys after `$.`, else the last ones. Case, `-` and `_` do not matter. `*` is any key, `*image`
//! any that ends so, `*_TAG` any whose last word is that.

/// Patterns, each with what it stands for. Every field of every file is looked up in them, so that
/// they are taken apart once, and sorted by the letter that a field's key ends with.
pub(super) struct PlacePatterns<T> {
    all: Vec<(KeyPath, T)>,
    /// The positions in `all` of the patterns that can match a key that ends with this letter.
    by_letter: Vec<Vec<usize>>,
}

impl<T> FromIterator<(&'static str, T)> for PlacePatterns<T> {
    fn from_iter<I: IntoIterator<Item = (&'static str, T)>>(patterns: I) -> Self {
        let parsed = patterns
            .into_iter()
            .map(|(text, value)| (KeyPath::parse(text), value));
        let all: Vec<_> = parsed.collect();
        let ending_with = |letter: u8| {
            let positions = all.iter().enumerate();
            let fitting = positions.filter(|(_, (path, _))| path.can_end_with(letter));
            fitting.map(|(at, _)| at).collect()
        };
        let by_letter = (0..=u8::MAX).map(ending_with).collect();
        Self { all, by_letter }
    }
}

impl<T> PlacePatterns<T> {
    /// What the patterns stand for that match a field's keys, in their order.
    pub(super) fn matching(&self, keys: &[String]) -> impl Iterator<Item = &T> {
        let possible = keys.last().map(|key| self.with_last_key(key));
        possible
            .into_iter()
            .flatten()
            .filter(move |(path, _)| path.matches(keys))
            .map(|(_, value)| value)
    }

    /// What the patterns stand for whose keys are all among these, wherever those are in a text.
    pub(super) fn among(&self, keys: &[&str]) -> impl Iterator<Item = &T> {
        let ending = keys.iter().flat_map(|key| {
            let possible = self.with_last_key(key);
            possible
                .filter(move |(path, _)| path.keys.first().is_some_and(|last| last.matches(key)))
        });
        let is_there = |pattern: &KeyPattern| keys.iter().any(|key| pattern.matches(key));
        ending
            .filter(move |(path, _)| path.keys.iter().skip(1).all(is_there))
            .map(|(_, value)| value)
    }

    fn with_last_key(&self, key: &str) -> impl Iterator<Item = &(KeyPath, T)> {
        let letter = letters(key).next();
        let possible = letter.map_or(&[][..], |letter| &self.by_letter[usize::from(letter)]);
        possible.iter().map(|at| &self.all[*at])
    }
}

/// A pattern of keys.
struct KeyPath {
    /// From the last to the first.
    keys: Vec<KeyPattern>,
    /// Whether there may be no key before the first.
    is_whole: bool,
}

/// A pattern of one key; letters stand from the last to the first.
enum KeyPattern {
    Any,
    LastWord(&'static str),
    EndsWith(Vec<u8>),
    Is(Vec<u8>),
}

impl KeyPath {
    fn parse(text: &'static str) -> Self {
        let whole = text.strip_prefix("$.");
        Self {
            keys: whole
                .unwrap_or(text)
                .rsplit('.')
                .map(KeyPattern::parse)
                .collect(),
            is_whole: whole.is_some(),
        }
    }

    fn can_end_with(&self, letter: u8) -> bool {
        match self.keys.first() {
            Some(KeyPattern::LastWord(word)) => letters(word).next() == Some(letter),
            Some(KeyPattern::EndsWith(end) | KeyPattern::Is(end)) => end.first() == Some(&letter),
            Some(KeyPattern::Any) | None => true,
        }
    }

    fn matches(&self, keys: &[String]) -> bool {
        let mut left = keys.iter().rev();
        let is_end = self
            .keys
            .iter()
            .all(|pattern| left.next().is_some_and(|key| pattern.matches(key)));
        is_end && !(self.is_whole && left.next().is_some())
    }
}

impl KeyPattern {
    fn parse(text: &'static str) -> Self {
        if text == "*" {
            Self::Any
        } else if let Some(word) = text.strip_prefix("*_") {
            Self::LastWord(word)
        } else if let Some(end) = text.strip_prefix('*') {
            Self::EndsWith(letters(end).collect())
        } else {
            Self::Is(letters(text).collect())
        }
    }

    fn matches(&self, key: &str) -> bool {
        match self {
            Self::Any => true,
            Self::LastWord(word) => has_last_word(key, word),
            Self::EndsWith(end) => {
                let mut key = letters(key);
                end.iter().all(|letter| key.next() == Some(*letter))
            }
            Self::Is(wanted) => letters(key).eq(wanted.iter().copied()),
        }
    }
}

/// The characters of a key that matter, from the last to the first.
fn letters(key: &str) -> impl Iterator<Item = u8> {
    let kept = key.bytes().rev().filter(|b| !matches!(b, b'-' | b'_'));
    kept.map(|b| b.to_ascii_lowercase())
}

/// Whether the last word of a name such as `WEB_TAG`, `web-tag` or `webTag` is `word`, in any case.
fn has_last_word(name: &str, word: &str) -> bool {
    let Some(at) = name.len().checked_sub(word.len()) else {
        return false;
    };
    let bytes = name.as_bytes();
    bytes[at..].eq_ignore_ascii_case(word.as_bytes())
        && at.checked_sub(1).is_none_or(|before| {
            !bytes[before].is_ascii_alphanumeric()
                || !bytes[before].is_ascii_uppercase() && bytes[at].is_ascii_uppercase()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_the_keys_that_end_at_a_field() {
        let patterns = ["$.images.newTag", "*image.tag", "*_TAG", "*.version", "tag"];
        let patterns: PlacePatterns<&str> = patterns.into_iter().map(|p| (p, p)).collect();
        for (keys, expected) in [
            ("images newTag", "$.images.newTag *_TAG"),
            ("images new-tag", "$.images.newTag *_TAG"),
            ("images new_TAG", "$.images.newTag *_TAG"),
            ("spec images newtag", ""),
            ("images newtag", "$.images.newTag"),
            ("webImage tag", "*image.tag *_TAG tag"),
            ("image tag_", "*image.tag tag"),
            ("a web-image tag", "*image.tag *_TAG tag"),
            ("WEB_TAG", "*_TAG"),
            ("webTag", "*_TAG"),
            ("webtag", ""),
            ("any version", "*.version"),
            ("version", ""),
            ("image", ""),
            ("1", ""),
            ("_", ""),
            ("", ""),
        ] {
            let keys: Vec<String> = keys.split(' ').map(str::to_owned).collect();
            let found: Vec<&str> = patterns.matching(&keys).copied().collect();
            assert_eq!(found.join(" "), expected, "{keys:?}");
        }
    }
}
