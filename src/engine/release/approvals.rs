//! The approvals of a step, with what proves them.
//!
//! # Why
//!
//! Whoever may push can write anything into a record, a foreign approval too. A signature only proves an
//! approval if the signed commit is the one that added it: people also sign what they record for other
//! reasons.

use super::error::ReleaseError;
use super::ports::ReleasePorts;
use super::records::ProductReleases;
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
    let GateKind::Approval { keys, .. } = gate else {
        return Ok(Vec::new());
    };
    let of_step = || release.approvals.iter().filter(|a| a.is_for(environment));
    let needs_key = |approval: &Approval| approval.proof != Proof::Forge;
    let signed = if keys.is_empty() || !of_step().any(needs_key) {
        Vec::new()
    } else {
        signed_approvals(ports, product, release)?
    };
    let proof = |approval: &Approval| {
        if !needs_key(approval) {
            return ApprovalProof::Forge;
        }
        let found = signed.iter().find(|(known, _)| known == approval);
        found.map_or(ApprovalProof::None, |(_, fingerprints)| {
            ApprovalProof::Signature {
                fingerprints: fingerprints.clone(),
            }
        })
    };
    let with_proof = of_step().map(|approval| port::Approval {
        by: approval.by.clone(),
        proof: proof(approval),
    });
    Ok(with_proof.collect())
}

/// The approvals that signed transitions added, each with the fingerprints of the key.
fn signed_approvals(
    ports: &ReleasePorts<'_>,
    product: &ProductReleases,
    release: &Release,
) -> Result<Vec<(Approval, Vec<String>)>, ReleaseError> {
    let Some(tip) = product.tip else {
        return Ok(Vec::new());
    };
    let all = ports.releases.transitions(tip, usize::MAX)?;
    let mut signed = Vec::new();
    for (at, transition) in all.iter().enumerate() {
        if !is_transition_of(&transition.message, &release.id) {
            continue;
        }
        let after = approvals_in(ports, transition.commit, release)?;
        let before = match all.get(at + 1) {
            Some(parent) => approvals_in(ports, parent.commit, release)?,
            None => Vec::new(),
        };
        let added: Vec<Approval> = after.into_iter().filter(|a| !before.contains(a)).collect();
        if added.is_empty() {
            continue;
        }
        let fingerprints = ports.releases.signers(transition.commit)?;
        if !fingerprints.is_empty() {
            signed.extend(added.into_iter().map(|added| (added, fingerprints.clone())));
        }
    }
    Ok(signed)
}

/// The approvals of a release that a transition's files have.
fn approvals_in(
    ports: &ReleasePorts<'_>,
    transition: CommitId,
    release: &Release,
) -> Result<Vec<Approval>, ReleaseError> {
    let path = release.path();
    let files = ports.releases.files(transition)?;
    let Some(file) = files.into_iter().find(|file| file.path == path) else {
        return Ok(Vec::new());
    };
    let bytes = ports.releases.read(file.blob)?;
    Ok(Release::parse(&bytes, &file.path)?.approvals)
}
