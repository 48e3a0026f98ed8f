//! Paths to nodes: a document, then keys and indexes.

use std::fmt::{self, Write as _};

/// A step from a node to one below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// The entry of a mapping with this key.
    Key(String),
    /// The item of a sequence at this index, from 0.
    Index(usize),
    /// The root of the document that a string holds.
    Inside,
}

/// The path to a node in a stream, also in a document inside a string.
///
/// ```
/// use git_promote::yaml::{Place, Step};
/// let place = Place::new(0, [Step::Key("images".into()), Step::Index(0)]);
/// assert_eq!(place.normalized(), "$['images'][0]");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The document's index in the stream, from 0.
    pub document: usize,
    /// The steps from the document's root.
    pub steps: Vec<Step>,
}

impl Place {
    /// Creates the place at the end of `steps` in a document.
    pub fn new(document: usize, steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            document,
            steps: steps.into_iter().collect(),
        }
    }

    /// The root of a document.
    pub fn root(document: usize) -> Self {
        Self {
            document,
            steps: Vec::new(),
        }
    }

    /// The place one step below this one.
    #[must_use]
    pub fn child(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.steps.len() + 1);
        steps.extend_from_slice(&self.steps);
        steps.push(step);
        Self {
            document: self.document,
            steps,
        }
    }

    /// The parent and the last step; `None` for a root.
    pub fn parent(&self) -> Option<(Self, &Step)> {
        let (last, before) = self.steps.split_last()?;
        Some((
            Self {
                document: self.document,
                steps: before.to_vec(),
            },
            last,
        ))
    }

    /// The place and those above it, from the root.
    pub fn and_above(&self) -> impl DoubleEndedIterator<Item = Self> {
        (0..=self.steps.len()).map(|depth| Self {
            document: self.document,
            steps: self.steps[..depth].to_vec(),
        })
    }

    /// Whether `other` is this place or is below it.
    pub fn contains(&self, other: &Self) -> bool {
        self.document == other.document && other.steps.starts_with(&self.steps)
    }

    /// The place of a string and the place in the document that it holds; `None` for a place that is
    /// not inside a string.
    pub fn split(&self) -> Option<(Self, Self)> {
        let at = self.steps.iter().position(|step| *step == Step::Inside)?;
        let outer = self.steps[..at].iter().cloned();
        let inner = self.steps[at + 1..].iter().cloned();
        Some((Self::new(self.document, outer), Self::new(0, inner)))
    }

    /// The place of a node in the document that the string at this place holds.
    #[must_use]
    pub fn inside(&self, inner: &Self) -> Self {
        let mut place = self.child(Step::Inside);
        place.steps.extend_from_slice(&inner.steps);
        place
    }

    /// The normalized path of RFC 9535 section 2.7, without the document; inside a string there are
    /// two with a `|` between them.
    pub fn normalized(&self) -> String {
        let mut path = String::from("$");
        for step in &self.steps {
            match step {
                Step::Key(name) => bracketed(name, &mut path),
                Step::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
                Step::Inside => path.push_str("|$"),
            }
        }
        path
    }
}

/// Writes the normalized path; outside the first document, with a prefix such as `#2:`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.document > 0 {
            write!(f, "#{}:", self.document + 1)?;
        }
        f.write_str(&self.normalized())
    }
}

/// Appends `['name']`, escaped as in RFC 9535 section 2.7.
pub(super) fn bracketed(name: &str, into: &mut String) {
    into.push_str("['");
    for c in name.chars() {
        match c {
            '\'' => into.push_str("\\'"),
            '\\' => into.push_str("\\\\"),
            '\u{8}' => into.push_str("\\b"),
            '\t' => into.push_str("\\t"),
            '\n' => into.push_str("\\n"),
            '\u{c}' => into.push_str("\\f"),
            '\r' => into.push_str("\\r"),
            c if c < ' ' => {
                let _ = write!(into, "\\u{:04x}", u32::from(c));
            }
            c => into.push(c),
        }
    }
    into.push_str("']");
}
