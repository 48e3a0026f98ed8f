//! The branches of a promotion: of its configuration, its source and its target.
//!
//! # Why
//!
//! Most repositories have all environments on one branch, but an environment can have one of its own. A
//! promotion reads one branch and writes another then, and only the written one must not move meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::EngineError;
use super::ports::Ports;
use super::request::Request;
use super::settings::read_settings;
use crate::domain::{CommitId, Environment, Settings};
use crate::plan::{Hop, Notice};
use crate::port::{Branch, BranchChoice, Event, Publish, Snapshot};

/// The branches of promotions, as they were fetched.
#[derive(Clone, Debug)]
pub struct Branches {
    /// The branch with the configuration, and with the environments that have no branch of their own.
    pub home: Branch,
    /// The configured environments.
    environments: Vec<Environment>,
    /// The other branches, by name.
    others: BTreeMap<String, Branch>,
}

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
        match &environment.location.branch {
            None => Ok(&self.home),
            Some(name) if *name == self.home.name => Ok(&self.home),
            Some(name) => (self.others.get(name)).ok_or_else(|| EngineError::BranchNotFetched {
                environment: environment.name.clone(),
                branch: name.clone(),
            }),
        }
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

    /// All branches: the home branch first, the others by name.
    pub fn all(&self) -> impl Iterator<Item = &Branch> {
        std::iter::once(&self.home).chain(self.others.values())
    }

    /// Fetches the branches of more environments.
    pub(super) async fn add(
        &mut self,
        ports: &Ports<'_>,
        publish: Publish,
        is_wanted: &(dyn Fn(&Environment) -> bool + Sync),
    ) -> Result<(), EngineError> {
        let wanted = self.environments.iter().filter(|e| is_wanted(e));
        let names: BTreeSet<String> = wanted
            .filter_map(|environment| environment.location.branch.clone())
            .filter(|name| *name != self.home.name && !self.others.contains_key(name))
            .collect();
        for name in names {
            let choice = BranchChoice {
                branch: Some(name.clone()),
                publish,
            };
            let mut branch = ports.repository.branch(&choice).await?;
            // Several branches cannot all be checked out.
            let is_other = |notice: &Notice| matches!(notice, Notice::OtherBranchCheckedOut { .. });
            branch.notices.retain(|notice| !is_other(notice));
            self.others.insert(name, branch);
        }
        Ok(())
    }

    /// The commits of the environments that have a branch of their own, by the environment's name.
    pub(super) fn snapshots(
        &self,
        ports: &Ports<'_>,
        settings: &Settings,
    ) -> Result<Snapshots, EngineError> {
        let mut found = Snapshots::new();
        for environment in &settings.environments {
            let branch = self.of(environment)?;
            if branch.name != self.home.name {
                let snapshot = ports.repository.snapshot(branch.tip)?;
                found.insert(environment.name.clone(), snapshot);
            }
        }
        Ok(found)
    }

    /// Whether source and target are on different branches.
    pub(super) fn are_apart(&self, hop: &Hop) -> Result<bool, EngineError> {
        Ok(self.of(&hop.from)?.name != self.of(&hop.to)?.name)
    }

    /// What the user should know about the branches of a promotion.
    pub(super) fn notices(&self, hop: &Hop) -> Result<Vec<Notice>, EngineError> {
        let mut notices: Vec<Notice> = Vec::new();
        let is_home = self.of(&hop.from)?.name == self.home.name;
        let is_home = is_home || self.of(&hop.to)?.name == self.home.name;
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
    fetch_where(ports, &choice, given, &is_requested).await
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

/// Finds the branches of one environment and of the configuration.
///
/// # Errors
/// As for [`fetch`].
pub(super) async fn fetch_of(
    ports: &Ports<'_>,
    choice: &BranchChoice,
    name: &str,
) -> Result<Branches, EngineError> {
    fetch_where(ports, choice, None, &|environment| {
        environment.has_name(name)
    })
    .await
}

/// Finds the branches of all environments; `given` are the settings of `--config`.
///
/// # Errors
/// As for [`fetch`].
pub async fn fetch_all(
    ports: &Ports<'_>,
    choice: &BranchChoice,
    given: Option<&Settings>,
) -> Result<Branches, EngineError> {
    fetch_where(ports, choice, given, &|_| true).await
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
