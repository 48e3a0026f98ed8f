//! Lines of a text: their start and end, indentation and blank lines.

/// The end of the line at `at`, without its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text
        .get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |length| at + length);
    if end > at && text.as_bytes()[end - 1] == b'\r' && end < text.len() {
        end - 1
    } else {
        end
    }
}

/// The start of the line after the one at `at`.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |length| at + length + 1)
}

/// `end` without the line break just before it.
pub(super) fn without_break(text: &str, end: usize) -> usize {
    let before = &text[..end];
    let before = before.strip_suffix('\n').unwrap_or(before);
    before.strip_suffix('\r').unwrap_or(before).len()
}

/// The start of the line at `at`; a byte order mark is not part of the first line.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    if start == 0 && text.starts_with('\u{feff}') {
        3.min(at)
    } else {
        start
    }
}

/// How many bytes come before `at` on its line.
pub(super) fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

/// How many spaces a line starts with.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether only white space comes before `at` on its line.
pub(super) fn is_first(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at]
        .bytes()
        .all(|byte| matches!(byte, b' ' | b'\t'))
}

/// Whether there is a line at `at` and it is blank.
pub(super) fn is_blank(text: &str, at: usize) -> bool {
    at < text.len() && text[at..line_end(text, at)].trim().is_empty()
}

/// The number of blank lines from a line start on, and their end.
pub(super) fn blanks_after(text: &str, mut at: usize) -> (usize, usize) {
    let mut count = 0;
    while is_blank(text, at) {
        at = next_line(text, at);
        count += 1;
    }
    (count, at)
}

/// The number of blank lines just before a line start, and their start.
pub(super) fn blanks_before(text: &str, mut at: usize) -> (usize, usize) {
    let mut count = 0;
    while let Some(before) = previous_line(text, at) {
        if !is_blank(text, before) {
            break;
        }
        at = before;
        count += 1;
    }
    (count, at)
}

/// The start of the line before the one that starts at `at`.
pub(super) fn previous_line(text: &str, at: usize) -> Option<usize> {
    let first = if text.starts_with('\u{feff}') { 3 } else { 0 };
    (at > first).then(|| line_start(text, at - 1))
}

/// The most frequent line break.
pub(super) fn newline(text: &str) -> &'static str {
    let all = text.bytes().filter(|byte| *byte == b'\n').count();
    let windows = text.matches("\r\n").count();
    if windows * 2 > all { "\r\n" } else { "\n" }
}

/// The indentation of the first indented line.
pub(super) fn first_indent(text: &str) -> Option<usize> {
    text.lines().map(indent).find(|width| *width > 0)
}
