//! Matching the items of two lists.
//!
//! # Why
//!
//! Merging lists by position could give one container another's image. So items
//! are matched by a key if they have one: the Kubernetes merge keys, a name, a URL
//! without its revision, a scalar's own value. Only items without a key are matched
//! by similarity and position.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

use super::identity::{Identity, LabelDetail};
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
            items.iter().map(|item| self.key_of(item, fields)).collect()
        };
        let (source, target) = (keys(self.source)?, keys(self.target)?);
        let mut seen: HashMap<&str, usize> = HashMap::with_capacity(target.len());
        for (i, key) in target.iter().enumerate() {
            if seen.insert(key, i).is_some() {
                return None;
            }
        }
        let mut unique: HashSet<&str> = HashSet::with_capacity(source.len());
        source
            .iter()
            .map(|key| {
                if !unique.insert(key) {
                    return None;
                }
                Some(seen.get(key.as_str()).copied())
            })
            .collect()
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

    /// Pairs equal items first, in order, then those that are at least half equal.
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
        let left: Vec<usize> = (0..source.len())
            .filter(|i| pairs.target_of[*i].is_none())
            .collect();
        let mut free: VecDeque<usize> = (0..target.len()).filter(|t| !pairs.taken[*t]).collect();
        let mut known = HashMap::new();
        let mut shapes = |items: &[Node]| -> Vec<Shape> {
            items
                .iter()
                .map(|item| Shape::of(item, &mut known))
                .collect()
        };
        let (source, target) = if left.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            (shapes(self.source), shapes(self.target))
        };
        for s in left {
            let best = free
                .iter()
                .take(CANDIDATES)
                .enumerate()
                .map(|(at, t)| (source[s].likeness(&target[*t]), at))
                .filter(|(score, _)| *score >= 50)
                .max_by_key(|(score, at)| (*score, std::cmp::Reverse(*at)));
            if let Some(t) = best.and_then(|(_, at)| free.remove(at)) {
                pairs.pair(s, t);
            }
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
                self.target_of[*s] = Some(t);
                self.taken[t] = true;
            }
        }
    }
}

/// An item, as far as it matters for its likeness with others.
enum Shape {
    /// The sorted numbers of its entries; equal entries have the same number.
    Mapping(Vec<usize>),
    Sequence,
    Other,
}

impl Shape {
    fn of(item: &Node, known: &mut HashMap<String, usize>) -> Self {
        match &item.content {
            Content::Mapping { entries, .. } => {
                let mut numbers: Vec<usize> = entries
                    .iter()
                    .map(|entry| {
                        let next = known.len();
                        let text = format!("{:?}", (entry.name(), entry.value.value()));
                        *known.entry(text).or_insert(next)
                    })
                    .collect();
                numbers.sort_unstable();
                Self::Mapping(numbers)
            }
            Content::Sequence { .. } => Self::Sequence,
            Content::Scalar(_) | Content::Alias(_) => Self::Other,
        }
    }

    /// The percentage of entries that are equal in two items.
    fn likeness(&self, other: &Self) -> usize {
        match (self, other) {
            (Self::Mapping(a), Self::Mapping(b)) => {
                let mut others = b.iter().peekable();
                let mut same = 0;
                for number in a {
                    while others.next_if(|other| *other < number).is_some() {}
                    same += usize::from(others.next_if_eq(&number).is_some());
                }
                (same * 100)
                    .checked_div(a.len().max(b.len()))
                    .unwrap_or(100)
            }
            (Self::Sequence, Self::Sequence) => 50,
            _ => 0,
        }
    }
}

/// Whether two scalar items have different texts.
pub(super) fn differ(a: &Node, b: &Node) -> bool {
    scalar_text(a) != scalar_text(b)
}
