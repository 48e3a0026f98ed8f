//! A promotion that was merged, and is taken back by a pull request of its own.

use git_promote::engine::{self, PullRequestChange, Receipt, Request};
use git_promote::plan::Reverted;
use git_promote::port::{NoObserver, PullRequestState};
use insta::assert_snapshot;

use super::{BRANCH, OLD, PRODUCTION, Stage, deed, on_stage};
use crate::world::{any, wait};

/// Merges the open pull request of the promotion.
fn merge(stage: &Stage<'_>) {
    let clone = stage.clone;
    clone.git(&["fetch", "--quiet", "origin"]);
    let title = "Merge pull request #1 from acme/promote";
    let branch = format!("origin/{BRANCH}");
    clone.git(&["merge", "--quiet", "--no-ff", "-m", title, &branch]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    stage.forge.edit(1, |r| r.state = PullRequestState::Merged);
}

/// The request that takes back the promotion of pull request 1.
fn request(stage: &Stage<'_>) -> Request {
    let ports = stage.ports(&NoObserver);
    let promotion = wait(async {
        let branch = ports.repository.branch(&any()).await.unwrap();
        engine::find_promotion(&ports, &branch.into(), "#1").unwrap()
    });
    Request {
        applications: Vec::new(),
        reverts: Some(Reverted {
            id: promotion.record.id,
            commit: promotion.commit,
        }),
        ..super::request()
    }
}

#[test]
fn a_merged_promotion_is_reverted_by_a_pull_request_of_its_own() {
    on_stage(|stage| {
        stage.propose();
        merge(stage);
        let hotfix = OLD
            .replace("1.4.2", "1.5.0")
            .replace("replicas: 4", "replicas: 9");
        stage.push("main", "main", &[(PRODUCTION, &hotfix)]);
        let request = request(stage);
        let receipt = stage.run(&request);
        let Receipt::Proposed { branch, .. } = &receipt else {
            panic!("{receipt:?}");
        };
        assert!(
            branch.starts_with("promote/staging-to-production/revert-"),
            "{branch}"
        );
        let text = stage.remote.show(branch, PRODUCTION);
        assert_eq!(text, OLD.replace("replicas: 4", "replicas: 9"));
        let pull_request = stage.forge.request(2);
        assert_snapshot!(stage.remote.redact(&pull_request.title), @"Revert api to 1.4.2 in production");
        let line = pull_request.body.lines().nth(2).unwrap_or_default();
        assert_snapshot!(stage.remote.redact(line), @"Revert of [COMMIT] in `production`: 1 difference in 1 file of 1 application.");
        assert_eq!(deed(&stage.run(&request)), PullRequestChange::Left);
    });
}

#[test]
fn a_revert_is_computed_anew_if_the_branch_moves() {
    on_stage(|stage| {
        stage.propose();
        merge(stage);
        let request = Request {
            action: None,
            ..request(stage)
        };
        let ports = stage.ports(&NoObserver);
        let receipt = wait(async {
            let prepared = engine::prepare(&ports, &request).await.unwrap();
            stage.push("main", "main", &[("notes.txt", "x\n")]);
            engine::apply(&ports, &request, prepared).await.unwrap()
        });
        assert!(matches!(receipt, Receipt::Committed { .. }), "{receipt:?}");
        assert_eq!(stage.remote.show("main", PRODUCTION), OLD);
        let receipt = stage.run(&request);
        assert!(
            matches!(receipt, Receipt::NothingToPromote { .. }),
            "{receipt:?}"
        );
    });
}
