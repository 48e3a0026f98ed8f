//! How far a promotion is.

/// What happens during a promotion; `render` puts it into words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The target branch is looked up, and fetched if it is on a remote.
    FindingBranch,
    /// The files of both environments are paired.
    PairingFiles,
    /// Paired files are compared.
    Comparing {
        /// How many pairs are done.
        done: usize,
        /// How many pairs there are.
        all: usize,
    },
    /// The planned files are checked out, and the commands that verify them are run.
    Verifying,
    /// The manifests of the changed files are rendered, before and after.
    Rendering,
    /// The promotion's commit is written.
    WritingCommit,
    /// The commit is pushed.
    Pushing,
    /// A local branch is moved to the commit.
    MovingBranch,
    /// Another commit reached the target branch first, so the plan is computed again.
    TargetBranchMoved,
    /// The promotion's branch and its pull requests are looked up.
    CheckingPromotionBranch,
    /// Another run moved the promotion's branch first, so it is looked up again.
    PromotionBranchMoved,
    /// The pull request is opened, or the open one updated.
    OpeningPullRequest,
    /// The pull request is closed, because nothing is left to promote.
    ClosingPullRequest,
    /// The promotion's branch is deleted, because nothing is left to promote.
    DeletingBranch,
}

/// Follows a promotion.
pub trait Observer: Send + Sync {
    /// Receives an event as it happens.
    fn event(&self, event: &Event);

    /// Receives a line that a command printed, as it is printed.
    fn output(&self, line: &str);

    /// Receives the title of a release's transition, once it is recorded.
    fn transition(&self, title: &str);
}

/// An observer that ignores all events.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn event(&self, _: &Event) {}

    fn output(&self, _: &str) {}

    fn transition(&self, _: &str) {}
}
