//! Every place where two streams differ.
//!
//! # Why
//!
//! Preview, promotion and every mode start from one list of differences. What
//! a mode promotes is a matter of its base and its mask, never of another way
//! to compare: the base tells the relation, the mask reads the version field.

use super::difference::{Difference, Insertion, Part};
use super::identity::{Detail, DocumentLabel, Identity, entry};
use super::items::{self, ListKey, Lists};
use super::selector::{self, Shown};
use super::versions::{self, Surroundings, VersionField};
use crate::domain::{Naming, Op, Relation};
use crate::yaml::{Content, Node, Place, Scalar, Step, Stream, Value};

/// What source and target are compared against, to tell who changed a place.
#[derive(Clone, Copy, Debug)]
pub enum Base<'a> {
    /// The target itself: whatever differs is the source's change.
    Target,
    /// An older state of the source.
    Stream(&'a Stream),
}

/// The streams of one pair of files.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// The source's file.
    pub source: &'a Stream,
    /// The target's file.
    pub target: &'a Stream,
    /// What tells who changed a place.
    pub base: Base<'a>,
    /// The environments' names.
    pub naming: &'a Naming,
    /// The target file's name, e.g. `kustomization.yaml`.
    pub file: &'a str,
}

/// Lists the differences in the target's order; what is new stands where it will be.
pub fn compare(sides: &Sides<'_>) -> Vec<Difference> {
    let pairs = documents(sides.source, sides.target, sides.naming);
    let labels = Labels::new(sides);
    let mut found = Vec::new();
    for (s, t) in pairs.target_of.iter().enumerate() {
        match t {
            Some(t) => {
                let base = base_document(sides, *t);
                let mut walk = Walk::new(sides, (s, *t), labels.target(*t));
                walk.node(
                    &sides.source.documents()[s].root,
                    &sides.target.documents()[*t].root,
                    base,
                );
                found.append(&mut walk.found);
            }
            None => found.push(added_document(sides, s, &pairs, &labels)),
        }
    }
    for t in (0..sides.target.documents().len()).filter(|t| !pairs.target_of.contains(&Some(*t))) {
        let root = &sides.target.documents()[t].root;
        found.push(Difference {
            op: Op::Remove,
            part: Part::Document,
            document: labels.target(t),
            place: Place {
                document: t,
                steps: Vec::new(),
            },
            source: None,
            path: String::new(),
            keys: Vec::new(),
            insertion: None,
            before: Some(root.value()),
            after: None,
            rewritten: None,
            relation: match base_document(sides, t) {
                BaseNode::Node(_) => Relation::Behind,
                BaseNode::Target | BaseNode::Missing => Relation::TargetOnly,
            },
            version: None,
        });
    }
    found.sort_by_key(|d| d.place.document);
    found
}

/// For each source document, its target document.
struct DocumentPairs {
    target_of: Vec<Option<usize>>,
}

fn documents(source: &Stream, target: &Stream, naming: &Naming) -> DocumentPairs {
    let identities = |stream: &Stream| -> Vec<Option<Identity>> {
        stream
            .documents()
            .iter()
            .map(|d| Identity::of(&d.root).map(|i| i.canonical(naming)))
            .collect()
    };
    let (source_ids, target_ids) = (identities(source), identities(target));
    let mut target_of: Vec<Option<usize>> = vec![None; source_ids.len()];
    let mut taken = vec![false; target_ids.len()];
    let mut pair = |target_of: &mut Vec<Option<usize>>, same: &dyn Fn(usize, usize) -> bool| {
        for s in 0..source_ids.len() {
            if target_of[s].is_none() {
                target_of[s] = (0..target_ids.len()).find(|t| !taken[*t] && same(s, *t));
                if let Some(t) = target_of[s] {
                    taken[t] = true;
                }
            }
        }
    };
    // The whole identity; then without the namespace; then the only one of its kind on both sides.
    pair(
        &mut target_of,
        &|s, t| match (&source_ids[s], &target_ids[t]) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        },
    );
    pair(
        &mut target_of,
        &|s, t| match (&source_ids[s], &target_ids[t]) {
            (Some(a), Some(b)) => a.kind == b.kind && a.group == b.group && a.name == b.name,
            _ => false,
        },
    );
    let only = |ids: &[Option<Identity>], kind: &str| {
        ids.iter().flatten().filter(|i| i.kind == kind).count() == 1
    };
    pair(
        &mut target_of,
        &|s, t| match (&source_ids[s], &target_ids[t]) {
            (Some(a), Some(b)) => {
                a.kind == b.kind && only(&source_ids, &a.kind) && only(&target_ids, &b.kind)
            }
            (None, None) => true,
            _ => source_ids.len() == 1 && target_ids.len() == 1,
        },
    );
    DocumentPairs { target_of }
}

#[derive(Clone, Copy)]
enum BaseNode<'a> {
    Target,
    Node(&'a Node),
    Missing,
}

impl<'a> BaseNode<'a> {
    fn entry(self, name: &str) -> Self {
        match self {
            Self::Node(node) => entry(node, name).map_or(Self::Missing, BaseNode::Node),
            other => other,
        }
    }
}

fn base_document<'a>(sides: &Sides<'a>, target: usize) -> BaseNode<'a> {
    match sides.base {
        Base::Target => BaseNode::Target,
        Base::Stream(base) => documents(base, sides.target, sides.naming)
            .target_of
            .iter()
            .position(|t| *t == Some(target))
            .map_or(BaseNode::Missing, |i| {
                BaseNode::Node(&base.documents()[i].root)
            }),
    }
}

fn added_document(
    sides: &Sides<'_>,
    s: usize,
    pairs: &DocumentPairs,
    labels: &Labels,
) -> Difference {
    let after = pairs.target_of[..s]
        .iter()
        .rev()
        .find_map(|t| *t)
        .or_else(|| pairs.target_of[s..].iter().find_map(|t| *t)?.checked_sub(1));
    let has_follower = pairs.target_of[s..].iter().any(Option::is_some);
    let after = match after {
        None if !has_follower => sides.target.documents().len().checked_sub(1),
        other => other,
    };
    Difference {
        op: Op::Add,
        part: Part::Document,
        document: labels.source(s),
        place: Place {
            document: after.map_or(0, |a| a + 1),
            steps: Vec::new(),
        },
        source: Some(Place {
            document: s,
            steps: Vec::new(),
        }),
        path: String::new(),
        keys: Vec::new(),
        insertion: Some(Insertion {
            parent: Place {
                document: 0,
                steps: Vec::new(),
            },
            after,
        }),
        before: None,
        after: Some(sides.source.documents()[s].root.value()),
        rewritten: None,
        relation: Relation::SourceOnly,
        version: None,
    }
}

/// How each document is written, unique within both files.
struct Labels {
    target: Vec<DocumentLabel>,
    source: Vec<DocumentLabel>,
}

impl Labels {
    fn new(sides: &Sides<'_>) -> Self {
        let target: Vec<Option<Identity>> = sides
            .target
            .documents()
            .iter()
            .map(|d| Identity::of(&d.root))
            .collect();
        let source: Vec<Option<Identity>> = sides
            .source
            .documents()
            .iter()
            .map(|d| Identity::of(&d.root).map(|i| i.renamed(sides.naming)))
            .collect();
        let is_needed = target.len() > 1 || source.len() > 1;
        Self {
            target: label(&target, is_needed),
            source: label(&source, is_needed),
        }
    }

    fn target(&self, index: usize) -> DocumentLabel {
        self.target[index].clone()
    }

    fn source(&self, index: usize) -> DocumentLabel {
        self.source[index].clone()
    }
}

fn label(identities: &[Option<Identity>], is_needed: bool) -> Vec<DocumentLabel> {
    let unique = |text: &str, detail| {
        identities
            .iter()
            .flatten()
            .filter(|other| other.label(detail) == text)
            .count()
            == 1
    };
    identities
        .iter()
        .enumerate()
        .map(|(index, identity)| {
            let text = identity.as_ref().and_then(|identity| {
                [Detail::Name, Detail::Namespace, Detail::Group]
                    .into_iter()
                    .map(|detail| (identity.label(detail), detail))
                    .find(|(text, detail)| unique(text, *detail))
                    .map(|(text, _)| text)
            });
            DocumentLabel {
                index,
                identity: identity.clone(),
                text: text.unwrap_or_else(|| (index + 1).to_string()),
                is_needed,
            }
        })
        .collect()
}

/// Walks one pair of documents.
struct Walk<'a, 's> {
    sides: &'s Sides<'a>,
    documents: (usize, usize),
    kind: &'a str,
    label: DocumentLabel,
    /// The place in the source.
    source: Vec<Step>,
    /// The place in the target with how it is written.
    target: Vec<Shown>,
    keys: Vec<String>,
    found: Vec<Difference>,
}

impl<'a, 's> Walk<'a, 's> {
    fn new(sides: &'s Sides<'a>, documents: (usize, usize), label: DocumentLabel) -> Self {
        let kind = versions::kind_of(&sides.target.documents()[documents.1].root);
        Self {
            sides,
            documents,
            kind,
            label,
            source: Vec::new(),
            target: Vec::new(),
            keys: Vec::new(),
            found: Vec::new(),
        }
    }

    fn node(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>) {
        self.below(s, t, b, None);
    }

    fn below(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>, parent: Option<&'a Node>) {
        if s.tag != t.tag {
            self.set(s, t, b, parent);
            return;
        }
        match (&s.content, &t.content) {
            (Content::Alias(x), Content::Alias(y)) if x == y => {}
            (Content::Alias(_), _) | (_, Content::Alias(_)) => {
                let (sr, tr) = (
                    self.sides.source.resolve(self.documents.0, s),
                    self.sides.target.resolve(self.documents.1, t),
                );
                if sr.value() != tr.value() {
                    self.set(s, t, b, parent);
                }
            }
            (Content::Scalar(x), Content::Scalar(y)) => {
                if !is_same(x, y) {
                    self.set(s, t, b, parent);
                }
            }
            (Content::Mapping { .. }, Content::Mapping { .. }) => self.mapping(s, t, b),
            (Content::Sequence { .. }, Content::Sequence { .. }) => self.sequence(s, t, b),
            _ => self.set(s, t, b, parent),
        }
    }

    fn mapping(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>) {
        let (Content::Mapping { entries: se, .. }, Content::Mapping { entries: te, .. }) =
            (&s.content, &t.content)
        else {
            return;
        };
        let target_at: Vec<Option<usize>> = se
            .iter()
            .map(|e| te.iter().position(|x| x.name() == e.name()))
            .collect();
        for (ti, entry) in te.iter().enumerate() {
            let name = entry.name();
            self.enter_key(name, name);
            match target_at.iter().position(|x| *x == Some(ti)) {
                Some(si) => self.below(&se[si].value, &entry.value, b.entry(name), Some(t)),
                None => self.remove(Part::Entry, &entry.value, b.entry(name), Some(t)),
            }
            self.leave_key();
        }
        for (si, entry) in se
            .iter()
            .enumerate()
            .filter(|(si, _)| target_at[*si].is_none())
        {
            let name = entry.name();
            let after = insertion_point(&target_at, si, te.len());
            let shown = self.sides.naming.rename(name);
            self.enter_key(name, &shown);
            let parents = Some((s, t));
            self.add(Part::Entry, &entry.value, b.entry(name), after, parents);
            self.leave_key();
        }
    }

    fn sequence(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>) {
        let (Content::Sequence { items: si, .. }, Content::Sequence { items: ti, .. }) =
            (&s.content, &t.content)
        else {
            return;
        };
        let naming = self.sides.naming;
        let lists = Lists {
            source: si,
            target: ti,
            naming,
        };
        let matching = lists.matching();
        let base = BaseList::new(b, ti, naming);
        for (t_index, item) in ti.iter().enumerate() {
            let partner = matching.target_of.iter().position(|x| *x == Some(t_index));
            let is_stem = partner.is_some_and(|p| items::differ(&si[p], item));
            let filter = unique_filter(matching.key, ti, t_index, None, is_stem);
            self.target.push(Shown {
                step: Step::Index(t_index),
                filter,
            });
            match partner {
                Some(p) => {
                    self.source.push(Step::Index(p));
                    self.below(&si[p], item, base.of_target(t_index), None);
                }
                None => {
                    self.source.push(Step::Index(0));
                    self.remove(Part::Item, item, base.of_target(t_index), None);
                }
            }
            self.source.pop();
            self.target.pop();
        }
        let mut added = 0;
        for (s_index, item) in si.iter().enumerate() {
            if matching.target_of[s_index].is_some() {
                continue;
            }
            let after = insertion_point(&matching.target_of, s_index, ti.len());
            let filter = unique_filter(matching.key, si, s_index, Some(naming), false);
            let index = after.map_or(0, |a| a + 1) + added;
            added += 1;
            self.source.push(Step::Index(s_index));
            self.target.push(Shown {
                step: Step::Index(index),
                filter,
            });
            self.add(Part::Item, item, base.of_source(item), after, None);
            self.source.pop();
            self.target.pop();
        }
    }

    fn enter_key(&mut self, source: &str, target: &str) {
        self.source.push(Step::Key(source.to_owned()));
        self.target.push(Shown {
            step: Step::Key(target.to_owned()),
            filter: None,
        });
        self.keys.push(target.to_owned());
    }

    fn leave_key(&mut self) {
        self.source.pop();
        self.target.pop();
        self.keys.pop();
    }

    fn target_place(&self) -> Place {
        Place {
            document: self.documents.1,
            steps: self.target.iter().map(|s| s.step.clone()).collect(),
        }
    }

    fn source_place(&self) -> Place {
        Place {
            document: self.documents.0,
            steps: self.source.clone(),
        }
    }

    fn around<'x>(&'x self, parent: Option<&'x Node>) -> Surroundings<'x> {
        Surroundings {
            file: self.sides.file,
            kind: self.kind,
            keys: &self.keys,
            parent,
        }
    }

    fn set(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>, parent: Option<&'a Node>) {
        let naming = self.sides.naming;
        let (before, source) = (t.value(), s.value());
        let texts = match (&source, &before) {
            (Value::Scalar { text: s, .. }, Value::Scalar { text: t, .. }) => {
                Some((s.as_str(), t.as_str()))
            }
            _ => None,
        };
        let version = texts.and_then(|(s, t)| versions::classify(&self.around(parent), &[s, t]));
        let rewritten = texts.and_then(|(s, t)| {
            let text = match version {
                Some(field) => versions::written(field, s, t, naming),
                None => s.to_owned(),
            };
            let text = if naming.names_target_in_text(t) {
                naming.rename(&text)
            } else {
                text
            };
            (text != s).then_some(text)
        });
        let relation = match b {
            BaseNode::Target => {
                texts.map_or(Relation::Unknown, |(s, t)| self.relation(version, s, t))
            }
            BaseNode::Node(base) => {
                let base = base.value();
                if base == before {
                    Relation::Behind
                } else if base == source {
                    Relation::Ahead
                } else {
                    Relation::Diverged
                }
            }
            BaseNode::Missing => Relation::Diverged,
        };
        let after = match (&rewritten, source) {
            (Some(text), Value::Scalar { kind, .. }) => Value::Scalar {
                text: text.clone(),
                kind,
            },
            (_, source) => source,
        };
        self.push(Difference {
            op: Op::Set,
            part: Part::Value,
            source: Some(self.source_place()),
            insertion: None,
            before: Some(before),
            after: Some(after),
            rewritten,
            relation,
            version,
            ..self.here()
        });
    }

    fn relation(&self, version: Option<VersionField>, s: &str, t: &str) -> Relation {
        if self.sides.naming.same(s, t) {
            return Relation::EnvironmentName;
        }
        let order = version.and_then(|field| {
            versions::version_order(
                versions::version_of(field, s),
                versions::version_of(field, t),
            )
        });
        match order {
            Some(std::cmp::Ordering::Greater) => Relation::Behind,
            Some(std::cmp::Ordering::Less) => Relation::Ahead,
            _ => Relation::Unknown,
        }
    }

    fn remove(&mut self, part: Part, t: &'a Node, b: BaseNode<'a>, parent: Option<&'a Node>) {
        let before = t.value();
        let version = match &before {
            Value::Scalar { text, .. } => versions::classify(&self.around(parent), &[text]),
            _ => None,
        };
        let relation = match b {
            BaseNode::Node(base) if base.value() == before => Relation::Behind,
            BaseNode::Node(_) => Relation::Diverged,
            BaseNode::Target | BaseNode::Missing => Relation::TargetOnly,
        };
        self.push(Difference {
            op: Op::Remove,
            part,
            before: Some(before),
            relation,
            version,
            ..self.here()
        });
    }

    fn add(
        &mut self,
        part: Part,
        s: &'a Node,
        b: BaseNode<'a>,
        after: Option<usize>,
        parents: Option<(&'a Node, &'a Node)>,
    ) {
        let source = s.value();
        let version = match (&source, parents) {
            (Value::Scalar { text, .. }, Some((s, t))) => {
                versions::classify(&self.around(Some(s)), &[text])
                    .filter(|field| !field.is_one_of_several() || !self.holds_version(t))
            }
            _ => None,
        };
        let relation = match b {
            BaseNode::Node(base) if base.value() == source => Relation::Ahead,
            BaseNode::Node(_) => Relation::Diverged,
            BaseNode::Target | BaseNode::Missing => Relation::SourceOnly,
        };
        let mut parent_place = self.target_place();
        parent_place.steps.pop();
        self.push(Difference {
            op: Op::Add,
            part,
            source: Some(self.source_place()),
            insertion: Some(Insertion {
                parent: parent_place,
                after,
            }),
            after: Some(renamed(source, self.sides.naming)),
            relation,
            version,
            ..self.here()
        });
    }

    /// Whether a mapping of the target says its version already, in whatever way.
    fn holds_version(&self, target: &Node) -> bool {
        let Content::Mapping { entries, .. } = &target.content else {
            return false;
        };
        let mut keys = self.keys.clone();
        entries.iter().any(|entry| {
            keys.pop();
            keys.push(entry.name().to_owned());
            let around = Surroundings {
                keys: &keys,
                ..self.around(Some(target))
            };
            match &entry.value.content {
                Content::Scalar(scalar) => versions::classify(&around, &[&scalar.text])
                    .is_some_and(VersionField::is_one_of_several),
                _ => false,
            }
        })
    }

    fn here(&self) -> Difference {
        Difference {
            op: Op::Set,
            part: Part::Value,
            document: self.label.clone(),
            place: self.target_place(),
            source: None,
            path: selector::path(&self.target),
            keys: self.keys.clone(),
            insertion: None,
            before: None,
            after: None,
            rewritten: None,
            relation: Relation::Unknown,
            version: None,
        }
    }

    fn push(&mut self, difference: Difference) {
        self.found.push(difference);
    }
}

/// The value with the target's names.
fn renamed(value: Value, naming: &Naming) -> Value {
    match value {
        Value::Scalar { text, kind } => Value::Scalar {
            text: naming.rename(&text),
            kind,
        },
        Value::Sequence(items) => {
            Value::Sequence(items.into_iter().map(|v| renamed(v, naming)).collect())
        }
        Value::Mapping(entries) => Value::Mapping(
            entries
                .into_iter()
                .map(|(key, v)| (naming.rename(&key), renamed(v, naming)))
                .collect(),
        ),
        Value::Tagged(tag, value) => Value::Tagged(tag, Box::new(renamed(*value, naming))),
        Value::Alias(name) => Value::Alias(name),
    }
}

/// Equal as Kubernetes reads them: a quoted and a plain text are the same text.
fn is_same(a: &Scalar, b: &Scalar) -> bool {
    a.text == b.text && a.kind == b.kind
}

/// The target child that something new follows: behind its nearest neighbour of the source.
fn insertion_point(target_of: &[Option<usize>], at: usize, len: usize) -> Option<usize> {
    if let Some(before) = target_of[..at].iter().rev().find_map(|t| *t) {
        return Some(before);
    }
    match target_of[at..].iter().find_map(|t| *t) {
        Some(follower) => follower.checked_sub(1),
        None => len.checked_sub(1),
    }
}

/// The filter of an item, unless another item of the list would be written the same.
fn unique_filter(
    key: ListKey,
    all: &[Node],
    at: usize,
    rename: Option<&Naming>,
    is_stem: bool,
) -> Option<String> {
    let filter = items::filter(key, &all[at], rename, is_stem)?;
    let is_shared = key == ListKey::Scalar
        && all.iter().enumerate().any(|(i, other)| {
            i != at && items::filter(key, other, rename, is_stem).as_ref() == Some(&filter)
        });
    (!is_shared).then_some(filter)
}

/// The base's items, matched to the target's and the source's.
struct BaseList<'a> {
    base: BaseNode<'a>,
    items: &'a [Node],
    of_target: Vec<Option<usize>>,
    naming: &'a Naming,
}

impl<'a> BaseList<'a> {
    fn new(base: BaseNode<'a>, target: &'a [Node], naming: &'a Naming) -> Self {
        let items: &[Node] = match base {
            BaseNode::Node(Node {
                content: Content::Sequence { items, .. },
                ..
            }) => items,
            _ => &[],
        };
        let mut of_target = vec![None; target.len()];
        if !items.is_empty() {
            let matching = Lists {
                source: items,
                target,
                naming,
            }
            .matching();
            for (b, t) in matching.target_of.iter().enumerate() {
                if let Some(t) = t {
                    of_target[*t] = Some(b);
                }
            }
        }
        Self {
            base,
            items,
            of_target,
            naming,
        }
    }

    fn of_target(&self, t: usize) -> BaseNode<'a> {
        match self.base {
            BaseNode::Target => BaseNode::Target,
            _ => self.of_target[t].map_or(BaseNode::Missing, |b| BaseNode::Node(&self.items[b])),
        }
    }

    fn of_source(&self, item: &'a Node) -> BaseNode<'a> {
        match self.base {
            BaseNode::Target => BaseNode::Target,
            _ => {
                let one = std::slice::from_ref(item);
                Lists {
                    source: one,
                    target: self.items,
                    naming: self.naming,
                }
                .matching()
                .target_of[0]
                    .map_or(BaseNode::Missing, |b| BaseNode::Node(&self.items[b]))
            }
        }
    }
}
