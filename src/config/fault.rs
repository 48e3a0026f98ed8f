//! Faults: what is wrong with a configuration, and where.

use std::fmt::{self, Write as _};

use thiserror::Error;

/// One problem at one place of the file; warnings use the same type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// The file name that the caller passed.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The path to the value, such as `policies[0].match.kinds[0]`; empty for the whole file.
    pub path: String,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// How to fix it.
    pub hint: Option<String>,
    /// The line of the file with the problem.
    pub excerpt: Excerpt,
}

/// A line of the file; a long line is cut around the place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The line's text; control characters are replaced.
    pub line: String,
    /// How many characters of `line` come before the place.
    pub before: usize,
    /// How many characters the place covers; at least one.
    pub width: usize,
}

impl ConfigFault {
    /// Renders the fault with its line of the file and carets below the place.
    ///
    /// ```text
    /// promote.yaml:3:1: unknown key `enviroments`, did you mean `environments`?
    ///   |
    /// 3 | enviroments:
    ///   | ^^^^^^^^^^^
    ///   = hint: ...
    /// ```
    pub fn report(&self) -> String {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        let Excerpt {
            line,
            before,
            width,
        } = &self.excerpt;
        // Tabs stay tabs, so that the carets line up with the place.
        let indent: String = line
            .chars()
            .take(*before)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let caret = "^".repeat((*width).max(1));
        let mut out =
            format!("{self}\n{margin} |\n{number} | {line}\n{margin} | {indent}{caret}\n");
        if let Some(hint) = &self.hint {
            let _ = writeln!(out, "{margin} = hint: {hint}");
        }
        out
    }
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
            ..
        } = self;
        write!(f, "{file}:{line}:{column}: {message}")
    }
}

/// All faults of a configuration, in file order; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", self.lines())]
pub struct ConfigFaults {
    list: Vec<ConfigFault>,
    left_out: usize,
}

impl ConfigFaults {
    /// Wraps faults in file order and the number that was left out; `None` without faults.
    pub(super) fn new(list: Vec<ConfigFault>, left_out: usize) -> Option<Self> {
        (!list.is_empty()).then_some(Self { list, left_out })
    }

    /// The faults in file order.
    pub fn iter(&self) -> std::slice::Iter<'_, ConfigFault> {
        self.list.iter()
    }

    /// How many faults were left out because the list is too long to read.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    fn lines(&self) -> String {
        let lines: Vec<String> = self.list.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }
}

impl<'a> IntoIterator for &'a ConfigFaults {
    type Item = &'a ConfigFault;
    type IntoIter = std::slice::Iter<'a, ConfigFault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for ConfigFaults {
    type Item = ConfigFault;
    type IntoIter = std::vec::IntoIter<ConfigFault>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault() -> ConfigFault {
        ConfigFault {
            file: "promote.yaml".into(),
            line: 12,
            column: 6,
            path: "environments[0].kind".into(),
            message: "unknown value `prod` for `kind`".into(),
            hint: Some("allowed: `production`".into()),
            excerpt: Excerpt {
                line: "\tkind: prod".into(),
                before: 7,
                width: 4,
            },
        }
    }

    #[test]
    fn one_line_gives_place_and_message() {
        assert_eq!(
            fault().to_string(),
            "promote.yaml:12:6: unknown value `prod` for `kind`"
        );
    }

    #[test]
    fn a_report_marks_the_place_and_ends_with_the_hint() {
        let expected = [
            "promote.yaml:12:6: unknown value `prod` for `kind`",
            "   |",
            "12 | \tkind: prod",
            "   | \t      ^^^^",
            "   = hint: allowed: `production`",
            "",
        ];
        assert_eq!(fault().report(), expected.join("\n"));
    }
}
