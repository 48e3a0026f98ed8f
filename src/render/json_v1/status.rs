//! `git-promote/status/v1`: the versions of applications by environment.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::RepositoryUrl;
use crate::engine::{self, VersionRelation};
use crate::plan::FileFault;
use crate::render::date::rfc_3339;

/// The name of this format.
const STATUS: &str = "git-promote/status/v1";

/// The versions of applications by environment.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote status, version 1")]
pub struct Status<'a> {
    /// `git-promote/status/v1`.
    #[schemars(extend("const" = STATUS))]
    schema: &'static str,
    /// The branch.
    branch: &'a str,
    /// The commit that the branch points at.
    commit: String,
    /// The environments, in order.
    environments: &'a [String],
    /// The applications, by name.
    applications: Vec<ApplicationStatus<'a>>,
}

/// One application.
#[derive(Serialize, JsonSchema, Debug)]
struct ApplicationStatus<'a> {
    /// Its name.
    name: &'a str,
    /// The environments that have it, in order.
    environments: Vec<EnvironmentStatus<'a>>,
}

/// One application in one environment.
#[derive(Serialize, JsonSchema, Debug)]
struct EnvironmentStatus<'a> {
    /// The environment.
    name: &'a str,
    /// Its repository, as configured; absent if it is that with the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    /// Its version; null if it has none, or several.
    version: Option<&'a str>,
    /// All its versions.
    versions: &'a [String],
    /// Where each version is.
    places: Vec<Place<'a>>,
    /// The nearest environment before this one that has a version of the application.
    compared_with: Option<&'a str>,
    /// How it relates to the version of that environment; null if there is none.
    relation: Option<Relation>,
    /// How many versions the newer of the two environments had between both; null if the history does not
    /// show it.
    versions_between: Option<usize>,
    /// How many version differences a promotion from that environment would move; null if there is no
    /// such promotion.
    waiting: Option<usize>,
    /// How many version differences a guard would hold.
    held: Option<usize>,
    /// How many version differences would be kept, because of a rule or because they belong to their
    /// environment.
    kept: Option<usize>,
    /// The commit that brought the version; null if it is not in the part of the history that is searched.
    since: Option<Since<'a>>,
    /// Its files that may have versions and cannot be read.
    unreadable: Vec<Unreadable<'a>>,
}

/// Where a version is.
#[derive(Serialize, JsonSchema, Debug)]
struct Place<'a> {
    /// The version.
    version: &'a str,
    /// The name of the image; null if it is not that of one.
    image: Option<&'a str>,
    /// The file.
    file: &'a str,
}

/// A file that cannot be read.
#[derive(Serialize, JsonSchema, Debug)]
struct Unreadable<'a> {
    /// The file.
    path: &'a str,
    /// The line from 1, if known.
    line: Option<usize>,
    /// The column from 1, in characters, if known.
    column: Option<usize>,
    /// What is wrong.
    message: &'a str,
}

/// How a version relates to that of the environment before.
#[derive(Serialize, JsonSchema, Clone, Copy, Debug)]
#[serde(rename_all = "kebab-case")]
enum Relation {
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
#[derive(Serialize, JsonSchema, Debug)]
struct Since<'a> {
    /// The commit.
    commit: String,
    /// When it was committed, as RFC 3339 writes it, in universal time.
    time: String,
    /// The author's name.
    author: &'a str,
}

impl<'a> From<&'a engine::Status> for Status<'a> {
    fn from(status: &'a engine::Status) -> Self {
        let application = |application: &'a engine::ApplicationStatus| {
            let environments = status.environments.iter().zip(&application.environments);
            let present = environments.filter_map(|(name, cell)| Some((name, cell.as_ref()?)));
            ApplicationStatus {
                name: &application.name.0,
                environments: present
                    .map(|(name, cell)| environment(name, cell, &status.environments))
                    .collect(),
            }
        };
        Self {
            schema: STATUS,
            branch: &status.branch.name,
            commit: status.branch.tip.to_string(),
            environments: &status.environments,
            applications: status.applications.iter().map(application).collect(),
        }
    }
}

fn environment<'a>(
    name: &'a str,
    cell: &'a engine::EnvironmentStatus,
    environments: &'a [String],
) -> EnvironmentStatus<'a> {
    EnvironmentStatus {
        name,
        repository: cell.repository.as_ref().map(RepositoryUrl::as_str),
        version: match cell.versions.as_slice() {
            [only] => Some(only),
            _ => None,
        },
        versions: &cell.versions,
        places: cell.places.iter().map(Place::from).collect(),
        compared_with: cell.before.map(|at| environments[at].as_str()),
        relation: cell.relation.map(Relation::from),
        versions_between: cell.versions_between,
        waiting: cell.pending.map(|pending| pending.waiting),
        held: cell.pending.map(|pending| pending.held),
        kept: cell.pending.map(|pending| pending.kept),
        since: cell.since.as_ref().map(|since| Since {
            commit: since.commit.to_string(),
            time: rfc_3339(since.time),
            author: &since.author,
        }),
        unreadable: cell.faults.iter().map(Unreadable::from).collect(),
    }
}

impl<'a> From<&'a engine::VersionSource> for Place<'a> {
    fn from(place: &'a engine::VersionSource) -> Self {
        Self {
            version: &place.version,
            image: place.image.as_deref(),
            file: place.file.as_str(),
        }
    }
}

impl<'a> From<&'a FileFault> for Unreadable<'a> {
    fn from(fault: &'a FileFault) -> Self {
        Self {
            path: &fault.path,
            line: fault.line,
            column: fault.column,
            message: &fault.message,
        }
    }
}

impl From<VersionRelation> for Relation {
    fn from(relation: VersionRelation) -> Self {
        match relation {
            VersionRelation::Equal => Self::Equal,
            VersionRelation::Behind => Self::Behind,
            VersionRelation::Ahead => Self::Ahead,
            VersionRelation::Diverged => Self::Diverged,
            VersionRelation::Different => Self::Different,
        }
    }
}
