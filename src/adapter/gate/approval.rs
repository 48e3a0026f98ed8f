//! Approvals of people: recorded ones, and reviews of the pull request.
//!
//! # Why
//!
//! A name in the record is what its committer claims, so only approvals with a proof count. A review
//! approves one commit: what is pushed later is not approved.

use std::collections::BTreeMap;

use crate::port::{ForgeChecks, ForgeError, GateContext, GateState};

/// Whether `count` of the users and teams in `by` have approved; anyone who may write if it is empty.
pub async fn state(
    by: &[String],
    count: usize,
    forge: Option<&dyn ForgeChecks>,
    step: &GateContext,
) -> Result<GateState, ForgeError> {
    // By their names in small letters: forges ignore case.
    let mut approvers = BTreeMap::new();
    for approval in step.approvals.iter().filter(|approval| approval.is_proven) {
        approvers.insert(approval.by.to_lowercase(), Origin::Record);
    }
    if let (Some(forge), Some(number)) = (forge, step.pull_request) {
        for user in forge.approvers(number).await? {
            approvers
                .entry(user.to_lowercase())
                .or_insert(Origin::Review);
        }
    }
    let mut counted = Vec::new();
    for (user, origin) in approvers {
        if counted.len() < count && counts(&user, origin, by, forge).await? {
            counted.push(user);
        }
    }
    if counted.len() >= count {
        return Ok(GateState::Passed);
    }
    let mut why = format!("{} of {count} approvals", counted.len());
    if !by.is_empty() {
        why.extend([" by ", &by.join(", ")]);
    }
    if !counted.is_empty() {
        why.extend(["; approved by ", &counted.join(", ")]);
    }
    if step.approvals.iter().any(|approval| !approval.is_proven) {
        why += "; an approval without a proof of who gave it does not count";
    }
    Ok(GateState::Waiting { why, until: None })
}

/// Where an approval comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The record; only those who may write can write to it.
    Record,
    /// A review of the pull request; anyone may review.
    Review,
}

/// Whether a user is one of `by`.
async fn counts(
    user: &str,
    origin: Origin,
    by: &[String],
    forge: Option<&dyn ForgeChecks>,
) -> Result<bool, ForgeError> {
    if by.is_empty() {
        return match (origin, forge) {
            (Origin::Review, Some(forge)) => forge.may_write(user).await,
            _ => Ok(true),
        };
    }
    let names = by
        .iter()
        .map(|name| name.trim_start_matches('@').to_lowercase());
    let (teams, users): (Vec<_>, Vec<_>) = names.partition(|name| name.contains('/'));
    if users.iter().any(|name| name == user) {
        return Ok(true);
    }
    for name in &teams {
        if let (Some((organization, team)), Some(forge)) = (name.split_once('/'), forge)
            && forge.is_member(organization, team, user).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}
