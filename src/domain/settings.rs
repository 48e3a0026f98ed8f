//! The settings that a configuration makes, as domain types.

use super::{
    Action, ConfigPlace, Environment, EnvironmentKind, Flow, Gate, GuardSettings, LayoutPattern,
    Mode, PathMapping, Permission, Product, PullRequestSettings, StepChecks, VerifySettings,
    Workflow,
};
use crate::yaml::JsonPath;

/// Everything that a configuration can set; nothing is set by default.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The environments, in the order of the file.
    pub environments: Vec<Environment>,
    /// Where an application's files of an environment are; the first match wins.
    pub layout: Vec<LayoutPattern>,
    /// Explicit pairs of the layout, which come before its patterns; the first match wins.
    pub mappings: Vec<PathMapping>,
    /// Applications that are promoted together.
    pub products: Vec<Product>,
    /// The product that is promoted if none is requested.
    pub default_product: Option<String>,
    /// Named sets of rules.
    pub templates: Vec<Template>,
    /// Policies, strongest first.
    pub policies: Vec<Policy>,
    /// Who may do what on a server, in the order of the file.
    pub permissions: Vec<Permission>,
    /// The flows, in the order of the file.
    pub flows: Vec<Flow>,
    /// What steps and hooks of flows can run.
    pub workflows: Vec<Workflow>,
    /// What steps of flows can wait for.
    pub gates: Vec<Gate>,
    /// The folder of the references that record releases.
    pub release_prefix: Option<String>,
    /// Templates of the commit message.
    pub messages: Messages,
    /// Where these settings come from.
    pub origin: Origin,
}

impl Settings {
    /// The environment with that name or alias; names come before aliases.
    pub fn environment(&self, word: &str) -> Option<&Environment> {
        let named = self.environments.iter().find(|e| e.name == word);
        named.or_else(|| self.environments.iter().find(|e| e.has_name(word)))
    }

    /// The product with that name.
    pub fn product(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|p| p.name == name)
    }

    /// The flow with that name.
    pub fn flow(&self, name: &str) -> Option<&Flow> {
        self.flows.iter().find(|flow| flow.name == name)
    }

    /// The names of the products that have a flow.
    pub fn products_of(&self, flow: &Flow) -> Vec<&str> {
        let has = |product: &&Product| product.flows.iter().any(|choice| choice.flow == flow.name);
        let products = self.products.iter().filter(has);
        products.map(|product| product.name.as_str()).collect()
    }

    /// The action that the strongest policy requires for a promotion of `products`, and that policy.
    ///
    /// Two policies with the same priority can only apply to one promotion if it has several products;
    /// the more cautious action wins then.
    pub fn action_for(&self, target: &Environment, products: &[&str]) -> Option<(Action, &Policy)> {
        self.policies
            .iter()
            .filter(|p| p.matches.applies_to(target, products))
            .filter_map(|p| Some((p.action?, p)))
            .min_by_key(|(action, p)| (p.priority, std::cmp::Reverse(action.caution())))
    }

    /// The policies' settings for guards; the strongest policy wins for each guard.
    pub fn guards_for(&self, target: &Environment, products: &[&str]) -> GuardSettings {
        self.policies
            .iter()
            .filter(|p| p.matches.applies_to(target, products))
            .fold(GuardSettings::default(), |all, policy| {
                all.or(&policy.guards)
            })
    }

    /// The policies' settings for verification; the strongest policy wins for each setting.
    pub fn verify_for(&self, target: &Environment, products: &[&str]) -> VerifySettings {
        self.policies
            .iter()
            .filter(|p| p.matches.applies_to(target, products))
            .fold(VerifySettings::default(), |all, policy| {
                all.or(&policy.verify)
            })
    }

    /// The policies' settings for a promotion's pull request; the strongest policy wins for each setting.
    pub fn pull_request_for(&self, target: &Environment, products: &[&str]) -> PullRequestSettings {
        self.policies
            .iter()
            .filter(|p| p.matches.applies_to(target, products))
            .fold(PullRequestSettings::default(), |all, policy| {
                all.or(&policy.pull_request)
            })
    }
}

/// Where settings come from, for the plan's record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// There is no configuration.
    #[default]
    Defaults,
    /// The file at that path in the target's commit.
    Commit(String),
    /// A file on disk, named on the command line.
    Disk(String),
}

/// The text of a file of the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConfigText<'t> {
    /// The file, as messages name it.
    pub file: &'t str,
    /// The text.
    pub text: &'t str,
}

/// Which differences are promoted by default, for the applications that use it.
#[derive(Clone, Debug)]
pub struct Template {
    /// The template's name; `default` is for applications without a product.
    pub name: String,
    /// Where an application's version is, for the summary.
    pub version: Option<VersionPlace>,
    /// Rules; the first whose `files` matches decides for the file.
    pub rules: Vec<Rule>,
}

impl Template {
    /// The template of applications without another one.
    pub const DEFAULT: &str = "default";
}

/// Where the version of an application is.
#[derive(Clone, Debug)]
pub struct VersionPlace {
    /// The file's name or a glob on its path.
    pub file: String,
    /// The expression for the value.
    pub path: JsonPath,
}

/// What is promoted and kept in some files.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it starts.
    pub place: ConfigPlace,
    /// A glob over the target's path.
    pub files: String,
    /// What is promoted; empty means `versions`.
    pub promote: Vec<Promote>,
    /// What the target always keeps, except with an exact `--only`.
    pub keep: Vec<JsonPath>,
    /// What happens to versions that another program writes.
    pub automation: Automation,
}

/// What happens to versions in the target that another program writes, such as Flux.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Automation {
    /// The target keeps them.
    #[default]
    Keep,
    /// They are promoted like other versions.
    Promote,
}

/// One entry of a rule's `promote`.
#[derive(Clone, Debug)]
pub enum Promote {
    /// `versions` or `all`.
    Mode(Mode),
    /// All values that the expression selects.
    Path(JsonPath),
}

/// Settings for environments, strongest (lowest number) first.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The policy's name.
    pub name: String,
    /// Where it starts.
    pub place: ConfigPlace,
    /// Lower wins.
    pub priority: i64,
    /// Which promotions it applies to.
    pub matches: PolicyMatch,
    /// The action that it requires, if any.
    pub action: Option<Action>,
    /// Its settings for pull requests.
    pub pull_request: PullRequestSettings,
    /// Its settings for guards.
    pub guards: GuardSettings,
    /// Its settings for verification.
    pub verify: VerifySettings,
    /// What must succeed around a promotion.
    pub checks: StepChecks,
}

/// Which promotions a policy applies to: each non-empty list must match.
#[derive(Clone, Debug, Default)]
pub struct PolicyMatch {
    /// Kinds of the target environment.
    pub kinds: Vec<EnvironmentKind>,
    /// Names of the target environment.
    pub environments: Vec<String>,
    /// Names of products.
    pub products: Vec<String>,
}

impl PolicyMatch {
    /// Whether it matches a promotion of `products` to `target`.
    pub fn applies_to(&self, target: &Environment, products: &[&str]) -> bool {
        self.mismatch(target, products).is_none()
    }

    /// The first condition that a promotion of `products` to `target` does not meet.
    pub fn mismatch(&self, target: &Environment, products: &[&str]) -> Option<Mismatch> {
        let kind = || target.kind.is_some_and(|kind| self.kinds.contains(&kind));
        let environment = || self.environments.iter().any(|e| target.has_name(e));
        let product = || self.products.iter().any(|p| products.contains(&p.as_str()));
        if !self.kinds.is_empty() && !kind() {
            Some(Mismatch::Kind)
        } else if !self.environments.is_empty() && !environment() {
            Some(Mismatch::Environment)
        } else if !self.products.is_empty() && !product() {
            Some(Mismatch::Product)
        } else {
            None
        }
    }
}

/// A condition of a policy that a promotion does not meet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mismatch {
    /// The target's kind is another one, or is not configured.
    Kind,
    /// The target is another environment.
    Environment,
    /// The product is another one.
    Product,
}

/// Templates of the commit message and of the pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// The commit's.
    pub commit: MessageTemplates,
    /// The pull request's.
    pub pull_request: MessageTemplates,
}

/// Templates of a title and a body; `None` is the built-in one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageTemplates {
    /// The first line.
    pub title: Option<String>,
    /// What follows.
    pub body: Option<String>,
}

impl Messages {
    /// The variables that a template may name.
    ///
    /// `applications` is a list of `{name, version: {before, after}}`; the others are texts; `mode` is the
    /// text of a [`DecidedBy`](super::DecidedBy).
    pub const VARIABLES: [&str; 8] = [
        "from",
        "to",
        "applications",
        "product",
        "source",
        "target",
        "mode",
        "promotion_id",
    ];

    /// The variable that only a pull request's template has: the preview as Markdown.
    pub const PREVIEW: &str = "preview";
}
