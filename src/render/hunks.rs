//! The unified hunks of a changed file, with the changed words marked.

use similar::{ChangeTag, TextDiff};

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
    /// Its text in pieces, without the line ending.
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
    let text = |content: &Option<crate::plan::Content>| match content {
        Some(content) => String::from_utf8(content.bytes.clone()).ok(),
        None => Some(String::new()),
    };
    let (before, after) = (text(&file.before)?, text(&file.after)?);
    let diff = TextDiff::from_lines(before.as_str(), after.as_str());
    let mut unified = diff.unified_diff();
    Some(
        unified
            .context_radius(3)
            .iter_hunks()
            .map(|hunk| Hunk {
                header: hunk.header().to_string(),
                lines: hunk
                    .ops()
                    .iter()
                    .flat_map(|op| diff.iter_inline_changes(op))
                    .map(|change| Line {
                        kind: match change.tag() {
                            ChangeTag::Equal => LineKind::Context,
                            ChangeTag::Delete => LineKind::Removed,
                            ChangeTag::Insert => LineKind::Added,
                        },
                        lacks_newline: change.missing_newline(),
                        segments: change
                            .iter_strings_lossy()
                            .map(|(is_changed, text)| Segment {
                                is_changed,
                                text: text.trim_end_matches(['\n', '\r']).to_owned(),
                            })
                            .filter(|s| !s.text.is_empty())
                            .collect(),
                    })
                    .collect(),
            })
            .collect(),
    )
}
