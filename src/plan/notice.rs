//! What the user should know beside the plan and the result.
//!
//! # Why
//!
//! A sentence made where something is found cannot be counted, translated or tested apart from it,
//! and each place words the same thing differently. So a notice is data; `render` words all of them.

use crate::domain::{CommitId, Environment, FileMode, Reason, RepoPath};

/// Something that the user should know and that stops nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Notice {
    /// The configuration is valid, but one place is probably a mistake.
    Configuration {
        /// The configuration file.
        file: String,
        /// 1-based.
        line: usize,
        /// 1-based, in characters.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A file in a folder looks like a configuration, but only the one at the root is used.
    ConfigurationInFolder {
        /// The file.
        path: String,
    },
    /// No path contains the name of a configured environment: it is new, or misspelt.
    EnvironmentWithoutPaths(Environment),
    /// A configured product lists an application that has no files.
    ApplicationWithoutFiles {
        /// The product.
        product: String,
        /// The application, as the product lists it.
        application: String,
    },
    /// No product was requested, and this one is the default.
    ProductByDefault {
        /// The product.
        product: String,
        /// Why it is the default.
        origin: ProductOrigin,
    },
    /// The commit before a push is not in this clone.
    StartOfPushMissing {
        /// The commit.
        commit: String,
        /// The commit that is used instead.
        instead: CommitId,
    },
    /// File names that are not UTF-8 were skipped.
    UnreadableNames {
        /// How many.
        count: usize,
    },
    /// Two source files map to one target file.
    Overlap {
        /// The target's file.
        path: String,
        /// The source's file that is used.
        used: String,
        /// The source's file that is ignored.
        ignored: String,
    },
    /// Versions are kept because the last two promotions left them out.
    LeftOutBefore {
        /// The application, place and change of each.
        versions: Vec<String>,
    },
    /// The mode `changes` has no base for these files, because their history has no promotion.
    NoPromotionInHistory {
        /// The target's files.
        paths: Vec<RepoPath>,
    },
    /// The history has more commits of some files than were looked at.
    HistoryLimit {
        /// How many commits of each file were looked at.
        limit: usize,
    },
    /// The clone lacks commits that could show what the last promotions took and left out.
    ShallowHistory,
    /// Changes are promoted that were promoted before and undone.
    UndoneBefore {
        /// The commit that undid them.
        commit: CommitId,
        /// The application, place and change of each.
        changes: Vec<String>,
    },
    /// A pattern of `--only` matches only differences that are kept.
    SelectionKept {
        /// The pattern.
        pattern: String,
        /// The exact selector of each, and why it is kept.
        kept: Vec<(String, Reason)>,
    },
    /// The tag of an image is promoted, its digest is not.
    DigestKept {
        /// The target's file.
        path: RepoPath,
        /// The selector of the digest.
        selector: String,
    },
    /// An anchored value is promoted that places of the target share which the source does not have.
    AnchorFollowed {
        /// The target's file.
        path: RepoPath,
        /// The selector of the promoted value.
        selector: String,
        /// The anchor.
        anchor: String,
        /// The places that get the new value, too.
        places: Vec<String>,
    },
    /// A file becomes executable, or no longer is.
    ModeChanged {
        /// The target's file.
        path: RepoPath,
        /// Its mode now.
        before: FileMode,
        /// Its mode afterwards.
        after: FileMode,
    },
    /// A new application has a submodule; those are not promoted.
    SubmoduleKept {
        /// The submodule in the target.
        path: RepoPath,
    },
    /// Applications that the target lacks are not promoted.
    NewApplicationsKept {
        /// Their names.
        names: Vec<String>,
    },
    /// The kustomization above a new application does not list it.
    Unreferenced {
        /// The application.
        application: String,
        /// The kustomization in the target.
        path: String,
        /// What would have to be listed there.
        entries: Vec<String>,
    },
    /// The source's files are those of an older commit, which has the requested version.
    VersionOfCommit(VersionOrigin),
    /// The commit of the promotion that is reverted also changed files that are not of it.
    ChangesElsewhere {
        /// The files.
        paths: Vec<String>,
    },
    /// A policy turns the promotion into a preview.
    PreviewByPolicy {
        /// The policy.
        policy: String,
    },
    /// The message body had a trailer that only git-promote writes.
    ReservedTrailer {
        /// The trailer's key.
        key: String,
    },
    /// A branch other than the target branch is checked out.
    OtherBranchCheckedOut {
        /// The branch that is checked out.
        current: String,
        /// The target branch.
        branch: String,
    },
    /// The configuration or files of the source have changes that are not committed.
    UncommittedChanges {
        /// The files.
        paths: Vec<String>,
    },
    /// The local branch has commits that the remote's branch lacks.
    UnpushedCommits {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
        /// How many commits.
        count: usize,
    },
    /// The branch could not be fetched, so a preview uses what this clone has.
    NotFetched {
        /// Why.
        error: String,
        /// The branch.
        branch: String,
        /// The remote whose branch is used as last fetched; `None` for the local branch.
        remote: Option<String>,
    },
    /// The remote printed something about a push.
    RemoteMessage {
        /// The remote.
        remote: String,
        /// What it printed.
        message: String,
    },
    /// The remote has the commit, but this clone's remote-tracking branch does not point at it.
    TrackingBranchNotUpdated {
        /// The full name of the remote-tracking branch.
        reference: String,
        /// The remote.
        remote: String,
        /// The lock file that blocks it, if there is one.
        lock: Option<String>,
    },
    /// The remote has the commit, but the local branch does not.
    LocalBranchNotUpdated {
        /// The branch.
        branch: String,
        /// Why.
        obstacle: Obstacle,
    },
    /// Settings for a pull request had no effect, because none was opened.
    PullRequestSettingsIgnored {
        /// The names of the settings.
        settings: Vec<&'static str>,
    },
    /// Auto-merge was requested for a pull request that can be merged now.
    AutoMergeNotNeeded {
        /// The branch that the pull request is for.
        base: String,
    },
    /// The remote refused to delete a promotion's branch that is not needed any more.
    BranchNotDeleted {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
        /// What the remote printed.
        message: String,
    },
}

/// The older commit of the source that has a requested version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VersionOrigin {
    /// The source environment.
    pub environment: String,
    /// The application.
    pub application: String,
    /// Its versions there; usually the requested one.
    pub versions: Vec<String>,
    /// The commit.
    pub commit: CommitId,
}

/// Why a product is promoted that was not requested by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProductOrigin {
    /// The command was started in its folder.
    Folder,
    /// The configuration names it.
    Configuration,
}

/// Why a local branch could not follow the remote's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Obstacle {
    /// The branch has commits that the remote's branch lacks.
    UnpushedCommits {
        /// The remote.
        remote: String,
    },
    /// The branch moved meanwhile.
    Moved,
    /// Files that would be updated have local changes.
    LocalChanges {
        /// The files.
        paths: Vec<String>,
    },
    /// Git or the file system failed.
    Failed {
        /// The error with its cause.
        error: String,
    },
}
