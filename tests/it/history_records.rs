//! Which commits are the base of a promotion: recorded promotions, merges, reverts and `--base`.

use crate::world::{Ran, Repo, World};

const SOURCE: &str = "apps/staging/web/values.yaml";
const TARGET: &str = "apps/production/web/values.yaml";

/// A repository in which production has what staging has: `first`.
fn repository<'w>(world: &'w World, first: &str) -> Repo<'w> {
    world.repository(&[(SOURCE, first), (TARGET, first)])
}

fn run(repo: &Repo<'_>, args: &[&str]) -> Ran {
    let all = ["--from", "staging", "--to", "production", "--yes"];
    repo.promote(&[&all, args].concat())
}

/// Promotes without a remote and returns the target's file.
fn promoted(repo: &Repo<'_>, args: &[&str]) -> String {
    let ran = run(repo, args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    repo.show("HEAD", TARGET)
}

fn change(repo: &Repo<'_>, path: &str, text: &str) {
    repo.commit("change", &[(path, text)]);
}

/// Promotes on a branch, changes the source meanwhile, and merges the branch.
fn merged_later(repo: &Repo<'_>, args: &[&str], meanwhile: &str) {
    repo.git(&["checkout", "-q", "-b", "proposed"]);
    promoted(repo, args);
    repo.git(&["checkout", "-q", "main"]);
    change(repo, SOURCE, meanwhile);
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "proposed"]);
}

#[test]
fn a_merged_promotion_is_the_base_from_when_it_was_computed() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    let only = format!("{TARGET}:$.a");
    merged_later(&repo, &["--only", &only], "a: 2\nb: 5\n");
    assert_eq!(promoted(&repo, &["--promote", "changes"]), "a: 2\nb: 5\n");
    // It is recorded, so a place that both sides change is a conflict.
    change(&repo, SOURCE, "a: 3\nb: 5\n");
    change(&repo, TARGET, "a: 4\nb: 5\n");
    assert_eq!(run(&repo, &["--promote", "changes"]).code, 4);
}

#[test]
fn what_came_with_a_version_before_the_merge_moves_with_it() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nlevel: info\n");
    change(&repo, SOURCE, "tag: 1.1.0\nlevel: info\n");
    merged_later(&repo, &[], "tag: 1.2.0\nlevel: debug\n");
    assert_eq!(promoted(&repo, &[]), "tag: 1.2.0\nlevel: debug\n");
}

#[test]
fn the_commits_of_a_merge_count_one_by_one() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nargument: none\nlevel: info\n");
    repo.git(&["checkout", "-q", "-b", "feature"]);
    change(&repo, SOURCE, "tag: 1.1.0\nargument: fast\nlevel: info\n");
    change(&repo, SOURCE, "tag: 1.1.0\nargument: fast\nlevel: debug\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("other", &[("notes", "1")]);
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "feature"]);
    assert_eq!(
        promoted(&repo, &[]),
        "tag: 1.1.0\nargument: fast\nlevel: info\n"
    );
}

#[test]
fn the_only_commit_of_a_merge_is_named() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nlevel: info\n");
    change(&repo, SOURCE, "tag: 1.1.0\nlevel: info\n");
    promoted(&repo, &[]);
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.commit("Log more", &[(SOURCE, "tag: 1.1.0\nlevel: debug\n")]);
    repo.git(&["checkout", "-q", "main"]);
    let title = "Merge pull request #12 from acme/feature";
    repo.git(&["merge", "-q", "--no-ff", "-m", title, "feature"]);
    let args = ["baseline", "--from", "staging", "--to", "production"];
    let ran = repo.promote(&[&args[..], &["--promote", "changes", "--output", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["baselines"][0]["since"][0]["subject"], "Log more");
}

#[test]
fn with_a_revision_of_the_source_its_history_counts() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nlevel: info\n");
    repo.git(&["checkout", "-q", "-b", "feature"]);
    change(&repo, SOURCE, "tag: 1.1.0\nlevel: debug\n");
    repo.git(&["checkout", "-q", "main"]);
    change(&repo, SOURCE, "tag: 1.0.1\nlevel: info\n");
    let ran = run(&repo, &["--source", "feature", "--branch", "main"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repo.show("HEAD", TARGET), "tag: 1.1.0\nlevel: debug\n");
}

#[test]
fn the_bound_of_the_history_is_reported() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, TARGET, "a: 1\nb: 8\n");
    change(&repo, TARGET, "a: 1\nb: 9\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    let diff = |n: &str| {
        let args = ["diff", "--from", "staging", "--to", "production"];
        let ran = repo.promote(&[&args[..], &["--promote", "changes", "--history", n]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout
    };
    let bounded = diff("2");
    assert!(
        bounded.contains("the newest 2 commits of a file"),
        "{bounded}"
    );
    let whole = diff("4");
    assert!(whole.contains("a  1 -> 2"), "{whole}");
    assert!(!whole.contains("the newest"), "{whole}");
}

#[test]
fn a_record_counts_where_the_commit_made_its_change() {
    let world = World::new();
    for source in ["0".repeat(40), "HEAD".to_owned()] {
        let repo = world.repository_at(
            &source,
            &[(SOURCE, "a: 1\nb: 1\n"), (TARGET, "a: 1\nb: 1\n")],
        );
        change(&repo, SOURCE, "a: 2\nb: 1\n");
        let source = if source == "HEAD" {
            repo.tip("HEAD")
        } else {
            source
        };
        let message = format!(
            "by hand\n\nPromotion-Id: 1\nPromotion-From: staging\nPromotion-To: production\n\
             Promotion-Apps: web\nPromotion-Source: {source}\n"
        );
        repo.commit(&message, &[(TARGET, "a: 1\nb: 9\n")]);
        change(&repo, SOURCE, "a: 2\nb: 7\n");
        // The file's creation is the base, which is inferred: so `b` is no conflict.
        assert_eq!(promoted(&repo, &["--promote", "changes"]), "a: 2\nb: 9\n");
    }
}

#[test]
fn a_change_by_hand_does_not_move_a_recorded_base() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\nc: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 2\nc: 1\n");
    let only = format!("{TARGET}:$.a");
    promoted(&repo, &["--only", &only]);
    change(&repo, SOURCE, "a: 2\nb: 2\nc: 2\n");
    change(&repo, TARGET, "a: 2\nb: 1\nc: 2\n");
    let after = promoted(&repo, &["--promote", "changes"]);
    assert_eq!(after, "a: 2\nb: 2\nc: 2\n");
}

#[test]
fn a_version_that_both_sides_changed_since_a_record_is_a_conflict() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\n");
    change(&repo, SOURCE, "tag: 1.1.0\n");
    assert_eq!(promoted(&repo, &[]), "tag: 1.1.0\n");
    // Only the target changed it, so it stays.
    change(&repo, TARGET, "tag: 1.0.9\n");
    assert_eq!(promoted(&repo, &["--promote", "changes"]), "tag: 1.0.9\n");
    change(&repo, SOURCE, "tag: 1.3.0\n");
    let ran = run(&repo, &["--promote", "changes"]);
    assert_eq!(ran.code, 4, "{}", ran.stdout);
    let take = ["--promote", "changes", "--take", "source=tag"];
    assert_eq!(promoted(&repo, &take), "tag: 1.3.0\n");
}

#[test]
fn a_conflict_that_was_decided_does_not_come_again() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    let only = format!("{TARGET}:$.a");
    promoted(&repo, &["--only", &only]);
    change(&repo, SOURCE, "a: 3\nb: 2\n");
    change(&repo, TARGET, "a: 9\nb: 1\n");
    assert_eq!(run(&repo, &["--promote", "changes"]).code, 4);
    let take = ["--promote", "changes", "--take", "target=a"];
    assert_eq!(promoted(&repo, &take), "a: 9\nb: 2\n");
    assert_eq!(promoted(&repo, &["--promote", "changes"]), "a: 9\nb: 2\n");
    // Until the source changes it again.
    change(&repo, SOURCE, "a: 4\nb: 2\n");
    assert_eq!(run(&repo, &["--promote", "changes"]).code, 4);
}

#[test]
fn an_undone_promotion_is_reported_with_the_commit_that_undid_it() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\n");
    change(&repo, SOURCE, "tag: 1.1.0\n");
    promoted(&repo, &[]);
    repo.git(&["revert", "--no-edit", "HEAD"]);
    let diff = repo.promote(&["diff", "--from", "staging", "--to", "production"]);
    let short = &repo.tip("HEAD")[..7];
    let message = format!("web tag 1.0.0 -> 1.1.0 was promoted before, and undone in {short}");
    assert!(diff.stdout.contains(&message), "{}", diff.stdout);
    // Another version is another promotion.
    change(&repo, SOURCE, "tag: 1.2.0\n");
    let diff = repo.promote(&["diff", "--from", "staging", "--to", "production"]);
    assert!(!diff.stdout.contains("undone"), "{}", diff.stdout);
}

#[test]
fn a_named_base_does_not_replace_the_rest_of_the_history() {
    let world = World::new();
    let [old, new] = ["1111111", "2222222"].map(|id| format!("tag: {id}a\n"));
    let repo = repository(&world, &old);
    change(&repo, TARGET, &new);
    // Production had staging's build before.
    assert_eq!(run(&repo, &["--base", "HEAD~1"]).code, 3);
    let ran = run(&repo, &["--base", "typo", "--dry-run"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("typo"), "{}", ran.stderr);
}

#[test]
fn a_base_is_read_even_if_nothing_differs() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    assert_eq!(run(&repo, &["--base", "typo"]).code, 2);
}

#[test]
fn what_came_with_a_version_since_a_named_base_moves_with_it() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nlevel: info\nsize: 1\n");
    change(&repo, SOURCE, "tag: 1.1.0\nlevel: info\nsize: 2\n");
    change(&repo, SOURCE, "tag: 1.2.0\nlevel: debug\nsize: 2\n");
    let after = promoted(&repo, &["--base", "HEAD~1"]);
    assert_eq!(after, "tag: 1.2.0\nlevel: debug\nsize: 1\n");
}

#[test]
fn a_file_that_the_named_base_lacks_was_created_by_both_sides() {
    let world = World::new();
    let repo = world.repository(&[("notes", "1")]);
    let files = [(SOURCE, "a: 1\nb: 1\n"), (TARGET, "a: 9\n")];
    repo.commit("create", &files);
    let base = ["--promote", "changes", "--base", "HEAD~1"];
    assert_eq!(run(&repo, &base).code, 4);
    let take = [&base[..], &["--take", "target=a"]].concat();
    assert_eq!(promoted(&repo, &take), "a: 9\nb: 1\n");
}

#[test]
fn a_reference_with_a_name_of_the_environment_or_with_a_key_stays_too() {
    let world = World::new();
    let source = "apps/staging/web/kustomization.yaml";
    let target = "apps/production/web/kustomization.yaml";
    let first = "images:\n  - name: web\n    newTag: 1.0.0\n";
    for (added, file) in [
        ("resources:\n  - staging-extra.yaml\n", "staging-extra.yaml"),
        (
            "configMapGenerator:\n  - name: c\n    files:\n      - config=file.json\n",
            "file.json",
        ),
    ] {
        let repo = world.repository_at(file, &[(source, first), (target, first)]);
        let new = format!("{}{added}", first.replace("1.0.0", "1.1.0"));
        let file = format!("apps/staging/web/{file}");
        repo.commit("change", &[(source, &new), (&file, "{}\n")]);
        let ran = run(&repo, &[]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_eq!(repo.show("HEAD", target), first.replace("1.0.0", "1.1.0"));
    }
}

#[test]
fn files_that_the_source_added_or_removed_since_the_last_promotion_move() {
    let world = World::new();
    let list = |names: &[&str]| format!("resources:\n  - {}.yaml\n", names.join(".yaml\n  - "));
    let first = list(&["old", "own", "web"]);
    let mut files = Vec::new();
    for env in ["staging", "production"] {
        for name in ["old", "own", "web", "unwanted"] {
            files.push((
                format!("apps/{env}/web/{name}.yaml"),
                format!("kind: {name}\n"),
            ));
        }
        files.push((format!("apps/{env}/web/kustomization.yaml"), first.clone()));
    }
    let files = files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()));
    let repo = world.repository(&files.collect::<Vec<_>>());
    // Production goes without one file, and changes another.
    repo.git(&["rm", "-q", "apps/production/web/unwanted.yaml"]);
    repo.commit(
        "own",
        &[("apps/production/web/own.yaml", "kind: changed\n")],
    );
    for name in ["old", "own"] {
        repo.git(&["rm", "-q", &format!("apps/staging/web/{name}.yaml")]);
    }
    repo.commit(
        "change",
        &[
            ("apps/staging/web/new.yaml", "kind: new\n"),
            (
                "apps/staging/web/kustomization.yaml",
                &list(&["new", "web"]),
            ),
        ],
    );
    let ran = run(&repo, &["--promote", "changes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let files = repo.git(&["ls-tree", "-r", "--name-only", "HEAD", "apps/production"]);
    let names: Vec<&str> = files
        .lines()
        .filter_map(|path| path.rsplit('/').next())
        .collect();
    assert_eq!(
        names,
        ["kustomization.yaml", "new.yaml", "own.yaml", "web.yaml"]
    );
    // Only the mode `changes` moves files.
    assert_eq!(run(&repo, &[]).code, 0);
}

#[test]
fn a_file_that_a_promotion_left_out_moves_with_a_later_one() {
    let world = World::new();
    let repo = repository(&world, "a: 1\n");
    let new = ["staging", "production"].map(|env| format!("apps/{env}/web/new.yaml"));
    let files = [(SOURCE, "a: 2\n"), (new[0].as_str(), "kind: New\n")];
    repo.commit("change", &files);
    promoted(&repo, &["--only", &format!("{TARGET}:$.a")]);
    promoted(&repo, &["--promote", "changes"]);
    assert_eq!(repo.show("HEAD", &new[1]), "kind: New\n");
    // Only the target removed it, so it stays away.
    repo.git(&["rm", "-q", &new[1]]);
    repo.commit("without it", &[]);
    promoted(&repo, &["--promote", "changes"]);
    assert!(!repo.has(&new[1]));
}

#[test]
fn files_with_the_names_of_their_environments_are_no_partners_of_their_own() {
    let world = World::new();
    let file = |name: &str, env: &str| format!("charts/web/{name}-{env}.yaml");
    let paths: Vec<String> = ["values", "old", "own"]
        .iter()
        .flat_map(|name| ["staging", "production"].map(|env| file(name, env)))
        .collect();
    let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "a: 1\n")).collect();
    let repo = world.repository(&files);
    repo.git(&[
        "rm",
        "-q",
        &file("own", "staging"),
        &file("own", "production"),
    ]);
    repo.commit("remove", &[]);
    repo.commit("own", &[(&file("own", "production"), "a: 1\n")]);
    repo.git(&["rm", "-q", &file("old", "staging")]);
    repo.commit("remove", &[]);
    let ran = run(&repo, &["--promote", "changes", "--base", "HEAD~1"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(!repo.has(&file("old", "production")));
    assert!(repo.has(&file("own", "production")));
}

#[test]
fn the_preview_of_changes_names_the_baseline_and_what_stays() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nlevel: info\nsize: 1\n");
    change(&repo, SOURCE, "tag: 1.1.0\nlevel: info\nsize: 1\n");
    change(&repo, TARGET, "tag: 1.1.0\nlevel: info\nsize: 1\n");
    repo.commit(
        "Raise the size",
        &[(SOURCE, "tag: 1.1.0\nlevel: info\nsize: 2\n")],
    );
    change(&repo, SOURCE, "tag: 1.2.0\nlevel: debug\nsize: 2\n");
    let args = ["--from", "staging", "--to", "production"];
    let of = |first: &[&str], words: &[&str]| {
        let ran = repo.promote(&[first, &args, words].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        repo.redact(ran.stdout)
    };
    let diff = of(&["diff"], &["--promote", "changes", "--stat"]);
    assert!(!diff.contains("baseline"), "{diff}");
    let diff = of(&["diff"], &["--promote", "changes"]);
    let at = diff.find("baseline of").unwrap();
    insta::assert_snapshot!(diff[at..], @"
    baseline of web: `staging` as of [COMMIT], 2026-01-02, when `production` last took `tag`; inferred
      kept from [COMMIT] 2026-01-02: Raise the size (1 difference)
    staging -> production: 2 differences in 1 file of 1 application
    ");
    insta::assert_snapshot!(of(&["baseline"], &[]), @"
    baseline of web: `staging` as of [COMMIT], 2026-01-02, when `production` last took `tag`; inferred
      kept from [COMMIT] 2026-01-02: Raise the size (1 difference)
    ");
    let markdown = of(&["baseline"], &["--output", "markdown"]);
    insta::assert_snapshot!(markdown, @"

    Baseline of `web`: `staging` as of [COMMIT], 2026-01-02, when `production` last took `tag`; inferred.

    - kept from [COMMIT] 2026-01-02: `Raise the size` (1 difference)
    ");
    let json = of(&["baseline"], &["--output", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let since = &json["baselines"][0]["since"];
    assert_eq!(json["baselines"][0]["origin"], "inferred");
    assert_eq!(
        (&since[0]["promoted"], &since[0]["kept"]),
        (&2.into(), &0.into())
    );
    assert_eq!(
        (&since[1]["promoted"], &since[1]["kept"]),
        (&0.into(), &1.into())
    );
}

#[test]
fn a_promotion_is_recorded_however_long_its_pull_request_was_open() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    repo.git(&["checkout", "-q", "-b", "proposed"]);
    promoted(&repo, &["--only", &format!("{TARGET}:$.a")]);
    repo.git(&["checkout", "-q", "main"]);
    let commit = "commit refs/heads/main\ncommitter A <a@b> 1767324045 +0000\ndata 1\nx\n";
    let first = format!("{commit}from refs/heads/main^0\n");
    let rest = commit.repeat(2_100);
    std::fs::write(repo.dir.join(".git/import"), first + &rest).unwrap();
    let import = [
        "-c",
        "git fast-import --quiet --date-format=raw < .git/import",
    ];
    let ran = world
        .command("sh")
        .args(import)
        .current_dir(&repo.dir)
        .status();
    assert!(ran.unwrap().success());
    repo.git(&["merge", "-q", "--no-ff", "--no-edit", "proposed"]);
    // It is recorded, so a place that both sides change is a conflict.
    change(&repo, SOURCE, "a: 3\nb: 1\n");
    change(&repo, TARGET, "a: 4\nb: 1\n");
    assert_eq!(run(&repo, &["--promote", "changes"]).code, 4);
}

#[test]
fn a_version_that_came_after_a_recorded_promotion_was_not_left_out_by_it() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.2.0\ntheme: a\n");
    for version in ["1.3.0", "1.4.0", "1.6.0"] {
        change(&repo, SOURCE, &format!("tag: {version}\ntheme: x\n"));
    }
    let one = ["--service", "web", "--version", "1.4.0"];
    assert!(promoted(&repo, &one).starts_with("tag: 1.4.0\n"));
    assert!(promoted(&repo, &[]).starts_with("tag: 1.6.0\n"));
    change(&repo, SOURCE, "tag: 1.7.0\ntheme: x\n");
    assert!(promoted(&repo, &[]).starts_with("tag: 1.7.0\n"));
}

#[test]
fn a_removal_that_was_undone_is_reported_too() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nold: 1\n");
    change(&repo, SOURCE, "tag: 1.1.0\nold: 1\n");
    promoted(&repo, &[]);
    change(&repo, SOURCE, "tag: 1.1.0\n");
    promoted(&repo, &["--promote", "changes"]);
    let reverted = repo.promote(&["revert", "HEAD", "--yes"]);
    assert_eq!(reverted.code, 0, "{reverted}");
    let args = ["diff", "--from", "staging", "--to", "production"];
    let diff = repo.promote(&[&args[..], &["--promote", "changes"]].concat());
    let short = &repo.tip("HEAD")[..7];
    let message = format!("web old was promoted before, and undone in {short}");
    assert!(diff.stdout.contains(&message), "{}", diff.stdout);
}

#[test]
fn what_a_promotion_of_changes_kept_stays_until_the_source_changes_it() {
    let world = World::new();
    let changes = ["--promote", "changes"];
    let rule =
        "version: 1\ntemplates: [{name: default, rules: [{files: '**', promote: changes}]}]\n";
    for (name, args, settings) in [("option", &changes[..], None), ("rule", &[], Some(rule))] {
        let first = "tag: 1.0.0\nlevel: info\n";
        let repo = world.repository_at(name, &[(SOURCE, first), (TARGET, first)]);
        if let Some(settings) = settings {
            repo.commit("rule", &[("promote.yaml", settings)]);
        }
        change(&repo, SOURCE, "tag: 1.0.0\nlevel: debug\n");
        change(&repo, SOURCE, "tag: 1.1.0\nlevel: debug\n");
        let kept = "tag: 1.1.0\nlevel: info\n";
        assert_eq!(promoted(&repo, args), kept);
        assert_eq!(promoted(&repo, args), kept);
        // Another change of the source moves alone.
        change(&repo, SOURCE, "tag: 1.1.0\nlevel: debug\nport: 1\n");
        assert_eq!(promoted(&repo, args), format!("{kept}port: 1\n"));
        assert_eq!(promoted(&repo, args), format!("{kept}port: 1\n"));
        change(&repo, SOURCE, "tag: 1.1.0\nlevel: trace\nport: 1\n");
        let all = "tag: 1.1.0\nlevel: trace\nport: 1\n";
        assert_eq!(promoted(&repo, args), all);
    }
    // A promotion of versions decides nothing about the rest.
    let first = "tag: 1.0.0\nlevel: info\n";
    let repo = repository(&world, first);
    change(&repo, SOURCE, "tag: 1.0.0\nlevel: debug\n");
    change(&repo, SOURCE, "tag: 1.1.0\nlevel: debug\n");
    promoted(&repo, &[]);
    assert_eq!(promoted(&repo, &changes), "tag: 1.1.0\nlevel: debug\n");
}

#[test]
fn one_of_two_equal_keys_does_not_go_alone() {
    let world = World::new();
    let [source, target] = [SOURCE, TARGET].map(|path| format!("{path}.gotmpl"));
    let size = "{{- if .x }}\nsize: 1\n{{- end }}\n";
    let metrics = "metrics:\n  on: 1\n";
    let first = format!("{size}{metrics}old: 1\n");
    let repo = world.repository(&[(&source, &first), (&target, &first)]);
    change(&repo, &target, &format!("{metrics}{first}"));
    change(&repo, &source, size);
    for _ in 0..2 {
        let ran = run(&repo, &["--promote", "changes"]);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let expected = format!("{metrics}{size}{metrics}");
        assert_eq!(repo.show("HEAD", &target), expected);
    }
}
