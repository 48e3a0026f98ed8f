//! Explains the decisions about single places.
//!
//! # Why
//!
//! Whoever wonders why a value stays needs the rule with its line, and an option that is known to have
//! another effect. So nothing is decided anew here: the same plan is computed once as requested, and
//! once with the places selected exactly.

use std::collections::{BTreeSet, HashMap};

use super::branches::{Branches, fetch};
use super::compute::{compute, computed};
use super::decide::Rules;
use super::error::{EngineError, UnmatchedSelector};
use super::ports::Ports;
use super::request::Request;
use super::settings::read_settings;
use crate::domain::{ApplicationName, Mode, Promote, RepoPath, Verdict};
use crate::plan::{Finding, Hop, Plan, PlannedDifference};
use crate::port::Branch;

/// The explained places of a promotion.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The environments.
    pub hop: Hop,
    /// The target's branch.
    pub branch: Branch,
    /// The requested mode, which replaces what the rules promote.
    pub promote: Option<Mode>,
    /// The places in the plan's order; none if source and target have the same there.
    pub places: Vec<ExplainedPlace>,
}

/// A place where source and target differ, and what decided about it.
#[derive(Clone, Debug)]
pub struct ExplainedPlace {
    /// The application.
    pub application: ApplicationName,
    /// The source's file, unless only the target has it.
    pub source_path: Option<RepoPath>,
    /// The difference with its verdict.
    pub difference: PlannedDifference,
    /// The rule for the file; without one, versions are promoted.
    pub rule: Option<AppliedRule>,
    /// What the guards found there.
    pub findings: Vec<Finding>,
    /// The verdict if an exact `--only` names the place.
    pub if_selected: Verdict,
    /// What the guards would find then.
    pub findings_if_selected: Vec<Finding>,
}

/// A rule of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppliedRule {
    /// The configuration's file.
    pub file: String,
    /// The 1-based line in which the rule starts.
    pub line: usize,
    /// The template's name.
    pub template: String,
    /// The glob that matches the file.
    pub files: String,
    /// What it promotes: modes and expressions.
    pub promote: Vec<String>,
    /// The expressions of what the target keeps.
    pub keep: Vec<String>,
}

/// Explains the decisions about the places that a selector or pattern matches.
///
/// # Errors
/// [`EngineError`] by kind; [`EngineError::NothingSelected`] if the selector matches no place.
pub async fn explain(
    ports: &Ports<'_>,
    request: &Request,
    selector: &str,
) -> Result<Explanation, EngineError> {
    let branches = fetch(ports, request).await?;
    let only = |only: Vec<String>| Request {
        only,
        except: Vec::new(),
        take: Vec::new(),
        ..request.clone()
    };
    let mut matching = computed(ports, &only(vec![selector.to_owned()]), &branches)?;
    let matched = std::mem::take(&mut matching.matched);
    let hop = matching.complete().map_err(as_explained)?.hop().clone();
    let places = if matched.is_empty() {
        Vec::new()
    } else {
        let plan = compute(ports, request, &branches)?;
        let selected = compute(ports, &only(matched.clone()), &branches)?;
        places(ports, request, (&matched, &branches), [&plan, &selected])?
    };
    Ok(Explanation {
        branch: Branch {
            notices: branches.notices(&hop)?,
            ..branches.of(&hop.to)?.clone()
        },
        hop,
        promote: request.promote,
        places,
    })
}

/// The error with the name of the argument instead of the option that it was passed as.
fn as_explained(error: EngineError) -> EngineError {
    match error {
        EngineError::NothingSelected(unmatched) => {
            EngineError::NothingSelected(UnmatchedSelector {
                option: "SELECTOR",
                ..unmatched
            })
        }
        other => other,
    }
}

fn places(
    ports: &Ports<'_>,
    request: &Request,
    (matched, branches): (&[String], &Branches),
    [plan, selected]: [&Plan; 2],
) -> Result<Vec<ExplainedPlace>, EngineError> {
    let home = ports.repository.snapshot(branches.home.tip)?;
    let given = request.settings.as_ref();
    let (settings, _) = read_settings(ports, given, home.as_ref(), &mut Vec::new())?;
    let rules = Rules::new(&settings, &request.products, None)?;
    let matched: BTreeSet<&str> = matched.iter().map(String::as_str).collect();
    let exact = selected.differences();
    let exact: HashMap<&str, &Verdict> = exact.map(|d| (d.selector.as_str(), &d.verdict)).collect();
    let findings = |plan: &Plan, selector: &str| -> Vec<Finding> {
        let all = plan.findings().iter();
        all.filter(|f| f.selector == selector).cloned().collect()
    };
    let mut places = Vec::new();
    for application in plan.applications() {
        for file in &application.files {
            let differences = file.differences.iter();
            for difference in differences.filter(|d| matched.contains(d.selector.as_str())) {
                let selector = difference.selector.as_str();
                let path = file.path.as_str();
                places.push(ExplainedPlace {
                    application: application.name.clone(),
                    source_path: file.source_path.clone(),
                    rule: applied(&rules, &application.name, path),
                    findings: findings(plan, selector),
                    if_selected: (*exact.get(selector).unwrap_or(&&difference.verdict)).clone(),
                    findings_if_selected: findings(selected, selector),
                    difference: difference.clone(),
                });
            }
        }
    }
    Ok(places)
}

fn applied(rules: &Rules<'_>, application: &ApplicationName, path: &str) -> Option<AppliedRule> {
    let rule = rules.for_file(application, path).rule()?;
    let promote = rule.promote.iter().map(|promote| match promote {
        Promote::Mode(mode) => mode.to_string(),
        Promote::Path(path) => path.to_string(),
    });
    Some(AppliedRule {
        file: rule.place.file.clone(),
        line: rule.place.line,
        template: rules.template(application)?.name.clone(),
        files: rule.files.clone(),
        promote: promote.collect(),
        keep: rule.keep.iter().map(ToString::to_string).collect(),
    })
}
