//! Trailers of a commit message, by Git's rules.
//!
//! # Why
//!
//! Git reads trailers from the last paragraph of a message only. A promotion's trailers must
//! therefore join the trailers that a user's text ends with (`Signed-off-by`), or Git no longer
//! finds the user's. The rules are those of `git interpret-trailers`.

/// Who asked a server for it; transitions of releases have it too. A user's text cannot set it.
pub(super) const ACTED_BY: &str = "Acted-By";

/// The start of every other key that git-promote writes, in any case. A user's text cannot set such a key.
const RESERVED: &str = "Promotion-";

/// The lines that Git itself writes: one of them makes a paragraph of trailers that also holds text.
const WRITTEN_BY_GIT: [&str; 2] = ["Signed-off-by: ", "(cherry picked from commit "];

/// The lines of a paragraph of trailers, and the keys that were left out of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Trailers {
    /// Whole lines, each with its end.
    pub lines: String,
    /// The reserved keys that were left out.
    pub left_out: Vec<String>,
}

/// Splits a text into what comes before its trailers, and its trailers without reserved keys.
pub(crate) fn split(text: &str) -> (&str, Trailers) {
    let text = text.trim_end();
    let start = last_paragraph(text);
    let paragraph = &text[start..];
    if !are_trailers(paragraph) {
        return (text, Trailers::default());
    }
    let mut trailers = Trailers::default();
    let mut is_left_out = false;
    for line in paragraph.lines() {
        match key(line) {
            Some(key) => is_left_out = is_reserved(key),
            None if line.starts_with(char::is_whitespace) => {}
            None => is_left_out = false,
        }
        if !is_left_out {
            trailers.lines.push_str(line);
            trailers.lines.push('\n');
        } else if let Some(key) = key(line) {
            trailers.left_out.push(key.to_owned());
        }
    }
    (&text[..start], trailers)
}

/// The keys and values in each paragraph of a message but the title's, the last paragraph first.
///
/// A paragraph need not be one that Git takes for trailers: a merge by squashing puts other text
/// below them, and people add lines.
pub(super) fn paragraphs(message: &str) -> Vec<Vec<(&str, String)>> {
    let mut all = vec![Vec::new()];
    for line in message.lines() {
        if line.trim().is_empty() {
            all.push(Vec::new());
        } else if let Some(paragraph) = all.last_mut() {
            paragraph.push(line);
        }
    }
    let mut all: Vec<_> = all.iter().skip(1).map(|lines| values(lines)).collect();
    all.retain(|paragraph| !paragraph.is_empty());
    all.reverse();
    all
}

fn values<'t>(lines: &[&'t str]) -> Vec<(&'t str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    let mut is_open = false;
    for line in lines {
        if let Some(key) = key(line) {
            let value = line.split_once(':').map_or("", |(_, value)| value);
            found.push((key, value.trim().to_owned()));
            is_open = true;
        } else if let Some((_, value)) = found.last_mut().filter(|_| is_open && is_indented(line)) {
            value.push(' ');
            value.push_str(line.trim());
        } else {
            is_open = false;
        }
    }
    found
}

/// Where a text's last paragraph begins.
fn last_paragraph(text: &str) -> usize {
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() {
            start = at;
        }
    }
    start
}

/// Whether Git takes a paragraph for trailers: nothing else is in it, or Git itself wrote one of
/// them and a quarter of the lines are trailers.
fn are_trailers(paragraph: &str) -> bool {
    let (mut trailers, mut others, mut indented) = (0, 0, 0);
    let mut is_by_git = false;
    // From the end: an indented line belongs to whatever stands above it.
    for line in paragraph.lines().rev() {
        let by_git = WRITTEN_BY_GIT.iter().any(|start| line.starts_with(start));
        is_by_git |= by_git;
        if line.starts_with('#') {
            others += std::mem::take(&mut indented);
        } else if by_git || key(line).is_some() {
            trailers += 1;
            indented = 0;
        } else if is_indented(line) {
            indented += 1;
        } else {
            others += 1 + std::mem::take(&mut indented);
        }
    }
    others += indented;
    trailers > 0 && others == 0 || is_by_git && trailers * 3 >= others
}

/// The key of a trailer's line: letters, digits and dashes, then perhaps spaces, then a colon.
fn key(line: &str) -> Option<&str> {
    let key = line.split_once(':')?.0.trim_end_matches([' ', '\t']);
    let is_key = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    (!key.is_empty() && key.bytes().all(is_key)).then_some(key)
}

fn is_indented(line: &str) -> bool {
    line.starts_with(char::is_whitespace)
}

fn is_reserved(key: &str) -> bool {
    key.eq_ignore_ascii_case(ACTED_BY)
        || key
            .get(..RESERVED.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(RESERVED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> String {
        split(text).1.lines
    }

    #[test]
    fn the_last_paragraph_is_trailers_by_gits_rules() {
        for (text, expected) in [
            (
                "Why.\n\nSigned-off-by: Ada <a@b.c>",
                "Signed-off-by: Ada <a@b.c>\n",
            ),
            (
                "Signed-off-by: Ada\nTicket : 7",
                "Signed-off-by: Ada\nTicket : 7\n",
            ),
            ("Why.\n \nTicket: 7\n  and 8\n\n", "Ticket: 7\n  and 8\n"),
            (
                "(cherry picked from commit 1)",
                "(cherry picked from commit 1)\n",
            ),
            (
                "Some text.\nSigned-off-by: Ada",
                "Some text.\nSigned-off-by: Ada\n",
            ),
            ("# a comment\nTicket: 7", "# a comment\nTicket: 7\n"),
            ("Some text.\nTicket: 7", ""),
            ("a\nb\nc\nd\nSigned-off-by: Ada", ""),
            ("Ticket: 7\n\nText.", ""),
            ("  Ticket: 7", ""),
            ("A key: 7", ""),
            (": 7", ""),
            ("", ""),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }

    #[test]
    fn what_comes_before_the_trailers_stays() {
        assert_eq!(split("Why.\n\nTicket: 7").0, "Why.\n\n");
        assert_eq!(split("Ticket: 7").0, "");
        assert_eq!(split("Why.\nTicket: 7\n").0, "Why.\nTicket: 7");
    }

    #[test]
    fn a_reserved_key_is_left_out_with_its_whole_value() {
        let (_, trailers) = split("promotion-ID: x\n  y\nTicket: 7\n  8\nPromotion-Allowed: all");
        assert_eq!(trailers.lines, "Ticket: 7\n  8\n");
        assert_eq!(trailers.left_out, ["promotion-ID", "Promotion-Allowed"]);
        assert_eq!(lines("Promotions: 3"), "Promotions: 3\n");
    }

    #[test]
    fn every_paragraph_below_the_title_is_read_from_the_end() {
        let message = "Title: x\n\nA: 1\r\nA: 2\r\n more\nB : 3\ntext\n more text\n\nC: 4\n";
        let a_b = vec![
            ("A", "1".to_owned()),
            ("A", "2 more".to_owned()),
            ("B", "3".to_owned()),
        ];
        assert_eq!(paragraphs(message), [vec![("C", "4".to_owned())], a_b]);
    }
}
