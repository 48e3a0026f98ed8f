//! What the configuration says, in the words of the domain.

use super::{
    Action, ApplicationName, Environment, EnvironmentKind, LayoutPattern, Mode, Product,
    PullRequestSettings,
};
use crate::yaml::JsonPath;

/// Everything that a configuration can set; the default says nothing.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The environments, in the order of the file.
    pub environments: Vec<Environment>,
    /// Where an application's files of an environment lie; first match wins.
    pub layout: Vec<LayoutPattern>,
    /// Applications that are promoted together.
    pub products: Vec<Product>,
    /// Named sets of rules.
    pub templates: Vec<Template>,
    /// Policies, strongest first.
    pub policies: Vec<Policy>,
    /// Templates of the commit message.
    pub messages: Messages,
    /// Where these settings come from.
    pub origin: Origin,
}

impl Settings {
    /// The environment of that name or alias; a name goes before an alias.
    pub fn environment(&self, word: &str) -> Option<&Environment> {
        let named = self.environments.iter().find(|e| e.name == word);
        named.or_else(|| self.environments.iter().find(|e| e.has_name(word)))
    }

    /// The product of that name.
    pub fn product(&self, name: &str) -> Option<&Product> {
        self.products.iter().find(|p| p.name == name)
    }

    /// The template of that name.
    pub fn template(&self, name: &str) -> Option<&Template> {
        self.templates.iter().find(|t| t.name == name)
    }

    /// The template that decides for an application, when `products` were asked for by name.
    ///
    /// It is the one of the application's product: one that was asked for if it is in several,
    /// else the first. Without a product, or where that names none, it is `default`.
    pub fn template_for(
        &self,
        application: &ApplicationName,
        products: &[&str],
    ) -> Option<&Template> {
        let holds = |p: &&Product| p.applications.iter().any(|a| application.matches(a));
        let asked = |p: &&Product| products.contains(&p.name.as_str());
        let mut all = self.products.iter().filter(holds);
        let product = all.clone().find(asked).or_else(|| all.next());
        let name = product.and_then(|p| p.template.as_deref());
        self.template(name.unwrap_or(Template::DEFAULT))
    }

    /// The action that the strongest policy requires for a promotion, and that policy.
    ///
    /// `products` are those of the promotion. Two policies of equal priority can only meet in a
    /// promotion of several products; then the more careful action wins.
    pub fn action_for(&self, target: &Environment, products: &[&str]) -> Option<(Action, &Policy)> {
        self.policies
            .iter()
            .filter(|p| p.matches.applies_to(target, products))
            .filter_map(|p| Some((p.action?, p)))
            .min_by_key(|(action, p)| (p.priority, std::cmp::Reverse(action.care())))
    }

    /// What the policies say about a promotion's pull request: of each setting the strongest.
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
    /// Nobody configured anything.
    #[default]
    Defaults,
    /// The file of that path in the target's commit.
    Commit(String),
    /// A file on disk, named on the command line.
    Disk(String),
}

/// Which differences are promoted by default, for the applications that use it.
#[derive(Clone, Debug)]
pub struct Template {
    /// The template's name; `default` serves applications of no product.
    pub name: String,
    /// Where an application's version stands, for the summary.
    pub version: Option<VersionPlace>,
    /// Rules; the first whose `files` match decides for the file.
    pub rules: Vec<Rule>,
}

impl Template {
    /// The template of applications that have no other.
    pub const DEFAULT: &str = "default";
}

/// Where the version of an application stands.
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
    /// A glob over the target's path.
    pub files: String,
    /// What is promoted; empty means `versions`.
    pub promote: Vec<Promote>,
    /// What the target keeps in any case (but for an exact `--only`).
    pub keep: Vec<JsonPath>,
}

/// One entry of a rule's `promote`.
#[derive(Clone, Debug)]
pub enum Promote {
    /// `versions`, `changes` or `all`.
    Mode(Mode),
    /// Whatever the expression selects.
    Path(JsonPath),
}

/// Settings for environments, strongest (lowest number) first.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The policy's name.
    pub name: String,
    /// Lower wins.
    pub priority: i64,
    /// Which promotions it speaks for.
    pub matches: PolicyMatch,
    /// The action that it requires, if it says so.
    pub action: Option<Action>,
    /// What it says about pull requests.
    pub pull_request: PullRequestSettings,
}

/// Which promotions a policy speaks for: every list that is not empty must match.
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
    /// Whether a promotion of `products` to `target` is meant.
    pub fn applies_to(&self, target: &Environment, products: &[&str]) -> bool {
        let kind = || target.kind.is_some_and(|kind| self.kinds.contains(&kind));
        let environment = || self.environments.iter().any(|e| target.has_name(e));
        let product = || self.products.iter().any(|p| products.contains(&p.as_str()));
        (self.kinds.is_empty() || kind())
            && (self.environments.is_empty() || environment())
            && (self.products.is_empty() || product())
    }
}

/// Templates of the commit message and of the pull request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// The commit's.
    pub commit: MessageTemplates,
    /// The pull request's.
    pub pull_request: MessageTemplates,
}

/// Templates of a title and a body; `None` means the built-in one.
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
    /// `applications` is a list of `{name, version: {before, after}}`; the others are texts, `mode`
    /// that of a [`DecidedBy`](super::DecidedBy).
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
