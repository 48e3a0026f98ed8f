//! `git-promote/log/v1`: the promotions of a branch.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::RepositoryUrl;
use crate::engine;
use crate::render::date::rfc_3339;

/// The name of this format.
const LOG: &str = "git-promote/log/v1";

/// The promotions of a branch, newest first.
#[derive(Serialize, JsonSchema, Debug)]
#[schemars(title = "git-promote log, version 1")]
pub struct Log<'a> {
    /// `git-promote/log/v1`.
    #[schemars(extend("const" = LOG))]
    schema: &'static str,
    /// The branch.
    branch: &'a str,
    /// The commit that the branch points at.
    commit: String,
    /// The promotions.
    promotions: Vec<PastPromotion<'a>>,
    /// Whether there are older promotions, which `--limit` left out.
    has_more: bool,
}

/// A promotion.
#[derive(Serialize, JsonSchema, Debug)]
struct PastPromotion<'a> {
    /// Its id; the same changes between the same environments have the same one.
    promotion_id: &'a str,
    /// The source environment.
    from: &'a str,
    /// The target environment.
    to: &'a str,
    /// The promoted applications.
    applications: Vec<PromotedApplication<'a>>,
    /// The commit that changed the files.
    commit: String,
    /// The repository that has it, as configured; absent if it is that with the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<&'a str>,
    /// When that was committed, as RFC 3339 writes it, in universal time.
    time: String,
    /// The author's name.
    author: &'a str,
    /// The first line of the commit's message.
    title: &'a str,
    /// The commit whose source files were promoted; null if the commit does not record it.
    source: Option<&'a str>,
    /// The URL of the repository that has the commit with the source files, if it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_repository: Option<&'a str>,
    /// What decided: `versions`, `changes`, `all`, `rules`, `only` or `revert`; null if the commit does not record it.
    mode: Option<&'a str>,
    /// The guards that were lifted.
    allowed: Vec<&'a str>,
    /// The merge commit that brought it to the branch.
    merge: Option<Merge<'a>>,
    /// The number of its pull request, if a message names it.
    pull_request: Option<u64>,
    /// The promotion that it reverts.
    reverts: Option<RevertedPromotion<'a>>,
    /// The commit that reverted all of it.
    reverted_by: Option<String>,
    /// The newest commit that reverted a part of it, unless one reverted all of it.
    partly_reverted_by: Option<String>,
    /// The commits that reverted parts of it, newest first.
    partial_reverts: Vec<String>,
}

/// A promotion that another one reverts.
#[derive(Serialize, JsonSchema, Debug)]
struct RevertedPromotion<'a> {
    /// Its id.
    promotion_id: &'a str,
    /// Its commit; null if it is not among the listed promotions.
    commit: Option<String>,
}

/// A promoted application.
#[derive(Serialize, JsonSchema, Debug)]
struct PromotedApplication<'a> {
    /// Its name.
    name: &'a str,
    /// Its version before and after, if the commit's message has it.
    version: Option<Version<'a>>,
}

/// A version before and after.
#[derive(Serialize, JsonSchema, Debug)]
struct Version<'a> {
    /// The target's version before.
    before: Option<&'a str>,
    /// The target's version afterwards.
    after: Option<&'a str>,
}

/// A merge commit.
#[derive(Serialize, JsonSchema, Debug)]
struct Merge<'a> {
    /// The commit.
    commit: String,
    /// When it was committed.
    time: String,
    /// The author's name.
    author: &'a str,
}

impl<'a> From<&'a engine::PromotionLog> for Log<'a> {
    fn from(log: &'a engine::PromotionLog) -> Self {
        Self {
            schema: LOG,
            branch: &log.branch.name,
            commit: log.branch.tip.to_string(),
            promotions: log.promotions.iter().map(PastPromotion::from).collect(),
            has_more: log.has_more,
        }
    }
}

impl<'a> From<&'a engine::PastPromotion> for PastPromotion<'a> {
    fn from(promotion: &'a engine::PastPromotion) -> Self {
        let record = &promotion.record;
        let allowed = record.allowed.as_deref().unwrap_or_default().split(", ");
        let merge = promotion.merge.as_ref().map(|merge| Merge {
            commit: merge.commit.to_string(),
            time: rfc_3339(merge.time),
            author: &merge.author,
        });
        let reverted_by = |is_whole| -> Vec<String> {
            let by = promotion.reverted_by.iter();
            let by = by.filter(|by| by.is_whole == is_whole);
            by.map(|by| by.commit.to_string()).collect()
        };
        let (whole, partial) = (reverted_by(true).pop(), reverted_by(false));
        Self {
            promotion_id: &record.id,
            from: &record.from,
            to: &record.to,
            applications: promotion
                .applications
                .iter()
                .map(PromotedApplication::from)
                .collect(),
            commit: promotion.commit.to_string(),
            repository: promotion.repository.as_ref().map(RepositoryUrl::as_str),
            time: rfc_3339(promotion.time),
            author: &promotion.author,
            title: &promotion.title,
            source: record.source.as_deref(),
            source_repository: record.source_repository.as_deref(),
            mode: record.mode.as_deref(),
            allowed: allowed.filter(|guard| !guard.is_empty()).collect(),
            merge,
            pull_request: promotion.pull_request,
            reverts: record.reverts.as_deref().map(|id| RevertedPromotion {
                promotion_id: id,
                commit: promotion.reverts.map(|commit| commit.to_string()),
            }),
            partly_reverted_by: partial.first().filter(|_| whole.is_none()).cloned(),
            partial_reverts: partial,
            reverted_by: whole,
        }
    }
}

impl<'a> From<&'a engine::PromotedApplication> for PromotedApplication<'a> {
    fn from(application: &'a engine::PromotedApplication) -> Self {
        let version = application.version.as_ref().map(|version| Version {
            before: version.before.as_deref(),
            after: version.after.as_deref(),
        });
        Self {
            name: &application.name.0,
            version,
        }
    }
}
