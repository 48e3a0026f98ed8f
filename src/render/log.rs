//! The log of promotions as text and Markdown.

use std::io::{self, Write};

use super::date;
use super::table::Table;
use super::terminal::{Canvas, escaped};
use super::text::value::abbreviated;
use crate::engine::{PastPromotion, PromotedApplication, PromotionLog};
use crate::port::BODY_LIMIT;

/// Writes the log as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(out: &mut dyn Write, log: &PromotionLog, canvas: Canvas) -> io::Result<()> {
    if log.promotions.is_empty() {
        return writeln!(out, "no promotions on {}", escaped(&log.branch.name));
    }
    table(log).write_text(out, canvas)?;
    if log.has_more {
        let dim = canvas.palette.dim;
        writeln!(out, "{dim}there are older promotions (--limit){dim:#}")?;
    }
    Ok(())
}

/// Writes the log as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(out: &mut dyn Write, log: &PromotionLog) -> io::Result<()> {
    table(log).write_markdown(out, BODY_LIMIT)
}

fn table(log: &PromotionLog) -> Table {
    let headings = [
        "date",
        "promotion",
        "applications",
        "by",
        "pull request",
        "commit",
        "",
    ];
    let mut table = Table::new(headings.map(str::to_owned).to_vec());
    for promotion in &log.promotions {
        table.push(row(promotion));
    }
    table.without_empty_columns()
}

fn row(promotion: &PastPromotion) -> Vec<String> {
    let record = &promotion.record;
    let number = promotion.pull_request.map(|number| format!("#{number}"));
    let applications: Vec<String> = promotion.applications.iter().map(application).collect();
    vec![
        date::short(promotion.arrived()),
        format!("{} -> {}", record.from, record.to),
        applications.join(", "),
        promotion.author.clone(),
        number.unwrap_or_default(),
        promotion.commit.short(),
        revert_notes(promotion),
    ]
}

/// What the promotion reverts, and what reverted it.
fn revert_notes(promotion: &PastPromotion) -> String {
    let reverts = promotion.record.reverts.as_ref().map(|id| {
        let commit = promotion.reverts.map(|commit| commit.short());
        format!("reverts {}", commit.unwrap_or_else(|| abbreviated(id)))
    });
    let reverted = |is_whole, words: &str| -> Option<String> {
        let by = promotion.reverted_by.iter();
        let by = by.filter(|by| by.is_whole == is_whole);
        let commits: Vec<String> = by.map(|by| by.commit.short()).collect();
        (!commits.is_empty()).then(|| format!("{words} {}", commits.join(" and ")))
    };
    let whole = reverted(true, "reverted by");
    let partly = reverted(false, "partly reverted by");
    let notes: Vec<String> = [reverts, partly, whole].into_iter().flatten().collect();
    notes.join(", ")
}

fn application(application: &PromotedApplication) -> String {
    let name = &application.name;
    let Some(version) = &application.version else {
        return name.to_string();
    };
    let side = |side: &Option<String>| side.as_deref().map_or_else(String::new, abbreviated);
    format!(
        "{name} {} -> {}",
        side(&version.before),
        side(&version.after)
    )
}
