//! What a request is about.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{FromRequestParts, Path};
use axum::http::StatusCode;
use axum::http::request::Parts;
use maud::Markup;

use super::session::Session;
use super::trouble::Trouble;
use crate::domain::{CONFIGURATION, Product, Right};
use crate::engine::{
    self, AwaitedApproval, EngineError, PastTransition, ReleaseError, ReleasePorts,
};
use crate::plan::Plan;
use crate::release::Release;
use crate::server::advice;
use crate::server::audit::Change;
use crate::server::caller::Rights;
use crate::server::log::in_words;
use crate::server::pages::Frame;
use crate::server::promotion::Wanted;
use crate::server::served::{Served, View, with_releases};
use crate::server::site::Site;
use crate::server::state::State;
use crate::wiring::Adapters;

/// What a request is about: the repository in its path, and what is known about it.
pub(super) struct Place {
    pub view: Arc<View>,
    pub frame: Frame,
    site: Arc<Site>,
    served: Arc<Served>,
}

impl FromRequestParts<Arc<Site>> for Place {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Trouble> {
        let names = Path::<BTreeMap<String, String>>::from_request_parts(parts, site).await;
        let Path(names) = names.map_err(|rejection| {
            let advice = "Follow a link of the dashboard instead.";
            Trouble::new(rejection.status(), "There is no such address.", advice)
        })?;
        let name = names.get("repository").map_or("", String::as_str);
        let session = parts.extensions.get::<Session>();
        let session = session.expect("the guard gives every request a session");
        Self::new(site, name, session)
    }
}

impl Place {
    fn new(site: &Arc<Site>, name: &str, session: &Session) -> Result<Self, Trouble> {
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
            view,
            frame,
            site: Arc::clone(site),
            served: Arc::clone(served),
        })
    }

    /// What was read.
    pub fn state(&self) -> Result<&State, Trouble> {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let state = self.view.state.as_deref();
        state.ok_or_else(|| {
            let fault = self.view.fault.clone().map(Trouble::from);
            let unread = "The repository was not read yet.";
            let trouble =
                fault.unwrap_or_else(|| Trouble::new(status, unread, "Try again in a moment."));
            trouble.with_status(status)
        })
    }

    /// The release with an id.
    pub fn release(&self, id: &str) -> Result<&Release, Trouble> {
        let release = self.state()?.release(id);
        release.ok_or_else(|| Trouble::missing("release", id))
    }

    /// The product that is chosen, if one is.
    pub fn product(&self, name: Option<&str>) -> Result<Option<&Product>, Trouble> {
        let find = |name| {
            let product = self.state()?.files.settings.product(name);
            product.ok_or_else(|| Trouble::missing("product", name))
        };
        name.map(find).transpose()
    }

    /// What happened to a release, oldest first.
    pub async fn history(&self, release: &Release) -> Result<Vec<PastTransition>, Trouble> {
        let history = self.served.history(self.state()?, release).await;
        history.map_err(Trouble::from)
    }

    /// The approvals that a release still needs; most need none, which is known without work.
    pub async fn awaited_approvals(
        &self,
        release: &Release,
    ) -> Result<Vec<AwaitedApproval>, ReleaseError> {
        let state = self.view.state.as_ref();
        let product = state.and_then(|state| state.releases_of(&release.product));
        let Some(product) = product.filter(|_| release.may_await_approvals()) else {
            return Ok(Vec::new());
        };
        let (product, release) = (product.clone(), release.clone());
        self.releases(async move |ports| engine::awaited_approvals(ports, (&product, &release)))
            .await
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

    /// Reads the repository again, after a change.
    pub async fn look_again(&mut self) {
        self.served.read().await;
        self.view = self.served.view();
        self.site.changed(&self.served.name);
    }

    /// Changes something for the person; `result` is what was done, or why nothing was. The end is logged, and
    /// the repository looked at again, where the change is carried out: the person may not wait for the answer.
    pub async fn change<T: Send + 'static>(
        &self,
        what: &str,
        job: impl AsyncFnOnce(&Adapters) -> Result<T, ReleaseError> + Send + 'static,
        result: impl FnOnce(&T) -> Result<String, String> + Send + 'static,
    ) -> Result<T, ReleaseError> {
        let served = Arc::clone(&self.served);
        let caller = &self.frame.rights.caller;
        let mut change = Change::begin(&self.site.log, &served.name, caller, what);
        self.work(async move |adapters| {
            change.start();
            let done = job(adapters).await;
            change.end(match &done {
                Ok(done) => result(done),
                Err(error) => Err(in_words(&advice::on_release(error))),
            });
            served.look.notify_one();
            done
        })
        .await
    }

    /// The same with releases.
    pub async fn change_releases<T: Send + 'static>(
        &self,
        what: &str,
        job: impl AsyncFnOnce(&ReleasePorts<'_>) -> Result<T, ReleaseError> + Send + 'static,
        done: impl FnOnce(&T) -> String + Send + 'static,
    ) -> Result<T, ReleaseError> {
        let prefix = self.served.prefix();
        let job =
            async move |adapters: &Adapters| with_releases(adapters, prefix.as_deref(), job).await;
        self.change(what, job, |changed| Ok(done(changed))).await
    }

    /// Does something for the person.
    pub async fn work<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&Adapters) -> T + Send + 'static,
    ) -> T {
        let person = self.frame.rights.caller.person();
        self.served.work(person, job).await
    }

    /// The plan of a promotion, to show the lines of its files.
    pub async fn plan_shown(&self, wanted: &Wanted) -> Result<Arc<Plan>, EngineError> {
        let (wanted, served) = (wanted.clone(), Arc::clone(&self.served));
        self.work(async move |adapters| served.plans.of(&wanted, adapters).await)
            .await
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

/// Makes a page that may be large, while other requests go on.
pub(super) fn large_page(make: impl FnOnce() -> Markup) -> Markup {
    tokio::task::block_in_place(make)
}

pub(super) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or_default())
}
