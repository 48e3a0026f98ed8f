//! What `git promote revert` takes back, and what the next promotion makes of it.

use crate::world::{Ran, Repo, World};

const API: [&str; 2] = [
    "apps/staging/api/values.yaml",
    "apps/production/api/values.yaml",
];
const WEB: [&str; 2] = [
    "apps/staging/web/values.yaml",
    "apps/production/web/values.yaml",
];

fn values(tag: &str, replicas: u8) -> String {
    format!("image:\n  tag: {tag}\nreplicas: {replicas}\n")
}

/// A repository in which staging is ahead with both applications.
fn repository(world: &World) -> Repo<'_> {
    let (old, new) = (values("1.0.0", 1), values("1.1.0", 1));
    world.repository(&[
        (API[0], &new),
        (API[1], &old),
        (WEB[0], &new),
        (WEB[1], &old),
    ])
}

fn promote(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let args = ["--from", "staging", "--to", "production", "--yes"];
    repo.promote(&[&args, more].concat())
}

/// Promotes, and returns the commit.
fn promoted(repo: &Repo<'_>, more: &[&str]) -> String {
    let ran = promote(repo, more);
    assert_eq!(ran.code, 0, "{ran}");
    repo.tip("HEAD")
}

fn revert(repo: &Repo<'_>, promotion: &str, more: &[&str]) -> Ran {
    repo.promote(&[&["revert", promotion, "--yes"], more].concat())
}

#[test]
fn a_keep_rule_does_not_prevent_a_revert_but_a_comment_does() {
    let world = World::new();
    let repo = repository(&world);
    let rules = "version: 1\ntemplates:\n  - name: default\n    rules:\n      - {files: \"**/values.yaml\", keep: [\"$.replicas\"]}\n";
    repo.commit(
        "rules",
        &[("promote.yaml", rules), (API[0], &values("1.0.0", 3))],
    );
    let only = format!("{}:$.replicas", API[1]);
    let promotion = promoted(&repo, &["--only", &only]);
    assert_eq!(repo.read(API[1]), values("1.0.0", 3));
    let ran = revert(&repo, &promotion, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.read(API[1]), values("1.0.0", 1), "{ran}");
    let promotion = promoted(&repo, &["--only", &only]);
    let kept = values("1.0.0", 3).replace("replicas: 3", "replicas: 3 # promote: keep");
    repo.commit("keep it", &[(API[1], &kept)]);
    let ran = revert(&repo, &promotion, &[]);
    let last = ran.stdout.lines().last().unwrap_or_default();
    let expected = format!("nothing of {} is reverted in production", &promotion[..7]);
    assert_eq!((last, ran.code), (expected.as_str(), 0), "{ran}");
    assert_eq!(repo.read(API[1]), kept);
}

#[test]
fn what_still_stands_and_cannot_be_taken_back_is_a_conflict() {
    let world = World::new();
    let text = |tag: &str| format!("api:\n  tag: &tag {tag}\nsidecar:\n  tag: *tag\n");
    let repo = world.repository(&[(API[0], &text("1.1.0")), (API[1], &text("1.0.0"))]);
    let promotion = promoted(&repo, &[]);
    assert_eq!(repo.read(API[1]), text("1.1.0"));
    let kept = text("1.1.0").replace("tag: *tag", "tag: *tag # promote: keep");
    repo.commit("keep the sidecar", &[(API[1], &kept)]);
    let ran = revert(&repo, &promotion, &[]);
    assert_eq!(ran.code, 4, "{ran}");
    assert_eq!(repo.read(API[1]), kept);
    let excluded = format!("{}:$.api.tag", API[1]);
    let ran = revert(&repo, &promotion, &["--except", &excluded]);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn only_files_that_prove_the_promotion_are_reverted() {
    let world = World::new();
    let repo = repository(&world);
    promoted(&repo, &["--service", "web"]);
    let message = repo.git(&["log", "-1", "--format=%B"]);
    // By hand, with the message of another promotion: neither file has what staging had.
    let by_hand = [(API[1], values("9.9.9", 1)), (WEB[1], values("1.1.0", 7))];
    for (path, text) in &by_hand {
        let copied = repo.commit(&message, &[(path, text)]);
        let ran = revert(&repo, &copied, &[]);
        assert!(ran.stderr.contains("is not a promotion"), "{ran}");
        assert_eq!(repo.read(path), *text, "{ran}");
        assert_eq!(repo.tip("HEAD"), copied, "{ran}");
    }
    // A commit that a forge squashed has other files, too.
    repo.commit("ahead", &[(WEB[0], &values("1.2.0", 1))]);
    let promotion = promoted(&repo, &["--service", "web"]);
    let message = repo.git(&["log", "-1", "--format=%B"]);
    repo.git(&["reset", "-q", "--soft", "HEAD~1"]);
    let files = [(API[1], &*values("3.0.0", 1))];
    let squashed = repo.commit(&message, &files);
    assert_ne!(squashed, promotion);
    let ran = revert(&repo, &squashed, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.read(WEB[1]), values("1.1.0", 7), "{ran}");
    assert_eq!(repo.read(API[1]), values("3.0.0", 1), "{ran}");
}

const CHANGES: [&str; 2] = ["--promote", "changes"];

#[test]
fn what_a_revert_left_still_counts_as_promoted() {
    let world = World::new();
    let repo = repository(&world);
    let promotion = promoted(&repo, &[]);
    repo.commit("hotfix", &[(API[1], &values("1.1.1", 1))]);
    let ran = revert(&repo, &promotion, &["--service", "web"]);
    assert_eq!(ran.code, 0, "{ran}");
    let next = values("1.2.0", 1);
    repo.commit("next", &[(API[0], &next), (WEB[0], &next)]);
    // The hotfix is a conflict, as it was before another application was reverted.
    let ran = promote(&repo, &CHANGES);
    assert_eq!(ran.code, 4, "{ran}");
    let ran = promote(&repo, &[&["--service", "web"], &CHANGES[..]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.read(WEB[1]), next);
}

#[test]
fn what_a_revert_left_in_a_file_still_counts_as_promoted() {
    let world = World::new();
    let repo = repository(&world);
    promoted(&repo, &["--service", "api"]);
    repo.commit("both", &[(API[0], &values("1.2.0", 2))]);
    let all = ["--service", "api", "--promote", "all"];
    let promotion = promoted(&repo, &all);
    repo.commit("hotfix", &[(API[1], &values("1.2.1", 2))]);
    let ran = revert(&repo, &promotion, &[]);
    assert_eq!(repo.read(API[1]), values("1.2.1", 1), "{ran}");
    repo.commit("next", &[(API[0], &values("1.3.0", 2))]);
    let ran = promote(&repo, &[&["--service", "api"], &CHANGES[..]].concat());
    assert_eq!(ran.code, 4, "{ran}");
    repo.commit("same", &[(API[0], &values("1.2.1", 2))]);
    promoted(&repo, &[&["--service", "api"], &CHANGES[..]].concat());
    assert_eq!(repo.read(API[1]), values("1.2.1", 2));
}

/// Merges a branch on which this was done.
fn merged(repo: &Repo<'_>, branch: &str, work: impl Fn()) {
    repo.git(&["checkout", "-qb", branch]);
    work();
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--no-ff", "-m", "Merge it", branch]);
}

#[test]
fn promotions_and_reverts_are_recognised_when_they_come_by_a_merge() {
    for is_merged in [true, false] {
        let world = World::new();
        let repo = repository(&world);
        let changes = [&["--service", "api"], &CHANGES[..]].concat();
        promoted(&repo, &["--service", "api"]);
        repo.commit("more", &[(API[0], &values("1.1.0", 2))]);
        merged(&repo, "promotion", || {
            promoted(&repo, &[&changes[..], &["--branch", "promotion"]].concat());
        });
        let promotion = repo.tip("promotion");
        // With a change of its own, so that the revert restores no state of the file.
        let own = |text: String| format!("own: 1\n{text}");
        assert_eq!(repo.read(API[1]), values("1.1.0", 2));
        repo.commit("own", &[(API[1], &own(values("1.1.0", 2)))]);
        let undo = || {
            repo.git(&["revert", "--no-edit", &promotion]);
        };
        if is_merged {
            merged(&repo, "revert", undo);
        } else {
            undo();
        }
        assert_eq!(repo.read(API[1]), own(values("1.1.0", 1)));
        promoted(&repo, &changes);
        assert_eq!(repo.read(API[1]), own(values("1.1.0", 2)));
    }
}
