//! The flows that are simulated.

use std::collections::BTreeMap;
use std::time::Duration;

use super::random::Random;
use crate::domain::{
    Action, Concurrency, Gate, GateKind, Hooks, ProductFlow, ProductStep, Workflow, WorkflowKind,
};

/// The gate that waits for people.
pub const SIGN_OFF: &str = "sign-off";

/// Environments with what they depend on.
type Shape = &'static [(&'static str, &'static [&'static str])];

const SHAPES: &[Shape] = &[
    &[("eu", &["staging"]), ("us", &["eu"])],
    &[
        ("eu", &["staging"]),
        ("us", &["staging"]),
        ("asia", &["eu", "us"]),
    ],
    &[("eu", &["staging"]), ("us", &["staging"])],
];

/// A random flow: a chain or a diamond, with random actions, gates, workflows and hooks.
pub fn flow(random: &mut Random) -> ProductFlow {
    let edges = random.one_of(SHAPES).unwrap_or(&[]);
    let limit = random.chance(40).then(|| Duration::from_secs(7_200));
    let concurrency = [Concurrency::Queue, Concurrency::Queue, Concurrency::Replace];
    ProductFlow {
        product: "loans".to_owned(),
        applications: Vec::new(),
        name: "to-production".to_owned(),
        trigger_environment: "staging".to_owned(),
        steps: edges.iter().map(|(to, on)| step(random, to, on)).collect(),
        hooks: hooks(random),
        time_limit: limit,
        concurrency: random.one_of(&concurrency).unwrap_or_default(),
        workflows: workflows(),
        gates: gates(),
    }
}

fn step(random: &mut Random, environment: &str, depends_on: &[&str]) -> ProductStep {
    let actions = [
        Action::Commit,
        Action::Commit,
        Action::PullRequest,
        Action::PullRequest,
        Action::None,
    ];
    let workflow = |random: &mut Random| {
        let names = [None, Some("once"), Some("repeatable"), Some("ci")];
        random.one_of(&names).flatten().map(ToOwned::to_owned)
    };
    let gates = |random: &mut Random| {
        let names = [None, Some("window"), Some(SIGN_OFF)];
        let name = random.one_of(&names).flatten();
        name.map(ToOwned::to_owned).into_iter().collect()
    };
    ProductStep {
        environment: environment.to_owned(),
        depends_on: depends_on.iter().map(ToString::to_string).collect(),
        from: depends_on.first().copied().unwrap_or("staging").to_owned(),
        action: random.one_of(&actions).unwrap_or(Action::Commit),
        pre_action: workflow(random),
        post_action: workflow(random),
        source_gates: Vec::new(),
        gates_before: gates(random),
        gates_after: gates(random),
        hooks: hooks(random),
    }
}

fn hooks(random: &mut Random) -> Hooks {
    let mut hook = || {
        let names = [None, None, Some("once"), Some("repeatable")];
        random.one_of(&names).flatten().map(ToOwned::to_owned)
    };
    Hooks {
        on_start: hook(),
        on_success: hook(),
        on_fail: hook(),
    }
}

fn workflows() -> BTreeMap<String, Workflow> {
    let run = WorkflowKind::Run {
        commands: Vec::new(),
        variables: Vec::new(),
    };
    let ci = WorkflowKind::GitHub {
        workflow: "e2e.yaml".to_owned(),
        reference: None,
        inputs: BTreeMap::new(),
    };
    let all = [
        ("once", run.clone(), false),
        ("repeatable", run, true),
        ("ci", ci, true),
    ];
    let workflow = |(name, kind, is_repeatable): (&str, WorkflowKind, bool)| {
        let workflow = Workflow {
            name: name.to_owned(),
            kind,
            time_limit: Duration::from_secs(300),
            is_repeatable,
        };
        (name.to_owned(), workflow)
    };
    all.into_iter().map(workflow).collect()
}

fn gates() -> BTreeMap<String, Gate> {
    let gate = |name: &str| {
        let gate = Gate {
            name: name.to_owned(),
            kind: GateKind::Soak(Duration::ZERO),
        };
        (name.to_owned(), gate)
    };
    BTreeMap::from([gate("window"), gate(SIGN_OFF)])
}
