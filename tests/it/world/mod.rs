//! The world of a test, and shortcuts for the library's Git adapter in it.

mod sandbox;

use std::time::Duration;

use git_promote::adapter::git::{GitRepository, RemoteAccess};
use git_promote::domain::{CommitId, FileMode, RepoPath};
use git_promote::port::{
    Advance, Branch, BranchChoice, CommitRequest, Publish, Repository, RepositoryError, TreeChange,
};
use git_promote::render::notice;

pub use sandbox::{PROMOTE, Ran, Repo, World};

impl Repo<'_> {
    /// Opens it with this project's adapter.
    pub fn open(&self) -> GitRepository {
        self.try_open().unwrap()
    }

    /// The same where it may fail.
    pub fn try_open(&self) -> Result<GitRepository, RepositoryError> {
        let network = RemoteAccess {
            silence: Duration::from_secs(1),
            ..RemoteAccess::default()
        };
        GitRepository::discover(&self.dir, network)
    }
}

/// The default choice: no `--branch`, push if there is a remote.
pub fn any() -> BranchChoice {
    BranchChoice::default()
}

/// `--branch NAME`.
pub fn named(name: &str) -> BranchChoice {
    BranchChoice {
        repository: None,
        branch: Some(name.to_owned()),
        publish: Publish::Push,
    }
}

/// `--no-push`.
pub fn no_push() -> BranchChoice {
    BranchChoice {
        repository: None,
        branch: None,
        publish: Publish::Local,
    }
}

/// A file's new text, or `None` to delete it.
pub fn change(path: &str, text: Option<&str>) -> TreeChange {
    TreeChange {
        path: RepoPath::parse(path).unwrap(),
        content: text.map(|text| (FileMode::Regular, text.as_bytes().to_vec())),
    }
}

/// Waits for a future on this thread.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

/// Commits changes onto a branch as the engine does, without moving it.
pub fn commit_on(
    repo: &GitRepository,
    branch: &Branch,
    changes: Vec<TreeChange>,
) -> Result<CommitId, RepositoryError> {
    wait(repo.write_commit(CommitRequest {
        parent: branch.tip,
        changes,
        message: "promote api\n\nPromotion-Id: 1\n".to_owned(),
    }))
}

/// Finds the branch, commits, advances: what the engine does with a plan.
pub fn promote(
    repo: &GitRepository,
    choice: &BranchChoice,
    changes: Vec<TreeChange>,
) -> Result<Advance, RepositoryError> {
    let branch = wait(repo.branch(choice))?;
    let commit = commit_on(repo, &branch, changes)?;
    wait(repo.advance(&branch, commit))
}

/// The notices of an advance that must have succeeded.
pub fn notes(advance: Result<Advance, RepositoryError>) -> Vec<String> {
    match advance.unwrap() {
        Advance::Done { notices } => notices.iter().map(notice::message).collect(),
        Advance::Overtaken => panic!("overtaken"),
    }
}
