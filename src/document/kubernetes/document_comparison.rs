//! Comparing one pair of documents.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet, VecDeque};

use super::base::{BaseList, BaseNode};
use super::classify::Surroundings;
use super::difference::{Difference, Part};
use super::filter::{self, Filters};
use super::identity::DocumentLabel;
use super::items::{Lists, is_command_line};
use super::key_order::KeyOrder;
use super::nested::{self, Nested};
use super::secrets::{SecretPart, secret_part, secret_part_in_lines};
use super::selector::Shown;
use super::sides::Sides;
use super::version_places::Owner;
use crate::document::copied_names::renamed_key;
use crate::document::lines::Format;
use crate::document::secret_lines::outline_has_secret;
use crate::domain::Naming;
use crate::yaml::{Content, Entry, Kind, Node, Place, Scalar, Step, Uses};

/// Compares one pair of documents, node by node.
pub(super) struct DocumentComparison<'a, 's> {
    pub(super) sides: &'s Sides<'a>,
    pub(super) documents: (usize, usize),
    pub(super) owner: Owner<'a>,
    /// Whether these are the lines of a text with a secret.
    has_secret_lines: bool,
    pub(super) label: DocumentLabel,
    /// The place in the source.
    source: Vec<Step>,
    /// The place in the target with how it is written.
    pub(super) target: Vec<Shown>,
    pub(super) keys: Vec<String>,
    pub(super) found: Vec<Difference>,
    /// The strings that differ and may hold documents.
    pub(super) strings: Vec<(Place, BaseNode<'a>)>,
    /// The target's places that were compared; only collected if places can share a value.
    pub(super) paired: Vec<Place>,
    /// Where the target's anchors are used.
    pub(super) uses: OnceCell<Uses<'a>>,
    /// The last mapping of the target that was searched for a version, and whether it has one.
    pub(super) searched: Option<(&'a Node, bool)>,
}

impl<'a, 's> DocumentComparison<'a, 's> {
    pub(super) fn new(
        sides: &'s Sides<'a>,
        documents: (usize, usize),
        label: DocumentLabel,
    ) -> Self {
        let owner = match sides.format {
            Format::Yaml | Format::Template => Owner::of(sides.target.root(documents.1)),
            Format::Settings => Owner::Settings,
            Format::Plain => Owner::Text,
        };
        let is_lines = matches!(sides.format, Format::Template | Format::Plain);
        let roots = [
            sides.source.root(documents.0),
            sides.target.root(documents.1),
        ];
        Self {
            sides,
            documents,
            owner,
            has_secret_lines: is_lines && roots.into_iter().any(outline_has_secret),
            label,
            source: Vec::new(),
            target: Vec::new(),
            keys: Vec::new(),
            found: Vec::new(),
            strings: Vec::new(),
            paired: Vec::new(),
            uses: OnceCell::new(),
            searched: None,
        }
    }

    /// Compares the roots.
    pub(super) fn node(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>) {
        self.below(s, t, b, None);
    }

    fn below(&mut self, s: &'a Node, t: &'a Node, b: BaseNode<'a>, parent: Option<&'a Node>) {
        if self.sides.target.has_references(self.documents.1) {
            self.paired.push(self.target_place());
        }
        if s.tag() != t.tag() {
            self.set(s, t, b, parent);
            return;
        }
        match (&s.content, &t.content) {
            (Content::Scalar(source), Content::Scalar(target)) => {
                if !is_same(source, target) {
                    self.set(s, t, b, parent);
                }
            }
            (Content::Mapping { .. }, Content::Mapping { .. }) => {
                let object = nested::object(&self.keys, t);
                self.within(object, |here| here.mapping(s, t, b));
            }
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
        let source_at = inverse(&target_at, te.len());
        for (ti, entry) in te.iter().enumerate() {
            let name = entry.name();
            let partner = source_at[ti].map(|si| &se[si]);
            let theirs = partner.map_or(name, Entry::name);
            let nested = nested::value(self.owner, &self.keys, t, name);
            self.enter_key(theirs, name);
            self.within(nested, |here| {
                if let Some(partner) = partner {
                    here.below(&partner.value, &entry.value, b.entry(theirs), Some(t));
                } else {
                    here.remove(Part::Entry, &entry.value, b.entry(name), Some(t));
                }
            });
            self.leave_key();
        }
        let insertion = insertion_points(&target_at, te.len());
        let has_new = target_at.iter().any(Option::is_none);
        let order = has_new.then(|| KeyOrder::of(te)).flatten();
        for (si, entry) in se
            .iter()
            .enumerate()
            .filter(|(si, _)| target_at[*si].is_none())
        {
            let name = entry.name();
            let shown = renamed_key(name, self.sides.naming);
            let after = (order.as_ref()).map_or(insertion[si], |order| order.after(&shown));
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
            is_command_line: is_command_line(&self.keys),
        };
        let matching = lists.matching();
        let base = BaseList::new(b, &lists);
        let is_secret = self.secret_part() == Some(SecretPart::Data)
            || self.has_secret_lines && [si, ti].into_iter().flatten().any(outline_has_secret);
        let written = Filters::new(matching.key, ti, None).of_secrets(is_secret);
        let source_of = inverse(&matching.target_of, ti.len());
        for (t_index, item) in ti.iter().enumerate() {
            let partner = source_of[t_index];
            let filter = written.of(t_index, partner.map(|p| &si[p]));
            self.target.push(Shown {
                step: Step::Index(t_index),
                filter,
            });
            self.source.push(Step::Index(partner.unwrap_or_default()));
            if let Some(p) = partner {
                self.below(&si[p], item, base.of_target(t_index), None);
            } else {
                self.remove(Part::Item, item, base.of_target(t_index), None);
            }
            self.source.pop();
            self.target.pop();
        }
        let mut added = 0;
        let insertion = insertion_points(&matching.target_of, ti.len());
        let written = Filters::new(matching.key, si, Some(naming)).of_secrets(is_secret);
        for (s_index, item) in si.iter().enumerate() {
            if matching.target_of[s_index].is_some() {
                continue;
            }
            let after = insertion[s_index];
            let filter = written.of(s_index, None).or_else(|| {
                let distinguishing = filter::distinguishing_filter;
                (!is_secret).then(|| distinguishing(s_index, si, ti, naming))?
            });
            let index = after.map_or(0, |a| a + 1) + added;
            added += 1;
            self.source.push(Step::Index(s_index));
            self.target.push(Shown {
                step: Step::Index(index),
                filter,
            });
            self.add(Part::Item, item, base.of_source(s_index), after, None);
            self.source.pop();
            self.target.pop();
        }
    }

    /// Removes the entries that the source no longer has; the target's own entries stay.
    pub(super) fn remove_below(&mut self, t: &'a Node, b: BaseNode<'a>) {
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

    /// Compares a part of the document, as what it stands for.
    fn within(&mut self, nested: Option<Nested<'a>>, compare: impl FnOnce(&mut Self)) {
        let Some(Nested { owner, keys }) = nested else {
            return compare(self);
        };
        let outer = (self.owner, std::mem::replace(&mut self.keys, keys));
        self.owner = owner;
        compare(self);
        (self.owner, self.keys) = outer;
    }

    /// What the current place is to a secret.
    pub(super) fn secret_part(&self) -> Option<SecretPart> {
        if self.has_secret_lines {
            let part = secret_part_in_lines(&self.keys);
            let is_template = self.sides.format == Format::Template;
            return (is_template || part != SecretPart::Other).then_some(part);
        }
        secret_part(self.owner, &self.keys)
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

    pub(super) fn target_place(&self) -> Place {
        Place {
            document: self.documents.1,
            steps: self.target.iter().map(|s| s.step.clone()).collect(),
        }
    }

    pub(super) fn source_place(&self) -> Place {
        Place {
            document: self.documents.0,
            steps: self.source.clone(),
        }
    }

    pub(super) fn around<'x>(&'x self, parent: Option<&'x Node>) -> Surroundings<'x> {
        Surroundings {
            file: self.sides.file,
            owner: self.owner,
            keys: &self.keys,
            parent,
            naming: self.sides.naming,
        }
    }
}

/// The target's entry for each of the source's entries, by key; environments' names count as equal.
fn same_keys(source: &[Entry], target: &[Entry], naming: &Naming) -> Vec<Option<usize>> {
    let by_name: HashMap<&str, usize> = target
        .iter()
        .enumerate()
        .map(|(i, entry)| (entry.name(), i))
        .collect();
    let mut target_of: Vec<Option<usize>> = source
        .iter()
        .map(|e| by_name.get(e.name()).copied())
        .collect();
    let taken: HashSet<usize> = target_of.iter().flatten().copied().collect();
    let mut free: Option<HashMap<Cow<'_, str>, VecDeque<usize>>> = None;
    for (si, entry) in source.iter().enumerate() {
        if target_of[si].is_none() && naming.names_source_in_text(entry.name()) {
            let free = free.get_or_insert_with(|| {
                let mut free: HashMap<Cow<'_, str>, VecDeque<usize>> = HashMap::new();
                for (ti, entry) in target.iter().enumerate() {
                    if !taken.contains(&ti) {
                        let name = naming.canonical(entry.name());
                        free.entry(name).or_default().push_back(ti);
                    }
                }
                free
            });
            let name = naming.canonical(entry.name());
            target_of[si] = free.get_mut(&name).and_then(VecDeque::pop_front);
        }
    }
    target_of
}

/// The source's child for each of the target's children.
pub(super) fn inverse(target_of: &[Option<usize>], len: usize) -> Vec<Option<usize>> {
    let mut source_of = vec![None; len];
    for (si, ti) in target_of.iter().enumerate() {
        if let Some(ti) = ti {
            source_of[*ti] = Some(si);
        }
    }
    source_of
}

/// Whether Kubernetes reads two scalars alike: quotes and ways to write null make no difference.
fn is_same(a: &Scalar, b: &Scalar) -> bool {
    a.kind == b.kind && (a.text == b.text || a.kind == Kind::Null)
}

/// For each of the source's children the target's child that it would follow: its nearest predecessor
/// that both have. What comes before all of these goes to the start, and what comes after them to the
/// end, so that the first stays first and the last stays last.
pub(super) fn insertion_points(target_of: &[Option<usize>], len: usize) -> Vec<Option<usize>> {
    let end = len.checked_sub(1);
    let Some(last) = target_of.iter().rposition(Option::is_some) else {
        return vec![end; target_of.len()];
    };
    let mut before = None;
    let follow = target_of.iter().enumerate().map(|(at, target)| {
        before = target.or(before);
        if at > last { end } else { before }
    });
    follow.collect()
}
