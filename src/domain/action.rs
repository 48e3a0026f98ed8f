//! What a promotion does, and what chose its differences.

use std::fmt;

/// What is done with a plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Action {
    /// Commit on the target branch, and push if there is a remote.
    Commit,
    /// Open or update a pull request.
    PullRequest,
    /// Nothing: the plan is the result.
    None,
}

impl Action {
    /// How cautious the action is: higher is more cautious.
    pub fn caution(self) -> u8 {
        match self {
            Self::Commit => 0,
            Self::PullRequest => 1,
            Self::None => 2,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Commit => "commit",
            Self::PullRequest => "pull-request",
            Self::None => "none",
        })
    }
}

/// Which differences are promoted when no rule names them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Mode {
    /// Fields that carry a version, and what moves along with them.
    Versions,
    /// What changed in the source since the last promotion, removals too.
    Changes,
    /// Every difference; removals only with `--delete` or an exact selector.
    All,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Versions => "versions",
            Self::Changes => "changes",
            Self::All => "all",
        })
    }
}

/// What chose the differences that a promotion moves, for its record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum DecidedBy {
    /// A mode: the requested one, else `versions`.
    Mode(Mode),
    /// Rules of the configuration promoted at least one of them.
    Rules,
    /// A selector names each of them exactly.
    Selectors,
    /// The promotion that it reverts.
    Reverted,
    /// Nothing is promoted: the record only sets a baseline.
    Baseline,
}

impl fmt::Display for DecidedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mode(mode) => mode.fmt(f),
            Self::Rules => f.write_str("rules"),
            Self::Selectors => f.write_str("only"),
            Self::Reverted => f.write_str("revert"),
            Self::Baseline => f.write_str("baseline"),
        }
    }
}
