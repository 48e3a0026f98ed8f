//! One line for each difference, with columns aligned within a file.

use std::fmt::Write as _;
use std::io;

use super::detail::{Detail, Length, Selectors};
use super::value::{abbreviated, shortened, sides};
use crate::domain::{Op, Reason, Verdict};
use crate::plan::{Document, MASK, PlannedDifference};
use crate::render::counted::counted;
use crate::render::shell;
use crate::render::terminal::{Canvas, escaped};
use crate::render::value_type::{OLD_TYPE_CHANGES, type_change};

/// The width before the first word: two for the indent, two for the sign.
const INDENT: usize = 4;
/// The least width that a value is shortened to.
const LEAST: usize = 24;

/// The texts of a difference, not yet aligned.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    sign: char,
    label: String,
    place: String,
    before: Option<String>,
    after: Option<String>,
    op: Op,
    selector: &'a str,
    /// What stands in parentheses at the end: the reason, if it is shown, and a changed type.
    notes: Vec<String>,
    /// Whether a value is shown in a shorter form than with `--full`.
    is_abridged: bool,
}

impl<'a> Row<'a> {
    /// The row of a difference.
    pub(super) fn of(difference: &'a PlannedDifference, length: Length) -> Self {
        let shown = sides(difference, length);
        let is_abridged = shown != sides(difference, Length::Full);
        let (before, after) = shown;
        let type_change = type_change(difference);
        let mut notes = Vec::from_iter(match type_change {
            Some((before, after)) => Some(format!("{before} -> {after}")),
            None => (difference.changes_old_type).then(|| OLD_TYPE_CHANGES.to_owned()),
        });
        let between = difference.versions_between.filter(|count| *count > 0);
        notes.extend(between.map(|count| format!("{} between", counted(count, "version"))));
        // Of all that is promoted, only this is no version and was not asked for.
        if difference.verdict == Verdict::promote(Reason::CameWithVersion) {
            notes.insert(0, Reason::CameWithVersion.to_string());
        }
        Self {
            sign: match difference.op {
                Op::Set => ' ',
                Op::Add => '+',
                Op::Remove => '-',
            },
            label: difference.document.as_ref().map(label).unwrap_or_default(),
            place: place(difference),
            before,
            after,
            op: difference.op,
            selector: &difference.selector,
            notes,
            is_abridged,
        }
    }

    /// The row of a difference with the reason for its decision.
    pub(super) fn with_reason(difference: &'a PlannedDifference, length: Length) -> Self {
        let mut row = Self::of(difference, length);
        let reason = escaped(&difference.verdict.reason.to_string()).into_owned();
        row.notes.insert(0, reason);
        row
    }

    /// The notes in parentheses, if there are any.
    fn notes(&self) -> String {
        if self.notes.is_empty() {
            return String::new();
        }
        format!("  ({})", self.notes.join(", "))
    }

    fn values(&self, width: usize, length: Length) -> String {
        let cut = |text: &String, width| match length {
            Length::Full => text.clone(),
            Length::Shortened => shortened(&abbreviated(text), width),
        };
        match (self.op, &self.before, &self.after) {
            // Equal once the source's environment name is replaced: an environment-specific value.
            (Op::Set, Some(before), Some(after)) if before == after && before != MASK => {
                cut(before, width.max(LEAST))
            }
            (Op::Set, Some(before), Some(after)) => {
                let room = width.saturating_sub(4);
                let (b, a) = (length_of(before, length), length_of(after, length));
                // If one side is short, the other gets its space.
                let half = room / 2;
                let for_before = if a < half {
                    room - a
                } else {
                    half.max(room.saturating_sub(a))
                };
                let for_after = if b < half { room - b } else { half };
                format!(
                    "{} -> {}",
                    cut(before, for_before.max(LEAST)),
                    cut(after, for_after.max(LEAST))
                )
            }
            (Op::Add, _, Some(value)) | (Op::Remove, Some(value), _) => {
                cut(value, width.max(LEAST))
            }
            _ => String::new(),
        }
    }
}

/// The length of a value before it is shortened to a width.
fn length_of(text: &str, length: Length) -> usize {
    match length {
        Length::Full => text.chars().count(),
        Length::Shortened => abbreviated(text).chars().count(),
    }
}

/// `Kind/name`, or the one that exists; `#2` for the second document without either.
fn label(document: &Document) -> String {
    let part = |p: &Option<String>| {
        p.as_deref()
            .filter(|t| !t.is_empty())
            .map(|t| escaped(t).into_owned())
    };
    match (part(&document.kind), part(&document.name)) {
        (Some(kind), Some(name)) => format!("{kind}/{name}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) if document.index > 0 => format!("#{}", document.index + 1),
        (None, None) => String::new(),
    }
}

fn place(difference: &PlannedDifference) -> String {
    match (&difference.document, difference.path.is_empty()) {
        (None, _) => "(whole file)".to_owned(),
        (Some(_), true) => "(whole document)".to_owned(),
        (Some(_), false) => escaped(&difference.shown).into_owned(),
    }
}

/// Writes rows with aligned columns; returns whether a place or a value was shortened.
pub(super) fn write(
    out: &mut dyn io::Write,
    rows: &[Row<'_>],
    canvas: Canvas,
    detail: Detail,
) -> io::Result<bool> {
    let widest = |text: for<'r> fn(&'r Row<'_>) -> &'r str| {
        rows.iter()
            .map(|r| text(r).chars().count())
            .max()
            .unwrap_or(0)
    };
    let label_width = widest(|r| &r.label);
    let behind = rows
        .iter()
        .map(|r| r.values(canvas.width, Length::Full).chars().count() + r.notes().chars().count())
        .max()
        .unwrap_or(0);
    let widest_place = widest(|r| &r.place);
    // A single very long place must not push all values off the screen.
    let place_width = if INDENT + label_width + 4 + widest_place + behind <= canvas.width {
        widest_place
    } else {
        widest_place.min((canvas.width / 2).max(LEAST))
    };
    let mut is_shortened = false;
    for row in rows {
        let style = match row.op {
            Op::Set => anstyle::Style::new(),
            Op::Add => canvas.palette.added,
            Op::Remove => canvas.palette.removed,
        };
        let mut line = format!("  {} ", row.sign);
        if label_width > 0 {
            let _ = write!(line, "{:label_width$}  ", row.label);
        }
        let place = match detail.length {
            Length::Full => row.place.clone(),
            Length::Shortened => shortened(&row.place, place_width),
        };
        let _ = write!(line, "{place:place_width$}  ");
        let notes = row.notes();
        let used = line.chars().count().max(INDENT) + notes.chars().count();
        let width = canvas.width.saturating_sub(used);
        let values = row.values(width, detail.length);
        is_shortened |=
            row.is_abridged || place != row.place || values != row.values(width, Length::Full);
        line.push_str(&values);
        let dim = canvas.palette.dim;
        write!(out, "{style}{}{style:#}", line.trim_end())?;
        if !notes.is_empty() {
            write!(out, "{dim}{notes}{dim:#}")?;
        }
        writeln!(out)?;
        if detail.selectors == Selectors::Shown {
            selector(out, row.selector, canvas)?;
        }
    }
    Ok(is_shortened)
}

/// Writes a selector on its own line, never shortened so that it can be copied into a shell.
pub(super) fn selector(out: &mut dyn io::Write, text: &str, canvas: Canvas) -> io::Result<()> {
    let dim = canvas.palette.dim;
    writeln!(out, "      {dim}{}{dim:#}", escaped(&shell::selector(text)))
}
