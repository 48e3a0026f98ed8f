//! Reverts the promotions of a release.

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use super::request::choice;
use crate::domain::CommitId;
use crate::engine::apply::apply;
use crate::engine::branches::fetch_all;
use crate::engine::log::find_promotion;
use crate::engine::ports::Ports;
use crate::engine::prepare::prepare_on;
use crate::engine::receipt::Receipt;
use crate::engine::request::Request;
use crate::plan::{Plan, Reverted};
use crate::release::{Landed, Refusal, Release};

/// The promotions of a release that has ended, newest first: the environment and the commit of each.
///
/// # Errors
/// [`Refusal::NotEnded`].
pub fn promotions_of(release: &Release) -> Result<Vec<(&str, CommitId)>, ReleaseError> {
    if !release.state.is_end() {
        let (id, state) = (release.id.clone(), release.state);
        return Err(Refusal::NotEnded { id, state }.into());
    }
    let steps = release.steps.iter();
    let landed = steps.filter_map(|s| Some((s.environment.as_str(), s.landed.as_ref()?)));
    let mut landed: Vec<_> = landed.filter(|(_, landed)| !landed.is_unchanged).collect();
    // Steps are recorded in the order of the flow, so later ones depend on earlier ones.
    landed.reverse();
    landed.sort_by_key(|(_, landed)| std::cmp::Reverse(landed.since));
    let promotion = |(environment, landed): (_, &Landed)| (environment, landed.commit);
    Ok(landed.into_iter().map(promotion).collect())
}

/// Reverts all promotions of a release that has ended, newest first; each is planned after the one before it was
/// reverted. Returns the reverts, which stay when a later one cannot be planned or applied, and that failure.
pub async fn revert_release(
    ports: &ReleasePorts<'_>,
    release: &Release,
) -> (Vec<(Plan, Receipt)>, Result<(), ReleaseError>) {
    let mut reverts = Vec::new();
    let ended = revert_each(&ports.promotion, release, &mut reverts).await;
    (reverts, ended)
}

async fn revert_each(
    ports: &Ports<'_>,
    release: &Release,
    reverts: &mut Vec<(Plan, Receipt)>,
) -> Result<(), ReleaseError> {
    let steps = release.steps.iter();
    let environments: Vec<String> = steps.map(|step| step.environment.clone()).collect();
    for (_, commit) in promotions_of(release)? {
        let request = |from: &str, to: &str| Request {
            branch: choice(release),
            ..Request::between(from, to)
        };
        let branches = fetch_all(ports, &choice(release), None, &environments).await?;
        let promotion = find_promotion(ports, &branches, &commit.to_string())?;
        let request = Request {
            reverts: Some(Reverted {
                id: promotion.record.id,
                commit: promotion.commit,
            }),
            ..request(&promotion.record.from, &promotion.record.to)
        };
        let prepared = prepare_on(ports, &request, &branches)?;
        let plan = prepared.plan.clone();
        let receipt = apply(ports, &request, prepared).await?;
        reverts.push((plan, receipt));
    }
    Ok(())
}
