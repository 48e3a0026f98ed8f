//! The promotions of a branch, newest first, as their commits record them.
//!
//! # Why
//!
//! The history of the target's branch is the only record of promotions that everyone shares. So the
//! log needs no store of its own, and also lists what another clone or a CI system promoted.

mod merge_message;
mod promotion;
mod versions;

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::error::EngineError;
use super::history::reverted_commit;
use super::ports::Ports;
use super::settings::read_settings;
use crate::domain::{CommitId, Environment, Settings};
use crate::inventory::{ApplicationChoice, InventoryError};
use crate::plan::Record;
use crate::port::{BranchChoice, Event, FoundCommit, MessageSearch};

pub use promotion::{Merge, PastPromotion, PromotedApplication, PromotionLog};

/// Which promotions to list.
#[derive(Clone, Debug)]
pub struct LogRequest {
    /// The source environment, by name or alias; any if `None`.
    pub from: Option<String>,
    /// The target environment, by name or alias; any if `None`.
    pub to: Option<String>,
    /// Applications by whole names or last parts; all if there are no products either.
    pub applications: Vec<String>,
    /// Products.
    pub products: Vec<String>,
    /// How many promotions to list at most.
    pub limit: usize,
    /// The branch.
    pub branch: BranchChoice,
    /// The settings of `--config FILE`; otherwise those of `promote.yaml` in the branch's commit.
    pub settings: Option<Settings>,
}

/// The lines of the commits to look at: promotions, merges of their branches, and reverts. Every forge
/// begins the message of a merge with this word.
const LINE_STARTS: &[&str] = &[Record::FIRST_LINE, "Merge", "This reverts commit "];

/// Lists the promotions of a branch.
///
/// # Errors
/// When the branch cannot be found or read, the configuration has faults, or a product is unknown.
pub async fn promotion_log(
    ports: &Ports<'_>,
    request: &LogRequest,
) -> Result<PromotionLog, EngineError> {
    ports.observer.event(&Event::FindingBranch);
    let branch = ports.repository.branch(&request.branch).await?;
    let snapshot = ports.repository.snapshot(branch.tip)?;
    let given = request.settings.as_ref();
    let (settings, _) = read_settings(ports, given, snapshot.as_ref(), &mut Vec::new())?;
    let mut collector = Collector {
        filter: Filter::new(request, &settings)?,
        limit: request.limit,
        merges: HashMap::new(),
        reverts: HashMap::new(),
        promotions: Vec::new(),
        has_more: false,
    };
    let search = MessageSearch {
        from: branch.tip,
        line_starts: LINE_STARTS,
    };
    ports
        .history
        .search(&search, &mut |commit| collector.visit(commit))?;
    Ok(PromotionLog {
        branch,
        promotions: collector.promotions,
        has_more: collector.has_more,
    })
}

/// Collects promotions from commits, newest first.
struct Collector {
    filter: Filter,
    limit: usize,
    /// The merges by the commits that they brought in, each with the number of its pull request.
    merges: HashMap<CommitId, (Merge, Option<u64>)>,
    /// The commits that revert others, by those.
    reverts: HashMap<CommitId, CommitId>,
    promotions: Vec<PastPromotion>,
    has_more: bool,
}

impl Collector {
    fn visit(&mut self, commit: FoundCommit) -> ControlFlow<()> {
        if let Some(reverted) = reverted_commit(&commit.message) {
            // A revert that was itself reverted has no effect.
            if !self.reverts.contains_key(&commit.id) {
                self.reverts.insert(reverted, commit.id);
            }
            return ControlFlow::Continue(());
        }
        if let [_, others @ ..] = commit.parents.as_slice()
            && !others.is_empty()
        {
            let merge = Merge {
                commit: commit.id,
                time: commit.time,
                author: commit.author,
            };
            let number = merge_message::pull_request(&commit.message);
            // Its message may repeat the trailers of the promotion that it merges.
            for other in others {
                self.merges.insert(*other, (merge.clone(), number));
            }
            return ControlFlow::Continue(());
        }
        for record in Record::all_in(&commit.message) {
            if !self.filter.includes(&record) {
                continue;
            }
            if self.promotions.len() == self.limit {
                self.has_more = true;
                return ControlFlow::Break(());
            }
            let promotion = self.promotion(&commit, record);
            self.promotions.push(promotion);
        }
        ControlFlow::Continue(())
    }

    fn promotion(&self, commit: &FoundCommit, record: Record) -> PastPromotion {
        let merged = self.merges.get(&commit.id).cloned();
        let (merge, number) = merged.map_or((None, None), |(merge, number)| (Some(merge), number));
        let title = commit.message.lines().next().unwrap_or_default();
        // A promotion is taken back by reverting its commit or the one that merged it.
        let mut ids = [Some(commit.id), merge.as_ref().map(|merge| merge.commit)].into_iter();
        let reverted_by = ids.find_map(|id| self.reverts.get(&id?).copied());
        PastPromotion {
            commit: commit.id,
            time: commit.time,
            author: commit.author.clone(),
            title: title.to_owned(),
            applications: versions::applications(&commit.message, &record),
            merge,
            pull_request: number.or_else(|| merge_message::of_squash(title)),
            reverted_by,
            record,
        }
    }
}

/// Chooses promotions by environments and applications.
struct Filter {
    from: Option<Environment>,
    to: Option<Environment>,
    /// Whole names or last parts; `None` means all.
    applications: Option<Vec<String>>,
}

impl Filter {
    fn new(request: &LogRequest, settings: &Settings) -> Result<Self, InventoryError> {
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
        })
    }

    fn includes(&self, record: &Record) -> bool {
        let is = |chosen: &Option<Environment>, name: &str| {
            chosen.as_ref().is_none_or(|chosen| chosen.has_name(name))
        };
        let has = |words: &Vec<String>| {
            let mut names = record.application_names();
            names.any(|name| words.iter().any(|word| name.matches(word)))
        };
        is(&self.from, &record.from)
            && is(&self.to, &record.to)
            && self.applications.as_ref().is_none_or(has)
    }
}
