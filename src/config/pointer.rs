//! The path to a value in the configuration, as faults print it.

use std::fmt;

use crate::yaml::{Step, member};

/// Keys and indexes from the root: `policies[0].match.kinds[0]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pointer(Vec<Step>);

impl Pointer {
    /// The whole configuration.
    pub(super) fn root() -> Self {
        Self::default()
    }

    /// The value at a key below this one.
    pub(super) fn key(&self, name: &str) -> Self {
        self.child(Step::Key(name.to_owned()))
    }

    /// The item at an index below this one.
    pub(super) fn index(&self, index: usize) -> Self {
        self.child(Step::Index(index))
    }

    /// The value one step below this one.
    pub(super) fn child(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The steps from the root.
    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether it is `other` or a value below it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The last key on the path, which names the value.
    pub(super) fn name(&self) -> Option<&str> {
        self.0.iter().rev().find_map(|step| match step {
            Step::Key(name) => Some(name.as_str()),
            Step::Index(_) | Step::Inside => None,
        })
    }
}

impl From<&serde_path_to_error::Path> for Pointer {
    fn from(path: &serde_path_to_error::Path) -> Self {
        use serde_path_to_error::Segment;
        path.iter().fold(Self::root(), |at, segment| match segment {
            Segment::Seq { index } => at.index(*index),
            Segment::Map { key } => at.key(key),
            Segment::Enum { .. } | Segment::Unknown => at,
        })
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Inside => f.write_str("|")?,
                Step::Key(name) => {
                    let text = member(name);
                    // `member` starts with the dot that RFC 9535 needs after `$`; a pointer has no `$`.
                    let text = if i == 0 {
                        text.trim_start_matches('.')
                    } else {
                        &text
                    };
                    f.write_str(text)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_with_dots_and_indexes() {
        let at = Pointer::root()
            .key("policies")
            .index(0)
            .key("match")
            .key("kinds")
            .index(2);
        assert_eq!(at.to_string(), "policies[0].match.kinds[2]");
    }

    #[test]
    fn an_odd_key_is_quoted() {
        let at = Pointer::root().key("messages").key("a b");
        assert_eq!(at.to_string(), "messages['a b']");
    }

    #[test]
    fn an_item_has_the_name_of_its_list() {
        assert_eq!(Pointer::root().key("kinds").index(1).name(), Some("kinds"));
    }
}
