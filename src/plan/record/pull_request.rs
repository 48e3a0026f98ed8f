//! The hidden lines of a pull request: HTML comments, which no forge shows.

use std::collections::BTreeSet;
use std::fmt;

/// The line with the mark.
const MARK: &str = "git-promote";

/// The line with those who were asked for a review.
const ASKED: &str = "git-promote-asked";

/// The line by which a comment is found again.
const COMMENT: &str = "git-promote-comment";

/// The mark of a pull request that git-promote itself closed.
const NOTHING_LEFT: &str = "nothing left to promote";

/// What a pull request's body records, in hidden lines at its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HiddenLines {
    /// Whom git-promote asked for a review; teams begin with `@`.
    pub asked: BTreeSet<String>,
    /// What the pull request would promote; `None` if the line was deleted.
    pub mark: Option<Mark>,
}

/// What a pull request would promote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mark {
    /// The hash of the promoted values ([`Mark::of`]).
    Promotes(String),
    /// Nothing any more: git-promote closed it, and it is not rejected.
    NothingLeft,
}

impl HiddenLines {
    /// The hidden lines of a body; of several lines for the same thing the last one counts.
    pub fn of(body: &str) -> Self {
        let asked = value(body, ASKED).unwrap_or_default().split_whitespace();
        let mark = value(body, MARK).map(|mark| match mark {
            NOTHING_LEFT => Mark::NothingLeft,
            hash => Mark::Promotes(hash.to_owned()),
        });
        Self {
            asked: asked.map(ToOwned::to_owned).collect(),
            mark,
        }
    }
}

/// The lines, without an end.
impl fmt::Display for HiddenLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        if !self.asked.is_empty() {
            let names: Vec<&str> = self.asked.iter().map(String::as_str).collect();
            lines.push(line(ASKED, &names.join(" ")));
        }
        match &self.mark {
            Some(Mark::Promotes(hash)) => lines.push(line(MARK, hash)),
            Some(Mark::NothingLeft) => lines.push(line(MARK, NOTHING_LEFT)),
            None => {}
        }
        f.write_str(&lines.join("\n"))
    }
}

/// The body with the mark of a pull request that has nothing left to promote.
pub fn withdrawn_body(body: &str) -> String {
    let start = start(MARK);
    let kept: Vec<&str> = body
        .lines()
        .filter(|line| !line.starts_with(&start))
        .collect();
    let mark = line(MARK, NOTHING_LEFT);
    format!("{}\n\n{mark}", kept.join("\n").trim_end())
}

/// The hidden line of the comment that explains why a pull request was closed.
pub fn withdrawal_comment() -> String {
    line(COMMENT, NOTHING_LEFT)
}

fn start(key: &str) -> String {
    format!("<!-- {key}: ")
}

fn line(key: &str, value: &str) -> String {
    format!("{}{value} -->", start(key))
}

/// The value of the last line of a key.
///
/// An indented line is not one: lines of files are in the body, each behind a sign or a space.
fn value<'b>(body: &'b str, key: &str) -> Option<&'b str> {
    let start = start(key);
    let mut lines = body.lines().rev();
    let value = lines.find_map(|line| line.trim_end().strip_prefix(&start))?;
    value.strip_suffix(" -->")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(asked: &[&str], mark: Option<Mark>) -> HiddenLines {
        HiddenLines {
            asked: asked.iter().map(|name| (*name).to_owned()).collect(),
            mark,
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let hash = || Some(Mark::Promotes("3d46".to_owned()));
        for written in [
            hidden(&[], hash()),
            hidden(&["ada", "@release"], hash()),
            hidden(&["ada"], Some(Mark::NothingLeft)),
            hidden(&[], None),
        ] {
            let body = format!("words\n\n{written}");
            assert_eq!(HiddenLines::of(&body), written);
            let changed_by_a_forge = body.replace('\n', "\r\n") + "\r\n";
            assert_eq!(HiddenLines::of(&changed_by_a_forge), written);
        }
    }

    #[test]
    fn the_lines_are_those_that_every_version_reads() {
        let lines = hidden(
            &["ada", "@release"],
            Some(Mark::Promotes("3d46".to_owned())),
        );
        insta::assert_snapshot!(format!("{lines}\n{}", withdrawal_comment()), @"
        <!-- git-promote-asked: @release ada -->
        <!-- git-promote: 3d46 -->
        <!-- git-promote-comment: nothing left to promote -->
        ");
    }

    #[test]
    fn the_last_mark_of_a_body_counts() {
        let [a, b] = ["a", "b"].map(|hash| Mark::Promotes(hash.to_owned()));
        let [first, last] = [a, b.clone()].map(|mark| hidden(&[], Some(mark)));
        let body = format!("{first}\r\nwords\r\n{last}\r\n");
        assert_eq!(HiddenLines::of(&body).mark, Some(b));
        assert_eq!(
            HiddenLines::of(&format!("{body}<!-- git-promote: b")).mark,
            None
        );
    }

    #[test]
    fn a_line_of_a_file_is_no_hidden_line() {
        for sign in [" ", "+", "-", "    "] {
            let line = format!("{sign}{}\n{sign}{}", line(ASKED, "ada"), line(MARK, "a"));
            let body = format!("```diff\n@@ -1 +1 @@\n{line}\n```");
            assert_eq!(HiddenLines::of(&body), hidden(&[], None), "{sign:?}");
            assert!(withdrawn_body(&body).contains(&line), "{sign:?}");
        }
    }

    #[test]
    fn a_mark_is_replaced_and_the_words_stay() {
        let lines = hidden(&["ada"], Some(Mark::Promotes("a".to_owned())));
        let body = withdrawn_body(&format!("words\n\n{lines}\n"));
        assert_eq!(
            body,
            "words\n\n<!-- git-promote-asked: ada -->\n\n<!-- git-promote: nothing left to promote -->"
        );
        assert_eq!(
            HiddenLines::of(&body),
            hidden(&["ada"], Some(Mark::NothingLeft))
        );
        assert_eq!(withdrawn_body(&body), body);
    }
}
