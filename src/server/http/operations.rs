//! What people change, by a page or by a program.
//!
//! # Why
//!
//! Each operation is here once: the right to do it, its checks, its line in the log, the engine, and another
//! look at the repository. So a page and the API can neither permit nor record different things.

use axum::http::StatusCode;

use super::place::Place;
use super::trouble::Trouble;
use crate::domain::{GuardName, Right};
use crate::engine::{self, ReleaseError, StartRequest};
use crate::release::{RefusedBy, Release, ReleaseState, Step};
use crate::server::audit;
use crate::server::promotion::{Done, Wanted};

/// A release of a flow to start.
pub(super) struct Start {
    pub flow: String,
    pub product: String,
    /// The applications; all of the product if empty.
    pub applications: Vec<String>,
}

impl Place {
    /// Carries a promotion out, if it is the one that was shown.
    pub async fn promote(&mut self, wanted: &Wanted) -> Result<Done, Trouble> {
        self.allow(Right::Promote, wanted.only_product(), Some(&wanted.to))?;
        self.log_change(&wanted.in_words());
        let asked = wanted.clone();
        let done = self
            .work(async move |adapters| Box::pin(asked.carry_out(adapters)).await)
            .await?;
        audit::result(done.result());
        match done {
            // So that it can be asked for.
            Done::Started { .. } => self.look_again().await,
            Done::Applied(_) | Done::Before { .. } | Done::Changed => self.look_soon(),
        }
        Ok(done)
    }

    /// Starts a release of a flow; its id.
    pub async fn start(&mut self, start: Start) -> Result<String, Trouble> {
        let Start {
            flow,
            product,
            mut applications,
        } = start;
        self.allow(Right::Trigger, Some(&product), None)?;
        let known = self.state()?.files.settings.product(&product);
        let known = known.ok_or_else(|| Trouble::missing("product", &product))?;
        let own = &known.applications;
        // The end of a name could mean an application of another product.
        if let Some(other) = applications.iter().find(|name| !own.contains(name)) {
            let what = "application of the product with the name";
            return Err(Trouble::missing(what, other));
        }
        if own.iter().all(|name| applications.contains(name)) {
            // All of them, whatever the product has then.
            applications.clear();
        }
        self.log_change(&format!("trigger flow={flow} product={product}"));
        let request = StartRequest {
            product,
            flow,
            applications,
            source: None,
            branch: None,
            configuration: None,
        };
        let started = self
            .releases(async move |ports| engine::start_release(ports, &request).await)
            .await?;
        audit::result(Ok(format!("release {}", started.id())));
        self.look_again().await;
        Ok(started.id().to_owned())
    }

    /// Approves a step of a release, or all of its steps.
    pub async fn approve(&mut self, id: &str, step: Option<String>) -> Result<(), Trouble> {
        self.allow_steps(Right::Approve, self.release(id)?, step.as_deref())?;
        self.log_change(&format!("approve {id}"));
        let asked = id.to_owned();
        let done = self.releases(async move |ports| {
            engine::approve_release(ports, &asked, step.as_deref()).await
        });
        let done = done.await;
        self.changed(done).await
    }

    /// Queues a failed release again, with the holds of some guards lifted.
    pub async fn retry(&mut self, id: &str, guards: Vec<GuardName>) -> Result<(), Trouble> {
        let release = self.release(id)?;
        self.allow_steps(Right::Retry, release, None)?;
        self.check_lifted(release, &guards)?;
        let guards: Vec<String> = guards.iter().map(GuardName::to_string).collect();
        self.log_change(&format!("retry {id} allow={}", guards.join(",")));
        let asked = id.to_owned();
        let done = self.releases(async move |ports| {
            if guards.is_empty() {
                engine::retry_release(ports, &asked).await
            } else {
                engine::allow_in_release(ports, &asked, &guards).await
            }
        });
        let done = done.await;
        self.changed(done).await
    }

    /// Ends a release.
    pub async fn terminate(&mut self, id: &str) -> Result<(), Trouble> {
        let product = &self.release(id)?.product;
        self.allow(Right::Terminate, Some(product), None)?;
        self.log_change(&format!("terminate {id}"));
        let asked = id.to_owned();
        let done = self.releases(async move |ports| engine::terminate_release(ports, &asked).await);
        let done = done.await;
        self.changed(done).await
    }

    /// Looks again after a release has changed.
    async fn changed<T>(&mut self, done: Result<T, ReleaseError>) -> Result<(), Trouble> {
        done?;
        self.look_again().await;
        Ok(())
    }

    /// Refuses to lift holds before a release has failed because of one, and for persons who may not promote.
    fn check_lifted(&self, release: &Release, guards: &[GuardName]) -> Result<(), Trouble> {
        if guards.is_empty() {
            return Ok(());
        }
        let is_held = |step: &Step| step.refused == Some(RefusedBy::Guards);
        if release.state != ReleaseState::Failed || !release.failed_steps().any(is_held) {
            return Err(Trouble::new(
                StatusCode::CONFLICT,
                "No guard holds the release.",
                "Load its page again to see how far it is.",
            ));
        }
        self.allow_steps(Right::Promote, release, None)
    }
}
