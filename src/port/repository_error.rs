//! Why a repository could not be read or moved.

use thiserror::Error;

use crate::domain::RepositoryUrl;

/// Why the repository could not be read or moved.
#[derive(Debug, Error)]
pub enum RepositoryError {
    /// There is no repository.
    #[error("`{path}` is not in a Git repository")]
    NotARepository {
        /// The folder that was searched.
        path: String,
    },
    /// There is no `git` on the `PATH`.
    #[error("`git` is not installed, or not on the `PATH`")]
    GitMissing,
    /// The installed `git` lacks something that is needed.
    #[error("`{program}` is too old: version {found}")]
    GitTooOld {
        /// Its path.
        program: String,
        /// Its version, as it prints it.
        found: String,
    },
    /// The repository's folder belongs to another user and is not configured as safe.
    #[error("`{path}` belongs to another user, and `safe.directory` does not list it")]
    NotTrusted {
        /// The folder.
        path: String,
    },
    /// There are remotes, but none is the obvious one.
    #[error(
        "cannot choose a remote: the current branch has no upstream, and no remote is called `origin`"
    )]
    UnknownRemote {
        /// The remotes that are there.
        known: Vec<String>,
    },
    /// The branch has no commits.
    #[error("{}branch `{branch}` has no commits", .remote.as_ref().map(|r| format!("remote `{r}` is empty: its ")).unwrap_or_default())]
    Unborn {
        /// The branch.
        branch: String,
        /// The remote whose branch this is.
        remote: Option<String>,
    },
    /// There is no such branch.
    #[error("there is no branch `{branch}`{}", .remote.as_ref().map(|r| format!(" on remote `{r}`")).unwrap_or_default())]
    UnknownBranch {
        /// The requested branch.
        branch: String,
        /// The remote; `None` for a local branch.
        remote: Option<String>,
        /// The branches that are there.
        known: Vec<String>,
    },
    /// The name of one branch is a folder in the name of the other.
    #[error("branch `{branch}` cannot exist beside branch `{other}`")]
    InTheWay {
        /// The branch that could not be created.
        branch: String,
        /// The existing branch.
        other: String,
    },
    /// HEAD is detached, and no branch was chosen.
    #[error("HEAD is detached at `{commit}`, so there is no current branch")]
    DetachedHead {
        /// The commit that HEAD points at.
        commit: String,
    },
    /// The checked-out branch is not the remote's default branch.
    #[error("`{current}` is checked out, but the default branch of `{remote}` is `{default}`")]
    OtherBranch {
        /// The checked-out branch.
        current: String,
        /// The remote.
        remote: String,
        /// The remote's default branch.
        default: String,
    },
    /// The local branch lacks commits of the remote's.
    #[error("local branch `{branch}` lacks commits of `{remote}/{branch}`")]
    BehindRemote {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
    },
    /// The revision does not exist, or is not a commit.
    #[error("`{revision}` is not a commit")]
    UnknownRevision {
        /// The requested revision.
        revision: String,
    },
    /// The commit is in this clone, but of another repository than the one that was meant.
    #[error("commit `{revision}` is not in {}", .repository.as_ref().map_or_else(|| "this repository".to_owned(), |r| format!("`{r}`")))]
    RevisionOfAnother {
        /// The requested revision.
        revision: String,
        /// The repository that was meant, if it is another one than this.
        repository: Option<RepositoryUrl>,
    },
    /// An object is missing in the repository.
    #[error("object `{id}` is missing{}", if *.shallow { " from this shallow clone" } else { "" })]
    MissingObject {
        /// The object.
        id: String,
        /// Whether the clone is shallow.
        shallow: bool,
    },
    /// A changed file has the path of a directory, or has a file as a parent.
    #[error("`{path}` cannot be a file and a directory at once")]
    Collision {
        /// The path.
        path: String,
    },
    /// Files that the promotion changes have local changes.
    #[error("files of the checked-out branch `{branch}` have local changes: {}", .paths.join(", "))]
    Dirty {
        /// The branch.
        branch: String,
        /// The files.
        paths: Vec<String>,
    },
    /// Git has no name or email address for the author or committer.
    #[error("Git has no identity for the commit: {message}")]
    MissingIdentity {
        /// What Git printed.
        message: String,
    },
    /// Commits must be signed, and this one could not be.
    #[error("the commit could not be signed: {message}")]
    NotSigned {
        /// What Git and the signing program printed.
        message: String,
    },
    /// A file or folder is not writable.
    #[error("cannot write to `{path}`")]
    ReadOnly {
        /// The file or folder.
        path: String,
        /// The system's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The disk is full.
    #[error("no space left while writing to `{path}`")]
    DiskFull {
        /// The file or folder.
        path: String,
        /// The system's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Git and other programs could interpret the remote's URL differently.
    #[error(
        "the URL of remote `{remote}` has a backslash, white space, a control character or two `@`"
    )]
    DoubtfulUrl {
        /// The remote.
        remote: String,
    },
    /// The path of another repository leads out of the server or the disk.
    #[error("there is no repository `{repository}` beside `{base}`")]
    NoPlaceBeside {
        /// The path, as configured.
        repository: String,
        /// The URL of the repository with the configuration, without passwords.
        base: String,
    },
    /// Another repository was never fetched, and may not be fetched now.
    #[error("`{repository}` was not fetched before")]
    NeverFetched {
        /// The repository, as configured.
        repository: String,
    },
    /// A push would go to several URLs, and could succeed for only some of them.
    #[error("remote `{remote}` has {} push URLs: {}", .urls.len(), .urls.join(", "))]
    SeveralPushUrls {
        /// The remote.
        remote: String,
        /// Its push URLs, without passwords.
        urls: Vec<String>,
    },
    /// The `pre-push` hook of this repository refused.
    #[error("the `pre-push` hook of this repository refused `{branch}`: {message}")]
    HookRefused {
        /// The branch.
        branch: String,
        /// What the hook and Git printed.
        message: String,
    },
    /// Moving the branch alone would leave its checked-out files behind.
    #[error("branch `{branch}` is checked out in `{folder}` and cannot be moved alone")]
    CheckedOut {
        /// The branch.
        branch: String,
        /// The working tree.
        folder: String,
    },
    /// The remote refused the push.
    #[error("remote `{remote}` refused `{branch}`: {message}")]
    Refused {
        /// The remote.
        remote: String,
        /// The branch.
        branch: String,
        /// The server's message.
        message: String,
    },
    /// The remote did not accept any credentials.
    #[error("remote `{remote}` did not accept {}", .origin.as_deref().unwrap_or("the credentials that Git has"))]
    Credentials {
        /// The remote.
        remote: String,
        /// Where git-promote's password came from, if it had one; never the secret.
        origin: Option<String>,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server's certificate or host key is not trusted.
    #[error("remote `{remote}` could not prove its identity")]
    UntrustedServer {
        /// The remote.
        remote: String,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The remote answered, but does not give access to this repository.
    #[error("the repository of remote `{remote}` was not found, or access to it was denied")]
    Denied {
        /// The remote.
        remote: String,
        /// Its answer.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The remote could not be reached.
    #[error("remote `{remote}` could not be reached")]
    Unreachable {
        /// The remote.
        remote: String,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Git reported another error.
    #[error("{doing}")]
    Git {
        /// What failed, e.g. "could not read tree `1234`".
        doing: String,
        /// Git's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
