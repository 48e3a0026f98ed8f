//! Without a forge that the program knows: the branch, and what is left to do by hand.

use super::{BRANCH, FILES, NEW, OLD, PRODUCTION, PROPOSE, WEB, new};
use crate::world::World;

#[test]
fn where_no_forge_is_known_the_branch_is_pushed() {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    for _ in 0..2 {
        let ran = clone.promote(&PROPOSE);
        assert_eq!(ran.code, 0, "{ran}");
        assert!(
            ran.stdout
                .ends_with(&format!("is on {BRANCH}, pushed to origin\n")),
            "{ran}"
        );
        assert!(
            ran.stderr.contains(&format!(
                "hint: open a pull request from `{BRANCH}` into `main`"
            )),
            "{ran}"
        );
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
    assert!(warning.starts_with("draft, labels are for a pull request"));
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
    assert!(
        ran.stdout
            .contains(&format!("is on the local branch {BRANCH}, for main")),
        "{ran}"
    );
    assert!(repo.show(BRANCH, PRODUCTION).contains("1.5.0"));
    assert!(repo.show("main", PRODUCTION).contains("1.4.2"));
}

#[test]
fn what_the_server_says_to_the_branch_is_told() {
    let world = World::new();
    let (remote, clone) = world.cloned(&FILES);
    let says =
        "echo; echo 'To create a merge request for it, visit:'; echo '  https://lab/new'; echo";
    remote.hook("post-receive", says);
    let ran = clone.promote(&PROPOSE);
    assert_eq!(ran.code, 0, "{ran}");
    let note = "note: `origin`: To create a merge request for it, visit: https://lab/new\n";
    assert!(ran.stderr.contains(note), "{ran}");
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
        let nothing = "nothing to promote from staging to production\n";
        assert!(ran.stdout.ends_with(nothing), "{ran}");
        let note = format!("note: the branch `{BRANCH}` is left over, because `origin` refused");
        assert!(ran.stderr.contains(&note), "{ran}");
    }
    let ran = clone.promote(&[&PROPOSE[..], &["--output", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["status"], "nothing-to-promote");
    let warning = json["warnings"][0]["message"].as_str().unwrap();
    assert!(warning.contains("denying ref deletion"), "{warning}");
}

#[test]
fn a_branch_in_the_way_is_named() {
    for (other, is_remote) in [("promote", true), ("promote", false), (BRANCH_BELOW, true)] {
        let world = World::new();
        let (remote, clone) = world.cloned(&FILES);
        let place = if is_remote { &remote } else { &clone };
        place.git(&["branch", other, "main"]);
        if !is_remote {
            clone.git(&["remote", "remove", "origin"]);
        }
        let ran = clone.promote(&PROPOSE);
        assert_eq!(ran.code, 1, "{ran}");
        let error = format!("error: there cannot be a branch `{BRANCH}` beside `{other}`");
        assert!(ran.stderr.contains(&error), "{ran}");
        assert!(ran.stderr.contains("rename or delete"), "{ran}");
    }
}

/// A branch below the promotion's own.
const BRANCH_BELOW: &str = "promote/staging-to-production/api/x";
