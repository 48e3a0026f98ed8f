//! Walking one pair of documents side by side.

use super::base::{BaseList, BaseNode, has_own, is_unchanged};
use super::compare::Sides;
use super::difference::{Difference, Insertion, Part};
use super::identity::DocumentLabel;
use super::items::{self, ListKey, Lists};
use super::selector::{self, Shown};
use super::versions::{self, Surroundings, VersionField};
use crate::domain::{Naming, Op, Relation};
use crate::yaml::{Content, Entry, Node, Place, Scalar, Step, Value};

/// Walks one pair of documents.
pub(super) struct Walk<'a, 's> {
    sides: &'s Sides<'a>,
    documents: (usize, usize),
    kind: &'a str,
    label: DocumentLabel,
    /// The place in the source.
    source: Vec<Step>,
    /// The place in the target with how it is written.
    target: Vec<Shown>,
    keys: Vec<String>,
    pub(super) found: Vec<Difference>,
}

impl<'a, 's> Walk<'a, 's> {
    pub(super) fn new(
        sides: &'s Sides<'a>,
        documents: (usize, usize),
        label: DocumentLabel,
    ) -> Self {
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

    /// Compares the roots.
    pub(super) fn node(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>) {
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
        let target_at = same_keys(se, te, self.sides.naming);
        for (ti, entry) in te.iter().enumerate() {
            let name = entry.name();
            match target_at.iter().position(|x| *x == Some(ti)) {
                Some(si) => {
                    let theirs = se[si].name();
                    self.enter_key(theirs, name);
                    self.below(&se[si].value, &entry.value, b.entry(theirs), Some(t));
                }
                None => {
                    self.enter_key(name, name);
                    self.remove(Part::Entry, &entry.value, b.entry(name), Some(t));
                }
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
                if is_unchanged(&before, &source, naming) {
                    Relation::EnvironmentName
                } else if is_unchanged(&base, &before, naming) {
                    Relation::Behind
                } else if is_unchanged(&base, &source, naming) {
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
        let naming = self.sides.naming;
        if let BaseNode::Node(base) = b
            && !is_unchanged(&base.value(), &before, naming)
            && part == Part::Entry
            && has_own(base, t)
        {
            self.remove_below(t, b);
            return;
        }
        let version = match &before {
            Value::Scalar { text, .. } => versions::classify(&self.around(parent), &[text]),
            _ => None,
        };
        let relation = match b {
            BaseNode::Node(base) if is_unchanged(&base.value(), &before, naming) => {
                Relation::Behind
            }
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

    /// What the source took away goes; what the target put there itself is the target's own.
    fn remove_below(&mut self, t: &'a Node, b: BaseNode<'a>) {
        let Content::Mapping { entries, .. } = &t.content else {
            return;
        };
        for entry in entries {
            let name = entry.name();
            self.enter_key(name, name);
            self.remove(Part::Entry, &entry.value, b.entry(name), Some(t));
            self.leave_key();
        }
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
            BaseNode::Node(base) if is_unchanged(&base.value(), &source, self.sides.naming) => {
                Relation::Ahead
            }
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

/// For each of the source's entries the target's of the same key, the environments' names
/// taken as equal.
fn same_keys(source: &[Entry], target: &[Entry], naming: &Naming) -> Vec<Option<usize>> {
    let mut target_of: Vec<Option<usize>> = source
        .iter()
        .map(|e| target.iter().position(|x| x.name() == e.name()))
        .collect();
    for (si, entry) in source.iter().enumerate() {
        if target_of[si].is_none() && naming.names_source_in_text(entry.name()) {
            target_of[si] = (0..target.len()).find(|ti| {
                !target_of.contains(&Some(*ti)) && naming.same(entry.name(), target[*ti].name())
            });
        }
    }
    target_of
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
