//! The commit message.

use super::one_line::{harmless, one_line};
use super::record::Record;

/// Title, body and the user's trailers of the commit (and later of the pull request).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Message {
    /// The first line.
    pub title: String,
    /// What follows, without trailers; may be empty.
    pub body: String,
    /// Whole lines of trailers that the user's text ended with; may be empty.
    pub user_trailers: String,
}

impl Message {
    /// The whole message as Git stores it: title, body, and one paragraph of trailers.
    pub fn text(&self, record: &Record) -> String {
        let mut text = format!("{}\n", one_line(self.title.trim_end()));
        let body = self.body.trim_end();
        if !body.is_empty() {
            text.push('\n');
            push_lines(&mut text, body);
        }
        text.push('\n');
        push_lines(&mut text, &self.user_trailers);
        text.push_str(&record.to_string());
        text
    }
}

/// Adds lines, each with its end.
fn push_lines(text: &mut String, lines: &str) {
    for line in lines.lines() {
        text.extend(
            line.chars()
                .map(|c| if c == '\t' { c } else { harmless(c) }),
        );
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_trailers_are_one_paragraph() {
        let mut message = Message {
            title: "Title".to_owned(),
            body: "One.\r\n\r\nTwo.\n".to_owned(),
            user_trailers: "Ticket: 7\n".to_owned(),
        };
        let record = Record {
            id: "1".to_owned(),
            from: "a".to_owned(),
            to: "b".to_owned(),
            applications: "a\nb".to_owned(),
            source: None,
            source_repository: None,
            target: None,
            mode: None,
            reverts: None,
            allowed: None,
            release: None,
            acted_by: None,
            kept: Vec::new(),
        };
        let trailers = format!("Ticket: 7\n{record}");
        assert!(trailers.ends_with(": a\u{fffd}b\n"), "{trailers}");
        let text = message.text(&record);
        assert_eq!(text, format!("Title\n\nOne.\n\nTwo.\n\n{trailers}"));
        message.body.clear();
        assert_eq!(message.text(&record), format!("Title\n\n{trailers}"));
    }
}
