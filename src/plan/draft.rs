//! The plan, and the draft that becomes one.

use super::baseline::Baseline;
use super::file::{ApplicationPlan, FileFault, FilePlan, PlannedDifference};
use super::instructions::without_instructions;
use super::record::Record;
use super::{
    Conflict, Finding, Hop, Message, Notice, ProposalPlan, RenderedManifests, Reverted,
    VerifyCommand,
};
use crate::domain::{Action, ApplicationName, CommitId, DecidedBy, GuardName, Origin, Reason};

/// Everything that a promotion would change; nothing in it has been done.
#[derive(Clone, Debug)]
pub struct Plan {
    draft: Draft,
    record: Record,
}

/// The parts of a plan while it is computed.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Source and target.
    pub hop: Hop,
    /// The promotion that it reverts, if it is a revert.
    pub reverts: Option<Reverted>,
    /// The applications whose baseline it sets, without promoting anything; none if it is a promotion.
    pub baseline_of: Vec<ApplicationName>,
    /// The applications of a record that it takes back without changing a file.
    pub undone_for: Vec<ApplicationName>,
    /// The id of the release that it belongs to.
    pub release: Option<String>,
    /// The person who asked a server for that release.
    pub acted_by: Option<String>,
    /// The commit that the source's files were read from.
    pub source: CommitId,
    /// The URL of the repository that has this commit, if it is another one than the target's.
    pub source_repository: Option<String>,
    /// The commit that the target's files were read from, and that the promotion is based on.
    pub target: CommitId,
    /// What decided about the promoted differences.
    pub decider: DecidedBy,
    /// What to do with the plan.
    pub action: Action,
    /// Where the settings come from.
    pub origin: Origin,
    /// The applications that differ, by name.
    pub applications: Vec<ApplicationPlan>,
    /// What the source was when each application was last promoted, where the history was read.
    pub baselines: Vec<Baseline>,
    /// What the user should know.
    pub notices: Vec<Notice>,
    /// What the user should know about the clone that it was computed in.
    pub clone_notices: Vec<Notice>,
    /// The guards' findings, allowed or not.
    pub findings: Vec<Finding>,
    /// The commands that still have to verify the planned files.
    pub verify: Vec<VerifyCommand>,
    /// What changes in the rendered manifests, if they are to be shown.
    pub rendered: Option<RenderedManifests>,
    /// Files that could not be read.
    pub faults: Vec<FileFault>,
    /// The words of the commit.
    pub message: Message,
    /// The pull request's part, used if the action is a pull request.
    pub proposal: ProposalPlan,
}

impl Draft {
    /// Makes the plan: its record is a function of everything else.
    pub(crate) fn finish(self) -> Plan {
        let commits = (self.source, self.target);
        let record = Record {
            reverts: self.reverts.as_ref().map(|reverted| reverted.id.clone()),
            release: self.release.clone(),
            acted_by: self.acted_by.as_deref().map(without_instructions),
            source_repository: self
                .source_repository
                .as_ref()
                .map(|url| without_instructions(url)),
            ..match [self.baseline_of.as_slice(), &self.undone_for]
                .concat()
                .as_slice()
            {
                [] => Record::of(&self.hop, &self.applications, commits, self.decider),
                names => Record::without_files(&self.hop, names, commits, self.decider),
            }
        };
        Plan {
            draft: self,
            record,
        }
    }
}

impl Plan {
    /// The promotion's id; plans that make equal changes have equal ids.
    pub fn id(&self) -> &str {
        &self.record.id
    }

    /// The message of the commit, byte for byte, if the holds of these guards are lifted.
    pub fn commit_message(&self, lifted: &[GuardName]) -> String {
        self.message_of(lifted, None)
    }

    /// The same, if `acted_by` asked a server for it.
    pub(super) fn message_of(&self, lifted: &[GuardName], acted_by: Option<&str>) -> String {
        let names: Vec<&str> = lifted.iter().map(|guard| guard.as_str()).collect();
        let record = Record {
            allowed: (!names.is_empty()).then(|| names.join(", ")),
            acted_by: (acted_by.map(without_instructions)).or_else(|| self.record.acted_by.clone()),
            ..self.record.clone()
        };
        self.draft.message.text(&record)
    }

    /// What the source was when each application was last promoted, where the history was read.
    pub fn baselines(&self) -> &[Baseline] {
        &self.draft.baselines
    }

    /// Source and target.
    pub fn hop(&self) -> &Hop {
        &self.draft.hop
    }

    /// The promotion that it reverts, if it is a revert.
    pub fn reverts(&self) -> Option<&Reverted> {
        self.draft.reverts.as_ref()
    }

    /// The commit that the source's files were read from.
    pub fn source(&self) -> CommitId {
        self.draft.source
    }

    /// The commit that the promotion is based on.
    pub fn target(&self) -> CommitId {
        self.draft.target
    }

    /// What decided about the promoted differences.
    pub fn decider(&self) -> DecidedBy {
        self.draft.decider
    }

    /// What to do with the plan.
    pub fn action(&self) -> Action {
        self.draft.action
    }

    /// Where the settings come from.
    pub fn origin(&self) -> &Origin {
        &self.draft.origin
    }

    /// The applications that differ, by name.
    pub fn applications(&self) -> &[ApplicationPlan] {
        &self.draft.applications
    }

    /// What the user should know.
    pub fn notices(&self) -> &[Notice] {
        &self.draft.notices
    }

    /// What the user should know about the clone that it was computed in; it concerns no other user.
    pub fn clone_notices(&self) -> &[Notice] {
        &self.draft.clone_notices
    }

    /// The guards' findings, allowed or not.
    pub fn findings(&self) -> &[Finding] {
        &self.draft.findings
    }

    /// The commands that still have to verify the planned files.
    pub fn unverified(&self) -> &[VerifyCommand] {
        &self.draft.verify
    }

    /// The plan with what its commands found; only the engine's `verify` calls this.
    pub(crate) fn verified(mut self, findings: Vec<Finding>) -> Self {
        self.draft.verify.clear();
        self.draft.findings.extend(findings);
        self
    }

    /// What changes in the rendered manifests; `None` if they were not asked for.
    pub fn rendered(&self) -> Option<&RenderedManifests> {
        self.draft.rendered.as_ref()
    }

    /// The plan with its rendered manifests; only the engine's `render_manifests` calls this.
    pub(crate) fn with_rendered(mut self, rendered: RenderedManifests) -> Self {
        self.draft.rendered = Some(rendered);
        self
    }

    /// Files that could not be read or edited.
    pub fn faults(&self) -> &[FileFault] {
        &self.draft.faults
    }

    /// The faults of chosen files, whose applications are left out.
    pub fn chosen_faults(&self) -> impl Iterator<Item = &FileFault> {
        self.draft.faults.iter().filter(|fault| fault.is_chosen)
    }

    /// The words of the commit.
    pub fn message(&self) -> &Message {
        &self.draft.message
    }

    /// The pull request's part, used if the action is a pull request.
    pub fn proposal(&self) -> &ProposalPlan {
        &self.draft.proposal
    }

    /// The files that the plan changes, of all applications.
    pub fn changed_files(&self) -> impl Iterator<Item = &FilePlan> {
        self.draft
            .applications
            .iter()
            .flat_map(|a| &a.files)
            .filter(|f| f.is_changed())
    }

    /// The applications that the plan changes.
    pub fn changed_applications(&self) -> impl Iterator<Item = &ApplicationName> {
        self.draft
            .applications
            .iter()
            .filter(|a| a.is_changed())
            .map(|a| &a.name)
    }

    /// Every difference of every file.
    pub fn differences(&self) -> impl Iterator<Item = &PlannedDifference> {
        self.draft
            .applications
            .iter()
            .flat_map(|a| &a.files)
            .flat_map(|f| &f.differences)
    }

    /// Whether the target changed all differences after the promotion that is reverted.
    pub fn is_changed_since(&self) -> bool {
        self.differences()
            .all(|d| matches!(d.verdict.reason, Reason::ChangedSince { .. }))
    }

    /// The differences that stop the promotion.
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.differences()
            .filter(|difference| difference.is_conflict())
            .map(|difference| {
                let PlannedDifference {
                    base,
                    after,
                    before,
                    ..
                } = difference;
                Conflict {
                    selector: difference.selector.clone(),
                    shown: difference.shown.clone(),
                    reason: difference.verdict.reason.clone(),
                    values: [base.clone(), after.clone(), before.clone()],
                }
            })
            .collect()
    }

    /// The applications whose baseline it sets, without promoting anything.
    pub fn baseline_of(&self) -> &[ApplicationName] {
        &self.draft.baseline_of
    }

    /// Whether it takes back what a commit records beside its files.
    pub fn undoes_record(&self) -> bool {
        !self.draft.undone_for.is_empty()
    }

    /// The differences that both sides changed and that were decided for the target.
    pub fn decided(&self) -> impl Iterator<Item = &PlannedDifference> {
        let applications = self.draft.applications.iter();
        applications.flat_map(ApplicationPlan::decided)
    }

    /// Whether the plan changes a file.
    pub fn changes_files(&self) -> bool {
        self.changed_files().next().is_some()
    }

    /// Whether the plan neither changes a file nor records anything.
    pub fn is_empty(&self) -> bool {
        let records = !self.record.kept.is_empty() || !self.draft.baseline_of.is_empty();
        !self.changes_files() && !records && !self.undoes_record()
    }

    /// Whether another plan makes the same changes and records the same decisions: the same promoted
    /// values in the same files. The rest of a file may differ, because others can have changed it
    /// meanwhile.
    pub fn makes_same_changes(&self, other: &Self) -> bool {
        let changes = |plan: &Self| -> Vec<_> {
            plan.changed_files()
                .map(|f| {
                    let promoted: Vec<_> = f
                        .promoted()
                        .map(|d| (d.selector.clone(), d.before.clone(), d.after.clone()))
                        .collect();
                    // A whole file has no values, and those of secrets are masked; the content is
                    // compared instead.
                    let has_values = |d: &PlannedDifference| !d.is_whole_file() && !d.is_masked();
                    let is_by_values = f.promoted().all(has_values);
                    let content = (!is_by_values).then(|| (f.before.clone(), f.after.clone()));
                    (f.path.clone(), promoted, content)
                })
                .collect()
        };
        let names = |plan: &Self| -> Vec<_> { plan.changed_applications().cloned().collect() };
        let baseline = |plan: &Self| -> Option<(Vec<ApplicationName>, CommitId)> {
            let names = plan.baseline_of();
            (!names.is_empty()).then(|| (names.to_vec(), plan.source()))
        };
        names(self) == names(other)
            && changes(self) == changes(other)
            && self.record.kept == other.record.kept
            && baseline(self) == baseline(other)
            && self.undoes_record() == other.undoes_record()
    }
}
