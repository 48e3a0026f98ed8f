//! What one reading of a repository found.
//!
//! # Why
//!
//! Pages are made from this alone, so that they are fast, and the same for everybody. A reading looks at the
//! tips of all branches first: what a push did not change is not read again.

use std::sync::Arc;

use crate::domain::{Origin, Settings};
use crate::engine::{
    self, BranchConfiguration, ProductReleases, ReleaseError, Status, StatusReading, StatusRequest,
    configuration_on, fetch_all,
};
use crate::plan::Notice;
use crate::port::{Branch, BranchChoice, NoObserver, Publish};
use crate::release::Release;
use crate::wiring::Adapters;

/// What one reading of a repository found.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The files, as they were on the branches.
    pub files: Arc<Files>,
    /// The releases of all products.
    pub releases: Vec<ProductReleases>,
}

/// What the files of the branches say.
#[derive(Debug)]
pub(super) struct Files {
    /// The branches, of which the first has the configuration.
    branches: Vec<Branch>,
    /// The configuration.
    pub settings: Settings,
    /// Where it comes from.
    pub origin: Origin,
    /// What is probably a mistake in it.
    pub notices: Vec<Notice>,
    /// Versions by environment.
    pub reading: StatusReading,
}

/// The branch that is looked at.
pub(super) fn looked_at() -> BranchChoice {
    BranchChoice {
        publish: Publish::Look,
        ..BranchChoice::default()
    }
}

impl State {
    /// Reads a repository; of `before`, everything is kept that has not changed.
    pub async fn read(adapters: &Adapters, before: Option<&Self>) -> Result<Self, ReleaseError> {
        let files = Files::read(adapters, before.map(|state| &state.files)).await?;
        let prefix = files.settings.release_prefix.as_deref();
        let releases = adapters.for_releases(prefix)?;
        let releases = engine::releases(&releases.ports(&NoObserver)).await?;
        Ok(Self { files, releases })
    }

    /// Whether both show the same.
    pub fn is_same(&self, other: &Self) -> bool {
        let tips = |state: &Self| {
            let products = state.releases.iter();
            products
                .map(|product| (product.product.clone(), product.tip))
                .collect::<Vec<_>>()
        };
        Arc::ptr_eq(&self.files, &other.files) && tips(self) == tips(other)
    }

    /// Where the records of releases are, if the configuration says so.
    pub fn prefix(&self) -> Option<String> {
        self.files.settings.release_prefix.clone()
    }

    /// All releases, the newest first.
    pub fn releases(&self) -> Vec<&Release> {
        let products = self.releases.iter();
        let mut all: Vec<&Release> = products.flat_map(|product| &product.releases).collect();
        all.sort_by_key(|release| std::cmp::Reverse((release.created, release.number)));
        all
    }

    /// The release with an id.
    pub fn release(&self, id: &str) -> Option<&Release> {
        let mut all = self.releases.iter().flat_map(|product| &product.releases);
        all.find(|release| release.id == id)
    }

    /// The releases of a product.
    pub fn releases_of(&self, product: &str) -> Option<&ProductReleases> {
        self.releases.iter().find(|p| p.product == product)
    }

    /// The newest release of a product that has not ended.
    pub fn open_release(&self, product: &str) -> Option<&Release> {
        let product = self.releases_of(product)?;
        let mut releases = product.releases.iter().rev();
        releases.find(|release| !release.state.is_end())
    }
}

impl Files {
    /// Versions by environment.
    pub fn status(&self) -> &Status {
        &self.reading.status
    }

    /// The configuration, as the engine has it.
    pub fn configuration(&self) -> BranchConfiguration {
        BranchConfiguration {
            branch: self.status().branch.clone(),
            settings: self.settings.clone(),
            origin: self.origin.clone(),
            notices: self.notices.clone(),
        }
    }

    async fn read(
        adapters: &Adapters,
        before: Option<&Arc<Self>>,
    ) -> Result<Arc<Self>, ReleaseError> {
        let ports = adapters.ports(&NoObserver);
        let fetched = fetch_all(&ports, &looked_at(), None, &[]).await?;
        let branches: Vec<Branch> = fetched.all().cloned().collect();
        if let Some(before) = before.filter(|before| before.branches == branches) {
            return Ok(Arc::clone(before));
        }
        let configuration = configuration_on(&ports, fetched.home.clone(), None)?;
        let request = StatusRequest {
            environments: Vec::new(),
            applications: Vec::new(),
            products: Vec::new(),
            branch: looked_at(),
            settings: None,
        };
        let known = before.map(|before| &before.reading);
        let reading = engine::read_status(&ports, &request, &fetched, known)?;
        Ok(Arc::new(Self {
            branches,
            settings: configuration.settings,
            origin: configuration.origin,
            notices: configuration.notices,
            reading,
        }))
    }
}
