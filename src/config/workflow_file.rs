//! The keys of workflows and gates in `promote.yaml`, as [`super::file`] has the others.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::choices::MethodWord;
use super::duration;
use super::one_or_many::OneOrMany;

/// A command, a request or a CI run; exactly one of `run`, `http` and `github` is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-reserved" = ["gitlab", "kubernetes"]))]
pub(super) struct WorkflowEntry {
    /// The name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// Commands that must succeed, one after the other; `sh` runs them at the root of a temporary checkout.
    #[schemars(extend("minItems" = 1, "maxItems" = 50))]
    pub(super) run: Option<OneOrMany<String>>,
    /// The names of environment variables that the commands get, such as those of tokens.
    #[serde(default)]
    #[schemars(extend("maxItems" = 100))]
    pub(super) env: OneOrMany<String>,
    /// A request, which must be answered with 2xx.
    pub(super) http: Option<HttpEntry>,
    /// A GitHub Actions workflow, whose run must succeed.
    pub(super) github: Option<GithubEntry>,
    /// How long it may take, such as `90s`, `10m` or `1h`; `10m` if omitted.
    #[schemars(regex(pattern = duration::PATTERN))]
    pub(super) timeout: Option<String>,
    /// Whether it may run again if its end is unknown, such as after a crash. If omitted, only an `http`
    /// request whose method can be repeated (not `POST` or `PATCH`) may.
    pub(super) repeatable: Option<bool>,
}

/// An HTTP request; the values are Jinja templates.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HttpEntry {
    /// The address.
    #[schemars(length(min = 1))]
    pub(super) url: String,
    /// The method; `POST` for a workflow and `GET` for a gate if omitted.
    pub(super) method: Option<MethodWord>,
    /// The headers by name.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// The body.
    pub(super) body: Option<String>,
}

/// A GitHub Actions workflow with a `workflow_dispatch` trigger.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GithubEntry {
    /// The name of its file in `.github/workflows`.
    #[schemars(length(min = 1))]
    pub(super) workflow: String,
    /// The branch or tag that it runs on; the default branch if omitted.
    #[schemars(length(min = 1))]
    pub(super) r#ref: Option<String>,
    /// Its inputs by name; the values are Jinja templates.
    #[serde(default)]
    pub(super) inputs: BTreeMap<String, String>,
}

/// A condition that promotions wait for; exactly one kind is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-reserved" = ["argocd", "flux", "kubernetes", "prometheus", "registry"]))]
pub(super) struct GateEntry {
    /// The name.
    #[schemars(length(min = 1))]
    pub(super) name: String,
    /// How long the change must have been in place, such as `30m` or `2d`.
    #[schemars(regex(pattern = duration::PATTERN))]
    pub(super) soak: Option<String>,
    /// Times at which promotions are allowed.
    pub(super) window: Option<WindowEntry>,
    /// Times at which promotions are not allowed.
    pub(super) freeze: Option<FreezeEntry>,
    /// Globs for the names of statuses and checks that must be successful on the commit.
    #[schemars(extend("minItems" = 1, "maxItems" = 100))]
    pub(super) statuses: Option<OneOrMany<String>>,
    /// How many statuses and checks must match `statuses`, where some of them start later; one for each glob
    /// if omitted.
    #[schemars(range(min = 1))]
    pub(super) count: Option<usize>,
    /// The approvals of people.
    pub(super) approval: Option<ApprovalEntry>,
    /// A request, which must be answered with 2xx.
    pub(super) http: Option<HttpEntry>,
    /// Commands that must succeed; `sh` runs them at the root of a temporary checkout.
    #[schemars(extend("minItems" = 1, "maxItems" = 50))]
    pub(super) run: Option<OneOrMany<String>>,
    /// How long each command of `run` may take; `10m` if omitted.
    #[schemars(regex(pattern = duration::PATTERN))]
    pub(super) timeout: Option<String>,
}

/// Times at which promotions are allowed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowEntry {
    /// Days, times or both, such as `Mon-Fri 09:00-16:00`.
    #[schemars(extend("minItems" = 1, "maxItems" = 100))]
    pub(super) allow: OneOrMany<String>,
    /// The time zone, such as `Europe/Berlin`; `UTC` if omitted.
    pub(super) zone: Option<String>,
}

/// Times at which promotions are not allowed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FreezeEntry {
    /// When they are not.
    #[schemars(length(min = 1, max = 100))]
    pub(super) periods: Vec<PeriodEntry>,
    /// The time zone, such as `Europe/Berlin`; `UTC` if omitted.
    pub(super) zone: Option<String>,
}

/// A time between two moments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PeriodEntry {
    /// The first day or moment, such as `2026-12-20` or `2026-12-20T18:00`.
    pub(super) from: String,
    /// The last day or moment.
    pub(super) to: String,
}

/// The approvals of people.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApprovalEntry {
    /// Users, and teams as `@org/team`; anyone who may write if omitted.
    #[serde(default)]
    #[schemars(extend("maxItems" = 100))]
    pub(super) by: OneOrMany<String>,
    /// How many are needed; 1 if omitted.
    #[schemars(range(min = 1))]
    pub(super) count: Option<usize>,
    /// The keys that people sign their approvals with: the fingerprint of an SSH key (`SHA256:...`) or of a
    /// GPG key by the name of the person.
    #[serde(default)]
    pub(super) keys: BTreeMap<String, String>,
    /// The fingerprints of the keys that servers sign with. What people approve on such a server counts if `by`
    /// lists their names as the sign-in gives them.
    #[serde(default)]
    #[schemars(extend("maxItems" = 100))]
    pub(super) servers: OneOrMany<String>,
}
