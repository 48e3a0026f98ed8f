//! Baselines that are set, and decisions that are recorded, by commits that change no file.

use serde_json::Value;

use crate::world::{Ran, Repo, World};

const SOURCE: &str = "apps/staging/web/values.yaml";
const TARGET: &str = "apps/production/web/values.yaml";
const BETWEEN: [&str; 4] = ["--from", "staging", "--to", "production"];
const CHANGES: [&str; 2] = ["--promote", "changes"];

/// A repository in which production has what staging has: `first`.
fn repository<'w>(world: &'w World, first: &str) -> Repo<'w> {
    world.repository(&[(SOURCE, first), (TARGET, first)])
}

fn run(repo: &Repo<'_>, args: &[&str]) -> Ran {
    repo.promote(&[&BETWEEN[..], &["--yes"], args].concat())
}

/// Promotes what changed in the source, and returns the target's file.
fn promoted(repo: &Repo<'_>, args: &[&str]) -> String {
    let ran = run(repo, &[&CHANGES[..], args].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    repo.show("HEAD", TARGET)
}

fn change(repo: &Repo<'_>, path: &str, text: &str) {
    repo.commit("change", &[(path, text)]);
}

fn set(repo: &Repo<'_>, more: &[&str]) -> Ran {
    repo.promote(
        &[
            &["baseline"],
            &BETWEEN[..],
            &["--service", "web", "--yes"],
            more,
        ]
        .concat(),
    )
}

/// The baseline of the application, as JSON.
fn baseline(repo: &Repo<'_>) -> Value {
    let ran = repo.promote(&[&["baseline"], &BETWEEN[..], &["--output", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    json["baselines"][0].clone()
}

#[test]
fn where_nothing_differs_no_baseline_matters() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    let ran = repo.promote(&[&["baseline"], &BETWEEN[..]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    let sentence = "staging and production do not differ, so that no baseline matters\n";
    assert_eq!(ran.stdout, sentence);
}

#[test]
fn a_baseline_is_set_without_a_promotion() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    let source = repo.tip("HEAD");
    let ran = set(&repo, &["--set", "HEAD"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repo.git(&["diff", "HEAD~1", "HEAD"]), "");
    // What is in it already is not promoted, later changes are.
    change(&repo, SOURCE, "a: 2\nb: 2\n");
    let shown = baseline(&repo);
    assert_eq!(shown["origin"], "recorded");
    assert_eq!(shown["source"], source);
    assert_eq!(promoted(&repo, &[]), "a: 1\nb: 2\n");
    // It is no promotion.
    let log = repo.promote(&["log"]);
    assert_eq!(log.stdout.matches("staging -> production").count(), 1);
}

#[test]
fn setting_the_same_baseline_again_changes_nothing() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    change(&repo, SOURCE, "a: 2\n");
    let source = repo.tip("HEAD");
    for _ in 0..2 {
        let ran = set(&repo, &["--set", &source]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    }
    assert_eq!(
        repo.git(&["rev-list", "--count", &format!("{source}..")]),
        "1"
    );
}

#[test]
fn a_baseline_needs_an_application() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    let ran = repo.promote(&[&["baseline"], &BETWEEN[..], &["--set", "HEAD"]].concat());
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("`--service`"), "{}", ran.stderr);
}

#[test]
fn a_baseline_is_in_the_history_of_its_branch() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    let tip = repo.tip("HEAD");
    let elsewhere = repo.git(&["commit-tree", "-m", "elsewhere", "HEAD^{tree}"]);
    let ran = set(&repo, &["--set", elsewhere.trim()]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("is not on `main`"), "{}", ran.stderr);
    assert_eq!(repo.tip("HEAD"), tip);
}

#[test]
fn the_newest_of_baselines_and_promotions_counts() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    set(&repo, &["--set", "HEAD"]);
    change(&repo, SOURCE, "a: 2\nb: 2\n");
    run(&repo, &["--only", &format!("{TARGET}:$.a")]);
    // The promotion of `a` is newer than the baseline, so only the target changed it since.
    change(&repo, TARGET, "a: 5\nb: 1\n");
    assert_eq!(promoted(&repo, &[]), "a: 5\nb: 2\n");
    // A newer baseline counts for all places.
    change(&repo, SOURCE, "a: 3\nb: 3\n");
    set(&repo, &["--set", "HEAD"]);
    assert_eq!(promoted(&repo, &[]), "a: 5\nb: 2\n");
    change(&repo, SOURCE, "a: 4\nb: 3\n");
    assert_eq!(run(&repo, &CHANGES).code, 4);
}

#[test]
fn a_baseline_counts_from_when_it_was_merged() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    repo.git(&["checkout", "-q", "-b", "proposed"]);
    set(&repo, &["--set", "HEAD"]);
    repo.git(&["checkout", "-q", "main"]);
    change(&repo, TARGET, "a: 1\nb: 7\n");
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "proposed"]);
    change(&repo, SOURCE, "a: 2\nb: 1\nc: 1\n");
    assert_eq!(promoted(&repo, &[]), "a: 1\nb: 7\nc: 1\n");
}

#[test]
fn a_decision_alone_is_recorded() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    change(&repo, SOURCE, "a: 2\n");
    assert_eq!(promoted(&repo, &[]), "a: 2\n");
    change(&repo, SOURCE, "a: 3\n");
    change(&repo, TARGET, "a: 9\n");
    assert_eq!(run(&repo, &CHANGES).code, 4);
    let tip = repo.tip("HEAD");
    assert_eq!(promoted(&repo, &["--take", "target=a"]), "a: 9\n");
    assert_eq!(repo.git(&["diff", &tip, "HEAD"]), "");
    // It is decided until the source changes the place again.
    let decided = repo.tip("HEAD");
    assert_eq!(promoted(&repo, &[]), "a: 9\n");
    assert_eq!(repo.tip("HEAD"), decided);
    change(&repo, SOURCE, "a: 4\n");
    assert_eq!(run(&repo, &CHANGES).code, 4);
}

#[test]
fn a_decision_in_a_file_that_stays_is_recorded_too() {
    let world = World::new();
    let [source, target] = ["staging", "production"].map(|env| format!("apps/{env}/web/b.yaml"));
    let files = [
        (SOURCE, "a: 1\n"),
        (TARGET, "a: 1\n"),
        (&source, "b: 1\n"),
        (&target, "b: 1\n"),
    ];
    let repo = world.repository(&files);
    repo.commit("change", &[(SOURCE, "a: 2\n"), (&source, "b: 2\n")]);
    assert_eq!(promoted(&repo, &[]), "a: 2\n");
    let files = [(SOURCE, "a: 3\n"), (&source, "b: 3\n"), (&target, "b: 9\n")];
    repo.commit("change", &files);
    assert_eq!(promoted(&repo, &["--take", "target=b"]), "a: 3\n");
    let tip = repo.tip("HEAD");
    assert_eq!(promoted(&repo, &[]), "a: 3\n");
    assert_eq!(repo.tip("HEAD"), tip);
}

#[test]
fn a_copied_message_decides_nothing() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    let start = repo.tip("HEAD");
    set(&repo, &["--set", "HEAD"]);
    let message = repo.git(&["log", "-1", "--format=%B"]);
    repo.git(&["reset", "-q", "--hard", &start]);
    repo.commit(&message, &[("notes", "1")]);
    assert_eq!(promoted(&repo, &[]), "a: 2\nb: 1\n");
}

#[test]
fn changes_by_hand_do_not_hide_an_older_record() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\nc: 1\nd: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 2\nc: 1\nd: 1\n");
    run(&repo, &["--only", &format!("{TARGET}:$.a")]);
    for (c, d) in [(2, 1), (2, 2)] {
        change(&repo, SOURCE, &format!("a: 2\nb: 2\nc: {c}\nd: {d}\n"));
        change(&repo, TARGET, &format!("a: 2\nb: 1\nc: {c}\nd: {d}\n"));
    }
    assert_eq!(promoted(&repo, &[]), "a: 2\nb: 2\nc: 2\nd: 2\n");
}

fn reverted(repo: &Repo<'_>, promotion: &str) -> Ran {
    let ran = repo.promote(&["revert", promotion, "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

#[test]
fn a_recorded_decision_is_taken_back() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    change(&repo, SOURCE, "a: 2\n");
    assert_eq!(promoted(&repo, &[]), "a: 2\n");
    change(&repo, SOURCE, "a: 3\n");
    change(&repo, TARGET, "a: 9\n");
    assert_eq!(promoted(&repo, &["--take", "target=a"]), "a: 9\n");
    assert_eq!(run(&repo, &CHANGES).code, 0);
    let ran = reverted(&repo, "HEAD");
    let summary = "in production: what it records no longer counts, no file changes";
    assert!(ran.stdout.contains(summary), "{ran}");
    let message = repo.git(&["log", "-1", "--format=%B"]);
    let title = "Revert \"Keep changes of web in production\"\n\nThis reverts commit ";
    assert!(message.starts_with(title), "{message}");
    let again = reverted(&repo, "HEAD~1");
    assert!(again.stdout.contains("already reverted"), "{again}");
    let log = repo.promote(&["log"]);
    assert!(log.stdout.contains("reverted by"), "{log}");
    assert_eq!(run(&repo, &CHANGES).code, 4);
    // A revert of the revert brings the decision back.
    reverted(&repo, "HEAD");
    assert_eq!(run(&repo, &CHANGES).code, 0);
    let again = reverted(&repo, "HEAD~1");
    assert!(again.stdout.contains("already reverted"), "{again}");
    reverted(&repo, "HEAD");
    assert_eq!(promoted(&repo, &["--take", "source=a"]), "a: 3\n");
}

#[test]
fn a_decision_is_taken_back_when_the_files_are_restored_already() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    assert_eq!(promoted(&repo, &[]), "a: 2\nb: 1\n");
    change(&repo, SOURCE, "a: 3\nb: 2\n");
    change(&repo, TARGET, "a: 9\nb: 1\n");
    assert_eq!(promoted(&repo, &["--take", "target=a"]), "a: 9\nb: 2\n");
    change(&repo, TARGET, "a: 9\nb: 1\n");
    reverted(&repo, "HEAD~1");
    assert_eq!(run(&repo, &CHANGES).code, 4);
}

#[test]
fn a_baseline_that_was_set_is_taken_back() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    change(&repo, SOURCE, "a: 2\n");
    let source = repo.tip("HEAD");
    let set_again = || {
        let ran = set(&repo, &["--set", &source]);
        assert_eq!(ran.code, 0, "{ran}");
        ran.stdout.contains("committed")
    };
    let before = baseline(&repo);
    assert!(set_again() && !set_again());
    let only_one = ["revert", "HEAD", "--yes", "--service", "web"];
    assert_ne!(repo.promote(&only_one).code, 0);
    reverted(&repo, "HEAD");
    assert_eq!(baseline(&repo), before);
    let again = reverted(&repo, "HEAD~1");
    assert!(again.stdout.contains("already reverted"), "{again}");
    assert!(set_again());
    // The first one counts no longer, also after the second one is taken back.
    reverted(&repo, "HEAD");
    assert_eq!(baseline(&repo), before);
}
