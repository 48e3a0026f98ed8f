//! Files that were moved after they were promoted.

use crate::world::{Ran, Repo, World};

/// Production was promoted to 1.1.0, and then the application moved to another folder.
fn repository(world: &World) -> Repo<'_> {
    let repo = world.repository(&[
        ("apps/web/staging/values.yaml", "tag: 1.0.0\nlevel: info\n"),
        (
            "apps/web/production/values.yaml",
            "tag: 1.0.0\nlevel: info\n",
        ),
    ]);
    let new = "tag: 1.1.0\nlevel: debug\n";
    repo.commit("1.1.0", &[("apps/web/staging/values.yaml", new)]);
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    move_to(&repo, "apps", "teams");
    repo
}

fn move_to(repo: &Repo<'_>, from: &str, to: &str) {
    std::fs::create_dir(repo.dir.join(to)).unwrap();
    repo.git(&["mv", &format!("{from}/web"), &format!("{to}/web")]);
    repo.commit("move", &[]);
}

fn promote(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let args = ["--from", "staging", "--to", "production", "--yes"];
    repo.promote(&[&args, more].concat())
}

#[test]
fn a_promotion_is_reverted_where_its_files_are_now() {
    let world = World::new();
    let repo = repository(&world);
    move_to(&repo, "teams", "groups");
    let target = "groups/web/production/values.yaml";
    let ran = repo.promote(&["revert", "HEAD~2", "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.show("HEAD", target), "tag: 1.0.0\nlevel: info\n");
    // The log shows it, and a revert of the revert restores the promotion.
    let log = repo.promote(&["log"]);
    assert!(log.stdout.contains("reverted by"), "{log}");
    let again = repo.promote(&["revert", "HEAD~3", "--yes"]);
    assert!(again.stdout.contains("already reverted"), "{again}");
    let ran = repo.promote(&["revert", "HEAD", "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.show("HEAD", target), "tag: 1.1.0\nlevel: debug\n");
}

#[test]
fn what_was_changed_before_or_after_the_move_stays() {
    let world = World::new();
    let repo = repository(&world);
    let target = "teams/web/production/values.yaml";
    repo.commit("own", &[(target, "tag: 1.1.0\nlevel: trace\n")]);
    let ran = repo.promote(&["revert", "HEAD~2", "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    let short = &repo.tip("HEAD~1")[..7];
    let since = format!("changed since by {short}");
    assert!(ran.stdout.contains(&since), "{ran}");
    assert_eq!(repo.show("HEAD", target), "tag: 1.0.0\nlevel: trace\n");
}

#[test]
fn a_version_from_before_the_move_is_found() {
    let world = World::new();
    let repo = repository(&world);
    let target = "teams/web/production/values.yaml";
    let one = ["--service", "web", "--version", "1.0.0"];
    let ran = promote(&repo, &one);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.show("HEAD", target), "tag: 1.0.0\nlevel: info\n");
    // It is the base of the next promotion.
    repo.commit(
        "1.2.0",
        &[(
            "teams/web/staging/values.yaml",
            "tag: 1.2.0\nlevel: debug\n",
        )],
    );
    let ran = promote(&repo, &["--promote", "changes"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(repo.show("HEAD", target), "tag: 1.2.0\nlevel: debug\n");
}

#[test]
fn another_file_at_the_old_path_is_not_followed() {
    let world = World::new();
    let repo = repository(&world);
    // Another application takes the old place, and moves on.
    let other = "tag: 1.1.0\nlevel: debug\nother: true\n";
    repo.commit("other", &[("apps/web/production/values.yaml", other)]);
    std::fs::create_dir(repo.dir.join("groups")).unwrap();
    repo.git(&["mv", "apps/web", "groups/web"]);
    repo.commit("move the other", &[]);
    let ran = repo.promote(&["revert", "HEAD~3", "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    let own = "teams/web/production/values.yaml";
    assert_eq!(repo.show("HEAD", own), "tag: 1.0.0\nlevel: info\n");
    assert_eq!(
        repo.show("HEAD", "groups/web/production/values.yaml"),
        other
    );
}

#[test]
fn an_equal_file_of_another_application_is_no_moved_one() {
    let world = World::new();
    let file = |app: &str, environment: &str| format!("apps/{app}/{environment}/values.yaml");
    let all = ["web", "api"].map(|app| ["staging", "production"].map(|e| file(app, e)));
    let old: Vec<(&str, &str)> = all
        .iter()
        .flatten()
        .map(|p| (&**p, "tag: 1.0.0\n"))
        .collect();
    let repo = world.repository(&old);
    let new = all
        .each_ref()
        .map(|[staging, _]| (&**staging, "tag: 1.1.0\n"));
    repo.commit("1.1.0", &new);
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    let ran = repo.promote(&["revert", "HEAD", "--service", "web", "--yes"]);
    assert_eq!(ran.code, 0, "{ran}");
    let log = repo.promote(&["log"]);
    assert!(log.stdout.contains("partly reverted by"), "{log}");
}

#[test]
fn a_file_that_takes_the_place_of_a_moved_one_is_found_too() {
    let world = World::new();
    let main = |tag: &str| format!("tag: {tag}\nlevel: info\nport: 80\n");
    let extra = "owner: team\nhost: a\nzone: b\n";
    let (old, new) = (main("1.0.0"), main("1.1.0"));
    let repo = world.repository(&[
        ("apps/web/staging/values.yaml", &old),
        ("apps/web/staging/extra.yaml", extra),
        ("apps/web/production/values.yaml", &old),
        ("apps/web/production/extra.yaml", extra),
    ]);
    repo.commit("1.1.0", &[("apps/web/staging/values.yaml", &new)]);
    let ran = promote(&repo, &[]);
    assert_eq!(ran.code, 0, "{ran}");
    for [from, to] in [["values", "main"], ["extra", "values"]] {
        for environment in ["staging", "production"] {
            let path = |name: &str| format!("apps/web/{environment}/{name}.yaml");
            repo.git(&["mv", &path(from), &path(to)]);
        }
        repo.commit("move", &[]);
    }
    let args = ["diff", "--from", "staging", "--to", "production", "--kept"];
    let one = ["--service", "web", "--version", "1.0.0"];
    let ran = repo.promote(&[&args[..], &one].concat());
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("production/main.yaml"), "{ran}");
    assert!(!ran.stdout.contains("production/values.yaml"), "{ran}");
}
