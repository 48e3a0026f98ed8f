//! How a promotion's branch and pull requests stand, and what is to be done about it.
//!
//! # Why
//!
//! Every run may be the first, or the one after a crash at any step. So no run
//! remembers what an earlier one did: it looks at what is there, and this table
//! says what is missing. All of it is decided before anything is written.

use super::own::{Holder, OtherCommit};
use super::request::{Closed, Taken};
use crate::domain::CommitId;
use crate::port::{Expected, PullRequest, PullRequestState};

/// What is there.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// Whose the branch is.
    pub holder: Holder,
    /// The open pull request from it.
    pub open: Option<PullRequest>,
    /// The closed pull request by which people rejected just this.
    pub rejected: Option<PullRequest>,
}

/// What the plan wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted<'a> {
    /// Nothing is left to promote.
    Nothing,
    /// The promotion of this id.
    Promotion(&'a str),
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Nothing: there is no branch to clear away, or it is a person's.
    Leave,
    /// Close what is open, and delete the branch that stands there.
    Withdraw(CommitId),
    /// Stop: people rejected it.
    Respect,
    /// Stop: people's commits are on the branch.
    Stop(Vec<OtherCommit>),
    /// Look at the next free name.
    Next,
    /// Write the commit, and put the branch there.
    Push(Expected),
    /// The branch is right already.
    Keep(CommitId),
}

/// What to do about how things stand.
pub(super) fn decide(
    standing: &Standing,
    wanted: Wanted<'_>,
    closed: Closed,
    taken: Taken,
) -> Step {
    let Wanted::Promotion(id) = wanted else {
        return match &standing.holder {
            Holder::Program { tip, .. } => Step::Withdraw(*tip),
            Holder::Nobody | Holder::Person(_) => Step::Leave,
        };
    };
    let is_open = standing.open.is_some();
    if !is_open && standing.rejected.is_some() && closed == Closed::Respected {
        return Step::Respect;
    }
    match &standing.holder {
        Holder::Nobody => Step::Push(Expected::Absent),
        Holder::Program { tip, carries } if carries.as_deref() == Some(id) => Step::Keep(*tip),
        Holder::Program { tip, .. } => Step::Push(Expected::At(*tip)),
        Holder::Person(_) if taken == Taken::NewBranch => Step::Next,
        Holder::Person(commits) => Step::Stop(commits.clone()),
    }
}

/// The pull request by which people rejected what moves.
///
/// The newest closed one counts that bears the same mark; nothing before the last merge counts. One
/// whose mark was deleted says no to everything until something newer is proposed.
pub(super) fn rejected<'a>(newest_first: &'a [PullRequest], mark: &str) -> Option<&'a PullRequest> {
    let mut is_newest = true;
    for request in newest_first {
        match request.state {
            PullRequestState::Open => {}
            PullRequestState::Merged => return None,
            PullRequestState::Closed => {
                match mark_of(&request.body) {
                    Some(found) if found == mark => return Some(request),
                    None if is_newest => return Some(request),
                    _ => {}
                }
                is_newest = false;
            }
        }
    }
    None
}

/// What every mark begins with.
const MARK: &str = "<!-- git-promote: ";

/// The mark of a pull request that the program itself has closed.
pub(super) const WITHDRAWN: &str = "nothing left to promote";

/// The line that a body ends with.
pub(super) fn mark_line(mark: &str) -> String {
    format!("{MARK}{mark} -->")
}

/// The mark in a body.
pub(super) fn mark_of(body: &str) -> Option<&str> {
    let line = body
        .lines()
        .rev()
        .find_map(|l| l.trim().strip_prefix(MARK))?;
    line.strip_suffix(" -->")
}

#[cfg(test)]
mod tests {
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

    fn program(carries: Option<&str>) -> Holder {
        Holder::Program {
            tip: commit(1),
            carries: carries.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn every_standing_has_its_step() {
        let others = vec![OtherCommit {
            id: commit(2),
            title: "mine".into(),
        }];
        let person = Holder::Person(others.clone());
        let work = Wanted::Promotion("id");
        let (respected, reopened) = (Closed::Respected, Closed::Reopened);
        let (stop, new) = (Taken::Stop, Taken::NewBranch);
        let at = Step::Push(Expected::At(commit(1)));
        let absent = Step::Push(Expected::Absent);
        let withdraw = Step::Withdraw(commit(1));
        for (holder, open, rejected, wanted, closed, taken, step) in [
            (
                Holder::Nobody,
                false,
                false,
                work,
                respected,
                stop,
                absent.clone(),
            ),
            (
                Holder::Nobody,
                false,
                true,
                work,
                respected,
                stop,
                Step::Respect,
            ),
            (Holder::Nobody, false, true, work, reopened, stop, absent),
            (
                program(None),
                false,
                false,
                work,
                respected,
                stop,
                at.clone(),
            ),
            (program(None), true, true, work, respected, stop, at.clone()),
            (
                program(None),
                false,
                true,
                work,
                respected,
                stop,
                Step::Respect,
            ),
            (program(Some("old")), true, false, work, respected, stop, at),
            (
                program(Some("id")),
                true,
                false,
                work,
                respected,
                stop,
                Step::Keep(commit(1)),
            ),
            (
                program(Some("id")),
                false,
                false,
                work,
                respected,
                stop,
                Step::Keep(commit(1)),
            ),
            (
                person.clone(),
                true,
                false,
                work,
                respected,
                stop,
                Step::Stop(others.clone()),
            ),
            (
                person.clone(),
                false,
                false,
                work,
                respected,
                stop,
                Step::Stop(others.clone()),
            ),
            (
                person.clone(),
                false,
                true,
                work,
                respected,
                stop,
                Step::Respect,
            ),
            (
                person.clone(),
                false,
                true,
                work,
                reopened,
                stop,
                Step::Stop(others),
            ),
            (
                person.clone(),
                true,
                false,
                work,
                respected,
                new,
                Step::Next,
            ),
            (
                Holder::Nobody,
                false,
                false,
                Wanted::Nothing,
                respected,
                stop,
                Step::Leave,
            ),
            (
                person,
                true,
                false,
                Wanted::Nothing,
                respected,
                stop,
                Step::Leave,
            ),
            (
                program(None),
                true,
                false,
                Wanted::Nothing,
                respected,
                stop,
                withdraw.clone(),
            ),
            (
                program(Some("id")),
                false,
                false,
                Wanted::Nothing,
                respected,
                stop,
                withdraw,
            ),
        ] {
            let standing = Standing {
                holder,
                open: open.then(|| request(1, PullRequestState::Open, "")),
                rejected: rejected.then(|| request(2, PullRequestState::Closed, "")),
            };
            let found = decide(&standing, wanted, closed, taken);
            assert_eq!(found, step, "{standing:?} {wanted:?}");
        }
    }

    #[test]
    fn a_rejection_holds_for_what_was_rejected() {
        use PullRequestState::{Closed, Merged};
        let body = |mark: &str| format!("words\n\n{}\n", mark_line(mark));
        let (a, b, gone) = (body("a"), body("b"), body(WITHDRAWN));
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
            let found = rejected(&list, "a").map(|r| r.number);
            assert_eq!(found, expected, "{requests:?}");
        }
    }

    #[test]
    fn the_last_mark_of_a_body_counts() {
        let body = format!("{}\r\nwords\r\n{}\r\n", mark_line("a"), mark_line("b"));
        assert_eq!(mark_of(&body), Some("b"));
        assert_eq!(mark_of("words"), None);
    }
}
