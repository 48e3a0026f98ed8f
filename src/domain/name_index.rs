//! Names of environments in a text.
//!
//! # Why
//!
//! A name counts only where it stands between separators or the ends, and at every place the
//! longest known name wins: `pre-prod` is not `prod`, `ring-1` is not `1`, `deva` is not `dev`.

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
}

impl<T: Copy> NameIndex<T> {
    /// Finds the given names (of equal ones the first counts) and the common names of
    /// environments, which belong to `common`.
    pub fn new<'a>(given: impl Iterator<Item = (&'a str, T)>, common: T) -> Self {
        let mut names: Vec<(String, T)> = Vec::new();
        let common = COMMON.iter().map(|name| (*name, common));
        for (name, side) in given.chain(common) {
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
        Self { names, by_first }
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
            let (begin, end) = self.by_first[usize::from(bytes[at])];
            if at_edge && begin < end {
                let hit = self.names[begin..end].iter().find(|(n, _)| {
                    bytes[at..].starts_with(n.as_bytes())
                        && bytes.get(at + n.len()).is_none_or(|b| is_edge(*b))
                });
                if let Some((name, side)) = hit {
                    let end = at + name.len();
                    found.push(Occurrence {
                        start: at,
                        end,
                        side: *side,
                    });
                    at = end;
                    continue;
                }
            }
            at += 1;
        }
        found
    }
}
