//! The unified hunks of a changed file, with the changed words marked.

use std::borrow::Cow;

use similar::{ChangeTag, TextDiff};

use super::terminal::{escaped_at, is_command_sign};
use crate::domain::is_invisible;
use crate::plan::FilePlan;

/// Changed lines with three lines of context.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunk {
    /// `@@ -1,3 +1,4 @@`.
    pub header: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// One line of a hunk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Kept, removed or added.
    pub kind: LineKind,
    /// Its text in pieces, without the line ending; invisible characters are escaped.
    pub segments: Vec<Segment>,
    /// Whether this is the last line of a file that has no final newline.
    pub lacks_newline: bool,
}

/// What happens to a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineKind {
    /// Unchanged.
    Context,
    /// Only before the change.
    Removed,
    /// Only after the change.
    Added,
}

/// A piece of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Whether this piece changed.
    pub is_changed: bool,
    /// The text.
    pub text: String,
}

/// The hunks of a file's change; `None` if the content before or after is not UTF-8.
pub fn hunks(file: &FilePlan) -> Option<Vec<Hunk>> {
    let [before, after] = file.shown_texts()?;
    Some(hunks_between(&before, &after))
}

/// The hunks between two texts.
pub fn hunks_between(before: &str, after: &str) -> Vec<Hunk> {
    let line_ends = if is_crlf(before) && is_crlf(after) {
        LineEnds::Crlf
    } else {
        LineEnds::Mixed
    };
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    let hunks = unified.context_radius(3).iter_hunks().map(|hunk| Hunk {
        header: hunk.header().to_string(),
        lines: (hunk.ops().iter())
            .flat_map(|op| diff.iter_inline_changes(op))
            .map(|change| Line {
                kind: match change.tag() {
                    ChangeTag::Equal => LineKind::Context,
                    ChangeTag::Delete => LineKind::Removed,
                    ChangeTag::Insert => LineKind::Added,
                },
                lacks_newline: change.missing_newline(),
                segments: segments(change.iter_strings_lossy(), line_ends),
            })
            .collect(),
    });
    hunks.collect()
}

/// Whether the content of a file is UTF-8 before and after, so that it has hunks.
pub fn is_text(file: &FilePlan) -> bool {
    let contents = [&file.before, &file.after].into_iter().flatten();
    contents
        .into_iter()
        .all(|content| std::str::from_utf8(&content.bytes).is_ok())
}

/// Which line ends both versions of a file have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum LineEnds {
    /// CRLF throughout, so that it is not shown.
    Crlf,
    /// Anything else: each `\r` is shown.
    Mixed,
}

/// Whether every line end of a text is CRLF.
fn is_crlf(text: &str) -> bool {
    let mut ends = text.match_indices('\n');
    text.contains('\n') && ends.all(|(at, _)| text[..at].ends_with('\r'))
}

/// The pieces of a line as they are shown.
fn segments<'l>(
    pieces: impl Iterator<Item = (bool, Cow<'l, str>)>,
    line_ends: LineEnds,
) -> Vec<Segment> {
    let mut pieces: Vec<(bool, Cow<str>)> = pieces.collect();
    if drop_last(&mut pieces, '\n') && line_ends == LineEnds::Crlf {
        drop_last(&mut pieces, '\r');
    }
    let is_partly_changed = pieces.iter().any(|(is_changed, _)| !is_changed);
    let line: String = pieces.iter().map(|(_, text)| text.as_ref()).collect();
    let indent = line.len() - line.trim_start_matches('\t').len();
    let mut start = 0;
    let mut shown = Vec::with_capacity(pieces.len());
    for (is_changed, text) in pieces {
        // Only a tab that indents looks like one, unless it is what changed.
        let is_mark = is_changed && is_partly_changed;
        let must_escape = |at: usize, c| {
            let is_indent = start + at < indent && !is_mark;
            is_invisible(c) && !is_indent || is_command_sign(&line, start + at)
        };
        shown.push(Segment {
            is_changed,
            text: escaped_at(&text, must_escape).into_owned(),
        });
        start += text.len();
    }
    shown
}

/// Removes the last character of a line if it is this one; returns whether it was.
fn drop_last(pieces: &mut Vec<(bool, Cow<'_, str>)>, c: char) -> bool {
    pieces.retain(|(_, text)| !text.is_empty());
    let Some((_, text)) = pieces.last_mut() else {
        return false;
    };
    let rest = text.strip_suffix(c).map(ToOwned::to_owned);
    let is_there = rest.is_some();
    if let Some(rest) = rest {
        *text = rest.into();
    }
    is_there
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{FileMode, RepoPath};
    use crate::plan::{Content, FileStatus};

    fn lines(before: &str, after: &str) -> Vec<String> {
        let content = |text: &str| {
            Some(Content {
                mode: FileMode::Regular,
                bytes: text.into(),
            })
        };
        let file = FilePlan {
            path: RepoPath::parse("a").unwrap(),
            is_secret: false,
            source_path: None,
            source_mode: None,
            target_mode: Some(FileMode::Regular),
            status: FileStatus::Modified,
            before: content(before),
            after: content(after),
            differences: Vec::new(),
        };
        let hunks = hunks(&file).unwrap();
        let lines = hunks.iter().flat_map(|hunk| &hunk.lines);
        lines
            .map(|line| {
                let sign = match line.kind {
                    LineKind::Context => ' ',
                    LineKind::Removed => '-',
                    LineKind::Added => '+',
                };
                let text = line.segments.iter().map(|s| s.text.as_str());
                format!("{sign}{}", text.collect::<String>())
            })
            .collect()
    }

    #[test]
    fn a_changed_line_end_is_shown_and_a_common_one_is_not() {
        assert_eq!(lines("a\n", "a\r\n"), ["-a", "+a\\u{d}"]);
        assert_eq!(lines("a\r\n", "a\n"), ["-a\\u{d}", "+a"]);
        assert_eq!(lines("a\r\nb\r\n", "a\r\nc\r\n"), [" a", "-b", "+c"]);
        assert_eq!(lines("a\n", "a\nb\r\n"), [" a", "+b\\u{d}"]);
    }

    #[test]
    fn a_carriage_return_within_a_line_is_shown() {
        let shown = lines("a: 1\r\n", "a: 1\rb: 2\r\n");
        assert!(
            shown.iter().any(|line| line.contains("1\\u{d}")),
            "{shown:?}"
        );
    }

    #[test]
    fn a_tab_is_shown_unless_it_indents_a_line() {
        assert_eq!(lines("", "\tcmd\n"), ["+\tcmd"]);
        assert_eq!(lines("a: 1\n", "a:\t1\t\n")[1], "+a:\\u{9}1\\u{9}");
        assert_eq!(
            lines("    cmd x y z\n", "\tcmd x y z\n")[1],
            "+\\u{9}cmd x y z"
        );
    }

    #[test]
    fn a_line_is_no_command_to_a_runner() {
        let shown = lines("  ::add-mask::a\n", "  ::add-mask::a\nb ##vso[x]\n");
        assert_eq!(shown, ["   \\u{3a}:add-mask::a", "+b \\u{23}#vso[x]"]);
    }

    #[test]
    fn an_invisible_change_is_visible() {
        let shown = lines("a: prod\n", "a: p\u{200b}rod\u{a0}\n");
        assert_eq!(shown, ["-a: prod", "+a: p\\u{200b}rod\\u{a0}"]);
    }
}
