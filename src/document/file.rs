//! What a file holds: documents, or bytes that move whole.

use super::tokens::is_version;
use crate::yaml::{Content, ParseError, ParseFault, Stream};

/// What a file holds.
pub enum FileContent {
    /// A stream of YAML documents (or JSON).
    Yaml(Box<Stream>),
    /// Anything else: it moves whole or not at all.
    Whole,
    /// The file's name promises documents, and its text has none.
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
    match Stream::parse(&text) {
        Ok(stream) if is_manifest || is_structured(&stream) => FileContent::Yaml(Box::new(stream)),
        Err(error) if is_manifest && !is_template(&text, &error) => {
            FileContent::Unreadable(Unreadable {
                line: Some(error.position.line),
                column: Some(error.position.column),
                message: error.fault.to_string(),
            })
        }
        Ok(_) | Err(_) => FileContent::Whole,
    }
}

/// Whether the name promises YAML or JSON.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("yaml" | "yml" | "json")) || name == "Kustomization"
}

/// Whether the text is a Go template, which need not parse as it stands.
///
/// Braces within a quoted value prove nothing: alert rules are full of them.
fn is_template(text: &str, error: &ParseError) -> bool {
    let is_action = |line: &str| {
        let line = line.trim_start();
        line.starts_with("{{") || line.starts_with("- {{") || line.contains(": {{")
    };
    matches!(error.fault, ParseFault::Syntax(_)) && text.lines().any(is_action)
}

/// Whether any document is more than bare text; a file with nothing but a version counts as structured.
fn is_structured(stream: &Stream) -> bool {
    stream.documents().iter().any(|d| match &d.root.content {
        Content::Mapping { .. } | Content::Sequence { .. } => true,
        Content::Scalar(scalar) => is_version(&scalar.text),
        Content::Alias(_) => false,
    })
}
