//! Environments in repositories of their own.

mod proposed;
mod reached;
mod revisions;
mod several;

use serde_json::Value;

use crate::world::{Ran, Repo, World};

const FROM_TO: [&str; 4] = ["--from", "staging", "--to", "prod"];

/// The file of `api` from the folder of its environment.
const FILE: &str = "apps/api/values.yaml";

fn values(version: &str) -> String {
    format!("image:\n  repository: acme/api\n  tag: {version}\n")
}

/// A configuration of `staging` and `prod` with these other keys.
fn configuration(staging: &str, prod: &str) -> String {
    format!("environments:\n  - {{name: staging{staging}}}\n  - {{name: prod{prod}}}\n")
}

/// A clone of the repository with `staging` and the configuration, its remote, and the repository of
/// `prod`, which is at `../prod.git` from there.
struct Apart<'w> {
    remote: Repo<'w>,
    clone: Repo<'w>,
    prod: Repo<'w>,
}

impl<'w> Apart<'w> {
    fn new(world: &'w World) -> Self {
        Self::with(world, &values("1.5.0"), &values("1.4.2"))
    }

    fn with(world: &'w World, staging: &str, prod: &str) -> Self {
        let configuration = configuration(", path: staging", ", repository: ../prod.git, path: .");
        Self::configured(world, &configuration, staging, prod)
    }

    fn configured(world: &'w World, configuration: &str, staging: &str, prod: &str) -> Self {
        let file = format!("staging/{FILE}");
        let (remote, clone) = world.cloned(&[("promote.yaml", configuration), (&file, staging)]);
        let prod = world.bare_at("prod.git", &[(FILE, prod)]);
        Self {
            remote,
            clone,
            prod,
        }
    }

    /// Pushes another state of the source, or of the configuration.
    fn push(&self, path: &str, text: &str) {
        self.clone.commit("by a person", &[(path, text)]);
        self.clone.git(&["push", "-q", "origin", "main"]);
    }
}

/// Runs a promotion from `staging` to `prod` with more arguments.
fn promote(repo: &Repo<'_>, more: &[&str]) -> Ran {
    repo.promote(&[&FROM_TO, more].concat())
}

/// The same; it must succeed.
fn promoted(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let ran = promote(repo, more);
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn as_json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {ran}"))
}

/// Files by path.
type Files<'a> = &'a [(&'a str, &'a str)];

/// The keys of both environments; the files at home, in `a.git` and in `b.git`; the target's repository and
/// its file.
type Row<'a> = ([&'a str; 2], [Files<'a>; 3], [&'a str; 2]);

#[test]
fn source_and_target_are_in_any_repositories() {
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let under = |folder: &str| format!("{folder}/{FILE}");
    let (staging, prod) = (under("envs/staging"), under("envs/prod"));
    let table: &[Row<'_>] = &[
        (
            [", path: envs/staging", ", repository: ../a.git, path: ."],
            [&[(&staging, &new)], &[(FILE, &old)], &[]],
            ["a.git", FILE],
        ),
        (
            [", repository: ./../a.git, branch: main", ""],
            [&[(&prod, &old)], &[(FILE, &new)], &[]],
            ["remote.git", &prod],
        ),
        (
            [", repository: ../a.git", ", repository: ../b.git"],
            [&[], &[(FILE, &new)], &[(FILE, &old)]],
            ["b.git", FILE],
        ),
        (
            [
                ", repository: ../a.git, path: envs/staging",
                ", repository: ../a.git, path: envs/prod",
            ],
            [&[], &[(&staging, &new), (&prod, &old)], &[]],
            ["a.git", &prod],
        ),
        // Names in paths, and the repository with the configuration by its own URL.
        (
            [", repository: ../remote.git", ", repository: ../b.git"],
            [&[(&staging, &new)], &[], &[(&prod, &old)]],
            ["b.git", &prod],
        ),
    ];
    for (keys, files, [target, file]) in table {
        let world = World::new();
        let configuration = configuration(keys[0], keys[1]);
        let home = [files[0], &[("promote.yaml", configuration.as_str())]].concat();
        let (remote, clone) = world.cloned(&home);
        let repositories = [
            ("remote.git", remote),
            ("a.git", world.bare_at("a.git", files[1])),
            ("b.git", world.bare_at("b.git", files[2])),
        ];
        let of_target = &repositories
            .iter()
            .find(|(name, _)| name == target)
            .unwrap()
            .1;
        let others = || -> Vec<String> {
            let others = repositories.iter().filter(|(name, _)| name != target);
            others.map(|(_, repo)| repo.tip("main")).collect()
        };
        let before = others();
        let preview = promoted(&clone, &["--dry-run", "--output", "json"]);
        assert!(preview.stdout.contains("1.4.2"), "{keys:?}: {preview}");
        assert_eq!(of_target.show("main", file), old, "{keys:?}");
        promoted(&clone, &["--service", "api", "--yes"]);
        assert_eq!(of_target.show("main", file), new, "{keys:?}");
        assert_eq!(of_target.git(&["rev-list", "--count", "main"]), "2");
        assert_eq!(others(), before, "{keys:?}");
        let again = promoted(&clone, &["--yes"]);
        let nothing = "nothing to promote from staging to prod";
        assert_eq!(again.result(), nothing, "{keys:?}");
        assert_eq!(clone.status(), "", "{keys:?}");
        for (_, repository) in &repositories {
            repository.assert_sound();
        }
        clone.assert_sound();
    }
}

#[test]
fn the_branches_of_the_clone_stay() {
    let world = World::new();
    let apart = Apart::new(&world);
    let references = |repo: &Repo<'_>| repo.git(&["for-each-ref", "refs/heads", "refs/remotes"]);
    let before = references(&apart.clone);
    let ran = promoted(&apart.clone, &["--yes"]);
    assert_eq!(references(&apart.clone), before);
    assert_eq!(
        references(&apart.remote).lines().count(),
        1,
        "nothing was pushed home"
    );
    let message = apart.prod.git(&["log", "-1", "--format=%B", "main"]);
    let url = apart.remote.dir.display();
    let named = format!("Promotion-Source-Repository: file://{url}\n");
    assert!(message.contains(&named), "{message}");
    let short = &apart.prod.tip("main")[..7];
    assert!(ran.stdout.contains(short), "{ran}");
    assert!(ran.stdout.contains("../prod.git"), "{ran}");
}

#[test]
fn another_branch_than_the_default_one_is_named() {
    let world = World::new();
    let configuration = configuration(
        ", path: staging",
        ", repository: ../prod.git, branch: live, path: .",
    );
    let new = values("1.5.0");
    let apart = Apart::configured(&world, &configuration, &new, &values("1.4.2"));
    let missing = promote(&apart.clone, &["--yes"]);
    assert_eq!(missing.code, 2, "{missing}");
    assert!(
        missing
            .stderr
            .contains("no branch `live` on remote `../prod.git`"),
        "{missing}"
    );
    apart.prod.git(&["branch", "live", "main"]);
    promoted(&apart.clone, &["--yes"]);
    assert_eq!(apart.prod.show("live", FILE), new);
    assert_eq!(apart.prod.show("main", FILE), values("1.4.2"));
}

#[test]
fn a_target_that_moves_is_planned_again_and_the_source_is_pinned() {
    let world = World::new();
    let apart = Apart::new(&world);
    let source = apart.remote.tip("main");
    let push = |repository: &Repo<'_>, name: &str, path: &str, text: &str| {
        let other = world.clone_of(repository, name);
        other.commit("meanwhile", &[(path, text)]);
        let log = world.path("push");
        format!(
            "git -C {} push -q origin main 2>> {}",
            other.dir.display(),
            log.display()
        )
    };
    // Between plan and push, both repositories get a commit.
    let script = [
        push(&apart.prod, "other-prod", "README.md", "prod\n"),
        push(
            &apart.remote,
            "other-staging",
            &format!("staging/{FILE}"),
            &values("1.6.0"),
        ),
    ];
    promoted(&apart.clone, &["--yes", "--verify", &script.join("; ")]);
    assert_eq!(apart.prod.show("main", FILE), values("1.5.0"));
    assert_eq!(apart.prod.show("main", "README.md"), "prod\n");
    let message = apart.prod.git(&["log", "-1", "--format=%B", "main"]);
    assert!(
        message.contains(&format!("Promotion-Source: {source}\n")),
        "{message}"
    );
}

#[test]
fn a_target_that_changes_what_is_promoted_stops_the_promotion() {
    let world = World::new();
    let apart = Apart::new(&world);
    let other = world.clone_of(&apart.prod, "other");
    other.commit("hotfix", &[(FILE, &values("1.4.3"))]);
    let script = format!("git -C {} push -q origin main", other.dir.display());
    let ran = promote(&apart.clone, &["--yes", "--verify", &script]);
    assert_eq!(ran.code, 4, "{ran}");
    assert_eq!(apart.prod.show("main", FILE), values("1.4.3"));
}

#[test]
fn hooks_of_both_repositories_are_heard() {
    let world = World::new();
    let apart = Apart::new(&world);
    apart
        .clone
        .hook("pre-push", "echo not on Fridays >&2; exit 1");
    let ran = promote(&apart.clone, &["--yes"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stderr.contains("not on Fridays"), "{ran}");
    apart
        .clone
        .hook("pre-push", "cat > seen; echo \"$2\" >> seen");
    apart.prod.hook("update", "echo welcome >&2");
    let ran = promoted(&apart.clone, &["--yes"]);
    assert!(ran.to_string().contains("welcome"), "{ran}");
    let seen = apart.clone.read("seen");
    assert!(seen.contains(&apart.prod.tip("main")), "{seen}");
    assert!(seen.contains("prod.git"), "{seen}");
}

#[test]
fn a_server_that_refuses_is_named_with_the_environment() {
    let world = World::new();
    let apart = Apart::new(&world);
    let before = apart.prod.tip("main");
    apart
        .prod
        .hook("update", "echo protected branch >&2; exit 1");
    let ran = promote(&apart.clone, &["--yes"]);
    assert_eq!(ran.code, 1, "{ran}");
    for part in ["environment `prod`", "`../prod.git`", "protected branch"] {
        assert!(ran.stderr.contains(part), "{part}: {ran}");
    }
    assert_eq!(apart.prod.tip("main"), before);
}

#[test]
fn changes_since_the_last_promotion_are_those_of_the_sources_repository() {
    let world = World::new();
    let limits = |version: &str, memory: &str, replicas: u32| {
        format!(
            "{}memory: {memory}\nreplicas: {replicas}\n",
            values(version)
        )
    };
    let apart = Apart::with(
        &world,
        &limits("1.5.0", "1Gi", 2),
        &limits("1.4.2", "1Gi", 5),
    );
    promoted(&apart.clone, &["--yes"]);
    let staging = format!("staging/{FILE}");
    apart.push(&staging, &limits("1.5.0", "2Gi", 2));
    // Another clone has nothing but what it fetches.
    let other = world.clone_of(&apart.remote, "other");
    let ran = promoted(&other, &["--promote", "changes", "--yes"]);
    assert_eq!(
        apart.prod.show("main", FILE),
        limits("1.5.0", "2Gi", 5),
        "{ran}"
    );
}

#[test]
fn a_promotion_into_another_repository_is_pushed_or_not_made() {
    let world = World::new();
    let apart = Apart::new(&world);
    let never = promote(&apart.clone, &["--no-push", "--dry-run"]);
    assert_eq!(never.code, 2, "{never}");
    assert!(never.stderr.contains("was not fetched before"), "{never}");
    promoted(&apart.clone, &["--dry-run"]);
    let preview = promoted(&apart.clone, &["--no-push", "--dry-run"]);
    assert!(preview.stdout.contains("1.5.0"), "{preview}");
    let before = apart.prod.tip("main");
    let ran = promote(&apart.clone, &["--no-push", "--yes"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("has to be pushed"), "{ran}");
    assert_eq!(apart.prod.tip("main"), before);
}
