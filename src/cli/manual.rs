//! The promotion of a product as a release: the options, and how it is carried out.

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::release::{Ahead, WaitArguments, Wanted, advance, exit_of};
use crate::engine::{
    self, Advanced, ManualChoice, Ports, Receipt, ReleaseError, Request, released_product,
};
use crate::plan::Plan;
use crate::port::Branch;
use crate::release::Release;
use crate::wiring::Adapters;

/// What only the promotion of a product has: it is a release, which can wait and run workflows.
#[derive(Args, Debug)]
pub struct ManualArguments {
    /// Run this workflow before the action; it must succeed. Only with a product.
    #[arg(long, value_name = "WORKFLOW", help_heading = "Promotion")]
    pub pre_action: Option<String>,

    /// Run this workflow after the action and its gates; it must succeed. Only with a product.
    #[arg(long, value_name = "WORKFLOW", help_heading = "Promotion")]
    pub post_action: Option<String>,

    /// Promote although the source environment has not passed this gate of its own; recorded; repeatable.
    /// Only with a product.
    #[arg(long, value_name = "GATE", help_heading = "Promotion")]
    pub skip_gates: Vec<String>,

    /// Whether to wait.
    #[command(flatten)]
    pub wait: WaitArguments,
}

/// How the promotion of a product is carried out.
pub(super) struct ManualPromotion<'a> {
    /// The options.
    pub arguments: &'a ManualArguments,
    /// The text of `--config FILE`.
    pub configuration: Option<String>,
}

/// The release of a promotion, after it was moved forward.
pub(super) struct PromotionRelease {
    pub advanced: Advanced,
    pub exit: Exit,
}

impl ManualArguments {
    /// The first option that needs a release.
    fn needs_release(&self) -> Option<&'static str> {
        let given = [
            (self.pre_action.is_some(), "--pre-action"),
            (self.post_action.is_some(), "--post-action"),
            (!self.skip_gates.is_empty(), "--skip-gates"),
        ];
        let mut given = given.into_iter().filter(|(is_given, _)| *is_given);
        given.next().map(|(_, option)| option)
    }
}

impl ManualPromotion<'_> {
    /// The product whose release a group of promotions is; `None` if it is none.
    ///
    /// # Errors
    /// When an option needs a release, but this is none.
    pub fn product<'p>(
        &self,
        requests: &[Request],
        plans: &'p [Plan],
    ) -> Result<Option<&'p str>, Failure> {
        let product = match (requests, plans) {
            ([request], [plan]) => released_product(request, plan),
            _ => None,
        };
        match self.arguments.needs_release() {
            Some(option) if product.is_none() => Err(Failure::NoRelease { option }),
            _ => Ok(product),
        }
    }

    /// Refuses promotions to several targets together where a policy has gates or workflows.
    ///
    /// # Errors
    /// When one of them needs a release, or the configuration cannot be read.
    pub fn check_together(
        requests: &[Request],
        plans: &[Plan],
        (ports, branch): (&Ports<'_>, &Branch),
    ) -> Result<(), Failure> {
        let several = requests.iter().zip(plans).filter(|_| requests.len() > 1);
        for (request, plan) in several {
            let Some(product) = released_product(request, plan) else {
                continue;
            };
            let given = request.settings.as_ref();
            let configuration = engine::configuration_on(ports, branch.clone(), given)?;
            let settings = &configuration.settings;
            if engine::has_checks(settings, configuration.product(product)?, plan) {
                return Err(Failure::NeedsRelease {
                    environment: plan.hop().to.name.clone(),
                });
            }
        }
        Ok(())
    }

    /// Starts the release of a reviewed plan, and moves it forward.
    ///
    /// # Errors
    /// When it cannot be started or moved forward.
    pub async fn carry_out(
        &self,
        (product, request): (&str, &Request),
        (plan, branch): (&Plan, &Branch),
        adapters: &Adapters,
        progress: &Progress,
    ) -> Result<(Receipt, PromotionRelease), Failure> {
        let ports = adapters.ports(progress);
        let given = request.settings.as_ref();
        let configuration = engine::configuration_on(&ports, branch.clone(), given)?;
        let prefix = configuration.settings.release_prefix;
        let adapters = adapters.for_releases(prefix.as_deref())?;
        let ports = adapters.ports(progress);
        let choice = ManualChoice {
            pre_action: self.arguments.pre_action.clone(),
            post_action: self.arguments.post_action.clone(),
            skipped_gates: self.arguments.skip_gates.clone(),
            configuration: self.configuration.clone(),
        };
        let started = engine::start_manual(&ports, (product, request), plan, &choice).await?;
        let (product, number) = (started.product.product.clone(), started.number);
        let is_chosen = |release: &Release| release.product == product && release.number == number;
        let wanted = Wanted {
            is_chosen: &is_chosen,
            ahead: Ahead::Always,
        };
        let wait = &self.arguments.wait;
        let moved = advance(
            vec![started.product],
            &wanted,
            Some(wait),
            &adapters,
            progress,
        );
        let advanced = moved.await?.pop().map(|(_, advanced)| advanced);
        let advanced = advanced.ok_or(ReleaseError::Overtaken { product })??;
        let receipt = engine::manual_receipt(&ports, &advanced, (plan, branch)).await?;
        let exit = exit_of(&advanced.release, Some(wait));
        Ok((receipt, PromotionRelease { advanced, exit }))
    }

    /// The exit code of a promotion that is no release: its pull request is not waited for.
    pub fn exit_without_release(&self, receipts: &[Receipt]) -> Exit {
        let is_proposed = |receipt: &Receipt| matches!(receipt, Receipt::Proposed { .. });
        if self.arguments.wait.wait && receipts.iter().any(is_proposed) {
            Exit::Unreachable
        } else {
            Exit::Done
        }
    }
}
