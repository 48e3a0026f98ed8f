//! Why a promotion could not be planned or applied.

use std::fmt;

use thiserror::Error;

use crate::domain::{ApplicationName, CommitId, RepoPath, RepositoryUrl, SelectorError};
use crate::inventory::InventoryError;
use crate::port::{Branch, ForgeError, RepositoryError, RunnerError, SettingsError};

/// Why a promotion could not be planned or applied, by kind.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The repository, its remote or the working tree.
    #[error("the repository could not be used")]
    Repository(#[from] RepositoryError),
    /// Environments, applications or files could not be found.
    #[error(transparent)]
    Inventory(#[from] InventoryError),
    /// The configuration has faults.
    #[error("the configuration cannot be used")]
    Settings(#[from] SettingsError),
    /// A value of `--only` or `--except` is not a valid selector.
    #[error("a selector is not valid")]
    Selector(#[from] SelectorError),
    /// A glob in a rule or selector is malformed.
    #[error("`{glob}` is not a valid glob")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        #[source]
        source: globset::Error,
    },
    /// The environments are branches, not paths.
    #[error("the environments `{from}` and `{to}` are branches of this repository, not folders")]
    EnvironmentsAsBranches {
        /// The source's branch.
        from: String,
        /// The target's branch.
        to: String,
    },
    /// The branch of an environment was not fetched with the others.
    #[error("branch `{branch}` of environment `{environment}` was not fetched")]
    BranchNotFetched {
        /// The environment.
        environment: String,
        /// Its branch.
        branch: String,
    },
    /// The repository of an environment, if it is another one than that with the configuration.
    #[error("the repository of environment `{environment}` could not be used")]
    Elsewhere {
        /// The environment.
        environment: String,
        /// What failed.
        source: RepositoryError,
    },
    /// The target is in another repository, but nothing may be pushed.
    #[error("`{environment}` is in `{repository}`, so a promotion to it has to be pushed")]
    HasToBePushed {
        /// The environment.
        environment: String,
        /// The repository.
        repository: RepositoryUrl,
    },
    /// The targets of a group are in different repositories.
    #[error("`{}` is in {}, but `{}` in {}", .targets[0], shown(.repositories[0].as_ref()), .targets[1], shown(.repositories[1].as_ref()))]
    DifferentRepositories {
        /// The environments.
        targets: [String; 2],
        /// Their repositories; `None` for that with the configuration.
        repositories: [Option<RepositoryUrl>; 2],
    },
    /// The targets of a group are on different branches.
    #[error("`{}` is on branch `{}`, but `{}` on `{}`", .targets[0], .branches[0], .targets[1], .branches[1])]
    DifferentBranches {
        /// The environments.
        targets: [String; 2],
        /// Their branches.
        branches: [String; 2],
    },
    /// A version was chosen, but not a single application.
    #[error("`--version {version}` needs exactly one application")]
    VersionOfSeveral {
        /// The version.
        version: String,
    },
    /// The application did not have the version in the source.
    #[error("{application} did not have version `{version}` in `{environment}`{end}")]
    UnknownVersion {
        /// The application.
        application: ApplicationName,
        /// The version that was given.
        version: String,
        /// The source environment.
        environment: String,
        /// The versions that it had, newest first.
        known: Vec<String>,
        /// Where the search in its history ended.
        end: SearchEnd,
    },
    /// The history of the branch has no such promotion.
    #[error("there is no promotion `{name}` in the history of `{branch}`{}", if *.is_shallow { ", as far as this shallow clone has it" } else { "" })]
    NoPromotion {
        /// The id, commit or number that was given.
        name: String,
        /// The branch.
        branch: String,
        /// Whether the clone is shallow.
        is_shallow: bool,
    },
    /// The id, commit or number is that of several promotions.
    #[error("several promotions match `{name}`: {}", .ids.join(", "))]
    SeveralPromotions {
        /// What was given.
        name: String,
        /// The ids of the promotions.
        ids: Vec<String>,
    },
    /// The commit is no promotion of the branch.
    #[error("commit `{}` is not a promotion", .commit.short())]
    NotAPromotion {
        /// The commit.
        commit: CommitId,
    },
    /// The promotion's commit has no parent, so nothing shows what was there before.
    #[error("the commit before `{}` is missing{}", .commit.short(), if *.is_shallow { " from this shallow clone" } else { "" })]
    NothingBefore {
        /// The promotion's commit.
        commit: CommitId,
        /// Whether the clone is shallow.
        is_shallow: bool,
    },
    /// The commit is not in the history of the branch.
    #[error("commit `{}` is not on `{branch}`", .commit.short())]
    NotOnBranch {
        /// The commit.
        commit: CommitId,
        /// The branch.
        branch: String,
    },
    /// A selector matches no difference, and no equal place of the target either.
    #[error("`{} {}` matches no difference", .0.option, .0.selector)]
    NothingSelected(UnmatchedSelector),
    /// A `--take` names a place that both sides did not change.
    #[error("`--take` would decide nothing: both sides did not change `{selector}`")]
    NothingToTake {
        /// The selector.
        selector: String,
    },
    /// A baseline was to be set for all applications.
    #[error("a baseline is set for chosen applications only")]
    NoApplicationChosen,
    /// Chosen files could not be read or edited, and nothing else is promoted.
    #[error("{} of the selected files cannot be promoted", .0.len())]
    Faults(Vec<crate::plan::FileFault>),
    /// The commands that verify the planned files could not be run.
    #[error("the planned files could not be verified")]
    Runner(#[from] RunnerError),
    /// The configuration does not have what the command line names.
    #[error("the configuration has no {what} `{name}`")]
    NotConfigured {
        /// `flow` or `environment`.
        what: &'static str,
        /// The name that was given.
        name: String,
        /// The names that it has.
        known: Vec<String>,
    },
    /// The product does not have the application.
    #[error("product `{product}` has no application `{application}`")]
    NotInProduct {
        /// The product.
        product: String,
        /// The name that was given.
        application: String,
        /// The applications that it has.
        known: Vec<String>,
    },
    /// The flow does not promote to the environment.
    #[error("flow `{flow}` has no step for `{environment}`")]
    NotAStep {
        /// The flow.
        flow: String,
        /// The environment.
        environment: String,
        /// The environments that it promotes to.
        steps: Vec<String>,
    },
    /// A policy requires another action than the command line.
    #[error("policy `{policy}` requires {required}, not {asked}")]
    Policy {
        /// The policy.
        policy: String,
        /// The required action.
        required: crate::domain::Action,
        /// The requested action.
        asked: crate::domain::Action,
    },
    /// The promotion to one of several targets failed.
    #[error("cannot promote to `{target}`")]
    Target {
        /// The target, as it was given.
        target: String,
        /// What failed.
        source: Box<EngineError>,
    },
    /// A group has too many targets.
    #[error("{count} targets are more than can be promoted to together")]
    TooManyTargets {
        /// How many there are.
        count: usize,
    },
    /// Two targets are the same environment.
    #[error("the targets `{}` and `{}` are the same environment", .given[0], .given[1])]
    SameTarget {
        /// The targets, as they were given.
        given: [String; 2],
    },
    /// The promotions to two targets change the same file.
    #[error("the promotions to `{}` and `{}` both change `{path}`", .targets[0], .targets[1])]
    SharedFile {
        /// The environments.
        targets: [String; 2],
        /// The file.
        path: RepoPath,
    },
    /// The action is not the same for two targets, because the policies differ.
    #[error("the action is {} for `{}`, but {} for `{}`", .actions[0], .targets[0], .actions[1], .targets[1])]
    DifferentActions {
        /// The environments.
        targets: [String; 2],
        /// Their actions.
        actions: [crate::domain::Action; 2],
    },
    /// The forge failed before anything was written, or while an old proposal was withdrawn.
    #[error("the forge could not be used")]
    Forge(#[source] ForgeError),
    /// The branch is pushed, but not the rest; another run continues from there.
    #[error("pushed `{branch}`, but could not finish the pull request")]
    Propose {
        /// The promotion's branch.
        branch: String,
        /// What failed.
        source: Box<ForgeError>,
    },
    /// The promotion's branch was moved during every attempt to update it.
    #[error("the promotion's branch `{branch}` was moved by others too often")]
    Overtaken {
        /// The branch.
        branch: String,
    },
    /// A message template cannot be rendered.
    #[error("the template of the {part} cannot be used")]
    Message {
        /// `message's title` and the like.
        part: &'static str,
        /// The template engine's error.
        #[source]
        source: minijinja::Error,
    },
}

impl EngineError {
    /// The error with the environment that a branch is of, if another repository could not be used.
    pub(super) fn on(self, branch: &Branch, environment: &str) -> Self {
        match (self, &branch.repository) {
            (Self::Repository(source), Some(_)) => Self::Elsewhere {
                environment: environment.to_owned(),
                source,
            },
            (error, _) => error,
        }
    }
}

/// A repository as messages name it.
fn shown(repository: Option<&RepositoryUrl>) -> String {
    match repository {
        Some(repository) => format!("`{repository}`"),
        None => "the repository with the configuration".to_owned(),
    }
}

/// A selector of the command line that matches nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnmatchedSelector {
    /// `--only`, `--except` or `--take`.
    pub option: &'static str,
    /// The selector.
    pub selector: String,
    /// Similar selectors.
    pub near: Vec<String>,
}

/// Where a search in the history ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SearchEnd {
    /// At the beginning of the history.
    Complete,
    /// After as many commits as `--history` allows.
    Limit(usize),
    /// Where the shallow clone ends.
    Shallow,
}

impl fmt::Display for SearchEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => Ok(()),
            Self::Limit(limit) => write!(f, " in the newest {limit} commits of its files"),
            Self::Shallow => f.write_str(", as far as this shallow clone has its history"),
        }
    }
}
