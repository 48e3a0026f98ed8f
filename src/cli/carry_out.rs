//! Shows the plans of a group, asks for confirmation, applies them and reports the outcome.

use std::io;

use super::apply_arguments::ApplyArguments;
use super::common_arguments::Output;
use super::confirm;
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::manual::{ManualPromotion, PromotionRelease};
use super::progress::Progress;
use crate::domain::Action;
use crate::engine::{self, Allow, PreparedGroup, Receipt, Request};
use crate::plan::Plan;
use crate::port::BODY_LIMIT;
use crate::render::receipt::FaultList;
use crate::render::{Purpose, json_v1, markdown, receipt, release, text};
use crate::wiring::{Adapters, Prompts};

/// A group of promotions, and how it is carried out.
pub(super) struct CarryOut<'a, 'c> {
    /// The requests of the group, which only differ in what they promote, and where.
    pub requests: &'a [Request],
    pub options: &'a ApplyArguments,
    /// How the promotion of a product is carried out; `None` for a revert.
    pub manual: Option<ManualPromotion<'a>>,
    pub output: Output,
    pub adapters: &'a Adapters,
    pub console: &'a mut Console<'c>,
}

/// The outcome of a group.
pub(super) struct Outcome {
    /// The plans that were shown.
    shown: Vec<Plan>,
    /// One for each plan.
    receipts: Vec<Receipt>,
    branch: String,
    allow: Allow,
    /// The release, if it was the promotion of a product.
    release: Option<PromotionRelease>,
    /// The exit code of what was waited for.
    waited: Exit,
}

impl Outcome {
    /// The exit code; of several the worst.
    pub fn exit(&self) -> Exit {
        let promoted = Exit::worst(self.each().map(|(receipt, shown)| {
            let applied = receipt.applied(shown);
            match Exit::from(receipt) {
                Exit::Done if applied.chosen_faults().next().is_some() => Exit::Failed,
                exit => exit,
            }
        }));
        match promoted {
            Exit::Done => self.waited,
            exit => exit,
        }
    }

    /// What was done with each plan.
    pub fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// The outcomes as JSON, one for each plan.
    pub fn results(&self) -> impl Iterator<Item = json_v1::Promotion<'_>> {
        let release = self.release.as_ref().map(|release| &release.advanced);
        self.each().map(move |(receipt, shown)| {
            json_v1::Promotion::of(receipt, shown, &self.branch, &self.allow).with_release(release)
        })
    }

    /// What `written` means for the command: the promotion is done, whether or not it could be reported.
    ///
    /// # Errors
    /// When writing failed for another reason than a closed output.
    pub fn reported(&self, written: io::Result<()>) -> Result<(), Failure> {
        Self::all_reported([self], written)
    }

    /// The same for the outcomes of several promotions.
    pub fn all_reported<'o>(
        outcomes: impl IntoIterator<Item = &'o Self>,
        written: io::Result<()>,
    ) -> Result<(), Failure> {
        let Err(source) = written else {
            return Ok(());
        };
        if source.kind() == io::ErrorKind::BrokenPipe {
            return Ok(());
        }
        let outcomes = outcomes.into_iter();
        let receipts: Vec<Receipt> = outcomes
            .flat_map(|outcome| outcome.receipts.iter().cloned())
            .collect();
        Err(match receipt::summaries(&receipts) {
            Some(summary) => Failure::Unreported { summary, source },
            None => Failure::Output(source),
        })
    }

    fn each(&self) -> impl Iterator<Item = (&Receipt, &Plan)> {
        self.receipts.iter().zip(&self.shown)
    }
}

impl CarryOut<'_, '_> {
    /// Shows the previews, asks for confirmation on a terminal, applies and writes what was done, except
    /// for JSON. On a terminal, the commands that verify the planned files run after the answer, otherwise
    /// before the preview.
    ///
    /// # Errors
    /// When applying fails, or the output cannot be written.
    pub async fn run(mut self, prepared: PreparedGroup) -> Result<Outcome, Failure> {
        let prepared = self.confirmed(prepared)?;
        let shown = prepared.plans.clone();
        let branch = prepared.branch.name.clone();
        let progress = Progress::start(self.console.progress);
        let ports = self.adapters.ports(&progress);
        let released = match &self.manual {
            Some(manual) => {
                if self.would_write(&shown) {
                    let on = (&ports, &prepared.branch);
                    ManualPromotion::check_together(self.requests, &shown, on)?;
                }
                manual.product(self.requests, &shown)?
            }
            None => None,
        };
        let released = released.filter(|_| self.would_write(&shown));
        let done = if let (Some(manual), [request], [plan], Some(product)) =
            (&self.manual, self.requests, shown.as_slice(), released)
        {
            let of = (plan, &prepared.branch);
            let done = manual.carry_out((product, request), of, self.adapters, &progress);
            let done = Box::pin(done).await;
            done.map(|(receipt, release)| (vec![receipt], Some(release)))
        } else {
            let receipts = engine::apply_group(&ports, self.requests, prepared).await;
            receipts
                .map(|receipts| (receipts, None))
                .map_err(Failure::from)
        };
        progress.finish();
        let (receipts, release) = done?;
        let waited = match (&release, &self.manual) {
            (Some(release), _) => release.exit,
            (None, Some(manual)) => manual.exit_without_release(&receipts),
            (None, None) => Exit::Done,
        };
        let outcome = Outcome {
            shown,
            receipts,
            branch,
            allow: self.allow(),
            release,
            waited,
        };
        let written = self.report(&outcome);
        outcome.reported(written)?;
        Ok(outcome)
    }

    /// The plans, verified and confirmed.
    fn confirmed(&mut self, mut prepared: PreparedGroup) -> Result<PreparedGroup, Failure> {
        let is_question = !self.options.yes && self.would_write(&prepared.plans);
        if is_question && self.console.is_in_pager {
            return Err(Failure::HiddenQuestion);
        }
        if !is_question || self.console.prompts != Prompts::Terminal {
            prepared = self.verified(prepared)?;
            self.show(&prepared.plans)?;
            return Ok(prepared);
        }
        let allow = self.allow();
        if self.output == Output::Json {
            // stdout is reserved for the JSON result.
            let (detail, canvas) = (self.options.detail.into(), self.console.stderr);
            text::previews(self.console.err, &prepared.plans, canvas, detail, &allow)?;
        } else {
            self.show(&prepared.plans)?;
        }
        confirm::ask(&prepared, self.console.err)?;
        let shown: Vec<usize> = prepared
            .plans
            .iter()
            .map(|plan| plan.findings().len())
            .collect();
        prepared = self.verified(prepared)?;
        for (plan, shown) in prepared.plans.iter().zip(shown) {
            if plan.findings().len() > shown {
                text::findings(self.console.err, plan, self.console.stderr, &allow)?;
            }
        }
        Ok(prepared)
    }

    /// Writes the previews to stdout, unless it is for JSON.
    fn show(&mut self, plans: &[Plan]) -> Result<(), Failure> {
        let allow = self.allow();
        let console = &mut *self.console;
        let written = match self.output {
            Output::Json => Ok(()),
            Output::Markdown => {
                let plans: Vec<&Plan> = plans.iter().collect();
                let preview = markdown(&plans, BODY_LIMIT, Purpose::Preview(&allow));
                console.out.write_all(preview.as_bytes())
            }
            Output::Text => {
                let detail = self.options.detail.into();
                text::previews(console.out, plans, console.stdout, detail, &allow)
            }
        };
        match written.and_then(|()| console.out.flush()) {
            // A reader that closes the output early (`| head`) does not cancel the promotion.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Writes what was done.
    fn report(&mut self, outcome: &Outcome) -> io::Result<()> {
        let console = &mut *self.console;
        let outcomes: Vec<(&Receipt, &Plan)> = outcome.each().collect();
        let (detail, allow) = (self.options.detail.into(), &outcome.allow);
        if self.output == Output::Markdown {
            writeln!(console.out)?;
        }
        if self.output != Output::Json {
            receipt::results(console.out, console.stdout, &outcomes, detail, allow)?;
            if let Some(PromotionRelease { advanced, .. }) = &outcome.release {
                release::outcome(console.out, &advanced.release, &advanced.waits)?;
            }
            console.out.flush()?;
        }
        receipt::explanations(console.err, console.stderr, &outcomes)?;
        if let Some(PromotionRelease { advanced, .. }) = &outcome.release {
            release::failure(console.err, console.stderr, &advanced.release)?;
        }
        for (receipt, shown) in outcomes {
            let applied = receipt.applied(shown);
            let is_listed = self.output == Output::Text && applied.faults() == shown.faults();
            let faults = if is_listed {
                FaultList::Hidden
            } else {
                FaultList::Listed
            };
            receipt::left_out(console.err, console.stderr, applied, faults)?;
        }
        Ok(())
    }

    /// The plans after the commands ran that must succeed on their files.
    fn verified(&self, prepared: PreparedGroup) -> Result<PreparedGroup, Failure> {
        let PreparedGroup { plans, branch } = prepared;
        let progress = Progress::start(self.console.progress);
        let plans = engine::verify_group(&self.adapters.ports(&progress), self.requests, plans);
        progress.finish();
        let plans = plans?;
        Ok(PreparedGroup { plans, branch })
    }

    /// Whether applying the plans is expected to write something.
    fn would_write(&self, plans: &[Plan]) -> bool {
        let clears = |(plan, request): (&Plan, &Request)| request.allow.clears(plan);
        plans.iter().zip(self.requests).all(clears)
            && (plans.iter()).any(|plan| plan.action() != Action::None && !plan.is_empty())
    }

    /// The holds that are lifted.
    fn allow(&self) -> Allow {
        self.requests
            .first()
            .map(|request| request.allow.clone())
            .unwrap_or_default()
    }
}
