//! Files as what they are: YAML, or bytes that move whole.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use super::pair::FileObject;
use crate::document::{Difference, is_version};
use crate::domain::{FileMode, Naming, Op};
use crate::plan;
use crate::port::{RepositoryError, Snapshot};
use crate::yaml::{Content, JsonPath, ParseError, ParseFault, Place, Step, Stream};

/// Files larger than this are refused by name.
pub(super) const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Whether a comment says `promote: keep`, however it is written and whatever follows.
fn is_keep(comment: &str) -> bool {
    comment.split('#').any(|part| {
        let text = part.trim_start().to_ascii_lowercase();
        let rest = text
            .strip_prefix("promote")
            .and_then(|rest| rest.trim_start().strip_prefix(':'))
            .and_then(|rest| rest.trim_start().strip_prefix("keep"));
        let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        rest.is_some_and(|rest| !rest.starts_with(goes_on))
    })
}

/// Whether a text may have such a comment.
fn may_keep(text: &str) -> bool {
    ["promote", "Promote", "PROMOTE"]
        .iter()
        .any(|word| text.contains(word))
}

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
    if matches!(file.mode, FileMode::Submodule | FileMode::Directory) {
        return Ok(Loaded::Whole);
    }
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
///
/// Braces within a quoted value say nothing: alert rules are full of them.
fn is_template(text: &str, error: &ParseError) -> bool {
    let is_action = |line: &str| {
        let line = line.trim_start();
        line.starts_with("{{") || line.starts_with("- {{") || line.contains(": {{")
    };
    matches!(error.fault, ParseFault::Syntax(_)) && text.lines().any(is_action)
}

/// Whether any document is more than a bare text; a file of nothing but a version is.
fn is_structured(stream: &Stream) -> bool {
    stream.documents().iter().any(|d| match &d.root.content {
        Content::Mapping { .. } | Content::Sequence { .. } => true,
        Content::Scalar(scalar) => is_version(&scalar.text),
        Content::Alias(_) => false,
    })
}

/// What an expression selects: by its text, whether in the source, and the document.
type Selected = HashMap<(String, bool, usize), HashSet<Vec<Step>>>;

/// The places of one pair of files, for JSONPath expressions. Built only when one is asked.
pub(super) struct Places<'a> {
    source: &'a Stream,
    target: &'a Stream,
    naming: &'a Naming,
    json: OnceCell<(Vec<serde_json::Value>, Vec<serde_json::Value>)>,
    /// Whether the source's and the target's text say anywhere that something is kept.
    keeps: (bool, bool),
    /// What each expression selects, per side and document: looked up for every difference.
    selected: RefCell<Selected>,
}

/// Whether a file says anywhere that something in it is kept.
pub(super) fn says_keep(content: &plan::Content) -> bool {
    let says = |line: &str| {
        line.split_once('#')
            .is_some_and(|(_, comment)| is_keep(comment))
    };
    std::str::from_utf8(&content.bytes).is_ok_and(|text| text.lines().any(says))
}

/// Whether an expression must select a place or one above it, or may select one below.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// The place or one above.
    Above,
    /// One below too.
    Below,
}

impl<'a> Places<'a> {
    pub(super) fn new(source: &'a Stream, target: &'a Stream, naming: &'a Naming) -> Self {
        Self {
            source,
            target,
            naming,
            json: OnceCell::new(),
            keeps: (may_keep(source.text()), may_keep(target.text())),
            selected: RefCell::default(),
        }
    }

    /// Whether `# promote: keep` stands at the difference's place, above it, or within what it
    /// takes along, in the target or in the source.
    pub(super) fn keeps(&self, difference: &Difference) -> bool {
        let says = |stream: &Stream, place: &Place| {
            let comments = stream.comments(place);
            comments.iter().any(|comment| is_keep(comment))
        };
        let above = |stream: &Stream, place: &Place| {
            (1..=place.steps.len()).any(|n| {
                let above = Place {
                    document: place.document,
                    steps: place.steps[..n].to_vec(),
                };
                says(stream, &above)
            })
        };
        let takes_along = difference.scalars().is_none();
        let within = |stream: &Stream, place: &Place| {
            takes_along && below(stream, place).iter().any(|p| says(stream, p))
        };
        let kept = |stream: &Stream, place: &Place| above(stream, place) || within(stream, place);
        let in_target = || match &difference.insertion {
            Some(insertion) => above(self.target, &insertion.parent),
            None => kept(self.target, &difference.place),
        };
        let in_source = |place: &Place| self.keeps.0 && kept(self.source, place);
        self.keeps.1 && in_target() || difference.source.as_ref().is_some_and(in_source)
    }

    /// Whether the expression selects the difference's place or one above it.
    ///
    /// What is there is looked up in the target; what would be new, in the source with the
    /// target's names.
    pub(super) fn covers(&self, path: &JsonPath, difference: &Difference, reach: Reach) -> bool {
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
        let side = difference.op == Op::Add;
        let mut cache = self.selected.borrow_mut();
        let selected = cache
            .entry((path.to_string(), side, place.document))
            .or_insert_with(|| path.select(json).into_iter().collect());
        if (0..=steps.len()).any(|n| selected.contains(&steps[..n])) {
            return true;
        }
        // What is new, gone or of another shape takes along what lies below it.
        reach == Reach::Below
            && difference.scalars().is_none()
            && selected.iter().any(|below| below.starts_with(steps))
    }
}

/// Every place below a place.
fn below(stream: &Stream, place: &Place) -> Vec<Place> {
    let mut found = Vec::new();
    let mut open = vec![place.clone()];
    while let Some(place) = open.pop() {
        let children: Vec<Place> = match stream.node(&place).map(|n| &n.content) {
            Some(Content::Mapping { entries, .. }) => entries
                .iter()
                .map(|e| place.child(Step::Key(e.name().to_owned())))
                .collect(),
            Some(Content::Sequence { items, .. }) => (0..items.len())
                .map(|i| place.child(Step::Index(i)))
                .collect(),
            _ => Vec::new(),
        };
        found.extend(children.iter().cloned());
        open.extend(children);
    }
    found
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

#[cfg(test)]
mod tests {
    use super::is_keep;

    #[test]
    fn a_comment_keeps_however_it_is_written() {
        for comment in [
            " promote: keep",
            "promote:keep",
            "  Promote :  KEEP  ",
            " promote: keep until the summer",
            " promote: keep, it is ours",
            " why # promote: keep",
        ] {
            assert!(is_keep(comment), "{comment}");
        }
        for comment in [
            " promote: keeper",
            " promote: keep-alive",
            " do not promote: keep",
            " promote keep",
            " promote: é",
            "",
        ] {
            assert!(!is_keep(comment), "{comment}");
        }
    }
}
