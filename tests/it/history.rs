//! What the history of both environments decides, in real repositories.

use crate::world::{Ran, Repo, World};

const SOURCE: &str = "apps/staging/web/values.yaml";
const TARGET: &str = "apps/production/web/values.yaml";

/// A repository in which production has what staging has: `first`.
fn repository<'w>(world: &'w World, first: &str) -> Repo<'w> {
    world.repository(&[(SOURCE, first), (TARGET, first)])
}

/// Promotes without a remote and returns the target's file.
fn promoted(repo: &Repo<'_>, args: &[&str]) -> String {
    let ran = run(repo, args);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    repo.show("HEAD", TARGET)
}

fn run(repo: &Repo<'_>, args: &[&str]) -> Ran {
    let all = ["--from", "staging", "--to", "production", "--yes"];
    repo.promote(&[&all, args].concat())
}

/// Commits a text of staging's file, or of production's.
fn change(repo: &Repo<'_>, path: &str, text: &str) {
    repo.commit("change", &[(path, text)]);
}

/// A values file with two images and a number of replicas.
fn values(web: &str, sidecar: &str, replicas: &str) -> String {
    format!(
        "web:\n  image:\n    tag: {web}\nsidecar:\n  image:\n    tag: {sidecar}\nreplicas: {replicas}\n"
    )
}

#[test]
fn a_version_that_two_promotions_left_out_stays() {
    let world = World::new();
    let repo = repository(&world, &values("1.0.0", "5.0.0", "1"));
    change(&repo, SOURCE, &values("1.1.0", "5.1.0", "1"));
    change(&repo, TARGET, &values("1.1.0", "5.0.0", "1"));
    change(&repo, SOURCE, &values("1.2.0", "5.1.0", "1"));
    // One promotion left the sidecar out, which can be chance.
    let preview = repo.promote(&["diff", "--from", "staging", "--to", "production"]);
    assert!(
        preview.stdout.contains("5.0.0 -> 5.1.0"),
        "{}",
        preview.stdout
    );
    change(&repo, TARGET, &values("1.2.0", "5.0.0", "1"));
    change(&repo, SOURCE, &values("1.3.0", "5.1.0", "1"));
    assert_eq!(promoted(&repo, &[]), values("1.3.0", "5.0.0", "1"));
    // A pattern only narrows; the exact selector overrules.
    let selector = format!("{TARGET}:$.sidecar.image.tag");
    let after = promoted(&repo, &["--only", &selector]);
    assert_eq!(after, values("1.3.0", "5.1.0", "1"));
}

#[test]
fn what_came_with_a_version_moves_with_it() {
    let world = World::new();
    let repo = repository(&world, &values("1.0.0", "5.0.0", "1"));
    change(&repo, SOURCE, &values("1.1.0", "5.0.0", "1"));
    change(&repo, TARGET, &values("1.1.0", "5.0.0", "1"));
    // The new version needs an argument; the number of replicas is another change.
    change(&repo, SOURCE, &values("1.1.0", "5.0.0", "3"));
    let with_argument = format!("{}argument: --fast\n", values("1.2.0", "5.0.0", "3"));
    change(&repo, SOURCE, &with_argument);
    let expected = format!("{}argument: --fast\n", values("1.2.0", "5.0.0", "1"));
    assert_eq!(promoted(&repo, &[]), expected);
}

#[test]
fn what_names_an_environment_or_brings_another_version_does_not_come_along() {
    let world = World::new();
    let repo = repository(&world, "web: {tag: 1.0.0}\n");
    change(&repo, SOURCE, "web: {tag: 1.1.0}\n");
    change(&repo, TARGET, "web: {tag: 1.1.0}\n");
    let new = "web: {tag: 1.2.0}\nhost: staging.internal\ncache: {image: redis, tag: 7.0.0}\n";
    change(&repo, SOURCE, new);
    assert_eq!(promoted(&repo, &[]), "web: {tag: 1.2.0}\n");
}

#[test]
fn changes_moves_what_changed_in_the_source_only() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\nreplicas: 2\nlevel: info\nold: yes\n");
    change(
        &repo,
        SOURCE,
        "tag: 1.1.0\nreplicas: 2\nlevel: info\nold: yes\n",
    );
    change(
        &repo,
        TARGET,
        "tag: 1.1.0\nreplicas: 9\nlevel: info\nold: yes\nown: 1\n",
    );
    change(
        &repo,
        SOURCE,
        "tag: 1.1.0\nreplicas: 2\nlevel: debug\nnew: 1\n",
    );
    assert_eq!(
        promoted(&repo, &["--promote", "changes"]),
        "tag: 1.1.0\nreplicas: 9\nlevel: debug\nown: 1\nnew: 1\n"
    );
    let again = run(&repo, &["--promote", "changes"]);
    assert!(
        again.stdout.contains("nothing to promote"),
        "{}",
        again.stdout
    );
}

#[test]
fn without_a_promotion_in_the_history_only_versions_move() {
    let world = World::new();
    let repo = world.repository(&[(TARGET, "tag: 1.0.0\nreplicas: 9\n")]);
    change(&repo, SOURCE, "tag: 1.1.0\nreplicas: 3\n");
    let ran = run(&repo, &["--promote", "changes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(repo.show("HEAD", TARGET), "tag: 1.1.0\nreplicas: 9\n");
    let message = format!("the history of `{TARGET}` has no promotion");
    assert!(ran.stdout.contains(&message), "{}", ran.stdout);
}

#[test]
fn the_base_can_be_named() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    let args = ["--promote", "changes", "--base", "HEAD~1"];
    assert_eq!(promoted(&repo, &args), "a: 2\nb: 1\n");
}

#[test]
fn a_recorded_promotion_is_the_base_of_what_it_promoted() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\nc: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 2\nc: 1\n");
    // Only `a` is promoted, so `b` still has its older base and moves later.
    let only_a = format!("{TARGET}:$.a");
    assert_eq!(promoted(&repo, &["--only", &only_a]), "a: 2\nb: 1\nc: 1\n");
    change(&repo, TARGET, "a: 2\nb: 1\nc: 7\n");
    change(&repo, SOURCE, "a: 3\nb: 2\nc: 1\n");
    let after = promoted(&repo, &["--promote", "changes"]);
    assert_eq!(after, "a: 3\nb: 2\nc: 7\n");
}

#[test]
fn both_sides_changed_a_place_since_a_recorded_promotion() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nreplicas: 1\n");
    change(&repo, SOURCE, "a: 2\nreplicas: 3\n");
    let only = format!("{TARGET}:$.replicas");
    promoted(&repo, &["--only", &only]);
    change(&repo, SOURCE, "a: 2\nreplicas: 5\n");
    change(&repo, TARGET, "a: 1\nreplicas: 30\n");
    let before = repo.tip("HEAD");
    let ran = run(&repo, &["--promote", "changes"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert_eq!(repo.tip("HEAD"), before);
    let message = "both changed replicas: base 3, staging 5, production 30";
    assert!(ran.stdout.contains(message), "{}", ran.stdout);
    let json = run(&repo, &["--promote", "changes", "--output", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["conflicts"][0]["base"], "3");
    let wrong = run(&repo, &["--promote", "changes", "--take", "target=a"]);
    assert_eq!(wrong.code, 2, "{}", wrong.stderr);
    let keep = promoted(
        &repo,
        &["--promote", "changes", "--take", "target=replicas"],
    );
    assert_eq!(keep, "a: 2\nreplicas: 30\n");
    repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    let selector = format!("source={only}");
    let take = promoted(&repo, &["--promote", "changes", "--take", &selector]);
    assert_eq!(take, "a: 2\nreplicas: 5\n");
}

#[test]
fn an_undone_promotion_shows_again() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\n");
    let base = ["--promote", "changes", "--base", "HEAD~1"];
    assert_eq!(promoted(&repo, &base), "a: 2\nb: 1\n");
    repo.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(repo.show("HEAD", TARGET), "a: 1\nb: 1\n");
    // The promotion before the undone one is the creation of the file.
    assert_eq!(promoted(&repo, &["--promote", "changes"]), "a: 2\nb: 1\n");
}

#[test]
fn a_renamed_file_keeps_its_history() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\nc: 1\nd: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 1\nc: 1\nd: 1\n");
    change(&repo, TARGET, "a: 2\nb: 9\nc: 1\nd: 1\n");
    for env in ["staging", "production"] {
        let (old, new) = (format!("apps/{env}/web"), format!("apps/{env}/shop"));
        repo.git(&["mv", &old, &new]);
    }
    repo.git(&["commit", "-qm", "rename"]);
    let (source, target) = (
        "apps/staging/shop/values.yaml",
        "apps/production/shop/values.yaml",
    );
    change(&repo, source, "a: 2\nb: 1\nc: 2\nd: 1\n");
    let ran = run(&repo, &["--promote", "changes"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(repo.show("HEAD", target), "a: 2\nb: 9\nc: 2\nd: 1\n");
}

#[test]
fn a_reference_to_a_file_that_the_target_lacks_stays() {
    let world = World::new();
    let source = "apps/staging/web/kustomization.yaml";
    let target = "apps/production/web/kustomization.yaml";
    let first = "resources:\n  - web.yaml\nimages:\n  - name: web\n    newTag: 1.0.0\n";
    let repo = world.repository(&[(source, first), (target, first)]);
    let new =
        "resources:\n  - web.yaml\n  - extra.yaml\nimages:\n  - name: web\n    newTag: 1.1.0\n";
    let extra = "kind: ConfigMap\nmetadata:\n  name: extra\n";
    let file = "apps/staging/web/extra.yaml";
    repo.commit("change", &[(source, new), (file, extra)]);
    let kept = run(&repo, &[]);
    assert_eq!(kept.code, 0, "{}", kept.stderr);
    assert_eq!(repo.show("HEAD", target), first.replace("1.0.0", "1.1.0"));
    repo.git(&["revert", "--no-edit", "HEAD"]);
    let file = "apps/production/web/extra.yaml";
    let with = run(&repo, &["--only", target, "--only", file]);
    assert_eq!(with.code, 0, "{}", with.stderr);
    assert_eq!(repo.show("HEAD", target), new);
}

#[test]
fn a_version_without_an_order_that_the_target_had_before_is_a_rollback() {
    let world = World::new();
    let [old, new, newest] =
        ["1111111", "2222222", "3333333"].map(|id| format!("web:\n  tag: {id}a\n"));
    let repo = repository(&world, &old);
    // Production got a newer build by hand; staging still has the old one.
    change(&repo, TARGET, &new);
    let held = run(&repo, &[]);
    assert_eq!(held.code, 3, "{}", held.stdout);
    assert!(held.stdout.contains("rollback"), "{}", held.stdout);
    // Staging has it too, and a newer one: production follows.
    change(&repo, SOURCE, &new);
    change(&repo, SOURCE, &newest);
    assert_eq!(promoted(&repo, &[]), newest);
    // Staging went back itself.
    change(&repo, SOURCE, &old);
    assert_eq!(run(&repo, &[]).code, 3);
    // Production went back by hand: it follows staging again.
    change(&repo, SOURCE, &newest);
    change(&repo, TARGET, &new);
    assert_eq!(promoted(&repo, &[]), newest);
}

#[test]
fn the_versions_between_are_counted() {
    let world = World::new();
    let repo = repository(&world, "tag: 1.0.0\n");
    for tag in ["1.1.0", "1.2.0", "1.1.0", "1.3.0"] {
        change(&repo, SOURCE, &format!("tag: {tag}\n"));
    }
    let diff = |more: &[&str]| {
        let args = ["diff", "--from", "staging", "--to", "production"];
        repo.promote(&[&args[..], more].concat()).stdout
    };
    let text = diff(&[]);
    assert!(
        text.contains("1.0.0 -> 1.3.0  (2 versions between)"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&diff(&["--output", "json"])).unwrap();
    let difference = &json["applications"][0]["files"][0]["differences"][0];
    assert_eq!(difference["versions_between"], 2);
    assert_eq!(difference["relation"], "behind");
}

#[test]
fn builds_that_neither_side_had_before_diverged() {
    let world = World::new();
    let [old, new, own] = ["1111111", "2222222", "3333333"].map(|id| format!("tag: {id}a\n"));
    let repo = repository(&world, &old);
    change(&repo, SOURCE, &new);
    change(&repo, TARGET, &own);
    let args = [
        "diff",
        "--from",
        "staging",
        "--to",
        "production",
        "--output",
        "json",
    ];
    let json: serde_json::Value = serde_json::from_str(&repo.promote(&args).stdout).unwrap();
    let difference = &json["applications"][0]["files"][0]["differences"][0];
    assert_eq!(difference["relation"], "diverged");
}

/// Production takes each of the builds from staging, one round after the other.
fn take_rounds(repo: &Repo<'_>, builds: &[&str]) {
    for build in builds {
        change(repo, SOURCE, &format!("tag: {build}\n"));
        change(repo, TARGET, &format!("tag: {build}\n"));
    }
}

/// The relation of the only difference, and how many versions are between.
fn relation(repo: &Repo<'_>) -> (String, Option<u64>) {
    let args = ["diff", "--from", "staging", "--to", "production"];
    let ran = repo.promote(&[&args[..], &["--output", "json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let difference = &json["applications"][0]["files"][0]["differences"][0];
    let relation = difference["relation"].as_str().unwrap().to_owned();
    (relation, difference["versions_between"].as_u64())
}

#[test]
fn more_than_the_last_two_promotions_show_the_order_of_builds() {
    let world = World::new();
    let rounds = ["b1b1b01", "b2b2b02", "b3b3b03", "b4b4b04"];
    let of = |name: &str, first: &str, newest: [&str; 2]| {
        let first = format!("tag: {first}\n");
        let repo = world.repository_at(name, &[(SOURCE, &first), (TARGET, &first)]);
        take_rounds(&repo, &rounds);
        for (path, build) in [SOURCE, TARGET].into_iter().zip(newest) {
            change(&repo, path, &format!("tag: {build}\n"));
        }
        (relation(&repo), run(&repo, &[]).code)
    };
    let owned = |relation: &str, between| (relation.to_owned(), between);
    let diverged = of("diverged", "a0a0a0a", ["111aaa1", "222bbb2"]);
    assert_eq!(diverged, (owned("diverged", None), 0));
    let behind = of("behind", "a0a0a0a", ["c7c7c07", "b1b1b01"]);
    assert_eq!(behind, (owned("behind", Some(3)), 0));
    // Staging goes back to the first build.
    let ahead = of("ahead", "a0a0a0a", ["a0a0a0a", "b4b4b04"]);
    assert_eq!(ahead, (owned("ahead", Some(3)), 3));
    // Versions that have an order are counted as well.
    let counted = of("counted", "1.0.0", ["1.7.0", "1.0.0"]);
    assert_eq!(counted, (owned("behind", Some(4)), 0));
}

#[test]
fn what_the_last_promotions_left_out_is_reported() {
    let world = World::new();
    let repo = repository(&world, &values("1.0.0", "5.0.0", "1"));
    for version in ["1.1.0", "1.2.0"] {
        change(&repo, SOURCE, &values(version, "5.1.0", "1"));
        change(&repo, TARGET, &values(version, "5.0.0", "1"));
    }
    change(&repo, SOURCE, &values("1.3.0", "5.1.0", "1"));
    let diff = repo.promote(&["diff", "--from", "staging", "--to", "production"]);
    let message = "web sidecar.image.tag 5.0.0 -> 5.1.0 stays: the last two promotions left it out";
    assert!(diff.stdout.contains(message), "{}", diff.stdout);
}

#[test]
fn an_undone_promotion_of_a_build_is_no_rollback() {
    let world = World::new();
    let [old, new] = ["1111111a", "2222222a"].map(|id| format!("web:\n  tag: {id}\n"));
    let repo = world.repository(&[(SOURCE, &new), (TARGET, &old)]);
    assert_eq!(promoted(&repo, &[]), new);
    repo.git(&["revert", "--no-edit", "HEAD"]);
    assert_eq!(promoted(&repo, &[]), new);
}

#[test]
fn a_digest_is_as_new_as_the_tag_beside_it() {
    let world = World::new();
    let image = |tag: &str, digit: &str| {
        format!(
            "image:\n  tag: {tag}\n  digest: sha256:{}\n",
            digit.repeat(64)
        )
    };
    let repo = repository(&world, &image("1.0.0", "a"));
    change(&repo, TARGET, &image("1.1.0", "b"));
    change(&repo, TARGET, &image("1.0.0", "a"));
    change(&repo, SOURCE, &image("1.1.0", "b"));
    assert_eq!(promoted(&repo, &[]), image("1.1.0", "b"));
}

#[test]
fn sizes_addresses_and_secrets_do_not_come_with_a_version() {
    let world = World::new();
    let repo = repository(
        &world,
        "tag: 1.0.0\nreplicas: 3\ndb: {url: a, password: b, pool: 1}\n",
    );
    let new = "tag: 1.1.0\nreplicas: 1\ndb: {url: x, password: y, pool: 2}\n";
    change(&repo, SOURCE, new);
    let expected = "tag: 1.1.0\nreplicas: 3\ndb: {url: a, password: b, pool: 2}\n";
    assert_eq!(promoted(&repo, &[]), expected);
}

#[test]
fn a_shallow_clone_does_not_take_its_oldest_commit_for_a_promotion() {
    let world = World::new();
    let repo = repository(&world, "level: info\n");
    change(&repo, SOURCE, "level: debug\n");
    let shallow = world.path("shallow");
    let from = format!("file://{}", repo.dir.display());
    let to = shallow.display().to_string();
    world.git(&["clone", "--quiet", "--depth", "1", &from, &to]);
    let args = [
        "diff",
        "--from",
        "staging",
        "--to",
        "production",
        "--promote",
        "changes",
    ];
    let diff = world.promote_in(&shallow, &args);
    assert!(diff.stdout.contains("has no promotion"), "{}", diff.stdout);
}

#[test]
fn a_promotion_that_was_undone_and_done_again_counts() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\n");
    change(&repo, SOURCE, "a: 2\nb: 2\n");
    let only = format!("{TARGET}:$.a");
    promoted(&repo, &["--only", &only]);
    repo.git(&["revert", "--no-edit", "HEAD"]);
    repo.git(&["revert", "--no-edit", "HEAD"]);
    change(&repo, TARGET, "a: 9\nb: 1\n");
    let after = promoted(&repo, &["--promote", "changes"]);
    assert_eq!(after, "a: 9\nb: 2\n");
}

#[test]
fn the_history_does_not_depend_on_settings_of_git() {
    let world = World::new();
    let repo = repository(&world, "a: 1\nb: 1\nc: 1\nd: 1\n");
    change(&repo, TARGET, "a: 1\nb: 9\nc: 1\nd: 1\n");
    // Both files get another name and another value, so that neither is the likely source of the other.
    let old = [SOURCE, TARGET];
    let new = old.map(|path| path.replace("values.yaml", "settings.yaml"));
    for (old, new) in old.iter().zip(&new) {
        repo.git(&["mv", old, new]);
        let text = repo.read(new).replace("d: 1", "d: 2");
        repo.write(new, &text);
    }
    repo.git(&["commit", "-qam", "rename"]);
    change(&repo, &new[0], "a: 2\nb: 1\nc: 1\nd: 2\n");
    repo.git(&["config", "diff.renameLimit", "1"]);
    for variable in ["GIT_LITERAL_PATHSPECS", "GIT_ICASE_PATHSPECS"] {
        let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
        command.current_dir(&repo.dir).env(variable, "1");
        command.args(["diff", "--from", "staging", "--to", "production"]);
        let ran: Ran = command
            .args(["--promote", "changes"])
            .output()
            .unwrap()
            .into();
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains("a  1 -> 2"), "{}", ran.stdout);
    }
}
