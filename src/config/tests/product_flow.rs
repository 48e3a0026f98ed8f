//! The flow of a product, with the settings of policies and steps.

use insta::assert_snapshot;

use super::settings;
use crate::domain::{
    Action, Environment, ManualStep, PolicyEvaluation, ProductFlow, ProductStep, SettingOrigin,
    Settings,
};

const TEXT: &str = "\
environments:
  - {name: staging, kind: non-production}
  - {name: eu, kind: production}
  - {name: us, kind: production}
products:
  - {name: loans, applications: [api], flows: [{name: f}], concurrency: reject}
  - {name: cards, applications: [web]}
flows:
  - name: f
    triggerEnvironment: staging
    steps:
      - {environment: eu, dependsOn: staging, policy: {preAction: smoke, gates: {before: []}}}
      - {environment: us, dependsOn: [eu, staging], from: staging, hooks: {onFail: page}}
policies:
  - {name: all, priority: 9, action: commit, postAction: e2e, gates: {before: [hours], after: [settled]}, guards: {link: warn}, pullRequest: {draft: true}}
  - {name: production, priority: 1, match: {kinds: production}, action: pull-request, preAction: e2e, verifyTimeout: 90s, allow: [link]}
  - {name: cards, priority: 0, match: {products: cards}, action: none}
  - {name: staging, priority: 0, match: {environments: staging, products: loans}, action: none}
workflows:
  - {name: smoke, run: make smoke}
  - {name: e2e, run: make e2e}
  - {name: page, run: make page}
gates:
  - {name: hours, window: {allow: [Mon-Fri]}}
  - {name: settled, soak: 1h}
";

fn flow() -> (Settings, ProductFlow) {
    let settings = settings(TEXT);
    let product = settings.product("loans").unwrap();
    let flow = settings.product_flow(product, settings.flow("f").unwrap());
    (settings, flow)
}

fn evaluation(settings: &Settings, target: &str, flow: Option<&str>) -> PolicyEvaluation {
    let product = settings.product("loans").unwrap();
    let target = settings.environment(target).unwrap();
    settings.evaluate(product, target, flow.and_then(|name| settings.flow(name)))
}

#[test]
fn a_step_comes_before_policies_and_the_lowest_priority_number_before_others() {
    let (_, flow) = flow();
    let [eu, us] = flow.steps.as_slice() else {
        panic!("{flow:?}");
    };
    assert_eq!(eu.action, Action::PullRequest);
    assert_eq!(eu.pre_action.as_deref(), Some("smoke"));
    assert_eq!(eu.post_action.as_deref(), Some("e2e"));
    assert_eq!(eu.gates_before, [""; 0]);
    assert_eq!(eu.gates_after, ["settled"]);
    assert_eq!(us.pre_action.as_deref(), Some("e2e"));
    assert_eq!(us.gates_before, ["hours"]);
    assert_eq!((eu.from.as_str(), us.from.as_str()), ("staging", "staging"));
}

#[test]
fn a_flow_has_the_workflows_and_gates_that_it_names() {
    let (settings, flow) = flow();
    let names: Vec<&String> = flow.workflows.keys().collect();
    assert_eq!(names, ["e2e", "page", "smoke"]);
    let names: Vec<&String> = flow.gates.keys().collect();
    assert_eq!(names, ["hours", "settled"]);
    let cards = settings.product("cards").unwrap();
    let step = ManualStep {
        source: "staging".to_owned(),
        target: "eu".to_owned(),
        ..ManualStep::default()
    };
    let manual = settings.manual_flow(cards, &step);
    assert_eq!(manual.name, ProductFlow::MANUAL);
    assert_eq!(manual.trigger_environment, "staging");
    assert!(!manual.workflows.contains_key("page"), "{manual:?}");
    let [ProductStep { action, from, .. }] = manual.steps.as_slice() else {
        panic!("{manual:?}");
    };
    assert_eq!((*action, from.as_str()), (Action::None, "staging"));
}

#[test]
fn an_evaluation_agrees_with_the_flow_and_has_every_origin() {
    let (settings, flow) = flow();
    for step in &flow.steps {
        let evaluation = evaluation(&settings, &step.environment, Some("f"));
        let action = evaluation.settings.iter().find(|s| s.name == "action");
        let expected = crate::domain::SettingValue::Text(step.action.to_string());
        assert_eq!(action.unwrap().value, expected);
    }
    let shown = |target, flow| -> String {
        let evaluation = evaluation(&settings, target, flow);
        let set = evaluation.settings.iter();
        let set = set.filter(|setting| setting.origin != SettingOrigin::Default);
        let lines = set.map(|s| match &s.origin {
            SettingOrigin::Policy { name, .. } => format!("{}: {:?}, {name}\n", s.name, s.value),
            origin => format!("{}: {:?}, {origin:?}\n", s.name, s.value),
        });
        let policies = evaluation.policies.iter();
        let policies = policies.map(|p| format!("{} {}: {:?}\n", p.name, p.place, p.mismatch));
        lines.chain(policies).collect()
    };
    assert_snapshot!(shown("eu", Some("f")), @r#"
    action: Text("pull-request"), production
    preAction: Text("smoke"), Step
    postAction: Text("e2e"), all
    gates.before: List([]), Step
    gates.after: List(["settled"]), all
    verifyTimeout: Time(90s), production
    guards.link: Text("warn"), all
    allow: List(["link"]), production
    pullRequest.draft: Flag(true), all
    cards promote.yaml:17: Some(Product)
    staging promote.yaml:18: Some(Environment)
    production promote.yaml:16: None
    all promote.yaml:15: None
    "#);
    assert_snapshot!(shown("staging", None), @r#"
    action: Text("none"), staging
    postAction: Text("e2e"), all
    gates.before: List(["hours"]), all
    gates.after: List(["settled"]), all
    guards.link: Text("warn"), all
    pullRequest.draft: Flag(true), all
    cards promote.yaml:17: Some(Product)
    staging promote.yaml:18: None
    production promote.yaml:16: Some(Kind)
    all promote.yaml:15: None
    "#);
}

#[test]
fn an_environment_that_is_not_configured_only_matches_policies_for_all() {
    let settings = settings(
        "products: [{name: loans}]\npolicies:\n  - {name: a, match: {kinds: production}, action: none}\n  - {name: b, priority: 1, verify: make}\n",
    );
    let product = settings.product("loans").unwrap();
    let evaluation = settings.evaluate(product, &Environment::named("prod"), None);
    let matching = evaluation.policies.iter().filter(|p| p.mismatch.is_none());
    assert_eq!(matching.map(|p| p.name.as_str()).collect::<Vec<_>>(), ["b"]);
}
