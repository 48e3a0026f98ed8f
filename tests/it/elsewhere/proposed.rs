//! Pull requests into another repository.

use serde_json::json;

use super::{Apart, FILE, FROM_TO, as_json, configuration, values};
use crate::github::{StandIn, TOKEN};
use crate::world::{Ran, World};

/// The repository of `prod` is on GitHub, that with the configuration is not.
struct OnGitHub<'w> {
    world: &'w World,
    apart: Apart<'w>,
    github: StandIn,
}

impl<'w> OnGitHub<'w> {
    fn new(world: &'w World) -> Self {
        Self::with(world, "")
    }

    /// With more of the configuration.
    fn with(world: &'w World, more: &str) -> Self {
        // The stand-in has its address once it serves the repository.
        let prod = world.bare_at("prod.git", &[(FILE, &values("1.4.2"))]);
        let github = StandIn::of(&prod.dir);
        let keys = format!(", repository: \"{}\", path: .", github.clone_url());
        let configuration = configuration(", path: staging", &keys) + more;
        let (remote, clone) = world.cloned(&[
            ("promote.yaml", &configuration),
            (&format!("staging/{FILE}"), &values("1.5.0")),
        ]);
        let apart = Apart {
            remote,
            clone,
            prod,
        };
        Self {
            world,
            apart,
            github,
        }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let mut command = self.world.command(env!("CARGO_BIN_EXE_git-promote"));
        let command = command.current_dir(&self.apart.clone.dir).args(args).envs([
            ("GITHUB_SERVER_URL", self.github.url()),
            ("GITHUB_API_URL", self.github.api()),
            ("GH_TOKEN", TOKEN.to_owned()),
        ]);
        Ran::from(command.output().unwrap())
    }

    fn propose(&self, more: &[&str]) -> Ran {
        let args = [FROM_TO.as_slice(), &["--action", "pull-request"], more].concat();
        let ran = self.run(&args);
        assert_eq!(ran.code, 0, "{ran}");
        ran
    }
}

#[test]
fn a_pull_request_is_opened_in_the_repository_of_the_target() {
    let world = World::new();
    let on = OnGitHub::new(&world);
    let home = on.apart.remote.git(&["for-each-ref"]);
    let ran = on.propose(&["--output", "json"]);
    let pull = on.github.pull();
    assert_eq!(pull.base, "main", "{ran}");
    assert_eq!(on.apart.prod.show(&pull.head, FILE), values("1.5.0"));
    assert_eq!(on.apart.prod.show("main", FILE), values("1.4.2"));
    let result = as_json(&ran);
    assert_eq!(result["status"], json!("pull-request-open"), "{ran}");
    assert_eq!(on.apart.remote.git(&["for-each-ref"]), home);
    // It is found and updated, not doubled.
    on.propose(&[]);
    on.apart.push(&format!("staging/{FILE}"), &values("1.6.0"));
    on.propose(&[]);
    let updated = on.github.pull();
    assert_eq!(updated.number, pull.number);
    assert_eq!(on.apart.prod.show(&updated.head, FILE), values("1.6.0"));
    // Without a difference, it is closed and its branch deleted.
    on.apart.push(&format!("staging/{FILE}"), &values("1.4.2"));
    on.propose(&[]);
    let heads = on
        .apart
        .prod
        .git(&["for-each-ref", "--format=%(refname)", "refs/heads"]);
    assert_eq!(heads, "refs/heads/main");
}

#[test]
fn a_token_is_not_sent_to_a_repository_on_another_server() {
    let world = World::new();
    let on = OnGitHub::new(&world);
    // Another server than the one that the token is for.
    let mut command = world.command(env!("CARGO_BIN_EXE_git-promote"));
    let args = [FROM_TO.as_slice(), &["--action", "pull-request"]].concat();
    let command = command.current_dir(&on.apart.clone.dir).args(args);
    let ran = Ran::from(command.env("GH_TOKEN", TOKEN).output().unwrap());
    assert_ne!(ran.code, 0, "{ran}");
    for request in on.github.requests() {
        assert_eq!(request.header("authorization"), None, "{}", request.line());
    }
}

#[test]
fn a_merged_pull_request_is_the_baseline_and_in_the_log() {
    let world = World::new();
    let on = OnGitHub::new(&world);
    on.propose(&[]);
    let pull = on.github.pull();
    let other = world.clone_of(&on.apart.prod, "other");
    let head = format!("origin/{}", pull.head);
    let title = format!("Merge pull request #{} from acme/x", pull.number);
    other.git(&["merge", "-q", "--no-ff", "-m", &title, &head]);
    other.git(&["push", "-q", "origin", "main"]);
    let log = as_json(&on.run(&["log", "--output", "json"]));
    let promotion = &log["promotions"][0];
    assert_eq!(promotion["pull_request"], json!(pull.number), "{log}");
    let reverted = on.run(&[
        "revert",
        &format!("#{}", pull.number),
        "--yes",
        "--action",
        "commit",
    ]);
    assert_eq!(reverted.code, 0, "{reverted}");
    assert_eq!(on.apart.prod.show("main", FILE), values("1.4.2"));
}

#[test]
fn a_step_in_another_repository_waits_for_its_pull_request_and_its_statuses() {
    let world = World::new();
    let more = "products:
  - {name: loans, applications: [api], flows: [{name: to-production}]}
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - environment: prod
        dependsOn: [staging]
        policy: {action: pull-request, gates: {after: [ci]}}
gates:
  - {name: ci, statuses: [\"ci/*\"]}
";
    let on = OnGitHub::with(&world, more);
    let start = [
        "release",
        "start",
        "--flow",
        "to-production",
        "--product",
        "loans",
    ];
    let started = on.run(&start);
    assert_eq!(started.code, 0, "{started}");
    assert!(
        started.stdout.contains("waits for the merge of http"),
        "{started}"
    );
    let number = on.github.pull().number;
    let merge = format!("/repos/acme/shop/pulls/{number}/merge");
    let (status, answer) = on.github.ask(TOKEN, "PUT", &merge, Some(&json!({})));
    assert_eq!(status, 200, "{answer}");
    let advance = ["release", "advance", "--all"];
    let waiting = on.run(&advance);
    let landed = on.apart.prod.tip("main");
    let missing = format!("no status of `{landed}` matches `ci/*`");
    assert!(waiting.stdout.contains(&missing), "{waiting}");
    let success = (landed, "ci/test".to_owned(), "success".to_owned());
    on.github.state().statuses.push(success);
    let ended = on.run(&advance);
    assert_eq!(ended.stdout, "loans-1 is succeeded\n", "{ended}");
    assert_eq!(on.apart.prod.show("main", FILE), values("1.5.0"));
    assert_eq!(on.github.pulls().len(), 1);
}
