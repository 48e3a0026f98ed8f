//! The identity of documents.

use std::fmt;

use crate::document::copied_names::renamed_scalar;
use crate::domain::Naming;
use crate::yaml::{Content, Node, embedded};

/// What identifies an object in Kubernetes: group, kind, namespace and name.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Identity {
    /// The API group; empty for the core group.
    pub group: String,
    /// The kind.
    pub kind: String,
    /// The namespace, if the document has one.
    pub namespace: Option<String>,
    /// `metadata.name` (or `generateName`); empty for kinds without a name, such as `Kustomization`.
    pub name: String,
}

impl Identity {
    /// The identity of a document, by its root; `None` if it has no kind.
    pub fn of(root: &Node) -> Option<Self> {
        let kind = text_at(root, "kind")?;
        let api = text_at(root, "apiVersion").unwrap_or_default();
        let metadata = root.entry("metadata");
        let within = |key| metadata.and_then(|m| text_at(m, key));
        Some(Self {
            group: api
                .rsplit_once('/')
                .map_or("", |(group, _)| group)
                .to_owned(),
            kind: kind.to_owned(),
            namespace: within("namespace").map(str::to_owned),
            name: within("name")
                .or_else(|| within("generateName"))
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// The identity of the document that a list item holds, as a string or in one of its entries, such
    /// as a patch of a kustomization.
    pub(super) fn held_by(item: &Node) -> Option<Self> {
        let of_string = |node: &Node| match &node.content {
            Content::Scalar(scalar) if node.may_hold_document() => {
                Self::of(embedded(&scalar.text)?.root(0))
            }
            _ => None,
        };
        match &item.content {
            Content::Mapping { entries, .. } => entries.iter().find_map(|e| of_string(&e.value)),
            _ => of_string(item),
        }
    }

    /// The identity with the environments' names made equal, for matching.
    pub(super) fn canonical(&self, naming: &Naming) -> Self {
        let same = |text: &str| naming.canonical(text).into_owned();
        Self {
            group: self.group.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.as_deref().map(same),
            name: same(&self.name),
        }
    }

    /// The identity as it will be in the target.
    pub(super) fn renamed(&self, naming: &Naming) -> Self {
        Self {
            group: self.group.clone(),
            kind: self.kind.clone(),
            namespace: (self.namespace.as_deref())
                .map(|namespace| renamed_scalar(namespace, Some("namespace"), naming)),
            name: renamed_scalar(&self.name, Some("name"), naming),
        }
    }

    /// `Kind/name`, with namespace and group as `detail` requires.
    pub(super) fn label(&self, detail: LabelDetail) -> String {
        let mut label = match detail {
            LabelDetail::Group if !self.group.is_empty() => format!("{}.{}", self.kind, self.group),
            _ => self.kind.clone(),
        };
        if let (LabelDetail::Namespace | LabelDetail::Group, Some(namespace)) =
            (detail, &self.namespace)
        {
            label = format!("{label}/{namespace}");
        }
        if self.name.is_empty() {
            label
        } else {
            format!("{label}/{}", self.name)
        }
    }
}

/// How much of an identity a label contains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum LabelDetail {
    Name,
    Namespace,
    Group,
}

/// How a document is named: by its identity, or its position in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DocumentLabel {
    /// 0-based, in the target (added documents: in the source).
    pub index: usize,
    /// The identity, where it has one.
    pub identity: Option<Identity>,
    /// `Kind/name`, or `2` (1-based) if it has no identity or the identity is not unique.
    pub text: String,
    /// Whether the file has several documents, so that selectors need the label.
    pub is_needed: bool,
}

impl fmt::Display for DocumentLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text of a scalar entry of a mapping.
pub(super) fn text_at<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    match &node.entry(key)?.content {
        Content::Scalar(scalar) => Some(&scalar.text),
        _ => None,
    }
}
