//! A user's request for a promotion, as plain data.

use crate::domain::{Action, GuardName, Mode, PullRequestSettings, RepoPath, Settings, Severity};
use crate::plan::{Finding, Plan, Reverted};
use crate::port::{BranchChoice, Publish};

/// A requested promotion; none of its names has been looked up yet.
#[derive(Clone, Debug)]
pub struct Request {
    /// The source environment, by name or alias.
    pub from: String,
    /// The target environment, by name or alias.
    pub to: String,
    /// The promotion to take back; then only the changes that it made are compared, in the target.
    pub reverts: Option<Reverted>,
    /// `git promote baseline --set`: the revision whose source files become the baseline of the chosen
    /// applications; nothing is promoted.
    pub set_baseline: Option<String>,
    /// The release that it is a step of, which has decided the action then.
    pub release: Option<OfRelease>,
    /// The chosen applications, by whole names or last parts; all if there are no products either.
    pub applications: Vec<String>,
    /// The chosen products.
    pub products: Vec<String>,
    /// Which product an omitted choice means.
    pub default_product: DefaultProduct,
    /// `--only`: exact selectors or patterns.
    pub only: Vec<String>,
    /// `--except`: exact selectors or patterns.
    pub except: Vec<String>,
    /// `--take`: which side decides where both changed a place.
    pub take: Vec<TakeChoice>,
    /// `--base`: the revision whose source files are the base; otherwise the source at the last promotion.
    pub base: Option<String>,
    /// `--history`: how many commits of each file are looked at.
    pub history: usize,
    /// `--promote`, which overrides the templates' modes.
    pub promote: Option<Mode>,
    /// Whether removals are promoted too.
    pub removals: Removals,
    /// Whether applications that the target lacks are promoted although they are not named.
    pub new_applications: NewApplications,
    /// `--source`: the revision whose source files are promoted; otherwise the target branch's tip.
    pub source: Option<String>,
    /// `--version`: the version of the only application; the source's files are read from the newest
    /// commit that has it.
    pub version: Option<String>,
    /// The target's branch.
    pub branch: BranchChoice,
    /// `--action`, which may only be more careful than the policies require.
    pub action: Option<Action>,
    /// `-m` and `--body`.
    pub message: MessageChoice,
    /// The options of the pull request, if it becomes one.
    pub proposal: ProposalChoice,
    /// `--allow`.
    pub allow: Allow,
    /// Whether the preview has the rendered manifests.
    pub manifests: ManifestPreview,
    /// `--verify`: commands in addition to those of the policies.
    pub verify: Vec<String>,
    /// The settings of `--config FILE`; otherwise those of `promote.yaml` in the target's commit.
    pub settings: Option<Settings>,
}

/// The release that a promotion is a step of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfRelease {
    /// Its id.
    pub id: String,
    /// The branch of its pull request.
    pub branch: ReleaseBranch,
    /// The person who asked a server for it.
    pub acted_by: Option<String>,
}

/// The branch of a release's pull request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReleaseBranch {
    /// One that no other release uses.
    Own,
    /// That of the promotion, whatever its release: a later one updates the same pull request.
    OfPromotion,
}

/// Which product is promoted if neither applications nor products are chosen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum DefaultProduct {
    /// The one that the configuration names.
    #[default]
    Configured,
    /// The only product of this folder, else the configured one.
    OfFolder(RepoPath),
    /// `--all`: none, so all applications are promoted.
    Ignored,
}

/// A place, and the side that decides if both sides changed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakeChoice {
    /// The side.
    pub side: TakenSide,
    /// An exact selector or a pattern.
    pub selector: String,
}

/// The side whose value a place gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakenSide {
    /// The source's.
    Source,
    /// The target's.
    Target,
}

/// Whether removals are promoted that no exact selector names.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Removals {
    /// What only the target has is kept.
    #[default]
    Kept,
    /// `--delete`: modes and rules promote removals too.
    Promoted,
}

/// Whether applications are promoted that the target lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum NewApplications {
    /// Only if the request names them, or a product of them.
    #[default]
    Kept,
    /// `--new`: all of them.
    Promoted,
}

/// Whether the preview has the rendered manifests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ManifestPreview {
    /// It has not.
    #[default]
    Hidden,
    /// `--rendered`: it shows what changes in them.
    Shown,
}

/// The user's text for the commit message.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MessageChoice {
    /// The first line.
    pub title: Option<String>,
    /// The lines after it.
    pub body: Option<String>,
}

/// The user's options for the pull request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProposalChoice {
    /// Settings in addition to those of the policies.
    pub settings: PullRequestSettings,
    /// What happens if the pull request was rejected.
    pub on_rejection: OnRejection,
    /// What happens if the branch has commits of others.
    pub on_foreign_commits: OnForeignCommits,
}

/// What happens if a person closed the pull request without merging it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnRejection {
    /// The promotion stays rejected until its source changes.
    #[default]
    Respected,
    /// `--reopen`: it is proposed again.
    Reopened,
}

/// What happens if the promotion's branch has commits that git-promote did not make.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnForeignCommits {
    /// The promotion stops.
    #[default]
    Stop,
    /// `--new-branch`: the promotion uses the next free branch name.
    NewBranch,
}

/// The guards whose findings are allowed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Allow {
    /// These.
    Guards(Vec<GuardName>),
    /// All of them.
    All,
}

impl Default for Allow {
    fn default() -> Self {
        Self::Guards(Vec::new())
    }
}

impl Allow {
    /// Whether it lifts the hold of a finding; a policy may forbid that.
    pub fn lifts(&self, finding: &Finding) -> bool {
        let is_named = match self {
            Self::All => true,
            Self::Guards(guards) => guards.contains(&finding.guard),
        };
        finding.severity == Severity::Hold && is_named
    }

    /// Whether no finding holds the plan.
    pub fn clears(&self, plan: &Plan) -> bool {
        let mut findings = plan.findings().iter();
        findings.all(|finding| !finding.is_hold() || self.lifts(finding))
    }

    /// The guards whose holds of the plan are lifted.
    pub fn lifted(&self, plan: &Plan) -> Vec<GuardName> {
        let lifted = plan.findings().iter().filter(|finding| self.lifts(finding));
        let mut lifted: Vec<GuardName> = lifted.map(|finding| finding.guard).collect();
        // The guards ran one after another, so the findings of each are adjacent.
        lifted.dedup();
        lifted
    }
}

impl Request {
    /// Whether new applications are promoted: `--new` is given, or applications or products are named.
    pub(super) fn new_applications(&self) -> NewApplications {
        let is_named = !self.applications.is_empty() || !self.products.is_empty();
        if is_named {
            NewApplications::Promoted
        } else {
            self.new_applications
        }
    }

    /// Promotes everything, removals and new applications too, unless a mode or a version is chosen.
    pub(super) fn promote_all_by_default(&mut self) {
        if self.promote.is_none() && self.version.is_none() {
            self.promote = Some(Mode::All);
            self.removals = Removals::Promoted;
            self.new_applications = NewApplications::Promoted;
        }
    }

    /// The branch to promote on; a preview only reads it.
    pub fn branch_choice(&self) -> BranchChoice {
        let mut choice = self.branch.clone();
        if self.action == Some(Action::None) && choice.publish == Publish::Push {
            choice.publish = Publish::Look;
        }
        choice
    }

    /// How many commits of each file are looked at by default.
    pub const HISTORY: usize = 2_000;

    /// A promotion of all applications, with everything else as the configuration has it.
    pub fn between(from: &str, to: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            reverts: None,
            set_baseline: None,
            release: None,
            applications: Vec::new(),
            products: Vec::new(),
            default_product: DefaultProduct::default(),
            only: Vec::new(),
            except: Vec::new(),
            take: Vec::new(),
            base: None,
            history: Self::HISTORY,
            promote: None,
            removals: Removals::default(),
            new_applications: NewApplications::default(),
            source: None,
            version: None,
            branch: BranchChoice::default(),
            action: None,
            message: MessageChoice::default(),
            proposal: ProposalChoice::default(),
            allow: Allow::default(),
            manifests: ManifestPreview::default(),
            verify: Vec::new(),
            settings: None,
        }
    }
}
