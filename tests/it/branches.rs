//! Environments on branches of their own.

use serde_json::{Value, json};

use crate::github::{StandIn, TOKEN};
use crate::world::{Ran, Repo, World};

const FROM_TO: [&str; 4] = ["--from", "staging", "--to", "prod"];

fn values(version: &str) -> String {
    format!("image:\n  repository: acme/api\n  tag: {version}\n")
}

/// Files of one branch by path.
type Files<'a> = &'a [(&'a str, &'a str)];

/// The keys of both environments, the files of the branches, and the file that is promoted to.
type Row<'a> = ([&'a str; 2], &'a [(&'a str, Files<'a>)], [&'a str; 2]);

/// A remote with these branches, and a clone of it with `main` checked out.
fn on_branches<'w>(world: &'w World, branches: &[(&str, Files<'_>)]) -> (Repo<'w>, Repo<'w>) {
    let mut branches = branches.iter();
    let (_, main) = branches.next().unwrap();
    let (remote, clone) = world.cloned(main);
    for (name, files) in branches {
        clone.git(&["checkout", "-q", "--orphan", name]);
        clone.git(&["rm", "-rfq", "."]);
        clone.commit("files of the environment", files);
        clone.git(&["push", "-q", "origin", name]);
    }
    clone.git(&["checkout", "-q", "main"]);
    (remote, clone)
}

/// A configuration of `staging` and `prod` with these other keys.
fn configuration(staging: &str, prod: &str) -> String {
    format!("environments:\n  - {{name: staging{staging}}}\n  - {{name: prod{prod}}}\n")
}

const WHOLE_BRANCHES: [&str; 2] = [", branch: env/staging, path: .", ", branch: env/prod"];

/// Both environments on branches of their own, `staging` with a newer version of `api`.
fn whole_branches<'w>(world: &'w World, prod: &str) -> (Repo<'w>, Repo<'w>) {
    let configuration = configuration(WHOLE_BRANCHES[0], WHOLE_BRANCHES[1]);
    on_branches(
        world,
        &[
            ("main", &[("promote.yaml", &configuration)]),
            ("env/staging", &[("apps/api/values.yaml", &values("1.5.0"))]),
            ("env/prod", &[("apps/api/values.yaml", prod)]),
        ],
    )
}

fn promoted(repo: &Repo<'_>, more: &[&str]) -> Ran {
    let ran = repo.promote(&[&FROM_TO, more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

fn as_json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {ran}"))
}

#[test]
fn source_and_target_are_on_any_branches() {
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let path = "apps/api/values.yaml";
    let (staging, prod) = ("envs/staging/api/values.yaml", "envs/prod/api/values.yaml");
    let whole = ", branch: env/prod, path: .";
    let table: &[Row<'_>] = &[
        (
            [", path: envs/staging", whole],
            &[
                ("main", &[(staging, &new)]),
                ("env/prod", &[("api/values.yaml", &old)]),
            ],
            ["env/prod", "api/values.yaml"],
        ),
        // The only folder with the name of the other environment.
        (
            ["", whole],
            &[
                ("main", &[(staging, &new)]),
                ("env/prod", &[("api/values.yaml", &old)]),
            ],
            ["env/prod", "api/values.yaml"],
        ),
        (
            [", branch: env/staging, path: .", ", path: envs/prod"],
            &[
                ("main", &[(prod, &old)]),
                ("env/staging", &[("api/values.yaml", &new)]),
            ],
            ["main", prod],
        ),
        (
            [", branch: env/staging, path: .", whole],
            &[
                ("main", &[]),
                ("env/staging", &[(path, &new)]),
                ("env/prod", &[(path, &old)]),
            ],
            ["env/prod", path],
        ),
        // Branches without the environments' names in paths.
        (
            [", branch: env/staging", ", branch: env/prod"],
            &[
                ("main", &[]),
                ("env/staging", &[(path, &new)]),
                ("env/prod", &[(path, &old)]),
            ],
            ["env/prod", path],
        ),
        (
            [
                ", branch: deploy, path: envs/staging",
                ", branch: deploy, path: envs/prod",
            ],
            &[("main", &[]), ("deploy", &[(staging, &new), (prod, &old)])],
            ["deploy", prod],
        ),
        (
            [", branch: deploy", ", branch: deploy"],
            &[("main", &[]), ("deploy", &[(staging, &new), (prod, &old)])],
            ["deploy", prod],
        ),
    ];
    for (keys, branches, [target, file]) in table {
        let world = World::new();
        let configuration = configuration(keys[0], keys[1]);
        let mut branches = branches.to_vec();
        let main = [branches[0].1, &[("promote.yaml", configuration.as_str())]].concat();
        branches[0].1 = &main;
        let (remote, clone) = on_branches(&world, &branches);
        let tips = |remote: &Repo<'_>| -> Vec<(String, String)> {
            let tip = |(name, _): &(&str, Files<'_>)| ((*name).to_owned(), remote.tip(name));
            branches
                .iter()
                .map(tip)
                .filter(|(name, _)| name != target)
                .collect()
        };
        let others = tips(&remote);
        let preview = promoted(&clone, &["--dry-run", "--output", "json"]);
        assert!(preview.stdout.contains("1.4.2"), "{keys:?}: {preview}");
        promoted(&clone, &["--service", "api", "--yes"]);
        assert_eq!(remote.show(target, file), new, "{keys:?}");
        assert_eq!(tips(&remote), others, "{keys:?}");
        let again = promoted(&clone, &["--yes"]);
        let nothing = "nothing to promote from staging to prod";
        assert_eq!(again.result(), nothing, "{keys:?}");
        assert_eq!(clone.status(), "", "{keys:?}");
    }
}

#[test]
fn a_layout_of_a_branch_needs_no_environment() {
    let world = World::new();
    let configuration = configuration(WHOLE_BRANCHES[0], WHOLE_BRANCHES[1])
        + "layout: [\"teams/{app**}/deploy/**\"]\nproducts:\n  - {name: shop, applications: [shop/api]}\n";
    let (api, web) = (
        "teams/shop/api/deploy/values.yaml",
        "teams/shop/web/deploy/values.yaml",
    );
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let (remote, clone) = on_branches(
        &world,
        &[
            ("main", &[("promote.yaml", &configuration)]),
            (
                "env/staging",
                &[(api, &new), (web, &new), ("notes/values.yaml", &new)],
            ),
            (
                "env/prod",
                &[(api, &old), (web, &old), ("notes/values.yaml", &old)],
            ),
        ],
    );
    promoted(&clone, &["--product", "shop", "--yes"]);
    assert_eq!(remote.show("env/prod", api), new);
    assert_eq!(remote.show("env/prod", web), old);
    promoted(&clone, &["--yes"]);
    assert_eq!(remote.show("env/prod", web), new);
    assert_eq!(remote.show("env/prod", "notes/values.yaml"), old);
}

#[test]
fn rendered_manifests_move_whole() {
    let world = World::new();
    let configuration = configuration(
        ", branch: env/staging",
        ", branch: env/prod, rendered: true",
    );
    let deployment = |version: &str, replicas: u32| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  replicas: {replicas}\n  \
             template:\n    spec:\n      containers:\n        - name: api\n          image: acme/api:{version}\n"
        )
    };
    let service = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  type: ClusterIP\n"
        )
    };
    let (remote, clone) = on_branches(
        &world,
        &[
            ("main", &[("promote.yaml", &configuration)]),
            (
                "env/staging",
                &[
                    ("api/deployment.yaml", &deployment("1.5.0", 3)),
                    ("api/service.yaml", &service("api")),
                    ("web/service.yaml", &service("web")),
                ],
            ),
            (
                "env/prod",
                &[
                    ("api/deployment.yaml", &deployment("1.4.2", 2)),
                    ("api/config.yaml", &service("old")),
                ],
            ),
        ],
    );
    let narrow = promoted(&clone, &["--promote", "versions", "--dry-run"]);
    assert!(!narrow.stdout.contains("replicas: 3"), "{narrow}");
    let ran = promoted(&clone, &["--yes", "--allow", "deletion"]);
    assert_eq!(
        remote.tip("env/prod^{tree}"),
        remote.tip("env/staging^{tree}"),
        "{ran}"
    );
}

#[test]
fn status_log_explain_and_revert_read_the_branches() {
    let world = World::new();
    let (remote, clone) = whole_branches(&world, &values("1.4.2"));
    let versions = || {
        let status = as_json(&clone.promote(&["status", "--output", "json"]));
        let cells = status["applications"][0]["environments"].clone();
        let cells = cells.as_array().unwrap().iter();
        cells
            .map(|cell| {
                let since = &cell["since"]["commit"];
                (cell["version"].clone(), since.clone())
            })
            .collect::<Vec<_>>()
    };
    let (staging, prod) = (remote.tip("env/staging"), remote.tip("env/prod"));
    assert_eq!(
        versions(),
        [
            (json!("1.5.0"), json!(staging)),
            (json!("1.4.2"), json!(prod))
        ]
    );
    let explained = clone.promote(&[&["explain"], FROM_TO.as_slice(), &["tag"]].concat());
    assert_eq!(explained.code, 0, "{explained}");
    promoted(&clone, &["--yes"]);
    let promotion = remote.tip("env/prod");
    assert_eq!(versions()[1], (json!("1.5.0"), json!(promotion)));
    let log = as_json(&clone.promote(&["log", "--output", "json"]));
    assert_eq!(log["promotions"][0]["commit"], json!(promotion));
    let reverted = clone.promote(&["revert", &promotion, "--yes"]);
    assert_eq!(reverted.code, 0, "{reverted}");
    assert_eq!(
        remote.show("env/prod", "apps/api/values.yaml"),
        values("1.4.2")
    );
    assert_eq!(remote.tip("env/staging"), staging);
}

#[test]
fn changes_since_the_last_promotion_are_those_of_the_sources_branch() {
    let world = World::new();
    let limits = |version: &str, memory: &str, replicas: u32| {
        format!(
            "{}memory: {memory}\nreplicas: {replicas}\n",
            values(version)
        )
    };
    let (remote, clone) = whole_branches(&world, &limits("1.4.2", "1Gi", 5));
    clone.git(&["checkout", "-q", "env/staging"]);
    let file = "apps/api/values.yaml";
    let push = |text: &str| {
        clone.commit("staging", &[(file, text)]);
        clone.git(&["push", "-q", "origin", "env/staging"]);
    };
    push(&limits("1.5.0", "1Gi", 2));
    clone.git(&["checkout", "-q", "main"]);
    promoted(&clone, &["--yes"]);
    clone.git(&["checkout", "-q", "env/staging"]);
    push(&limits("1.5.0", "2Gi", 2));
    clone.git(&["checkout", "-q", "main"]);
    promoted(&clone, &["--promote", "changes", "--yes"]);
    assert_eq!(remote.show("env/prod", file), limits("1.5.0", "2Gi", 5));
}

#[test]
fn a_target_that_moves_is_planned_again_and_the_source_is_pinned() {
    let world = World::new();
    let (remote, clone) = whole_branches(&world, &values("1.4.2"));
    let other = world.clone_of(&remote, "other");
    let push = |branch: &str, path: &str, text: &str| {
        other.git(&["fetch", "-q"]);
        other.git(&["checkout", "-q", branch]);
        other.commit("meanwhile", &[(path, text)]);
        let script = world.path("push");
        format!(
            "git -C {} push -q origin {branch} 2>> {}",
            other.dir.display(),
            script.display()
        )
    };
    // Between plan and push, both branches get a commit.
    let script = [
        push("env/prod", "README.md", "prod\n"),
        push("env/staging", "apps/api/values.yaml", &values("1.6.0")),
    ];
    promoted(&clone, &["--yes", "--verify", &script.join("; ")]);
    assert_eq!(
        remote.show("env/prod", "apps/api/values.yaml"),
        values("1.5.0")
    );
    assert_eq!(remote.show("env/prod", "README.md"), "prod\n");
    let message = remote.git(&["log", "-1", "--format=%B", "env/prod"]);
    let source = remote.tip("env/staging~1");
    assert!(
        message.contains(&format!("Promotion-Source: {source}")),
        "{message}"
    );
}

#[test]
fn a_pull_request_is_for_the_branch_of_the_target() {
    let world = World::new();
    let (remote, clone) = whole_branches(&world, &values("1.4.2"));
    let github = StandIn::of(&remote.dir);
    clone.git(&["remote", "set-url", "origin", &github.clone_url()]);
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    let args = [FROM_TO.as_slice(), &["--action", "pull-request"]].concat();
    let command = command.current_dir(&clone.dir).args(args).envs([
        ("GITHUB_SERVER_URL", github.url()),
        ("GITHUB_API_URL", github.api()),
        ("GH_TOKEN", TOKEN.to_owned()),
    ]);
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(github.pull().base, "env/prod", "{ran}");
    let proposed = remote.show(&github.pull().head, "apps/api/values.yaml");
    assert_eq!(proposed, values("1.5.0"));
    assert_eq!(
        remote.show("env/prod", "apps/api/values.yaml"),
        values("1.4.2")
    );
}

#[test]
fn what_is_missing_is_named() {
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let path = "apps/api/values.yaml";
    for (keys, code, expected) in [
        (
            [WHOLE_BRANCHES[0], ", branch: env/production"],
            2,
            "env/prod",
        ),
        (
            [", branch: env/staging, path: deploy", WHOLE_BRANCHES[1]],
            2,
            "no folder `deploy`",
        ),
        (["", WHOLE_BRANCHES[1]], 2, "set `path` for `staging`"),
        ([", path: a/../b", ""], 2, "`..`"),
        ([", path: envs", ", path: envs/prod"], 2, "overlaps"),
        ([", branch: refs/heads/main", ""], 2, "refs/heads/"),
        // The first files of the target.
        (
            [WHOLE_BRANCHES[0], ", branch: env/prod, path: deploy"],
            0,
            "no folder yet",
        ),
    ] {
        let world = World::new();
        let configuration = configuration(keys[0], keys[1]);
        let (_, clone) = on_branches(
            &world,
            &[
                ("main", &[("promote.yaml", &configuration)]),
                ("env/staging", &[(path, &new)]),
                ("env/prod", &[(path, &old)]),
            ],
        );
        let ran = clone.promote(&[&["diff"], FROM_TO.as_slice()].concat());
        assert_eq!(ran.code, code, "{keys:?}: {ran}");
        assert!(ran.to_string().contains(expected), "{keys:?}: {ran}");
    }
}

#[test]
fn a_release_goes_through_environments_on_branches() {
    let world = World::new();
    let configuration = "environments:
  - {name: staging, branch: env/staging}
  - {name: eu, branch: env/eu}
  - {name: us, path: us}
products:
  - {name: loans, applications: [api], flows: [{name: to-production}]}
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - {environment: eu, dependsOn: [staging]}
      - {environment: us, dependsOn: [eu], policy: {gates: {before: [ready]}}}
gates:
  - {name: ready, run: [test -e ready]}
";
    let (old, new) = (values("1.4.2"), values("1.5.0"));
    let path = "apps/api/values.yaml";
    let (remote, clone) = on_branches(
        &world,
        &[
            (
                "main",
                &[
                    ("promote.yaml", configuration),
                    ("us/apps/api/values.yaml", &old),
                ],
            ),
            ("env/staging", &[(path, &new)]),
            ("env/eu", &[(path, &old)]),
        ],
    );
    let words = [
        "release",
        "start",
        "--flow",
        "to-production",
        "--product",
        "loans",
    ];
    let started = clone.promote(&words);
    assert_eq!(started.code, 0, "{started}");
    assert!(started.stdout.contains("us: gate `ready`"), "{started}");
    assert_eq!(remote.show("env/eu", path), new);
    let staging = remote.tip("env/staging");
    let record = remote.git(&["log", "-1", "--format=%B", "env/eu"]);
    assert!(
        record.contains(&format!("Promotion-Source: {staging}")),
        "{record}"
    );
    // What comes later to staging and eu is not promoted by this release.
    let eu = remote.tip("env/eu");
    for branch in ["env/staging", "env/eu"] {
        clone.git(&["fetch", "-q"]);
        clone.git(&["checkout", "-q", "-B", "later", &format!("origin/{branch}")]);
        clone.commit("later", &[(path, &values("1.6.0"))]);
        clone.git(&["push", "-q", "origin", &format!("later:{branch}")]);
    }
    clone.git(&["checkout", "-q", "main"]);
    clone.git(&["pull", "-q", "--ff-only"]);
    clone.commit("ready", &[("ready", "")]);
    clone.git(&["push", "-q", "origin", "main"]);
    let advanced = clone.promote(&["release", "advance", "--all", "--wait"]);
    assert_eq!(advanced.stdout, "loans-1 is succeeded\n", "{advanced}");
    assert_eq!(remote.show("main", "us/apps/api/values.yaml"), new);
    let record = remote.git(&["log", "-1", "--format=%B", "main"]);
    assert!(
        record.contains(&format!("Promotion-Source: {eu}")),
        "{record}"
    );
}
