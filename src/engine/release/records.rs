//! Reads the records of releases, and appends transitions.

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use crate::domain::CommitId;
use crate::port::{self, Chain, NewTransition, RecordFile};
use crate::release::{
    EVENT, EventKind, Other, Release, STATE, Transition, Waiting, is_transition_of, trailer,
};

/// How often a transition is tried while others move the chain.
const TRIES: usize = 50;

/// The releases of a product, as one tip of its chain has them.
#[derive(Clone, Debug)]
pub struct ProductReleases {
    /// The product.
    pub product: String,
    /// The newest transition; `None` if there is none yet.
    pub tip: Option<CommitId>,
    /// The releases, by number.
    pub releases: Vec<Release>,
}

/// What is to be done about the releases of a product.
pub(super) enum Decision {
    /// A transition is to be recorded.
    Record(Box<Transition>),
    /// The release with this number is as it should be.
    Found(u64),
}

/// A release that was recorded or found.
pub(super) struct Recorded {
    /// The releases of its product.
    pub product: ProductReleases,
    /// Its number.
    pub number: u64,
    /// Whether it was recorded just now.
    pub is_new: bool,
}

/// A transition of a release.
#[derive(Clone, Debug)]
pub struct PastTransition {
    /// Its commit.
    pub commit: CommitId,
    /// When it was recorded, in seconds since 1970.
    pub time: i64,
    /// Who recorded it, as far as Git's configuration shows.
    pub committer: String,
    /// What happened.
    pub title: String,
    /// The state of the release after it, as the record has it.
    pub state: Option<String>,
    /// The kind of the event, as the record has it.
    pub event: Option<String>,
}

/// Fetches the releases of all products.
///
/// # Errors
/// When they cannot be fetched or read.
pub async fn releases(ports: &ReleasePorts<'_>) -> Result<Vec<ProductReleases>, ReleaseError> {
    let chains = ports.releases.fetch().await?;
    chains.into_iter().map(|chain| read(ports, chain)).collect()
}

/// Reads the newest releases of each product as they were last fetched, without the network; at most
/// `at_most` of each, the newest first.
///
/// # Errors
/// When they cannot be read.
pub fn newest_seen_releases(
    ports: &ReleasePorts<'_>,
    at_most: usize,
) -> Result<Vec<Release>, ReleaseError> {
    let mut newest = Vec::new();
    for chain in ports.releases.last_seen()? {
        let mut files = ports.releases.files(chain.tip)?;
        files.sort_by_key(|file| std::cmp::Reverse(number(&file.path)));
        for file in files.into_iter().take(at_most) {
            newest.push(release(ports, &file)?);
        }
    }
    Ok(newest)
}

/// The number of a release, by the path of its file.
fn number(path: &str) -> Option<u64> {
    let name = path.strip_suffix(".json")?;
    name.rsplit_once('-')?.1.parse().ok()
}

/// Fetches the releases of a product.
pub(super) async fn of_product(
    ports: &ReleasePorts<'_>,
    product: &str,
) -> Result<ProductReleases, ReleaseError> {
    let chains = ports.releases.fetch().await?;
    match chains.into_iter().find(|chain| chain.product == product) {
        Some(chain) => read(ports, chain),
        None => Ok(ProductReleases {
            product: product.to_owned(),
            tip: None,
            releases: Vec::new(),
        }),
    }
}

/// Records what is decided; decides again while others move the chain.
///
/// # Errors
/// Those of the decision, and when the records cannot be read or written.
pub(super) async fn record(
    ports: &ReleasePorts<'_>,
    mut product: ProductReleases,
    decide: impl Fn(&ProductReleases) -> Result<Decision, ReleaseError>,
) -> Result<Recorded, ReleaseError> {
    for _ in 0..TRIES {
        let (number, is_new) = match decide(&product)? {
            Decision::Found(number) => (number, false),
            Decision::Record(transition) => {
                if !product.append(ports, &transition).await? {
                    product = of_product(ports, &product.product).await?;
                    continue;
                }
                (transition.release.number, true)
            }
        };
        return Ok(Recorded {
            product,
            number,
            is_new,
        });
    }
    Err(ReleaseError::Overtaken {
        product: product.product,
    })
}

fn read(ports: &ReleasePorts<'_>, chain: Chain) -> Result<ProductReleases, ReleaseError> {
    let files = ports.releases.files(chain.tip)?;
    let releases: Result<Vec<Release>, _> = files.iter().map(|file| release(ports, file)).collect();
    let mut releases = releases?;
    releases.sort_by_key(|release| release.number);
    Ok(ProductReleases {
        product: chain.product,
        tip: Some(chain.tip),
        releases,
    })
}

fn release(ports: &ReleasePorts<'_>, file: &RecordFile) -> Result<Release, ReleaseError> {
    let bytes = ports.releases.read(file.blob)?;
    Ok(Release::parse(&bytes, &file.path)?)
}

/// Finds a release by its id.
///
/// # Errors
/// [`ReleaseError::Unknown`].
pub fn find_release<'a>(
    all: &'a [ProductReleases],
    id: &str,
) -> Result<(&'a ProductReleases, &'a Release), ReleaseError> {
    let mut every = all
        .iter()
        .flat_map(|p| p.releases.iter().map(move |r| (p, r)));
    let found = every.find(|(_, release)| release.id == id);
    found.ok_or_else(|| ReleaseError::Unknown {
        id: id.to_owned(),
        known: known(all, id),
    })
}

/// The releases that have not ended and the newest of each product; those of the product that `id` names
/// come first.
fn known(all: &[ProductReleases], id: &str) -> Vec<String> {
    let is_named = |product: &&ProductReleases| {
        let number = id.strip_prefix(product.product.as_str());
        number.is_some_and(|number| number.starts_with('-'))
    };
    let (named, others): (Vec<_>, Vec<_>) = all.iter().partition(is_named);
    let of_product = |product: &ProductReleases| {
        let last = product.releases.last().map(|release| release.number);
        let releases = product.releases.iter().rev();
        let listed = releases.filter(|r| !r.state.is_end() || Some(r.number) == last);
        listed.map(|release| release.id.clone()).collect::<Vec<_>>()
    };
    named
        .into_iter()
        .chain(others)
        .flat_map(of_product)
        .collect()
}

/// Lists the transitions of a release, oldest first.
///
/// # Errors
/// When the chain cannot be read.
pub fn release_history(
    ports: &ReleasePorts<'_>,
    (product, release): (&ProductReleases, &Release),
) -> Result<Vec<PastTransition>, ReleaseError> {
    let Some(tip) = product.tip else {
        return Ok(Vec::new());
    };
    let all = since_created(ports, tip, &release.id)?;
    let own = all
        .into_iter()
        .filter(|t| is_transition_of(&t.message, &release.id));
    let mut own: Vec<PastTransition> = own
        .map(|transition| PastTransition {
            commit: transition.commit,
            time: transition.time,
            committer: transition.committer,
            title: (transition.message.lines().next().unwrap_or_default()).to_owned(),
            state: trailer(&transition.message, STATE),
            event: trailer(&transition.message, EVENT),
        })
        .collect();
    own.reverse();
    Ok(own)
}

/// Lists the transitions of a product, newest first, back to the one that created a release.
pub(super) fn since_created(
    ports: &ReleasePorts<'_>,
    tip: CommitId,
    id: &str,
) -> Result<Vec<port::Transition>, ReleaseError> {
    let is_creation = |transition: &port::Transition| {
        is_transition_of(&transition.message, id)
            && trailer(&transition.message, EVENT).as_deref() == Some(EventKind::Created.name())
    };
    Ok(ports.releases.transitions(tip, &is_creation)?)
}

impl ProductReleases {
    /// What a release of the product waits for, as the records have it.
    pub fn recorded_waits(&self, release: &Release) -> Vec<Waiting> {
        release.recorded_waits(&self.others(Some(release.number)))
    }

    /// The release with a number.
    pub(super) fn release(&self, number: u64) -> Option<&Release> {
        self.releases.iter().find(|r| r.number == number)
    }

    /// The other releases, as facts.
    pub(super) fn others(&self, number: Option<u64>) -> Vec<Other> {
        let others = self.releases.iter().filter(|r| Some(r.number) != number);
        let other = |release: &Release| Other {
            id: release.id.clone(),
            number: release.number,
            queue: release.queue().to_owned(),
            state: release.state,
        };
        others.map(other).collect()
    }

    /// Appends a transition, and takes it over; `false` if another worker moved the chain first.
    pub(super) async fn append(
        &mut self,
        ports: &ReleasePorts<'_>,
        transition: &Transition,
    ) -> Result<bool, ReleaseError> {
        let release = &transition.release;
        let acted_by = ports.promotion.acted_by.map(ToString::to_string);
        let appended = ports.releases.append(NewTransition {
            product: self.product.clone(),
            parent: self.tip,
            files: vec![(release.path(), release.text().into_bytes())],
            message: transition.event.message(release, acted_by.as_deref()),
        });
        let Some(tip) = appended.await? else {
            return Ok(false);
        };
        let title = transition.event.title(release);
        ports.promotion.observer.transition(&title);
        self.tip = Some(tip);
        match self
            .releases
            .iter_mut()
            .find(|r| r.number == release.number)
        {
            Some(known) => known.clone_from(release),
            None => self.releases.push(release.clone()),
        }
        Ok(true)
    }
}
