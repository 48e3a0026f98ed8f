use std::time::Duration;

use insta::assert_snapshot;

use super::sample::SAMPLE;
use super::{accept, faults, settings, shown};
use crate::domain::{Action, Concurrency};

/// A configuration of four environments and one flow from `dev`, with these steps.
fn flow(steps: &str) -> String {
    format!(
        "environments: [{{name: dev}}, {{name: staging, aliases: [stg]}}, {{name: eu}}, {{name: us}}]\n\
         flows:\n\
         - name: f\n\
         \x20 triggerEnvironment: dev\n\
         \x20 steps:\n{steps}"
    )
}

#[test]
fn a_flow_has_the_names_of_environments_for_their_aliases() {
    let settings = settings(SAMPLE);
    let [flow] = settings.flows.as_slice() else {
        panic!("{:?}", settings.flows);
    };
    assert_eq!(flow.trigger_environment, "staging");
    assert_eq!(flow.time_limit, Some(Duration::from_secs(24 * 3_600)));
    assert_eq!(flow.hooks.on_success.as_deref(), Some("e2e"));
    let [step] = flow.steps.as_slice() else {
        panic!("{:?}", flow.steps);
    };
    assert_eq!(step.environment, "production");
    assert_eq!(step.depends_on, ["staging"]);
    assert_eq!(step.from.as_deref(), Some("staging"));
    assert_eq!(step.action, Some(Action::Commit));
    assert_eq!(step.checks.pre_action.as_deref(), Some("smoke"));
    assert_eq!(step.checks.gates_before, None);
    assert_eq!(step.hooks.on_fail.as_deref(), Some("page"));
}

#[test]
fn a_product_has_flows_with_conditions() {
    let settings = settings(SAMPLE);
    let product = settings.product("loans").unwrap();
    assert_eq!(product.concurrency, Concurrency::Replace);
    let [choice] = product.flows.as_slice() else {
        panic!("{:?}", product.flows);
    };
    assert_eq!(choice.flow, "to-production");
    assert_eq!(choice.when.messages.include, [r"\[promote\]"]);
    assert_eq!(choice.when.messages.exclude, ["wip"]);
    assert_eq!(choice.when.paths.include, ["apps/**"]);
}

#[test]
fn an_empty_list_of_gates_is_set() {
    let settings = settings(
        "policies:\n  - {name: a, priority: 1, gates: {before: []}}\n  - {name: b, priority: 2}\n",
    );
    let set = |i: usize| &settings.policies[i].checks.gates_before;
    assert_eq!((set(0), set(1)), (&Some(Vec::new()), &None));
}

#[test]
fn a_cycle_is_a_fault_that_names_its_steps_in_order() {
    assert_snapshot!(faults(&flow(
        "\
         \x20 - {environment: staging, dependsOn: [dev, us]}\n\
         \x20 - {environment: eu, dependsOn: staging}\n\
         \x20 - {environment: us, dependsOn: [eu]}\n"
    )), @"
    6:39 flows[0].steps[0].dependsOn: steps depend on each other: `staging` -> `eu` -> `us` -> `staging`
      hint: start with a step that depends on `dev`
    ");
}

#[test]
fn a_step_behind_a_cycle_is_never_reached() {
    assert_snapshot!(faults(&flow(
        "\
         \x20 - {environment: staging, dependsOn: [eu]}\n\
         \x20 - {environment: eu, dependsOn: [staging]}\n\
         \x20 - {environment: us, dependsOn: [eu]}\n"
    )), @"
    6:39 flows[0].steps[0].dependsOn: steps depend on each other: `staging` -> `eu` -> `staging`
      hint: start with a step that depends on `dev`
    8:34 flows[0].steps[2].dependsOn: step `us` is never reached from `dev`
      hint: it depends on steps that depend on each other
    ");
}

#[test]
fn each_environment_of_a_flow_has_one_step_and_depends_on_others() {
    assert_snapshot!(faults(&flow(
        "\
         \x20 - {environment: staging, dependsOn: [dev]}\n\
         \x20 - {environment: stg, dependsOn: [dev]}\n\
         \x20 - {environment: dev, dependsOn: [staging]}\n\
         \x20 - {environment: eu, dependsOn: [eu]}\n\
         \x20 - {environment: us, dependsOn: [staging], from: dev}\n"
    )), @"
    7:19 flows[0].steps[1].environment: two steps promote to `staging`
      hint: keep one of them, with all environments in its `dependsOn`
    8:19 flows[0].steps[2].environment: `dev` is the trigger environment
      hint: a step promotes to another environment; remove this step
    9:34 flows[0].steps[3].dependsOn: step `eu` depends on itself
    10:51 flows[0].steps[4].from: the source `dev` is not in `dependsOn`
      hint: use `staging`, or add it to `dependsOn`
    ");
}

#[test]
fn unknown_environments_of_a_flow_are_faults() {
    assert_snapshot!(faults(&flow(
        "\
         \x20 - {environment: stagin, dependsOn: [dev]}\n\
         \x20 - {environment: eu, dependsOn: [uss]}\n\
         \x20 - {environment: us, dependsOn: [staging]}\n"
    )), @"
    6:19 flows[0].steps[0].environment: no environment is named `stagin`, did you mean `staging`?
      hint: known environments: `dev`, `staging`, `stg`, `eu`, `us`
    7:35 flows[0].steps[1].dependsOn[0]: no environment is named `uss`, did you mean `us`?
      hint: known environments: `dev`, `staging`, `stg`, `eu`, `us`
    ");
    assert_snapshot!(faults(&flow(
        "\
         \x20 - {environment: eu, dependsOn: [stg]}\n"
    )), @"
    6:34 flows[0].steps[0].dependsOn: `staging` is neither the trigger environment nor that of a step
      hint: use `dev`, or add a step for it
    ");
}

#[test]
fn a_step_without_its_keys_is_one_fault() {
    assert_snapshot!(faults(&flow(
        "\
         \x20 - {environment: staging}\n\
         \x20 - {environment: eu, dependsOn: [staging]}\n"
    )), @"6:5 flows[0].steps[0]: key `dependsOn` is missing");
    assert_snapshot!(faults(
        "products: [{name: p, flows: [{name: f}]}]\nflows: [{name: f, triggerEnvironment: dev, steps: []}]\n"
    ), @"2:51 flows[0].steps: `steps` is empty");
}

#[test]
fn unknown_names_are_faults_with_the_nearest_known_one() {
    assert_snapshot!(faults(
        "products: [{name: p, flows: [{name: to-prod}]}]\n\
         policies: [{name: a, preAction: smok, gates: {before: [hours], after: [hour]}}]\n\
         flows:\n\
         - {name: to-production, triggerEnvironment: dev, hooks: {onFail: pag}, steps: [{environment: prod, dependsOn: dev}]}\n\
         workflows: [{name: smoke, run: make smoke}, {name: page, run: make page}]\n\
         gates: [{name: hours, soak: 1h}]\n"
    ), @"
    1:37 products[0].flows[0].name: no flow is named `to-prod`, did you mean `to-production`?
      hint: known flows: `to-production`
    2:33 policies[0].preAction: no workflow is named `smok`, did you mean `smoke`?
      hint: known workflows: `smoke`, `page`
    2:72 policies[0].gates.after[0]: no gate is named `hour`, did you mean `hours`?
      hint: known gates: `hours`
    4:66 flows[0].hooks.onFail: no workflow is named `pag`, did you mean `page`?
      hint: known workflows: `smoke`, `page`
    ");
}

#[test]
fn names_are_unique_and_manual_is_taken() {
    assert_snapshot!(faults(
        "flows:\n\
         - {name: manual, triggerEnvironment: dev, steps: [{environment: prod, dependsOn: dev}]}\n\
         - {name: a/b, triggerEnvironment: dev, timeout: 1w, steps: [{environment: prod, dependsOn: dev}]}\n\
         - {name: a/b, triggerEnvironment: dev, steps: [{environment: prod, dependsOn: dev}]}\n"
    ), @"
    2:10 flows[0].name: `manual` is the name of promotions without a flow
      hint: give the flow a different name
    3:10 flows[1].name: flow name `a/b` contains a `/`
      hint: use a name that is one part of a path
    3:49 flows[1].timeout: `1w` is not a time
      hint: write a number with `s`, `m`, `h` or `d`, such as `90s` or `10m`
    4:10 flows[2].name: flow name `a/b` contains a `/`
      hint: use a name that is one part of a path
    4:10 flows[2].name: flow `a/b` is defined twice
      hint: give one of them a different name
    ");
}

#[test]
fn what_is_never_used_is_a_warning() {
    let read =
        accept("workflows: [{name: smoke, run: make smoke}]\ngates: [{name: hours, soak: 1h}]\n");
    assert_snapshot!(shown(&read.unused), @"
    1:20 workflows[0].name: no flow or policy uses workflow `smoke`: it only runs if `--pre-action` or `--post-action` names it
    2:16 gates[0].name: no flow or policy uses gate `hours`: nothing waits for it
    ");
    assert!(read.warnings.is_empty());
}

#[test]
fn patterns_that_cannot_be_read_are_faults() {
    assert_snapshot!(faults(
        "products:\n\
         - name: p\n\
         \x20 flows: [{name: f, when: {branches: ['[a'], messages: ['!(', a], paths: ['!'], authors: ['a{']}}]\n\
         flows: [{name: f, triggerEnvironment: dev, steps: [{environment: prod, dependsOn: dev}]}]\n"
    ), @"
    3:39 products[0].flows[0].when.branches[0]: `[a` is not a valid glob: unclosed character class; missing ']'
    3:57 products[0].flows[0].when.messages[0]: `(` is not a valid regular expression: unclosed group
    3:75 products[0].flows[0].when.paths[0]: a pattern is empty
    3:91 products[0].flows[0].when.authors[0]: `a{` is not a valid glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)
    ");
}

#[test]
fn the_workflows_and_gates_of_policies_tie_like_other_settings() {
    assert_snapshot!(faults(
        "policies:\n\
         - {name: a, gates: {before: []}}\n\
         - {name: b, gates: {after: []}}\n\
         - {name: c, match: {kinds: [production]}, gates: {after: []}}\n"
    ), @"
    4:3 policies[2].priority: policies `b` and `c` both set `gates.after` with priority 0 and can match the same promotion
      hint: give one of them a different `priority`; the lowest number wins
    ");
}
