//! Makes the flow of one product: every setting is decided.
//!
//! # Why
//!
//! A release must know all of its settings before it starts. For each setting, the step comes first, then the
//! matching policy with the lowest priority number, then the default.

use std::collections::BTreeSet;

use super::action::Action;
use super::application::Product;
use super::environment::Environment;
use super::flow::{Flow, FlowStep, Hooks, ManualStep, ProductFlow, ProductStep, StepChecks};
use super::settings::{Policy, Settings};

impl Settings {
    /// A flow as a release of a product runs it.
    pub fn product_flow(&self, product: &Product, flow: &Flow) -> ProductFlow {
        let steps = flow.steps.iter();
        let steps = steps.map(|step| self.product_step(product, step));
        self.flow_of_steps(product, flow, steps.collect())
    }

    fn flow_of_steps(
        &self,
        product: &Product,
        flow: &Flow,
        steps: Vec<ProductStep>,
    ) -> ProductFlow {
        let workflows = used_workflows(&flow.hooks, &steps);
        let gates: BTreeSet<&str> = steps.iter().flat_map(used_gates).collect();
        let named = |name: &str| name.to_owned();
        ProductFlow {
            product: product.name.clone(),
            applications: product.applications.clone(),
            name: flow.name.clone(),
            trigger_environment: flow.trigger_environment.clone(),
            hooks: flow.hooks.clone(),
            time_limit: flow.time_limit,
            concurrency: product.concurrency,
            workflows: (self.workflows.iter())
                .filter(|workflow| workflows.contains(workflow.name.as_str()))
                .map(|workflow| (named(&workflow.name), workflow.clone()))
                .collect(),
            gates: (self.gates.iter())
                .filter(|gate| gates.contains(gate.name.as_str()))
                .map(|gate| (named(&gate.name), gate.clone()))
                .collect(),
            steps,
        }
    }

    /// The flow of a product's promotion from one environment to another, without a configured flow.
    ///
    /// The source must pass its own gates first: those after an action that promotes into it.
    pub fn manual_flow(&self, product: &Product, manual: &ManualStep) -> ProductFlow {
        let step = |environment: &str| FlowStep {
            environment: environment.to_owned(),
            depends_on: vec![manual.source.clone()],
            from: None,
            action: manual.action,
            checks: StepChecks {
                pre_action: manual.pre_action.clone(),
                post_action: manual.post_action.clone(),
                ..StepChecks::default()
            },
            hooks: Hooks::default(),
        };
        let mut source_gates = (self.product_step(product, &step(&manual.source))).gates_after;
        source_gates.retain(|gate| !manual.skipped_gates.contains(gate));
        let step = ProductStep {
            source_gates,
            ..self.product_step(product, &step(&manual.target))
        };
        let flow = Flow {
            name: ProductFlow::MANUAL.to_owned(),
            trigger_environment: manual.source.clone(),
            steps: Vec::new(),
            hooks: Hooks::default(),
            time_limit: None,
        };
        self.flow_of_steps(product, &flow, vec![step])
    }

    /// The policies that match the promotion of a product to an environment, strongest first.
    pub fn matching_policies(&self, product: &str, target: &Environment) -> Vec<&Policy> {
        let policies = self.policies.iter();
        let matching = policies.filter(|policy| policy.matches.applies_to(target, &[product]));
        matching.collect()
    }

    fn product_step(&self, product: &Product, step: &FlowStep) -> ProductStep {
        let target = self.environment(&step.environment).cloned();
        let target = target.unwrap_or_else(|| Environment::named(&step.environment));
        let policies = self.matching_policies(&product.name, &target);
        let action = (step.action).or_else(|| policies.iter().find_map(|policy| policy.action));
        let checks = policies
            .iter()
            .fold(step.checks.clone(), |all, policy| all.or(&policy.checks));
        ProductStep {
            environment: step.environment.clone(),
            depends_on: step.depends_on.clone(),
            from: step.source().unwrap_or_default().to_owned(),
            action: action.unwrap_or(Action::Commit),
            pre_action: checks.pre_action,
            post_action: checks.post_action,
            source_gates: Vec::new(),
            gates_before: checks.gates_before.unwrap_or_default(),
            gates_after: checks.gates_after.unwrap_or_default(),
            hooks: step.hooks.clone(),
        }
    }
}

/// The names of the workflows of a flow.
fn used_workflows<'a>(hooks: &'a Hooks, steps: &'a [ProductStep]) -> BTreeSet<&'a str> {
    let all = steps.iter().map(|step| &step.hooks).chain([hooks]);
    let of_hooks = all.flat_map(|hooks| [&hooks.on_start, &hooks.on_success, &hooks.on_fail]);
    let of_steps = steps
        .iter()
        .flat_map(|step| [&step.pre_action, &step.post_action]);
    let names = of_hooks.chain(of_steps).flatten();
    names.map(String::as_str).collect()
}

/// The names of the gates of a step.
fn used_gates(step: &ProductStep) -> impl Iterator<Item = &str> {
    let gates = (step.source_gates.iter()).chain(&step.gates_before);
    let gates = gates.chain(&step.gates_after);
    gates.map(String::as_str)
}
