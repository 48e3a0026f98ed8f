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
use crate::engine::{self, ReleaseError, ReleasePorts, StartRequest, Started};
use crate::release::{RefusedBy, Release, ReleaseState, Step};
use crate::server::promotion::{Done, Wanted};
use crate::wiring::Adapters;

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
        let asked = wanted.clone();
        let carry_out = async move |adapters: &Adapters| Box::pin(asked.carry_out(adapters)).await;
        let what = wanted.in_words();
        let done = self.change(&what, carry_out, Done::result).await?;
        if let Done::Started { .. } = done {
            // So that it can be asked for.
            self.look_again().await;
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
        let what = format!("trigger flow={flow} product={product}");
        let request = StartRequest {
            product,
            flow,
            applications,
            source: None,
            branch: None,
            configuration: None,
        };
        let start =
            async move |ports: &ReleasePorts<'_>| engine::start_release(ports, &request).await;
        let done = |started: &Started| format!("release {}", started.id());
        let started = self.change_releases(&what, start, done).await?;
        self.look_again().await;
        Ok(started.id().to_owned())
    }

    /// Approves a step of a release, or all of its steps.
    pub async fn approve(&mut self, id: &str, step: Option<String>) -> Result<(), Trouble> {
        self.allow_steps(Right::Approve, self.release(id)?, step.as_deref())?;
        let asked = id.to_owned();
        let approve = async move |ports: &ReleasePorts<'_>| {
            engine::approve_release(ports, &asked, step.as_deref()).await
        };
        self.change_release(id, &format!("approve {id}"), approve)
            .await
    }

    /// Queues a failed release again, with the holds of some guards lifted.
    pub async fn retry(&mut self, id: &str, guards: Vec<GuardName>) -> Result<(), Trouble> {
        let release = self.release(id)?;
        self.allow_steps(Right::Retry, release, None)?;
        self.check_lifted(release, &guards)?;
        let guards: Vec<String> = guards.iter().map(GuardName::to_string).collect();
        let what = format!("retry {id} allow={}", guards.join(","));
        let asked = id.to_owned();
        let retry = async move |ports: &ReleasePorts<'_>| {
            if guards.is_empty() {
                engine::retry_release(ports, &asked).await
            } else {
                engine::allow_in_release(ports, &asked, &guards).await
            }
        };
        self.change_release(id, &what, retry).await
    }

    /// Ends a release.
    pub async fn terminate(&mut self, id: &str) -> Result<(), Trouble> {
        let product = &self.release(id)?.product;
        self.allow(Right::Terminate, Some(product), None)?;
        let asked = id.to_owned();
        let terminate =
            async move |ports: &ReleasePorts<'_>| engine::terminate_release(ports, &asked).await;
        self.change_release(id, &format!("terminate {id}"), terminate)
            .await
    }

    /// Changes a release, and looks again.
    async fn change_release<T: Send + 'static>(
        &mut self,
        id: &str,
        what: &str,
        job: impl AsyncFnOnce(&ReleasePorts<'_>) -> Result<T, ReleaseError> + Send + 'static,
    ) -> Result<(), Trouble> {
        let done = format!("release {id}");
        self.change_releases(what, job, |_| done).await?;
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
