//! A gate that waits for approvals, as far as no forge has to be asked about it.

use std::collections::BTreeSet;

use crate::domain::GateKind;
use crate::port::{Approval, ApprovalProof, ListedKeys};

/// A gate that waits for approvals.
#[derive(Clone, Copy)]
pub(super) struct ApprovalGate<'a> {
    /// Users, and teams as `@org/team`; anyone who may write if empty.
    pub by: &'a [String],
    /// How many of them must approve.
    count: usize,
    pub keys: ListedKeys<'a>,
}

impl<'a> ApprovalGate<'a> {
    /// The gate, if approvals are what it waits for.
    pub fn of(gate: &'a GateKind) -> Option<Self> {
        match gate {
            GateKind::Approval {
                by,
                count,
                keys,
                servers,
            } => Some(Self {
                by,
                count: *count,
                keys: ListedKeys {
                    people: keys,
                    servers,
                },
            }),
            _ => None,
        }
    }

    /// Whether it needs no more approvals, as far as no forge has to be asked about teams and reviews.
    pub fn is_passed(self, given: &[Approval]) -> bool {
        let approvers = given.iter().filter_map(|approval| {
            let name = approval.approver(self.keys).ok()?;
            let is_listed = match approval.proof {
                ApprovalProof::Server { .. } => self.by.iter().any(|own| own == name),
                _ => self.by.is_empty() || self.lists_user(name),
            };
            is_listed.then(|| name.to_lowercase())
        });
        approvers.collect::<BTreeSet<String>>().len() >= self.count
    }

    /// Whether `by` has the user of this name.
    pub fn lists_user(self, name: &str) -> bool {
        let users = self.by.iter().map(|own| own.trim_start_matches('@'));
        users
            .map(str::to_lowercase)
            .any(|own| own == name.to_lowercase())
    }

    /// Whether `by` has teams, whose members only a forge knows.
    pub fn has_teams(self) -> bool {
        self.by.iter().any(|name| name.contains('/'))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    pub fn gate(by: &[&str], keys: &[&str], servers: &[&str]) -> GateKind {
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

    pub fn approval(by: &str, proof: ApprovalProof) -> Approval {
        let by = by.to_owned();
        Approval { by, proof }
    }

    pub fn signature(key: &str) -> ApprovalProof {
        let fingerprints = vec![key.to_owned()];
        ApprovalProof::Signature { fingerprints }
    }

    pub fn server_proof() -> ApprovalProof {
        let fingerprints = vec!["SHA256:s".to_owned()];
        ApprovalProof::Server { fingerprints }
    }

    #[test]
    fn a_gate_is_passed_when_enough_of_the_listed_have_approved() {
        let two = |by: &[&str], keys: &[&str], servers: &[&str]| match gate(by, keys, servers) {
            GateKind::Approval {
                by, keys, servers, ..
            } => GateKind::Approval {
                by,
                count: 2,
                keys,
                servers,
            },
            other => other,
        };
        let server = two(&["ada", "bob"], &["eve"], &["SHA256:s"]);
        let open = two(&[], &[], &[]);
        let by_server = |name| approval(name, server_proof());
        let by_forge = |name| approval(name, ApprovalProof::Forge);
        for (gate, given, expected) in [
            (&server, vec![by_server("ada"), by_server("bob")], true),
            (&server, vec![by_server("ada"), by_server("ada")], false),
            (&server, vec![by_server("ada"), by_server("eve")], false),
            (&server, vec![by_server("ada"), by_forge("Bob")], true),
            (
                &server,
                vec![by_server("ada"), approval("bob", ApprovalProof::None)],
                false,
            ),
            // The key is that of eve, whom `by` does not list.
            (
                &server,
                vec![by_server("ada"), approval("bob", signature("SHA256:x"))],
                false,
            ),
            (&open, vec![by_forge("ada"), by_forge("eve")], true),
            (&open, vec![by_forge("ada"), by_forge("Ada")], false),
        ] {
            let is_passed = ApprovalGate::of(gate).unwrap().is_passed(&given);
            assert_eq!(is_passed, expected, "{gate:?} {given:?}");
        }
    }
}
