//! Exit codes.

use std::process::ExitCode;

use crate::engine::Receipt;
use crate::render::hint::FailureKind;

/// The exit code of the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// Failed, or an application was left out; the message has the reason.
    Failed = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// A guard holds the promotion, a policy sets `action: none`, or the pull request was closed
    /// without merging; nothing was written.
    Held = 3,
    /// The target branch moved and the promotion would now be different, the promotion's branch has
    /// commits that git-promote did not make, or a selected difference cannot be promoted alone; nothing
    /// was written.
    Moved = 4,
    /// The remote or the forge could not be reached; try again.
    Unreachable = 5,
    /// `diff --exit-code`: something would be promoted.
    Different = 10,
}

impl Exit {
    /// The exit code of several promotions: what a person must look at comes before what can be tried
    /// again, so the smallest one other than 0.
    pub fn worst(all: impl IntoIterator<Item = Self>) -> Self {
        let bad = all.into_iter().filter(|exit| *exit != Self::Done);
        bad.min_by_key(|exit| exit.code()).unwrap_or(Self::Done)
    }

    /// The exit code as a number.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

impl From<FailureKind> for Exit {
    fn from(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Failed => Self::Failed,
            FailureKind::Usage => Self::Usage,
            FailureKind::Held => Self::Held,
            FailureKind::Moved => Self::Moved,
            FailureKind::Unreachable => Self::Unreachable,
        }
    }
}

impl From<&Receipt> for Exit {
    fn from(receipt: &Receipt) -> Self {
        match receipt {
            Receipt::NothingToPromote { .. }
            | Receipt::Planned
            | Receipt::Waiting
            // Its release has the code.
            | Receipt::NotPromoted { .. }
            // The target that stopped it has the code.
            | Receipt::Stopped { .. }
            | Receipt::Committed { .. }
            | Receipt::Proposed { .. }
            | Receipt::Withdrawn { .. } => Self::Done,
            Receipt::Held(_) | Receipt::PreviewOnly | Receipt::Rejected { .. } => Self::Held,
            Receipt::Moved { .. } | Receipt::Conflict { .. } | Receipt::SelectionConflict(_) => {
                Self::Moved
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Exit, FailureKind};

    #[test]
    fn failures_have_the_same_codes_everywhere() {
        for kind in [
            FailureKind::Failed,
            FailureKind::Usage,
            FailureKind::Held,
            FailureKind::Moved,
            FailureKind::Unreachable,
        ] {
            assert_eq!(Exit::from(kind).code(), kind as u8, "{kind:?}");
        }
    }

    #[test]
    fn of_several_the_one_for_a_person_counts() {
        use Exit::{Done, Failed, Held, Moved, Unreachable};
        for (all, expected) in [
            (&[][..], Done),
            (&[Done, Done], Done),
            (&[Done, Held], Held),
            (&[Unreachable, Held, Done], Held),
            (&[Moved, Held, Failed], Failed),
            (&[Moved, Unreachable], Moved),
        ] {
            assert_eq!(Exit::worst(all.iter().copied()), expected, "{all:?}");
        }
    }
}
