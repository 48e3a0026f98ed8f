//! What a request is about.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;

use super::session::Session;
use super::trouble::Trouble;
use crate::domain::{CONFIGURATION, GuardName, Right};
use crate::engine::{ReleaseError, ReleasePorts};
use crate::release::{RefusedBy, Release, ReleaseState, Step};
use crate::server::caller::Rights;
use crate::server::pages::Frame;
use crate::server::served::{Served, View};
use crate::server::site::Site;
use crate::server::state::State;
use crate::wiring::Adapters;

/// What a request is about: a repository, and what is known about it.
pub(super) struct Place {
    pub served: Arc<Served>,
    pub view: Arc<View>,
    pub frame: Frame,
}

impl Place {
    pub fn new(site: &Site, name: &str, session: &Session) -> Result<Self, Trouble> {
        let served = site.repository(name);
        let served = served.ok_or_else(|| Trouble::missing("repository", name))?;
        let view = served.view();
        let frame = Frame {
            repository: served.name.clone(),
            has_others: site.repositories.len() > 1,
            token: session.token.clone(),
            read: view.read,
            fault: view.fault.clone(),
            rights: Rights {
                caller: session.caller.clone(),
                // Permissions may have been taken away in what cannot be read.
                state: view.state.clone().filter(|_| view.fault.is_none()),
            },
            now: now(),
        };
        Ok(Self {
            served: Arc::clone(served),
            view,
            frame,
        })
    }

    /// What was read.
    pub fn state(&self) -> Result<&State, Trouble> {
        self.view.state.as_deref().ok_or_else(|| {
            Trouble::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "The repository was not read yet.",
                "Try again in a moment.",
            )
        })
    }

    /// Refuses what the person may not do.
    ///
    /// `product` is `None` for what is in no product or in several, and `environment` for what is about every
    /// one: only permissions without products or environments are for these.
    pub fn allow(
        &self,
        right: Right,
        product: Option<&str>,
        environment: Option<&str>,
    ) -> Result<(), Trouble> {
        if self.frame.rights.may(right, product, environment) {
            return Ok(());
        }
        let of = product.map_or_else(|| "outside of products".to_owned(), |p| format!("with {p}"));
        let to =
            environment.map_or_else(|| "in every environment".to_owned(), |e| format!("in {e}"));
        let verb = right.name();
        let message = format!("You have no right to {verb} {of} {to}.");
        let advice = format!(
            "An entry of `permissions` in `{CONFIGURATION}` on the default branch gives it, with `{verb}` in \
             its `may` and you or one of your groups in its `who`."
        );
        Err(Trouble::new(StatusCode::FORBIDDEN, &message, &advice))
    }

    /// Refuses what the person may not do with a step of a release, or with all of its steps.
    pub fn allow_steps(
        &self,
        right: Right,
        release: &Release,
        step: Option<&str>,
    ) -> Result<(), Trouble> {
        if let Some(step) = step {
            return self.allow(right, Some(&release.product), Some(step));
        }
        let mut steps = release.steps.iter();
        steps
            .try_for_each(|step| self.allow(right, Some(&release.product), Some(&step.environment)))
    }

    /// Refuses applications that the product does not list: the end of a name could mean one of another product.
    pub fn check_applications(&self, product: &str, names: &[String]) -> Result<(), Trouble> {
        let product = self.state()?.files.settings.product(product);
        let own = product.map_or(&[][..], |product| product.applications.as_slice());
        match names.iter().find(|name| !own.contains(name)) {
            None => Ok(()),
            Some(other) => Err(Trouble::missing(
                "application of the product with the name",
                other,
            )),
        }
    }

    /// Refuses to lift holds of other guards than there are, or before a release has failed because of one; and
    /// for persons who may not promote.
    pub fn check_lifted(&self, release: &Release, guards: &[String]) -> Result<(), Trouble> {
        if guards.is_empty() {
            return Ok(());
        }
        let is_guard = |name: &String| GuardName::ALL.iter().any(|guard| guard.as_str() == name);
        if let Some(other) = guards.iter().find(|name| !is_guard(name)) {
            return Err(Trouble::missing("guard", other));
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

    /// Reads the repository again, after a change.
    pub async fn look_again(&self, site: &Site) {
        self.served.read().await;
        site.changed(&self.served.name);
        self.served.look.notify_one();
    }

    /// Writes what the person changes.
    pub fn changes(&self, site: &Site, what: &str) {
        let Rights { caller, .. } = &self.frame.rights;
        site.log.change(&self.served.name, caller, what);
    }

    /// Does something for the person.
    pub async fn work<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&Adapters) -> T + Send + 'static,
    ) -> T {
        let person = self.frame.rights.caller.person();
        self.served.work(person, job).await
    }

    /// Does something with releases for the person.
    pub async fn releases<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&ReleasePorts<'_>) -> Result<T, ReleaseError> + Send + 'static,
    ) -> Result<T, ReleaseError> {
        let person = self.frame.rights.caller.person();
        self.served.releases(person, job).await
    }

    /// The environments, as far as they are known.
    pub fn environments(&self) -> &[String] {
        let state = self.view.state.as_ref();
        state.map_or(&[], |state| state.files.status().environments.as_slice())
    }
}

pub(super) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or_default())
}
