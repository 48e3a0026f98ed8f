//! Finds the flows that the commits of a push start.
//!
//! | file | what it does |
//! |---|---|
//! | `push.rs` | finds the commits of a push |
//! | `changed_files.rs` | finds the files of a product that they change in an environment |
//!
//! # Why
//!
//! A flow starts because its trigger environment has changed. So only the product's files of that
//! environment count, whatever else the commits change, and promotions never start a flow: the one
//! that made them goes on by itself.

mod changed_files;
mod push;

use std::collections::{BTreeMap, BTreeSet};

use super::configured::{BranchConfiguration, read_configuration};
use super::error::EngineError;
use super::ports::Ports;
use crate::domain::{CommitId, FlowCondition, Product, RepoPath};
use crate::plan::{Notice, Record};
use crate::port::{Branch, BranchChoice, History, PastCommit, Publish, RepositoryError};
use crate::release::{Change, NoMatch, starting_change};
use changed_files::ChangedFiles;
use push::Push;

pub use push::TriggerRequest;

/// The flows that the commits of a push start.
#[derive(Clone, Debug)]
pub struct Triggers {
    /// The branch.
    pub branch: Branch,
    /// The commit before the push, if there is one.
    pub before: Option<CommitId>,
    /// The last commit of the push.
    pub commit: CommitId,
    /// For each product its flows.
    pub products: Vec<ProductTrigger>,
    /// What the user should know.
    pub notices: Vec<Notice>,
}

/// The flows of a product, and the one of them that is started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductTrigger {
    /// The product.
    pub product: String,
    /// Its flows, in the order of the configuration.
    pub flows: Vec<FlowTrigger>,
}

/// Whether a flow is started.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowTrigger {
    /// The flow.
    pub flow: String,
    /// Its trigger environment.
    pub environment: String,
    /// Its conditions.
    pub condition: FlowCondition,
    /// The commit that starts it, or why none does.
    pub result: Result<CommitId, NoMatch>,
}

impl ProductTrigger {
    /// The flow that is started, with the commit that starts it.
    pub fn started(&self) -> Option<(&FlowTrigger, CommitId)> {
        let mut flows = self.flows.iter();
        flows.find_map(|flow| Some((flow, flow.result.ok()?)))
    }
}

/// Finds the flows that the commits of a push start. Writes nothing but fetched objects.
///
/// # Errors
/// When the branch, its configuration or its commits cannot be read, or a product is unknown.
pub async fn find_triggers(
    ports: &Ports<'_>,
    request: &TriggerRequest,
) -> Result<Triggers, EngineError> {
    let choice = BranchChoice {
        repository: None,
        branch: request.branch.clone(),
        publish: Publish::Push,
    };
    let mut configuration = read_configuration(ports, &choice, None).await?;
    let mut notices = std::mem::take(&mut configuration.notices);
    let (push, notice) = Push::find(ports, request, &configuration.branch).await?;
    notices.extend(notice);
    let products = chosen(&configuration, &request.products)?;
    let names: BTreeSet<&str> = (products.iter())
        .flat_map(|product| &product.flows)
        .filter_map(|choice| configuration.settings.flow(&choice.flow))
        .map(|flow| flow.trigger_environment.as_str())
        .collect();
    let changed = ChangedFiles::read(ports, &configuration, &push, &names)?;
    let promotions = promotions(ports.history, &push.commits)?;
    let elsewhere = elsewhere(ports, &configuration, &names)?;
    let found = (&changed, &promotions, &elsewhere);
    let products = products.into_iter().map(|product| ProductTrigger {
        product: product.name.clone(),
        flows: flows(product, &configuration, &push, found),
    });
    Ok(Triggers {
        products: products.collect(),
        branch: configuration.branch.clone(),
        before: push.base,
        commit: push.commit,
        notices,
    })
}

/// The products with these names, or all that have a flow.
fn chosen<'c>(
    configuration: &'c BranchConfiguration,
    names: &[String],
) -> Result<Vec<&'c Product>, EngineError> {
    if names.is_empty() {
        let products = configuration.settings.products.iter();
        return Ok(products.filter(|p| !p.flows.is_empty()).collect());
    }
    names
        .iter()
        .map(|name| configuration.product(name))
        .collect()
}

/// Whether each flow of a product is started: the first one whose conditions match.
fn flows(
    product: &Product,
    configuration: &BranchConfiguration,
    push: &Push,
    (changed, promotions, elsewhere): (&ChangedFiles, &BTreeSet<CommitId>, &BTreeSet<&str>),
) -> Vec<FlowTrigger> {
    let mut is_started = false;
    let mut by_environment: BTreeMap<&str, (Vec<Change>, bool)> = BTreeMap::new();
    let known = product.flows.iter().filter_map(|choice| {
        let flow = configuration.settings.flow(&choice.flow)?;
        Some((choice, flow.trigger_environment.as_str()))
    });
    known
        .map(|(choice, environment)| {
            let (found, has_promotions) = by_environment.entry(environment).or_insert_with(|| {
                let files = changed.of(product, environment);
                changes(&push.commits, promotions, &files)
            });
            let result = if is_started {
                Err(NoMatch::AfterMatch)
            } else if elsewhere.contains(environment) {
                Err(NoMatch::Elsewhere)
            } else {
                match starting_change(&choice.when, &configuration.branch.name, found) {
                    Ok(change) => Ok(change.commit),
                    Err(NoMatch::Unchanged) if *has_promotions => Err(NoMatch::OnlyPromotions),
                    Err(why) => Err(why),
                }
            };
            is_started |= result.is_ok();
            FlowTrigger {
                flow: choice.flow.clone(),
                environment: environment.to_owned(),
                condition: choice.when.clone(),
                result,
            }
        })
        .collect()
}

/// The environments that are in another repository, or on another branch than the one that was pushed.
fn elsewhere<'n>(
    ports: &Ports<'_>,
    configuration: &BranchConfiguration,
    names: &BTreeSet<&'n str>,
) -> Result<BTreeSet<&'n str>, RepositoryError> {
    let pushed = &configuration.branch;
    let mut elsewhere = BTreeSet::new();
    for name in names {
        let Some(environment) = configuration.settings.environment(name) else {
            continue;
        };
        let location = &environment.location;
        let is_here = match (&location.repository, &location.branch) {
            (Some(repository), _) if !ports.repository.is_this(repository)? => false,
            (_, Some(branch)) => *branch == pushed.name,
            // The default branch of a repository is meant.
            (Some(_), None) => pushed.is_default,
            (None, None) => true,
        };
        if !is_here {
            elsewhere.insert(*name);
        }
    }
    Ok(elsewhere)
}

/// The commits that change some of the files, and whether promotions are among those left out.
fn changes(
    commits: &[PastCommit],
    promotions: &BTreeSet<CommitId>,
    files: &BTreeSet<&str>,
) -> (Vec<Change>, bool) {
    let mut has_promotions = false;
    let mut changes = Vec::new();
    for commit in commits {
        let paths = commit.changes.iter().filter_map(|file| file.path.as_ref());
        let paths: Vec<String> = (paths.map(RepoPath::as_str))
            .filter(|path| files.contains(path))
            .map(ToOwned::to_owned)
            .collect();
        if paths.is_empty() {
            continue;
        }
        if promotions.contains(&commit.id) {
            has_promotions = true;
            continue;
        }
        changes.push(Change {
            commit: commit.id,
            message: commit.message.clone(),
            author: commit.author.clone(),
            email: commit.email.clone(),
            paths,
        });
    }
    (changes, has_promotions)
}

/// The commits that git-promote made, and the merges that only brought such commits.
fn promotions(
    history: &dyn History,
    commits: &[PastCommit],
) -> Result<BTreeSet<CommitId>, RepositoryError> {
    let is_recorded = |message: &str| !Record::all_in(message).is_empty();
    let mut promotions = BTreeSet::new();
    for commit in commits {
        let is_promotion = if commit.merged.is_empty() {
            is_recorded(&commit.message)
        } else {
            let brought = history.merged(commit)?;
            // A branch that was updated has merges too.
            let mut own = brought.iter().filter(|commit| commit.parents.len() < 2);
            own.clone().next().is_some() && own.all(|commit| is_recorded(&commit.message))
        };
        if is_promotion {
            promotions.insert(commit.id);
        }
    }
    Ok(promotions)
}
