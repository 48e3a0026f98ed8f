//! The approvals that a release still needs, and whether whoever acts can give them.
//!
//! # Why
//!
//! An approval that does not count is recorded all the same, and the release goes on waiting. So people are told
//! before, as far as it can be known without asking a forge: that decides about users and teams when a gate is
//! checked. Whoever may push can write an approval of somebody else into a record, so only those that a key of the
//! gate proves count as given.

use super::approvals;
use super::error::ReleaseError;
use super::flow::Flows;
use super::ports::ReleasePorts;
use super::records::ProductReleases;
use crate::domain::{GateKind, Person, ProductStep};
use crate::port::{Approval, ApprovalProof};
use crate::release::{Phase, Release};

/// An approval that a step needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AwaitedApproval {
    /// The environment of the step.
    pub environment: String,
    /// The gate.
    pub gate: String,
    /// Users, and teams as `@org/team`; anyone who may write if empty.
    pub by: Vec<String>,
    /// Whether whoever acts can give it.
    pub chance: ApprovalChance,
}

/// Whether an approval by whoever acts counts for a gate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ApprovalChance {
    /// It counts, as far as that is known.
    Counts,
    /// They have given it already.
    Given,
    /// The gate lists others.
    Unlisted,
    /// Nothing would prove who gave it.
    Unproven,
}

/// Who acts, and what can prove it.
struct Approver<'a> {
    /// The person who asked a server; otherwise the user of this machine.
    person: Option<&'a str>,
    is_signed: bool,
    has_forge: bool,
}

/// The approvals that the suspended steps of a release still need.
///
/// # Errors
/// When the release's configuration or the proofs of approvals cannot be read.
pub fn awaited_approvals(
    ports: &ReleasePorts<'_>,
    (product, release): (&ProductReleases, &Release),
) -> Result<Vec<AwaitedApproval>, ReleaseError> {
    if !release.may_await_approvals() {
        return Ok(Vec::new());
    }
    let flow = Flows::default().of(ports, release)?;
    let approver = Approver {
        person: ports.promotion.acted_by.map(Person::approval_name),
        is_signed: ports.releases.are_signed(),
        has_forge: ports.promotion.forges.checks(None).is_some(),
    };
    let mut awaited = Vec::new();
    for step in release.suspended_steps() {
        let planned = flow.steps.iter();
        let planned = planned.filter(|planned| planned.environment == step.environment);
        for name in planned.flat_map(|planned| gates_left(planned, step.phase)) {
            let kind = flow.gates.get(name).map(|gate| &gate.kind);
            if let Some(kind @ GateKind::Approval { by, .. }) = kind {
                let of = (product, release);
                let given = approvals::of_step(ports, of, &step.environment, kind)?;
                awaited.push(AwaitedApproval {
                    environment: step.environment.clone(),
                    gate: name.clone(),
                    by: by.clone(),
                    chance: approver.chance(kind, &given),
                });
            }
        }
    }
    Ok(awaited)
}

/// The gates that a step has not passed.
fn gates_left(planned: &ProductStep, phase: Phase) -> impl Iterator<Item = &String> {
    let is_before = matches!(phase, Phase::OnStart | Phase::GatesBefore);
    let is_after = matches!(phase, Phase::PostAction | Phase::OnSuccess);
    let before = planned.source_gates.iter().chain(&planned.gates_before);
    let before = before.filter(move |_| is_before);
    before.chain(planned.gates_after.iter().filter(move |_| !is_after))
}

impl Approver<'_> {
    fn chance(&self, gate: &GateKind, given: &[Approval]) -> ApprovalChance {
        let GateKind::Approval {
            by, keys, servers, ..
        } = gate
        else {
            return ApprovalChance::Unproven;
        };
        let Some(person) = self.person else {
            let is_proven = if keys.is_empty() && servers.is_empty() {
                self.has_forge
            } else {
                self.is_signed && !keys.is_empty()
            };
            return if is_proven {
                ApprovalChance::Counts
            } else {
                ApprovalChance::Unproven
            };
        };
        let is_own = |approval: &Approval| {
            let is_proven = match &approval.proof {
                ApprovalProof::Server { fingerprints } => {
                    servers.iter().any(|key| fingerprints.contains(key))
                }
                ApprovalProof::Forge | ApprovalProof::Signature { .. } | ApprovalProof::None => {
                    false
                }
            };
            approval.by == person && is_proven
        };
        if !by.iter().any(|name| name == person) {
            ApprovalChance::Unlisted
        } else if servers.is_empty() || !self.is_signed {
            ApprovalChance::Unproven
        } else if given.iter().any(is_own) {
            ApprovalChance::Given
        } else {
            ApprovalChance::Counts
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{Action, Hooks};

    fn gate(by: &[&str], keys: &[&str], servers: &[&str]) -> GateKind {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let keys = keys.iter();
        GateKind::Approval {
            by: texts(by),
            count: 1,
            keys: keys
                .map(|name| ((*name).to_owned(), "SHA256:x".to_owned()))
                .collect::<BTreeMap<_, _>>(),
            servers: texts(servers),
        }
    }

    #[test]
    fn who_can_give_an_approval_that_counts() {
        use ApprovalChance::{Counts, Given, Unlisted, Unproven};
        let server = gate(&["ada", "bob"], &[], &["SHA256:s"]);
        let keys = gate(&["ada"], &["ada"], &[]);
        let open = gate(&[], &[], &[]);
        for (gate, person, is_signed, has_forge, expected) in [
            (&server, Some("bob"), true, false, Counts),
            (&server, Some("ada"), true, false, Given),
            (&server, Some("bob"), false, true, Unproven),
            (&server, Some("eve"), true, true, Unlisted),
            (&server, None, true, true, Unproven),
            (&keys, Some("ada"), true, false, Unproven),
            (&keys, None, true, false, Counts),
            (&keys, None, false, true, Unproven),
            (&open, Some("ada"), true, true, Unlisted),
            (&open, None, false, true, Counts),
            (&open, None, true, false, Unproven),
        ] {
            let approver = Approver {
                person,
                is_signed,
                has_forge,
            };
            let given = Approval {
                by: "ada".to_owned(),
                proof: ApprovalProof::Server {
                    fingerprints: vec!["SHA256:s".to_owned()],
                },
            };
            let chance = approver.chance(gate, &[given]);
            assert_eq!(
                chance, expected,
                "{gate:?} {person:?} {is_signed} {has_forge}"
            );
        }
    }

    #[test]
    fn an_approval_is_only_given_if_a_listed_server_proves_it() {
        let approver = Approver {
            person: Some("ada"),
            is_signed: true,
            has_forge: false,
        };
        let gate = gate(&["ada"], &[], &["SHA256:s"]);
        let fingerprints = |key: &str| vec![key.to_owned()];
        for proof in [
            ApprovalProof::None,
            ApprovalProof::Forge,
            ApprovalProof::Signature {
                fingerprints: fingerprints("SHA256:s"),
            },
            ApprovalProof::Server {
                fingerprints: fingerprints("SHA256:other"),
            },
        ] {
            let by = "ada".to_owned();
            let given = Approval { by, proof };
            let chance = approver.chance(&gate, std::slice::from_ref(&given));
            assert_eq!(chance, ApprovalChance::Counts, "{given:?}");
        }
    }

    #[test]
    fn the_gates_of_the_source_are_left_before_the_promotion() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let step = ProductStep {
            environment: "production".to_owned(),
            depends_on: Vec::new(),
            from: "staging".to_owned(),
            action: Action::Commit,
            pre_action: None,
            post_action: None,
            source_gates: texts(&["source"]),
            gates_before: texts(&["before"]),
            gates_after: texts(&["after"]),
            hooks: Hooks::default(),
        };
        for (phase, left) in [
            (Phase::GatesBefore, &["source", "before", "after"][..]),
            (Phase::Action, &["after"]),
            (Phase::PostAction, &[]),
        ] {
            assert!(gates_left(&step, phase).eq(left), "{phase:?}");
        }
    }
}
