//! What was kept, found, and should be known.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::code::code;
use crate::plan::{FilePlan, Plan};
use crate::port::body_size;
use crate::render::counted::counted;
use crate::render::notice;

/// Findings, warnings and kept differences, in at most `limit` characters.
pub(super) fn notes(plan: &Plan, limit: usize) -> String {
    let findings = plan.findings().iter().map(|f| {
        format!(
            "- held by {}: {} at {}\n",
            code(f.guard.as_str()),
            code(&f.message),
            code(&f.selector)
        )
    });
    let warnings = plan.notices().iter().map(|n| {
        let message = code(&notice::message(n));
        match notice::heading(n) {
            Some(path) => format!("- {}: {message}\n", code(path)),
            None => format!("- {message}\n"),
        }
    });
    let faults = plan
        .faults()
        .iter()
        .map(|f| format!("- {} cannot be read: {}\n", code(&f.path), code(&f.message)));
    let kept = kept(plan);
    let room = limit.saturating_sub(body_size(&kept));
    let mut out = String::new();
    out.push_str(&list("Findings", &findings.collect::<Vec<_>>(), room / 2));
    let room = room.saturating_sub(body_size(&out));
    out.push_str(&list(
        "Warnings",
        &warnings.chain(faults).collect::<Vec<_>>(),
        room,
    ));
    out.push_str(&kept);
    if body_size(&out) > limit {
        String::new()
    } else {
        out
    }
}

/// A list under a title: the entries that fit, and how many more there are.
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

/// How many differences were kept, by reason.
fn kept(plan: &Plan) -> String {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let files = plan.applications().iter().flat_map(|a| &a.files);
    for difference in files.flat_map(FilePlan::kept) {
        *reasons
            .entry(difference.verdict.reason.to_string())
            .or_default() += 1;
    }
    let all: usize = reasons.values().sum();
    if all == 0 {
        return String::new();
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
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
