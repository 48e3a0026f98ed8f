//! A repository that is served.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{Mutex, Notify};

use super::advice;
use super::options::{ServeOptions, ServedFolder};
use super::overload::Workers;
use super::plans::Plans;
use super::state::State;
use crate::domain::{Person, RemoteAddress};
use crate::engine::{self, PastTransition, ReleaseError, ReleasePorts};
use crate::port::{HttpSender, NoObserver, RepositoryError};
use crate::release::{Release, Waiting};
use crate::render::Advice;
use crate::wiring::{self, Adapters};

/// How many threads work on a repository at once: one more than processors would only wait for the disk.
const WORKERS: usize = 4;

/// How many requests may wait for one of them: more would wait longer than anyone wants to.
const WAITING: usize = 64;

/// The longest time that a request waits for one of them.
const PATIENCE: Duration = Duration::from_secs(30);

/// A repository that is served.
pub(super) struct Served {
    /// Its name in URLs.
    pub name: String,
    /// Told when it must be looked at again.
    pub look: Notify,
    /// Recently viewed plans, kept so that more of their lines can be shown.
    pub plans: Plans,
    adapters: Adapters,
    workers: Workers,
    /// Held while it is read.
    reading: Mutex<()>,
    view: RwLock<Arc<View>>,
}

/// What is known about a repository.
#[derive(Clone, Default)]
pub(super) struct View {
    /// The last reading that succeeded.
    pub state: Option<Arc<State>>,
    /// When that was, in seconds since 1970.
    pub read: Option<i64>,
    /// Why the newest reading failed, if it did.
    pub fault: Option<Advice>,
    /// What open releases wait for, by their ids.
    pub waits: Arc<BTreeMap<String, Vec<Waiting>>>,
}

impl Served {
    /// Opens a repository; it is not read yet.
    pub fn open(served: &ServedFolder, options: &ServeOptions) -> Result<Self, RepositoryError> {
        if let Some(url) = &served.url {
            wiring::prepare_copy(&served.folder, url)?;
        }
        let adapters = wiring::open(&served.folder, &options.network)?;
        Ok(Self {
            name: served.name.clone(),
            look: Notify::new(),
            plans: Plans::default(),
            adapters: adapters.with_commands(options.commands),
            workers: Workers::new(WORKERS, WAITING, PATIENCE),
            reading: Mutex::new(()),
            view: RwLock::default(),
        })
    }

    /// What is known about it now.
    pub fn view(&self) -> Arc<View> {
        Arc::clone(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Where its remote is, and the other repositories that its environments are in.
    pub fn addresses(&self) -> Vec<RemoteAddress> {
        let view = self.view();
        let state = view.state.as_ref();
        let environments = state.map_or(&[][..], |state| &state.files.settings.environments);
        let others = environments.iter();
        let others = others.filter_map(|environment| environment.location.repository.as_ref());
        self.adapters.addresses(others)
    }

    /// What sends requests to any server.
    pub fn http(&self) -> Arc<dyn HttpSender> {
        self.adapters.http()
    }

    /// Does something for a person on a thread that may block, when one is free. Commits and records name the
    /// person; without one, who commits has acted.
    ///
    /// # Panics
    /// When the job does.
    pub async fn work<T: Send + 'static>(
        &self,
        person: Option<Arc<Person>>,
        job: impl AsyncFnOnce(&Adapters) -> T + Send + 'static,
    ) -> T {
        let worker = self.workers.next().await;
        let adapters = self.adapters.acting_for(person);
        blocking(async move || {
            // It is held until the job ends, whether or not somebody still waits for it.
            let _worker = worker;
            job(&adapters).await
        })
        .await
    }

    /// Does something for the keeper, which never waits for people.
    ///
    /// # Panics
    /// When the job does.
    pub async fn keep<T: Send + 'static>(
        &self,
        job: impl AsyncFnOnce(&Adapters) -> T + Send + 'static,
    ) -> T {
        let adapters = self.adapters.acting_for(None);
        blocking(async move || job(&adapters).await).await
    }

    /// The prefix of its releases, as it was last read.
    pub fn prefix(&self) -> Option<String> {
        self.view().state.as_ref().and_then(|state| state.prefix())
    }

    /// Does something with releases for a person, on a thread that may block.
    pub async fn releases<T: Send + 'static>(
        &self,
        person: Option<Arc<Person>>,
        job: impl AsyncFnOnce(&ReleasePorts<'_>) -> Result<T, ReleaseError> + Send + 'static,
    ) -> Result<T, ReleaseError> {
        let prefix = self.prefix();
        self.work(person, async move |adapters| {
            with_releases(adapters, prefix.as_deref(), job).await
        })
        .await
    }

    /// What happened to a release, oldest first.
    pub async fn history(
        &self,
        state: &State,
        release: &Release,
    ) -> Result<Vec<PastTransition>, ReleaseError> {
        let Some(product) = state.releases_of(&release.product) else {
            return Ok(Vec::new());
        };
        let (product, release) = (product.clone(), release.clone());
        self.releases(None, async move |ports| {
            engine::release_history(ports, (&product, &release))
        })
        .await
    }

    /// Reads it; whether it shows something else than before.
    pub async fn read(&self) -> bool {
        let _reading = self.reading.lock().await;
        let before = self.view();
        let state = before.state.clone();
        let (read, now) = self
            .keep(async move |adapters| {
                let read = State::read(adapters, state.as_deref()).await;
                (read, adapters.ports(&NoObserver).clock.now())
            })
            .await;
        let after = self.change(|view| match read {
            Ok(state) => {
                view.state = Some(Arc::new(state));
                view.read = Some(now);
                view.fault = None;
            }
            Err(error) => view.fault = Some(advice::on_release(&error)),
        });
        let is_changed = !after.shows_the_same(&before);
        if is_changed {
            self.plans.clear();
        } else {
            self.plans.forget_old(Instant::now());
        }
        is_changed
    }

    /// Takes over what open releases wait for; whether that is something else than before.
    pub fn set_waits(&self, waits: BTreeMap<String, Vec<Waiting>>) -> bool {
        let before = self.view();
        if *before.waits == waits {
            return false;
        }
        self.change(|view| view.waits = Arc::new(waits));
        true
    }

    /// Changes a part of what is known; others may change other parts at the same time.
    fn change(&self, change: impl FnOnce(&mut View)) -> Arc<View> {
        let mut known = self.view.write().unwrap_or_else(PoisonError::into_inner);
        let mut view = View::clone(&known);
        change(&mut view);
        *known = Arc::new(view);
        Arc::clone(&known)
    }
}

/// Does something with the releases of a prefix.
pub(super) async fn with_releases<T>(
    adapters: &Adapters,
    prefix: Option<&str>,
    job: impl AsyncFnOnce(&ReleasePorts<'_>) -> Result<T, ReleaseError>,
) -> Result<T, ReleaseError> {
    let adapters = adapters.for_releases(prefix)?;
    job(&adapters.ports(&NoObserver)).await
}

/// Does something on a thread that may block.
async fn blocking<T: Send + 'static>(job: impl AsyncFnOnce() -> T + Send + 'static) -> T {
    let runtime = Handle::current();
    match tokio::task::spawn_blocking(move || runtime.block_on(job())).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

impl View {
    fn shows_the_same(&self, other: &Self) -> bool {
        let is_same_state = match (&self.state, &other.state) {
            (Some(state), Some(other)) => state.is_same(other),
            (None, None) => true,
            _ => false,
        };
        is_same_state && self.fault == other.fault
    }
}
