//! Recording a difference at the current place of a comparison.

use super::MAX_DIFFERENCES;
use super::added;
use super::anchors;
use super::base::{BaseNode, has_own_entries, is_unchanged};
use super::classify::{Surroundings, classify, contains_version};
use super::difference::{Difference, Insertion, Part};
use super::document_comparison::DocumentComparison;
use super::secrets::{SecretPart, secret_part};
use super::selector;
use super::version_places::Owner;
use super::versions::{self, VersionField};
use crate::document::lines::Format;
use crate::domain::{Op, Relation};
use crate::yaml::{
    Content, Kind, Merging, Node, OldType, Place, Quoting, Step, Stream, Uses, Value,
};

impl<'a> DocumentComparison<'a, '_> {
    pub(super) fn set(
        &mut self,
        s: &'a Node,
        t: &'a Node,
        b: BaseNode<'a>,
        parent: Option<&'a Node>,
    ) {
        let naming = self.sides.naming;
        let (before, source) = (t.value(), s.value());
        let texts = match (&source, &before) {
            (Value::Scalar { text: s, .. }, Value::Scalar { text: t, .. }) => {
                Some((s.as_str(), t.as_str()))
            }
            _ => None,
        };
        if texts.is_some() && t.may_hold_document() {
            self.strings.push((self.target_place(), b));
        }
        let version = texts.and_then(|(source, before)| {
            classify(&self.around(parent), &[source, before])
                .or_else(|| self.used_as(&[source, before]))
                .filter(|field| {
                    // A URL can differ in parameters beside its version.
                    *field != VersionField::PinnedUrl
                        || versions::version_of(*field, source)
                            != versions::version_of(*field, before)
                })
        });
        if version.is_some() && texts.is_some_and(|(s, t)| s == t) {
            return;
        }
        let rewritten = texts.and_then(|(s, t)| {
            let text = match version {
                Some(field) => versions::written(field, s, t, naming),
                None => naming.rename_like(s, t),
            };
            (text != s).then_some(text)
        });
        let by_order = texts.map_or(Relation::Unknown, |(s, t)| self.relation(version, s, t));
        let relation = match b {
            BaseNode::Target => by_order,
            // The base need not have the target's last version, so it shows no way back.
            _ if version.is_some() => by_order,
            BaseNode::Node(base) => {
                let base = base.value();
                if is_unchanged(&before, &source, naming) {
                    Relation::EnvironmentName
                } else if base == t.value() || is_unchanged(&base, &before, naming) {
                    Relation::Behind
                } else if base == s.value() || is_unchanged(&base, &source, naming) {
                    Relation::Ahead
                } else {
                    Relation::Diverged
                }
            }
            BaseNode::Missing if is_unchanged(&before, &source, naming) => {
                Relation::EnvironmentName
            }
            BaseNode::Missing => Relation::Diverged,
        };
        let is_text = |value: &Value| {
            matches!(
                value,
                Value::Scalar {
                    kind: Kind::Str,
                    ..
                }
            )
        };
        let is_text = version.is_some() && (is_text(&source) || is_text(&before));
        let after = match (&rewritten, source) {
            // `1.10` as a number would be `1.1`: a version is a text if it is one on either side.
            (text, Value::Scalar { text: own, kind }) => Value::Scalar {
                text: text.clone().unwrap_or(own),
                kind: if is_text { Kind::Str } else { kind },
            },
            (_, source) => source,
        };
        let changes_old_type = self.sides.format == Format::Yaml
            && changes_old_type(s, t, &after, rewritten.as_deref());
        self.record(Difference {
            op: Op::Set,
            part: Part::Value,
            source: Some(self.source_place()),
            insertion: None,
            before: Some(before),
            after: Some(after),
            base: b.value(),
            rewritten,
            relation,
            version,
            changes_old_type,
            ..self.here()
        });
    }

    /// The version field of an anchored value, by the places of its aliases.
    fn used_as(&self, texts: &[&str]) -> Option<VersionField> {
        let target = self.sides.target;
        let document = self.documents.1;
        let place = self.target_place();
        if !target.has_references(document) || target.holder(&place).as_ref() != Some(&place) {
            return None;
        }
        let uses = self.uses.get_or_init(|| Uses::of(target, document));
        let places = uses.places(&place, Merging::Excluded);
        places
            .iter()
            .filter(|use_| **use_ != place)
            .find_map(|use_| {
                let (parent, _) = use_.parent()?;
                let around = Surroundings {
                    keys: &anchors::keys(use_),
                    parent: target.at(&parent),
                    ..self.around(None)
                };
                classify(&around, texts)
            })
    }

    /// Whether aliases make an anchored value the data of a secret.
    fn used_as_secret(&self) -> Option<SecretPart> {
        let target = self.sides.target;
        let document = self.documents.1;
        if !target.has_references(document) {
            return None;
        }
        let uses = self.uses.get_or_init(|| Uses::of(target, document));
        let mut place = self.target_place();
        loop {
            let places = uses.places(&place, Merging::Included);
            if places.iter().any(|place| is_data(target, place)) {
                return Some(SecretPart::Data);
            }
            place.steps.pop()?;
        }
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

    pub(super) fn remove(
        &mut self,
        part: Part,
        t: &'a Node,
        b: BaseNode<'a>,
        parent: Option<&'a Node>,
    ) {
        let before = t.value();
        let naming = self.sides.naming;
        if let BaseNode::Node(base) = b
            && part == Part::Entry
            && !is_unchanged(&base.value(), &before, naming)
            && has_own_entries(base, t)
        {
            self.remove_below(t, b);
            return;
        }
        let version = match &before {
            Value::Scalar { text, .. } => classify(&self.around(parent), &[text]),
            _ => None,
        };
        let relation = if b.is_emptied(t) {
            Relation::TargetOnly
        } else {
            b.one_sided_relation(Op::Remove, &before, naming)
        };
        self.record(Difference {
            op: Op::Remove,
            part,
            before: Some(before),
            base: b.value(),
            relation,
            version,
            contains_version: contains_version(t, &self.around(None)),
            ..self.here()
        });
    }

    pub(super) fn add(
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
                let field = classify(&self.around(Some(s)), &[text]);
                field.filter(|field| !field.is_one_of_several() || !self.holds_version(t))
            }
            _ => None,
        };
        let relation = b.one_sided_relation(Op::Add, &source, self.sides.naming);
        let mut parent_place = self.target_place();
        parent_place.steps.pop();
        self.record(Difference {
            op: Op::Add,
            part,
            source: Some(self.source_place()),
            insertion: Some(Insertion {
                parent: parent_place,
                after,
            }),
            after: Some(added::value(self.sides, part, &self.source_place(), source)),
            base: b.value(),
            relation,
            version,
            contains_version: contains_version(s, &self.around(None)),
            ..self.here()
        });
    }

    /// Whether a mapping of the target already has a version, in any field.
    fn holds_version(&mut self, target: &'a Node) -> bool {
        if let Some((searched, found)) = self.searched
            && std::ptr::eq(searched, target)
        {
            return found;
        }
        let found = self.finds_version(target);
        self.searched = Some((target, found));
        found
    }

    fn finds_version(&self, target: &Node) -> bool {
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
                Content::Scalar(scalar) => {
                    classify(&around, &[&scalar.text]).is_some_and(VersionField::is_one_of_several)
                }
                _ => false,
            }
        })
    }

    /// Adds a difference, unless there are too many already, which the caller refuses.
    fn record(&mut self, difference: Difference) {
        if self.found.len() <= MAX_DIFFERENCES {
            self.found.push(difference);
        }
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
            base: None,
            rewritten: None,
            relation: Relation::Unknown,
            version: None,
            changes_old_type: false,
            secret: match self.secret_part() {
                part @ (None | Some(SecretPart::Other)) => self.used_as_secret().or(part),
                part => part,
            },
            contains_version: false,
            shared: None,
        }
    }
}

/// Whether writing `after`, the value of `s`, to `t` changes the type that YAML 1.1 gives to the place.
fn changes_old_type(s: &Node, t: &Node, after: &Value, rewritten: Option<&str>) -> bool {
    let (Content::Scalar(source), Content::Scalar(before)) = (&s.content, &t.content) else {
        return false;
    };
    // A string that could be something else is only plain if it is on both sides; others are as in the
    // source.
    let is_text = matches!(
        after,
        Value::Scalar {
            kind: Kind::Str,
            ..
        }
    );
    let is_own =
        rewritten.is_none() && source.kind == Kind::Str && before.quoting == Quoting::Plain;
    let after = if is_text && !is_own {
        OldType::Str
    } else {
        OldType::of(source)
    };
    s.tag().is_none() && t.tag().is_none() && OldType::of(before) != after
}

/// Whether a place is within the data of a `Secret`, at its document's root or below.
fn is_data(stream: &Stream, place: &Place) -> bool {
    let keys = anchors::keys(place);
    let depth = place.steps.iter().enumerate();
    let mut below = 0;
    depth
        .map(|(at, step)| {
            let around = Place::new(place.document, place.steps[..at].iter().cloned());
            let inside = &keys[below.min(keys.len())..];
            below += usize::from(matches!(step, Step::Key(_)));
            (around, inside)
        })
        .any(|(around, keys)| {
            let owner = stream.at(&around).map(Owner::of);
            owner.is_some_and(|owner| secret_part(owner, keys) == Some(SecretPart::Data))
        })
}
