//! `git promote flow` and `git promote policy evaluate`: what the configuration sets for releases.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::world::{Ran, Repo, World};

const CONFIGURATION: &str = "\
environments:
  - {name: staging, kind: non-production, aliases: [stg]}
  - {name: eu, kind: production}
  - {name: us, kind: production}
products:
  - {name: loans, applications: [api], flows: [{name: to-production}]}
flows:
  - name: to-production
    triggerEnvironment: staging
    steps:
      - {environment: eu, dependsOn: staging, policy: {preAction: smoke}}
      - {environment: us, dependsOn: eu, hooks: {onFail: page}}
    timeout: 24h
policies:
  - {name: production, match: {kinds: production}, action: pull-request, gates: {after: [settled]}}
  - {name: other, priority: 1, match: {environments: staging}, action: commit}
workflows:
  - {name: smoke, run: make smoke}
  - {name: page, run: make page}
gates:
  - {name: settled, soak: 1h}
";

fn repository<'w>(world: &'w World, configuration: &str) -> Repo<'w> {
    let values = "image: {tag: 1.0.0}\n";
    world.repository(&[
        ("promote.yaml", configuration),
        ("apps/api/staging/values.yaml", values),
        ("apps/api/eu/values.yaml", values),
        ("apps/api/us/values.yaml", values),
    ])
}

fn run(repo: &Repo<'_>, words: &[&str]) -> Ran {
    let ran = repo.promote(words);
    assert_eq!(ran.code, 0, "{ran}");
    ran
}

/// The JSON of a command, which must have the schema of that name.
fn json(world: &World, repo: &Repo<'_>, schema: &str, words: &[&str]) -> Value {
    let ran = run(repo, &[words, &["--output", "json"]].concat());
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema = world.promote(&["schema", schema]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    document
}

#[test]
fn flows_are_listed_and_shown_with_their_steps() {
    let world = World::new();
    let repo = repository(&world, CONFIGURATION);
    assert_snapshot!(run(&repo, &["flow", "list"]).stdout, @"
    flow           trigger  steps   products
    to-production  staging  eu, us  loans
    ");
    assert_snapshot!(run(&repo, &["flow", "show", "to-production"]).stdout, @"
    to-production
    staging
    └─> eu
        │   pre-action: smoke
        └─> us
                on fail: page
    timeout: 24h
    products: loans
    ");
    let markdown = ["flow", "show", "to-production", "--output", "markdown"];
    assert!(
        run(&repo, &markdown)
            .stdout
            .starts_with("```text\nstaging\n")
    );
    let list = json(&world, &repo, "flows", &["flow", "list"]);
    let show = json(&world, &repo, "flows", &["flow", "show", "to-production"]);
    assert_eq!(list, show);
    assert_eq!(list["schema"], "git-promote/flows/v1");
    let flow = &list["flows"][0];
    assert_eq!(flow["products"], json!(["loans"]));
    assert_eq!(flow["timeout_seconds"], 86_400);
    assert_eq!(flow["steps"][1]["from"], "eu");
    assert_eq!(flow["steps"][0]["action"], Value::Null);
}

#[test]
fn every_setting_of_a_promotion_has_its_origin() {
    let world = World::new();
    let repo = repository(&world, CONFIGURATION);
    let evaluate = ["policy", "evaluate", "--product", "loans", "--to", "eu"];
    let in_flow = [&evaluate[..], &["--flow", "to-production"]].concat();
    assert_snapshot!(run(&repo, &in_flow).stdout, @"
    loans to eu, in flow to-production
    setting                  value         origin
    action                   pull-request  policy production (promote.yaml:15)
    preAction                smoke         step of flow to-production
    postAction               -             default
    gates.before             -             default
    gates.after              settled       policy production (promote.yaml:15)
    verify                   -             default
    verifyTimeout            10m           default
    guards.moving-version    hold          default
    guards.version-kind      hold          default
    guards.rollback          hold          default
    guards.stale-pin         hold          default
    guards.other-image       hold          default
    guards.encrypted         hold          default
    guards.link              hold          default
    guards.verify            hold          default
    guards.half-moved        warn          default
    guards.environment-name  warn          default
    guards.mass-change       warn          default
    guards.deletion          warn          default
    allow                    all           default
    pullRequest.draft        -             default
    pullRequest.labels       -             default
    pullRequest.reviewers    -             default
    pullRequest.teams        -             default
    pullRequest.assignees    -             default
    pullRequest.autoMerge    -             default

    policy      priority  matches                 place
    production  0         yes                     promote.yaml:15
    other       1         no: other environments  promote.yaml:16
    ");
    let document = json(&world, &repo, "policy", &in_flow);
    assert_eq!(document["schema"], "git-promote/policy/v1");
    let setting = |name: &str| {
        let settings = document["settings"].as_array().unwrap();
        settings.iter().find(|s| s["name"] == name).unwrap().clone()
    };
    assert_eq!(setting("preAction")["origin"], "step");
    assert_eq!(
        setting("gates.after"),
        json!({"name": "gates.after", "value": ["settled"], "origin": "policy", "policy": "production", "file": "promote.yaml", "line": 15})
    );
    assert_eq!(document["policies"][1]["mismatch"], "environments");
    // Without the flow, its step sets nothing.
    let document = json(&world, &repo, "policy", &evaluate);
    assert_eq!(document["settings"][1]["value"], Value::Null);
}

#[test]
fn names_that_the_configuration_does_not_have_are_usage_errors() {
    let world = World::new();
    let repo = repository(&world, CONFIGURATION);
    let evaluate = |product, to, more: &[&str]| {
        let words = ["policy", "evaluate", "--product", product, "--to", to];
        repo.promote(&[&words[..], more].concat())
    };
    for (ran, expected) in [
        (evaluate("loan", "eu", &[]), "did you mean `loans`?"),
        (evaluate("loans", "uss", &[]), "did you mean `us`?"),
        (
            evaluate("loans", "eu", &["--flow", "production"]),
            "no flow `production`",
        ),
        (
            evaluate("loans", "stg", &["--flow", "to-production"]),
            "it has steps for `eu`, `us`",
        ),
        (
            repo.promote(&["flow", "show", "to-prod"]),
            "did you mean `to-production`?",
        ),
    ] {
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(expected), "{expected}: {ran}");
    }
}

/// A product, its flow and a policy, as Codefresh has them.
const MANIFESTS: [(&str, &str); 3] = [
    (
        "resources/configurations/products/api.yaml",
        "{apiVersion: codefresh.io/v1beta1, kind: Product, metadata: {name: api}, spec: {promotionFlows: [{name: f}]}}\n",
    ),
    (
        "resources/configurations/promotion-flows/f.yaml",
        "{apiVersion: codefresh.io/v1beta1, kind: PromotionFlow, metadata: {name: f}, spec: {triggerEnvironment: staging, steps: [{environment: eu, dependsOn: [staging]}]}}\n",
    ),
    (
        "resources/configurations/promotion-policies/p.yaml",
        "{apiVersion: codefresh.io/v1beta1, kind: PromotionPolicy, metadata: {name: p}, spec: {priority: 1, policy: {action: pr}}}\n",
    ),
];

#[test]
fn manifests_of_codefresh_are_part_of_the_configuration() {
    let world = World::new();
    let repo = repository(&world, "environments: [{name: staging}, {name: eu}]\n");
    repo.commit("manifests", &MANIFESTS);
    assert_snapshot!(run(&repo, &["check"]).stdout, @"`promote.yaml` and 3 manifests are valid");
    let evaluate = [
        "policy",
        "evaluate",
        "--product",
        "api",
        "--to",
        "eu",
        "--flow",
        "f",
    ];
    let document = json(&world, &repo, "policy", &evaluate);
    assert_eq!(document["settings"][0]["value"], "pull-request");
    assert_eq!(document["settings"][0]["file"], MANIFESTS[2].0);
    // They also count without `promote.yaml`, and their faults stop a promotion.
    repo.git(&["rm", "-q", "promote.yaml"]);
    let broken = MANIFESTS[2].1.replace("action: pr", "action: merge");
    repo.commit("broken", &[(MANIFESTS[2].0, &broken)]);
    let promote = ["--from", "staging", "--to", "eu"];
    for ran in [repo.promote(&["check"]), repo.promote(&promote)] {
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("promotion-policies/p.yaml:1:"), "{ran}");
        assert!(ran.stderr.contains("unknown value `merge`"), "{ran}");
    }
}

#[test]
fn check_finds_products_without_an_application_in_their_flows() {
    let world = World::new();
    let repo = repository(&world, CONFIGURATION);
    assert_eq!(repo.promote(&["check"]).code, 0);
    repo.write(
        "promote.yaml",
        "products: [{name: loans, applications: [api], flows: [{name: f}]}, {name: cards, applications: [web]}]\n\
         flows: [{name: f, triggerEnvironment: staging, steps: [{environment: asia, dependsOn: staging}]}]\n",
    );
    let ran = repo.promote(&["check"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert_snapshot!(ran.stderr, @"
    error: `promote.yaml` has 1 fault
      promote.yaml: product `loans` has no application in `asia`, an environment of its flow `f`
    hint: `git promote schema config` prints the schema
    ");
}

#[test]
fn check_reports_missing_applications_and_unreadable_files_at_once() {
    let world = World::new();
    let repo = repository(&world, CONFIGURATION);
    let more = CONFIGURATION.replace("applications: [api]", "applications: [web]");
    let broken = ("apps/api/eu/values.yaml", "image: {tag: 1.0.1\n");
    repo.commit("broken", &[("promote.yaml", &more), broken]);
    let ran = repo.promote(&["check"]);
    assert_eq!(ran.code, 1, "{ran}");
    for fault in ["product `loans` has no application in `eu`", broken.0] {
        assert!(ran.stderr.contains(fault), "{fault}: {ran}");
    }
}
