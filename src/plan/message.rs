//! The commit message.

/// Title, body and trailers of the commit (and later of the pull request).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Message {
    /// The first line.
    pub title: String,
    /// What follows, without trailers; may be empty.
    pub body: String,
    /// Whole lines of trailers that the user's text ended with; may be empty.
    pub user_trailers: String,
    /// `Promotion-Id` and the like, in order.
    pub trailers: Vec<(String, String)>,
}

impl Message {
    /// The whole message as Git stores it: title, body, and one paragraph of trailers.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", one_line(self.title.trim_end()));
        let body = self.body.trim_end();
        if !body.is_empty() {
            text.push('\n');
            push_lines(&mut text, body);
        }
        if !self.user_trailers.is_empty() || !self.trailers.is_empty() {
            text.push('\n');
        }
        push_lines(&mut text, &self.user_trailers);
        for (key, value) in &self.trailers {
            text.push_str(key);
            text.push_str(": ");
            text.push_str(&one_line(value));
            text.push('\n');
        }
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

/// Text from a repository may hold anything; a line end would forge a trailer.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(harmless).collect()
}

fn harmless(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
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
            trailers: vec![("Promotion-Apps".to_owned(), "a\nb".to_owned())],
        };
        let trailers = "Ticket: 7\nPromotion-Apps: a\u{fffd}b\n";
        assert_eq!(
            message.text(),
            format!("Title\n\nOne.\n\nTwo.\n\n{trailers}")
        );
        message.body.clear();
        assert_eq!(message.text(), format!("Title\n\n{trailers}"));
    }
}
