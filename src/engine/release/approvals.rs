//! The approvals of a step, with what proves them.
//!
//! # Why
//!
//! Whoever may push can write anything into a record, a foreign approval too. A signature only proves an
//! approval if the signed commit is the one that added it: people also sign what they record for other
//! reasons. And it only approves what the release was then: its source, configuration and choices.

use std::collections::BTreeMap;

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use super::records::{ProductReleases, since_created};
use crate::domain::{CommitId, GateKind};
use crate::port::{self, ApprovalProof};
use crate::release::{Approval, Proof, Release, is_transition_of};

/// The approvals of a step that a gate may count.
pub(super) fn of_step(
    ports: &ReleasePorts<'_>,
    (product, release): (&ProductReleases, &Release),
    environment: &str,
    gate: &GateKind,
) -> Result<Vec<port::Approval>, ReleaseError> {
    let GateKind::Approval { keys, servers, .. } = gate else {
        return Ok(Vec::new());
    };
    let has_keys = !keys.is_empty() || !servers.is_empty();
    let of_step = || {
        let approvals = release.approvals.iter().enumerate();
        approvals.filter(|(_, approval)| approval.is_for(environment))
    };
    let needs_key = |approval: &Approval| has_keys || approval.proof != Proof::Forge;
    let signers = if !has_keys || !of_step().any(|(_, approval)| needs_key(approval)) {
        BTreeMap::new()
    } else {
        signers(ports, product, release)?
    };
    let proof = |at: usize, approval: &Approval| {
        if !needs_key(approval) {
            return ApprovalProof::Forge;
        }
        let Some(fingerprints) = signers.get(&at).cloned() else {
            return ApprovalProof::None;
        };
        // The key of a server never counts as that of a person, nor the other way round.
        match approval.proof {
            Proof::Server => ApprovalProof::Server { fingerprints },
            Proof::Forge | Proof::Signature | Proof::Name => {
                ApprovalProof::Signature { fingerprints }
            }
        }
    };
    let with_proof = of_step().map(|(at, approval)| port::Approval {
        by: approval.by.clone(),
        proof: proof(at, approval),
    });
    Ok(with_proof.collect())
}

/// The fingerprints of the keys that signed the approvals of a release, by position: two approvals of one second
/// can be equal.
fn signers(
    ports: &ReleasePorts<'_>,
    product: &ProductReleases,
    release: &Release,
) -> Result<BTreeMap<usize, Vec<String>>, ReleaseError> {
    let mut signers = BTreeMap::new();
    let Some(tip) = product.tip else {
        return Ok(signers);
    };
    let all = since_created(ports, tip, &release.id)?;
    for (at, transition) in all.iter().enumerate() {
        if !is_transition_of(&transition.message, &release.id) {
            continue;
        }
        let Some(approved) = release_in(ports, transition.commit, release)? else {
            continue;
        };
        if !is_same_promotion(&approved, release) {
            continue;
        }
        let after = approved.approvals;
        let before = match all.get(at + 1) {
            Some(parent) => release_in(ports, parent.commit, release)?,
            None => None,
        };
        let before = before.map_or_else(Vec::new, |release| release.approvals);
        let is_longer = after.len() > before.len() && after.starts_with(&before);
        if !is_longer || !release.approvals.starts_with(&after) {
            continue;
        }
        let fingerprints = ports.releases.signers(transition.commit)?;
        if !fingerprints.is_empty() {
            signers.extend((before.len()..after.len()).map(|added| (added, fingerprints.clone())));
        }
    }
    Ok(signers)
}

/// Whether a release still promotes what it did when it was approved.
fn is_same_promotion(approved: &Release, now: &Release) -> bool {
    approved.source == now.source
        && approved.configuration == now.configuration
        && approved.flow == now.flow
        && approved.branch == now.branch
        && approved.applications == now.applications
        && approved.manual == now.manual
}

/// A release as a transition's files have it.
fn release_in(
    ports: &ReleasePorts<'_>,
    transition: CommitId,
    release: &Release,
) -> Result<Option<Release>, ReleaseError> {
    let path = release.path();
    let files = ports.releases.files(transition)?;
    let Some(file) = files.into_iter().find(|file| file.path == path) else {
        return Ok(None);
    };
    let bytes = ports.releases.read(file.blob)?;
    Ok(Some(Release::parse(&bytes, &file.path)?))
}
