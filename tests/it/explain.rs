//! `git promote explain`: the reason for each decision, and ways to another one that work.

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{Ran, Repo, World};

const FILE: &str = "apps/production/api/values.yaml";

const SETTINGS: &str = "\
version: 1
templates:
  - name: default
    rules:
      - {files: '**/*.json', promote: all}
      - files: '**/values.yaml'
        promote: [versions, $.features]
        keep: [$..replicas]
";

const STAGING: &str = "\
image: {tag: 1.1.0}
sidecar: {image: {repository: proxy, tag: 2.0.0}}
features: {search: true}
replicas: 1
host: api.staging.example.com
level: debug
cache: on-disk
probe: {path: /ready}
";

const PRODUCTION: &str = "\
image: {tag: 1.0.0}
sidecar: {image: {repository: proxy, tag: 2.1.0}}
features: {search: false}
replicas: 4
host: api.production.example.com
level: info
cache: in-memory # promote: keep
limit: 5
";

fn repository(world: &World) -> Repo<'_> {
    world.repository(&[
        ("promote.yaml", SETTINGS),
        ("apps/staging/api/values.yaml", STAGING),
        (FILE, PRODUCTION),
        ("apps/staging/web/values.yaml", "image: {tag: 1.0.0}\n"),
        ("apps/production/web/values.yaml", "image: {tag: 1.0.0}\n"),
    ])
}

fn explain(repo: &Repo<'_>, more: &[&str]) -> Ran {
    repo.promote(
        &[
            &["explain", "--from", "staging", "--to", "production"],
            more,
        ]
        .concat(),
    )
}

fn places(repo: &Repo<'_>, more: &[&str]) -> Vec<Value> {
    let ran = explain(repo, &[&["--output", "json"], more].concat());
    assert_eq!(ran.code, 0, "{ran}");
    let mut json: Value = serde_json::from_str(&ran.stdout).unwrap();
    json["places"].as_array_mut().unwrap().drain(..).collect()
}

#[test]
fn each_place_is_explained_with_its_rule_and_the_ways_to_another_decision() {
    let world = World::new();
    let repo = repository(&world);
    assert_snapshot!(repo.redact(explain(&repo, &[FILE])), @"
    exit 0
    --- stdout
    apps/production/api/values.yaml:$.image.tag
      decision        promoted: image tag
      value           1.0.0 -> 1.1.0
      relation        behind
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      to keep it      --except 'apps/production/api/values.yaml:$.image.tag'
                      add `$.image.tag` to `keep` in promote.yaml:6

    apps/production/api/values.yaml:$.sidecar.image.tag
      decision        promoted: image tag
      value           2.1.0 -> 2.0.0
      relation        ahead
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      guard           rollback holds: api sidecar.image.tag 2.1.0 -> 2.0.0 is a rollback
      to keep it      --except 'apps/production/api/values.yaml:$.sidecar.image.tag'
                      add `$.sidecar.image.tag` to `keep` in promote.yaml:6

    apps/production/api/values.yaml:$.features.search
      decision        promoted: rule `$.features`
      value           false -> true
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      to keep it      --except 'apps/production/api/values.yaml:$.features.search'
                      remove `$.features` from `promote` in promote.yaml:6
                      add `$.features.search` to `keep` in promote.yaml:6

    apps/production/api/values.yaml:$.replicas
      decision        kept: keep rule `$..replicas`
      value           4 -> 1
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      to promote it   --only 'apps/production/api/values.yaml:$.replicas'
                      remove `$..replicas` from `keep` in promote.yaml:6

    apps/production/api/values.yaml:$.host
      decision        kept: environment-specific
      value           api.production.example.com, as in the source but for the environment's name
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`

    apps/production/api/values.yaml:$.level
      decision        kept: not a version
      value           info -> debug
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      to promote it   --only 'apps/production/api/values.yaml:$.level'
                      add `$.level` to `promote` in promote.yaml:6

    apps/production/api/values.yaml:$.cache
      decision        kept: comment `promote: keep`
      value           in-memory -> on-disk
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      to promote it   --only 'apps/production/api/values.yaml:$.cache'
                      remove the comment `promote: keep`

    apps/production/api/values.yaml:$.limit
      decision        kept: only in the target
      value           only in the target: 5
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      to remove it    --only 'apps/production/api/values.yaml:$.limit'
                      --promote all --delete, with all else that only the target has

    apps/production/api/values.yaml:$.probe
      decision        kept: only in the source
      value           only in the source: {path: /ready}
      application     api
      source file     apps/staging/api/values.yaml
      rule            promote.yaml:6 for `**/values.yaml` in template `default`, promotes `versions`, `$.features`, keeps `$..replicas`
      to promote it   --only 'apps/production/api/values.yaml:$.probe'
                      add `$.probe` to `promote` in promote.yaml:6

    --- stderr
    ");
    assert_snapshot!(repo.redact(explain(&repo, &["replicas", "--output", "markdown"])), @"
    exit 0
    --- stdout
    #### `apps/production/api/values.yaml:$.replicas`

    - decision: <code>kept&#58; keep rule &#96;&#36;&#46;&#46;replicas&#96;</code>
    - value: `4 -> 1`
    - application: `api`
    - source file: `apps/staging/api/values.yaml`
    - rule: <code>promote&#46;yaml&#58;6 for &#96;&#42;&#42;/values&#46;yaml&#96; in template &#96;default&#96;, promotes &#96;versions&#96;, &#96;&#36;&#46;features&#96;, keeps &#96;&#36;&#46;&#46;replicas&#96;</code>
    - to promote it: `--only 'apps/production/api/values.yaml:$.replicas'`
    - to promote it: <code>remove &#96;&#36;&#46;&#46;replicas&#96; from &#96;keep&#96; in promote&#46;yaml&#58;6</code>

    --- stderr
    ");
}

/// The words of an option as a shell reads them.
fn words(option: &str) -> Vec<String> {
    let (name, value) = option.split_once([' ', '=']).unwrap();
    let value = value.trim_matches('\'').replace(r"'\''", "'");
    vec![name.to_owned(), value]
}

#[test]
fn every_option_that_is_named_changes_the_decision() {
    let world = World::new();
    let repo = repository(&world);
    let mut tried = 0;
    for place in places(&repo, &[FILE]) {
        let difference = &place["difference"];
        let selector = difference["selector"].as_str().unwrap();
        for way in place["ways"].as_array().unwrap() {
            let way = way.as_str().unwrap();
            if !way.starts_with("--only ") && !way.starts_with("--except ") {
                continue;
            }
            let words = words(way);
            let again = places(&repo, &[selector, &words[0], &words[1]]);
            assert_ne!(
                again[0]["difference"]["decision"], difference["decision"],
                "{way}"
            );
            tried += 1;
        }
    }
    assert!(tried > 6, "{tried}");
}

#[test]
fn a_line_of_the_configuration_that_is_named_changes_the_decision() {
    let world = World::new();
    let repo = repository(&world);
    let decision = |selector: &str| {
        let place = places(&repo, &[selector]).remove(0);
        place["difference"]["decision"].as_str().unwrap().to_owned()
    };
    let of = |selector: &str, key: &str| {
        let place = places(&repo, &[selector]).remove(0);
        let ways = place["ways"].as_array().unwrap().iter();
        let mut ways = ways.map(|way| way.as_str().unwrap().to_owned());
        ways.find(|way| way.contains(&format!("`{key}`"))).unwrap()
    };
    assert_eq!(
        of("replicas", "keep"),
        "remove `$..replicas` from `keep` in promote.yaml:6"
    );
    assert_eq!(
        of("features", "promote"),
        "remove `$.features` from `promote` in promote.yaml:6"
    );
    assert_eq!(
        of("level", "promote"),
        "add `$.level` to `promote` in promote.yaml:6"
    );
    let before = ["replicas", "features", "level"].map(decision);
    let settings = SETTINGS
        .replace("keep: [$..replicas]", "keep: []")
        .replace("$.features", "$.level, $.replicas");
    repo.commit("configure", &[("promote.yaml", &settings)]);
    let after = ["replicas", "features", "level"].map(decision);
    assert_eq!(before, ["keep", "promote", "keep"]);
    assert_eq!(after, ["promote", "keep", "promote"]);
}

#[test]
fn a_place_without_a_difference_and_one_that_is_not_there_are_told_apart() {
    let world = World::new();
    let repo = repository(&world);
    let ran = explain(&repo, &["apps/production/web/values.yaml:$.image.tag"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "nothing differs there\n")
    );
    let ran = explain(&repo, &["apps/production/api/values.yaml:$.imag.tag"]);
    assert_snapshot!(repo.redact(ran), @"
    exit 2
    --- stdout

    --- stderr
    error: `SELECTOR apps/production/api/values.yaml:$.imag.tag` matches no difference
    hint: did you mean one of these?
        apps/production/api/values.yaml:$.cache
        apps/production/api/values.yaml:$.features.search
        apps/production/api/values.yaml:$.host
        apps/production/api/values.yaml:$.image.tag
        apps/production/api/values.yaml:$.level
    ");
}

#[test]
fn the_json_has_a_schema() {
    let world = World::new();
    let repo = repository(&world);
    let ran = explain(&repo, &[FILE, "--output", "json"]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let schema = world.promote(&["schema", "explain"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    assert_eq!(document["schema"], "git-promote/explain/v1");
    let replicas = &places(&repo, &["replicas"])[0];
    assert_eq!(replicas["rule"]["line"], 6);
    assert_eq!(replicas["if_selected"]["decision"], "promote");
    let back = &places(&repo, &["sidecar.image.tag"])[0];
    assert_eq!(back["findings"][0]["guard"], "rollback");
    assert_eq!(back["findings"][0]["holds"], true);
}

#[test]
fn a_value_that_only_has_the_environments_name_is_never_promoted() {
    let world = World::new();
    let repo = repository(&world);
    let host = format!("{FILE}:$.host");
    let place = &places(&repo, &[&host])[0];
    assert_eq!(place["if_selected"]["decision"], "keep");
    assert_eq!(place["ways"].as_array().unwrap().len(), 0);
    let args = ["--from", "staging", "--to", "production", "--only", &host];
    let ran = repo.promote(&args);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("1 environment-specific"), "{ran}");
    assert!(ran.stdout.contains("nothing to promote"), "{ran}");
}
