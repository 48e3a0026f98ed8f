//! After a run that was cut off at any call, the next one ends like an undisturbed run.

use git_promote::domain::{MergeMethod, PullRequestSettings};
use git_promote::engine::{EngineError, Request};

use super::{BRANCH, OLD, PRODUCTION, Stage, names, on_stage, request, with};
use crate::forge::{Fail, State};

/// A request that does everything that can be done to a pull request.
fn everything() -> Request {
    with(PullRequestSettings {
        draft: None,
        labels: Some(names(&["promotion"])),
        reviewers: Some(names(&["ada"])),
        teams: Some(names(&["release"])),
        assignees: Some(names(&["bob"])),
        auto_merge: Some(MergeMethod::Merge),
    })
}

/// What must be equal after any crash; how often something was asked for need not.
fn lasting(state: State) -> State {
    let mut asked = Vec::new();
    for one in state.asked {
        if !asked.contains(&one) {
            asked.push(one);
        }
    }
    let mut merges = state.merges;
    merges.dedup();
    State {
        asked,
        merges,
        rewrites: 0,
        ..state
    }
}

/// Heads and urls apart, which hold the commit's id and time.
fn same(a: &State, b: &State) {
    let plain = |state: &State| {
        let mut state = lasting(state.clone());
        for (.., request) in &mut state.requests {
            request.head = git_promote::domain::CommitId("0".repeat(40).parse().unwrap());
            request.body = request.body.replace("\r\n", "\n");
        }
        state
    };
    assert_eq!(plain(a), plain(b));
}

/// Runs a story once undisturbed, and then with each call failing in turn, before and after its
/// effect, followed by a run without failures.
fn at_every_call(prepare: impl Fn(&Stage<'_>), request: &Request) {
    let mut calls = 0;
    let mut expected = (State::default(), Vec::new());
    on_stage(|stage| {
        prepare(stage);
        stage.forge.fate.set(None);
        stage.run(request);
        calls = stage.forge.fate.calls();
        expected = (stage.forge.state(), stage.branches());
    });
    assert!(calls >= 5, "{calls} calls");
    let mut failed = 0;
    for call in 0..calls {
        for fail in [Fail::Before(call), Fail::After(call)] {
            on_stage(|stage| {
                prepare(stage);
                stage.forge.fate.set(Some(fail));
                failed += usize::from(stage.try_run(request).is_err());
                stage.forge.fate.set(None);
                stage.run(request);
                same(&stage.forge.state(), &expected.0);
                assert_eq!(stage.branches(), expected.1, "{fail:?}");
                for branch in stage.branches() {
                    assert_eq!(stage.commits(&branch), 1, "{fail:?}");
                }
            });
        }
    }
    assert_eq!(failed, 2 * calls, "every failure must be seen");
}

#[test]
fn after_a_crash_at_any_call_the_next_run_opens_the_same() {
    at_every_call(|_| {}, &everything());
}

#[test]
fn after_a_crash_at_any_call_the_next_run_updates_to_the_same() {
    at_every_call(
        |stage| {
            stage.run(&everything());
            stage.stage("1.6.0");
        },
        &everything(),
    );
}

#[test]
fn after_a_crash_at_any_call_the_next_run_closes_the_same() {
    at_every_call(
        |stage| {
            stage.run(&everything());
            stage.push(
                "main",
                "main",
                &[(PRODUCTION, &OLD.replace("1.4.2", "1.5.0"))],
            );
        },
        &everything(),
    );
}

#[test]
fn an_error_after_the_push_names_what_is_done_already() {
    on_stage(|stage| {
        // Base, branch, pull requests, base again, commit, push: the next call opens.
        stage.forge.fate.set(Some(Fail::Before(6)));
        match stage.try_run(&request()) {
            Err(EngineError::Propose { branch, .. }) => assert_eq!(branch, BRANCH),
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.branches(), [BRANCH]);
    });
}
