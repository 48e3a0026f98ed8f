//! Comparing and deciding over all chosen files.
//!
//! # Why
//!
//! Deciding needs to know everything: which selectors are exact, which versions
//! move elsewhere. Holding every parsed file until then would cost memory that
//! follows the repository. So files are compared one by one (a few at a
//! time, on several threads), only their differences, facts and the text that the
//! plan shows are kept, and the few that change are parsed again.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::EngineError;
use super::decide::{self, Facts};
use super::gather::Pairs;
use super::load::{self, Loaded, Places};
use super::pair::FilePair;
use super::rules::Rules;
use super::selection::{Matches, Selection};
use super::spread::spread;
use crate::document::{self, Base, Difference, Promotion, Sides};
use crate::domain::{ApplicationName, FileMode, Naming};
use crate::plan::{Content, FileFault, Warning};
use crate::port::{Progress, RepositoryError, Snapshot};
use crate::yaml::Stream;

/// What files are read with.
pub(super) struct Files<'a> {
    pub source: &'a dyn Snapshot,
    pub target: &'a dyn Snapshot,
    pub naming: &'a Naming,
    pub rules: &'a Rules<'a>,
    pub progress: &'a dyn Progress,
}

/// Everything that differs, not decided yet.
pub(super) struct Compared {
    pub files: Vec<ComparedFile>,
    pub selection: Selection,
    pub present: BTreeSet<ApplicationName>,
}

/// One file that differs.
pub(super) struct ComparedFile {
    pub pair: FilePair,
    pub body: Body,
}

/// What differs in it.
pub(super) enum Body {
    /// Both sides are YAML; the target's text is part of the plan, so it is not read again.
    Fields { fields: Vec<Field>, before: Vec<u8> },
    /// One side only, or not YAML: it moves whole or not at all.
    Whole { matches: Matches },
    /// One side cannot be read.
    Fault { fault: FileFault, matches: Matches },
}

/// One difference with what is known about it.
pub(super) struct Field {
    pub difference: Difference,
    pub selector: String,
    pub facts: Facts,
}

impl Files<'_> {
    /// Compares every pair.
    pub(super) fn compare(
        &self,
        pairs: Pairs,
        selection: Selection,
    ) -> Result<Compared, EngineError> {
        let all = pairs.files.len();
        let done = AtomicUsize::new(0);
        let bodies = spread(&pairs.files, |pair| {
            let body = self.body(pair, &selection);
            self.progress
                .files(done.fetch_add(1, Ordering::Relaxed) + 1, all);
            body
        })?;
        let files = (pairs.files.into_iter().zip(bodies))
            .filter(|(_, body)| !matches!(body, Body::Fields { fields, .. } if fields.is_empty()))
            .map(|(pair, body)| ComparedFile { pair, body })
            .collect();
        Ok(Compared {
            files,
            selection,
            present: pairs.present,
        })
    }

    fn body(&self, pair: &FilePair, selection: &Selection) -> Result<Body, EngineError> {
        let path = pair.path.as_str();
        let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
        let fault = |path: &str, fault: load::Fault| Body::Fault {
            fault: file_fault(path, fault, pair),
            matches: selection.of(|c| c.matches_file(pair.path.as_str())),
        };
        let whole = || Body::Whole {
            matches: selection.of(|c| c.matches_file(path)),
        };
        if pair.is_submodule() {
            return Ok(whole());
        }
        let (source, target) = match (pair.source, pair.target) {
            (Some(source), Some(target)) => (
                load::load(self.source, source, source_path)?,
                load::load(self.target, target, path)?,
            ),
            (Some(source), None) => {
                let loaded = load::load(self.source, source, source_path)?;
                return Ok(match loaded {
                    Loaded::Fault(found) => fault(source_path, found),
                    _ => whole(),
                });
            }
            _ => return Ok(whole()),
        };
        Ok(match (source, target) {
            (Loaded::Fault(found), _) => fault(source_path, found),
            (_, Loaded::Fault(found)) => fault(path, found),
            (Loaded::Yaml(source), Loaded::Yaml(target)) => {
                let fields = self.fields(pair, &source, &target, selection);
                let before = match fields.as_slice() {
                    [] => Vec::new(),
                    _ => target.into_text().into_bytes(),
                };
                Body::Fields { fields, before }
            }
            _ => whole(),
        })
    }

    fn fields(
        &self,
        pair: &FilePair,
        source: &Stream,
        target: &Stream,
        selection: &Selection,
    ) -> Vec<Field> {
        let path = pair.path.as_str();
        let differences = document::compare(&self.sides(pair, source, target));
        let rule = self.rules.of(&pair.application, path);
        let places = Places::new(source, target, self.naming);
        let mut taken = HashSet::new();
        differences
            .into_iter()
            .map(|difference| {
                let matches = selection.of(|c| c.matches(path, &difference, &places));
                let facts = decide::facts(&difference, &rule, &places, matches);
                let selector = unique(&selector(path, &difference), &mut taken);
                Field {
                    difference,
                    selector,
                    facts,
                }
            })
            .collect()
    }

    fn sides<'s>(
        &'s self,
        pair: &'s FilePair,
        source: &'s Stream,
        target: &'s Stream,
    ) -> Sides<'s> {
        Sides {
            source,
            target,
            base: Base::Target,
            naming: self.naming,
            file: pair.path.file_name(),
        }
    }

    /// The target's text with the promoted fields in it.
    pub(super) fn merged(
        &self,
        pair: &FilePair,
        promotions: &[Promotion<'_>],
    ) -> Result<Result<Vec<u8>, String>, RepositoryError> {
        let path = pair.path.as_str();
        let source_path = pair.source_path.as_ref().map_or(path, |p| p.as_str());
        let (Some(source), Some(target)) = (pair.source, pair.target) else {
            return Ok(Err("one side of the file is missing".to_owned()));
        };
        let source = load::load(self.source, source, source_path)?;
        let target = load::load(self.target, target, path)?;
        let (Loaded::Yaml(source), Loaded::Yaml(target)) = (source, target) else {
            return Ok(Err("the file is not YAML".to_owned()));
        };
        let sides = self.sides(pair, &source, &target);
        Ok(document::merge(&sides, promotions)
            .map(String::into_bytes)
            .map_err(|error| chain(&error)))
    }

    pub(super) fn content(
        snapshot: &dyn Snapshot,
        file: super::pair::FileObject,
    ) -> Result<Content, RepositoryError> {
        let bytes = match file.mode {
            // As Git itself shows it; its commit is in another repository.
            FileMode::Submodule => format!("Subproject commit {}\n", file.id).into_bytes(),
            FileMode::Directory => Vec::new(),
            _ => snapshot.read_blob(file.id)?,
        };
        Ok(Content {
            mode: file.mode,
            bytes,
        })
    }

    /// A new file's content: the source's, with the names replaced that its path replaced.
    pub(super) fn renamed(&self, pair: &FilePair, content: Content) -> (Content, Option<Warning>) {
        let Ok(text) = std::str::from_utf8(&content.bytes) else {
            return (content, None);
        };
        let renamed = self.naming.rename_with(text, &pair.renames);
        let warning = self.naming.names_source_in_text(&renamed).then(|| Warning {
            path: Some(pair.path.to_string()),
            message: format!("the new file still names `{}`", self.naming.source().name),
        });
        if renamed == text {
            return (content, warning);
        }
        (
            Content {
                bytes: renamed.into_bytes(),
                ..content
            },
            warning,
        )
    }
}

fn file_fault(path: &str, fault: load::Fault, pair: &FilePair) -> FileFault {
    FileFault {
        path: path.to_owned(),
        line: fault.line,
        column: fault.column,
        message: fault.message,
        application: pair.application.clone(),
        is_chosen: true,
    }
}

/// An error with its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// `FILE[#DOCUMENT][:PATH]`.
fn selector(path: &str, difference: &Difference) -> String {
    let mut selector = path.to_owned();
    if difference.document.is_needed {
        selector.push('#');
        selector.push_str(&difference.document.text);
    }
    if !difference.path.is_empty() {
        selector.push(':');
        selector.push_str(&difference.path);
    }
    selector
}

/// Two differences at one place (an item that goes where another comes) need two selectors.
fn unique(selector: &str, taken: &mut HashSet<String>) -> String {
    let mut candidate = selector.to_owned();
    let mut n = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{selector}~{n}");
        n += 1;
    }
    candidate
}
