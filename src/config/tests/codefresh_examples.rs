//! The examples of Codefresh's documentation, written anew, are accepted and mean the same.

use insta::assert_snapshot;

use super::codefresh::{MAIN, read};
use super::shown;
use crate::domain::ProductStep;

// They have what other tests do not: a reference to a template beside the product's own, paths at any depth, a
// path without its dot, and a flow below `properties`.

const PRODUCT: &str = "\
apiVersion: codefresh.io/v1beta1
kind: Product
metadata:
  name: guestbook # the product's name
spec:
  promotionTemplateRef: shared
  promotionTemplate:
    versionSource: {file: release.yaml, jsonPath: $.release}
    promotion:
      Chart.yaml: {jsonPaths: [$.appVersion, $.version, $.dependencies]}
      values.yaml: {jsonPaths: [$..image]}
      requirements.yaml: {jsonPaths: [\"$.dependencies\"]}
  promotionFlows:
    - name: to-production
      gitTriggerSelectors:
        - {key: commitMessage, operator: In, values: [\"*ship*\"]}
    - name: older
      gitTriggerSelectors:
        - {key: gitRevision, operator: In, values: [hotfix]}
";

const FLOW: &str = "\
apiVersion: codefresh.io/v1beta1
kind: PromotionFlow
metadata: {name: to-production}
spec:
  triggerEnvironment: dev
  steps:
    - environment: qa
      dependsOn: [dev]
      policy: {action: commit}
      hooks: {onStart: send-message, onSuccess: send-message, onFail: send-message}
    - {environment: prod, dependsOn: [qa], policy: {action: commit}}
  hooks: {onStart: send-message, onSuccess: send-message, onFail: send-message}
";

const OLDER: &str = "\
apiVersion: codefresh.io/v1beta1
kind: PromotionFlow
metadata: {name: older}
spec:
  properties:
    triggerEnvironment: dev
    steps:
      - {environment: qa, dependsOn: [dev]}
      - environment: prod
        dependsOn: [qa]
        policy: {preAction: run-smoke-tests, postAction: send-message, action: commit}
";

const POLICY: &str = "\
apiVersion: codefresh.io/v1beta1
kind: PromotionPolicy
metadata: {name: both}
spec:
  priority: 2
  selector:
    product: {names: [guestbook]}
    targetEnvironment: {names: [qa], types: [NON_PROD]}
  policy: {action: commit, preAction: run-smoke-tests, postAction: send-message}
";

const TEMPLATE: &str = "\
apiVersion: codefresh.io/v1beta1
kind: PromotionTemplate
metadata: {name: shared}
spec:
  versionSource: {file: Chart.yaml, jsonPath: $appVersion}
  promotion:
    Chart.yaml: {jsonPaths: [$.appVersion, $.version]}
";

#[test]
fn the_examples_of_the_documentation_are_accepted() {
    let read = read(MAIN, &[PRODUCT, FLOW, OLDER, POLICY, TEMPLATE])
        .unwrap_or_else(|faults| panic!("{faults}"));
    assert_snapshot!(shown(&read.warnings), @r"
    6:25 spec.promotionTemplateRef: `promotionTemplateRef` has no effect beside `promotionTemplate`
      hint: remove one of them
    ");
    let settings = read.settings;
    let product = settings.product("guestbook").unwrap();
    let flows: Vec<&str> = product.flows.iter().map(|f| f.flow.as_str()).collect();
    assert_eq!(flows, ["to-production", "older"]);
    assert_eq!(product.flows[1].when.branches.include, ["hotfix"]);
    let of = |name: &str| {
        let template = settings.templates.iter().find(|t| t.name == name).unwrap();
        let version = template.version.as_ref().unwrap();
        let rules = template.rules.iter().map(|rule| rule.files.clone());
        (
            version.path.to_string(),
            rules.collect::<Vec<_>>().join(" "),
        )
    };
    let own = of(product.template.as_deref().unwrap());
    assert_eq!(own.0, "$.release");
    assert_eq!(
        own.1,
        "**/Chart.yaml **/requirements.yaml **/values.yaml **"
    );
    assert_eq!(of("shared").0, "$.appVersion");
    let steps = |name: &str| {
        let flow = settings.product_flow(product, settings.flow(name).unwrap());
        let step = |step: &ProductStep| {
            let on_start = step.hooks.on_start.is_some();
            format!(
                "{} <- {}, {:?}, {:?}, {on_start}",
                step.environment, step.from, step.pre_action, step.action
            )
        };
        flow.steps.iter().map(step).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(steps("to-production"), @r#"
    qa <- dev, Some("run-smoke-tests"), Commit, true
    prod <- qa, None, Commit, false
    "#);
    assert_snapshot!(steps("older"), @r#"
    qa <- dev, Some("run-smoke-tests"), Commit, false
    prod <- qa, Some("run-smoke-tests"), Commit, false
    "#);
}
