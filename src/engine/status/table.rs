//! The versions of applications by environment, as plain data.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::document::version_order;
use crate::domain::{ApplicationName, CommitId};
use crate::inventory::{EnvironmentFile, EnvironmentView, InventoryError};
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
    /// Its versions, each once; usually one.
    pub versions: Vec<String>,
    /// How they relate to those of the environment before, if that has the application.
    pub relation: Option<VersionRelation>,
    /// How many version differences a promotion from the environment before would move; `None` if no
    /// promotion can be computed.
    pub waiting: Option<usize>,
    /// The commit that brought the version, if it is in the part of the history that is searched.
    pub since: Option<Since>,
    /// The file that has the version.
    pub(super) file: Option<EnvironmentFile>,
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

impl ApplicationStatus {
    /// Fills in how each environment's versions relate to those of the one before.
    pub(super) fn relate(&mut self) {
        for at in 1..self.environments.len() {
            let (before, rest) = self.environments.split_at_mut(at);
            if let (Some(Some(before)), Some(Some(here))) = (before.last(), rest.first_mut()) {
                here.relation = relation(&before.versions, &here.versions);
            }
        }
    }

    /// Whether it has a version in any environment.
    pub(super) fn has_version(&self) -> bool {
        let mut cells = self.environments.iter().flatten();
        cells.any(|cell| !cell.versions.is_empty())
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
