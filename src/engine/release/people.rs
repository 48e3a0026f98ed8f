//! What people do with releases.

use super::error::ReleaseError;
use super::flow::{flow_in, product_in, settings};
use super::ports::ReleasePorts;
use super::records::{
    Decision, ProductReleases, Recorded, find_release, of_product, record, releases,
};
use crate::domain::{ApplicationName, CommitId, Environment, Product, ProductFlow};
use crate::engine::branches::fetch_home;
use crate::engine::error::EngineError;
use crate::port::{BranchChoice, Publish};
use crate::release::{
    self, Configuration, Manual, NewRelease, Proof, Refusal, Release, Transition, create,
};

/// A release to start.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// The product.
    pub product: String,
    /// The flow.
    pub flow: String,
    /// The applications; all of the product if empty.
    pub applications: Vec<String>,
    /// The revision whose files of the trigger environment are promoted; the branch's tip if omitted.
    pub source: Option<String>,
    /// The branch; the default branch if omitted.
    pub branch: Option<String>,
    /// The text of `--config FILE`.
    pub configuration: Option<String>,
}

/// A release that was started.
#[derive(Clone, Debug)]
pub struct Started {
    /// The releases of its product.
    pub product: ProductReleases,
    /// Its number.
    pub number: u64,
}

impl Started {
    /// Its id.
    pub fn id(&self) -> &str {
        (self.product.release(self.number)).map_or("", |release| release.id.as_str())
    }
}

/// A release that is to be queued.
pub(super) struct NewInQueue {
    pub configuration: Configuration,
    pub applications: Vec<String>,
    pub branch: Option<String>,
    pub manual: Option<Box<Manual>>,
    pub source: CommitId,
}

/// Creates a release in the queue of its product.
///
/// # Errors
/// When the product or the flow is not configured, or the product rejects a second release.
pub async fn start_release(
    ports: &ReleasePorts<'_>,
    request: &StartRequest,
) -> Result<Started, ReleaseError> {
    let choice = BranchChoice {
        repository: None,
        branch: request.branch.clone(),
        publish: Publish::Push,
    };
    let mut branches = fetch_home(&ports.promotion, &choice).await?;
    let branch = branches.home.clone();
    let configuration = match &request.configuration {
        Some(text) => Configuration::Text(text.clone()),
        None => Configuration::Commit(branch.tip),
    };
    let settings = settings(ports, &configuration)?;
    let flow = flow_in(&settings, &request.product, &request.flow)?;
    check_applications(
        &request.applications,
        product_in(&settings, &request.product)?,
    )?;
    let trigger = flow.trigger_environment.as_str();
    let is_trigger = |environment: &Environment| environment.has_name(trigger);
    branches
        .add(&ports.promotion, choice.publish, &is_trigger)
        .await?;
    let source = match &request.source {
        Some(revision) => {
            let named = (trigger, revision.as_str());
            branches
                .fetched_revision(&ports.promotion, choice.publish, named)
                .await?
        }
        None => branches.of_named(trigger)?.tip,
    };
    let new = NewInQueue {
        configuration,
        applications: request.applications.clone(),
        branch: request.branch.clone(),
        manual: None,
        source,
    };
    queue_new(ports, &flow, new).await
}

/// Refuses applications that the product does not have.
fn check_applications(names: &[String], product: &Product) -> Result<(), EngineError> {
    let is_of_product = |name: &&String| {
        let own = ApplicationName((*name).clone());
        let mut words = product.applications.iter();
        words.any(|word| own.matches(word) || ApplicationName(word.clone()).matches(name))
    };
    match names.iter().find(|name| !is_of_product(name)) {
        None => Ok(()),
        Some(unknown) => Err(EngineError::NotInProduct {
            product: product.name.clone(),
            application: unknown.clone(),
            known: product.applications.clone(),
        }),
    }
}

/// Queues a release; an open one that no flow describes and that has the same choices goes on instead.
pub(super) async fn queue_new(
    ports: &ReleasePorts<'_>,
    flow: &ProductFlow,
    new: NewInQueue,
) -> Result<Started, ReleaseError> {
    let by = ports.promotion.actor()?;
    let product = of_product(ports, &flow.product).await?;
    let started = record(ports, product, |product| {
        let is_same =
            |r: &&Release| !r.state.is_end() && r.manual.is_some() && r.manual == new.manual;
        if let Some(same) = product.releases.iter().find(is_same) {
            return Ok(Decision::Found(same.number));
        }
        let new = NewRelease {
            configuration: new.configuration.clone(),
            applications: new.applications.clone(),
            branch: new.branch.clone(),
            manual: new.manual.clone(),
            source: new.source,
            trigger: None,
            by: by.clone(),
            acted_by: ports.promotion.acted_by.map(ToString::to_string),
            now: ports.promotion.clock.now(),
        };
        let created = create(new, flow, &product.others(None))?;
        Ok(Decision::Record(Box::new(created)))
    });
    let Recorded {
        product, number, ..
    } = started.await?;
    Ok(Started { product, number })
}

/// Begins to terminate a release.
///
/// # Errors
/// When it has ended, or there is none with this id.
pub async fn terminate_release(
    ports: &ReleasePorts<'_>,
    id: &str,
) -> Result<ProductReleases, ReleaseError> {
    let by = ports.promotion.actor()?;
    let now = ports.promotion.clock.now();
    change(ports, id, &|release| release::terminate(release, &by, now)).await
}

/// Queues a failed release again.
///
/// # Errors
/// When it has not failed, or there is none with this id.
pub async fn retry_release(
    ports: &ReleasePorts<'_>,
    id: &str,
) -> Result<ProductReleases, ReleaseError> {
    let by = ports.promotion.actor()?;
    change(ports, id, &|release| release::retry(release, &by).map(Some)).await
}

/// Lifts the holds of guards; a release that they held is queued again.
///
/// # Errors
/// When it has ended for another reason, or there is none with this id.
pub async fn allow_in_release(
    ports: &ReleasePorts<'_>,
    id: &str,
    guards: &[String],
) -> Result<ProductReleases, ReleaseError> {
    let by = ports.promotion.actor()?;
    let now = ports.promotion.clock.now();
    change(ports, id, &|release| {
        release::allow(release, guards, &by, now)
    })
    .await
}

/// Records an approval of a step, or of all steps.
///
/// # Errors
/// When it has ended, has no such step, or there is none with this id.
pub async fn approve_release(
    ports: &ReleasePorts<'_>,
    id: &str,
    environment: Option<&str>,
) -> Result<ProductReleases, ReleaseError> {
    let (by, proof) = approver(ports).await?;
    let now = ports.promotion.clock.now();
    let by = (by.as_str(), proof);
    change(ports, id, &|release| {
        release::approve(release, environment, by, now)
    })
    .await
}

/// Who approves: the person who asked the server for it, whose key signs the transition then; or the user of the
/// forge's token; or the name that Git is configured with, whose key signs the transition. Git may not sign.
async fn approver(ports: &ReleasePorts<'_>) -> Result<(String, Proof), ReleaseError> {
    // The token is the server's, and shows nothing about the person.
    if let Some(person) = ports.promotion.acted_by {
        let proof = if ports.releases.are_signed() {
            Proof::Server
        } else {
            Proof::Name
        };
        return Ok((person.approval_name().to_owned(), proof));
    }
    if let Some(checks) = ports.promotion.forges.checks(None)
        && let Some(user) = checks.user().await.map_err(EngineError::Forge)?
    {
        return Ok((user, Proof::Forge));
    }
    let proof = if ports.releases.are_signed() {
        Proof::Signature
    } else {
        Proof::Name
    };
    Ok((ports.promotion.repository.identity()?, proof))
}

/// Changes a release; nothing is recorded if it is that way already.
async fn change(
    ports: &ReleasePorts<'_>,
    id: &str,
    make: &dyn Fn(&Release) -> Result<Option<Transition>, Refusal>,
) -> Result<ProductReleases, ReleaseError> {
    let all = releases(ports).await?;
    let (product, _) = find_release(&all, id)?;
    let changed = record(ports, product.clone(), |product| {
        let (_, release) = find_release(std::slice::from_ref(product), id)?;
        Ok(match make(release)? {
            None => Decision::Found(release.number),
            Some(transition) => Decision::Record(Box::new(transition)),
        })
    });
    Ok(changed.await?.product)
}
