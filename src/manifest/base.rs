//! What a place was in the base, to tell who changed it.

use super::compare::{Base, Sides};
use super::documents::documents;
use super::identity::entry;
use super::items::Lists;
use crate::domain::Naming;
use crate::yaml::{Content, Node};

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
            Self::Node(node) => entry(node, name).map_or(Self::Missing, BaseNode::Node),
            other => other,
        }
    }
}

/// The root of the base document that belongs to a target document.
pub(super) fn base_document<'a>(sides: &Sides<'a>, target: usize) -> BaseNode<'a> {
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

/// The base's items, matched to the target's and the source's.
pub(super) struct BaseList<'a> {
    base: BaseNode<'a>,
    items: &'a [Node],
    of_target: Vec<Option<usize>>,
    naming: &'a Naming,
}

impl<'a> BaseList<'a> {
    pub(super) fn new(base: BaseNode<'a>, target: &'a [Node], naming: &'a Naming) -> Self {
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

    pub(super) fn of_target(&self, t: usize) -> BaseNode<'a> {
        match self.base {
            BaseNode::Target => BaseNode::Target,
            _ => self.of_target[t].map_or(BaseNode::Missing, |b| BaseNode::Node(&self.items[b])),
        }
    }

    pub(super) fn of_source(&self, item: &'a Node) -> BaseNode<'a> {
        if matches!(self.base, BaseNode::Target) {
            return BaseNode::Target;
        }
        let lists = Lists {
            source: std::slice::from_ref(item),
            target: self.items,
            naming: self.naming,
        };
        lists.matching().target_of[0].map_or(BaseNode::Missing, |b| BaseNode::Node(&self.items[b]))
    }
}
