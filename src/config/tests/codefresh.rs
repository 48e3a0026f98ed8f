//! The manifests of Codefresh mean the same as entries of `promote.yaml`.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::shown;
use crate::config::{Configuration, read_with_manifests};
use crate::domain::{Action, Concurrency, ConfigText, EnvironmentKind, Mode, Promote, Settings};

pub(super) const MAIN: &str = "\
environments:
  - {name: dev, kind: non-production}
  - {name: qa, kind: non-production}
  - {name: prod, kind: production}
workflows:
  - {name: run-smoke-tests, run: make smoke}
  - {name: send-message, http: {url: 'https://chat.example.com'}}
";

const PRODUCT: &str = "\
apiVersion: codefresh.io/v1beta1
kind: Product
metadata:
  name: billing
spec:
  promotionTemplateRef: base-promotion-template
  promotionFlows:
    - name: dev-to-prod
      gitTriggerSelectors:
        - {key: commitMessage, operator: In, values: ['*[promotion:dev-to-prod]*']}
        - {key: gitRevision, operator: NotIn, values: ['feature/*', hotfix]}
  concurrency: terminate
";

const FLOW: &str = "\
apiVersion: codefresh.io/v1beta1
kind: PromotionFlow
metadata:
  name: dev-to-prod
  annotations: {version: 1.0.0, description: From development to production}
spec:
  triggerEnvironment: dev
  steps:
    - environment: prod
      dependsOn: [qa]
      policy: {action: pr, preAction: run-smoke-tests}
      hooks: {onFail: send-message}
    - environment: qa
      dependsOn: [dev]
  hooks: {onSuccess: send-message}
  promotionTimeoutLimit: 90
";

const POLICY: &str = "\
apiVersion: codefresh.io/v1beta1
kind: PromotionPolicy
metadata: {name: production}
spec:
  priority: -10
  selector:
    product: {names: [billing]}
    targetEnvironment: {types: [PROD]}
  policy: {action: commit, postAction: run-smoke-tests}
";

const TEMPLATE: &str = "\
apiVersion: codefresh.io/v1beta1
kind: PromotionTemplate
metadata: {name: base-promotion-template}
spec:
  applicationSourceSelector: {matchLabels: {codefresh.io/product: billing}}
  priority: 0
  versionSource: {file: Chart.yaml, jsonPath: $.appVersion}
  promotion:
    'values*.yaml': {jsonPaths: ['*']}
    values.yaml: {jsonPaths: [$.flask-ui.image.tag, $.api.image]}
    charts/Chart.yaml: {jsonPaths: [$.version]}
";

const ALL: [&str; 4] = [PRODUCT, FLOW, POLICY, TEMPLATE];

/// Reads a configuration with manifests `a.yaml`, `b.yaml` and so on.
pub(super) fn read(main: &str, manifests: &[&str]) -> Result<Configuration, String> {
    let names = ["a.yaml", "b.yaml", "c.yaml", "d.yaml", "e.yaml"];
    let manifests = manifests.iter().zip(names);
    let manifests: Vec<_> = manifests
        .map(|(text, file)| ConfigText { file, text })
        .collect();
    let main = ConfigText {
        file: "promote.yaml",
        text: main,
    };
    read_with_manifests(main, &manifests).map_err(|faults| {
        let mut out = String::new();
        for fault in &faults {
            let _ = write!(out, "{} {}", fault.file, shown([fault]));
        }
        out
    })
}

fn settings(main: &str, manifests: &[&str]) -> Settings {
    read(main, manifests)
        .unwrap_or_else(|faults| panic!("{faults}"))
        .settings
}

fn faults(main: &str, manifests: &[&str]) -> String {
    read(main, manifests).unwrap_err()
}

#[test]
fn a_product_has_its_flows_and_conditions() {
    let settings = settings(MAIN, &ALL);
    let product = settings.product("billing").unwrap();
    // Nothing lists its applications.
    assert_eq!(product.applications, ["billing"]);
    assert_eq!(product.template.as_deref(), Some("base-promotion-template"));
    assert_eq!(product.concurrency, Concurrency::Replace);
    let [choice] = product.flows.as_slice() else {
        panic!("{product:?}");
    };
    assert_eq!(choice.flow, "dev-to-prod");
    assert_eq!(
        choice.when.messages.include,
        [r"(?s)^.*\[promotion:dev\-to\-prod\].*$"]
    );
    assert_eq!(choice.when.branches.exclude, ["feature/*", "hotfix"]);
    assert!(choice.when.branches.include.is_empty());
}

#[test]
fn a_flow_and_a_policy_have_the_same_settings() {
    let settings = settings(MAIN, &ALL);
    let product = settings.product("billing").unwrap();
    let flow = settings.product_flow(product, settings.flow("dev-to-prod").unwrap());
    assert_eq!(flow.trigger_environment, "dev");
    assert_eq!(flow.time_limit.map(|limit| limit.as_secs()), Some(5_400));
    assert_eq!(flow.hooks.on_success.as_deref(), Some("send-message"));
    let [prod, qa] = flow.steps.as_slice() else {
        panic!("{flow:?}");
    };
    assert_eq!((prod.from.as_str(), qa.from.as_str()), ("qa", "dev"));
    assert_eq!(
        (prod.action, qa.action),
        (Action::PullRequest, Action::Commit)
    );
    assert_eq!(prod.pre_action.as_deref(), Some("run-smoke-tests"));
    assert_eq!(prod.post_action.as_deref(), Some("run-smoke-tests"));
    assert_eq!(qa.post_action, None);
    let [policy] = settings.policies.as_slice() else {
        panic!("{:?}", settings.policies);
    };
    assert_eq!(policy.priority, -10);
    assert_eq!(policy.matches.kinds, [EnvironmentKind::Production]);
    assert_eq!(policy.place.to_string(), "c.yaml:3");
}

#[test]
fn a_template_promotes_its_paths_and_keeps_other_files() {
    let settings = settings(MAIN, &ALL);
    let [template] = settings.templates.as_slice() else {
        panic!("{:?}", settings.templates);
    };
    let version = template.version.as_ref().unwrap();
    assert_eq!(
        (version.file.as_str(), version.path.to_string().as_str()),
        ("**/Chart.yaml", "$.appVersion")
    );
    let rules: Vec<String> = (template.rules.iter())
        .map(|rule| {
            let promote = rule.promote.iter().map(|promote| match promote {
                Promote::Mode(mode) => mode.to_string(),
                Promote::Path(path) => path.to_string(),
            });
            let keep = rule.keep.iter().map(ToString::to_string);
            let (promote, keep): (Vec<_>, Vec<_>) = (promote.collect(), keep.collect());
            format!(
                "{}: {}; {}",
                rule.files,
                promote.join(", "),
                keep.join(", ")
            )
        })
        .collect();
    assert_snapshot!(rules.join("\n"), @"
    **/charts/Chart.yaml: $.version; 
    **/values.yaml: $['flask-ui'].image.tag, $.api.image; 
    **/values*.yaml: all; 
    **: versions; $
    ");
}

#[test]
fn a_template_without_promotion_promotes_everything() {
    let inline = "{apiVersion: codefresh.io/v1beta2, kind: Product, metadata: {name: p}, spec: {promotionTemplate: {versionSource: {file: a, jsonPath: $.b}}}}";
    let settings = settings("", &[inline]);
    let product = settings.product("p").unwrap();
    let [template] = settings.templates.as_slice() else {
        panic!("{:?}", settings.templates);
    };
    assert_eq!(product.template.as_ref(), Some(&template.name));
    assert!(matches!(
        template.rules[0].promote.as_slice(),
        [Promote::Mode(Mode::All)]
    ));
}

#[test]
fn promote_yaml_lists_the_applications_of_a_product() {
    let main = format!("{MAIN}products: [{{name: billing, applications: [api, web]}}]\n");
    let settings = settings(&main, &ALL);
    let [product] = settings.products.as_slice() else {
        panic!("{:?}", settings.products);
    };
    assert_eq!(product.applications, ["api", "web"]);
    assert_eq!(product.flows.len(), 1);
    let both = format!("{MAIN}products: [{{name: billing, concurrency: queue}}]\n");
    assert_snapshot!(faults(&both, &ALL), @"
    a.yaml 4:9 metadata.name: product `billing` is also in `promote.yaml`
      hint: only list its `applications` there, or remove this manifest
    ");
}

#[test]
fn what_has_no_effect_is_a_warning() {
    let tagged = "{apiVersion: codefresh.io/v1beta1, kind: PromotionPolicy, metadata: {name: t}, spec: {priority: 1, selector: {product: {tags: [x]}}, policy: {action: none}}}";
    let read = read(MAIN, &[PRODUCT, FLOW, POLICY, TEMPLATE, tagged]).unwrap();
    assert_eq!(read.settings.policies.len(), 1);
    assert_snapshot!(shown(&read.warnings), @"
    4:9 metadata.name: `metadata.annotations` has no effect here
    3:18 metadata.name: `spec.applicationSourceSelector`, `spec.priority` have no effect here
    1:110 spec.selector: the policy has no effect, because it selects by tags
      hint: select products and environments by `names` or `types`
    ");
}

#[test]
fn other_resources_are_left_out() {
    for text in [
        "{apiVersion: v1, kind: ConfigMap}",
        "{apiVersion: argoproj.io/v1alpha1, kind: WorkflowTemplate, metadata: {annotations: {codefresh.io/workflow-origin: promotion}}}",
        "{apiVersion: codefresh.io/v1beta1, kind: Restriction, spec: {x: 1}}",
    ] {
        assert!(
            settings(MAIN.split("workflows").next().unwrap(), &[text])
                .products
                .is_empty()
        );
    }
}

#[test]
fn faults_are_in_the_manifest_and_found_over_all_files() {
    let flow = FLOW
        .replace("dependsOn: [dev]", "dependsOn: [prod]")
        .replace("onSuccess: send-message", "onSuccess: send-mesage");
    let product = PRODUCT.replace("- name: dev-to-prod", "- name: dev-to-production");
    let policy = POLICY
        .replace("types: [PROD]", "types: [PRODUCTION]")
        .replace("priority: -10", "priorty: -10");
    let template = TEMPLATE.replace("$.api.image", "api.image");
    assert_snapshot!(faults(MAIN, &[&product, &flow, &policy, &template]), @"
    a.yaml 8:13 spec.promotionFlows[0].name: no flow is named `dev-to-production`
      hint: known flows: `dev-to-prod`
    b.yaml 10:18 spec.steps[0].dependsOn: steps depend on each other: `prod` -> `qa` -> `prod`
      hint: start with a step that depends on `dev`
    b.yaml 15:22 spec.hooks.onSuccess: no workflow is named `send-mesage`, did you mean `send-message`?
      hint: known workflows: `run-smoke-tests`, `send-message`
    c.yaml 5:3 spec.priorty: unknown key `priorty`, did you mean `priority`?
      hint: known keys: `priority`, `selector`, `policy`
    c.yaml 5:3 spec: key `priority` is missing
    c.yaml 8:33 spec.selector.targetEnvironment.types[0]: unknown value `PRODUCTION` for `types`
      hint: allowed: `PROD` or `NON_PROD`
    d.yaml 10:53 spec.promotion['values.yaml'].jsonPaths[1]: `api.image` is not a JSONPath
      hint: a JSONPath starts with `$`; `*` is the whole file
    ");
    assert_snapshot!(faults(MAIN, &[PRODUCT, FLOW, POLICY, TEMPLATE, POLICY]), @"
    e.yaml 3:18 metadata.name: policy `production` is defined twice
      hint: give one of them a different name
    e.yaml 5:13 spec.priority: policies `production` and `production` both set `action` with priority -10 and can match the same promotion
      hint: give one of them a different `priority`; the lowest number wins
    ");
}

#[test]
fn two_selectors_that_must_both_match_are_a_fault() {
    let product = PRODUCT
        .replace("operator: NotIn", "operator: In")
        .replace("gitRevision", "commitMessage");
    assert_snapshot!(faults(MAIN, &[&product, FLOW, POLICY, TEMPLATE]), @"
    a.yaml 11:11 spec.promotionFlows[0].gitTriggerSelectors[1]: a selector with this `key` and `In` is already there
      hint: list all values in one selector
    ");
}
