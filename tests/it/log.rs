//! `git promote log` in real repositories.

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Ran, Repo, World};

const API: [&str; 2] = [
    "apps/staging/api/values.yaml",
    "apps/production/api/values.yaml",
];
const WEB: [&str; 2] = [
    "apps/staging/web/values.yaml",
    "apps/production/web/values.yaml",
];

fn values(tag: &str) -> String {
    format!("image:\n  tag: {tag}\n")
}

/// A repository in which staging is ahead with both applications.
fn repository(world: &World) -> Repo<'_> {
    let (old, new) = (values("1.0.0"), values("1.1.0"));
    world.repository(&[
        (API[0], &new),
        (API[1], &old),
        (WEB[0], &new),
        (WEB[1], &old),
    ])
}

fn promote(repo: &Repo<'_>, service: &str) {
    let ran = repo.promote(&[
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        service,
        "--yes",
    ]);
    assert_eq!(ran.code, 0, "{ran}");
}

fn log(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let ran = repo.promote(&[&["log"], more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn json(repo: &Repo<'_>, more: &[&str]) -> Vec<Value> {
    let ran = log(repo, &[&["--output", "json"], more].concat());
    let mut json: Value = serde_json::from_str(&ran.stdout).unwrap();
    json["promotions"]
        .as_array_mut()
        .unwrap()
        .drain(..)
        .collect()
}

/// The applications of each listed promotion.
fn listed(repo: &Repo<'_>, more: &[&str]) -> Vec<String> {
    let names = |promotion: &Value| {
        let applications = promotion["applications"].as_array().unwrap().iter();
        let names = applications.map(|a| a["name"].as_str().unwrap());
        names.collect::<Vec<_>>().join(", ")
    };
    json(repo, more).iter().map(names).collect()
}

#[test]
fn promotions_are_listed_newest_first_with_their_versions() {
    let world = World::new();
    let repo = repository(&world);
    promote(&repo, "api");
    repo.commit("Promote by hand", &[("apps/production/notes.txt", "x\n")]);
    promote(&repo, "web");
    assert_snapshot!(repo.redact(log(&repo, &[])), @"
    exit 0
    --- stdout
    date              promotion              applications        by   commit
    2026-01-02 03:04  staging -> production  web 1.0.0 -> 1.1.0  Ada  [COMMIT]
    2026-01-02 03:04  staging -> production  api 1.0.0 -> 1.1.0  Ada  [COMMIT]

    --- stderr
    ");
    assert_snapshot!(repo.redact(log(&repo, &["--output", "markdown"]).stdout), @"
    | date | promotion | applications | by | commit |
    |---|---|---|---|---|
    | `2026-01-02 03:04` | `staging -> production` | `web 1.0.0 -> 1.1.0` | `Ada` | `[COMMIT]` |
    | `2026-01-02 03:04` | `staging -> production` | `api 1.0.0 -> 1.1.0` | `Ada` | `[COMMIT]` |
    ");
}

#[test]
fn environments_applications_products_and_a_limit_choose() {
    let world = World::new();
    let repo = repository(&world);
    let settings = "version: 1\nenvironments:\n  - {name: staging, aliases: [stg]}\n  \
                    - {name: production, aliases: [prod]}\nproducts:\n  \
                    - {name: shop, applications: [web]}\n";
    repo.commit("configure", &[("promote.yaml", settings)]);
    promote(&repo, "api");
    promote(&repo, "web");
    for (more, expected) in [
        (&[][..], &["web", "api"][..]),
        (&["--service", "api"], &["api"]),
        (&["--product", "shop"], &["web"]),
        (&["--product", "shop", "--service", "api"], &["web", "api"]),
        (&["--from", "stg", "--to", "prod"], &["web", "api"]),
        (&["--to", "staging"], &[]),
        (&["--limit", "1"], &["web"]),
    ] {
        assert_eq!(listed(&repo, more), expected, "{more:?}");
    }
    let older = log(&repo, &["--limit", "1"]).stdout;
    assert!(older.contains("there are older promotions"), "{older}");
    let unknown = repo.promote(&["log", "--product", "shops", "--output", "json"]);
    assert_eq!(unknown.code, 2, "{unknown}");
    let error: Value = serde_json::from_str(&unknown.stdout).unwrap();
    assert_eq!(error["error"]["message"], "there is no product `shops`");
    let nothing = log(&repo, &["--to", "staging"]);
    assert_eq!(nothing.stdout, "no promotions on main\n");
}

#[test]
fn unknown_names_are_errors_and_those_of_the_history_are_known() {
    let world = World::new();
    let repo = repository(&world);
    promote(&repo, "api");
    for (more, error, hint) in [
        (
            ["--to", "prodction"],
            "there is no environment `prodction`",
            "`production`",
        ),
        (
            ["--from", "stagin"],
            "there is no environment `stagin`",
            "`staging`",
        ),
        (["--service", "ap"], "there is no application `ap`", "`api`"),
    ] {
        let ran = repo.promote(&[&["log"], &more[..]].concat());
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(error), "{ran}");
        assert!(
            ran.stderr.contains(&format!("did you mean {hint}")),
            "{ran}"
        );
    }
    // It is there, but was never promoted.
    assert_eq!(listed(&repo, &["--service", "web"]), Vec::<String>::new());
    repo.git(&["rm", "-rq", "apps"]);
    repo.commit("all gone", &[("notes.txt", "x\n")]);
    assert_eq!(
        listed(&repo, &["--to", "production", "--service", "api"]),
        ["api"]
    );
}

#[test]
fn a_merged_pull_request_is_one_promotion() {
    let world = World::new();
    let repo = repository(&world);
    repo.git(&["checkout", "-qb", "promote/api"]);
    promote_here(&repo, "api");
    let promotion = repo.tip("HEAD");
    let message = repo.git(&["log", "-1", "--format=%B"]);
    repo.git(&["checkout", "-q", "main"]);
    // Some people let the forge repeat the commit's message in the merge.
    let merged = format!("Merge pull request #12 from acme/promote/api\n\n{message}");
    repo.git(&["merge", "-q", "--no-ff", "-m", &merged, "promote/api"]);
    let merge = repo.tip("HEAD");
    repo.git(&["checkout", "-qb", "promote/web"]);
    promote_here(&repo, "web");
    let message = repo.git(&["log", "-1", "--format=%B"]);
    repo.git(&["checkout", "-q", "main"]);
    repo.git(&["merge", "-q", "--squash", "promote/web"]);
    let squashed = message.replacen('\n', " (#13)\n", 1);
    repo.git(&["commit", "-qm", &squashed]);
    let [web, api] = json(&repo, &[]).try_into().unwrap();
    assert_eq!(web["pull_request"], 13);
    assert_eq!(web["commit"], repo.tip("HEAD"));
    assert_eq!(web["merge"], Value::Null);
    assert_eq!(api["pull_request"], 12);
    assert_eq!(api["commit"], promotion);
    assert_eq!(api["merge"]["commit"], merge);
}

#[test]
fn a_merge_into_another_branch_brings_nothing() {
    let world = World::new();
    let repo = repository(&world);
    repo.git(&["checkout", "-qb", "feature"]);
    repo.commit("a note", &[("notes.txt", "x\n")]);
    repo.git(&["checkout", "-q", "main"]);
    promote_here(&repo, "api");
    repo.git(&["checkout", "-q", "feature"]);
    let title = "Merge branch 'main' into feature";
    repo.git(&["merge", "-q", "--no-ff", "-m", title, "main"]);
    repo.git(&["checkout", "-q", "main"]);
    let title = "Merge pull request #15 from acme/feature";
    repo.git(&["merge", "-q", "--no-ff", "-m", title, "feature"]);
    let [api] = json(&repo, &[]).try_into().unwrap();
    assert_eq!(
        (&api["merge"], &api["pull_request"]),
        (&Value::Null, &Value::Null)
    );
}

/// Promotes on the branch that is checked out.
fn promote_here(repo: &Repo<'_>, service: &str) {
    let branch = repo.git(&["branch", "--show-current"]);
    let ran = repo.promote(&[
        "--from",
        "staging",
        "--to",
        "production",
        "--service",
        service,
        "--yes",
        "--branch",
        &branch,
    ]);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn a_reverted_promotion_is_marked_until_the_revert_is_reverted() {
    let world = World::new();
    let repo = repository(&world);
    promote(&repo, "api");
    repo.git(&["revert", "--no-edit", "HEAD"]);
    let revert = repo.tip("HEAD");
    let [reverted] = json(&repo, &[]).try_into().unwrap();
    assert_eq!(reverted["reverted_by"], revert);
    let text = log(&repo, &[]).stdout;
    assert!(
        text.contains(&format!("reverted by {}", &revert[..7])),
        "{text}"
    );
    repo.git(&["revert", "--no-edit", "HEAD"]);
    let [again] = json(&repo, &[]).try_into().unwrap();
    assert_eq!(again["reverted_by"], Value::Null);
}

#[test]
fn a_message_alone_reverts_nothing() {
    let world = World::new();
    let repo = repository(&world);
    promote(&repo, "api");
    let promotion = repo.tip("HEAD");
    let quote = format!("Fix\n\nThis reverts commit {promotion}.");
    repo.commit(&quote, &[("notes.txt", "x\n")]);
    let [listed] = json(&repo, &[]).try_into().unwrap();
    assert_eq!(listed["reverted_by"], Value::Null);
    assert_eq!(listed["partly_reverted_by"], Value::Null);
}

#[test]
fn a_squashed_revert_names_the_pull_request() {
    let world = World::new();
    let repo = repository(&world);
    promote(&repo, "api");
    let message = repo.git(&["log", "-1", "--format=%B"]);
    let squashed = message.replacen('\n', " (#12)\n", 1);
    repo.git(&["commit", "-q", "--amend", "-m", &squashed]);
    for line in [
        "Reverts acme/shop#12",
        "This reverts merge request acme/shop!12",
    ] {
        repo.git(&["revert", "--no-commit", "HEAD"]);
        repo.git(&[
            "commit",
            "-qm",
            &format!("Revert \"Promote api\" (#13)\n\n{line}"),
        ]);
        let [listed] = json(&repo, &[]).try_into().unwrap();
        assert_eq!(listed["reverted_by"], repo.tip("HEAD"), "{line}");
        repo.git(&["reset", "-q", "--hard", "HEAD~1"]);
    }
}

#[test]
fn a_revert_after_another_change_of_the_file_counts() {
    let world = World::new();
    let repo = repository(&world);
    let more = |tag: &str| format!("{}# In May:\n# two more.\nreplicas: 3\n", values(tag));
    repo.commit("more", &[(API[1], &more("1.0.0"))]);
    promote(&repo, "api");
    let promotion = repo.tip("HEAD");
    let hotfix = more("1.1.0").replace("replicas: 3", "replicas: 5");
    repo.commit("hotfix", &[(API[1], &hotfix)]);
    repo.git(&["revert", "--no-edit", &promotion]);
    let [listed] = json(&repo, &[]).try_into().unwrap();
    assert_eq!(listed["reverted_by"], repo.tip("HEAD"));
}

#[test]
fn the_log_is_that_of_the_remotes_branch() {
    let world = World::new();
    let old = values("1.0.0");
    let (remote, clone) = world.cloned(&[(API[0], &values("1.1.0")), (API[1], &old)]);
    let other = world.clone_of(&remote, "other");
    promote(&other, "api");
    assert_eq!(listed(&clone, &["--no-push"]), Vec::<String>::new());
    assert_eq!(listed(&clone, &[]), ["api"]);
    // Nothing but fetched objects and references has changed.
    assert_eq!(clone.status(), "");
}

#[test]
fn the_json_has_a_schema() {
    let world = World::new();
    let repo = repository(&world);
    promote(&repo, "api");
    let document = log(&repo, &["--output", "json"]).stdout;
    let schema = world.promote(&["schema", "log"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let document: Value = serde_json::from_str(&document).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    assert_eq!(document["schema"], "git-promote/log/v1");
    let promotion = &document["promotions"][0];
    assert_eq!(promotion["time"], "2026-01-02T03:04:05Z");
    let version = &promotion["applications"][0]["version"];
    assert_eq!(
        *version,
        serde_json::json!({"before": "1.0.0", "after": "1.1.0"})
    );
}
