//! Values that must neither be shown nor recorded.

use std::fmt;

/// The shortest value that is removed; shorter ones occur in any text.
const SHORTEST: usize = 4;

/// Values that must neither be shown nor recorded, such as tokens.
#[derive(Clone, Default)]
pub struct SecretValues {
    /// Each line of each value, the longest first.
    lines: Vec<String>,
}

impl SecretValues {
    /// These values.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let mut lines: Vec<String> = values
            .into_iter()
            // Programs print a value of several lines line by line.
            .flat_map(|value| value.lines().map(str::to_owned).collect::<Vec<_>>())
            .filter(|line| line.trim().len() >= SHORTEST)
            .collect();
        lines.sort_by_key(|line| std::cmp::Reverse(line.len()));
        lines.dedup();
        Self { lines }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A text with `***` in place of each of them.
    pub fn redacted(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for line in &self.lines {
            text = text.replace(line, "***");
        }
        text
    }
}

impl fmt::Debug for SecretValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretValues({})", self.lines.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_each_value_is_removed_and_never_shown() {
        let values = ["sesame", "sesame-street", "key\n-----\nMIIabc\n", "on"];
        let secrets = SecretValues::new(values.map(str::to_owned));
        for (text, expected) in [
            ("a sesame-street b", "a *** b"),
            ("sesame sesame", "*** ***"),
            ("  MIIabc  ", "  ***  "),
            ("it is on", "it is on"),
        ] {
            assert_eq!(secrets.redacted(text), expected);
        }
        assert!(!format!("{secrets:?}").contains("sesame"));
        assert!(SecretValues::new([String::new()]).is_empty());
    }
}
