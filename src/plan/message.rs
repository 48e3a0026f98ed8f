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
        let mut text = format!("{}\n", self.title.trim_end());
        let body = self.body.trim_end();
        if !body.is_empty() {
            text.push('\n');
            text.push_str(body);
            text.push('\n');
        }
        if !self.trailers.is_empty() {
            text.push('\n');
        }
        for (key, value) in &self.trailers {
            text.push_str(key);
            text.push_str(": ");
            text.push_str(value);
            text.push('\n');
        }
        text
    }
}
