//! Why a promotion could not be planned or applied.

use thiserror::Error;

use crate::domain::{CommitId, SelectorError};
use crate::inventory::InventoryError;
use crate::port::{ForgeError, RepositoryError, SettingsError};

/// Everything that can go wrong in the engine, by kind.
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
    /// `--only` or `--except` holds something that is no selector.
    #[error("a selector cannot be used")]
    Selector(#[from] SelectorError),
    /// A glob in a rule or selector is malformed.
    #[error("`{glob}` is not a glob")]
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
    /// A selector matches no difference, and no place of the target that is equal.
    #[error("`{option} {selector}` matches no difference")]
    NothingSelected {
        /// `--only` or `--except`.
        option: &'static str,
        /// The selector.
        selector: String,
        /// Selectors that are near.
        near: Vec<String>,
    },
    /// Chosen files could not be read; nothing was applied.
    #[error("{} of the chosen files cannot be promoted", .0.len())]
    Faults(Vec<crate::plan::FileFault>),
    /// A policy asks for another action than the command line.
    #[error("policy `{policy}` asks for {required}, not {asked}")]
    Policy {
        /// The policy.
        policy: String,
        /// What it asks for.
        required: crate::domain::Action,
        /// What was asked for.
        asked: crate::domain::Action,
    },
    /// The forge, before anything was written or while something was taken back.
    #[error("the forge could not be used")]
    Forge(#[source] ForgeError),
    /// The branch is pushed; running it again goes on from there.
    #[error("pushed `{branch}`, but could not finish the pull request")]
    Propose {
        /// The promotion's commit, which the branch points at.
        commit: CommitId,
        /// The promotion's branch.
        branch: String,
        /// What the forge said.
        source: Box<ForgeError>,
    },
    /// The promotion's branch moves faster than it can be looked at.
    #[error("others keep moving the promotion's branch `{branch}`")]
    Overtaken {
        /// The branch.
        branch: String,
    },
    /// A message template cannot be rendered.
    #[error("the template of the {part} cannot be used")]
    Message {
        /// `message's title` and the like.
        part: &'static str,
        /// What the template engine says.
        #[source]
        source: minijinja::Error,
    },
}
