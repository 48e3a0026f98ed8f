//! A path to a node: the document, then keys and indexes.

use std::fmt::{self, Write as _};

/// One step down from a collection to a child.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a mapping, by the key's text.
    Key(String),
    /// Into a sequence, from 0.
    Index(usize),
}

/// A node's address in a stream.
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
    /// The way down from the document's root.
    pub steps: Vec<Step>,
}

impl Place {
    /// The place at the end of `steps` in a document.
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

    /// The place one step further down.
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

    /// The collection that holds the place and the last step into it; `None` for a root.
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

    /// Whether `other` is this place or lies below it.
    pub fn contains(&self, other: &Self) -> bool {
        self.document == other.document && other.steps.starts_with(&self.steps)
    }

    /// The path as RFC 9535 section 2.7 normalizes it; it does not say which document.
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
            }
        }
        path
    }
}

/// The normalized path, after `#2:` when it is not in the first document.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.document > 0 {
            write!(f, "#{}:", self.document + 1)?;
        }
        f.write_str(&self.normalized())
    }
}

/// Appends `['name']`, escaped as RFC 9535 section 2.7 does.
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
