//! What the policies ask of a promotion, beside what the user asks.

use super::error::EngineError;
use super::request::Request;
use crate::domain::{
    Action, ApplicationName, Environment, Policy, Product, PullRequestSettings, Settings,
};
use crate::plan::{ApplicationPlan, Asked, FilePlan, Hop, Notice, ProposalPlan, branch_name};
use crate::port::Branch;

/// A promotion as the policies see it.
pub(super) struct Promoted<'a> {
    request: &'a Request,
    settings: &'a Settings,
    target: &'a Environment,
    /// For each application that is promoted, its products.
    products: Vec<Vec<&'a str>>,
    /// Whether anything is promoted at all.
    is_empty: bool,
}

impl<'a> Promoted<'a> {
    /// Finds the products. Where nothing differs they are those that were asked for: a policy also
    /// speaks for a promotion that has nothing left to do.
    pub(super) fn of(
        request: &'a Request,
        settings: &'a Settings,
        target: &'a Environment,
        applications: &[ApplicationPlan],
    ) -> Self {
        let changed = |a: &&ApplicationPlan| a.files.iter().any(FilePlan::is_changed);
        let holding = |is_in: &dyn Fn(&Product) -> bool| -> Vec<&'a str> {
            let products = settings.products.iter().filter(|p| is_in(p));
            products.map(|p| p.name.as_str()).collect()
        };
        let of =
            |name: &ApplicationName| holding(&|p| p.applications.iter().any(|w| name.matches(w)));
        let mut products: Vec<Vec<&str>> = applications
            .iter()
            .filter(changed)
            .map(|a| of(&a.name))
            .collect();
        let is_empty = products.is_empty();
        if is_empty {
            let asked = request.products.iter();
            products = asked.map(|name| holding(&|p| p.name == *name)).collect();
            let words = request.applications.iter();
            products.extend(words.map(|word| of(&ApplicationName(word.clone()))));
            if products.is_empty() {
                products.push(holding(&|_| true));
            }
        }
        Self {
            request,
            settings,
            target,
            products,
            is_empty,
        }
    }

    /// `--action`, else the policies', else commit. A flag may be more careful than a policy, never
    /// less. Of each application the strongest policy speaks, and of these the most careful one.
    ///
    /// With a notice where a policy turns the promotion into a preview.
    pub(super) fn action(&self) -> Result<(Action, Option<Notice>), EngineError> {
        let required: Option<(Action, &Policy)> = self
            .products
            .iter()
            .filter_map(|products| self.settings.action_for(self.target, products))
            .max_by_key(|(action, policy)| (action.caution(), std::cmp::Reverse(policy.priority)));
        match (self.request.action, required) {
            (Some(asked), Some((required, policy)))
                if asked.caution() < required.caution() && !self.is_empty =>
            {
                Err(EngineError::Policy {
                    policy: policy.name.clone(),
                    required,
                    asked,
                })
            }
            (None, Some((Action::None, policy))) if !self.is_empty => {
                let policy = policy.name.clone();
                Ok((Action::None, Some(Notice::PreviewByPolicy { policy })))
            }
            (Some(action), _) | (None, Some((action, _))) => Ok((action, None)),
            (None, None) => Ok((Action::Commit, None)),
        }
    }

    /// How it is proposed; `applications` are those that were asked for by name, found.
    pub(super) fn proposal(
        &self,
        hop: &Hop,
        applications: Option<&[ApplicationName]>,
        base: &Branch,
    ) -> ProposalPlan {
        let request = self.request;
        let option = |name: &str, list: &[String]| -> Vec<String> {
            list.iter().map(|s| format!("{name} {s}")).collect()
        };
        let mut selectors = option("--only", &request.only);
        selectors.extend(option("--except", &request.except));
        let words = &request.applications;
        let mut applications = applications.map_or_else(Vec::new, <[_]>::to_vec);
        // A product's applications are named by the product.
        applications.retain(|name| words.iter().any(|word| name.matches(word)));
        let asked = Asked {
            products: request.products.clone(),
            applications,
            selectors,
            base: (!base.is_default).then(|| base.name.clone()),
        };
        let products: Vec<String> = self
            .settings
            .products
            .iter()
            .map(|p| p.name.clone())
            .collect();
        let templates = &self.settings.messages.pull_request;
        ProposalPlan {
            branch: branch_name(hop, &asked, &products),
            product: request.products.first().cloned(),
            settings: self.pull_request(),
            title: templates.title.clone(),
            body: templates.body.clone(),
        }
    }

    /// What the command line and the policies of all applications ask for together.
    fn pull_request(&self) -> PullRequestSettings {
        let asked = &self.request.proposal.settings;
        let policies = self
            .products
            .iter()
            .map(|products| self.settings.pull_request_for(self.target, products));
        policies.fold(asked.clone(), |all, policy| all.and(&policy))
    }
}
