//! What is wrong with a configuration, and where.

use std::fmt::{self, Write as _};

use thiserror::Error;

/// One thing that is wrong (or, among the warnings, odd) at one place of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file's name as the caller gave it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The way to the value, such as `policies[0].match.kinds[0]`; empty for the whole file.
    pub path: String,
    /// What is wrong, lower case and without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The line of the file that it is about.
    pub excerpt: Excerpt,
}

/// A line of the file, cut short around the place if it is long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The line's text, without what a terminal would obey.
    pub line: String,
    /// How many characters of `line` stand before the place.
    pub before: usize,
    /// How many characters the place covers; at least one.
    pub width: usize,
}

impl Fault {
    /// The fault over several lines, with the line of the file and a caret below the place.
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
        // Tabs stay tabs, so that the caret stands where the terminal shows the place.
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

impl fmt::Display for Fault {
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

/// All that is wrong with a configuration, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", self.lines())]
pub struct Faults {
    list: Vec<Fault>,
    left_out: usize,
}

impl Faults {
    /// Takes faults in order, and how many more there were; `None` when there are none.
    pub(super) fn new(list: Vec<Fault>, left_out: usize) -> Option<Self> {
        (!list.is_empty()).then_some(Self { list, left_out })
    }

    /// The faults in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.list.iter()
    }

    /// How many more there are than a person would read.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    fn lines(&self) -> String {
        let lines: Vec<String> = self.list.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault() -> Fault {
        Fault {
            file: "promote.yaml".into(),
            line: 12,
            column: 6,
            path: "environments[0].kind".into(),
            message: "unknown value `prod` for `kind`".into(),
            hint: Some("it can be `production`".into()),
            excerpt: Excerpt {
                line: "\tkind: prod".into(),
                before: 7,
                width: 4,
            },
        }
    }

    #[test]
    fn one_line_says_where_and_what() {
        assert_eq!(
            fault().to_string(),
            "promote.yaml:12:6: unknown value `prod` for `kind`"
        );
    }

    #[test]
    fn a_report_points_at_the_place_and_gives_the_hint() {
        let expected = [
            "promote.yaml:12:6: unknown value `prod` for `kind`",
            "   |",
            "12 | \tkind: prod",
            "   | \t      ^^^^",
            "   = hint: it can be `production`",
            "",
        ];
        assert_eq!(fault().report(), expected.join("\n"));
    }
}
