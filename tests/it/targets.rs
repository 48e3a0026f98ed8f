//! `git promote --to A --to B`: several targets at once.

use std::process::Stdio;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::github::{StandIn, TOKEN};
use crate::world::{Ran, Repo, World};

const ALL: [&str; 8] = [
    "--from",
    "staging",
    "--to",
    "prod-eu",
    "--to",
    "prod-us",
    "--service",
    "api",
];

fn values(environment: &str) -> String {
    format!("apps/api/{environment}/values.yaml")
}

fn tag(version: &str) -> String {
    format!("image:\n  repository: acme/api\n  tag: {version}\n")
}

/// The files of `staging`, `prod-eu` and `prod-us` with these versions of `api`, and others.
fn files(versions: [&str; 3], more: &[(&str, &str)]) -> Vec<(String, String)> {
    let environments = ["staging", "prod-eu", "prod-us"];
    let api = environments.iter().zip(versions);
    let web = environments.map(|e| {
        (
            format!("apps/web/{e}/values.yaml"),
            "replicas: 1\n".to_owned(),
        )
    });
    let more = more
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    api.map(|(e, version)| (values(e), tag(version)))
        .chain(web)
        .chain(more)
        .collect()
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files
        .iter()
        .map(|(path, text)| (path.as_str(), text.as_str()))
        .collect()
}

fn on_clone(versions: [&str; 3], more: &[(&str, &str)], test: impl FnOnce(&Repo<'_>, &Repo<'_>)) {
    let world = World::new();
    let files = files(versions, more);
    let (remote, clone) = world.cloned(&borrowed(&files));
    test(&remote, &clone);
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ALL.iter().copied().chain(more.iter().copied()).collect()
}

fn as_json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{e}: {ran}"))
}

const BEHIND: [&str; 3] = ["1.5.0", "1.4.2", "1.3.0"];
/// `prod-us` has a newer version than `staging`.
const AHEAD: [&str; 3] = ["1.5.0", "1.4.2", "1.9.0"];

#[test]
fn each_target_gets_a_commit_and_all_one_push() {
    on_clone(BEHIND, &[], |remote, clone| {
        remote.hook("post-receive", "cat >> pushes; echo >> pushes");
        let ran = clone.promote(&ALL);
        assert_eq!(ran.code, 0, "{ran}");
        let log = [
            "log",
            "-2",
            "--format=%s%n%(trailers:key=Promotion-To)",
            "--name-only",
        ];
        assert_snapshot!(remote.git(&log), @"
        Promote api 1.5.0 from staging to prod-us
        Promotion-To: prod-us


        apps/api/prod-us/values.yaml
        Promote api 1.5.0 from staging to prod-eu
        Promotion-To: prod-eu


        apps/api/prod-eu/values.yaml
        ");
        let pushes = std::fs::read_to_string(remote.dir.join("pushes")).unwrap();
        assert_eq!(
            pushes
                .lines()
                .filter(|line| line.ends_with("refs/heads/main"))
                .count(),
            1
        );
        assert_eq!(clone.tip("HEAD"), remote.tip("main"));
        assert_eq!(clone.status(), "");
        assert_snapshot!(clone.redact(ran), @"
        exit 0
        --- stdout
        == prod-eu ==

        api  1.4.2 -> 1.5.0
          apps/api/prod-eu/values.yaml
            image.tag  1.4.2 -> 1.5.0

        --- a/apps/api/prod-eu/values.yaml
        +++ b/apps/api/prod-eu/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.4.2
        +  tag: 1.5.0

        commit message:
            Promote api 1.5.0 from staging to prod-eu

            apps/api/prod-eu/values.yaml: image.tag 1.4.2 -> 1.5.0

            Promotion-Id: [ID]
            Promotion-From: staging
            Promotion-To: prod-eu
            Promotion-Apps: api
            Promotion-Source: [COMMIT]
            Promotion-Target: [COMMIT]
            Promotion-Mode: versions

        staging -> prod-eu: 1 difference in 1 file of 1 application

        == prod-us ==

        api  1.3.0 -> 1.5.0
          apps/api/prod-us/values.yaml
            image.tag  1.3.0 -> 1.5.0

        --- a/apps/api/prod-us/values.yaml
        +++ b/apps/api/prod-us/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.3.0
        +  tag: 1.5.0

        commit message:
            Promote api 1.5.0 from staging to prod-us

            apps/api/prod-us/values.yaml: image.tag 1.3.0 -> 1.5.0

            Promotion-Id: [ID]
            Promotion-From: staging
            Promotion-To: prod-us
            Promotion-Apps: api
            Promotion-Source: [COMMIT]
            Promotion-Target: [COMMIT]
            Promotion-Mode: versions

        staging -> prod-us: 1 difference in 1 file of 1 application
        prod-eu: committed [COMMIT] on main, pushed to origin
        prod-us: committed [COMMIT] on main, pushed to origin

        --- stderr
        ");
        remote.assert_sound();
    });
}

#[test]
fn a_second_run_has_nothing_to_do() {
    on_clone(BEHIND, &[], |remote, clone| {
        clone.promote(&ALL);
        let tip = remote.tip("main");
        let ran = clone.promote(&ALL);
        assert_eq!(ran.code, 0, "{ran}");
        assert_snapshot!(ran, @"
        exit 0
        --- stdout
        == prod-eu ==

        nothing to promote from staging to prod-eu

        == prod-us ==

        nothing to promote from staging to prod-us

        --- stderr
        ");
        assert_eq!(remote.tip("main"), tip);
    });
}

#[test]
fn the_commit_of_one_target_is_listed_and_reverted_by_itself() {
    on_clone(BEHIND, &[], |remote, clone| {
        clone.promote(&ALL);
        let log = clone.promote(&["log", "--to", "prod-eu", "--output", "json"]);
        assert_eq!(
            as_json(&log)["promotions"].as_array().map(Vec::len),
            Some(1),
            "{log}"
        );
        let ran = clone.promote(&["revert", "HEAD^", "--yes"]);
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(remote.show("main", &values("prod-eu")), tag("1.4.2"));
        assert_eq!(remote.show("main", &values("prod-us")), tag("1.5.0"));
    });
}

#[test]
fn a_squashed_pull_request_counts_for_each_target() {
    on_clone(BEHIND, &[], |_, clone| {
        let ran = clone.promote(&with(&["--action", "pull-request"]));
        assert_eq!(ran.code, 0, "{ran}");
        let branch = "origin/promote/staging-to-prod-eu-and-prod-us/api";
        clone.git(&["fetch", "--quiet", "origin"]);
        let log = [
            "log",
            "--reverse",
            "--format=* %B",
            &format!("main..{branch}"),
        ];
        let message = format!("Promote api (#7)\n\n{}", clone.git(&log));
        clone.git(&["merge", "--quiet", "--squash", branch]);
        clone.git(&["commit", "--quiet", "-m", &message]);
        clone.git(&["push", "--quiet", "origin", "main"]);
        let squashed = clone.tip("HEAD");
        clone.commit("next", &[(&values("staging"), &tag("1.6.0"))]);
        clone.git(&["push", "--quiet", "origin", "main"]);
        for (target, before) in [("prod-eu", "1.4.2"), ("prod-us", "1.3.0")] {
            let log = clone.promote(&["log", "--to", target, "--output", "json"]);
            let promotion = &as_json(&log)["promotions"][0];
            assert_eq!(promotion["commit"], squashed, "{log}");
            let version = &promotion["applications"][0]["version"];
            let expected = json!({"before": before, "after": "1.5.0"});
            assert_eq!(*version, expected, "{log}");
            let ran = clone.promote(&["baseline", "--from", "staging", "--to", target]);
            assert!(ran.stdout.contains("; recorded"), "{ran}");
        }
    });
}

#[test]
fn one_pull_request_on_github_is_merged_in_any_way() {
    for method in ["merge", "squash", "rebase"] {
        let world = World::new();
        let files = files(BEHIND, &[]);
        let (remote, clone) = world.cloned(&borrowed(&files));
        let github = StandIn::of(&remote.dir);
        clone.git(&["remote", "set-url", "origin", &github.clone_url()]);
        let promote = |args: &[&str]| {
            let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
            let command = command.current_dir(&clone.dir).args(args);
            let variables = [
                ("GITHUB_SERVER_URL", github.url()),
                ("GITHUB_API_URL", github.api()),
                ("GH_TOKEN", TOKEN.to_owned()),
            ];
            Ran::from(command.envs(variables).output().unwrap())
        };
        let args = with(&["--action", "pull-request"]);
        for expected in ["pull request #1 opened: ", "pull request #1 is open: "] {
            let ran = promote(&args);
            assert_eq!(ran.code, 0, "{ran}");
            assert!(ran.result().starts_with(expected), "{ran}");
        }
        assert_eq!((github.pulls().len(), github.pull().commits), (1, 2));
        let mut merge = json!({ "merge_method": method });
        if method == "squash" {
            // As GitHub joins the messages of several commits.
            let range = "main..promote/staging-to-prod-eu-and-prod-us/api";
            let messages = remote.git(&["log", "--reverse", "--format=* %B", range]);
            merge["commit_message"] = messages.into();
        }
        let (status, said) =
            github.ask(TOKEN, "PUT", "/repos/acme/shop/pulls/1/merge", Some(&merge));
        assert_eq!(status, 200, "{said}");
        let ran = promote(&args);
        assert_eq!(ran.code, 0, "{method}: {ran}");
        assert!(
            ran.stdout
                .contains("nothing to promote from staging to prod-eu"),
            "{ran}"
        );
        for (target, before) in [("prod-eu", "1.4.2"), ("prod-us", "1.3.0")] {
            assert_eq!(remote.show("main", &values(target)), tag("1.5.0"));
            let log = promote(&["log", "--to", target, "--output", "json"]);
            let version = &as_json(&log)["promotions"][0]["applications"][0]["version"];
            let expected = json!({"before": before, "after": "1.5.0"});
            assert_eq!(*version, expected, "{method}: {log}");
        }
    }
}

#[test]
fn a_target_that_is_held_stops_all() {
    on_clone(AHEAD, &[], |remote, clone| {
        let tip = remote.tip("main");
        let ran = clone.promote(&ALL);
        assert_eq!(ran.code, 3, "{ran}");
        assert_eq!(remote.tip("main"), tip);
        assert_snapshot!(ran.stderr, @"
        note: prod-eu: not promoted, because of prod-us; `--group each` promotes to each target separately
        error: prod-us: held by rollback; nothing was written
        hint: `--allow rollback` lifts the hold, and the commit records it
        ");
        let ran = clone.promote(&with(&["--output", "json"]));
        assert_eq!(ran.code, 3, "{ran}");
        let results = as_json(&ran);
        assert_eq!(results["schema"], "git-promote/results/v1");
        assert_eq!(results["stopped_by"], "prod-us");
        let of = |field: &str| [0, 1].map(|at| results["results"][at][field].clone());
        assert_eq!(of("environment"), ["prod-eu", "prod-us"]);
        assert_eq!(of("status"), ["planned", "held"]);
        let ran = clone.promote(&with(&["--allow", "rollback"]));
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(remote.show("main", &values("prod-us")), tag("1.5.0"));
    });
}

#[test]
fn each_by_itself_leaves_the_others_alone() {
    on_clone(AHEAD, &[], |remote, clone| {
        let ran = clone.promote(&with(&["--group", "each"]));
        assert_eq!(ran.code, 3, "{ran}");
        assert_eq!(remote.show("main", &values("prod-eu")), tag("1.5.0"));
        assert_eq!(remote.show("main", &values("prod-us")), tag("1.9.0"));
        assert_snapshot!(clone.redact(ran), @"
        exit 3
        --- stdout
        == prod-eu ==

        api  1.4.2 -> 1.5.0
          apps/api/prod-eu/values.yaml
            image.tag  1.4.2 -> 1.5.0

        --- a/apps/api/prod-eu/values.yaml
        +++ b/apps/api/prod-eu/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.4.2
        +  tag: 1.5.0

        commit message:
            Promote api 1.5.0 from staging to prod-eu

            apps/api/prod-eu/values.yaml: image.tag 1.4.2 -> 1.5.0

            Promotion-Id: [ID]
            Promotion-From: staging
            Promotion-To: prod-eu
            Promotion-Apps: api
            Promotion-Source: [COMMIT]
            Promotion-Target: [COMMIT]
            Promotion-Mode: versions

        staging -> prod-eu: 1 difference in 1 file of 1 application
        committed [COMMIT] on main, pushed to origin

        == prod-us ==

        held by rollback: api image.tag 1.9.0 -> 1.5.0 is a rollback
          apps/api/prod-us/values.yaml:$.image.tag
          `--allow rollback` lifts this hold

        api  1.9.0 -> 1.5.0
          apps/api/prod-us/values.yaml
            image.tag  1.9.0 -> 1.5.0

        --- a/apps/api/prod-us/values.yaml
        +++ b/apps/api/prod-us/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.9.0
        +  tag: 1.5.0

        commit message:
            Promote api 1.5.0 from staging to prod-us

            apps/api/prod-us/values.yaml: image.tag 1.9.0 -> 1.5.0

            Promotion-Id: [ID]
            Promotion-From: staging
            Promotion-To: prod-us
            Promotion-Apps: api
            Promotion-Source: [COMMIT]
            Promotion-Target: [COMMIT]
            Promotion-Mode: versions

        staging -> prod-us: 1 difference in 1 file of 1 application

        --- stderr
        error: held by rollback; nothing was written
        hint: `--allow rollback` lifts the hold, and the commit records it
        ");
    });
    on_clone(BEHIND, &[], |_, clone| {
        let args = [
            "--from", "staging", "--to", "prod-us", "--to", "nowhere", "--group", "each",
        ];
        let ran = clone.promote(&[&args[..], &["--output", "json"]].concat());
        assert_eq!(ran.code, 2, "{ran}");
        let results = as_json(&ran);
        let of = |field: &str| [0, 1].map(|at| results["results"][at][field].clone());
        assert_eq!(of("environment"), ["prod-us", "nowhere"]);
        assert_eq!(of("status"), ["committed", "failed"]);
        assert_snapshot!(ran.stderr, @"
        error: cannot promote to `nowhere`
          caused by: there is no environment `nowhere`
        hint: environments in the paths: `prod-eu`, `prod-us`, `staging`
        ");
    });
}

#[test]
fn a_reader_that_is_gone_stops_none_of_them() {
    let world = World::new();
    let (remote, clone) = world.cloned(&borrowed(&files(BEHIND, &[])));
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    let mut child = command
        .current_dir(&clone.dir)
        .args(with(&["--group", "each", "--yes"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran}");
    for environment in ["prod-eu", "prod-us"] {
        assert_eq!(remote.show("main", &values(environment)), tag("1.5.0"));
    }
}

#[test]
fn a_file_that_cannot_be_read_stops_all() {
    let broken = "image: {tag: 1.4.2\n";
    on_clone(
        BEHIND,
        &[
            ("apps/api/prod-us/extra.yaml", broken),
            ("apps/api/staging/extra.yaml", "a: 1\n"),
        ],
        |remote, clone| {
            let tip = remote.tip("main");
            let ran = clone.promote(&ALL);
            assert_eq!(ran.code, 1, "{ran}");
            assert_eq!(remote.tip("main"), tip);
            assert_snapshot!(ran.stderr, @"
            error: cannot promote to `prod-us`
              caused by: 1 of the selected files cannot be promoted
              apps/api/prod-us/extra.yaml:1:8: unclosed bracket '{'
            hint: nothing was written; fix the files, or exclude them with `--service` or `--except FILE`
            ");
        },
    );
}

#[test]
fn targets_that_get_in_each_others_way_are_refused() {
    let config =
        "environments:\n- {name: staging}\n- {name: prod-eu, aliases: [eu]}\n- {name: prod-us}\n";
    let one_file =
        "layout:\n- {from: 'apps/{app}/staging/**', to: 'apps/{app}/prod-eu/prod-us/**'}\n";
    let policy =
        "policies:\n- {name: reviewed, match: {environments: [prod-us]}, action: pull-request}\n";
    for (config, args, expected) in [
        (
            config.to_owned(),
            &["--to", "prod-eu", "--to", "eu"][..],
            "error: the targets `prod-eu` and `eu` are the same environment",
        ),
        (
            config.to_owned() + one_file,
            &["--to", "prod-eu", "--to", "prod-us"],
            "error: the promotions to `prod-eu` and `prod-us` both change `apps/api/prod-eu/prod-us/values.yaml`",
        ),
        (
            config.to_owned() + policy,
            &["--to", "prod-eu", "--to", "prod-us"],
            "error: the action is commit for `prod-eu`, but pull-request for `prod-us`",
        ),
        (
            config.to_owned(),
            &["--to", "prod-eu", "--to", "staging"],
            "error: cannot promote to `staging`",
        ),
    ] {
        let shared = ("apps/api/prod-eu/prod-us/values.yaml", &*tag("1.4.0"));
        on_clone(
            BEHIND,
            &[("promote.yaml", &config), shared],
            |remote, clone| {
                let tip = remote.tip("main");
                let ran = clone.promote(&[&["--from", "staging"], args].concat());
                assert_eq!(ran.code, 2, "{ran}");
                assert!(ran.stderr.contains(expected), "{ran}");
                assert_eq!(remote.tip("main"), tip);
            },
        );
    }
    on_clone(
        BEHIND,
        &[("promote.yaml", &(config.to_owned() + policy))],
        |remote, clone| {
            let ran = clone.promote(&with(&["--action", "pull-request"]));
            assert_eq!(ran.code, 0, "{ran}");
            assert_eq!(
                remote.git(&[
                    "rev-list",
                    "--count",
                    "main..promote/staging-to-prod-eu-and-prod-us/api"
                ]),
                "2"
            );
            let ran = clone.promote(&with(&["--group", "each"]));
            assert_eq!(ran.code, 0, "{ran}");
            assert_eq!(remote.show("main", &values("prod-eu")), tag("1.5.0"));
            assert_eq!(
                remote.git(&[
                    "rev-list",
                    "--count",
                    "main..promote/staging-to-prod-us/api"
                ]),
                "1"
            );
        },
    );
}

#[test]
fn a_layout_maps_one_source_to_several_clusters() {
    let config = "environments: [{name: staging}, {name: eu, aliases: [eu-1]}, {name: us-1}]\n\
                  layout: [{from: 'apps/{app}/{env}/**', to: 'clusters/{env}/{app}/**'}]\n";
    let world = World::new();
    let repo = world.repository(&[
        ("promote.yaml", config),
        ("apps/api/staging/values.yaml", &tag("1.5.0")),
        ("clusters/eu-1/api/values.yaml", &tag("1.4.2")),
        ("clusters/us-1/api/values.yaml", &tag("1.3.0")),
    ]);
    let ran = repo.promote(&["--from", "staging", "--to", "eu", "--to", "us-1"]);
    assert_eq!(ran.code, 0, "{ran}");
    for cluster in ["eu-1", "us-1"] {
        assert_eq!(
            repo.show("HEAD", &format!("clusters/{cluster}/api/values.yaml")),
            tag("1.5.0")
        );
    }
}

#[test]
fn the_selector_of_a_place_selects_it_in_one_target() {
    let of = |environment: &str| format!("{}:$.image.tag", values(environment));
    on_clone(BEHIND, &[], |remote, clone| {
        let ran = clone.promote(&with(&["--only", &of("prod-us")]));
        assert_eq!(ran.code, 0, "{ran}");
        assert_eq!(remote.show("main", &values("prod-eu")), tag("1.4.2"));
        assert_eq!(remote.show("main", &values("prod-us")), tag("1.5.0"));
        let ran = clone.promote(&with(&["--only", &of("prod-eu"), "--only", &of("prod-ap")]));
        assert_eq!(ran.code, 2, "{ran}");
        assert!(
            ran.stderr
                .contains("apps/api/prod-ap/values.yaml:$.image.tag` matches no difference"),
            "{ran}"
        );
    });
}

/// The output of `git promote diff` for both targets.
fn diff(clone: &Repo<'_>, more: &[&str]) -> String {
    let ran = clone.promote(&[&["diff"], &ALL[..], more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    clone.redact(ran.stdout)
}

#[test]
fn a_preview_shows_each_target() {
    on_clone(BEHIND, &[], |_, clone| {
        let diff = |more: &[&str]| diff(clone, more);
        assert_snapshot!(diff(&[]), @"
        == prod-eu ==

        api  1.4.2 -> 1.5.0
          apps/api/prod-eu/values.yaml
            image.tag  1.4.2 -> 1.5.0

        --- a/apps/api/prod-eu/values.yaml
        +++ b/apps/api/prod-eu/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.4.2
        +  tag: 1.5.0

        commit message:
            Promote api 1.5.0 from staging to prod-eu

            apps/api/prod-eu/values.yaml: image.tag 1.4.2 -> 1.5.0

            Promotion-Id: [ID]
            Promotion-From: staging
            Promotion-To: prod-eu
            Promotion-Apps: api
            Promotion-Source: [COMMIT]
            Promotion-Target: [COMMIT]
            Promotion-Mode: versions

        staging -> prod-eu: 1 difference in 1 file of 1 application

        == prod-us ==

        api  1.3.0 -> 1.5.0
          apps/api/prod-us/values.yaml
            image.tag  1.3.0 -> 1.5.0

        --- a/apps/api/prod-us/values.yaml
        +++ b/apps/api/prod-us/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.3.0
        +  tag: 1.5.0

        commit message:
            Promote api 1.5.0 from staging to prod-us

            apps/api/prod-us/values.yaml: image.tag 1.3.0 -> 1.5.0

            Promotion-Id: [ID]
            Promotion-From: staging
            Promotion-To: prod-us
            Promotion-Apps: api
            Promotion-Source: [COMMIT]
            Promotion-Target: [COMMIT]
            Promotion-Mode: versions

        staging -> prod-us: 1 difference in 1 file of 1 application
        ");
        assert_eq!(
            diff(&["--name-only"]),
            format!("{}\n{}\n", values("prod-eu"), values("prod-us"))
        );
        assert_snapshot!(diff(&["--stat"]), @"
        == prod-eu ==

         apps/api/prod-eu/values.yaml | 2 +-
         1 file changed, 1 insertion(+), 1 deletion(-)

        == prod-us ==

         apps/api/prod-us/values.yaml | 2 +-
         1 file changed, 1 insertion(+), 1 deletion(-)
        ");
        let diffs: Value = serde_json::from_str(&diff(&["--output", "json"])).unwrap();
        assert_eq!(diffs["schema"], "git-promote/diffs/v1");
        assert_eq!(
            [0, 1].map(|at| diffs["diffs"][at]["to"].clone()),
            ["prod-eu", "prod-us"]
        );
        let exit = clone.promote(&[&["diff"], &ALL[..], &["--exit-code"]].concat());
        assert_eq!(exit.code, 10);
    });
}

#[test]
fn a_preview_in_markdown_has_a_heading_for_each_target() {
    on_clone(BEHIND, &[], |_, clone| {
        assert_snapshot!(diff(clone, &["--output", "markdown"]), @"
        ## `prod-eu`

        `staging` → `prod-eu`: 1 difference in 1 file of 1 application.

        ### `api` `1.4.2` → `1.5.0`

        `apps/api/prod-eu/values.yaml`

        | place | before | after |
        |---|---|---|
        | `image.tag` | `1.4.2` | `1.5.0` |

        ```diff
        --- a/apps/api/prod-eu/values.yaml
        +++ b/apps/api/prod-eu/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.4.2
        +  tag: 1.5.0
        ```

        <details><summary>Commit message</summary>

        ```text
        Promote api 1.5.0 from staging to prod-eu

        apps/api/prod-eu/values.yaml: image.tag 1.4.2 -> 1.5.0

        Promotion-Id: [ID]
        Promotion-From: staging
        Promotion-To: prod-eu
        Promotion-Apps: api
        Promotion-Source: [COMMIT]
        Promotion-Target: [COMMIT]
        Promotion-Mode: versions
        ```

        </details>

        ## `prod-us`

        `staging` → `prod-us`: 1 difference in 1 file of 1 application.

        ### `api` `1.3.0` → `1.5.0`

        `apps/api/prod-us/values.yaml`

        | place | before | after |
        |---|---|---|
        | `image.tag` | `1.3.0` | `1.5.0` |

        ```diff
        --- a/apps/api/prod-us/values.yaml
        +++ b/apps/api/prod-us/values.yaml
        @@ -1,3 +1,3 @@
         image:
           repository: acme/api
        -  tag: 1.3.0
        +  tag: 1.5.0
        ```

        <details><summary>Commit message</summary>

        ```text
        Promote api 1.5.0 from staging to prod-us

        apps/api/prod-us/values.yaml: image.tag 1.3.0 -> 1.5.0

        Promotion-Id: [ID]
        Promotion-From: staging
        Promotion-To: prod-us
        Promotion-Apps: api
        Promotion-Source: [COMMIT]
        Promotion-Target: [COMMIT]
        Promotion-Mode: versions
        ```

        </details>
        ");
    });
}
