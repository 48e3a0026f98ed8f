//! The messages of notices.
//!
//! # Why
//!
//! Text, Markdown and JSON share these messages. They are in one file so that their wording stays
//! consistent.

mod history;

use super::counted::counted;
use super::shell;
use crate::domain::{CONFIGURATION, CommitId, Environment, FileMode, Reason};
use crate::inventory::InventoryError;
use crate::plan::{Notice, Obstacle, ProductOrigin, VersionOrigin};

/// The message of a notice, in lower case and without a full stop.
pub fn message(notice: &Notice) -> String {
    match notice {
        Notice::Configuration {
            file,
            line,
            column,
            message,
        } => format!("{file}:{line}:{column}: {message}"),
        Notice::ConfigurationInFolder { .. } => {
            format!("not used: the configuration must be `{CONFIGURATION}` at the root")
        }
        Notice::EnvironmentWithoutPaths(environment) => without_paths(environment),
        Notice::ApplicationWithoutFiles {
            product,
            application,
        } => {
            format!("product `{product}` lists the application `{application}`, which has no files")
        }
        Notice::ProductByDefault { product, origin } => product_by_default(product, *origin),
        Notice::StartOfPushMissing { commit, instead } => start_of_push(commit, *instead),
        Notice::UnreadableNames { count } => skipped_names(*count),
        Notice::Overlap { used, ignored, .. } => {
            format!("both `{used}` and `{ignored}` map to this file; the second is ignored")
        }
        Notice::LeftOutBefore { versions } => history::left_out_before(versions),
        Notice::NoPromotionInHistory { paths } => history::no_promotion(paths),
        Notice::HistoryLimit { limit } => history::limit(*limit),
        Notice::ShallowHistory => history::SHALLOW.to_owned(),
        Notice::UndoneBefore { commit, changes } => history::undone_before(*commit, changes),
        Notice::VersionOfCommit(origin) => version_of_commit(origin),
        Notice::ChangesElsewhere { paths } => changes_elsewhere(paths),
        Notice::SelectionKept { pattern, kept } => selection_kept(pattern, kept),
        Notice::DigestKept { selector, .. } => {
            format!("the tag is promoted, but the digest `{selector}` is kept; they may not match")
        }
        Notice::AnchorFollowed {
            selector,
            anchor,
            places,
            ..
        } => followed(selector, anchor, places),
        Notice::ModeChanged { before, after, .. } => mode_changed(*before, *after),
        Notice::SubmoduleKept { .. } => {
            "submodules are not promoted; if the new application needs this one, add it by hand"
                .to_owned()
        }
        Notice::NewApplicationsKept { names } => new_applications_kept(names),
        Notice::Unreferenced {
            application,
            entries,
            ..
        } => unreferenced(application, entries),
        Notice::PreviewByPolicy { policy } => {
            format!("policy `{policy}` sets `action: none`: this is only a preview")
        }
        Notice::ReservedTrailer { key } => format!(
            "removed `{key}` from the message body: only git-promote writes `Promotion-` trailers"
        ),
        Notice::OtherBranchCheckedOut { current, branch } => {
            format!("`{current}` is checked out, but the target branch is `{branch}`")
        }
        Notice::UncommittedChanges { paths } => uncommitted_changes(paths),
        Notice::UnpushedCommits {
            branch,
            remote,
            count,
        } => unpushed_commits(branch, remote, *count),
        Notice::NotFetched {
            error,
            branch,
            remote,
        } => not_fetched(error, branch, remote.as_deref()),
        Notice::RemoteMessage { remote, message } => format!("message from `{remote}`: {message}"),
        Notice::TrackingBranchNotUpdated {
            reference,
            remote,
            lock,
        } => tracking_branch(reference, remote, lock.as_deref()),
        Notice::LocalBranchNotUpdated { branch, obstacle } => {
            format!(
                "local branch `{branch}` was not updated: {}",
                reason(branch, obstacle)
            )
        }
        Notice::PullRequestSettingsIgnored { settings } => format!(
            "no pull request was opened, so these settings have no effect: {}",
            settings.join(", ")
        ),
        Notice::AutoMergeNotNeeded { base } => format!(
            "auto-merge is not needed: no rule of `{base}` blocks merging, so merge the pull request \
             when you are ready"
        ),
        Notice::BranchNotDeleted {
            branch,
            remote,
            message,
        } => format!("`{remote}` refused to delete the branch `{branch}`: {message}"),
    }
}

fn not_fetched(error: &str, branch: &str, remote: Option<&str>) -> String {
    match remote {
        Some(remote) => format!("{error}; using `{branch}` of `{remote}` as last fetched"),
        None => format!("{error}; using the local branch `{branch}`"),
    }
}

fn tracking_branch(reference: &str, remote: &str, lock: Option<&str>) -> String {
    let failed = format!("could not update `{reference}` in this clone");
    match lock {
        Some(lock) => format!("{failed}: the lock file `{lock}` exists"),
        None => format!(
            "{failed}; `git remote prune {}` removes stale branches that may block it",
            shell::word(remote)
        ),
    }
}

/// Why a local branch was not updated, and how to update it.
fn reason(branch: &str, obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::UnpushedCommits { remote } => format!(
            "it has commits that `{remote}/{branch}` does not have; run `git pull --rebase`"
        ),
        Obstacle::Moved => "it moved meanwhile; run `git pull`".to_owned(),
        Obstacle::LocalChanges { paths } => format!(
            "there are local changes in {}; commit, stash or move them, then run `git pull`",
            paths.join(", ")
        ),
        Obstacle::Failed { error } => format!("{error}; run `git pull` when that is fixed"),
    }
}

fn mode_changed(before: FileMode, after: FileMode) -> String {
    let change = match after {
        FileMode::Executable => "becomes executable",
        _ => "is no longer executable",
    };
    let (before, after) = (before.digits(), after.digits());
    format!("the file {change}: mode {before} -> {after}")
}

/// What a pattern of `--only` matches although it is kept, and the options that promote it.
fn selection_kept(pattern: &str, kept: &[(String, Reason)]) -> String {
    const MOST: usize = 3;
    let only = shell::only(pattern);
    if let [(selector, reason)] = kept {
        let exact = shell::only(selector);
        return format!(
            "`{only}` matches 1 difference, which is kept ({reason}); `{exact}` promotes it"
        );
    }
    let first = kept.iter().take(MOST);
    let first: Vec<String> = first
        .map(|(selector, reason)| format!("`{}` ({reason})", shell::only(selector)))
        .collect();
    let mut listed = first.join(", ");
    if kept.len() > MOST {
        listed = format!("{listed} and {} more", kept.len() - MOST);
    }
    format!(
        "`{only}` matches {}, which are all kept; exact selectors promote them: {listed}",
        counted(kept.len(), "difference")
    )
}

/// A promoted value of an anchor, and all places that follow it.
fn followed(selector: &str, anchor: &str, places: &[String]) -> String {
    let listed: Vec<String> = places.iter().map(|place| format!("`{place}`")).collect();
    format!(
        "changing `{selector}` also changes {}, which only the target has: they share the anchor \
         `{anchor}`",
        listed.join(", ")
    )
}

/// Names, and how to promote them.
fn new_applications_kept(names: &[String]) -> String {
    let listed = first_of(names);
    match names {
        [only] => format!(
            "the target does not have {listed} yet; `--service {only}` or `--new` promotes it"
        ),
        _ => format!(
            "the target does not have {} applications yet: {listed}; `--service NAME` promotes one, `--new` all",
            names.len()
        ),
    }
}

fn unreferenced(application: &str, entries: &[String]) -> String {
    format!(
        "does not list the new application `{application}`; add {} to `resources` to deploy it",
        first_of(entries)
    )
}

fn unpushed_commits(branch: &str, remote: &str, count: usize) -> String {
    let commits = counted(count, "commit");
    format!(
        "local branch `{branch}` has {commits} that `{remote}` does not have; unpushed commits are not included"
    )
}

fn uncommitted_changes(paths: &[String]) -> String {
    let have = if paths.len() == 1 { "has" } else { "have" };
    format!(
        "{} {have} uncommitted changes, which are not included",
        first_of(paths)
    )
}

/// The first of these names, and how many more there are.
fn first_of(names: &[String]) -> String {
    const LISTED: usize = 5;
    let first = names.iter().take(LISTED);
    let first: Vec<String> = first.map(|name| format!("`{name}`")).collect();
    let first = first.join(", ");
    match names.len().saturating_sub(LISTED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn without_paths(environment: &Environment) -> String {
    if environment.folder().is_some() {
        let name = &environment.name;
        return format!("environment `{name}` has no folder yet; the promotion makes it");
    }
    InventoryError::absent(environment, Vec::new()).to_string()
}

/// The file that a notice is about.
pub fn path(notice: &Notice) -> Option<&str> {
    match notice {
        Notice::Configuration { file, .. } => Some(file),
        Notice::ConfigurationInFolder { path }
        | Notice::Overlap { path, .. }
        | Notice::Unreferenced { path, .. } => Some(path),
        Notice::DigestKept { path, .. }
        | Notice::AnchorFollowed { path, .. }
        | Notice::ModeChanged { path, .. }
        | Notice::SubmoduleKept { path } => Some(path.as_str()),
        Notice::EnvironmentWithoutPaths(_)
        | Notice::ApplicationWithoutFiles { .. }
        | Notice::ProductByDefault { .. }
        | Notice::NewApplicationsKept { .. }
        | Notice::StartOfPushMissing { .. }
        | Notice::UnreadableNames { .. }
        | Notice::LeftOutBefore { .. }
        | Notice::VersionOfCommit(_)
        | Notice::ChangesElsewhere { .. }
        | Notice::NoPromotionInHistory { .. }
        | Notice::HistoryLimit { .. }
        | Notice::ShallowHistory
        | Notice::UndoneBefore { .. }
        | Notice::SelectionKept { .. }
        | Notice::PreviewByPolicy { .. }
        | Notice::ReservedTrailer { .. }
        | Notice::OtherBranchCheckedOut { .. }
        | Notice::UncommittedChanges { .. }
        | Notice::UnpushedCommits { .. }
        | Notice::NotFetched { .. }
        | Notice::RemoteMessage { .. }
        | Notice::TrackingBranchNotUpdated { .. }
        | Notice::LocalBranchNotUpdated { .. }
        | Notice::PullRequestSettingsIgnored { .. }
        | Notice::AutoMergeNotNeeded { .. }
        | Notice::BranchNotDeleted { .. } => None,
    }
}

fn start_of_push(commit: &str, instead: CommitId) -> String {
    format!(
        "`{commit}` is not in this clone, as after a forced push; the commits since {} are examined",
        instead.short()
    )
}

fn skipped_names(count: usize) -> String {
    format!("skipped {} with invalid UTF-8", counted(count, "file name"))
}

fn version_of_commit(origin: &VersionOrigin) -> String {
    let VersionOrigin {
        environment,
        application,
        ..
    } = origin;
    let (versions, commit) = (origin.versions.join(" and "), origin.commit.short());
    format!(
        "{application} is promoted as {environment} had it in {commit}, with version {versions}"
    )
}

fn changes_elsewhere(paths: &[String]) -> String {
    let files = paths.join(", ");
    format!("the commit also changed files that the promotion did not, which stay: {files}")
}

fn product_by_default(product: &str, origin: ProductOrigin) -> String {
    let why = match origin {
        ProductOrigin::Folder => "to which this folder belongs",
        ProductOrigin::Configuration => "the default of the configuration",
    };
    format!("only the applications of product `{product}`, {why}; `--all` selects all")
}

/// The path to print before the message; `None` if the message already contains it.
pub fn heading(notice: &Notice) -> Option<&str> {
    match notice {
        Notice::Configuration { .. }
        | Notice::DigestKept { .. }
        | Notice::AnchorFollowed { .. } => None,
        _ => path(notice),
    }
}

#[cfg(test)]
mod tests;
