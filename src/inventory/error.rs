//! Why environments, applications or files could not be found.

use thiserror::Error;

use crate::domain::{Environment, RepoPathError, Settings};
use crate::port::RepositoryError;

/// Why an environment, an application or a file could not be found.
#[derive(Debug, Error)]
pub enum InventoryError {
    /// The repository could not be read.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// A path in the repository is not one that git-promote could write.
    #[error("the repository has a path that cannot be used")]
    Path(#[from] RepoPathError),
    /// One source file has several possible target files.
    #[error("`{source_path}` has several possible target files: {}", .candidates.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", "))]
    AmbiguousFile {
        /// The source's file.
        source_path: String,
        /// The target's files.
        candidates: Vec<String>,
    },
    /// The environment is not configured, and no path contains its name.
    #[error("there is no environment `{name}`")]
    UnknownEnvironment {
        /// The name that was given.
        name: String,
        /// The environments that were found instead.
        found: Vec<String>,
    },
    /// The environment is configured, but no path contains its name.
    #[error("environment `{}` is configured, but no path contains its name{}", .environment.name, or_aliases(.environment))]
    AbsentEnvironment {
        /// The environment.
        environment: Box<Environment>,
        /// The environments that were found instead.
        found: Vec<String>,
    },
    /// The folder of the source does not exist.
    #[error("environment `{environment}` has no folder `{folder}`")]
    NoFolder {
        /// The environment.
        environment: String,
        /// The folder.
        folder: String,
    },
    /// Only one of the environments has a folder, and the other one's does not follow from its name.
    #[error(
        "environment `{other}` has all its files in one folder, but it is not clear which one `{environment}` has"
    )]
    FolderNeeded {
        /// The environment without a folder.
        environment: String,
        /// The environment with one.
        other: String,
    },
    /// The names occur in paths, but are no usual names of environments, while others are.
    #[error("`{from}` and `{to}` are probably applications, not environments")]
    ProbablyApplications {
        /// The name of the source that was given.
        from: String,
        /// The name of the target that was given.
        to: String,
        /// The environments that were found instead.
        found: Vec<String>,
    },
    /// Source and target are the same environment.
    #[error("source and target are the same environment, `{0}`")]
    SameEnvironment(String),
    /// No application has this name.
    #[error("there is no application `{name}`")]
    UnknownApplication {
        /// The name that was given.
        name: String,
        /// The applications that are there.
        known: Vec<String>,
    },
    /// The name matches several applications.
    #[error("several applications match `{name}`: {}", .matches.join(", "))]
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

impl InventoryError {
    /// The error of a product that is not configured.
    pub fn unknown_product(name: &str, settings: &Settings) -> Self {
        Self::UnknownProduct {
            name: name.to_owned(),
            known: settings.products.iter().map(|p| p.name.clone()).collect(),
        }
    }

    /// The error of a configured environment that is in no path, while those in `found` are.
    pub fn absent(environment: &Environment, found: Vec<String>) -> Self {
        Self::AbsentEnvironment {
            environment: Box::new(environment.clone()),
            found,
        }
    }
}

fn or_aliases(environment: &Environment) -> String {
    match environment.aliases.as_slice() {
        [] => String::new(),
        aliases => format!(" or an alias (`{}`)", aliases.join("`, `")),
    }
}
