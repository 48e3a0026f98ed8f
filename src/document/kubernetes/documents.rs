//! Matching the documents of source and target.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::identity::Identity;
use crate::domain::Naming;
use crate::yaml::Stream;

/// The target document of each source document.
pub(super) struct DocumentPairs {
    pub(super) target_of: Vec<Option<usize>>,
}

/// Matches documents by identity, then by parts of it, then those without a name by kind.
///
/// # Why
///
/// A file may contain thousands of documents; each step looks partners up by key, so that the time
/// grows linearly.
pub(super) fn documents(source: &Stream, target: &Stream, naming: &Naming) -> DocumentPairs {
    let identities = |stream: &Stream| -> Vec<Option<Identity>> {
        (0..stream.documents().len())
            .map(|document| Identity::of(stream.root(document)).map(|i| i.canonical(naming)))
            .collect()
    };
    let (source, target) = (identities(source), identities(target));
    let mut pairing = Pairing {
        source: &source,
        target: &target,
        target_of: vec![None; source.len()],
        taken: vec![false; target.len()],
    };
    // By the whole identity, then without the namespace.
    pairing.by(|id| id.as_ref());
    pairing.by(|id| id.as_ref().map(|i| (&i.kind, &i.group, &i.name)));
    // Another name is another object, unless each side has one document or one has no name. Two
    // configurations without names, such as a `Kustomization` and a `Component`, are one, too.
    if let ([one], [other]) = (source.as_slice(), target.as_slice()) {
        let is_other_object = matches!((one, other), (Some(a), Some(b))
            if a.kind != b.kind && !(a.name.is_empty() && b.name.is_empty()));
        if !is_other_object {
            pairing.target_of[0] = Some(0);
        }
    } else {
        pairing.unnamed();
    }
    DocumentPairs {
        target_of: pairing.target_of,
    }
}

/// The state of matching: each source document gets the first free target that fits.
struct Pairing<'a> {
    source: &'a [Option<Identity>],
    target: &'a [Option<Identity>],
    target_of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl<'a> Pairing<'a> {
    /// Pairs free documents with equal keys; those without a key stay free.
    fn by<K: Hash + Eq>(&mut self, key: impl Fn(&'a Option<Identity>) -> Option<K>) {
        let mut free: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (t, identity) in self
            .target
            .iter()
            .enumerate()
            .filter(|(t, _)| !self.taken[*t])
        {
            if let Some(key) = key(identity) {
                free.entry(key).or_default().push_back(t);
            }
        }
        for (s, identity) in self.source.iter().enumerate() {
            if self.target_of[s].is_none()
                && let Some(t) = key(identity).and_then(|key| free.get_mut(&key)?.pop_front())
            {
                self.target_of[s] = Some(t);
                self.taken[t] = true;
            }
        }
    }

    /// Pairs free documents of the same kind (or none) if at least one of the two has no name.
    fn unnamed(&mut self) {
        let mut of_kind: HashMap<Option<&str>, VecDeque<usize>> = HashMap::new();
        let mut unnamed_of_kind = of_kind.clone();
        for (t, identity) in self
            .target
            .iter()
            .enumerate()
            .filter(|(t, _)| !self.taken[*t])
        {
            let kind = identity.as_ref().map(|i| i.kind.as_str());
            of_kind.entry(kind).or_default().push_back(t);
            if identity.as_ref().is_none_or(|i| i.name.is_empty()) {
                unnamed_of_kind.entry(kind).or_default().push_back(t);
            }
        }
        for (s, identity) in self.source.iter().enumerate() {
            if self.target_of[s].is_some() {
                continue;
            }
            let kind = identity.as_ref().map(|i| i.kind.as_str());
            let is_named = identity.as_ref().is_some_and(|i| !i.name.is_empty());
            let free = if is_named {
                &mut unnamed_of_kind
            } else {
                &mut of_kind
            };
            let Some(free) = free.get_mut(&kind) else {
                continue;
            };
            // Unnamed documents are in both lists, so some in this one may be taken already.
            while let Some(t) = free.pop_front() {
                if !self.taken[t] {
                    self.target_of[s] = Some(t);
                    self.taken[t] = true;
                    break;
                }
            }
        }
    }
}
