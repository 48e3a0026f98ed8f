//! The commit message.

/// Title, body and trailers of the commit (and later of the pull request).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Message {
    /// The first line.
    pub title: String,
    /// What follows, without trailers; may be empty.
    pub body: String,
    /// `Promotion-Id` and the like, in order.
    pub trailers: Vec<(String, String)>,
}

impl Message {
    /// The whole message as Git stores it.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", one_line(self.title.trim_end()));
        let body = self.body.trim_end();
        if !body.is_empty() {
            text.push('\n');
            text.extend(body.chars().map(|c| match c {
                '\n' | '\t' => c,
                c => harmless(c),
            }));
            text.push('\n');
        }
        if !self.trailers.is_empty() {
            text.push('\n');
        }
        for (key, value) in &self.trailers {
            text.push_str(key);
            text.push_str(": ");
            text.push_str(&one_line(value));
            text.push('\n');
        }
        text
    }
}

/// Text from a repository may hold anything; a line end would forge a trailer.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(harmless).collect()
}

fn harmless(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
}
