//! The content of a file: documents, lines, or bytes that move as a whole.

use super::lines::Lines;
use super::sealed::is_ciphertext_file;
use super::tokens::is_version;
use crate::yaml::{Content, ParseError, ParseFault, Stream};

/// The content of a file.
pub enum FileContent {
    /// A stream of YAML documents (or JSON).
    Yaml(Box<Stream>),
    /// Settings, a template or another text.
    Lines(Box<Lines>),
    /// Anything else: it moves as a whole or not at all.
    Whole,
    /// The file should contain documents by its name, but cannot be parsed.
    Unreadable(Unreadable),
}

/// Why a file cannot be read.
pub struct Unreadable {
    /// 1-based, where known.
    pub line: Option<usize>,
    /// 1-based, in characters, where known.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// Parses the file at `path`.
pub fn parse_file(path: &str, bytes: Vec<u8>) -> FileContent {
    if is_ciphertext_file(&bytes) {
        return FileContent::Whole;
    }
    let is_manifest = is_manifest(path);
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if is_manifest => {
            let good = error.utf8_error().valid_up_to();
            let head = &error.as_bytes()[..good];
            let line = head.split(|b| *b == b'\n').count();
            return FileContent::Unreadable(Unreadable {
                line: Some(line),
                column: None,
                message: "the file is not UTF-8".to_owned(),
            });
        }
        Err(_) => return FileContent::Whole,
    };
    if text.contains('\0') {
        return FileContent::Whole;
    }
    let lines = |lines: Option<Lines>| {
        lines.map_or(FileContent::Whole, |lines| {
            FileContent::Lines(Box::new(lines))
        })
    };
    if !is_manifest && let Some(settings) = Lines::of_settings(path, &text) {
        return lines(Some(settings));
    }
    match Stream::parse(&text) {
        Ok(stream) if is_manifest || is_structured(&stream) => FileContent::Yaml(Box::new(stream)),
        Err(error) if is_manifest && !is_template(&text, &error) => {
            FileContent::Unreadable(Unreadable {
                line: Some(error.position.line),
                column: Some(error.position.column),
                message: error.fault.to_string(),
            })
        }
        Err(_) if is_manifest => lines(Lines::of_template(text)),
        Ok(_) | Err(_) => lines(Lines::of_text(path, text)),
    }
}

/// Whether it should contain YAML or JSON by its name.
pub fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let is_one_of = |extension: &str| {
        let mut all = ["yaml", "yml", "json"].into_iter();
        all.any(|other| extension.eq_ignore_ascii_case(other))
    };
    extension.is_some_and(is_one_of) || name == "Kustomization"
}

/// Whether a text that is not YAML is a Go or Jinja template.
///
/// Braces within a quoted value do not count: alert rules are full of them.
fn is_template(text: &str, error: &ParseError) -> bool {
    let is_action = |line: &str| {
        let line = line.trim_start();
        line.starts_with("{{")
            || line.starts_with("{%")
            || line.starts_with("- {{")
            || line.contains(": {{")
    };
    matches!(error.fault, ParseFault::Syntax(_)) && text.lines().any(is_action)
}

/// Whether any document is more than plain text; a file that only contains a version counts, too.
fn is_structured(stream: &Stream) -> bool {
    stream.documents().iter().any(|d| match &d.root.content {
        Content::Mapping { .. } | Content::Sequence { .. } => true,
        Content::Scalar(scalar) => is_version(&scalar.text),
        Content::Alias(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, bytes: &[u8]) -> String {
        match parse_file(path, bytes.to_vec()) {
            FileContent::Yaml(stream) => format!("{} documents", stream.documents().len()),
            FileContent::Lines(_) => "lines".to_owned(),
            FileContent::Whole => "whole".to_owned(),
            FileContent::Unreadable(Unreadable { line, column, .. }) => {
                format!("unreadable at {line:?} {column:?}")
            }
        }
    }

    #[test]
    fn a_manifest_is_documents_or_unreadable_and_other_files_are_what_they_contain() {
        for (path, bytes, want) in [
            ("a.yaml", &b"a: 1\n---\nb: 2\n"[..], "2 documents"),
            ("a.yaml", b"plain text\n", "1 documents"),
            (
                "a.yaml",
                b"a: 1\nb: 2\nc: \xff\n",
                "unreadable at Some(3) None",
            ),
            ("a.yaml", b"a: [1\n", "unreadable at Some(1) Some(4)"),
            ("a.yaml", b"{{ if x }}\na: 1\n", "whole"),
            (
                "a.yaml",
                b"a: \"{{ x }}\nb\n",
                "unreadable at Some(2) Some(1)",
            ),
            (
                "a.yaml",
                b"a: 1\na: 2\nb: {{ x }}\n",
                "unreadable at Some(2) Some(1)",
            ),
            ("a.yaml", b"a:\n- {{ x }}\n- b: ]\n", "lines"),
            ("a.yaml", b"a: {{ x }} b\n", "lines"),
            ("a.yaml", b"a: 1\0\n", "whole"),
            ("Kustomization", b"a: [1\n", "unreadable at Some(1) Some(4)"),
            ("a.JSON", b"{\"a\": [1}", "unreadable at Some(1) Some(7)"),
            ("a.png", b"\x89PNG\xff", "whole"),
            ("a.txt", b"a: 1\n", "1 documents"),
            ("a.txt", b"a: [1\n", "lines"),
            ("VERSION", b"1.4.2\n", "1 documents"),
            ("README", b"plain text\n", "lines"),
            (".env", b"A: 1\n", "lines"),
        ] {
            assert_eq!(
                read(path, bytes),
                want,
                "{path}: {:?}",
                bytes.escape_ascii().to_string()
            );
        }
    }
}
