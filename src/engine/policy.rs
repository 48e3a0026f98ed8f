//! Combines what the policies require of a promotion with what the user requested.

use std::time::Duration;

use super::error::EngineError;
use super::request::{ReleaseBranch, Request};
use crate::domain::{
    Action, ApplicationName, Environment, GuardName, MessageTemplates, Policy, Product,
    PullRequestSettings, Settings, Severity, VerifySettings,
};
use crate::plan::{ApplicationPlan, Asked, Hop, Notice, ProposalPlan, VerifyCommand, branch_name};
use crate::port::Branch;

/// A promotion, with what its policies depend on.
pub(super) struct Promoted<'a> {
    request: &'a Request,
    settings: &'a Settings,
    target: &'a Environment,
    /// The products of each application that is promoted.
    products: Vec<Vec<&'a str>>,
    /// Whether nothing is promoted.
    is_empty: bool,
}

impl<'a> Promoted<'a> {
    /// Finds the products. If nothing is promoted, they are the requested ones: policies also apply
    /// to a promotion that has nothing left to do.
    pub(super) fn of(
        request: &'a Request,
        settings: &'a Settings,
        target: &'a Environment,
        applications: &[ApplicationPlan],
    ) -> Self {
        let changed = |a: &&ApplicationPlan| a.is_changed() || a.decided().next().is_some();
        let products_where = |is_in: &dyn Fn(&Product) -> bool| -> Vec<&'a str> {
            let products = settings.products.iter().filter(|p| is_in(p));
            products.map(|p| p.name.as_str()).collect()
        };
        let products_of = |name: &ApplicationName| {
            products_where(&|p| p.applications.iter().any(|w| name.matches(w)))
        };
        let mut products: Vec<Vec<&str>> = applications
            .iter()
            .filter(changed)
            .map(|a| products_of(&a.name))
            .collect();
        let is_empty = products.is_empty();
        if is_empty {
            let asked = request.products.iter();
            products = asked
                .map(|name| products_where(&|p| p.name == *name))
                .collect();
            let names = request.applications.iter();
            products.extend(names.map(|name| products_of(&ApplicationName(name.clone()))));
            if products.is_empty() {
                products.push(products_where(&|_| true));
            }
        }
        Self {
            request,
            settings,
            target,
            products,
            is_empty: is_empty && request.set_baseline.is_none(),
        }
    }

    /// The action: `--action`, else the policies', else commit. `--action` may be more careful than
    /// the policies, but not less. Each application's strongest policy counts, and of these the most
    /// careful one wins. The step of a flow has an action of its own, which comes first.
    ///
    /// With a notice where a policy turns the promotion into a preview.
    pub(super) fn action(&self) -> Result<(Action, Option<Notice>), EngineError> {
        let required: Option<(Action, &Policy)> = self
            .products
            .iter()
            .filter_map(|products| self.settings.action_for(self.target, products))
            .max_by_key(|(action, policy)| (action.caution(), std::cmp::Reverse(policy.priority)));
        match (self.request.action, required) {
            (Some(of_step), _) if self.request.release.is_some() => Ok((of_step, None)),
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

    /// The severity of a guard's findings in an application; `None` if the guard is off.
    pub(super) fn severity(
        &self,
        guard: GuardName,
        application: &ApplicationName,
    ) -> Option<Severity> {
        let products = self.settings.products.iter();
        let products: Vec<&str> = products
            .filter(|p| p.applications.iter().any(|w| application.matches(w)))
            .map(|p| p.name.as_str())
            .collect();
        let guards = self.settings.guards_for(self.target, &products);
        guards.severity(guard)
    }

    /// The commands that must succeed on the planned files: those of all applications' policies, then
    /// those of the request, each once with the longest time limit and the highest severity.
    pub(super) fn verify(&self) -> Vec<VerifyCommand> {
        let mut all: Vec<VerifyCommand> = Vec::new();
        let mut add = |command: &String, time_limit, severity| {
            let known = all.iter_mut().find(|known| known.command == *command);
            if let Some(known) = known {
                known.time_limit = known.time_limit.max(time_limit);
                known.severity = known.severity.max(severity);
            } else {
                all.push(VerifyCommand {
                    command: command.clone(),
                    time_limit,
                    severity,
                });
            }
        };
        let default = VerifySettings::DEFAULT_TIME_LIMIT;
        let mut of_request: (Option<Duration>, Option<Severity>) = (None, None);
        for products in &self.products {
            let settings = self.settings.verify_for(self.target, products);
            let severity = self.settings.guards_for(self.target, products);
            let severity = severity.severity(GuardName::VERIFY);
            let time_limit = settings.time_limit.unwrap_or(default);
            of_request.0 = of_request.0.max(Some(time_limit));
            of_request.1 = of_request.1.max(severity);
            if let Some(severity) = severity {
                let commands = settings.commands.iter().flatten();
                commands.for_each(|command| add(command, time_limit, severity));
            }
        }
        for command in &self.request.verify {
            let (time_limit, severity) = of_request;
            let severity = severity.unwrap_or(Severity::Hold);
            add(command, time_limit.unwrap_or(default), severity);
        }
        all
    }

    /// How the promotion is proposed; `applications` are the located ones, `None` means all.
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
        let names = &request.applications;
        let mut applications = applications.map_or_else(Vec::new, <[_]>::to_vec);
        // The applications of a product are covered by the product's name.
        applications.retain(|name| names.iter().any(|word| name.matches(word)));
        let asked = Asked {
            products: request.products.clone(),
            applications,
            selectors,
            base: (!base.is_default).then(|| base.name.clone()),
            reverts: request.reverts.as_ref().map(|reverted| reverted.commit),
            release: (request.release.as_ref())
                .filter(|release| release.branch == ReleaseBranch::Own)
                .map(|release| release.id.clone()),
        };
        let products: Vec<String> = self
            .settings
            .products
            .iter()
            .map(|p| p.name.clone())
            .collect();
        // The templates are worded for promotions.
        let none = MessageTemplates::default();
        let templates = match request.reverts {
            None => &self.settings.messages.pull_request,
            Some(_) => &none,
        };
        ProposalPlan {
            branch: branch_name(hop, &asked, &products),
            product: request.products.first().cloned(),
            settings: self.pull_request(),
            title: templates.title.clone(),
            body: templates.body.clone(),
        }
    }

    /// The settings of the command line and of all applications' policies together.
    fn pull_request(&self) -> PullRequestSettings {
        let asked = &self.request.proposal.settings;
        let policies = self
            .products
            .iter()
            .map(|products| self.settings.pull_request_for(self.target, products));
        policies.fold(asked.clone(), |all, policy| all.and(&policy))
    }
}
