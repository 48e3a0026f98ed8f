//! `git-promote/explain/v1`: why places are promoted or kept.

use schemars::JsonSchema;
use serde::Serialize;

use super::place::{Decision, Difference};
use crate::domain::RepoPath;
use crate::engine;
use crate::plan::Finding;
use crate::render::explain::ways;

/// The name of this format.
const EXPLAIN: &str = "git-promote/explain/v1";

/// Why places are promoted or kept.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote explain, version 1")]
pub struct Explanation<'a> {
    /// `git-promote/explain/v1`.
    #[schemars(extend("const" = EXPLAIN))]
    schema: &'static str,
    /// The source environment.
    from: &'a str,
    /// The target environment.
    to: &'a str,
    /// The branch.
    branch: &'a str,
    /// The commit that the branch points at.
    commit: String,
    /// The mode of `--promote`, which replaces what rules promote; null if it was not given.
    promote: Option<String>,
    /// The places that the selector matches and where source and target differ.
    places: Vec<Place<'a>>,
}

/// A place with what decided about it.
#[derive(Serialize, JsonSchema, Debug)]
struct Place<'a> {
    /// The application.
    application: &'a str,
    /// The source's file, unless only the target has it.
    source_path: Option<&'a str>,
    /// The difference with the decision.
    difference: Difference<'a>,
    /// The rule for the file; null without one, and then versions are promoted unless `promote` is set.
    rule: Option<Rule<'a>>,
    /// What the guards found there.
    findings: Vec<Found<'a>>,
    /// The decision if `--only` with the exact selector is given.
    if_selected: IfSelected<'a>,
    /// What would change the decision: options, and changes of the configuration.
    ways: Vec<String>,
}

/// A decision that would be made.
#[derive(Serialize, JsonSchema, Debug)]
struct IfSelected<'a> {
    /// Whether it would be promoted.
    decision: Decision,
    /// The reason.
    reason: String,
    /// What the guards would find.
    findings: Vec<Found<'a>>,
}

/// What a guard found.
#[derive(Serialize, JsonSchema, Debug)]
struct Found<'a> {
    /// The guard.
    guard: &'static str,
    /// Whether it holds the promotion.
    holds: bool,
    /// What it found.
    message: &'a str,
}

/// A rule of the configuration.
#[derive(Serialize, JsonSchema, Debug)]
struct Rule<'a> {
    /// The configuration's file.
    file: &'a str,
    /// The line in which the rule starts, from 1.
    line: usize,
    /// The template.
    template: &'a str,
    /// The glob that matches the file.
    files: &'a str,
    /// What it promotes: modes and expressions.
    promote: &'a [String],
    /// The expressions of what the target keeps.
    keep: &'a [String],
}

impl<'a> From<&'a engine::Explanation> for Explanation<'a> {
    fn from(explanation: &'a engine::Explanation) -> Self {
        Self {
            schema: EXPLAIN,
            from: &explanation.hop.from.name,
            to: &explanation.hop.to.name,
            branch: &explanation.branch.name,
            commit: explanation.branch.tip.to_string(),
            promote: explanation.promote.map(|mode| mode.to_string()),
            places: explanation.places.iter().map(Place::from).collect(),
        }
    }
}

impl<'a> From<&'a engine::ExplainedPlace> for Place<'a> {
    fn from(place: &'a engine::ExplainedPlace) -> Self {
        let found = |findings: &'a [Finding]| findings.iter().map(Found::from).collect();
        Self {
            application: &place.application.0,
            source_path: place.source_path.as_ref().map(RepoPath::as_str),
            difference: Difference::from(&place.difference),
            rule: place.rule.as_ref().map(|rule| Rule {
                file: &rule.file,
                line: rule.line,
                template: &rule.template,
                files: &rule.files,
                promote: &rule.promote,
                keep: &rule.keep,
            }),
            findings: found(&place.findings),
            if_selected: IfSelected {
                decision: place.if_selected.decision.into(),
                reason: place.if_selected.reason.to_string(),
                findings: found(&place.findings_if_selected),
            },
            ways: ways(place),
        }
    }
}

impl<'a> From<&'a Finding> for Found<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            guard: finding.guard.as_str(),
            holds: finding.is_hold(),
            message: &finding.message,
        }
    }
}
