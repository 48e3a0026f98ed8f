//! The approvals that a release still needs, and whether whoever acts can give them.
//!
//! # Why
//!
//! An approval that does not count is recorded all the same, and the release goes on waiting. So it is shown
//! before, as far as it can be known without asking a forge: that decides about users and teams when a gate is
//! checked. Whoever may push can write an approval of somebody else into a record, so only those that are proven
//! count as given.

use super::approval_gate::ApprovalGate;
use super::approvals;
use super::error::ReleaseError;
use super::flow::Flows;
use super::ports::ReleasePorts;
use super::records::ProductReleases;
use crate::domain::{Person, ProductStep};
use crate::port::{Approval, ApprovalProof, ListedKeys};
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
    /// The gate lists other keys than the one that Git signs with here.
    UnlistedKey,
    /// Nothing would prove who gave it.
    Unproven,
}

/// Who acts, and what can prove it.
struct Approver<'a> {
    /// The person who asked a server; otherwise the user of this machine.
    person: Option<&'a str>,
    is_signed: bool,
    /// The fingerprint of the key that signs, if it is known.
    key: Option<&'a str>,
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
    let is_signed = ports.releases.are_signed();
    let key = ports.releases.own_key().filter(|_| is_signed);
    let approver = Approver {
        person: ports.promotion.acted_by.map(Person::approval_name),
        is_signed,
        key: key.as_deref(),
        has_forge: ports.promotion.forges.checks(None).is_some(),
    };
    let mut awaited = Vec::new();
    for step in release.suspended_steps() {
        let planned = flow.steps.iter();
        let planned = planned.filter(|planned| planned.environment == step.environment);
        for name in planned.flat_map(|planned| gates_left(planned, step.phase)) {
            let kind = flow.gates.get(name).map(|gate| &gate.kind);
            let Some((kind, gate)) = kind.and_then(|kind| Some((kind, ApprovalGate::of(kind)?)))
            else {
                continue;
            };
            let of = (product, release);
            let given = approvals::of_step(ports, of, &step.environment, kind)?;
            if !gate.is_passed(&given) {
                awaited.push(AwaitedApproval {
                    environment: step.environment.clone(),
                    gate: name.clone(),
                    by: gate.by.to_vec(),
                    chance: approver.chance(gate, &given),
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
    fn chance(&self, gate: ApprovalGate<'_>, given: &[Approval]) -> ApprovalChance {
        match self.person {
            Some(person) => self.chance_of(person, gate, given),
            None => self.own_chance(gate, given),
        }
    }

    /// For the user of this machine.
    fn own_chance(&self, gate: ApprovalGate<'_>, given: &[Approval]) -> ApprovalChance {
        let ListedKeys { people, servers } = gate.keys;
        if people.is_empty() && servers.is_empty() {
            return if self.has_forge {
                ApprovalChance::Counts
            } else {
                ApprovalChance::Unproven
            };
        }
        if !self.is_signed || people.is_empty() {
            return ApprovalChance::Unproven;
        }
        let Some(key) = self.key else {
            return ApprovalChance::Counts;
        };
        let mut people = people.iter();
        let Some((name, _)) = people.find(|(_, listed)| *listed == key) else {
            return ApprovalChance::UnlistedKey;
        };
        let is_own = |approval: &Approval| approval.approver(gate.keys) == Ok(name.as_str());
        if !gate.by.is_empty() && !gate.lists_user(name) && !gate.has_teams() {
            ApprovalChance::Unlisted
        } else if given.iter().any(is_own) {
            ApprovalChance::Given
        } else {
            ApprovalChance::Counts
        }
    }

    /// For a person who has signed in to a server.
    fn chance_of(
        &self,
        person: &str,
        gate: ApprovalGate<'_>,
        given: &[Approval],
    ) -> ApprovalChance {
        let servers = gate.keys.servers;
        let is_listed = |key: &str| servers.iter().any(|listed| listed == key);
        let is_own = |approval: &Approval| {
            matches!(approval.proof, ApprovalProof::Server { .. })
                && approval.approver(gate.keys) == Ok(person)
        };
        if !gate.by.iter().any(|name| name == person) {
            ApprovalChance::Unlisted
        } else if servers.is_empty() || !self.is_signed {
            ApprovalChance::Unproven
        } else if given.iter().any(is_own) {
            ApprovalChance::Given
        } else if self.key.is_some_and(|key| !is_listed(key)) {
            ApprovalChance::UnlistedKey
        } else {
            ApprovalChance::Counts
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::approval_gate::tests::{approval, gate, server_proof, signature};
    use super::*;
    use crate::domain::{Action, Hooks};

    #[test]
    fn who_can_give_an_approval_that_counts() {
        use ApprovalChance::{Counts, Given, Unlisted, UnlistedKey, Unproven};
        const OTHER: Option<&str> = Some("SHA256:other");
        let server = gate(&["ada", "bob"], &[], &["SHA256:s"]);
        let keys = gate(&["ada"], &["ada"], &[]);
        let open = gate(&[], &[], &[]);
        let others = gate(&["bob"], &["ada"], &[]);
        let team = gate(&["@acme/release"], &["ada"], &[]);
        let (of_server, of_ada) = (Some("SHA256:s"), Some("SHA256:x"));
        for (gate, person, is_signed, key, has_forge, expected) in [
            (&server, Some("bob"), true, None, false, Counts),
            (&server, Some("bob"), true, of_server, false, Counts),
            (&server, Some("bob"), true, OTHER, false, UnlistedKey),
            (&server, Some("ada"), true, None, false, Given),
            (&server, Some("bob"), false, None, true, Unproven),
            (&server, Some("eve"), true, None, true, Unlisted),
            (&server, None, true, None, true, Unproven),
            (&keys, Some("ada"), true, None, false, Unproven),
            (&keys, None, true, None, false, Counts),
            (&keys, None, true, of_ada, false, Counts),
            (&keys, None, true, OTHER, false, UnlistedKey),
            (&keys, None, false, None, true, Unproven),
            (&others, None, true, of_ada, false, Unlisted),
            (&team, None, true, of_ada, false, Counts),
            (&open, Some("ada"), true, None, true, Unlisted),
            (&open, None, false, None, true, Counts),
            (&open, None, true, None, false, Unproven),
        ] {
            let approver = Approver {
                person,
                is_signed,
                key,
                has_forge,
            };
            let given = approval("ada", server_proof());
            let chance = approver.chance(ApprovalGate::of(gate).unwrap(), &[given]);
            assert_eq!(
                chance, expected,
                "{gate:?} {person:?} {is_signed} {key:?} {has_forge}"
            );
        }
        let own = Approver {
            person: None,
            is_signed: true,
            key: of_ada,
            has_forge: false,
        };
        let given = approval("Ada Lovelace <ada@example.com>", signature("SHA256:x"));
        let chance = own.chance(ApprovalGate::of(&keys).unwrap(), &[given]);
        assert_eq!(chance, Given);
    }

    #[test]
    fn an_approval_is_only_given_if_a_listed_server_proves_it() {
        let approver = Approver {
            person: Some("ada"),
            is_signed: true,
            key: None,
            has_forge: false,
        };
        let gate = gate(&["ada"], &[], &["SHA256:s"]);
        for proof in [
            ApprovalProof::None,
            ApprovalProof::Forge,
            signature("SHA256:s"),
            ApprovalProof::Server {
                fingerprints: vec!["SHA256:other".to_owned()],
            },
        ] {
            let given = approval("ada", proof);
            let gate = ApprovalGate::of(&gate).unwrap();
            let chance = approver.chance(gate, std::slice::from_ref(&given));
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
