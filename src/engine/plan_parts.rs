//! Completes the plan of decided files: action, guards, message, proposal and notices.

use std::collections::{BTreeMap, HashSet};

use super::decide::Rules;
use super::error::EngineError;
use super::file_plan::PlannedFiles;
use super::policy::Promoted;
use super::request::Request;
use super::undone_record::UndoneRecord;
use super::unreferenced::unreferenced;
use super::{application_version, commit_message, decided_by, guard};
use crate::document::is_wanted;
use crate::domain::{
    ApplicationName, CommitId, GuardName, Naming, Origin, Reason, Settings, Severity, Verdict,
};
use crate::plan::{
    ApplicationPlan, Draft, FilePlan, Finding, Hop, Notice, Plan, PlannedDifference, Record,
};
use crate::port::{Branch, Snapshot};

/// What a plan is made of.
pub(super) struct PlanParts<'a> {
    pub request: &'a Request,
    pub settings: &'a Settings,
    pub origin: Origin,
    pub rules: &'a Rules<'a>,
    pub hop: Hop,
    pub naming: &'a Naming,
    /// The commit that the source's files were read from.
    pub source: CommitId,
    /// The URL of the repository that has this commit, if it is another one than the target's.
    pub source_repository: Option<String>,
    /// The target's branch, and its tip.
    pub branch: &'a Branch,
    pub target: &'a dyn Snapshot,
    /// The chosen applications; `None` means all.
    pub chosen: Option<&'a [ApplicationName]>,
    /// The applications whose baseline is set.
    pub baseline_of: Vec<ApplicationName>,
    /// What a revert takes back that no file shows.
    pub undone_record: Option<UndoneRecord>,
    pub planned: PlannedFiles,
    /// What the user should know, in addition to the notices about the files.
    pub notices: Vec<Notice>,
    /// What the user should know about the branches and the clone.
    pub clone_notices: Vec<Notice>,
}

/// What a plan does, as far as it is counted.
pub(super) struct Counted {
    pub applications: Vec<ApplicationPlan>,
    pub findings: Vec<Finding>,
}

impl PlanParts<'_> {
    /// The part of the plan that is counted.
    pub(super) fn count(mut self) -> Counted {
        let applications = self.applications();
        let promoted = Promoted::of(self.request, self.settings, &self.hop.to, &applications);
        let findings = findings(self.request, self.naming, &applications, &promoted);
        Counted {
            applications,
            findings,
        }
    }

    fn applications(&mut self) -> Vec<ApplicationPlan> {
        let all = std::mem::take(&mut self.planned.applications).into_iter();
        all.map(|(name, files)| ApplicationPlan {
            version: application_version::of(self.rules.template(&name), &files),
            name,
            files,
        })
        .collect()
    }

    /// Makes the plan.
    pub(super) fn finish(mut self) -> Result<Plan, EngineError> {
        let applications = self.applications();
        let Self {
            request,
            settings,
            hop,
            branch,
            planned,
            mut notices,
            ..
        } = self;
        let promoted = Promoted::of(request, settings, &hop.to, &applications);
        let findings = findings(request, self.naming, &applications, &promoted);
        notices.extend(planned.notices);
        notices.extend(new_applications_kept(&applications));
        notices.extend(unreferenced(&applications, self.target)?);
        notices.extend(left_out_before(&applications));
        notices.extend(undone_before(&applications));
        let (action, preview_only) = promoted.action()?;
        notices.extend(preview_only);
        let verify = promoted.verify();
        let proposal = promoted.proposal(&hop, self.chosen, branch);
        let ids = (self.source, branch.tip);
        let decider = decided_by::of(request, self.rules, &applications);
        let subject = commit_message::Subject {
            applications: &applications,
            baseline_of: &self.baseline_of,
            undone_record: self.undone_record.as_ref(),
            decider,
            id: &Record::of(&hop, &applications, ids, decider).id,
        };
        let (message, of_message) =
            commit_message::compose(request, settings, &hop, ids, &subject)?;
        notices.extend(of_message);
        Ok(Draft {
            hop,
            reverts: request.reverts.clone(),
            baseline_of: self.baseline_of,
            undone_for: self
                .undone_record
                .map_or_else(Vec::new, |undone| undone.applications),
            release: request.release.as_ref().map(|release| release.id.clone()),
            acted_by: (request.release.as_ref()).and_then(|release| release.acted_by.clone()),
            source: self.source,
            source_repository: self.source_repository,
            target: branch.tip,
            decider,
            action,
            origin: self.origin,
            applications,
            baselines: planned.baselines,
            notices,
            clone_notices: self.clone_notices,
            findings,
            verify,
            rendered: None,
            faults: planned.faults,
            message,
            proposal,
        }
        .finish())
    }
}

/// What the guards find.
fn findings(
    request: &Request,
    naming: &Naming,
    applications: &[ApplicationPlan],
    promoted: &Promoted<'_>,
) -> Vec<Finding> {
    let mut findings = guard::run(applications, naming, |guard, application| {
        let is_run = request.reverts.is_none() || guard::concerns_reverts(guard);
        is_run
            .then(|| promoted.severity(guard, application))
            .flatten()
    });
    if let Some(wanted) = &request.version {
        lift_chosen_rollbacks(&mut findings, applications, wanted);
    }
    findings
}

/// Turns the holds of rollbacks to the chosen version into warnings: that going back is wanted.
fn lift_chosen_rollbacks(findings: &mut [Finding], applications: &[ApplicationPlan], wanted: &str) {
    let is_chosen = |d: &&PlannedDifference| {
        let change = d.version_change();
        change.is_some_and(|(_, after)| is_wanted(after, wanted))
    };
    let chosen = applications.iter().flat_map(ApplicationPlan::promoted);
    let chosen: HashSet<&str> = chosen
        .filter(is_chosen)
        .map(|d| d.selector.as_str())
        .collect();
    for finding in findings {
        let is_rollback = finding.guard == GuardName::ROLLBACK;
        if is_rollback
            && finding.severity == Severity::Hold
            && chosen.contains(finding.selector.as_str())
        {
            finding.severity = Severity::Warning;
        }
    }
}

/// The notice about applications that only the source has and that are not promoted.
fn new_applications_kept(applications: &[ApplicationPlan]) -> Option<Notice> {
    let is_new = |application: &&ApplicationPlan| {
        let mut differences = application.files.iter().flat_map(|file| &file.differences);
        let is_kept = |verdict: &Verdict| *verdict == Verdict::keep(Reason::NewApplication);
        differences.any(|difference| is_kept(&difference.verdict))
    };
    let new = applications.iter().filter(is_new);
    let names: Vec<String> = new
        .map(|application| application.name.to_string())
        .collect();
    (!names.is_empty()).then_some(Notice::NewApplicationsKept { names })
}

/// The notice about versions that the last two promotions left out.
fn left_out_before(applications: &[ApplicationPlan]) -> Option<Notice> {
    let of = |application: &ApplicationPlan| {
        let kept = application.files.iter().flat_map(FilePlan::kept);
        let left_out = kept.filter(|d| d.verdict.reason == Reason::PassedOver);
        let change = |d: &PlannedDifference| format!("{} {}", application.name, d.shown_change());
        left_out.map(change).collect::<Vec<_>>()
    };
    let versions: Vec<String> = applications.iter().flat_map(of).collect();
    (!versions.is_empty()).then_some(Notice::LeftOutBefore { versions })
}

/// The notices about changes that were promoted before and undone, one for each undoing commit.
fn undone_before(applications: &[ApplicationPlan]) -> impl Iterator<Item = Notice> {
    let mut undone: BTreeMap<CommitId, Vec<String>> = BTreeMap::new();
    for application in applications {
        for difference in application.promoted() {
            if let Some(commit) = difference.undone_by {
                let change = format!("{} {}", application.name, difference.shown_change());
                undone.entry(commit).or_default().push(change);
            }
        }
    }
    let notice = |(commit, changes)| Notice::UndoneBefore { commit, changes };
    undone.into_iter().map(notice)
}
