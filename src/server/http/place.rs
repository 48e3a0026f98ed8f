//! What a request is about.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::http::StatusCode;

use super::session::Session;
use super::trouble::Trouble;
use crate::release::Release;
use crate::server::pages::Frame;
use crate::server::served::{Served, View};
use crate::server::site::Site;
use crate::server::state::State;

/// What people may be allowed to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Right {
    /// Promote to an environment.
    Promote,
    /// Start a flow.
    Trigger,
    /// Approve a step of a release.
    Approve,
    /// Start a failed release again.
    Retry,
    /// End a release.
    Terminate,
}

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
    pub fn allow(
        &self,
        right: Right,
        product: Option<&str>,
        environment: Option<&str>,
    ) -> Result<(), Trouble> {
        let _ = (right, product, environment);
        Ok(())
    }

    /// Refuses what the person may not do with a step of a release, or with all of its steps.
    pub fn allow_steps(
        &self,
        right: Right,
        release: &Release,
        step: Option<&str>,
    ) -> Result<(), Trouble> {
        let steps = release.steps.iter().map(|step| step.environment.as_str());
        let mut chosen = steps.filter(|name| step.is_none_or(|step| step == *name));
        chosen.try_for_each(|name| self.allow(right, Some(&release.product), Some(name)))
    }

    /// Reads the repository again, after a change.
    pub async fn look_again(&self, site: &Site) {
        self.served.read().await;
        site.changed(&self.served.name);
        self.served.look.notify_one();
    }

    /// Writes what the person changes.
    pub fn changes(&self, site: &Site, what: &str) {
        site.log.change(&self.served.name, "local", what);
    }

    /// The environments, as far as they are known.
    pub fn environments(&self) -> &[String] {
        let state = self.view.state.as_ref();
        state.map_or(&[], |state| state.files.status().environments.as_slice())
    }
}

fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or_default())
}
