//! Collects promotions, merges and reverts from the messages of commits.

use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;

use super::promotion::{Merge, PastPromotion};
use super::request::LogRequest;
use super::{merge_message, versions};
use crate::domain::{ApplicationName, CommitId, Environment, Settings};
use crate::engine::claims::{Claim, claims};
use crate::inventory::{ApplicationChoice, InventoryError};
use crate::plan::Record;
use crate::port::FoundCommit;

/// Collects promotions from commits, newest first.
pub(super) struct Collector {
    filter: Filter,
    limit: usize,
    /// The merges by the commits that they brought in.
    pub merges: HashMap<CommitId, NumberedMerge>,
    /// What messages claim to revert, newest first, each with the commit that has the message.
    pub claims: Vec<(CommitId, Claim)>,
    pub promotions: Vec<PastPromotion>,
    pub seen: Seen,
    pub has_more: bool,
}

/// The names in all promotions that were visited, chosen or not.
#[derive(Default)]
pub(super) struct Seen {
    pub environments: BTreeSet<String>,
    pub applications: BTreeSet<ApplicationName>,
}

/// A merge, with the number of its pull request.
#[derive(Clone)]
pub(super) struct NumberedMerge {
    pub merge: Merge,
    pub number: Option<u64>,
}

impl Collector {
    pub(super) fn new(filter: Filter, limit: usize) -> Self {
        Self {
            filter,
            limit,
            merges: HashMap::new(),
            claims: Vec::new(),
            promotions: Vec::new(),
            seen: Seen::default(),
            has_more: false,
        }
    }

    pub(super) fn visit(&mut self, commit: FoundCommit) -> ControlFlow<()> {
        if let [_, others @ ..] = commit.parents.as_slice()
            && !others.is_empty()
        {
            let merge = NumberedMerge {
                number: merge_message::pull_request(&commit.message),
                merge: Merge {
                    commit: commit.id,
                    time: commit.time,
                    author: commit.author,
                },
            };
            // Its message may repeat the trailers of the promotion that it merges.
            for other in others {
                self.merges.insert(*other, merge.clone());
            }
            return ControlFlow::Continue(());
        }
        let records = Record::all_in(&commit.message);
        let claims = claims(&commit.message, &records);
        self.claims
            .extend(claims.into_iter().map(|c| (commit.id, c)));
        for record in records {
            let environments = [&record.from, &record.to].map(String::clone);
            self.seen.environments.extend(environments);
            self.seen.applications.extend(record.application_names());
            if !self.filter.includes(&record) {
                continue;
            }
            if self.promotions.len() == self.limit {
                self.has_more = true;
                return ControlFlow::Break(());
            }
            self.promotions.push(promotion(&commit, record));
        }
        ControlFlow::Continue(())
    }
}

fn promotion(commit: &FoundCommit, record: Record) -> PastPromotion {
    let title = commit.message.lines().next().unwrap_or_default();
    PastPromotion {
        commit: commit.id,
        time: commit.time,
        author: commit.author.clone(),
        repository: None,
        title: title.to_owned(),
        applications: versions::applications(&commit.message, &record),
        merge: None,
        pull_request: merge_message::of_squash(title),
        reverts: None,
        reverted_by: Vec::new(),
        record,
    }
}

/// Chooses promotions by environments and applications.
pub(super) struct Filter {
    from: Option<Environment>,
    to: Option<Environment>,
    /// Whole names or last parts; `None` means all.
    applications: Option<Vec<String>>,
    /// Whether baselines that were set are included.
    has_baselines: bool,
}

impl Filter {
    pub(super) fn new(request: &LogRequest, settings: &Settings) -> Result<Self, InventoryError> {
        // The history may have environments that are no longer configured.
        let environment = |name: &String| {
            let configured = settings.environment(name).cloned();
            configured.unwrap_or_else(|| Environment::named(name))
        };
        let choice = ApplicationChoice {
            applications: &request.applications,
            products: &request.products,
        };
        Ok(Self {
            from: request.from.as_ref().map(environment),
            to: request.to.as_ref().map(environment),
            applications: choice.names(settings)?,
            has_baselines: false,
        })
    }

    /// Chooses all promotions, and all baselines that were set.
    pub(super) fn all() -> Self {
        Self {
            from: None,
            to: None,
            applications: None,
            has_baselines: true,
        }
    }

    fn includes(&self, record: &Record) -> bool {
        let is = |chosen: &Option<Environment>, name: &str| {
            chosen.as_ref().is_none_or(|chosen| chosen.has_name(name))
        };
        let has = |words: &Vec<String>| {
            let mut names = record.application_names();
            names.any(|name| words.iter().any(|word| name.matches(word)))
        };
        (self.has_baselines || !record.is_baseline())
            && is(&self.from, &record.from)
            && is(&self.to, &record.to)
            && self.applications.as_ref().is_none_or(has)
    }
}
