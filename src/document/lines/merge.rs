//! Writing chosen differences into the target's lines.

use std::ops::Range;

use thiserror::Error;

use super::entry::{Entry, Quoting};
use super::parsed::Lines;
use super::proof::{Fault, Model};
use super::quote::requoted;
use super::scan::expressions;
use crate::document::copied_names::renamed_copy;
use crate::document::kubernetes::Difference;
use crate::domain::{Naming, Op};
use crate::yaml::Value;

/// Why differences cannot be written into the target's lines.
#[derive(Debug, Error)]
pub enum LinesError {
    /// The value has characters that may mean something else in the target's quotes.
    #[error("the value of `{0}` cannot be written in the quotes that the target uses")]
    Quotes(String),
    /// A template expression would be changed.
    #[error("`{0}` has a template expression, which is never changed")]
    Expression(String),
    /// The lines of the place have something else in them.
    #[error("`{0}` cannot be moved without other lines")]
    Lines(String),
    /// The edited text was read again and does not have the values that were meant.
    #[error("the edit cannot be made: `{0}` would be read differently afterwards")]
    Proof(String),
}

/// Both sides of a pair of files.
#[derive(Clone, Copy, Debug)]
pub struct LineSides<'a> {
    /// The source's text.
    pub source: &'a Lines,
    /// The target's text.
    pub target: &'a Lines,
    /// The environments' names.
    pub naming: &'a Naming,
}

/// One edit of the target's text.
struct Edit {
    range: Range<usize>,
    text: String,
}

/// Whether a difference would change a template expression.
pub fn changes_expression(difference: &Difference) -> bool {
    let of = |value: &Option<Value>| value.as_ref().map(texts).unwrap_or_default();
    let (before, after) = (of(&difference.before), of(&difference.after));
    difference.op == Op::Set && expressions(&before) != expressions(&after)
}

/// All scalars of a value.
fn texts(value: &Value) -> String {
    match value {
        Value::Scalar { text, .. } | Value::Alias(text) => text.clone(),
        Value::Sequence(items) => items.iter().map(texts).collect(),
        Value::Mapping(entries) => (entries.iter())
            .flat_map(|(key, value)| [key.clone(), texts(value)])
            .collect(),
        Value::Tagged(_, value) => texts(value),
    }
}

/// The target's text with the promoted differences in it; every other byte stays as it is.
///
/// # Errors
/// [`LinesError`] names the place that cannot be edited; nothing else is returned then.
pub fn merge(sides: &LineSides<'_>, promoted: &[&Difference]) -> Result<String, LinesError> {
    let mut edits = Vec::with_capacity(promoted.len());
    let mut model = Model::of(sides.target);
    for difference in promoted {
        edits.push(edit(sides, difference, &mut model)?);
    }
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let text = applied(sides.target.text(), &edits)
        .ok_or_else(|| LinesError::Proof(promoted[0].path.clone()))?;
    let read = sides.target.again(text);
    let proven = read.as_ref().map(|read| model.proves(read));
    match (read, proven) {
        (Some(read), Some(Ok(()))) => Ok(read.into_text()),
        (_, Some(Err(Fault(name)))) => Err(LinesError::Proof(name)),
        _ => Err(LinesError::Proof(promoted[0].path.clone())),
    }
}

/// The text with the edits in it; `None` if two of them overlap.
fn applied(text: &str, edits: &[Edit]) -> Option<String> {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        result.push_str(text.get(done..edit.range.start)?);
        result.push_str(&edit.text);
        done = edit.range.end;
    }
    result.push_str(text.get(done..)?);
    Some(result)
}

fn edit(sides: &LineSides<'_>, d: &Difference, model: &mut Model) -> Result<Edit, LinesError> {
    let lines = || LinesError::Lines(d.path.clone());
    let target = sides.target;
    let source = match &d.source {
        Some(place) => Some(sides.source.at(place).ok_or_else(lines)?),
        None => None,
    };
    match (d.op, source) {
        (Op::Remove, _) => {
            let entry = target.at(&d.place).ok_or_else(lines)?;
            model.remove(target.subtree(entry));
            removed(target, &target.entries[entry]).ok_or_else(lines)
        }
        (Op::Set, Some(source)) => {
            let entry = target.at(&d.place).ok_or_else(lines)?;
            // A key without a separator is a line, whose text is no value.
            let is_alike = sides.source.entries[source].shape == target.entries[entry].shape;
            match d.scalars() {
                Some(_) if is_alike => set(sides, d, (source, entry), model),
                _ => replace(sides, d, (source, entry), model),
            }
        }
        (Op::Add, Some(source)) => {
            let insertion = d.insertion.as_ref().ok_or_else(lines)?;
            let parent = target.at(&insertion.parent).ok_or_else(lines)?;
            add(sides, source, parent, insertion.after, model).ok_or_else(lines)
        }
        (_, None) => Err(lines()),
    }
}

/// Replaces a value between its quotes.
fn set(
    sides: &LineSides<'_>,
    d: &Difference,
    (source, target): (usize, usize),
    model: &mut Model,
) -> Result<Edit, LinesError> {
    if changes_expression(d) {
        return Err(LinesError::Expression(d.path.clone()));
    }
    let new = &sides.source.entries[source].value;
    let text = match (&d.rewritten, new) {
        (Some(text), _) => text.as_str(),
        (None, Some(new)) => sides.source.value(new),
        (None, None) => "",
    };
    let quoting = new.as_ref().map_or(Quoting::Bare, |new| new.quoting);
    let entry = &sides.target.entries[target];
    let Some(old) = &entry.value else {
        let slot = entry
            .slot
            .ok_or_else(|| LinesError::Lines(d.path.clone()))?;
        model.set(target, text);
        return Ok(first_value(sides.target.text(), slot, text, quoting));
    };
    let kind = |value: &Option<Value>| match value {
        Some(Value::Scalar { kind, .. }) => Some(*kind),
        _ => None,
    };
    let is_type_change = sides.target.is_typed() && kind(&d.before) != kind(&d.after);
    let (range, text) = if is_type_change && quoting != old.quoting {
        // The quotes are part of the value: `"80"` becomes `80`.
        let mark = old.quoting.mark().len();
        let quote = quoting.mark();
        let range = old.span.start - mark..old.span.end + mark;
        model.set(target, text);
        (range, format!("{quote}{text}{quote}"))
    } else {
        let quoted = requoted(text, quoting, old.quoting);
        let text = quoted.ok_or_else(|| LinesError::Quotes(d.path.clone()))?;
        model.set(target, text);
        (old.span.clone(), text.to_owned())
    };
    Ok(Edit { range, text })
}

/// Writes the value of a key that has none; a blank comes before it where one would.
fn first_value(target: &str, slot: usize, text: &str, quoting: Quoting) -> Edit {
    let before = &target[..slot];
    let key = before.strip_suffix([':', '=']).unwrap_or(before);
    let blank = if before.ends_with(':') || key.ends_with([' ', '\t']) {
        " "
    } else {
        ""
    };
    let quote = quoting.mark();
    Edit {
        range: slot..slot,
        text: format!("{blank}{quote}{text}{quote}"),
    }
}

/// Replaces an entry with all below it.
fn replace(
    sides: &LineSides<'_>,
    d: &Difference,
    (source, target): (usize, usize),
    model: &mut Model,
) -> Result<Edit, LinesError> {
    let old = &sides.target.entries[target];
    let range = old.start..old.end;
    let new = &sides.source.entries[source];
    if expressions(&sides.target.text()[range.clone()])
        != expressions(&sides.source.text()[new.start..new.end])
    {
        return Err(LinesError::Expression(d.path.clone()));
    }
    let text = moved(sides, source, old.column, Comments::LeftOut)
        .ok_or_else(|| LinesError::Lines(d.path.clone()))?;
    let new = (sides.source, sides.source.subtree(source));
    model.replace(new, sides.target.subtree(target), sides.naming);
    let mut text = text.trim_start().to_owned();
    if !sides.target.text()[range.clone()].ends_with('\n') {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    Ok(Edit { range, text })
}

/// Removes an entry with the comments directly above it; `None` if another one starts on its line.
fn removed(target: &Lines, entry: &Entry) -> Option<Edit> {
    let text = target.text();
    let has_inline_child = |entry: &Entry| {
        let first = entry.children.first().map(|child| &target.entries[*child]);
        first.is_some_and(|child| child.is_inline)
    };
    if entry.is_inline || has_inline_child(entry) && target.entries[entry.parent].is_inline {
        return None;
    }
    let mut range = entry.lead..entry.end;
    // A file without a final line end stays one.
    if range.end == text.len() && !text.ends_with('\n') {
        let before = text[..range.start].strip_suffix('\n');
        let before = before.map(|before| before.strip_suffix('\r').unwrap_or(before));
        range.start = before.map_or(range.start, str::len);
    }
    Some(Edit {
        range,
        text: String::new(),
    })
}

/// Adds an entry of the source below `parent`, after its child `after`.
fn add(
    sides: &LineSides<'_>,
    source: usize,
    parent: usize,
    after: Option<usize>,
    model: &mut Model,
) -> Option<Edit> {
    let target = sides.target;
    let siblings = &target.entries[parent].children;
    let first = siblings.first().map(|child| &target.entries[*child]);
    // Before the first entry of a list item is its dash.
    let after = match (after, first) {
        (None, Some(first)) if first.is_inline => Some(0),
        (after, _) => after,
    };
    let (at, before) = match (after, first) {
        (Some(after), _) => {
            let sibling = *siblings.get(after)?;
            (target.entries[sibling].end, target.subtree(sibling).end)
        }
        (None, Some(first)) => (first.lead, parent + 1),
        // Only a file can be empty: an entry without children differs as a whole.
        (None, None) if parent == 0 => (target.text().len(), 1),
        (None, None) => return None,
    };
    let column = first.map_or(sides.source.entries[source].column, |first| first.column);
    let mut text = moved(sides, source, column, Comments::Copied)?;
    if at > 0 && !target.text()[..at].ends_with('\n') {
        let end = line_end(target.text());
        text = format!("{end}{}", text.strip_suffix(end).unwrap_or(&text));
    }
    let new = (sides.source, sides.source.subtree(source));
    model.add(new, parent, before, sides.naming);
    Some(Edit {
        range: at..at,
        text,
    })
}

/// Whether the comments directly above an entry come along.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comments {
    Copied,
    LeftOut,
}

/// The lines of an entry of the source as they are written in the target: in another column, with the
/// target's names and line ends. `None` if a line has too few blanks at its start.
fn moved(sides: &LineSides<'_>, entry: usize, column: usize, comments: Comments) -> Option<String> {
    let text = sides.source.text();
    let entry = &sides.source.entries[entry];
    let blanks = " ".repeat(entry.column);
    let lead = match comments {
        Comments::Copied if !entry.is_inline => &text[entry.lead..entry.start - entry.column],
        _ => "",
    };
    let lines = format!("{lead}{blanks}{}", &text[entry.start..entry.end]);
    let lines = renamed_copy(&lines, sides.naming, &[]);
    let end = line_end(sides.target.text());
    let mut result = String::with_capacity(lines.len());
    for line in lines.lines() {
        let line = if column >= entry.column || line.trim().is_empty() {
            let more = column.saturating_sub(entry.column);
            if !line.trim().is_empty() {
                result.extend(std::iter::repeat_n(' ', more));
            }
            line
        } else {
            let fewer = entry.column - column;
            let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
            let is_expression = line.trim_start().starts_with(['{', '#']);
            if blanks < fewer && !is_expression {
                return None;
            }
            &line[fewer.min(blanks)..]
        };
        result.push_str(line);
        result.push_str(end);
    }
    Some(result)
}

/// The line end that a text uses first.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
