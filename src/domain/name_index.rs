//! Names of environments in a text.
//!
//! # Why
//!
//! A name counts only where it stands between separators or the ends, and at every place the
//! longest known name wins: `pre-prod` is not `prod`, `ring-1` is not `1`, `deva` is not `dev`. What
//! comes before an environment is one of its own, so `pre-staging` is not `staging` either.

/// Names that repositories commonly use; known without configuration, so that
/// `pre-prod` is never taken for `prod`.
const COMMON: &[&str] = &[
    "acceptance",
    "acc",
    "canary",
    "demo",
    "dev",
    "develop",
    "development",
    "e2e",
    "int",
    "integration",
    "live",
    "local",
    "non-prod",
    "nonprod",
    "perf",
    "performance",
    "pre-prod",
    "pre-production",
    "preprod",
    "preproduction",
    "preview",
    "prd",
    "prod",
    "production",
    "qa",
    "sandbox",
    "sit",
    "stage",
    "staging",
    "stg",
    "test",
    "testing",
    "uat",
];

/// Words that make another environment's name of the one that follows: `pre-staging`.
const PREFIXES: [&str; 2] = ["pre", "non"];

/// Whether a name is a usual one of an environment, or has one as a part: `prod-eu`, `uat2`.
pub fn is_usual_environment(name: &str) -> bool {
    let index = NameIndex::new(std::iter::empty(), ());
    let is_usual = |word: &str| {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        COMMON.contains(&word)
    };
    !index.in_path(name).is_empty() || name.split(['-', '_', '.', '/']).any(is_usual)
}

/// One occurrence of a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Occurrence<T> {
    /// Where the name starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Side name it is.
    pub side: T,
}

/// Finds names in texts; each name belongs to a `T`.
#[derive(Clone, Debug)]
pub struct NameIndex<T> {
    /// By first byte, then longest first, so that the first that fits is the longest.
    names: Vec<(String, T)>,
    /// Where the names with a first byte begin and end: most places are ruled out by one look.
    by_first: [(usize, usize); 256],
    common: T,
}

impl<T: Copy> NameIndex<T> {
    /// Finds the given names (of equal ones the first counts) and the common names of
    /// environments, which belong to `common`.
    pub fn new<'a>(given: impl Iterator<Item = (&'a str, T)>, common: T) -> Self {
        let mut names: Vec<(String, T)> = Vec::new();
        let usual = COMMON.iter().map(|name| (*name, common));
        for (name, side) in given.chain(usual) {
            if !name.is_empty() && !names.iter().any(|(known, _)| known == name) {
                names.push((name.to_owned(), side));
            }
        }
        let first = |name: &str| usize::from(name.as_bytes()[0]);
        names.sort_by(|(a, _), (b, _)| {
            let by_length = || b.len().cmp(&a.len());
            (first(a).cmp(&first(b)))
                .then_with(by_length)
                .then_with(|| a.cmp(b))
        });
        let mut by_first = [(0, 0); 256];
        for (at, (name, _)) in names.iter().enumerate() {
            let (begin, end) = &mut by_first[first(name)];
            if *end == 0 {
                *begin = at;
            }
            *end = at + 1;
        }
        Self {
            names,
            by_first,
            common,
        }
    }

    /// Whether a word is one of the names.
    pub fn is_name(&self, word: &str) -> bool {
        self.in_path(word)
            .iter()
            .any(|found| found.start == 0 && found.end == word.len())
    }

    /// The occurrences in a path or a part of one: between `/`, `-`, `.`, `_` or the ends.
    pub fn in_path(&self, text: &str) -> Vec<Occurrence<T>> {
        self.scan(text, |b| matches!(b, b'/' | b'-' | b'.' | b'_'))
    }

    /// The occurrences in free text: between any characters that are not letters or digits.
    pub fn in_text(&self, text: &str) -> Vec<Occurrence<T>> {
        self.scan(text, |b| b.is_ascii() && !b.is_ascii_alphanumeric())
    }

    fn scan(&self, text: &str, is_edge: impl Fn(u8) -> bool) -> Vec<Occurrence<T>> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let at_edge = at == 0 || is_edge(bytes[at - 1]);
            match at_edge.then(|| self.name_at(bytes, at, &is_edge)).flatten() {
                Some(occurrence) => {
                    at = occurrence.end;
                    found.push(occurrence);
                }
                None => at += 1,
            }
        }
        found
    }

    /// The longest name that starts at a place, or one with a prefix that makes it another one.
    fn name_at(
        &self,
        text: &[u8],
        start: usize,
        is_edge: &impl Fn(u8) -> bool,
    ) -> Option<Occurrence<T>> {
        if let Some((end, side)) = self.known_at(text, start, is_edge) {
            return Some(Occurrence { start, end, side });
        }
        let rest = &text[start..];
        let prefix = PREFIXES.iter().find(|p| rest.starts_with(p.as_bytes()))?;
        let separator = matches!(rest.get(prefix.len()), Some(b'-' | b'_'));
        let after = start + prefix.len() + 1;
        let (end, _) = separator.then(|| self.known_at(text, after, is_edge))??;
        let side = self.common;
        Some(Occurrence { start, end, side })
    }

    /// The end of the longest name that starts at a place, and whose it is.
    fn known_at(
        &self,
        text: &[u8],
        start: usize,
        is_edge: &impl Fn(u8) -> bool,
    ) -> Option<(usize, T)> {
        let (begin, end) = self.by_first[usize::from(*text.get(start)?)];
        let names = self.names.get(begin..end)?.iter();
        names
            .map(|(name, side)| (name.as_bytes(), start + name.len(), *side))
            .find(|(name, end, _)| {
                // The end is looked at first: it rules out nearly all names.
                *end <= text.len()
                    && text.get(*end).is_none_or(|b| is_edge(*b))
                    && text[start..*end] == **name
            })
            .map(|(_, end, side)| (end, side))
    }
}
