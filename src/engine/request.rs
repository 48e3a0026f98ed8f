//! What a user asks for, as plain data.

use crate::domain::{Action, GuardName, Mode, PullRequestSettings, Settings};
use crate::port::BranchChoice;

/// One promotion as it was asked for; nothing in it was looked up yet.
#[derive(Clone, Debug)]
pub struct Request {
    /// The source environment, by name or alias.
    pub from: String,
    /// The target environment, by name or alias.
    pub to: String,
    /// The chosen applications, whole names or last parts; empty means all.
    pub applications: Vec<String>,
    /// The chosen products.
    pub products: Vec<String>,
    /// `--only`: exact selectors or patterns.
    pub only: Vec<String>,
    /// `--except`: exact selectors or patterns.
    pub except: Vec<String>,
    /// `--promote`, over the templates' modes.
    pub promote: Option<Mode>,
    /// Whether removals move too.
    pub removals: Removals,
    /// `--source`: the revision whose source files are promoted; otherwise the target branch's tip.
    pub source: Option<String>,
    /// Which branch.
    pub branch: BranchChoice,
    /// `--action`, over the policy's.
    pub action: Option<Action>,
    /// `-m` and `--body`.
    pub message: MessageChoice,
    /// How it is proposed, when it becomes a pull request.
    pub proposal: ProposalChoice,
    /// `--allow`.
    pub allow: Allow,
    /// `--config FILE`, read already; otherwise `promote.yaml` of the target's commit.
    pub settings: Option<Settings>,
}

/// Whether removals are promoted without being named exactly.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Removals {
    /// What only the target has stays.
    #[default]
    Kept,
    /// `--delete`: what the mode or rule promotes may be a removal.
    Promoted,
}

/// The user's own words for the commit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MessageChoice {
    /// The first line.
    pub title: Option<String>,
    /// What follows.
    pub body: Option<String>,
}

/// The user's own words for the pull request.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProposalChoice {
    /// What is asked for beyond the policies.
    pub settings: PullRequestSettings,
    /// What a rejection means.
    pub closed: OnRejection,
    /// What people's commits on the branch mean.
    pub taken: OnForeignCommits,
}

/// What a pull request that people closed without merging means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnRejection {
    /// The promotion is rejected until its source changes.
    #[default]
    Respected,
    /// `--reopen`: it is proposed once more.
    Reopened,
}

/// What people's commits on the promotion's branch mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnForeignCommits {
    /// The promotion stops.
    #[default]
    Stop,
    /// `--new-branch`: it goes to the next free name.
    NewBranch,
}

/// Which guards' holds are lifted.
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
    /// Whether a hold of this guard is lifted.
    pub fn lifts(&self, guard: GuardName) -> bool {
        match self {
            Self::All => true,
            Self::Guards(guards) => guards.contains(&guard),
        }
    }
}

impl Request {
    /// Everything that differs between two environments, by the configuration's own rules.
    pub fn between(from: &str, to: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            applications: Vec::new(),
            products: Vec::new(),
            only: Vec::new(),
            except: Vec::new(),
            promote: None,
            removals: Removals::default(),
            source: None,
            branch: BranchChoice::default(),
            action: None,
            message: MessageChoice::default(),
            proposal: ProposalChoice::default(),
            allow: Allow::default(),
            settings: None,
        }
    }
}
