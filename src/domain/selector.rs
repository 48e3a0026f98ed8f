//! Selectors: how users name a place in the repository.
//!
//! `FILE[#DOCUMENT][:PATH]` or `FILE:=parent/key`, as the preview prints it; `PATH|PATH` is a place in
//! a document inside a string. An exact selector is
//! compared character by character before anything is parsed; this module only
//! parses patterns.

use std::fmt;

use thiserror::Error;

use crate::yaml::JsonPath;

/// A parsed selector pattern.
#[derive(Clone, Debug)]
pub struct Selector {
    text: String,
    /// A glob over the target's path.
    pub file: String,
    /// Which document.
    pub document: Option<DocumentSelector>,
    /// Which places in it.
    pub path: Option<JsonPath>,
    /// Which places in it, as a glob over keys that `/` joins.
    pub keys: Option<String>,
}

/// Which document of a file a selector means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DocumentSelector {
    /// `#Kind/name`, with group and namespace where written.
    Identity(String),
    /// `#2`: the second document (1-based).
    Number(usize),
}

/// Why a text is not a selector.
#[derive(Debug, Error)]
pub enum SelectorError {
    /// There is no file part.
    #[error("selector `{0}` names no file")]
    NoFile(String),
    /// What follows `#` is neither an identity nor a number from 1.
    #[error("selector `{selector}` names no document: `#{document}`")]
    Document {
        /// The whole selector.
        selector: String,
        /// What follows `#`.
        document: String,
    },
    /// The path after the colon is not a `JSONPath`.
    #[error("selector `{selector}` has a bad path")]
    Path {
        /// The whole selector.
        selector: String,
        /// What is wrong with it.
        #[source]
        source: crate::yaml::JsonPathError,
    },
}

impl Selector {
    /// Parses `FILE[#DOCUMENT][:PATH]` or `FILE:=parent/key`. A selector that starts with `$` is a path
    /// in every file.
    ///
    /// # Errors
    /// [`SelectorError`] if it is not a valid selector.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let (text_before_keys, keys) = match text.split_once(":=") {
            Some((file, keys)) if !file.contains(":$") && !file.starts_with('$') => {
                (file, Some(keys.to_owned()))
            }
            _ => (text, None),
        };
        let (head, path) = if text.starts_with('$') {
            ("**", Some(text))
        } else {
            match text_before_keys.find(":$") {
                Some(at) => (&text[..at], Some(&text[at + 1..])),
                None => (text_before_keys, None),
            }
        };
        let (file, document) = match head.split_once('#') {
            Some((file, document)) => (file, Some(document)),
            None => (head, None),
        };
        if file.is_empty() {
            return Err(SelectorError::NoFile(text.to_owned()));
        }
        let path = path
            .map(|p| {
                JsonPath::parse(p).map_err(|source| SelectorError::Path {
                    selector: text.to_owned(),
                    source,
                })
            })
            .transpose()?;
        let document = document.map(|d| document_selector(text, d)).transpose()?;
        Ok(Self {
            text: text.to_owned(),
            file: file.to_owned(),
            document,
            path,
            keys,
        })
    }

    /// The selector as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn document_selector(selector: &str, document: &str) -> Result<DocumentSelector, SelectorError> {
    let fault = || SelectorError::Document {
        selector: selector.to_owned(),
        document: document.to_owned(),
    };
    if !document.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(DocumentSelector::Identity(document.to_owned()));
    }
    match document.parse() {
        Ok(0) | Err(_) => Err(fault()),
        Ok(number) => Ok(DocumentSelector::Number(number)),
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
