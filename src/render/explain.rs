//! Why places are promoted or kept, as text and Markdown.

use std::io::{self, Write};

use super::counted::counted;
use super::markdown::whole;
use super::shell;
use super::terminal::{Canvas, escaped};
use super::text::Length;
use super::text::value::sides;
use crate::domain::{Mode, Op, Reason, Relation};
use crate::engine::{AppliedRule, ExplainedPlace, Explanation};
use crate::plan::{Finding, PlannedDifference};

/// Writes the explanation as text.
///
/// # Errors
/// When `out` cannot be written.
pub fn text(out: &mut dyn Write, explanation: &Explanation, canvas: Canvas) -> io::Result<()> {
    if explanation.places.is_empty() {
        return writeln!(out, "{EQUAL}");
    }
    let (heading, dim) = (canvas.palette.heading, canvas.palette.dim);
    for (at, place) in explanation.places.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let selector = escaped(&place.difference.selector);
        writeln!(out, "{heading}{selector}{heading:#}")?;
        let mut last = "";
        for (label, line) in lines(place, explanation.promote) {
            let shown = if label == last { "" } else { label };
            writeln!(out, "  {dim}{shown:<WIDTH$}{dim:#}{}", escaped(&line))?;
            last = label;
        }
    }
    Ok(())
}

/// Writes the explanation as Markdown.
///
/// # Errors
/// When `out` cannot be written.
pub fn markdown(out: &mut dyn Write, explanation: &Explanation) -> io::Result<()> {
    if explanation.places.is_empty() {
        return writeln!(out, "{EQUAL}");
    }
    for (at, place) in explanation.places.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "#### {}\n", whole(&place.difference.selector))?;
        for (label, line) in lines(place, explanation.promote) {
            writeln!(out, "- {label}: {}", whole(&line))?;
        }
    }
    Ok(())
}

const EQUAL: &str = "nothing differs there";

/// The width of the labels with the space after them.
const WIDTH: usize = 16;

/// What is shown about a place, each line with its label.
fn lines(place: &ExplainedPlace, promote: Option<Mode>) -> Vec<(&'static str, String)> {
    let difference = &place.difference;
    let verdict = &difference.verdict;
    let decision = if verdict.is_promote() {
        "promoted"
    } else {
        "kept"
    };
    let mut lines = vec![
        ("decision", format!("{decision}: {}", verdict.reason)),
        ("value", value(difference)),
    ];
    if difference.version.is_some() {
        let between = difference.versions_between;
        let between = between.map(|count| format!(", {} between", counted(count, "version")));
        let relation = difference.relation.to_string();
        lines.push(("relation", relation + &between.unwrap_or_default()));
    }
    lines.push(("application", place.application.to_string()));
    let source = place.source_path.as_ref();
    lines.extend(source.map(|path| ("source file", path.to_string())));
    lines.push(("rule", rule(place.rule.as_ref(), promote)));
    lines.extend(place.findings.iter().map(|f| ("guard", finding(f))));
    let label = match (verdict.is_promote(), difference.op) {
        (true, _) => "to keep it",
        (false, Op::Remove) => "to remove it",
        (false, _) => "to promote it",
    };
    lines.extend(ways(place).into_iter().map(|way| (label, way)));
    if !verdict.is_promote() {
        let then = place.findings_if_selected.iter().filter(|f| f.is_hold());
        lines.extend(then.map(|f| ("then", finding(f))));
    }
    lines
}

fn value(difference: &PlannedDifference) -> String {
    let (before, after) = sides(difference, Length::Full);
    match (difference.op, before, after) {
        (Op::Set, Some(before), Some(_))
            if difference.relation == Relation::EnvironmentName
                && difference.before == difference.after =>
        {
            format!("{before}, as in the source but for the environment's name")
        }
        (Op::Set, Some(before), Some(after)) => format!("{before} -> {after}"),
        (Op::Set, ..) => "another file".to_owned(),
        (Op::Add, _, Some(after)) => format!("only in the source: {after}"),
        (Op::Add, ..) => "only in the source".to_owned(),
        (Op::Remove, Some(before), _) => format!("only in the target: {before}"),
        (Op::Remove, ..) => "only in the target".to_owned(),
    }
}

fn rule(rule: Option<&AppliedRule>, promote: Option<Mode>) -> String {
    let Some(rule) = rule else {
        return match promote {
            None => "none, so versions are promoted".to_owned(),
            Some(mode) => format!("none; `--promote {mode}` was given"),
        };
    };
    let AppliedRule {
        file,
        line,
        template,
        files,
        promote: promotes,
        keep,
    } = rule;
    let place = format!("{file}:{line} for `{files}` in template `{template}`");
    let lists = [("promotes", promotes), ("keeps", keep)].into_iter();
    let lists = lists.filter(|(_, entries)| !entries.is_empty());
    let lists = lists.map(|(does, entries)| format!("{does} {}", quoted(entries)));
    let replaced = promote.map(|mode| format!("`--promote {mode}` replaces what it promotes"));
    [place]
        .into_iter()
        .chain(lists)
        .chain(replaced)
        .collect::<Vec<_>>()
        .join(", ")
}

fn quoted(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("`{text}`")).collect();
    texts.join(", ")
}

fn finding(finding: &Finding) -> String {
    let effect = if finding.is_hold() { "holds" } else { "warns" };
    format!("{} {effect}: {}", finding.guard, finding.message)
}

/// What would change the decision: options, and lines of the configuration.
pub(super) fn ways(place: &ExplainedPlace) -> Vec<String> {
    if place.difference.verdict.is_promote() {
        ways_to_keep(place)
    } else {
        ways_to_promote(place)
    }
}

fn ways_to_keep(place: &ExplainedPlace) -> Vec<String> {
    let selector = &place.difference.selector;
    let mut ways = vec![option("--except", selector)];
    match &place.difference.verdict.reason {
        Reason::OnlyExact => ways.push("leave out its `--only`".to_owned()),
        Reason::Taken => ways.push(option("--take", &format!("target={selector}"))),
        Reason::Rule(what) => ways.push(without(place, "promote", what)),
        _ => {}
    }
    if let Some(path) = expression(selector) {
        ways.push(with(place, "keep", path));
    }
    ways
}

fn ways_to_promote(place: &ExplainedPlace) -> Vec<String> {
    let difference = &place.difference;
    let selector = &difference.selector;
    let mut ways = Vec::new();
    if place.if_selected.is_promote() {
        ways.push(option("--only", selector));
    }
    match &difference.verdict.reason {
        Reason::ExceptExact => ways.push("leave out its `--except`".to_owned()),
        Reason::ExceptPattern(text) => {
            ways.push(format!("leave out {}", option("--except", text)));
        }
        Reason::KeepRule(rule) => ways.push(without(place, "keep", rule)),
        Reason::KeepComment => ways.push("remove the comment `promote: keep`".to_owned()),
        Reason::NewApplication => ways.push(option("--service", &place.application.0)),
        Reason::TargetOnly if place.if_selected.is_promote() => {
            ways.push("--promote all --delete, with all else that only the target has".to_owned());
        }
        Reason::Automation(_) => ways.push("`automation: promote` in the rule".to_owned()),
        Reason::ChangedInBoth { .. } => {
            ways.push(option("--take", &format!("source={selector}")));
        }
        Reason::NeedsFile(file) => ways.push(format!("add `{file}` to the target too")),
        Reason::SharedAnchor { anchor, place, .. } => ways.push(format!(
            "promote `{place}` too, or give one of the two a value of its own instead of `{anchor}`"
        )),
        Reason::TemplateExpression { .. } | Reason::Submodule => {
            ways.push("change it by hand: it is never promoted".to_owned());
        }
        Reason::ApplicationLeftOut => {
            ways.push("fix the file that cannot be read or edited".to_owned());
        }
        Reason::NotVersion | Reason::SourceOnly | Reason::PassedOver | Reason::MovingVersion => {
            ways.extend(expression(selector).map(|path| with(place, "promote", path)));
        }
        _ => {}
    }
    ways
}

fn option(option: &str, value: &str) -> String {
    shell::option(option, value)
}

/// The expression of a selector's place, unless it is a whole file or inside a string.
fn expression(selector: &str) -> Option<&str> {
    let at = selector.find(":$")? + 1;
    let path = &selector[at..];
    (!path.contains('|')).then_some(path)
}

/// Adding an entry to the rule.
fn with(place: &ExplainedPlace, key: &str, entry: &str) -> String {
    match &place.rule {
        Some(rule) => format!("add `{entry}` to `{key}` in {}:{}", rule.file, rule.line),
        None => format!("a rule with `{key}: {entry}` in promote.yaml"),
    }
}

/// Taking an entry out of the rule.
fn without(place: &ExplainedPlace, key: &str, entry: &str) -> String {
    let listed = place.rule.as_ref().filter(|rule| {
        let entries = rule.promote.iter().chain(&rule.keep);
        entries.into_iter().any(|listed| listed == entry)
    });
    match listed {
        Some(AppliedRule { file, line, .. }) => {
            format!("remove `{entry}` from `{key}` in {file}:{line}")
        }
        None => format!("leave out `--promote {entry}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requested_mode_replaces_what_a_rule_promotes() {
        let applied = AppliedRule {
            file: "promote.yaml".to_owned(),
            line: 6,
            template: "default".to_owned(),
            files: "**".to_owned(),
            promote: vec!["versions".to_owned()],
            keep: Vec::new(),
        };
        let shown = [
            rule(None, None),
            rule(None, Some(Mode::Changes)),
            rule(Some(&applied), None),
            rule(Some(&applied), Some(Mode::Changes)),
        ];
        insta::assert_snapshot!(shown.join("\n"), @"
        none, so versions are promoted
        none; `--promote changes` was given
        promote.yaml:6 for `**` in template `default`, promotes `versions`
        promote.yaml:6 for `**` in template `default`, promotes `versions`, `--promote changes` replaces what it promotes
        ");
    }
}
