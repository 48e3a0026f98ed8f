//! The text of one `--only`, `--except` or `--take`, which may be a pattern.

use globset::GlobSet;

use super::key_path::KeyPath;
use super::key_pattern::KeyPattern;
use super::places::{MatchDepth, Places};
use super::rules::glob;
use crate::document::{self, Difference, DocumentLabel};
use crate::domain::{DocumentSelector, Selector, SelectorError};
use crate::engine::compare::keys_of;
use crate::engine::error::EngineError;
use crate::yaml::{Stream, TooManySteps};

/// What makes the file of a selector a glob.
const WILDCARDS: [char; 6] = ['*', '?', '[', '{', '}', '\\'];

/// The text, parsed as a pattern in case it is not exact.
pub(super) struct Choice {
    pub text: String,
    pattern: Result<Pattern, EngineError>,
    keys: Option<KeyPath>,
}

struct Pattern {
    selector: Selector,
    /// `None` if the file is literally the selector's.
    file: Option<GlobSet>,
    keys: Option<KeyPattern>,
}

impl Choice {
    pub(super) fn new(text: &str) -> Self {
        let pattern = Selector::parse(text)
            .map_err(|e: SelectorError| EngineError::from(e))
            .and_then(|selector| {
                let has_wildcards = selector.file.contains(WILDCARDS);
                let file = has_wildcards.then(|| glob(&selector.file)).transpose()?;
                let keys = selector.keys.as_deref().map(KeyPattern::new);
                Ok(Pattern {
                    selector,
                    file,
                    keys,
                })
            });
        Self {
            text: text.to_owned(),
            pattern,
            keys: KeyPath::parse(text),
        }
    }

    /// Whether the pattern matches a difference in a file.
    pub(super) fn matches(
        &self,
        path: &str,
        difference: &Difference,
        places: &Places<'_>,
    ) -> Result<bool, TooManySteps> {
        if self
            .keys
            .as_ref()
            .is_some_and(|k| k.matches(difference, places))
        {
            return Ok(true);
        }
        let Ok(pattern) = &self.pattern else {
            return Ok(false);
        };
        if !pattern.is_file(path) || !pattern.is_document(&difference.document) {
            return Ok(false);
        }
        if let Some(keys) = &pattern.keys {
            return Ok(keys.matches(&keys_of(&difference.path)));
        }
        match &pattern.selector.path {
            Some(path) => places.covers(path, difference, MatchDepth::Above),
            None => Ok(true),
        }
    }

    /// Whether the pattern matches a file as a whole.
    pub(super) fn matches_file(&self, path: &str) -> bool {
        self.pattern.as_ref().is_ok_and(|p| {
            p.is_file(path)
                && p.selector.path.is_none()
                && p.selector.document.is_none()
                && p.keys.is_none()
        })
    }

    /// Whether the pattern can match places in a file.
    pub(super) fn names_file(&self, path: &str) -> bool {
        self.keys.is_some() || self.pattern.as_ref().is_ok_and(|p| p.is_file(path))
    }

    /// The file that the pattern names, if it is one without wildcards.
    pub(super) fn literal_file(&self) -> Option<&str> {
        let pattern = self.pattern.as_ref().ok()?;
        let is_literal = self.keys.is_none() && pattern.file.is_none();
        is_literal.then_some(pattern.selector.file.as_str())
    }

    /// Whether the pattern matches a place in a file's documents, equal or not.
    pub(super) fn selects(&self, path: &str, documents: &Stream) -> bool {
        if self.keys.as_ref().is_some_and(|k| k.is_in(documents)) {
            return true;
        }
        let pattern = self.pattern.as_ref();
        pattern.is_ok_and(|pattern| {
            if !pattern.is_file(path) {
                return false;
            }
            let is_there = |index| match (&pattern.selector.path, &pattern.keys) {
                (_, Some(keys)) => keys.is_in(&documents.to_json(index)),
                (Some(path), None) => path
                    .select(&documents.to_json(index))
                    .is_ok_and(|found| !found.is_empty()),
                (None, None) => true,
            };
            document::labels(documents)
                .iter()
                .any(|label| pattern.is_document(label) && is_there(label.index))
        })
    }

    /// Why the text is not a valid pattern.
    pub(super) fn error(self) -> Option<EngineError> {
        match self.keys {
            Some(_) => None,
            None => self.pattern.err(),
        }
    }
}

impl Pattern {
    fn is_file(&self, path: &str) -> bool {
        self.selector.file == path || self.file.as_ref().is_some_and(|file| file.is_match(path))
    }

    fn is_document(&self, label: &DocumentLabel) -> bool {
        match &self.selector.document {
            None => true,
            Some(DocumentSelector::Number(n)) => label.index + 1 == *n,
            Some(DocumentSelector::Identity(text)) => label.text == *text,
        }
    }
}
