//! Flows: how a product goes through several environments, and what must succeed on the way.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::action::Action;
use super::period::Period;
use super::weekly_window::WeeklyWindow;

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

impl Flow {
    /// The trigger environment, then those of the steps.
    pub fn environments(&self) -> impl Iterator<Item = &str> {
        let steps = self.steps.iter().map(|step| step.environment.as_str());
        std::iter::once(self.trigger_environment.as_str()).chain(steps)
    }
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

impl FlowStep {
    /// The source environment.
    pub fn source(&self) -> Option<&str> {
        let from = self.from.as_ref().or(self.depends_on.first());
        from.map(String::as_str)
    }
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

impl StepChecks {
    /// These checks, with those of `other` where they are not set.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            pre_action: self.pre_action.or_else(|| other.pre_action.clone()),
            post_action: self.post_action.or_else(|| other.post_action.clone()),
            gates_before: self.gates_before.or_else(|| other.gates_before.clone()),
            gates_after: self.gates_after.or_else(|| other.gates_after.clone()),
        }
    }

    /// The names of the settings that are set, as in `promote.yaml`.
    pub fn names(&self) -> Vec<&'static str> {
        let all = [
            (self.pre_action.is_some(), "preAction"),
            (self.post_action.is_some(), "postAction"),
            (self.gates_before.is_some(), "gates.before"),
            (self.gates_after.is_some(), "gates.after"),
        ];
        let set = all.into_iter().filter(|(is_set, _)| *is_set);
        set.map(|(_, name)| name).collect()
    }
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

    /// The variables that the templates of workflows and gates may name.
    ///
    /// `failed_environments` is a list of `{name, error_message}`, `promotion_context` is a mapping, and the
    /// others are texts, which are empty where there is nothing. A command gets the same variables in
    /// capitals, as environment variables. `env` has the variables of the environment, for tokens.
    pub const VARIABLES: [&str; 14] = [
        "product",
        "application",
        "environment",
        "from",
        "version",
        "commit_sha",
        "pull_request",
        "release",
        "release_url",
        "failed_environments",
        "error_message",
        "promotion_context",
        "promote_attempt",
        "env",
    ];
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
        /// When they are.
        allow: Vec<WeeklyWindow>,
        /// The zone of these times.
        zone: TimeZone,
    },
    /// The end of a time at which they are not.
    Freeze {
        /// When they are not.
        periods: Vec<Period>,
        /// The zone of these times.
        zone: TimeZone,
    },
    /// That the statuses and checks of the commit with these names are successful.
    Statuses {
        /// Globs; each must match at least one.
        names: Vec<String>,
        /// How many must match in total, because some may start later.
        count: usize,
    },
    /// The approvals of people.
    Approval {
        /// Users, and teams as `@org/team`; anyone who may write if empty.
        by: Vec<String>,
        /// How many are needed.
        count: usize,
        /// The fingerprints of the keys that people sign their approvals with, by the names of the people.
        keys: BTreeMap<String, String>,
        /// The fingerprints of the keys of servers that sign for people who have signed in there.
        servers: Vec<String>,
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
    /// The product's applications.
    pub applications: Vec<String>,
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
    /// The gates that the source environment itself must pass first.
    pub source_gates: Vec<String>,
    /// The gates before the pre-action.
    pub gates_before: Vec<String>,
    /// The gates after the action.
    pub gates_after: Vec<String>,
    /// Workflows for this step.
    pub hooks: Hooks,
}

/// The promotion of a product to one environment, as a person chose it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ManualStep {
    /// The source environment.
    pub source: String,
    /// The target environment.
    pub target: String,
    /// How it is delivered; as the policies have it if omitted.
    pub action: Option<Action>,
    /// The workflow before the action; that of the policies if omitted.
    pub pre_action: Option<String>,
    /// The workflow after the gates; that of the policies if omitted.
    pub post_action: Option<String>,
    /// The gates of the source environment that are skipped.
    pub skipped_gates: Vec<String>,
}
