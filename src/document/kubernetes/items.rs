//! Matching the items of two lists.
//!
//! # Why
//!
//! Merging lists by position could give one container another's image. So items
//! are matched by a key if they have one: the Kubernetes merge keys, a name, a URL
//! without its revision, a scalar's own value. A key never contains a version. Only items
//! without a key are matched by what they have in common.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::identity::{Identity, LabelDetail};
use super::likeness::Likeness;
use super::stem::{scalar_text, stem};
use crate::domain::Naming;
use crate::yaml::{Content, Node};

/// How many items without a key are compared with each: limits the time; real lists are shorter.
const CANDIDATES: usize = 256;

/// Fields that identify list items, strongest first: from the Kubernetes API's `patchMergeKey`s and
/// list-map keys, kustomize, Argo CD and Flux.
const KEYS: &[&[&str]] = &[
    &["name", "namespace", "kind"],
    &["name"],
    &["mountPath"],
    &["devicePath"],
    &["containerPort", "protocol"],
    &["containerPort"],
    &["port", "protocol"],
    &["port"],
    &["key", "operator", "effect"],
    &["key"],
    &["id"],
    &["op", "path"],
    &["path", "target"],
    &["path"],
    &["repoURL", "path"],
    &["repoURL", "chart"],
    &["repository"],
    &["alias"],
    &["ip"],
    &["host"],
    &["topologyKey", "whenUnsatisfiable"],
    &["uid"],
    &["type"],
    &["clusterName"],
    &["title"],
];

/// How the items of two lists match.
#[derive(Debug)]
pub(super) struct Matching {
    /// For each source item, its target item.
    pub target_of: Vec<Option<usize>>,
    /// The key by which selectors name the items.
    pub key: ListKey,
}

/// What identifies the items of a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ListKey {
    /// The values of these fields.
    Fields(&'static [&'static str]),
    /// Their own value.
    Scalar,
    /// Nothing: their position.
    Position,
}

/// Two lists to match.
pub(super) struct Lists<'a> {
    pub source: &'a [Node],
    pub target: &'a [Node],
    pub naming: &'a Naming,
    /// Whether the items are the words of a command line.
    pub is_command_line: bool,
}

/// Whether a list under these keys is a command line: its operands have no identity but their order.
pub(super) fn is_command_line(keys: &[String]) -> bool {
    keys.last()
        .is_some_and(|key| matches!(key.as_str(), "command" | "args" | "entrypoint"))
}

impl Lists<'_> {
    /// Matches the items.
    pub(super) fn matching(&self) -> Matching {
        let (source, target) = (self.source, self.target);
        let all = |is: fn(&Node) -> bool| source.iter().chain(target).all(is);
        if all(|n| matches!(n.content, Content::Scalar(_))) {
            return Matching {
                target_of: self.by_value(),
                key: ListKey::Scalar,
            };
        }
        if all(|n| matches!(n.content, Content::Mapping { .. })) {
            for fields in KEYS {
                if let Some(target_of) = self.by_fields(fields) {
                    return Matching {
                        target_of,
                        key: ListKey::Fields(fields),
                    };
                }
            }
        }
        Matching {
            target_of: self.by_likeness(),
            key: ListKey::Position,
        }
    }

    fn by_value(&self) -> Vec<Option<usize>> {
        let source: Vec<&str> = self.source.iter().map(scalar_text).collect();
        let target: Vec<&str> = self.target.iter().map(scalar_text).collect();
        let mut pairs = ItemPairing::new(source.len(), target.len());
        pairs.by(
            &source,
            &target,
            |text| Some(Cow::Borrowed(*text)),
            Repeats::InOrder,
        );
        pairs.by(
            &source,
            &target,
            |text| Some(self.naming.canonical(text)),
            Repeats::InOrder,
        );
        pairs.by(
            &source,
            &target,
            |text| stem(text).map(|s| Cow::Owned(self.naming.canonical(&s.text).into_owned())),
            Repeats::Never,
        );
        self.by_document(&mut pairs);
        if self.is_command_line {
            pairs.operands(&source, &target);
        }
        pairs.target_of
    }

    /// Pairs free items by the objects that the documents in them describe.
    fn by_document(&self, pairs: &mut ItemPairing) {
        let object = |item| {
            let identity = Identity::held_by(item)?.canonical(self.naming);
            Some(Cow::Owned(identity.label(LabelDetail::Group)))
        };
        pairs.by(self.source, self.target, object, Repeats::Never);
    }

    fn by_fields(&self, fields: &[&str]) -> Option<Vec<Option<usize>>> {
        let keys = |items: &[Node]| -> Option<Vec<String>> {
            let mut unique = HashSet::with_capacity(items.len());
            let keys: Option<Vec<_>> = items.iter().map(|item| self.key_of(item, fields)).collect();
            keys.filter(|keys| keys.iter().all(|key| unique.insert(key.clone())))
        };
        let (source, target) = (keys(self.source)?, keys(self.target)?);
        let mut pairs = ItemPairing::new(source.len(), target.len());
        pairs.by(
            &source,
            &target,
            |key| Some(Cow::Borrowed(key.as_str())),
            Repeats::Never,
        );
        if pairs.is_open() {
            let stems = |items: &[Node]| -> Vec<Option<String>> {
                items
                    .iter()
                    .map(|item| self.stem_of(item, fields))
                    .collect()
            };
            pairs.by(
                &stems(self.source),
                &stems(self.target),
                |stem| stem.as_deref().map(Cow::Borrowed),
                Repeats::Never,
            );
        }
        Some(pairs.target_of)
    }

    /// A key without the version in it; `None` if it has none.
    fn stem_of(&self, item: &Node, fields: &[&str]) -> Option<String> {
        let texts = || fields.iter().filter_map(|field| item.entry(field));
        texts()
            .any(|node| stem(scalar_text(node)).is_some())
            .then(|| {
                let stems = texts().map(|node| {
                    let text = scalar_text(node);
                    let stem = stem(text).map_or_else(|| text.to_owned(), |stem| stem.text);
                    self.naming.canonical(&stem).into_owned()
                });
                stems.collect::<Vec<_>>().join("\u{1}")
            })
    }

    fn key_of(&self, item: &Node, fields: &[&str]) -> Option<String> {
        let mut key = String::new();
        for field in fields {
            let text = match item.entry(field).map(|n| &n.content) {
                Some(Content::Scalar(scalar)) => Cow::Borrowed(scalar.text.as_str()),
                Some(Content::Mapping { .. }) => {
                    Cow::Owned(format!("{:?}", item.entry(field)?.value()))
                }
                _ => return None,
            };
            key.push_str(&self.naming.canonical(&text));
            key.push('\u{1}');
        }
        Some(key)
    }

    /// Pairs equal items first, in order, then those that are most alike.
    fn by_likeness(&self) -> Vec<Option<usize>> {
        let values = |nodes: &[Node]| -> Vec<String> {
            nodes
                .iter()
                .map(|n| {
                    self.naming
                        .canonical(&format!("{:?}", n.value()))
                        .into_owned()
                })
                .collect()
        };
        let (source, target) = (values(self.source), values(self.target));
        let mut pairs = ItemPairing::new(source.len(), target.len());
        pairs.by(
            &source,
            &target,
            |text| Some(Cow::Borrowed(text.as_str())),
            Repeats::InOrder,
        );
        self.by_document(&mut pairs);
        if pairs.is_open() {
            let mut known = HashMap::new();
            let mut likenesses = |items: &[Node]| -> Vec<Likeness> {
                let of = |item| Likeness::of(item, self.naming, &mut known);
                items.iter().map(of).collect()
            };
            let (source, target) = (likenesses(self.source), likenesses(self.target));
            pairs.by_likeness(&source, &target);
        }
        pairs.target_of
    }
}

/// Whether keys that occur several times are paired.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeats {
    InOrder,
    Never,
}

struct ItemPairing {
    target_of: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl ItemPairing {
    fn new(source: usize, target: usize) -> Self {
        Self {
            target_of: vec![None; source],
            taken: vec![false; target],
        }
    }

    /// Whether both sides have items without a partner.
    fn is_open(&self) -> bool {
        self.target_of.iter().any(Option::is_none) && self.taken.contains(&false)
    }

    /// Pairs the free items that have most in common first.
    fn by_likeness(&mut self, source: &[Likeness], target: &[Likeness]) {
        let left: Vec<usize> = (0..source.len())
            .filter(|s| self.target_of[*s].is_none())
            .collect();
        let free: Vec<usize> = (0..target.len()).filter(|t| !self.taken[*t]).collect();
        if let ([s], [t]) = (left.as_slice(), free.as_slice())
            && source[*s].has_version_of(&target[*t])
        {
            self.pair(*s, *t);
            return;
        }
        let mut found = Vec::new();
        for (at, s) in left.into_iter().enumerate() {
            let near = at.saturating_sub(CANDIDATES / 2);
            for t in free.iter().skip(near).take(CANDIDATES) {
                if let Some(shared) = source[s].shared(&target[*t]) {
                    found.push((Reverse(shared), s, *t));
                }
            }
        }
        found.sort_unstable();
        for (_, s, t) in found {
            if self.target_of[s].is_none() && !self.taken[t] {
                self.pair(s, t);
            }
        }
    }

    /// Pairs the free operands of two command lines that stand between the same neighbours, in order,
    /// if there are as many on both sides; an option has its name.
    fn operands(&mut self, source: &[&str], target: &[&str]) {
        let (mut s, mut t) = (0, 0);
        while s < source.len() && t < target.len() {
            let next = (s..source.len()).find(|s| self.target_of[*s].is_some());
            let (source_end, target_end) = match next {
                Some(next) => (next, self.target_of[next].unwrap_or(t)),
                None => (source.len(), target.len()),
            };
            if target_end < t {
                return;
            }
            let is_operand = |word: &&str| !word.starts_with('-');
            let from = &source[s..source_end];
            let to = &target[t..target_end];
            let all_are_free = !self.taken[t..target_end].contains(&true);
            if from.len() == to.len() && all_are_free && from.iter().chain(to).all(is_operand) {
                for offset in 0..from.len() {
                    self.pair(s + offset, t + offset);
                }
            }
            (s, t) = (source_end + 1, target_end + 1);
        }
    }

    fn pair(&mut self, s: usize, t: usize) {
        self.target_of[s] = Some(t);
        self.taken[t] = true;
    }

    /// Pairs free items with equal keys.
    fn by<'t, T>(
        &mut self,
        source: &'t [T],
        target: &'t [T],
        key: impl Fn(&'t T) -> Option<Cow<'t, str>>,
        repeats: Repeats,
    ) {
        let mut free: HashMap<Cow<'t, str>, Vec<usize>> = HashMap::new();
        for t in (0..target.len()).rev().filter(|t| !self.taken[*t]) {
            if let Some(k) = key(&target[t]) {
                free.entry(k).or_default().push(t);
            }
        }
        let wanting: Vec<(usize, Cow<'t, str>)> = (0..source.len())
            .filter(|s| self.target_of[*s].is_none())
            .filter_map(|s| key(&source[s]).map(|k| (s, k)))
            .collect();
        let mut rivals: HashMap<&str, usize> = HashMap::new();
        if repeats == Repeats::Never {
            for (_, k) in &wanting {
                *rivals.entry(k).or_default() += 1;
            }
        }
        for (s, k) in &wanting {
            let Some(places) = free.get_mut(k) else {
                continue;
            };
            if repeats == Repeats::Never && (places.len() > 1 || rivals[k.as_ref()] > 1) {
                continue;
            }
            if let Some(t) = places.pop() {
                self.pair(*s, t);
            }
        }
    }
}
