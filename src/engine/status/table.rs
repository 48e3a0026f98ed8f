//! The versions of applications by environment, as plain data.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::document::version_order;
use crate::domain::{ApplicationName, CommitId, RepoPath, RepositoryUrl};
use crate::inventory::{EnvironmentFile, EnvironmentView, InventoryError};
use crate::plan::FileFault;
use crate::port::Branch;

/// The versions of applications by environment.
#[derive(Clone, Debug)]
pub struct Status {
    /// The branch, with the commit that was read.
    pub branch: Branch,
    /// The environments, in order.
    pub environments: Vec<String>,
    /// The applications, by name.
    pub applications: Vec<ApplicationStatus>,
}

/// One application in all environments.
#[derive(Clone, Debug)]
pub struct ApplicationStatus {
    /// Its name.
    pub name: ApplicationName,
    /// Its state in each environment, in their order; `None` where it has no files.
    pub environments: Vec<Option<EnvironmentStatus>>,
}

/// One application in one environment.
#[derive(Clone, Debug, Default)]
pub struct EnvironmentStatus {
    /// The repository of the environment, if it is another one than that with the configuration.
    pub repository: Option<RepositoryUrl>,
    /// Its versions, each once; usually one.
    pub versions: Vec<String>,
    /// Where each of them is.
    pub places: Vec<VersionSource>,
    /// The position of the nearest environment before this one that has a version of the application.
    pub before: Option<usize>,
    /// How the versions relate to those of the environment before.
    pub relation: Option<VersionRelation>,
    /// How many versions the newer of the two environments had between both, if the history shows it.
    pub versions_between: Option<usize>,
    /// What a promotion from the environment before would do with version differences; `None` if no
    /// promotion can be computed.
    pub pending: Option<Pending>,
    /// The commit that brought the version, if it is in the part of the history that is searched.
    pub since: Option<Since>,
    /// The file that has the version.
    pub(super) file: Option<EnvironmentFile>,
    /// Its files that may have versions and cannot be read.
    pub faults: Vec<FileFault>,
}

/// Where a version is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VersionSource {
    /// The version.
    pub version: String,
    /// The name of the image, if it is that of one.
    pub image: Option<String>,
    /// The file.
    pub file: RepoPath,
}

/// How many version differences a promotion would move, and how many not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Pending {
    /// Those that would move.
    pub waiting: usize,
    /// Those that a guard holds.
    pub held: usize,
    /// Those that stay, because of a rule or because they belong to their environment.
    pub kept: usize,
}

/// How a version relates to that of the environment before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VersionRelation {
    /// It is the same.
    Equal,
    /// It is older.
    Behind,
    /// It is newer.
    Ahead,
    /// Neither environment had the other's version before.
    Diverged,
    /// It is another one, and their order is unknown.
    Different,
}

/// The commit since which a version is in an environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Since {
    /// The commit.
    pub commit: CommitId,
    /// When it was committed, in seconds since 1970.
    pub time: i64,
    /// The author's name.
    pub author: String,
}

/// The applications of the views that have one of the names; `None` means all.
pub(super) fn applications(
    views: &[EnvironmentView],
    chosen: Option<&[String]>,
) -> Result<Vec<ApplicationStatus>, InventoryError> {
    let all = views.iter().flat_map(|view| view.applications.keys());
    let all: BTreeSet<&ApplicationName> = all.collect();
    for word in chosen.into_iter().flatten() {
        if !all.iter().any(|name| name.matches(word)) {
            return Err(InventoryError::UnknownApplication {
                name: word.clone(),
                known: all.iter().map(|name| name.0.clone()).collect(),
            });
        }
    }
    let is_chosen = |name: &&ApplicationName| {
        chosen.is_none_or(|words| words.iter().any(|word| name.matches(word)))
    };
    let status = |name: &ApplicationName| ApplicationStatus {
        name: name.clone(),
        environments: vec![None; views.len()],
    };
    Ok(all.into_iter().filter(is_chosen).map(status).collect())
}

impl Status {
    /// The files that may have versions and cannot be read.
    pub fn faults(&self) -> impl Iterator<Item = &FileFault> {
        let applications = self.applications.iter();
        let cells = applications.flat_map(|application| application.environments.iter().flatten());
        cells.flat_map(|cell| &cell.faults)
    }
}

impl ApplicationStatus {
    /// Fills in how each environment's versions relate to those of the nearest one before that has any.
    pub(super) fn relate(&mut self) {
        let mut before: Option<(usize, Vec<String>)> = None;
        for (at, cell) in self.environments.iter_mut().enumerate() {
            let Some(cell) = cell.as_mut().filter(|cell| !cell.versions.is_empty()) else {
                continue;
            };
            if let Some((at, versions)) = &before {
                cell.before = Some(*at);
                cell.relation = relation(versions, &cell.versions);
            }
            before = Some((at, cell.versions.clone()));
        }
    }

    /// Whether it has a version in any environment, or a file that may have one.
    pub(super) fn may_have_version(&self) -> bool {
        let mut cells = self.environments.iter().flatten();
        cells.any(|cell| !cell.versions.is_empty() || !cell.faults.is_empty())
    }
}

fn relation(before: &[String], here: &[String]) -> Option<VersionRelation> {
    let order = |before: &String, here: &String| match version_order(here, before) {
        Some(Ordering::Less) => VersionRelation::Behind,
        Some(Ordering::Greater) => VersionRelation::Ahead,
        Some(Ordering::Equal) => VersionRelation::Equal,
        None => VersionRelation::Different,
    };
    match (before, here) {
        ([], _) | (_, []) => None,
        (before, here) if before == here => Some(VersionRelation::Equal),
        ([before], [here]) => Some(order(before, here)),
        _ => Some(VersionRelation::Different),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_relates_to_the_nearest_one_before_that_has_the_application() {
        let cell = |version: &str| {
            (version != "-").then(|| EnvironmentStatus {
                versions: version.split_whitespace().map(str::to_owned).collect(),
                ..EnvironmentStatus::default()
            })
        };
        let mut application = ApplicationStatus {
            name: ApplicationName("web".into()),
            environments: ["2", "-", "", "1"].map(cell).to_vec(),
        };
        application.relate();
        let found = application.environments.iter().flatten();
        let found: Vec<_> = found.map(|cell| (cell.before, cell.relation)).collect();
        let last = (Some(0), Some(VersionRelation::Behind));
        assert_eq!(found, [(None, None), (None, None), last]);
    }

    #[test]
    fn versions_relate_to_those_of_the_environment_before() {
        use VersionRelation::{Ahead, Behind, Different, Equal};
        for (before, here, expected) in [
            ("1.10.0", "1.9.0", Some(Behind)),
            ("1.9.0", "v1.10.0", Some(Ahead)),
            ("1.9.0", "1.9.0", Some(Equal)),
            ("1.9.0", "v1.9.0", Some(Equal)),
            ("1.9.0-rc.1", "1.9.0", Some(Ahead)),
            ("main", "1.9.0", Some(Different)),
            ("1.0 2.0", "1.0 2.0", Some(Equal)),
            ("1.0 2.0", "1.0", Some(Different)),
            ("", "1.0", None),
            ("1.0", "", None),
        ] {
            let [a, b] = [before, here].map(|text| {
                let words = text.split_whitespace();
                words.map(str::to_owned).collect::<Vec<_>>()
            });
            assert_eq!(relation(&a, &b), expected, "{before} and {here}");
        }
    }
}
