//! The value of a place in the base, which shows which side changed it.

use super::documents::documents;
use super::items::Lists;
use super::sides::{Base, Sides};
use crate::domain::{Naming, Op, Relation};
use crate::yaml::{Content, Node, Stream, Value};

/// A place in the base.
#[derive(Clone, Copy)]
pub(super) enum BaseNode<'a> {
    Target,
    Node(&'a Node),
    Missing,
}

impl BaseNode<'_> {
    pub(super) fn entry(self, name: &str) -> Self {
        match self {
            Self::Node(node) => node.entry(name).map_or(Self::Missing, BaseNode::Node),
            other => other,
        }
    }

    /// Its value.
    pub(super) fn value(self) -> Option<Value> {
        match self {
            Self::Node(node) => Some(node.value()),
            Self::Target | Self::Missing => None,
        }
    }

    /// Whether the target emptied the mapping or list that stands here: what a removal would take
    /// away is gone already, and the empty one is the target's own.
    pub(super) fn is_emptied(self, target: &Node) -> bool {
        let is_empty = |node: &Node| match &node.content {
            Content::Mapping { entries, .. } => entries.is_empty(),
            Content::Sequence { items, .. } => items.is_empty(),
            Content::Scalar(_) | Content::Alias(_) => false,
        };
        matches!(self, Self::Node(base) if !is_empty(base)) && is_empty(target)
    }

    /// The relation of a place that only the source (`Op::Add`) or only the target has.
    pub(super) fn one_sided_relation(self, op: Op, value: &Value, naming: &Naming) -> Relation {
        let (unchanged, new) = match op {
            Op::Add => (Relation::Ahead, Relation::SourceOnly),
            Op::Set | Op::Remove => (Relation::Behind, Relation::TargetOnly),
        };
        match self {
            Self::Node(base) if is_unchanged(&base.value(), value, naming) => unchanged,
            Self::Node(_) => Relation::Diverged,
            Self::Target | Self::Missing => new,
        }
    }
}

/// The base's documents, matched with the target's and the source's.
pub(super) struct BaseDocuments<'a> {
    base: Base<'a>,
    of_target: Vec<Option<usize>>,
    of_source: Vec<Option<usize>>,
}

impl<'a> BaseDocuments<'a> {
    pub(super) fn new(sides: &Sides<'a>) -> Self {
        let of = |stream: &Stream| -> Vec<Option<usize>> {
            let mut of = vec![None; stream.documents().len()];
            if let Base::Stream(base) = sides.base {
                let pairs = documents(base, stream, sides.naming);
                for (b, there) in pairs.target_of.iter().enumerate() {
                    if let Some(there) = there {
                        of[*there] = Some(b);
                    }
                }
            }
            of
        };
        Self {
            base: sides.base,
            of_target: of(sides.target),
            of_source: of(sides.source),
        }
    }

    /// The root of the base document that matches a target document.
    pub(super) fn of_target(&self, t: usize) -> BaseNode<'a> {
        self.root(self.of_target[t])
    }

    /// The root of the base document that matches a source document.
    pub(super) fn of_source(&self, s: usize) -> BaseNode<'a> {
        self.root(self.of_source[s])
    }

    /// The root of the base document that matches a pair of documents.
    pub(super) fn of_pair(&self, s: usize, t: usize) -> BaseNode<'a> {
        self.root(self.of_target[t].or(self.of_source[s]))
    }

    fn root(&self, index: Option<usize>) -> BaseNode<'a> {
        match (self.base, index) {
            (Base::Target, _) => BaseNode::Target,
            (Base::Stream(base), Some(index)) => BaseNode::Node(base.root(index)),
            (Base::Stream(_), None) => BaseNode::Missing,
        }
    }
}

/// Whether two values only differ in the environments' names and the order of keys.
pub(super) fn is_unchanged(base: &Value, value: &Value, naming: &Naming) -> bool {
    match (base, value) {
        (Value::Scalar { text: a, kind: x }, Value::Scalar { text: b, kind: y }) => {
            x == y && naming.same(a, b)
        }
        (Value::Sequence(a), Value::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_unchanged(a, b, naming))
        }
        (Value::Mapping(a), Value::Mapping(b)) => {
            let find = |name: &str| {
                b.iter()
                    .find(|(other, _)| other == name)
                    .or_else(|| b.iter().find(|(other, _)| naming.same(name, other)))
            };
            a.len() == b.len()
                && a.iter().all(|(name, value)| {
                    find(name).is_some_and(|(_, other)| is_unchanged(value, other, naming))
                })
        }
        (Value::Tagged(a, x), Value::Tagged(b, y)) => a == b && is_unchanged(x, y, naming),
        (a, b) => a == b,
    }
}

/// Whether the target has entries below a place that the base does not have.
///
/// Lists are treated as a whole: an item without its name, or half a command, is worse than a
/// conflict.
pub(super) fn has_own_entries(base: &Node, target: &Node) -> bool {
    match (&base.content, &target.content) {
        (Content::Mapping { .. }, Content::Mapping { entries, .. }) => entries.iter().any(|e| {
            base.entry(e.name())
                .is_none_or(|below| has_own_entries(below, &e.value))
        }),
        _ => false,
    }
}

/// The base's list items, matched with the target's and the source's.
pub(super) struct BaseList<'a> {
    base: BaseNode<'a>,
    items: &'a [Node],
    of_target: Vec<Option<usize>>,
    of_source: Vec<Option<usize>>,
}

impl<'a> BaseList<'a> {
    pub(super) fn new(base: BaseNode<'a>, lists: &Lists<'_>) -> Self {
        let items: &[Node] = match base {
            BaseNode::Node(Node {
                content: Content::Sequence { items, .. },
                ..
            }) => items,
            _ => &[],
        };
        let matched = |list: &[Node]| {
            let mut of_list = vec![None; list.len()];
            if !items.is_empty() {
                let lists = Lists {
                    source: items,
                    target: list,
                    ..*lists
                };
                for (b, there) in lists.matching().target_of.iter().enumerate() {
                    if let Some(there) = there {
                        of_list[*there] = Some(b);
                    }
                }
            }
            of_list
        };
        Self {
            base,
            items,
            of_target: matched(lists.target),
            of_source: matched(lists.source),
        }
    }

    pub(super) fn of_target(&self, t: usize) -> BaseNode<'a> {
        self.item(self.of_target[t])
    }

    pub(super) fn of_source(&self, s: usize) -> BaseNode<'a> {
        self.item(self.of_source[s])
    }

    fn item(&self, index: Option<usize>) -> BaseNode<'a> {
        match (self.base, index) {
            (BaseNode::Target, _) => BaseNode::Target,
            (_, Some(index)) => BaseNode::Node(&self.items[index]),
            (_, None) => BaseNode::Missing,
        }
    }
}
