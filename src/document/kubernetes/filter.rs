//! The filters that select list items.

use std::cell::OnceCell;
use std::collections::HashSet;

use serde_json::Value as Json;

use super::items::ListKey;
use super::selector::{self, quoted, regex_quoted};
use super::stem::{scalar_text, stem};
use crate::document::copied_names::renamed_scalar;
use crate::domain::Naming;
use crate::yaml::{Content, Node, Step, member};

/// Writes filters for the items of a list.
pub(super) struct Filters<'a> {
    key: ListKey,
    items: &'a [Node],
    /// Renames the keys of added items as in the target.
    rename: Option<&'a Naming>,
    /// Scalars that occur more than once: only their position distinguishes them.
    repeated: HashSet<&'a str>,
    /// Whether the items are secret beside their keys.
    is_secret: bool,
    /// All scalars, or those of each field of the key, sorted on first use.
    sorted: OnceCell<Vec<Vec<&'a str>>>,
}

impl<'a> Filters<'a> {
    pub(super) fn new(key: ListKey, items: &'a [Node], rename: Option<&'a Naming>) -> Self {
        let mut seen = HashSet::new();
        let repeated = match key {
            ListKey::Scalar => items
                .iter()
                .map(scalar_text)
                .filter(|text| !seen.insert(*text))
                .collect(),
            ListKey::Fields(_) | ListKey::Position => HashSet::new(),
        };
        Self {
            key,
            items,
            rename,
            repeated,
            is_secret: false,
            sorted: OnceCell::new(),
        }
    }

    /// Leaves out what comes after the keys of secret items.
    pub(super) fn of_secrets(mut self, is_secret: bool) -> Self {
        self.is_secret = is_secret;
        self
    }

    /// The filter for an item, e.g. `[?@.name=='web']`; `None` if only its position selects it. A key
    /// in which only the version differs from that of the item's `partner` is written without it.
    pub(super) fn of(&self, at: usize, partner: Option<&Node>) -> Option<String> {
        let item = &self.items[at];
        match self.key {
            ListKey::Position => None,
            ListKey::Scalar => self.of_scalar(item, partner),
            ListKey::Fields(fields) => {
                let mut tests = Vec::new();
                for (i, field) in fields.iter().enumerate() {
                    let below = item.entry(field)?;
                    let path = format!("@{}", member(field));
                    let partner = partner.and_then(|partner| partner.entry(field));
                    match partner.and_then(|p| self.stem_test(&path, below, p, i)) {
                        Some(test) => tests.push(test),
                        None => self.tests(&path, (field, below), &mut tests),
                    }
                }
                (!tests.is_empty()).then(|| format!("[?{}]", tests.join(" && ")))
            }
        }
    }

    /// The test for a key without its version, if that differs from the partner's.
    fn stem_test(&self, path: &str, node: &Node, partner: &Node, field: usize) -> Option<String> {
        let text = scalar_text(node);
        let stem = (text != scalar_text(partner)).then(|| stem(text))??;
        stem.is_alone(&self.sorted()[field])
            .then(|| format!("search({path},{})", regex_quoted(&stem.head, stem.tail)))
    }

    fn of_scalar(&self, item: &Node, partner: Option<&Node>) -> Option<String> {
        let text = scalar_text(item);
        if self.is_secret {
            let stem = stem(text).filter(|stem| stem.is_alone(&self.sorted()[0]))?;
            return Some(format!(
                "[?search(@,{})]",
                regex_quoted(&stem.head, stem.tail)
            ));
        }
        match partner.and_then(|partner| self.stem_test("@", item, partner, 0)) {
            Some(search) => Some(format!("[?{search}]")),
            // Of a document in a string only the position stays when it changes.
            None if self.repeated.contains(text) || partner.is_some() && text.contains('\n') => {
                None
            }
            None => Some(format!("[?@=={}]", literal(item, None, self.rename))),
        }
    }

    fn sorted(&self) -> &[Vec<&'a str>] {
        self.sorted.get_or_init(|| {
            let sorted = |text: &dyn Fn(&'a Node) -> Option<&'a str>| {
                let mut texts: Vec<&str> = self.items.iter().filter_map(text).collect();
                texts.sort_unstable();
                texts
            };
            match self.key {
                ListKey::Fields(fields) => fields
                    .iter()
                    .map(|field| sorted(&|item| item.entry(field).map(scalar_text)))
                    .collect(),
                ListKey::Scalar | ListKey::Position => {
                    vec![sorted(&|item| Some(scalar_text(item)))]
                }
            }
        })
    }

    /// Adds the tests for a key's value: for itself, or for the entries of a mapping such as `target`.
    fn tests(&self, path: &str, (key, node): (&str, &Node), into: &mut Vec<String>) {
        match &node.content {
            Content::Scalar(_) => {
                into.push(format!("{path}=={}", literal(node, Some(key), self.rename)));
            }
            Content::Mapping { entries, .. } => {
                for entry in entries {
                    let path = format!("{path}{}", member(entry.name()));
                    self.tests(&path, (entry.name(), &entry.value), into);
                }
            }
            Content::Sequence { .. } | Content::Alias(_) => {}
        }
    }
}

/// The filter for a new item of a list without keys, by the first scalar in it that no other item has
/// at the same place.
pub(super) fn distinguishing_filter(
    at: usize,
    source: &[Node],
    target: &[Node],
    naming: &Naming,
) -> Option<String> {
    const ENOUGH: usize = 20;
    /// Limits the time; real lists without keys are far shorter.
    const MANY: usize = 1000;
    if source.len() + target.len() > MANY {
        return None;
    }
    let mut leaves = Vec::new();
    scalars(&source[at], &mut Vec::new(), ENOUGH, &mut leaves);
    leaves.into_iter().find_map(|steps| {
        let text_in = |item: &Node, naming: Option<&Naming>| {
            let node = steps.iter().try_fold(item, |node, step| node.child(step))?;
            let is_line = matches!(&node.content, Content::Scalar(s) if !s.text.contains('\n'));
            let key = match steps.last() {
                Some(Step::Key(key)) => Some(key.as_str()),
                _ => None,
            };
            is_line.then(|| literal(node, key, naming))
        };
        let own = text_in(&source[at], Some(naming))?;
        let mut others = source.iter().enumerate().filter(|(i, _)| *i != at);
        let is_shared = others.any(|(_, item)| text_in(item, Some(naming)).as_ref() == Some(&own))
            || target
                .iter()
                .any(|item| text_in(item, None).as_ref() == Some(&own));
        (!is_shared && own.len() <= 200).then(|| {
            let path: String = steps.iter().map(selector::step).collect();
            format!("[?@{path}=={own}]")
        })
    })
}

/// The paths to the first scalars of an item.
fn scalars(node: &Node, here: &mut Vec<Step>, enough: usize, into: &mut Vec<Vec<Step>>) {
    let mut below = |step: Step, node: &Node, into: &mut Vec<Vec<Step>>| {
        if into.len() < enough {
            here.push(step);
            scalars(node, here, enough, into);
            here.pop();
        }
    };
    match &node.content {
        Content::Scalar(_) => into.push(here.clone()),
        Content::Mapping { entries, .. } => {
            for entry in entries {
                below(Step::Key(entry.name().to_owned()), &entry.value, into);
            }
        }
        Content::Sequence { items, .. } => {
            for (index, item) in items.iter().enumerate() {
                below(Step::Index(index), item, into);
            }
        }
        Content::Alias(_) => {}
    }
}

/// A scalar as a `JSONPath` literal, as it will be in the target; `key` is that of its entry.
fn literal(node: &Node, key: Option<&str>, rename: Option<&Naming>) -> String {
    match node.value().to_json() {
        Json::String(text) => match rename {
            Some(naming) => quoted(&renamed_scalar(&text, key, naming)),
            None => quoted(&text),
        },
        other => other.to_string(),
    }
}
