//! The names of documents in selectors.

use std::collections::HashMap;

use super::identity::{DocumentLabel, Identity, LabelDetail};
use super::sides::Sides;
use crate::yaml::Stream;

/// The labels of the documents of a pair of files.
pub(super) struct Labels {
    target: Vec<DocumentLabel>,
    source: Vec<DocumentLabel>,
}

impl Labels {
    pub(super) fn new(sides: &Sides<'_>) -> Self {
        let target = identities(sides.target);
        let source: Vec<Option<Identity>> = identities(sides.source)
            .into_iter()
            .map(|identity| identity.map(|i| i.renamed(sides.naming)))
            .collect();
        let is_needed = target.len() > 1 || source.len() > 1;
        Self {
            target: label(&target, is_needed),
            source: label(&source, is_needed),
        }
    }

    pub(super) fn target(&self, index: usize) -> DocumentLabel {
        self.target[index].clone()
    }

    pub(super) fn source(&self, index: usize) -> DocumentLabel {
        self.source[index].clone()
    }
}

/// The labels of the documents of a single file.
pub fn labels(stream: &Stream) -> Vec<DocumentLabel> {
    let identities = identities(stream);
    label(&identities, identities.len() > 1)
}

fn identities(stream: &Stream) -> Vec<Option<Identity>> {
    (0..stream.documents().len())
        .map(|document| Identity::of(stream.root(document)))
        .collect()
}

fn label(identities: &[Option<Identity>], is_needed: bool) -> Vec<DocumentLabel> {
    const DETAILS: [LabelDetail; 3] = [
        LabelDetail::Name,
        LabelDetail::Namespace,
        LabelDetail::Group,
    ];
    let counts = DETAILS.map(|detail| {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for identity in identities.iter().flatten() {
            *counts.entry(identity.label(detail)).or_default() += 1;
        }
        counts
    });
    identities
        .iter()
        .enumerate()
        .map(|(index, identity)| {
            let text = identity.as_ref().and_then(|identity| {
                let labels = DETAILS.iter().zip(&counts);
                labels
                    .map(|(detail, counts)| (identity.label(*detail), counts))
                    .find(|(text, counts)| counts[text] == 1)
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
