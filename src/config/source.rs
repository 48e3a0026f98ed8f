//! The text of the configuration, within size limits, with the place of every value.
//!
//! # Why
//!
//! A deserializer would expand an alias bomb or deep nesting until memory runs
//! out. So the text first goes through this crate's own parser, which has
//! limits. The same tree then provides the places of faults.

use super::fault::{ConfigFault, Excerpt};
use super::notes::{Note, Spot};
use super::pointer::Pointer;
use crate::domain::ConfigPlace;
use crate::yaml::{Content, Node, Position, Span, Step, Stream};

/// The largest text that is read, in bytes; real configurations are far smaller.
const MAX_BYTES: usize = 1_000_000;
/// How many values there may be after alias expansion.
const MAX_VALUES: usize = 100_000;
/// How many bytes all scalars may have after alias expansion.
const MAX_RESOLVED_BYTES: usize = 2 * MAX_BYTES;
/// How deep values may be nested after alias expansion; the format itself needs 6 levels.
const MAX_DEPTH: usize = 64;

/// The file name and the parsed text.
#[derive(Debug)]
pub(super) struct Source<'t> {
    file: &'t str,
    stream: Stream,
}

impl<'t> Source<'t> {
    /// Parses the text.
    ///
    /// # Errors
    /// When the text is not YAML, exceeds a limit or has a second document.
    pub(super) fn parse(text: &str, file: &'t str) -> Result<Self, Box<ConfigFault>> {
        let refuse = |offset: usize, position: Position, message: String, hint: Option<&str>| {
            Box::new(ConfigFault {
                file: file.to_owned(),
                line: position.line,
                column: position.column,
                path: String::new(),
                message,
                hint: hint.map(ToOwned::to_owned),
                excerpt: excerpt(text, &(offset..offset)),
            })
        };
        let start = Position { line: 1, column: 1 };
        if text.len() > MAX_BYTES {
            return Err(refuse(
                0,
                start,
                "the file is larger than 1 MB".into(),
                None,
            ));
        }
        let stream = Stream::parse(text).map_err(|e| {
            let is_pattern = line(text, e.offset).contains(['{', '*']);
            let hint = is_pattern.then_some("put patterns that contain `{` or `*` in quotes");
            refuse(e.offset, e.position, e.fault.to_string(), hint)
        })?;
        if let Some(second) = stream.documents().get(1) {
            let offset = second.span.start;
            return Err(refuse(
                offset,
                stream.position(offset),
                "the file has a second YAML document".into(),
                Some("keep one document: remove this `---` and everything below it"),
            ));
        }
        let source = Self { file, stream };
        match source.exceeded_limit() {
            Some((offset, message)) => {
                let position = source.stream.position(offset);
                Err(refuse(offset, position, message, None))
            }
            None => Ok(source),
        }
    }

    /// Whether the file has no document.
    pub(super) fn is_empty(&self) -> bool {
        self.stream.documents().is_empty()
    }

    /// The text without a byte order mark, which the deserializer would take for content.
    pub(super) fn text(&self) -> &str {
        let text = self.stream.text();
        text.strip_prefix('\u{feff}').unwrap_or(text)
    }

    /// Turns a note into a fault at its place in the text.
    pub(super) fn place(&self, note: &Note) -> ConfigFault {
        let span = self.span(&note.at, note.spot);
        let position = self.stream.position(span.start);
        let hidden;
        let mut text = self.stream.text();
        if note.is_secret {
            hidden = with_stars(text, &span);
            text = &hidden;
        }
        let span = span.start..span.end.min(text.len());
        ConfigFault {
            file: self.file.to_owned(),
            line: position.line,
            column: position.column,
            path: note.at.to_string(),
            message: note.message.clone(),
            hint: note.hint.clone(),
            excerpt: excerpt(text, &span),
        }
    }

    /// Where the value at a pointer starts.
    pub(super) fn config_place(&self, at: &Pointer) -> ConfigPlace {
        let span = self.span(at, Spot::Value);
        ConfigPlace {
            file: self.file.to_owned(),
            line: self.stream.position(span.start).line,
        }
    }

    /// The bytes of the value or key at a pointer, or of its nearest parent that exists.
    pub(super) fn span(&self, at: &Pointer, spot: Spot) -> Span {
        let Some(document) = self.stream.documents().first() else {
            return 0..0;
        };
        let mut node = &document.root;
        let mut key = None;
        for step in at.steps() {
            let here = self.stream.resolve(0, node);
            match (&here.content, step) {
                (Content::Mapping { entries, .. }, Step::Key(name)) => {
                    let Some(at) = entries.position(name) else {
                        break;
                    };
                    key = Some(&entries[at].key);
                    node = &entries[at].value;
                }
                (Content::Sequence { items, .. }, Step::Index(index)) => {
                    let Some(item) = items.get(*index) else {
                        break;
                    };
                    key = None;
                    node = item;
                }
                _ => break,
            }
        }
        match key {
            Some(key) if spot == Spot::Key || node.span.is_empty() => key.span.clone(),
            _ => node.span.clone(),
        }
    }

    fn exceeded_limit(&self) -> Option<(usize, String)> {
        let root = &self.stream.documents().first()?.root;
        let (mut values, mut bytes) = (0, 0);
        // An explicit stack, because the depth is not known to be safe yet.
        let mut open = vec![(root, 0)];
        while let Some((node, depth)) = open.pop() {
            values += 1;
            if values > MAX_VALUES {
                let message = format!("more than {MAX_VALUES} values after alias expansion");
                return Some((node.span.start, message));
            }
            if depth > MAX_DEPTH {
                let message = format!("nested deeper than {MAX_DEPTH} levels");
                return Some((node.span.start, message));
            }
            let resolved = self.stream.resolve(0, node);
            if let Content::Scalar(scalar) = &resolved.content {
                bytes += scalar.text.len();
                if bytes > MAX_RESOLVED_BYTES {
                    let message = "more than 2 MB after alias expansion".to_owned();
                    return Some((node.span.start, message));
                }
            }
            let children: Vec<&Node> = match &resolved.content {
                Content::Sequence { items, .. } => items.iter().collect(),
                Content::Mapping { entries, .. } => {
                    entries.iter().flat_map(|e| [&e.key, &e.value]).collect()
                }
                Content::Scalar(_) | Content::Alias(_) => Vec::new(),
            };
            open.extend(children.into_iter().rev().map(|child| (child, depth + 1)));
        }
        None
    }
}

/// The line at the start of a span, cut to about the width of a terminal.
fn excerpt(text: &str, span: &Span) -> Excerpt {
    const BEFORE: usize = 60;
    const AFTER: usize = 60;
    let at = floor(text, span.start);
    let Span { start, end } = line_span(text, at);
    let head = text[start..at].trim_start_matches('\u{feff}');
    let tail = text[at..end].trim_end_matches('\r');
    let covered = floor(text, span.end.clamp(at, at + tail.len()));
    let skipped = head.chars().count().saturating_sub(BEFORE);
    let shown = |c: char| {
        if c.is_control() && c != '\t' {
            '\u{fffd}'
        } else {
            c
        }
    };
    let before = head.chars().count() - skipped;
    let line: String = without_secrets(&format!("{head}{tail}"))
        .chars()
        .skip(skipped)
        .take(before + AFTER)
        .map(shown)
        .collect();
    Excerpt {
        before,
        width: text[at..covered].trim_end().chars().count().clamp(1, AFTER),
        line,
    }
}

/// A text with a `*` for each character of a span, except for the ends of lines.
fn with_stars(text: &str, span: &Span) -> String {
    let star = |c: char| if matches!(c, '\r' | '\n') { c } else { '*' };
    let hidden: String = text[span.clone()].chars().map(star).collect();
    [&text[..span.start], &hidden, &text[span.end..]].concat()
}

/// A line with a `*` for each character of the users, passwords and queries of its URLs: people pass faults on,
/// and CI systems keep them.
fn without_secrets(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    let mut rest = line;
    let hide = |text: &str| "*".repeat(text.chars().count());
    while let Some(at) = rest.find("://") {
        let (before, from_authority) = rest.split_at(at + "://".len());
        let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
        let end = from_authority.find(is_end);
        let (url, after) = from_authority.split_at(end.unwrap_or(from_authority.len()));
        let authority = url.split(['/', '?', '#']).next().unwrap_or_default();
        // A password may hold a `/` that was not escaped; what follows the colon is no port then.
        let port = authority.split_once(':').map_or("", |(_, port)| port);
        let has_user = authority.contains('@') || !port.bytes().all(|byte| byte.is_ascii_digit());
        let user = url.rfind('@').filter(|_| has_user).unwrap_or(0);
        let (user, host) = url.split_at(user);
        let (host, query) = host.split_at(host.find('?').unwrap_or(host.len()));
        shown.extend([before, &hide(user), host, &hide(query)]);
        rest = after;
    }
    shown + rest
}

fn line(text: &str, offset: usize) -> &str {
    &text[line_span(text, floor(text, offset))]
}

/// The line at an offset, without its line feed.
fn line_span(text: &str, at: usize) -> Span {
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    start..end
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_covers_the_place_on_its_first_line() {
        let found = excerpt("a: 1\nbé: [1,\n 2]\n", &(5..16));
        assert_eq!(
            (found.line.as_str(), found.before, found.width),
            ("bé: [1,", 0, 7)
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}here{}", "x".repeat(500), "y".repeat(500));
        let found = excerpt(&text, &(500..504));
        assert_eq!((found.before, found.width, found.line.len()), (60, 4, 120));
        assert_eq!(&found.line[60..64], "here");
    }

    #[test]
    fn passwords_in_urls_are_not_shown() {
        for (line, expected) in [
            ("a: https://me:pw@h/b c", "a: https://*****@h/b c"),
            (
                "\"https://tok@h/b\", ssh://g:p/w@h",
                "\"https://***@h/b\", ssh://*****@h",
            ),
            ("https://h/b?key=1, x", "https://h/b******* x"),
            ("https://h:8443/b@v1 git@h:b", "https://h:8443/b@v1 git@h:b"),
            ("no url", "no url"),
        ] {
            assert_eq!(without_secrets(line), expected);
        }
    }

    #[test]
    fn a_windows_line_ending_is_not_shown() {
        assert_eq!(excerpt("a: 1\r\nb: 2\r\n", &(0..1)).line, "a: 1");
    }
}
