//! `--version`: a version that the source's history has.

use insta::assert_snapshot;

use crate::world::{Ran, Repo, World};

const STAGING: &str = "apps/staging/api/values.yaml";
const PRODUCTION: &str = "apps/production/api/values.yaml";

fn values(tag: &str, level: &str) -> String {
    format!("image:\n  tag: {tag}\nlevel: {level}\n")
}

/// A repository in which staging had three versions, and production has the first one.
fn repository(world: &World) -> Repo<'_> {
    let first = values("1.3.1", "info");
    let repo = world.repository(&[
        (STAGING, &first),
        (PRODUCTION, &first),
        ("apps/staging/web/values.yaml", &first),
        ("apps/production/web/values.yaml", &first),
    ]);
    repo.commit("1.3.2", &[(STAGING, &values("v1.3.2", "debug"))]);
    repo.commit("1.4.0", &[(STAGING, &values("v1.4.0", "trace"))]);
    repo
}

fn promote(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let args = ["--from", "staging", "--to", "production", "--yes"];
    repo.promote(&[&args, more].concat())
}

#[test]
fn a_version_is_promoted_as_the_source_had_it() {
    let world = World::new();
    let repo = repository(&world);
    let ran = promote(&repo, &["--service", "api", "--version", "1.3.2"]);
    assert_snapshot!(repo.redact(&ran), @"
    exit 0
    --- stdout
    warning: api is promoted as staging had it in [COMMIT], with version v1.3.2

    api  1.3.1 -> v1.3.2
      apps/production/api/values.yaml
        image.tag  1.3.1 -> v1.3.2
        level      info -> debug  (came with the version)

    --- a/apps/production/api/values.yaml
    +++ b/apps/production/api/values.yaml
    @@ -1,3 +1,3 @@
     image:
    -  tag: 1.3.1
    -level: info
    +  tag: v1.3.2
    +level: debug

    commit message:
        Promote api v1.3.2 from staging to production

        apps/production/api/values.yaml: image.tag 1.3.1 -> v1.3.2
        apps/production/api/values.yaml: level changed

        Promotion-Id: [ID]
        Promotion-From: staging
        Promotion-To: production
        Promotion-Apps: api
        Promotion-Source: [COMMIT]
        Promotion-Target: [COMMIT]
        Promotion-Mode: versions

    staging -> production: 2 differences in 1 file of 1 application
    committed [COMMIT] on main

    --- stderr
    ");
    let source = repo.git(&[
        "log",
        "-1",
        "--format=%(trailers:key=Promotion-Source,valueonly)",
    ]);
    assert_eq!(source.trim(), repo.tip("HEAD~2"));
}

#[test]
fn going_back_is_chosen_and_shown() {
    let world = World::new();
    let repo = repository(&world);
    let ran = promote(&repo, &["--service", "api"]);
    assert_eq!(ran.code, 0, "{ran}");
    let held = promote(&repo, &["--service", "api", "--source", "HEAD~2"]);
    assert_eq!(held.code, 3, "{held}");
    let ran = promote(&repo, &["--service", "api", "--version", "v1.3.2"]);
    assert_eq!(ran.code, 0, "{ran}");
    let lines = ran
        .stdout
        .lines()
        .filter(|line| line.starts_with("warning"));
    let lines: Vec<&str> = lines.collect();
    assert_snapshot!(repo.redact(lines.join("\n")), @"
    warning by rollback: api image.tag v1.4.0 -> v1.3.2 is a rollback
    warning: api is promoted as staging had it in [COMMIT], with version v1.3.2
    ");
    assert!(repo.read(PRODUCTION).contains("tag: v1.3.2"));
}

/// Promotes what staging has, commits what production has of its `own`, and goes back to 1.0.0.
fn gone_back(repo: &Repo<'_>, forward: &[&str], own: Option<&str>, back: &[&str]) -> Ran {
    let ran = promote(repo, forward);
    assert_eq!(ran.code, 0, "{ran}");
    if let Some(own) = own {
        repo.commit("own", &[(PRODUCTION, own)]);
    }
    let one = ["--service", "api", "--version", "1.0.0"];
    promote(repo, &[&one, back].concat())
}

#[test]
fn what_came_with_a_version_goes_back_with_it() {
    let world = World::new();
    let first = "tag: 1.0.0\nlevel: info\nsize: 1\n";
    let of = |name: &str| {
        let repo = world.repository_at(name, &[(STAGING, first), (PRODUCTION, first)]);
        repo.commit("size", &[(STAGING, "tag: 1.0.0\nlevel: info\nsize: 2\n")]);
        let second = "tag: 1.1.0\nlevel: debug\nsize: 2\nflag: on\n";
        repo.commit("1.1.0", &[(STAGING, second)]);
        let third = "tag: 1.2.0\nlevel: debug\nsize: 2\nflag: on\nport: 8080\n";
        repo.commit("1.2.0", &[(STAGING, third)]);
        repo
    };
    for (name, mode) in [("versions", "versions"), ("changes", "changes")] {
        let repo = of(name);
        let ran = gone_back(&repo, &["--promote", mode], None, &["--promote", mode]);
        assert_eq!(
            (ran.code, repo.read(PRODUCTION).as_str()),
            (0, first),
            "{ran}"
        );
        // Forward again, it comes along again.
        let ran = promote(&repo, &["--promote", mode]);
        assert_eq!(ran.code, 0, "{ran}");
        let newest = "tag: 1.2.0\nlevel: debug\nsize: 1\nflag: on\nport: 8080\n";
        assert_eq!(repo.read(PRODUCTION), newest);
    }
    // What production changed or added since stays.
    let repo = of("own");
    let own = "tag: 1.2.0\nlevel: trace\nsize: 1\nflag: on\nport: 8080\nown: 1\n";
    let ran = gone_back(&repo, &[], Some(own), &[]);
    let expected = "tag: 1.0.0\nlevel: trace\nsize: 1\nown: 1\n";
    assert_eq!(
        (ran.code, repo.read(PRODUCTION).as_str()),
        (0, expected),
        "{ran}"
    );
    // Both changed the level since the recorded promotion.
    let repo = of("conflict");
    let ran = gone_back(&repo, &[], Some(own), &["--promote", "changes"]);
    assert_eq!(
        (ran.code, repo.read(PRODUCTION).as_str()),
        (4, own),
        "{ran}"
    );
}

#[test]
fn what_was_taken_by_hand_goes_back_with_its_version() {
    let world = World::new();
    let [first, second] = [values("1.0.0", "info"), values("1.1.0", "debug")];
    let repo = world.repository(&[(STAGING, &first), (PRODUCTION, &first)]);
    repo.commit("staging", &[(STAGING, &second)]);
    repo.commit("production", &[(PRODUCTION, &second)]);
    let ran = promote(&repo, &["--service", "api", "--version", "1.0.0"]);
    assert_eq!((ran.code, repo.read(PRODUCTION)), (0, first), "{ran}");
}

#[test]
fn a_build_that_staging_had_later_is_newer() {
    let world = World::new();
    let [old, new] = ["f1f1f1f", "a2a2a2a"].map(|build| values(build, "info"));
    let repo = world.repository(&[(STAGING, &old)]);
    repo.commit("new", &[(STAGING, &new), (PRODUCTION, &new)]);
    let ran = promote(&repo, &["--service", "api", "--source", "HEAD~1"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("held by rollback"), "{ran}");
}

#[test]
fn what_came_with_a_version_of_a_branch_goes_back_with_it() {
    let world = World::new();
    let [first, second] = [values("1.0.0", "info"), values("1.1.0", "debug")];
    let branches = "version: 1\nenvironments:\n  - {name: staging, branch: staging}\n  \
                    - {name: production, branch: main}\n";
    let repo = world.repository(&[
        ("promote.yaml", branches),
        (STAGING, &first),
        (PRODUCTION, &first),
    ]);
    repo.git(&["checkout", "-q", "-b", "staging"]);
    repo.commit("1.1.0", &[(STAGING, &second)]);
    repo.git(&["checkout", "-q", "main"]);
    let ran = gone_back(&repo, &[], None, &[]);
    assert_eq!((ran.code, repo.read(PRODUCTION)), (0, first), "{ran}");
}

#[test]
fn a_version_that_was_left_out_twice_can_be_chosen() {
    let world = World::new();
    let repo = repository(&world);
    for (n, level) in ["a", "b"].into_iter().enumerate() {
        let both = |tag: &str| format!("{}port: {n}\n", values(tag, level));
        let left_out = [(STAGING, &*both("v1.4.0")), (PRODUCTION, &*both("1.3.1"))];
        repo.commit("all but the version", &left_out);
    }
    let ran = promote(&repo, &["--service", "api", "--dry-run"]);
    assert!(ran.stdout.contains("left out by the last two"), "{ran}");
    let ran = promote(&repo, &["--service", "api", "--version", "1.4.0"]);
    assert!(repo.read(PRODUCTION).contains("tag: v1.4.0"), "{ran}");
}

#[test]
fn errors_name_the_versions_that_there_were() {
    let world = World::new();
    let repo = repository(&world);
    let ran = promote(&repo, &["--service", "api", "--version", "1.3.3"]);
    assert_snapshot!(repo.redact(&ran), @"
    exit 2
    --- stdout

    --- stderr
    error: api did not have version `1.3.3` in `staging`
    hint: did you mean `1.3.1` or `v1.3.2`?
    ");
    let ran = promote(&repo, &["--service", "api", "--version", "x"]);
    assert_snapshot!(repo.redact(ran.stderr), @"
    error: api did not have version `x` in `staging`
    hint: its newest versions are `v1.4.0`, `v1.3.2`, `1.3.1`
    ");
    let ran = promote(&repo, &["--version", "1.3.2"]);
    assert_snapshot!(repo.redact(ran.stderr), @"
    error: `--version 1.3.2` needs exactly one application
    hint: name it with `--service`
    ");
}

#[test]
fn errors_name_the_end_of_the_searched_history() {
    let world = World::new();
    let repo = repository(&world);
    let unknown = ["--service", "api", "--version", "1.2.0"];
    let bounded = promote(&repo, &[&unknown[..], &["--history", "2"]].concat());
    assert!(
        bounded
            .stderr
            .contains("in the newest 2 commits of its files"),
        "{bounded}"
    );
    let dir = world.path("shallow");
    let (from, to) = (
        format!("file://{}", repo.dir.display()),
        dir.display().to_string(),
    );
    world.git(&["clone", "--quiet", "--depth", "2", &from, &to]);
    let shallow = promote(&world.at(dir), &[&unknown[..], &["--no-push"]].concat());
    assert_snapshot!(repo.redact(shallow.stderr), @"
    error: api did not have version `1.2.0` in `staging`, as far as this shallow clone has its history
    hint: `git fetch --unshallow` fetches the whole history
    ");
}

#[test]
fn only_going_back_to_the_chosen_version_is_not_held() {
    let world = World::new();
    let text = |tag: &str, sidecar: &str| {
        format!("image:\n  tag: {tag}\nsidecar:\n  image:\n    tag: {sidecar}\n")
    };
    let first = text("1.3.1", "1.0.0");
    let repo = world.repository(&[(STAGING, &first), (PRODUCTION, &first)]);
    let second = text("1.4.0", "2.0.0");
    repo.commit("both", &[(STAGING, &second), (PRODUCTION, &second)]);
    let wanted = ["--service", "api", "--version", "1.3.1"];
    let held = promote(&repo, &wanted);
    assert_eq!(held.code, 3, "{held}");
    assert_eq!(repo.read(PRODUCTION), second);
    let allowed = promote(&repo, &[&wanted[..], &["--allow", "rollback"]].concat());
    assert_eq!(allowed.code, 0, "{allowed}");
    assert_eq!(repo.read(PRODUCTION), first);
}
