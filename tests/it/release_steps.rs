//! What the steps of a release give to workflows, and what they compare.

use std::fs;

use serde_json::Value;

use crate::world::World;

const START: [&str; 6] = ["release", "start", "--flow", "out", "--product", "loans"];

/// A flow with two environments before the last one.
const CONFIGURATION: &str = "\
version: 1
environments: [{name: staging}, {name: eu}, {name: ap}, {name: us}]
products: [{name: loans, applications: [api, web], flows: [{name: out}]}]
flows:
  - name: out
    triggerEnvironment: staging
    steps:
      - {environment: eu, dependsOn: [staging]}
      - {environment: ap, dependsOn: [staging]}
      - {environment: us, dependsOn: [eu, ap]}
";

/// `api` and `web` in all environments, newer in staging.
fn files(configuration: &str) -> Vec<(String, String)> {
    let mut files = vec![("promote.yaml".to_owned(), configuration.to_owned())];
    for environment in ["staging", "eu", "ap", "us"] {
        for (application, older, newer) in [("api", "1.4.2", "1.5.0"), ("web", "2.0.0", "2.0.0")] {
            let is_newer = environment == "staging";
            let tag = if is_newer { newer } else { older };
            files.push((
                format!("apps/{application}/{environment}/values.yaml"),
                format!("image: {{tag: {tag}}}\n"),
            ));
        }
    }
    files
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files
        .iter()
        .map(|(p, t)| (p.as_str(), t.as_str()))
        .collect()
}

#[test]
fn workflows_know_what_is_promoted() {
    let world = World::new();
    let variables = world.path("variables");
    let run = format!(
        "echo $PRODUCT/$APPLICATION/$FROM/$ENVIRONMENT/$VERSION/$RELEASE/$RELEASE_URL/ >> {}",
        variables.display()
    );
    let configuration = CONFIGURATION.to_owned()
        + "policies: [{name: all, preAction: note, postAction: note}]\n"
        + &format!("workflows: [{{name: note, run: '{run}'}}]\n");
    let files = files(&configuration.replace("applications: [api, web]", "applications: [api]"));
    let (_remote, clone) = world.cloned(&borrowed(&files));
    let ran = clone.promote(&START);
    assert_eq!(ran.code, 0, "{ran}");
    let all = fs::read_to_string(&variables).unwrap();
    let mut lines: Vec<&str> = all.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(
        lines,
        [
            "loans/api/eu/us/1.5.0/loans-1//",
            "loans/api/staging/ap/1.5.0/loans-1//",
            "loans/api/staging/eu/1.5.0/loans-1//",
        ]
    );
    fs::remove_file(&variables).unwrap();
    // Several applications have several versions.
    let configuration = configuration.replace("[eu, ap]", "[eu]");
    clone.commit("both", &[("promote.yaml", &configuration)]);
    clone.commit(
        "web",
        &[("apps/web/staging/values.yaml", "image: {tag: 2.1.0}\n")],
    );
    clone.git(&["push", "--quiet"]);
    let ran = clone.promote(&START);
    assert_eq!(ran.code, 0, "{ran}");
    let all = fs::read_to_string(&variables).unwrap();
    let first = all.lines().next().unwrap();
    assert_eq!(
        first,
        "loans/api,web/staging/eu/api=1.5.0,web=2.1.0/loans-2//"
    );
}

#[test]
fn environments_that_do_not_agree_stop_the_step_after_them() {
    let world = World::new();
    let files = files(CONFIGURATION);
    let (remote, clone) = world.cloned(&borrowed(&files));
    let agreed = clone.promote(&START);
    assert_eq!(agreed.stdout, "loans-1 is succeeded\n", "{agreed}");
    // One of them keeps its version from now on.
    let kept = "image:\n  tag: 1.5.0 # promote: keep\n";
    clone.git(&["pull", "--quiet"]);
    clone.commit("keep", &[("apps/api/ap/values.yaml", kept)]);
    clone.commit(
        "api",
        &[("apps/api/staging/values.yaml", "image: {tag: 1.6.0}\n")],
    );
    clone.git(&["push", "--quiet"]);
    let ran = clone.promote(&START);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(
        ran.stdout
            .contains("us: the environments before do not agree: "),
        "{ran}"
    );
    assert!(ran.stdout.contains(" is 1.6.0 in eu, 1.5.0 in ap"), "{ran}");
    let us = remote.show("main", "apps/api/us/values.yaml");
    assert_eq!(us, "image: {tag: 1.5.0}\n");
}

#[test]
fn a_flow_is_planned_without_writing_anything() {
    let world = World::new();
    let files = files(CONFIGURATION);
    let (remote, clone) = world.cloned(&borrowed(&files));
    let refs = || (remote.git(&["for-each-ref"]), clone.git(&["for-each-ref"]));
    let objects = || clone.git(&["count-objects"]);
    let before = (refs(), objects());
    let plan = ["flow", "plan", "out", "--product", "loans"];
    let text = clone.promote(&plan);
    assert_eq!(text.code, 0, "{text}");
    for (environment, from) in [("eu", "staging"), ("ap", "staging"), ("us", "eu")] {
        let heading = format!("== {environment}: commit from {from} ==");
        assert!(text.stdout.contains(&heading), "{heading}: {text}");
    }
    // What `us` gets is not in `eu` yet.
    assert_eq!(
        text.stdout.matches("api  1.4.2 -> 1.5.0").count(),
        3,
        "{text}"
    );
    let json = clone.promote(&[&plan[..], &["--service", "api", "--output", "json"]].concat());
    let document: Value = serde_json::from_str(&json.stdout).unwrap();
    let schema = world.promote(&["schema", "flow-plan"]).stdout;
    let schema: Value = serde_json::from_str(&schema).unwrap();
    assert!(jsonschema::is_valid(&schema, &document), "{document:#}");
    assert_eq!(document["steps"][2]["environment"], "us");
    assert_eq!((refs(), objects()), before);
    // The trigger environment as it was.
    clone.commit(
        "api",
        &[("apps/api/staging/values.yaml", "image: {tag: 1.6.0}\n")],
    );
    clone.git(&["push", "--quiet"]);
    let older = clone.promote(&[&plan[..], &["--source", "HEAD~1"]].concat());
    assert!(older.stdout.contains("1.4.2 -> 1.5.0"), "{older}");
    let unknown = clone.promote(&["flow", "plan", "in", "--product", "loans"]);
    assert_eq!(unknown.code, 2, "{unknown}");
}
