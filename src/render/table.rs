//! A table that fits the width of a terminal, or in Markdown.

use std::io::{self, Write};

use super::counted::counted;
use super::markdown::cell;
use super::terminal::{Canvas, escaped};
use super::text::value::shortened;
use crate::port::body_size;

/// What is between two columns.
const GAP: usize = 2;

/// The space reserved for the line about rows that were left out.
const CLOSING: usize = 40;

/// The least width of a column that is shortened.
const LEAST: usize = 8;

/// Headings and rows of texts, which come from the repository and are escaped when they are written.
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub(super) fn new(headings: Vec<String>) -> Self {
        let rows = Vec::new();
        Self { headings, rows }
    }

    /// The headings, as they are.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// The rows, as they are.
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// Adds a row with a text for each column.
    pub(super) fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Removes the columns that have no text in any row.
    pub(super) fn without_empty_columns(mut self) -> Self {
        for column in (0..self.headings.len()).rev() {
            if self.rows.iter().all(|row| row[column].is_empty()) {
                self.headings.remove(column);
                for row in &mut self.rows {
                    row.remove(column);
                }
            }
        }
        self
    }

    /// Writes it as text. If it is too wide for a terminal, the widest columns are shortened.
    pub(super) fn write_text(&self, out: &mut dyn Write, canvas: Canvas) -> io::Result<()> {
        let escape = |row: &Vec<String>| -> Vec<String> {
            row.iter().map(|text| escaped(text).into_owned()).collect()
        };
        let headings = escape(&self.headings);
        let rows: Vec<Vec<String>> = self.rows.iter().map(escape).collect();
        // Programs read a pipe, and need whole texts.
        let limit = if canvas.is_terminal {
            canvas.width
        } else {
            usize::MAX
        };
        let widths = widths(&headings, &rows, limit);
        let line = |row: &[String]| {
            let cells = row.iter().zip(&widths);
            let cells = cells.map(|(text, width)| format!("{:width$}", shortened(text, *width)));
            let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
            line.trim_end().to_owned()
        };
        let dim = canvas.palette.dim;
        writeln!(out, "{dim}{}{dim:#}", line(&headings))?;
        rows.iter()
            .try_for_each(|row| writeln!(out, "{}", line(row)))
    }

    /// Writes it as Markdown in at most `limit` characters; counts the rows that do not fit.
    pub(super) fn write_markdown(&self, out: &mut dyn Write, limit: usize) -> io::Result<()> {
        let line = "---|".repeat(self.headings.len());
        let mut text = format!("| {} |\n|{line}\n", self.headings.join(" | "));
        for (at, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
            let row = format!("| {} |\n", cells.join(" | "));
            if body_size(&text) + body_size(&row) + CLOSING > limit {
                let left_out = counted(self.rows.len() - at, "row");
                text.extend(["\n*", &left_out, " left out.*\n"]);
                break;
            }
            text.push_str(&row);
        }
        out.write_all(text.as_bytes())
    }
}

/// The widths of the columns, together at most `limit` if that is possible.
fn widths(headings: &[String], rows: &[Vec<String>], limit: usize) -> Vec<usize> {
    let width = |text: &String| text.chars().count();
    let mut widths: Vec<usize> = headings.iter().map(width).collect();
    for row in rows {
        for (widest, text) in widths.iter_mut().zip(row) {
            *widest = width(text).max(*widest);
        }
    }
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > limit {
        match widths.iter_mut().max() {
            Some(widest) if *widest > LEAST => *widest -= 1,
            _ => break,
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 3]]) -> Table {
        let texts = |row: &[&str; 3]| row.map(str::to_owned).to_vec();
        let mut table = Table::new(texts(&["name", "version", "by"]));
        for row in rows {
            table.push(texts(row));
        }
        table
    }

    fn text(table: &Table, width: usize) -> String {
        let mut out = Vec::new();
        table.write_text(&mut out, Canvas::plain(width)).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_widest_columns_are_shortened_to_fit() {
        let table = table(&[
            ["web", "1.4.2 -> 1.5.0-rc.1+build.20260102", "Ada"],
            ["a\u{1b}b", "", "Bob"],
        ]);
        insta::assert_snapshot!(text(&table, 60), @r"
        name      version                             by
        web       1.4.2 -> 1.5.0-rc.1+build.20260102  Ada
        a\u{1b}b                                      Bob
        ");
        insta::assert_snapshot!(text(&table, 30), @r"
        name      version          by
        web       1.4.2 -…0260102  Ada
        a\u{1b}b                   Bob
        ");
        assert!(text(&table, 5).contains("1.4.…102"));
        let mut out = Vec::new();
        let pipe = Canvas {
            is_terminal: false,
            ..Canvas::plain(5)
        };
        table.write_text(&mut out, pipe).unwrap();
        assert!(
            String::from_utf8(out)
                .unwrap()
                .contains("rc.1+build.20260102")
        );
    }

    #[test]
    fn columns_without_text_are_left_out() {
        let table = table(&[["web", "", "Ada"]]).without_empty_columns();
        assert_eq!(text(&table, 80), "name  by\nweb   Ada\n");
    }

    #[test]
    fn markup_in_markdown_has_no_effect() {
        let mut out = Vec::new();
        let table = table(&[["a|b", "", "@ada"], ["web", "1", "Bob"]]);
        table.write_markdown(&mut out, 125).unwrap();
        insta::assert_snapshot!(String::from_utf8(out).unwrap(), @"
        | name | version | by |
        |---|---|---|
        | <code>a&#124;b</code> |  | `@ada` |

        *1 row left out.*
        ");
    }
}
