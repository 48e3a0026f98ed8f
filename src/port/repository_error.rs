//! Why a repository could not be read or moved.

use thiserror::Error;

/// Why the repository could not be read or moved.
#[derive(Debug, Error)]
pub enum RepositoryError {
    /// No repository there.
    #[error("`{path}` is not in a Git repository")]
    NotARepository {
        /// Where it was looked for.
        path: String,
    },
    /// No `git` on the `PATH`.
    #[error("`git` is not installed, or not on the `PATH`")]
    GitMissing,
    /// A `git` that lacks what is needed.
    #[error("`{program}` is version {found}")]
    GitTooOld {
        /// Where it is.
        program: String,
        /// Its version, as it prints it.
        found: String,
    },
    /// The repository's folder belongs to another user, and nothing says that it is trusted.
    #[error("`{path}` belongs to another user, and `safe.directory` does not list it")]
    NotTrusted {
        /// The folder.
        path: String,
    },
    /// There are remotes, but nothing says which one is meant.
    #[error("which remote? The current branch has no upstream, and no remote is called `origin`")]
    UnknownRemote {
        /// The remotes that are there.
        known: Vec<String>,
    },
    /// The branch has no commit.
    #[error("{}branch `{branch}` has no commits", .remote.as_ref().map(|r| format!("remote `{r}` is empty: its ")).unwrap_or_default())]
    Unborn {
        /// The branch.
        branch: String,
        /// The remote whose branch this is.
        remote: Option<String>,
    },
    /// No such branch.
    #[error("there is no branch `{branch}`{}", .remote.as_ref().map(|r| format!(" on remote `{r}`")).unwrap_or_default())]
    UnknownBranch {
        /// What was asked for.
        branch: String,
        /// Where.
        remote: Option<String>,
        /// The branches that are there.
        known: Vec<String>,
    },
    /// A branch whose name begins with the whole name of another one.
    #[error("there cannot be a branch `{branch}` beside `{other}`")]
    InTheWay {
        /// The branch that could not be made.
        branch: String,
        /// The branch that is there.
        other: String,
    },
    /// HEAD is detached and nothing says which branch is meant.
    #[error("HEAD is detached at `{commit}`, so no branch is meant")]
    DetachedHead {
        /// Where HEAD is.
        commit: String,
    },
    /// Another branch than the remote's default is checked out.
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
    #[error("local branch `{branch}` is behind `{remote}/{branch}`")]
    BehindRemote {
        /// The branch.
        branch: String,
        /// The remote.
        remote: String,
    },
    /// No commit by that name.
    #[error("`{revision}` names no commit")]
    UnknownRevision {
        /// What was asked for.
        revision: String,
    },
    /// An object is not in the repository.
    #[error("object `{id}` is missing{}", if *.shallow { " from this shallow clone" } else { "" })]
    MissingObject {
        /// Which.
        id: String,
        /// Whether the clone is shallow.
        shallow: bool,
    },
    /// A changed file's path runs through a file, or ends at a directory.
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
    /// Git has no name or address for the author or committer.
    #[error("Git does not know who commits: {message}")]
    MissingIdentity {
        /// What Git printed.
        message: String,
    },
    /// Commits are to be signed, and this one could not be.
    #[error("the commit could not be signed: {message}")]
    NotSigned {
        /// What Git and the program that signs printed.
        message: String,
    },
    /// Writing was not allowed.
    #[error("cannot write to `{path}`")]
    ReadOnly {
        /// Where.
        path: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The disk is full.
    #[error("no space left while writing to `{path}`")]
    DiskFull {
        /// Where.
        path: String,
        /// What the system said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Programs could read the remote's URL in different ways.
    #[error(
        "the URL of remote `{remote}` has a backslash, white space, a control character or two `@`"
    )]
    DoubtfulUrl {
        /// The remote.
        remote: String,
    },
    /// A push would go to several places, of which some could take it and others not.
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
    /// The branch would leave its files behind.
    #[error("branch `{branch}` is checked out in `{folder}`, so it cannot be moved alone")]
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
        /// The server's own words.
        message: String,
    },
    /// The remote did not accept any credentials.
    #[error("remote `{remote}` did not accept {}", .origin.as_deref().unwrap_or("the credentials that Git has"))]
    Credentials {
        /// The remote.
        remote: String,
        /// Where this program's own password came from, if it had one; never the secret.
        origin: Option<String>,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server is not the one that it should be.
    #[error("remote `{remote}` could not prove its identity")]
    UntrustedServer {
        /// The remote.
        remote: String,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The remote answered, and does not serve this repository to whoever asked.
    #[error("remote `{remote}` has no such repository, or does not show it")]
    Denied {
        /// The remote.
        remote: String,
        /// What it said.
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
    /// Something else that Git reported.
    #[error("{doing}")]
    Git {
        /// What was being done, e.g. "could not read tree `1234`".
        doing: String,
        /// What Git said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
