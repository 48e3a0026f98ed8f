//! The state of a promotion's branch and pull requests, and the next step.
//!
//! # Why
//!
//! Every run may be the first, or the one after a crash at any step. So no run relies on what an
//! earlier one did: it reads what exists, and [`next_step`] decides what is missing, before
//! anything is written.

use super::branch_owner::{BranchOwner, Carried};
use crate::domain::CommitId;
use crate::engine::receipt::{OtherCommit, PullRequestOutcome};
use crate::engine::request::{OnForeignCommits, OnRejection};
use crate::plan::{HiddenLines, Mark};
use crate::port::{Expected, PullRequest, PullRequestState};

/// What exists.
#[derive(Clone, Debug)]
pub(super) struct ProposalState {
    /// Who made the commits of the branch.
    pub owner: BranchOwner,
    /// The open pull request from it.
    pub open: Option<PullRequest>,
    /// The closed pull request by which people rejected this very promotion.
    pub rejected: Option<PullRequest>,
}

/// The next step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum NextStep {
    /// Stop: people rejected it.
    Rejected(PullRequestOutcome),
    /// Stop: people's commits are on the branch.
    Stop(Vec<OtherCommit>),
    /// Try the next branch name.
    Next,
    /// Write the commits, and put the branch there.
    Push(Expected),
    /// The branch already has these commits.
    Keep(Vec<CommitId>),
}

/// The next step for the promotions with these ids, in the order of their commits.
pub(super) fn next_step(
    state: &ProposalState,
    ids: &[&str],
    on_rejection: OnRejection,
    on_foreign_commits: OnForeignCommits,
) -> NextStep {
    if let Some(rejected) = &state.rejected
        && state.open.is_none()
        && on_rejection == OnRejection::Respected
    {
        return NextStep::Rejected(PullRequestOutcome::from(rejected));
    }
    match &state.owner {
        BranchOwner::Nobody => NextStep::Push(Expected::Absent),
        BranchOwner::Program { carries, .. } if carries.iter().map(|c| &c.id).eq(ids) => {
            NextStep::Keep(
                carries
                    .iter()
                    .map(|Carried { commit, .. }| *commit)
                    .collect(),
            )
        }
        BranchOwner::Program { tip, .. } => NextStep::Push(Expected::At(*tip)),
        BranchOwner::Person(_) if on_foreign_commits == OnForeignCommits::NewBranch => {
            NextStep::Next
        }
        BranchOwner::Person(commits) => NextStep::Stop(commits.clone()),
    }
}

/// The pull request by which people rejected what moves.
///
/// That is the newest closed one with the same mark, unless a newer one was merged. A closed one whose
/// mark was deleted rejects everything until something newer is proposed.
pub(super) fn rejected<'a>(
    newest_first: &'a [PullRequest],
    mark: &Mark,
) -> Option<&'a PullRequest> {
    let mut is_newest = true;
    for request in newest_first {
        match request.state {
            PullRequestState::Open => {}
            PullRequestState::Merged => return None,
            PullRequestState::Closed => {
                match HiddenLines::of(&request.body).mark {
                    Some(found) if found == *mark => return Some(request),
                    None if is_newest => return Some(request),
                    _ => {}
                }
                is_newest = false;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::ObjectId;

    fn commit(byte: u8) -> CommitId {
        CommitId(ObjectId::from_bytes(&[byte; 20]).unwrap())
    }

    fn request(number: u64, state: PullRequestState, body: &str) -> PullRequest {
        PullRequest {
            number,
            url: String::new(),
            state,
            title: String::new(),
            body: body.to_owned(),
            head: commit(1),
            labels: Vec::new(),
            reviewers: Vec::new(),
            teams: Vec::new(),
            assignees: Vec::new(),
            merges_when_ready: false,
            id: String::new(),
        }
    }

    fn program(carries: &[&str]) -> BranchOwner {
        let promotion = |(i, id): (u8, &&str)| Carried {
            id: (*id).to_owned(),
            commit: commit(10 + i),
        };
        BranchOwner::Program {
            tip: commit(1),
            carries: (0..).zip(carries).map(promotion).collect(),
        }
    }

    /// The step for a branch, where `seen` names the pull requests that are there.
    fn step(
        owner: &BranchOwner,
        seen: &str,
        on_rejection: OnRejection,
        on_foreign_commits: OnForeignCommits,
    ) -> NextStep {
        let with = |word: &str, number, state| {
            let is_there = seen.split(' ').any(|w| w == word);
            is_there.then(|| request(number, state, ""))
        };
        let state = ProposalState {
            owner: owner.clone(),
            open: with("open", 1, PullRequestState::Open),
            rejected: with("rejected", 2, PullRequestState::Closed),
        };
        next_step(&state, &["a", "b"], on_rejection, on_foreign_commits)
    }

    #[test]
    fn every_standing_has_its_step() {
        let others = vec![OtherCommit {
            id: commit(2),
            title: "mine".into(),
        }];
        let person = BranchOwner::Person(others.clone());
        let absent = NextStep::Push(Expected::Absent);
        let at = NextStep::Push(Expected::At(commit(1)));
        let keep = NextStep::Keep(vec![commit(10), commit(11)]);
        let stop = NextStep::Stop(others);
        let rejection = NextStep::Rejected(PullRequestOutcome::from(&request(
            2,
            PullRequestState::Closed,
            "",
        )));
        for (owner, seen, expected) in [
            (&BranchOwner::Nobody, "", &absent),
            (&BranchOwner::Nobody, "rejected", &rejection),
            (&program(&[]), "", &at),
            (&program(&[]), "open rejected", &at),
            (&program(&[]), "rejected", &rejection),
            (&program(&["old"]), "open", &at),
            (&program(&["a"]), "open", &at),
            (&program(&["b", "a"]), "open", &at),
            (&program(&["a", "b", "c"]), "open", &at),
            (&program(&["a", "b"]), "open", &keep),
            (&program(&["a", "b"]), "", &keep),
            (&person, "open", &stop),
            (&person, "", &stop),
            (&person, "rejected", &rejection),
        ] {
            let found = step(owner, seen, OnRejection::Respected, OnForeignCommits::Stop);
            assert_eq!(found, *expected, "{owner:?} {seen}");
        }
        let (reopened, new) = (OnRejection::Reopened, OnForeignCommits::NewBranch);
        assert_eq!(
            step(
                &BranchOwner::Nobody,
                "rejected",
                reopened,
                OnForeignCommits::Stop
            ),
            absent
        );
        assert_eq!(
            step(&person, "rejected", reopened, OnForeignCommits::Stop),
            stop
        );
        assert_eq!(
            step(&person, "open", OnRejection::Respected, new),
            NextStep::Next
        );
        assert_eq!(
            step(&person, "rejected", OnRejection::Respected, new),
            rejection
        );
    }

    #[test]
    fn a_rejection_holds_for_what_was_rejected() {
        use PullRequestState::{Closed, Merged};
        let mark = |hash: &str| Mark::Promotes(hash.to_owned());
        let body = |mark| {
            let hidden = HiddenLines {
                asked: BTreeSet::new(),
                mark: Some(mark),
            };
            format!("words\n\n{hidden}\n")
        };
        let (a, b, gone) = (body(mark("a")), body(mark("b")), body(Mark::NothingLeft));
        for (requests, expected) in [
            (vec![], None),
            (vec![(1, Closed, a.as_str())], Some(1)),
            (vec![(1, Closed, b.as_str())], None),
            (vec![(1, Closed, "no mark")], Some(1)),
            (vec![(1, Closed, gone.as_str())], None),
            (
                vec![(2, Closed, b.as_str()), (1, Closed, a.as_str())],
                Some(1),
            ),
            (vec![(2, Closed, b.as_str()), (1, Closed, "no mark")], None),
            (vec![(2, Merged, a.as_str()), (1, Closed, a.as_str())], None),
            (vec![(2, Merged, b.as_str()), (1, Closed, a.as_str())], None),
        ] {
            let list: Vec<_> = requests
                .iter()
                .map(|(number, state, body)| request(*number, *state, body))
                .collect();
            let found = rejected(&list, &mark("a")).map(|r| r.number);
            assert_eq!(found, expected, "{requests:?}");
        }
    }
}
