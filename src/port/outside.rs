//! The smaller things that the engine needs from outside.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::{CONFIGURATION, ConfigText, MOST_MANIFESTS, Settings};
use crate::plan::{Notice, Plan};

/// A clock.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The time since some fixed moment; it only goes forward.
    fn elapsed(&self) -> Duration;

    /// The time of day, in seconds since 1970.
    fn now(&self) -> i64;

    /// Waits for a random part of `at_most`, so that runs which lost the same race do not collide again.
    async fn pause(&self, at_most: Duration);
}

/// Reads the texts of a configuration.
pub trait SettingsReader: Send + Sync {
    /// The settings in `promote.yaml` and in Codefresh's manifests.
    ///
    /// # Errors
    /// All faults of the configuration at once.
    fn read(
        &self,
        main: ConfigText<'_>,
        manifests: &[ConfigText<'_>],
    ) -> Result<Reading, SettingsError>;
}

/// A configuration that could be read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The settings.
    pub settings: Settings,
    /// Places that are probably mistakes.
    pub notices: Vec<Notice>,
    /// Workflows and gates that nothing in it uses.
    pub unused: Vec<Notice>,
}

/// A configuration with faults.
#[derive(Debug, thiserror::Error)]
#[error("`{file}` has {} fault{}", .reports.len(), if .reports.len() == 1 { "" } else { "s" })]
pub struct SettingsError {
    /// The file.
    pub file: String,
    /// Every fault with its place, ready to be shown.
    pub reports: Vec<String>,
}

impl SettingsError {
    /// Why a link is not read.
    pub const LINK: &str = "the configuration is a symbolic link; it must be a regular file";
    /// Why a folder or submodule is not read.
    pub const NO_FILE: &str = "the configuration is not a regular file";

    /// One fault of a file as a whole.
    pub fn of_file(file: &str, fault: &str) -> Self {
        Self {
            file: file.to_owned(),
            reports: vec![format!("{file}: {fault}")],
        }
    }

    /// A folder with more manifests than are read.
    pub fn too_many_manifests(folder: &str) -> Self {
        let why = format!("the folder has more than {MOST_MANIFESTS} manifests");
        Self::of_file(folder, &why)
    }

    /// A file whose name was mistaken for the configuration's.
    pub fn misnamed(file: &str) -> Self {
        Self::of_file(
            file,
            &format!(
                "the configuration must be named `{CONFIGURATION}`; rename or delete this file"
            ),
        )
    }
}

/// Shows plans in the text of a pull request.
pub trait PlanPreview: Send + Sync {
    /// The previews in Markdown, together at most `limit` long as [`body_size`](super::body_size) counts.
    fn preview(&self, plans: &[&Plan], limit: usize) -> String;
}
