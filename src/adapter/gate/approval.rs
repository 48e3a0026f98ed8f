//! Approvals of people: recorded ones, and reviews of the pull request.
//!
//! # Why
//!
//! A name in the record is what its committer claims, so only approvals with a proof count. Users of the forge
//! and people with keys share their names, so that nobody counts twice. A review
//! approves one commit: what is pushed later is not approved.
//!
//! A server that signs people in proves an approval by its own signature, which every later run can check, on
//! any machine: the token or the word of a server could only be believed by itself. It can sign for anyone,
//! so its key must be listed as a server's, and it only counts for people whom `by` names.

use std::collections::{BTreeMap, BTreeSet};

use crate::port::{
    Approval, ApprovalProof, ForgeChecks, ForgeError, GateContext, GateState, ListedKeys,
};

/// The forges that know the people who approve.
#[derive(Clone, Copy)]
pub struct ApproverForges<'f> {
    /// The one of the repository with the record, which confirmed who its approvals are from.
    pub record: Option<&'f dyn ForgeChecks>,
    /// The one of the target's repository, which has the pull request.
    pub reviews: Option<&'f dyn ForgeChecks>,
}

/// Whether `count` of the users and teams in `by` have approved; anyone who may write if it is empty.
pub async fn state(
    (by, keys): (&[String], ListedKeys<'_>),
    count: usize,
    forges: ApproverForges<'_>,
    step: &GateContext,
) -> Result<GateState, ForgeError> {
    // By their names in small letters: forges ignore case.
    let mut approvers: BTreeMap<String, BTreeSet<Origin>> = BTreeMap::new();
    let mut ignored = BTreeSet::new();
    for approval in &step.approvals {
        match approver(approval, by, keys) {
            Ok((user, origin)) => {
                let origins = approvers.entry(user.to_lowercase()).or_default();
                origins.insert(origin);
            }
            Err(why) => {
                ignored.insert(why);
            }
        }
    }
    if let (Some(forge), Some(number)) = (forges.reviews, step.pull_request) {
        for user in forge.approvers(number).await? {
            let origins = approvers.entry(user.to_lowercase()).or_default();
            origins.insert(Origin::Review);
        }
    }
    let mut counted = Vec::new();
    for (user, origins) in approvers {
        for origin in origins {
            let is_missing = counted.len() < count && counted.last() != Some(&user);
            if is_missing && counts(&user, origin, by, (forges, step)).await? {
                counted.push(user.clone());
            }
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
    for reason in ignored {
        why.extend(["; ", &reason]);
    }
    Ok(GateState::Waiting { why, until: None })
}

/// Who gave an approval, if that is proven; else why it does not count.
fn approver<'a>(
    approval: &'a Approval,
    by: &[String],
    keys: ListedKeys<'a>,
) -> Result<(&'a str, Origin), String> {
    let name = approval.approver(keys).map_err(|why| why.to_string())?;
    if !matches!(approval.proof, ApprovalProof::Server { .. }) {
        return Ok((name, Origin::Record));
    }
    // Who signs people in can know others than the forge, and other teams.
    if by.iter().any(|own| own == name) {
        Ok((name, Origin::Server))
    } else {
        Err(format!(
            "the approval of {name} on a server does not count, because `by` does not list the name"
        ))
    }
}

/// Where an approval comes from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Origin {
    /// The record; only those who may write can write to it.
    Record,
    /// A server that the gate trusts, from a person whom `by` lists.
    Server,
    /// A review of the pull request; anyone may review.
    Review,
}

/// Whether a user is one of `by`.
async fn counts(
    user: &str,
    origin: Origin,
    by: &[String],
    (forges, step): (ApproverForges<'_>, &GateContext),
) -> Result<bool, ForgeError> {
    let forge = match origin {
        Origin::Server => return Ok(true),
        Origin::Record => forges.record,
        Origin::Review => forges.reviews,
    };
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
        return match (origin, forge) {
            // Another server can have another user of the same name.
            (Origin::Review, Some(forge)) if step.repository.is_some() => {
                forge.may_write(user).await
            }
            _ => Ok(true),
        };
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
