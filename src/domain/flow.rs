//! Flows: how a product goes through several environments, and what must succeed on the way.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Action;

/// A flow, as a configuration has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// The environment that changes first, by any means.
    pub trigger_environment: String,
    /// The environments that follow, in the order of the file.
    pub steps: Vec<FlowStep>,
    /// Workflows for the whole release.
    pub hooks: Hooks,
    /// How long a release may take.
    pub time_limit: Option<Duration>,
}

/// The promotion to one environment of a flow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FlowStep {
    /// The target environment.
    pub environment: String,
    /// The environments that must be done before; at least one.
    pub depends_on: Vec<String>,
    /// The source environment; the first of `depends_on` if omitted.
    pub from: Option<String>,
    /// How the promotion is delivered.
    pub action: Option<Action>,
    /// What must succeed around it. Comes before the policies.
    pub checks: StepChecks,
    /// Workflows for this step.
    pub hooks: Hooks,
}

/// What must succeed around a promotion; whatever is missing is not set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StepChecks {
    /// The workflow that must succeed before the action.
    pub pre_action: Option<String>,
    /// The workflow that must succeed after the gates.
    pub post_action: Option<String>,
    /// The gates that must pass before the pre-action.
    pub gates_before: Option<Vec<String>>,
    /// The gates that must pass after the action.
    pub gates_after: Option<Vec<String>>,
}

/// Workflows that run when something happens; their failures change nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hooks {
    /// When it starts.
    pub on_start: Option<String>,
    /// When it has succeeded.
    pub on_success: Option<String>,
    /// When it has failed.
    pub on_fail: Option<String>,
}

/// What happens to a release while another one of the same product and flow runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Concurrency {
    /// It waits.
    #[default]
    Queue,
    /// The running one is terminated.
    Replace,
    /// It does not start.
    Reject,
}

/// A program, a request or a CI run that a step or a hook starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Workflow {
    /// Its name.
    pub name: String,
    /// What it does.
    pub kind: WorkflowKind,
    /// How long it may take.
    pub time_limit: Duration,
    /// Whether another attempt may start after one whose end is unknown.
    pub is_repeatable: bool,
}

impl Workflow {
    /// How long a workflow may take if nothing sets it.
    pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(600);
}

/// What a workflow does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WorkflowKind {
    /// Runs commands in a temporary checkout, one after the other.
    Run {
        /// The commands, for a shell.
        commands: Vec<String>,
        /// The names of variables that they get from the environment.
        variables: Vec<String>,
    },
    /// Sends a request; an answer of 2xx is a success.
    Http(HttpCall),
    /// Starts a GitHub Actions workflow and waits for its run.
    GitHub {
        /// The file's name.
        workflow: String,
        /// The branch or tag that it runs on; the default branch if omitted.
        reference: Option<String>,
        /// Its inputs; the values are templates.
        inputs: BTreeMap<String, String>,
    },
}

/// An HTTP request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpCall {
    /// Where it goes; a template.
    pub url: String,
    /// The method, in capitals.
    pub method: String,
    /// Its headers; the values are templates.
    pub headers: BTreeMap<String, String>,
    /// Its body; a template.
    pub body: Option<String>,
}

/// A condition that a step waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gate {
    /// Its name.
    pub name: String,
    /// What it waits for.
    pub kind: GateKind,
}

/// What a gate waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GateKind {
    /// That the change has been in place for so long.
    Soak(Duration),
    /// A time at which promotions are allowed.
    Window {
        /// Such as `Mon-Fri 09:00-16:00`.
        allow: Vec<String>,
        /// The IANA name of a time zone.
        zone: String,
    },
    /// The end of a time at which they are not.
    Freeze {
        /// First and last moment, such as `2026-12-20` or `2026-12-20T18:00`.
        periods: Vec<(String, String)>,
        /// The IANA name of a time zone.
        zone: String,
    },
    /// That the statuses and checks of the commit with these names (globs) are successful.
    Statuses(Vec<String>),
    /// The approvals of people.
    Approval {
        /// Users, or teams as `@org/team`; anyone who may write if empty.
        by: Vec<String>,
        /// How many are needed.
        count: usize,
    },
    /// That a request is answered with 2xx.
    Http(HttpCall),
    /// That commands succeed.
    Run {
        /// The commands, for a shell.
        commands: Vec<String>,
        /// How long each may take.
        time_limit: Duration,
    },
}

/// A flow as a release of one product runs it: every setting is decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductFlow {
    /// The product.
    pub product: String,
    /// The flow's name; `manual` for the promotion to one environment.
    pub name: String,
    /// The environment that changes first.
    pub trigger_environment: String,
    /// The steps, in the order of the file.
    pub steps: Vec<ProductStep>,
    /// Workflows for the whole release.
    pub hooks: Hooks,
    /// How long a release may take.
    pub time_limit: Option<Duration>,
    /// What happens to a release while another one runs.
    pub concurrency: Concurrency,
    /// The workflows that it names.
    pub workflows: BTreeMap<String, Workflow>,
    /// The gates that it names.
    pub gates: BTreeMap<String, Gate>,
}

impl ProductFlow {
    /// The name of a promotion of a product to one environment.
    pub const MANUAL: &str = "manual";
}

/// A step of a [`ProductFlow`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProductStep {
    /// The target environment.
    pub environment: String,
    /// The environments that must be done before.
    pub depends_on: Vec<String>,
    /// The source environment.
    pub from: String,
    /// How the promotion is delivered.
    pub action: Action,
    /// The workflow before the action.
    pub pre_action: Option<String>,
    /// The workflow after the gates.
    pub post_action: Option<String>,
    /// The gates before the pre-action.
    pub gates_before: Vec<String>,
    /// The gates after the action.
    pub gates_after: Vec<String>,
    /// Workflows for this step.
    pub hooks: Hooks,
}
