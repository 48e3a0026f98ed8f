//! Files as what they are: YAML, or bytes that move whole.

use std::cell::OnceCell;

use super::pair::FileObject;
use crate::domain::{Naming, Op};
use crate::manifest::{Difference, is_version};
use crate::port::{RepositoryError, Snapshot};
use crate::yaml::{Content, JsonPath, ParseError, ParseFault, Place, Step, Stream};

/// Files larger than this are refused by name.
pub(super) const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// The comment that keeps what it stands at.
const KEEP_COMMENT: &str = "promote: keep";

/// What a file turned out to be.
pub(super) enum Loaded {
    /// A stream of YAML documents (or JSON).
    Yaml(Box<Stream>),
    /// Anything else: it moves whole or not at all.
    Whole,
    /// It should be readable and is not.
    Fault(Fault),
}

/// Why a file cannot be read.
pub(super) struct Fault {
    pub line: Option<usize>,
    pub column: Option<usize>,
    pub message: String,
}

/// Reads and parses one file.
pub(super) fn load(
    snapshot: &dyn Snapshot,
    file: FileObject,
    path: &str,
) -> Result<Loaded, RepositoryError> {
    let size = snapshot.blob_size(file.id)?;
    if size > MAX_BYTES {
        return Ok(Loaded::Fault(Fault {
            line: None,
            column: None,
            message: format!("the file has {size} bytes; the limit is {MAX_BYTES}"),
        }));
    }
    let bytes = snapshot.read_blob(file.id)?;
    if !file.mode.is_file() {
        return Ok(Loaded::Whole);
    }
    let is_manifest = is_manifest(path);
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if is_manifest => {
            let good = error.utf8_error().valid_up_to();
            let head = &error.as_bytes()[..good];
            let line = head.split(|b| *b == b'\n').count();
            return Ok(Loaded::Fault(Fault {
                line: Some(line),
                column: None,
                message: "the file is not UTF-8".to_owned(),
            }));
        }
        Err(_) => return Ok(Loaded::Whole),
    };
    if text.contains('\0') {
        return Ok(Loaded::Whole);
    }
    Ok(match Stream::parse(&text) {
        Ok(stream) if is_manifest || is_structured(&stream) => Loaded::Yaml(Box::new(stream)),
        Err(error) if is_manifest && !is_template(&text, &error) => Loaded::Fault(Fault {
            line: Some(error.position.line),
            column: Some(error.position.column),
            message: error.fault.to_string(),
        }),
        Ok(_) | Err(_) => Loaded::Whole,
    })
}

/// Whether the name promises YAML or JSON.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("yaml" | "yml" | "json")) || name == "Kustomization"
}

/// A Go template that does not parse as it stands is no fault of anybody's.
fn is_template(text: &str, error: &ParseError) -> bool {
    text.contains("{{") && !matches!(error.fault, ParseFault::ConflictMarker)
}

/// Whether any document is more than a bare text; a file of nothing but a version is.
fn is_structured(stream: &Stream) -> bool {
    stream.documents().iter().any(|d| match &d.root.content {
        Content::Mapping { .. } | Content::Sequence { .. } => true,
        Content::Scalar(scalar) => is_version(&scalar.text),
        Content::Alias(_) => false,
    })
}

/// The places of one pair of files, for JSONPath expressions. Built only when one is asked.
pub(super) struct Places<'a> {
    source: &'a Stream,
    target: &'a Stream,
    naming: &'a Naming,
    json: OnceCell<(Vec<serde_json::Value>, Vec<serde_json::Value>)>,
    /// Whether the source's and the target's text say anywhere that something is kept.
    keeps: (bool, bool),
}

impl<'a> Places<'a> {
    pub(super) fn new(source: &'a Stream, target: &'a Stream, naming: &'a Naming) -> Self {
        Self {
            source,
            target,
            naming,
            json: OnceCell::new(),
            keeps: (
                source.text().contains(KEEP_COMMENT),
                target.text().contains(KEEP_COMMENT),
            ),
        }
    }

    /// Whether `# promote: keep` stands at the difference's place or above it, in the target or in
    /// the source.
    pub(super) fn keeps(&self, difference: &Difference) -> bool {
        let kept = |stream: &Stream, place: &Place| {
            (1..=place.steps.len()).any(|n| {
                let above = Place {
                    document: place.document,
                    steps: place.steps[..n].to_vec(),
                };
                let comments = stream.comments(&above);
                comments.iter().any(|c| c.trim() == KEEP_COMMENT)
            })
        };
        let here = match &difference.insertion {
            Some(insertion) => &insertion.parent,
            None => &difference.place,
        };
        let in_source = |place: &Place| self.keeps.0 && kept(self.source, place);
        self.keeps.1 && kept(self.target, here) || difference.source.as_ref().is_some_and(in_source)
    }

    /// Whether the expression selects the difference's place or one above it.
    ///
    /// What is there is looked up in the target; what would be new, in the source with the
    /// target's names.
    pub(super) fn covers(&self, path: &JsonPath, difference: &Difference) -> bool {
        let (source, target) = self.json.get_or_init(|| {
            let all = |s: &Stream| (0..s.documents().len()).map(|i| s.to_json(i)).collect();
            let mut source: Vec<serde_json::Value> = all(self.source);
            for value in &mut source {
                rename(value, self.naming);
            }
            (source, all(self.target))
        });
        let (json, place) = match (difference.op, &difference.source) {
            (Op::Add, Some(place)) => (source.get(place.document), place),
            _ => (target.get(difference.place.document), &difference.place),
        };
        let Some(json) = json else { return false };
        let renamed: Vec<Step>;
        let steps = if difference.op == Op::Add {
            renamed = place
                .steps
                .iter()
                .map(|step| match step {
                    Step::Key(key) => Step::Key(self.naming.rename(key)),
                    Step::Index(i) => Step::Index(*i),
                })
                .collect();
            &renamed
        } else {
            &place.steps
        };
        path.select(json)
            .iter()
            .any(|selected| steps.starts_with(selected))
    }
}

fn rename(value: &mut serde_json::Value, naming: &Naming) {
    match value {
        serde_json::Value::String(text) => *text = naming.rename(text),
        serde_json::Value::Array(items) => items.iter_mut().for_each(|v| rename(v, naming)),
        serde_json::Value::Object(entries) => {
            let renamed = std::mem::take(entries)
                .into_iter()
                .map(|(key, mut value)| {
                    rename(&mut value, naming);
                    (naming.rename(&key), value)
                })
                .collect();
            *entries = renamed;
        }
        _ => {}
    }
}
