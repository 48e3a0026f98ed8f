//! The branches of a promotion: of its configuration, its source and its target.
//!
//! # Why
//!
//! Most repositories have all environments on one branch, but an environment can have one of its own, in
//! this repository or in another one. A promotion reads one branch and writes another then, and only the
//! written one must not move meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::EngineError;
use super::ports::Ports;
use super::request::Request;
use super::settings::read_settings;
use crate::domain::{CommitId, Environment, RepositoryUrl, Settings};
use crate::plan::{Hop, Notice};
use crate::port::{Branch, BranchChoice, Event, Publish, Snapshot};

/// The branches of promotions, as they were fetched.
#[derive(Clone, Debug)]
pub struct Branches {
    /// The branch with the configuration, and with the environments that have no branch of their own.
    pub home: Branch,
    /// The configured environments.
    environments: Vec<Environment>,
    /// The other branches.
    others: BTreeMap<ConfiguredPlace, Branch>,
}

/// The repository and the branch of an environment, as the configuration has them.
type ConfiguredPlace = (Option<RepositoryUrl>, Option<String>);

/// Commits by the names of environments.
pub(super) type Snapshots = BTreeMap<String, Arc<dyn Snapshot>>;

impl From<Branch> for Branches {
    fn from(home: Branch) -> Self {
        Self {
            home,
            environments: Vec::new(),
            others: BTreeMap::new(),
        }
    }
}

impl Branches {
    /// The branch with the configuration and its environments, to which the branches of these can be added.
    pub(super) fn new(home: Branch, settings: &Settings) -> Self {
        Self {
            home,
            environments: settings.environments.clone(),
            others: BTreeMap::new(),
        }
    }

    /// The branch of an environment.
    ///
    /// # Errors
    /// [`EngineError::BranchNotFetched`], if it was not one of those to fetch.
    pub fn of(&self, environment: &Environment) -> Result<&Branch, EngineError> {
        let Some(place) = self.place_beside(environment) else {
            return Ok(&self.home);
        };
        (self.others.get(&place)).ok_or_else(|| EngineError::BranchNotFetched {
            environment: environment.name.clone(),
            branch: place.1.unwrap_or_else(|| "HEAD".to_owned()),
        })
    }

    /// The place of an environment that is not on the home branch.
    fn place_beside(&self, environment: &Environment) -> Option<ConfiguredPlace> {
        let location = &environment.location;
        let is_home = location.repository.is_none()
            && (location.branch.as_ref()).is_none_or(|name| *name == self.home.name);
        (!is_home).then(|| (location.repository.clone(), location.branch.clone()))
    }

    /// The branch of the environment with that name or alias.
    ///
    /// # Errors
    /// As for [`Branches::of`].
    pub fn of_named(&self, name: &str) -> Result<&Branch, EngineError> {
        let named = self.environments.iter().find(|e| e.name == name);
        let environment = named.or_else(|| self.environments.iter().find(|e| e.has_name(name)));
        environment.map_or(Ok(&self.home), |environment| self.of(environment))
    }

    /// All branches, each once: the home branch first.
    pub fn all(&self) -> impl Iterator<Item = &Branch> {
        let mut places = BTreeSet::new();
        let all = std::iter::once(&self.home).chain(self.others.values());
        all.filter(move |branch| places.insert(branch.place()))
    }

    /// The home branch, also with what the user should know about the other repositories.
    pub(super) fn home_with_notices(&self) -> Branch {
        let elsewhere = self.all().filter(|branch| branch.repository.is_some());
        let elsewhere = elsewhere.flat_map(|branch| branch.notices.clone());
        let mut home = self.home.clone();
        home.notices.extend(elsewhere);
        home
    }

    /// Fetches the branches of more environments.
    pub(super) async fn add(
        &mut self,
        ports: &Ports<'_>,
        publish: Publish,
        is_wanted: &(dyn Fn(&Environment) -> bool + Sync),
    ) -> Result<(), EngineError> {
        let wanted = self.environments.iter().filter(|e| is_wanted(e));
        let places: BTreeMap<ConfiguredPlace, String> = wanted
            .filter_map(|e| Some((self.place_beside(e)?, e.name.clone())))
            .filter(|(place, _)| !self.others.contains_key(place))
            .collect();
        for (place, environment) in places {
            let choice = BranchChoice {
                repository: place.0.clone(),
                branch: place.1.clone(),
                publish,
            };
            let found = ports.repository.branch(&choice).await;
            let mut branch = found.map_err(|source| match &place.0 {
                Some(_) => EngineError::Elsewhere {
                    environment,
                    source,
                },
                None => source.into(),
            })?;
            // Several branches cannot all be checked out.
            let is_other = |notice: &Notice| matches!(notice, Notice::OtherBranchCheckedOut { .. });
            branch.notices.retain(|notice| !is_other(notice));
            // The configuration can name a branch in several ways; all plans must see the same commit of it.
            let known = self.all().find(|known| known.place() == branch.place());
            let branch = known.cloned().unwrap_or(branch);
            self.others.insert(place, branch);
        }
        Ok(())
    }

    /// Splits requests by the repositories of their targets: one push reaches only one repository.
    ///
    /// # Errors
    /// As for [`Branches::of`].
    pub fn by_repository(&self, requests: Vec<Request>) -> Result<Vec<Vec<Request>>, EngineError> {
        let mut groups: Vec<(Option<&RepositoryUrl>, Vec<Request>)> = Vec::new();
        for request in requests {
            let repository = self.of_named(&request.to)?.repository.as_ref();
            match groups.iter_mut().find(|(known, _)| *known == repository) {
                Some((_, group)) => group.push(request),
                None => groups.push((repository, vec![request])),
            }
        }
        Ok(groups.into_iter().map(|(_, group)| group).collect())
    }

    /// The commits of the environments that have a branch of their own and were fetched, by the environment's
    /// name.
    pub(super) fn snapshots(
        &self,
        ports: &Ports<'_>,
        settings: &Settings,
    ) -> Result<Snapshots, EngineError> {
        let mut found = Snapshots::new();
        for environment in &settings.environments {
            let Ok(branch) = self.of(environment) else {
                continue;
            };
            if branch.place() != self.home.place() {
                let snapshot = ports.repository.snapshot(branch.tip)?;
                found.insert(environment.name.clone(), snapshot);
            }
        }
        Ok(found)
    }

    /// Whether source and target are on different branches.
    pub(super) fn are_apart(&self, hop: &Hop) -> Result<bool, EngineError> {
        Ok(self.of(&hop.from)?.place() != self.of(&hop.to)?.place())
    }

    /// The URL of the source's repository, if the target is in another one.
    pub(super) fn source_repository(&self, hop: &Hop) -> Result<Option<String>, EngineError> {
        let (from, to) = (self.of(&hop.from)?, self.of(&hop.to)?);
        let is_other = from.repository != to.repository;
        Ok(from.url.clone().filter(|_| is_other))
    }

    /// What the user should know about the branches of a promotion.
    pub(super) fn notices(&self, hop: &Hop) -> Result<Vec<Notice>, EngineError> {
        let mut notices: Vec<Notice> = Vec::new();
        let home = self.home.place();
        let is_home = self.of(&hop.from)?.place() == home || self.of(&hop.to)?.place() == home;
        for branch in [&self.home, self.of(&hop.from)?, self.of(&hop.to)?] {
            for notice in &branch.notices {
                let is_expected =
                    matches!(notice, Notice::OtherBranchCheckedOut { .. }) && !is_home;
                if !is_expected && !notices.contains(notice) {
                    notices.push(notice.clone());
                }
            }
        }
        Ok(notices)
    }
}

/// Finds the branches of a request, and fetches those of a remote.
///
/// # Errors
/// When there is no such branch, it cannot be fetched, or the configuration has faults.
pub async fn fetch(ports: &Ports<'_>, request: &Request) -> Result<Branches, EngineError> {
    fetch_group(ports, std::slice::from_ref(request)).await
}

/// Finds the branches of requests that share their branch and their settings.
///
/// # Errors
/// As for [`fetch`].
pub async fn fetch_group(ports: &Ports<'_>, requests: &[Request]) -> Result<Branches, EngineError> {
    let first = requests.first();
    let choice = first.map_or_else(BranchChoice::default, Request::branch_choice);
    let given = first.and_then(|first| first.settings.as_ref());
    let is_requested = |environment: &Environment| {
        let mut names = requests.iter().flat_map(|r| [&r.from, &r.to]);
        names.any(|name| environment.has_name(name))
    };
    let branches = fetch_where(ports, &choice, given, &is_requested).await?;
    branches
        .fetch_revisions(ports, choice.publish, requests)
        .await?;
    Ok(branches)
}

/// Finds the branch of the configuration, to which others can be added.
///
/// # Errors
/// As for [`fetch`].
pub(super) async fn fetch_home(
    ports: &Ports<'_>,
    choice: &BranchChoice,
) -> Result<Branches, EngineError> {
    fetch_where(ports, choice, None, &|_| false).await
}

/// Finds the branches of some environments and of the configuration.
///
/// # Errors
/// As for [`fetch`].
pub(super) async fn fetch_of(
    ports: &Ports<'_>,
    choice: &BranchChoice,
    names: &[&str],
) -> Result<Branches, EngineError> {
    fetch_where(ports, choice, None, &|environment| {
        names.iter().any(|name| environment.has_name(name))
    })
    .await
}

/// Finds the branches of these environments, or of all; `given` are the settings of `--config`.
///
/// # Errors
/// As for [`fetch`].
pub async fn fetch_all(
    ports: &Ports<'_>,
    choice: &BranchChoice,
    given: Option<&Settings>,
    names: &[String],
) -> Result<Branches, EngineError> {
    let is_wanted = |environment: &Environment| {
        names.is_empty() || names.iter().any(|name| environment.has_name(name))
    };
    fetch_where(ports, choice, given, &is_wanted).await
}

/// Finds the branches of two environments to look at, for a home branch that was found otherwise.
///
/// # Errors
/// When there is no such branch, or it cannot be fetched.
pub async fn fetch_beside(
    ports: &Ports<'_>,
    home: Branch,
    settings: &Settings,
    names: [&str; 2],
) -> Result<Branches, EngineError> {
    let mut branches = Branches::new(home, settings);
    let is_wanted = |environment: &Environment| names.iter().any(|n| environment.has_name(n));
    branches.add(ports, Publish::Look, &is_wanted).await?;
    Ok(branches)
}

async fn fetch_where(
    ports: &Ports<'_>,
    choice: &BranchChoice,
    given: Option<&Settings>,
    is_wanted: &(dyn Fn(&Environment) -> bool + Sync),
) -> Result<Branches, EngineError> {
    ports.observer.event(&Event::FindingBranch);
    let home = ports.repository.branch(choice).await?;
    let environments = {
        let snapshot = ports.repository.snapshot(home.tip)?;
        match read_settings(ports, given, snapshot.as_ref(), &mut Vec::new()) {
            Ok((settings, _)) => settings.environments,
            // Whoever plans on these branches reports the faults; releases can be looked at in spite of them.
            Err(EngineError::Settings(_)) => Vec::new(),
            Err(error) => return Err(error),
        }
    };
    let mut branches = Branches {
        home,
        environments,
        others: BTreeMap::new(),
    };
    branches.add(ports, choice.publish, is_wanted).await?;
    Ok(branches)
}

/// The request with its source as it was planned first, if that is on another branch than its target: only
/// the target may move while a promotion is applied.
pub(super) fn with_pinned_source(
    request: &Request,
    branches: &Branches,
    (hop, source): (&Hop, CommitId),
) -> Result<Request, EngineError> {
    let mut request = request.clone();
    let is_given = request.source.is_some() || request.version.is_some();
    let is_promotion = request.reverts.is_none() && request.set_baseline.is_none();
    if is_promotion && !is_given && branches.are_apart(hop)? {
        request.source = Some(source.to_string());
    }
    Ok(request)
}
