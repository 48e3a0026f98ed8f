//! Patterns of keys that end at a field, such as `$.images.newTag`.
//!
//! All keys after `$.`, else the last ones. Case, `-` and `_` do not matter. `*` is any key, `*image`
//! any that ends so, `*_TAG` any whose last word is that.

/// Patterns, each with what it stands for. Every field of every file is looked up in them, so that
/// they are taken apart once, and sorted by the letters that a field's key ends with.
pub(super) struct PlacePatterns<T> {
    all: Vec<(KeyPath, T)>,
    /// The positions in `all` of the patterns that can match a key with this ending.
    by_ending: Vec<Vec<usize>>,
    /// The patterns of single keys, each once.
    keys: Vec<KeyPattern>,
    /// The positions in `keys` of those that can match a key with this ending.
    keys_by_ending: Vec<Vec<usize>>,
}

impl<T> FromIterator<(&'static str, T)> for PlacePatterns<T> {
    fn from_iter<I: IntoIterator<Item = (&'static str, T)>>(patterns: I) -> Self {
        let mut keys = Vec::new();
        let parsed = patterns
            .into_iter()
            .map(|(text, value)| (KeyPath::parse(text, &mut keys), value));
        let all: Vec<_> = parsed.collect();
        let last = |(path, _): &(KeyPath, T)| path.keys.first().copied();
        let by_ending = by_ending(all.iter().map(|path| last(path).map(|at| &keys[at])));
        Self {
            all,
            by_ending,
            keys_by_ending: self::by_ending(keys.iter().map(Some)),
            keys,
        }
    }
}

/// The positions of the patterns that can match a key with each ending.
fn by_ending<'p>(patterns: impl Iterator<Item = Option<&'p KeyPattern>>) -> Vec<Vec<usize>> {
    let mut by_ending = vec![Vec::new(); ENDINGS];
    for (at, pattern) in patterns.enumerate() {
        match pattern.and_then(KeyPattern::ending) {
            Some(ending) => by_ending[ending].push(at),
            None => by_ending.iter_mut().for_each(|all| all.push(at)),
        }
    }
    by_ending
}

impl<T> PlacePatterns<T> {
    /// What the patterns stand for that match a field's keys, in their order.
    pub(super) fn matching(&self, keys: &[String]) -> impl Iterator<Item = &T> {
        let possible = keys
            .last()
            .map_or(&[][..], |key| with_ending(&self.by_ending, key));
        let all = possible.iter().map(|at| &self.all[*at]);
        all.filter(move |(path, _)| path.matches(keys, &self.keys))
            .map(|(_, value)| value)
    }

    /// What the patterns stand for whose keys are all among these, wherever those are in a text.
    pub(super) fn among(&self, keys: &[&str]) -> impl Iterator<Item = &T> {
        let mut is_there = vec![false; self.keys.len()];
        for key in keys {
            for at in with_ending(&self.keys_by_ending, key) {
                is_there[*at] = is_there[*at] || self.keys[*at].matches(key);
            }
        }
        let all = self.all.iter();
        all.filter(move |(path, _)| path.keys.iter().all(|at| is_there[*at]))
            .map(|(_, value)| value)
    }
}

/// The positions for the ending of a key.
fn with_ending<'p>(by_ending: &'p [Vec<usize>], key: &str) -> &'p [usize] {
    ending(letters(key)).map_or(&[], |ending| &by_ending[ending])
}

/// How many endings are told apart.
const ENDINGS: usize = 32 * 32;

/// A number for the last two letters, given from the last to the first; several endings can have the same.
fn ending(mut letters: impl Iterator<Item = u8>) -> Option<usize> {
    let [last, before] = [letters.next()?, letters.next().unwrap_or_default()];
    Some(usize::from(last % 32) * 32 + usize::from(before % 32))
}

/// A pattern of keys.
struct KeyPath {
    /// The positions of their patterns, from the last to the first.
    keys: Vec<usize>,
    /// Whether there may be no key before the first.
    is_whole: bool,
}

/// A pattern of one key; letters stand from the last to the first.
#[derive(PartialEq)]
enum KeyPattern {
    Any,
    LastWord(&'static str),
    EndsWith(Vec<u8>),
    Is(Vec<u8>),
}

impl KeyPath {
    /// Parses a pattern, and adds the patterns of its keys to those that are known.
    fn parse(text: &'static str, known: &mut Vec<KeyPattern>) -> Self {
        let whole = text.strip_prefix("$.");
        let mut position = |key| {
            let key = KeyPattern::parse(key);
            let found = known.iter().position(|other| *other == key);
            found.unwrap_or_else(|| {
                known.push(key);
                known.len() - 1
            })
        };
        Self {
            keys: whole
                .unwrap_or(text)
                .rsplit('.')
                .map(&mut position)
                .collect(),
            is_whole: whole.is_some(),
        }
    }

    fn matches(&self, keys: &[String], patterns: &[KeyPattern]) -> bool {
        let mut left = keys.iter().rev();
        let is_end = self
            .keys
            .iter()
            .all(|at| left.next().is_some_and(|key| patterns[*at].matches(key)));
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

    /// The ending of all keys that it can match, if they have one; it has at least two letters.
    fn ending(&self) -> Option<usize> {
        match self {
            Self::Any => None,
            Self::LastWord(word) => ending(letters(word)),
            Self::EndsWith(end) | Self::Is(end) => ending(end.iter().copied()),
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

    #[test]
    fn patterns_are_among_keys_that_have_all_of_theirs() {
        let patterns = ["$.images.newTag", "*image.tag", "*_TAG", "*.version", "sha"];
        let patterns: PlacePatterns<&str> = patterns.into_iter().map(|p| (p, p)).collect();
        for (keys, expected) in [
            ("newTag name images", "$.images.newTag *_TAG"),
            ("new-tag", "*_TAG"),
            ("tag web_image", "*image.tag *_TAG"),
            ("tag image.name", "*_TAG"),
            ("version", "*.version"),
            ("SHA", "sha"),
            ("a s ha", ""),
            ("", ""),
        ] {
            let keys: Vec<&str> = keys.split(' ').collect();
            let found: Vec<&str> = patterns.among(&keys).copied().collect();
            assert_eq!(found.join(" "), expected, "{keys:?}");
        }
    }
}
