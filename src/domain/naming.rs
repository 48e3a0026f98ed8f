//! The environments' names in paths and texts.
//!
//! # Why
//!
//! A name counts only where it stands between separators or the ends, and at
//! every place the longest known name wins: `pre-prod` is not `prod`, `ring-1`
//! is not `1`, `deva` is not `dev`. Pairing files, matching documents and
//! renaming new content all ask this one type, so that they agree.

use super::Environment;

/// Names that repositories commonly use; known even when nobody configured them, so that
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

/// One occurrence of an environment's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Occurrence {
    /// Where the name starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whose name it is.
    pub whose: Whose,
}

/// Whose name an [`Occurrence`] is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose {
    /// The source's; the index among its names.
    Source(usize),
    /// The target's; the index among its names.
    Target(usize),
    /// Another environment's.
    Other,
}

/// The names of source, target and all other environments.
#[derive(Clone, Debug)]
pub struct Naming {
    source: Environment,
    target: Environment,
    /// By first byte, then longest first, so that the first that fits is the longest.
    names: Vec<(String, Whose)>,
    /// Where the names with a first byte begin and end: most places are ruled out by one look.
    by_first: [(usize, usize); 256],
}

impl Naming {
    /// Knows source and target, `others`, and the common names.
    pub fn new<'a>(
        source: Environment,
        target: Environment,
        others: impl IntoIterator<Item = &'a Environment>,
    ) -> Self {
        let mut names: Vec<(String, Whose)> = Vec::new();
        let mut add = |name: &str, whose| {
            if !name.is_empty() && !names.iter().any(|(n, _)| n == name) {
                names.push((name.to_owned(), whose));
            }
        };
        for (i, n) in source.names().enumerate() {
            add(n, Whose::Source(i));
        }
        for (i, n) in target.names().enumerate() {
            add(n, Whose::Target(i));
        }
        for n in others.into_iter().flat_map(Environment::names) {
            add(n, Whose::Other);
        }
        for n in COMMON {
            add(n, Whose::Other);
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
            source,
            target,
            names,
            by_first,
        }
    }

    /// The source environment.
    pub fn source(&self) -> &Environment {
        &self.source
    }

    /// The target environment.
    pub fn target(&self) -> &Environment {
        &self.target
    }

    /// The occurrences in a path or a part of one: between `/`, `-`, `.`, `_` or the ends.
    pub fn in_path(&self, text: &str) -> Vec<Occurrence> {
        self.scan(text, |b| matches!(b, b'/' | b'-' | b'.' | b'_'))
    }

    /// The occurrences in free text: between any characters that are no letters or digits.
    pub fn in_text(&self, text: &str) -> Vec<Occurrence> {
        self.scan(text, |b| b.is_ascii() && !b.is_ascii_alphanumeric())
    }

    fn scan(&self, text: &str, is_edge: impl Fn(u8) -> bool) -> Vec<Occurrence> {
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
                if let Some((name, whose)) = hit {
                    let end = at + name.len();
                    found.push(Occurrence {
                        start: at,
                        end,
                        whose: *whose,
                    });
                    at = end;
                    continue;
                }
            }
            at += 1;
        }
        found
    }

    /// Whether a path (or part) holds a name of the source.
    pub fn names_source(&self, path: &str) -> bool {
        self.in_path(path)
            .iter()
            .any(|o| matches!(o.whose, Whose::Source(_)))
    }

    /// Whether a path (or part) holds a name of the target.
    pub fn names_target(&self, path: &str) -> bool {
        self.in_path(path)
            .iter()
            .any(|o| matches!(o.whose, Whose::Target(_)))
    }

    /// Whether free text holds a name of the target.
    pub fn names_target_in_text(&self, text: &str) -> bool {
        self.in_text(text)
            .iter()
            .any(|o| matches!(o.whose, Whose::Target(_)))
    }

    /// The target's name in the position of the source's `index`th, else its first.
    pub fn target_name(&self, index: usize) -> &str {
        self.target.names().nth(index).unwrap_or(&self.target.name)
    }

    /// Free text with the source's names replaced by the target's in the same position.
    pub fn rename(&self, text: &str) -> String {
        self.replace(text, &self.in_text(text))
    }

    /// Free text with the source's names replaced: as `renames` says (old name, new name) where it
    /// does, else by the name in the same position, else by the first new name.
    pub fn rename_with(&self, text: &str, renames: &[(String, String)]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for hit in self.in_text(text) {
            let Whose::Source(index) = hit.whose else {
                continue;
            };
            let old = &text[hit.start..hit.end];
            let told = renames.iter().find(|(name, _)| name == old);
            let new = told
                .map(|(_, new)| new.as_str())
                .or_else(|| self.target.names().nth(index))
                .or_else(|| renames.first().map(|(_, new)| new.as_str()))
                .unwrap_or(&self.target.name);
            out.push_str(&text[done..hit.start]);
            out.push_str(new);
            done = hit.end;
        }
        out.push_str(&text[done..]);
        out
    }

    /// Whether free text holds a name of the source.
    pub fn names_source_in_text(&self, text: &str) -> bool {
        self.in_text(text)
            .iter()
            .any(|o| matches!(o.whose, Whose::Source(_)))
    }

    /// Whether two texts are equal but for the environments' names.
    pub fn same(&self, source: &str, target: &str) -> bool {
        source == target || self.canonical(source) == self.canonical(target)
    }

    /// The text with every name of source or target replaced by one mark.
    pub fn canonical<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        let hits = self.in_text(text);
        if hits.iter().all(|o| o.whose == Whose::Other) {
            return text.into();
        }
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for o in hits.iter().filter(|o| o.whose != Whose::Other) {
            out.push_str(&text[done..o.start]);
            out.push('\u{0}');
            done = o.end;
        }
        out.push_str(&text[done..]);
        out.into()
    }

    fn replace(&self, text: &str, hits: &[Occurrence]) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for o in hits {
            if let Whose::Source(index) = o.whose {
                out.push_str(&text[done..o.start]);
                out.push_str(self.target_name(index));
                done = o.end;
            }
        }
        out.push_str(&text[done..]);
        out
    }
}
