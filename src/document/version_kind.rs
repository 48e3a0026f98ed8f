//! What kind of version a text is.

use super::tokens;

/// What kind of version a text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionKind {
    /// No text.
    Nothing,
    /// A name that others move: `latest`, a branch.
    Moving,
    /// A range: `^1.2`, `>=1.2 <2`, `1.x`.
    Range,
    /// The digest of an image.
    Digest,
    /// A commit id, also one behind a word: `sha-0a1b2c3`.
    Commit,
    /// `1.4.2`, `v760`, `1.4.2+build`.
    Release,
    /// `1.5.0-rc.1`.
    PreRelease,
    /// Anything else with a digit: `pr-123`, `1.4.2-alpine`, `release/2.1`.
    Build,
    /// A word.
    Word,
}

/// Words behind the numbers of a version that is not released yet.
const PRE_RELEASES: [&str; 10] = [
    "alpha", "beta", "rc", "pre", "preview", "dev", "snapshot", "nightly", "a", "b",
];

impl VersionKind {
    /// The kind of a version.
    pub fn of(version: &str) -> Self {
        let version = version.strip_prefix("refs/tags/").unwrap_or(version);
        let has_digit = version.bytes().any(|b| b.is_ascii_digit());
        match version {
            "" => Self::Nothing,
            _ if version.starts_with("sha256:") || version.starts_with("sha512:") => Self::Digest,
            _ if is_range(version) => Self::Range,
            // A branch whose name ends in a number is for one version.
            _ if is_numbered_branch(version) => Self::Build,
            _ if tokens::is_moving(version) => Self::Moving,
            _ if is_digest(version) => Self::Digest,
            _ if is_commit(version) => Self::Commit,
            _ => match numbers(version) {
                Some("") => Self::Release,
                Some(rest) if is_pre_release(rest) => Self::PreRelease,
                _ if has_digit => Self::Build,
                _ => Self::Word,
            },
        }
    }
}

/// Whether a range includes more than another one: it has no upper bound where the other one has, it
/// leaves more numbers open, or it admits pre-releases.
pub fn is_wider_range(range: &str, than: &str) -> bool {
    let admits_pre_releases = |range: &str| range.contains('-') && !range.contains(" - ");
    openness(range) > openness(than) || admits_pre_releases(range) && !admits_pre_releases(than)
}

/// How much a range leaves open: 0 patches, 1 minor versions, 2 everything.
fn openness(range: &str) -> u8 {
    let range = range.trim();
    let has_bound = range.contains('<') || range.contains(" - ");
    let numbers = range.matches('.').count();
    match range.as_bytes().first() {
        Some(b'>') if !has_bound => 2,
        Some(b'*' | b'x' | b'X') => 2,
        Some(b'~') if numbers > 0 => 0,
        Some(b'0'..=b'9' | b'v') if numbers > 1 => 0,
        _ => 1,
    }
}

fn is_range(version: &str) -> bool {
    let is_wildcard = |part: &str| matches!(part, "x" | "X" | "*");
    version.starts_with(['^', '~', '>', '<', '='])
        || version.contains(" - ")
        || version.contains("||")
        || version.split('.').any(is_wildcard)
}

fn is_numbered_branch(version: &str) -> bool {
    let name = version.strip_prefix("refs/heads/").unwrap_or(version);
    let is_branch = version.len() > name.len() || name.contains('/');
    let last = name.rsplit(['/', '-']).next().unwrap_or(name);
    is_branch && numbers(last).is_some_and(str::is_empty)
}

fn is_digest(version: &str) -> bool {
    version.len() == 64 && version.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A commit id; digits alone are a number.
fn is_commit(version: &str) -> bool {
    let is_id = |text: &str| {
        tokens::is_hex_id(text) && text.len() <= 40 && text.bytes().any(|b| b.is_ascii_alphabetic())
    };
    let prefixes = ["sha-", "git-", "commit-"];
    let id = prefixes
        .iter()
        .find_map(|prefix| version.strip_prefix(prefix));
    is_id(id.unwrap_or(version))
}

/// What follows the numbers of a version and its build metadata; `None` if it does not begin with numbers.
fn numbers(version: &str) -> Option<&str> {
    let text = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let text = text.split('+').next().unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let is_number = |part: &str| !part.is_empty();
    numbers.split('.').all(is_number).then_some(rest)
}

fn is_pre_release(rest: &str) -> bool {
    let rest = rest
        .trim_start_matches(['-', '.', '_'])
        .to_ascii_lowercase();
    let end = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    PRE_RELEASES.contains(&&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_follows_from_the_text() {
        use VersionKind::*;
        #[rustfmt::skip]
        let table = [
            (Nothing, &[""] as &[_]),
            (Moving, &["latest", "main", "refs/heads/x", "feature/login", "staging"]),
            (Range, &["^1.2", "~1", ">=1.2 <2", "1.x", "*", "1.2 - 1.4", "1 || 2", "1.2.*"]),
            (Digest, &["sha256:00", "00000000000000000000000000000000000000000000000000000000000000aa"]),
            (Commit, &["0a1b2c3", "sha-0a1b2c3", "9f83e630e631c65c5b405cc32d23020a673339f4"]),
            (Release, &["1.4.2", "v760", "2024.05.1", "20240501", "1.4.2+abc", "refs/tags/v1.4.2"]),
            (PreRelease, &["1.5.0-rc.1", "1.5.0-alpha", "1.5.0rc1", "v1.5.0-SNAPSHOT", "1.5.0-dev.3"]),
            (Build, &["pr-123", "1.4.2-alpine", "release/2.1", "refs/heads/release-2.1", "main-0a1b2c3"]),
            (Word, &["blue"]),
        ];
        for (kind, texts) in table {
            for text in texts {
                assert_eq!(VersionKind::of(text), kind, "{text}");
            }
        }
    }

    #[test]
    fn a_range_is_wider_if_it_includes_more() {
        for (range, than) in [
            (">=1.0.0", "^1.0.0"),
            ("^1.0.0", "~1.0"),
            ("~1", "~1.0"),
            ("*", ">=1.0 <2"),
            (">=1.0.0-alpha", ">=1.0.0"),
            (">=1.3", ">=1.2 <2"),
            ("1.x", "1.2.x"),
        ] {
            assert!(is_wider_range(range, than), "{range} {than}");
            assert!(!is_wider_range(than, range), "{than} {range}");
        }
        for (range, than) in [("^19.1.0", "^18.0.0"), (">=2.1", ">=2.0"), ("~1.2", "~1.1")] {
            assert!(!is_wider_range(range, than), "{range} {than}");
        }
    }
}
