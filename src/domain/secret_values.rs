//! Values that must neither be shown nor recorded.

use std::fmt;

/// The shortest value that is removed; shorter ones occur in any text.
const SHORTEST: usize = 4;

/// How a line ends that was cut.
const CUT: &str = "...";

/// Values that must neither be shown nor recorded, such as tokens.
#[derive(Clone, Default)]
pub struct SecretValues {
    /// Each line of each value in the forms in which it is printed, the longest first.
    lines: Vec<String>,
}

impl SecretValues {
    /// These values.
    pub fn new(values: impl IntoIterator<Item = String>) -> Self {
        let mut lines: Vec<String> = values
            .into_iter()
            // Programs print a value of several lines line by line.
            .flat_map(|value| value.lines().flat_map(forms).collect::<Vec<_>>())
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

    /// A text with `***` in place of each of them, and of the beginnings of values at which a line was
    /// cut and got `...`.
    pub fn redacted(&self, text: &str) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        let mut text = text.to_owned();
        for line in &self.lines {
            text = text.replace(line, "***");
        }
        let cut = |line: &str| {
            let end = line.len() - line.trim_end_matches(['\n', '\r']).len();
            let (words, end) = line.split_at(line.len() - end);
            let Some(kept) = words.strip_suffix(CUT) else {
                return line.to_owned();
            };
            format!("{}{CUT}{end}", self.without_beginning(kept))
        };
        text.split_inclusive('\n').map(cut).collect()
    }

    /// A text without the beginning of a value at its end.
    fn without_beginning(&self, text: &str) -> String {
        // Half a character is left where bytes were cut.
        let whole = text.trim_end_matches('\u{fffd}');
        let beginning = |line: &String| {
            let ends = line.char_indices().map(|(at, _)| at).rev();
            let mut ends = ends.take_while(|at| *at > 0);
            ends.find(|end| whole.ends_with(&line[..*end]))
        };
        match self.lines.iter().filter_map(beginning).max() {
            Some(length) => format!("{}***", &whole[..whole.len() - length]),
            None => text.to_owned(),
        }
    }
}

/// A line as it is and without blanks around it, each also as JSON has it.
fn forms(line: &str) -> Vec<String> {
    const ESCAPES: [(char, &str); 4] = [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\'', "\\u0027"),
    ];
    let forms = |text: &str| {
        let json = serde_json::to_string(text).unwrap_or_default();
        let json = json
            .strip_prefix('"')
            .and_then(|json| json.strip_suffix('"'));
        let json = json.unwrap_or_default().to_owned();
        // As templates and pages have it.
        let in_page = ESCAPES
            .iter()
            .fold(json.clone(), |text, (c, escape)| text.replace(*c, escape));
        [text.to_owned(), json, in_page]
    };
    [line, line.trim()].into_iter().flat_map(forms).collect()
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
        let long = SecretValues::new([" \"a<b&é'".to_owned(), "x".repeat(900)]);
        for (text, expected) in [
            ("token \"a<b&é'", "token***"),
            (r#"{"token":" \"a<b&é'"}"#, r#"{"token":"***"}"#),
            (r#"{"t":"\"a\u003cb\u0026é\u0027"}"#, r#"{"t":"***"}"#),
            (&format!("t {}...\nxx\n", "x".repeat(498)), "t ***...\nxx\n"),
            ("t: \"a<b&\u{fffd}...", "t:***..."),
            ("to be continued...", "to be continued..."),
        ] {
            assert_eq!(long.redacted(text), expected);
        }
        assert!(SecretValues::new([String::new()]).is_empty());
    }
}
