//! Findings, warnings and kept differences.

use std::fmt::Write as _;

use super::code::{code, whole};
use super::purpose::Purpose;
use crate::domain::Severity;
use crate::plan::{Baseline, Plan};
use crate::port::body_size;
use crate::render::baseline::{kept_changes, sentence};
use crate::render::conflict;
use crate::render::counted::counted;
use crate::render::date;
use crate::render::kept_reasons::kept_reasons;
use crate::render::notice;

/// Findings and warnings, in at most `limit` characters.
pub(super) fn notes(plan: &Plan, limit: usize, purpose: Purpose<'_>) -> String {
    let findings = plan.findings().iter().map(|f| {
        let state = match f.severity {
            _ if purpose.lifts(f) => "lifted the hold of",
            Severity::Warning => "warning by",
            Severity::Hold | Severity::FinalHold => "held by",
        };
        // The output of a command is not repeated where others can read it.
        let place = match f.command {
            Some(_) => String::new(),
            None => format!(" at {}", code(&f.selector)),
        };
        format!(
            "- {state} {}: {}{place}\n",
            code(f.guard.as_str()),
            whole(&f.message),
        )
    });
    let conflicts = plan.conflicts();
    let conflicts = conflicts.iter().map(|c| {
        format!(
            "- conflict: {} at {}\n",
            whole(&conflict::message(c, plan.hop())),
            code(&c.selector)
        )
    });
    let findings = conflicts.chain(findings);
    let warnings = plan.notices().iter().map(|n| {
        let message = whole(&notice::message(n));
        match notice::heading(n) {
            Some(path) => format!("- {}: {message}\n", code(path)),
            None => format!("- {message}\n"),
        }
    });
    let faults = plan.faults().iter().map(|f| {
        let (path, message) = (code(&f.path), code(&f.message));
        if f.is_chosen {
            let application = code(&f.application.0);
            format!("- {application} is left out, because {path} cannot be promoted: {message}\n")
        } else {
            format!("- {path} cannot be read: {message}\n")
        }
    });
    let mut out = String::new();
    out.push_str(&list("Findings", &findings.collect::<Vec<_>>(), limit / 2));
    let room = limit.saturating_sub(body_size(&out));
    out.push_str(&list(
        "Warnings",
        &warnings.chain(faults).collect::<Vec<_>>(),
        room,
    ));
    if body_size(&out) > limit {
        String::new()
    } else {
        out
    }
}

/// A titled list of the entries that fit, and the number of the others.
fn list(title: &str, entries: &[String], limit: usize) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let mut out = format!("\n**{title}**\n\n");
    let more = |count| format!("- and {count} more\n");
    let all = entries.len();
    for (i, entry) in entries.iter().enumerate() {
        if body_size(&out) + body_size(entry) + body_size(&more(all)) > limit {
            out.push_str(&more(all - i));
            break;
        }
        out.push_str(entry);
    }
    out
}

/// Baselines, with what else changed in the source since.
pub(super) fn baselines<'p>(
    plan: &'p Plan,
    baselines: impl Iterator<Item = &'p Baseline>,
) -> String {
    let mut out = String::new();
    for baseline in baselines {
        let sentence = sentence(baseline, plan.hop(), code);
        let _ = writeln!(
            out,
            "\nBaseline of {}: {sentence}.\n",
            code(&baseline.application.0)
        );
        for (change, count) in kept_changes(plan, baseline) {
            let (commit, day) = (change.commit.short(), date::day(change.time));
            let _ = writeln!(
                out,
                "- kept from {commit} {day}: {} ({count})",
                code(&change.subject)
            );
        }
    }
    out
}

/// The number of kept differences for each reason.
pub(super) fn kept(plan: &Plan) -> String {
    let reasons = kept_reasons(plan);
    let all: usize = reasons.iter().map(|(_, count)| count).sum();
    if all == 0 {
        return String::new();
    }
    let mut out = format!(
        "\n<details><summary>{} kept</summary>\n\n",
        counted(all, "difference")
    );
    for (reason, count) in reasons.iter().take(20) {
        let _ = writeln!(out, "- {count} {}", code(reason));
    }
    out.push_str("\n</details>\n");
    out
}
