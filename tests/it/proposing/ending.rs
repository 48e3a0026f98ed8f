//! Rejected, merged, or with nothing left to promote.

use git_promote::engine::{OnForeignCommits, OnRejection, PullRequestChange, Receipt, Request};
use git_promote::plan::Notice;
use git_promote::port::PullRequestState;

use super::{BRANCH, FILES, OLD, PRODUCTION, Stage, deed, on_stage, request};
use crate::world::World;

#[test]
fn closing_without_merging_rejects_it_until_the_source_changes() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Closed);
        stage.scale();
        let tip = stage.remote.tip(BRANCH);
        match stage.propose() {
            Receipt::Rejected { pull_request, .. } => assert_eq!(pull_request.number, 1),
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.remote.tip(BRANCH), tip, "pushed before it was held");
        assert_eq!(stage.forge.count(), 1);
        stage.stage("1.6.0");
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
        assert_eq!(stage.forge.count(), 2);
    });
}

#[test]
fn a_deleted_mark_is_a_rejection_too() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| {
            r.state = PullRequestState::Closed;
            r.body = "No.".to_owned();
        });
        assert!(matches!(stage.propose(), Receipt::Rejected { .. }));
    });
}

#[test]
fn reopen_opens_the_rejected_one_again() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Closed);
        let mut request = request();
        request.proposal.on_rejection = OnRejection::Reopened;
        assert_eq!(deed(&stage.run(&request)), PullRequestChange::Reopened);
        stage.assert_one();
    });
}

#[test]
fn where_the_forge_cannot_reopen_a_new_one_is_opened() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Closed);
        stage.scale();
        let mut request = request();
        request.proposal.on_rejection = OnRejection::Reopened;
        assert_eq!(deed(&stage.run(&request)), PullRequestChange::Opened);
        assert_eq!(stage.forge.count(), 2);
    });
}

#[test]
fn after_a_merge_a_new_one_is_opened() {
    on_stage(|stage| {
        stage.propose();
        stage.forge.edit(1, |r| r.state = PullRequestState::Merged);
        let branch = format!("{BRANCH}:main");
        stage.remote.git(&["push", "--quiet", ".", &branch]);
        stage.stage("1.6.0");
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
        assert_eq!(stage.forge.count(), 2);
        assert_eq!(stage.commits(BRANCH), 1);
    });
}

#[test]
fn when_nothing_is_left_it_is_closed_with_a_comment_and_the_branch_deleted() {
    on_stage(|stage| {
        stage.propose();
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
        );
        match stage.propose() {
            Receipt::Withdrawn {
                branch,
                is_deleted,
                pull_request,
                notices,
            } => {
                assert_eq!(branch, BRANCH);
                assert!(is_deleted && notices.is_empty(), "{notices:?}");
                assert_eq!(pull_request.unwrap().number, 1);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.forge.request(1).state, PullRequestState::Closed);
        assert_eq!(stage.forge.state().comments.len(), 1);
        assert!(stage.branches().is_empty());
        let known = stage.clone.git(&["branch", "--remotes"]);
        assert!(!known.contains(BRANCH), "{known}");
        assert!(matches!(stage.propose(), Receipt::NothingToPromote { .. }));
        assert_eq!(stage.forge.state().comments.len(), 1);
    });
}

/// Makes sure that the only notice quotes the server about the branch that it did not delete.
fn assert_left(notices: &[Notice]) {
    let [Notice::BranchNotDeleted { message, .. }] = notices else {
        panic!("{notices:?}");
    };
    let refusal = format!("denying ref deletion for refs/heads/{BRANCH}");
    assert!(message.contains(&refusal), "{message}");
}

#[test]
fn a_server_that_forbids_to_delete_the_branch_leaves_it_with_a_note() {
    on_stage(|stage| {
        stage.remote.git(&["config", "receive.denyDeletes", "true"]);
        stage.propose();
        let tip = stage.remote.tip(BRANCH);
        stage.stage("1.4.2");
        match stage.propose() {
            Receipt::Withdrawn {
                is_deleted,
                pull_request,
                notices,
                ..
            } => {
                assert!(!is_deleted);
                assert_eq!(pull_request.unwrap().number, 1);
                assert_left(&notices);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.forge.request(1).state, PullRequestState::Closed);
        for _ in 0..2 {
            match stage.propose() {
                Receipt::NothingToPromote { notices } => assert_left(&notices),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(stage.forge.state().comments.len(), 1);
        assert_eq!(stage.remote.tip(BRANCH), tip);
        stage.stage("1.5.0");
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
        assert_eq!(stage.commits(BRANCH), 1);
    });
}

#[test]
fn what_the_program_closed_itself_is_no_rejection() {
    on_stage(|stage| {
        stage.propose();
        stage.stage("1.4.2");
        assert!(matches!(stage.propose(), Receipt::Withdrawn { .. }));
        stage.stage("1.5.0");
        assert_eq!(deed(&stage.propose()), PullRequestChange::Opened);
    });
}

#[test]
fn when_nothing_is_left_a_persons_branch_stays() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
        );
        assert!(matches!(stage.propose(), Receipt::NothingToPromote { .. }));
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.request(1).state, PullRequestState::Open);
    });
}

#[test]
fn when_nothing_is_left_the_second_branch_is_cleared_away_too() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        let mut request = request();
        request.proposal.on_foreign_commits = OnForeignCommits::NewBranch;
        stage.run(&request);
        stage.push(
            "main",
            "main",
            &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
        );
        assert!(matches!(stage.propose(), Receipt::Withdrawn { .. }));
        assert_eq!(stage.branches(), [BRANCH]);
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.request(1).state, PullRequestState::Open);
        assert_eq!(stage.forge.request(2).state, PullRequestState::Closed);
    });
}

#[test]
fn the_second_branch_is_cleared_away_when_the_first_is_gone() {
    on_stage(|stage| {
        stage.propose();
        stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        let mut request = request();
        request.proposal.on_foreign_commits = OnForeignCommits::NewBranch;
        stage.run(&request);
        let promoted = OLD.replace("1.4.2", "1.5.0");
        stage.push("main", "main", &[(PRODUCTION, &promoted)]);
        stage.remote.git(&["branch", "-D", BRANCH]);
        assert!(matches!(stage.propose(), Receipt::Withdrawn { .. }));
        assert!(stage.branches().is_empty());
        assert_eq!(stage.forge.request(2).state, PullRequestState::Closed);
    });
}

#[test]
fn a_policy_closes_an_empty_one_without_a_flag() {
    let world = World::new();
    let config = "policies:\n  - {name: reviewed, action: pull-request}\n";
    let files = [&FILES[..], &[("promote.yaml", config)]].concat();
    let (remote, clone) = world.cloned(&files);
    let stage = Stage::new(&remote, &clone);
    let request = Request {
        action: None,
        ..request()
    };
    assert_eq!(deed(&stage.run(&request)), PullRequestChange::Opened);
    stage.push(
        "main",
        "main",
        &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
    );
    assert!(matches!(stage.run(&request), Receipt::Withdrawn { .. }));
}
