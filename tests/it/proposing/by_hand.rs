//! Without a supported forge: the branch is pushed, and the pull request is opened by hand.

use insta::assert_snapshot;

use super::{BRANCH, FILES, NEW, OLD, PRODUCTION, PROPOSE, WEB, new};
use crate::world::World;

#[test]
fn where_no_forge_is_known_the_branch_is_pushed() {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    for _ in 0..2 {
        let ran = clone.promote(&PROPOSE);
        assert_eq!(ran.code, 0, "{ran}");
        let text = format!("{}\n{}", ran.result(), ran.stderr);
        insta::allow_duplicates! {
            assert_snapshot!(remote.redact(text), @"
            pushed [COMMIT] to origin, branch promote/staging-to-production/api
            hint: open a pull request from `promote/staging-to-production/api` into `main` by hand
            ");
        }
    }
    assert_eq!(
        remote.git(&["rev-list", "--count", &format!("main..{BRANCH}")]),
        "1"
    );
    assert_eq!(clone.tip(&format!("origin/{BRANCH}")), remote.tip(BRANCH));
    let wishes = ["--draft", "--label", "promotion", "--output", "json"];
    let ran = clone.promote(&[&PROPOSE[..], &wishes].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["status"], "branch-pushed");
    assert_eq!(json["branch"], BRANCH);
    let warning = json["warnings"][0]["message"].as_str().unwrap();
    assert_snapshot!(warning, @"no pull request was opened, so these settings have no effect: draft, labels");
}

#[test]
fn a_name_that_reads_as_an_instruction_is_taken_apart_and_known_again() {
    let world = World::new();
    let [staging, production] =
        ["staging", "production"].map(|e| format!("apps/[skip ci]/{e}/values.yaml"));
    let (remote, clone) = world.cloned(&[(&staging, NEW), (&production, OLD), WEB[0], WEB[1]]);
    let words = PROPOSE.map(|word| if word == "api" { "[skip ci]" } else { word });
    let branch = || {
        let list = [
            "for-each-ref",
            "--format=%(refname:short)",
            "refs/heads/promote",
        ];
        remote.git(&list)
    };
    assert_eq!(clone.promote(&words).code, 0);
    let (name, tip) = (branch(), remote.tip(&branch()));
    let message = remote.git(&["log", "-1", "--format=%B", &name]);
    assert!(!message.contains("[skip ci]"), "{message}");
    assert!(
        message.contains("\nPromotion-Apps: (skip ci)\n"),
        "{message}"
    );
    assert_eq!(clone.promote(&words).code, 0);
    assert_eq!(remote.tip(&name), tip);
    clone.commit("a new version", &[(&staging, &new("1.6.0"))]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    let ran = clone.promote(&words);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(branch(), name);
    assert!(remote.show(&name, &production).contains("1.6.0"));
}

#[test]
fn without_a_remote_the_branch_is_local() {
    let world = World::new();
    let repo = world.repository(&FILES);
    let ran = repo.promote(&PROPOSE);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(repo.redact(format!("{}\n{}", ran.result(), ran.stderr)), @"
    [COMMIT] is on the local branch promote/staging-to-production/api, for main
    hint: the branch is only in this repository; run `git merge promote/staging-to-production/api` on `main` to apply it
    ");
    assert!(repo.show(BRANCH, PRODUCTION).contains("1.5.0"));
    assert!(repo.show("main", PRODUCTION).contains("1.4.2"));
}

#[test]
fn messages_of_the_server_are_notes() {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    let script =
        "echo; echo 'To create a merge request for it, visit:'; echo '  https://lab/new'; echo";
    remote.hook("post-receive", script);
    let ran = clone.promote(&PROPOSE);
    assert_eq!(ran.code, 0, "{ran}");
    assert_snapshot!(ran.stderr, @"
    note: message from `origin`: To create a merge request for it, visit: https://lab/new
    hint: open a pull request from `promote/staging-to-production/api` into `main` by hand
    ");
}

#[test]
fn a_branch_that_the_server_does_not_delete_is_a_note_and_no_failure() {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    remote.git(&["config", "receive.denyDeletes", "true"]);
    assert_eq!(clone.promote(&PROPOSE).code, 0);
    clone.commit("back", &[(super::STAGING, OLD)]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    for _ in 0..2 {
        let ran = clone.promote(&PROPOSE);
        assert_eq!(ran.code, 0, "{ran}");
        insta::allow_duplicates! {
            assert_snapshot!(format!("{}\n{}", ran.result(), ran.stderr), @"
            nothing to promote from staging to production
            note: `origin` refused to delete the branch `promote/staging-to-production/api`: error: denying ref deletion for refs/heads/promote/staging-to-production/api (deletion prohibited)
            ");
        }
    }
    let ran = clone.promote(&[&PROPOSE[..], &["--output", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["status"], "nothing-to-promote");
    let warning = json["warnings"][0]["message"].as_str().unwrap();
    assert!(warning.contains("denying ref deletion"), "{warning}");
}

#[test]
fn a_branch_in_the_way_is_named() {
    let refused = [("promote", true), ("promote", false), (BRANCH_BELOW, true)];
    let advice = refused.map(|(other, is_remote)| {
        let world = World::new();
        let (remote, clone) = world.cloned(&FILES);
        let place = if is_remote { &remote } else { &clone };
        place.git(&["branch", other, "main"]);
        if !is_remote {
            clone.git(&["remote", "remove", "origin"]);
        }
        let ran = clone.promote(&PROPOSE);
        assert_eq!(ran.code, 1, "{ran}");
        ran.advice()
    });
    assert_snapshot!(advice.join("\n"), @"
    error: branch `promote/staging-to-production/api` cannot exist beside branch `promote`
    hint: Git cannot store a branch name below another one; rename or delete `promote`, then run `git fetch --prune`
    error: branch `promote/staging-to-production/api` cannot exist beside branch `promote`
    hint: Git cannot store a branch name below another one; rename or delete `promote`, then run `git fetch --prune`
    error: branch `promote/staging-to-production/api` cannot exist beside branch `promote/staging-to-production/api/x`
    hint: Git cannot store a branch name below another one; rename or delete `promote/staging-to-production/api/x`, then run `git fetch --prune`
    ");
}

/// A branch below the promotion's own.
const BRANCH_BELOW: &str = "promote/staging-to-production/api/x";
