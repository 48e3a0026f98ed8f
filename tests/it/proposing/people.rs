//! Commits, labels and reviews of people on the promotion's branch.

use git_promote::domain::{MergeMethod, PullRequestSettings};
use git_promote::engine::{OnForeignCommits, Receipt};
use insta::assert_snapshot;

use super::{
    BRANCH, FILES, OLD, PRODUCTION, PROPOSE, STAGING, Stage, names, new, on_stage, request, with,
};
use crate::world::{Repo, World};

#[test]
fn a_persons_commit_on_the_branch_is_never_overwritten() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        stage.stage("1.6.0");
        let state = stage.forge.state();
        match stage.propose() {
            Receipt::Conflict { branch, commits } => {
                assert_eq!(branch, BRANCH);
                assert_eq!(commits.len(), 1);
                assert_eq!(commits[0].id.to_string(), mine);
                assert_eq!(commits[0].title, "by a person");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.state(), state);
    });
}

/// A person's changes to the promotion's commit stay, and the next run reports them.
fn stays_amended(change: impl FnOnce(&Repo<'_>)) {
    on_stage(|stage| {
        stage.propose();
        let clone = stage.check_out();
        change(clone);
        clone.git(&["commit", "--quiet", "--all", "--amend", "--no-edit"]);
        let to = format!("HEAD:{BRANCH}");
        clone.git(&["push", "--quiet", "--force", "origin", &to]);
        let amended = clone.tip("HEAD");
        stage.stage("1.6.0");
        assert!(matches!(stage.propose(), Receipt::Conflict { .. }));
        assert_eq!(stage.remote.tip(BRANCH), amended);
    });
}

#[test]
fn an_amended_commit_is_a_persons() {
    stays_amended(|clone| clone.write(PRODUCTION, &OLD.replace("1.4.2", "1.5.0-fixed")));
}

#[test]
fn so_is_one_with_another_mode() {
    stays_amended(|clone| {
        clone.git(&["update-index", "--chmod=+x", PRODUCTION]);
        clone.git(&["checkout-index", "--force", PRODUCTION]);
    });
}

#[test]
fn a_paragraph_below_the_trailers_leaves_a_commit_the_programs() {
    on_stage(|stage| {
        stage.propose();
        let clone = stage.check_out();
        let message = clone.git(&["log", "-1", "--format=%B"]);
        let message = format!("{message}\n\nCo-authored-by: Bob <bob@example.org>");
        clone.git(&["commit", "--quiet", "--amend", "--message", &message]);
        let to = format!("HEAD:{BRANCH}");
        clone.git(&["push", "--quiet", "--force", "origin", &to]);
        stage.stage("1.6.0");
        stage.propose();
        stage.assert_one();
        assert!(stage.remote.show(BRANCH, PRODUCTION).contains("1.6.0"));
    });
}

#[test]
fn an_update_of_the_branch_by_the_forge_is_not_a_persons_work() {
    on_stage(|stage| {
        stage.propose();
        stage.push(
            "main",
            "main",
            &[("readme", "new\n"), (STAGING, &new("1.6.0"))],
        );
        let clone = stage.check_out();
        clone.git(&["merge", "--quiet", "--no-edit", "origin/main"]);
        clone.git(&["push", "--quiet", "origin", &format!("HEAD:{BRANCH}")]);
        stage.propose();
        stage.assert_one();
        assert!(stage.remote.show(BRANCH, PRODUCTION).contains("1.6.0"));
    });
}

#[test]
fn a_merge_that_changes_something_of_its_own_is_a_persons() {
    on_stage(|stage| {
        stage.propose();
        stage.push("main", "main", &[("readme", "new\n")]);
        let clone = stage.check_out();
        clone.git(&["merge", "--quiet", "--no-commit", "origin/main"]);
        clone.commit("merge, and more", &[("mine", "1\n")]);
        clone.git(&["push", "--quiet", "origin", &format!("HEAD:{BRANCH}")]);
        assert!(matches!(stage.propose(), Receipt::Conflict { .. }));
    });
}

#[test]
fn with_new_branch_it_goes_to_the_next_free_name() {
    on_stage(|stage| {
        stage.propose();
        let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
        let mut request = request();
        request.proposal.on_foreign_commits = OnForeignCommits::NewBranch;
        for _ in 0..2 {
            match stage.run(&request) {
                Receipt::Proposed { branch, .. } => assert_eq!(branch, format!("{BRANCH}-2")),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(stage.remote.tip(BRANCH), mine);
        assert_eq!(stage.forge.count(), 2);
        assert_eq!(stage.commits(&format!("{BRANCH}-2")), 1);
    });
}

#[test]
fn it_gets_what_it_lacks_and_keeps_what_people_gave_it() {
    on_stage(|stage| {
        let request = with(PullRequestSettings {
            draft: Some(true),
            labels: Some(names(&["promotion", "api"])),
            reviewers: Some(names(&["ada"])),
            teams: Some(names(&["release"])),
            assignees: Some(names(&["bob"])),
            auto_merge: Some(MergeMethod::Squash),
        });
        stage.run(&request);
        assert_eq!(stage.forge.state().drafts, [1]);
        stage.forge.edit(1, |r| {
            r.labels = vec!["Promotion".to_owned(), "by-hand".to_owned()];
            r.assignees.push("eve".to_owned());
        });
        stage.run(&request);
        let found = stage.forge.request(1);
        assert_eq!(found.labels, ["Promotion", "by-hand", "api"]);
        assert_eq!(found.assignees, ["bob", "eve"]);
        assert_eq!(found.reviewers, ["ada"]);
        assert_eq!(found.teams, ["release"]);
        assert_eq!(stage.forge.state().merges, [(1, MergeMethod::Squash)]);
    });
}

#[test]
fn who_has_reviewed_is_not_asked_again() {
    on_stage(|stage| {
        let request = with(PullRequestSettings {
            reviewers: Some(names(&["ada"])),
            teams: Some(names(&["release"])),
            ..PullRequestSettings::default()
        });
        stage.run(&request);
        stage.forge.edit(1, |r| {
            r.reviewers.clear();
            r.teams.clear();
        });
        stage.run(&request);
        stage.stage("1.6.0");
        stage.run(&request);
        assert_eq!(stage.forge.state().asked, ["ada", "release"]);
    });
}

#[test]
fn a_persons_commits_are_exit_4_and_are_named() {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    clone.promote(&PROPOSE);
    let stage = Stage::new(&remote, &clone);
    let mine = stage.push(BRANCH, BRANCH, &[("mine", "1\n")]);
    let ran = clone.promote(&PROPOSE);
    assert_eq!(ran.code, 4, "{ran}");
    assert_snapshot!(remote.redact(ran.stderr), @"
    error: `promote/staging-to-production/api` has commits that git-promote did not make; nothing was written
      [COMMIT] by a person
    hint: merge or remove them, or use a new branch with `--new-branch`
    ");
    let ran = clone.promote(&[&PROPOSE[..], &["--output", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["status"], "conflict");
    assert_eq!(json["other_commits"][0]["commit"], mine);
    let ran = clone.promote(&[&PROPOSE[..], &["--new-branch"]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(remote.redact(ran.result()), @"pushed [COMMIT] to origin, branch promote/staging-to-production/api-2");
}
