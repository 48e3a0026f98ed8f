//! Why environments, applications or files could not be found.

use thiserror::Error;

use crate::domain::{Environment, RepoPathError};
use crate::port::RepositoryError;

/// Everything that can go wrong while a repository is looked through.
#[derive(Debug, Error)]
pub enum InventoryError {
    /// The repository could not be read.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// A name in the tree is not a path that could be written.
    #[error("a name in the repository cannot be used")]
    Path(#[from] RepoPathError),
    /// Several target paths exist for one source path.
    #[error("`{source_path}` could belong to any of {}", .candidates.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", "))]
    AmbiguousFile {
        /// The source's file.
        source_path: String,
        /// The target's files.
        candidates: Vec<String>,
    },
    /// Nothing in the repository carries the environment's name.
    #[error("there is no environment `{name}`")]
    UnknownEnvironment {
        /// The name that was given.
        name: String,
        /// The environments that were found instead.
        found: Vec<String>,
    },
    /// A configured environment has no path.
    #[error("environment `{}` is configured, but no path contains its name{}", .0.name, or_aliases(.0))]
    AbsentEnvironment(Environment),
    /// Source and target are the same environment.
    #[error("source and target are the same environment `{0}`")]
    SameEnvironment(String),
    /// No application has this name.
    #[error("there is no application `{name}`")]
    UnknownApplication {
        /// The name that was given.
        name: String,
        /// The applications that are there.
        known: Vec<String>,
    },
    /// Several applications have this name.
    #[error("`{name}` means several applications: {}", .matches.join(", "))]
    AmbiguousApplication {
        /// The name that was given.
        name: String,
        /// All that match.
        matches: Vec<String>,
    },
    /// The product is not configured.
    #[error("there is no product `{name}`")]
    UnknownProduct {
        /// The name that was given.
        name: String,
        /// The configured ones.
        known: Vec<String>,
    },
}

fn or_aliases(environment: &Environment) -> String {
    match environment.aliases.as_slice() {
        [] => String::new(),
        aliases => format!(" or an alias (`{}`)", aliases.join("`, `")),
    }
}
