//! Matches `--only` and `--except` with differences.
//!
//! # Why
//!
//! A selector copied from the preview must select exactly that difference, with no escaping rules to
//! learn. So a text that equals a printed selector is exact and matches only that difference; any
//! other text is a pattern: a glob for files with a path in them, or a key path.

use std::collections::HashSet;

use globset::GlobSet;

use super::key_path::KeyPath;
use super::key_pattern::KeyPattern;
use super::places::{MatchDepth, Places};
use super::rules::glob;
use crate::document::{self, Difference, DocumentLabel};
use crate::domain::{DocumentSelector, Selector, SelectorError};
use crate::engine::compare::keys_of;
use crate::engine::error::EngineError;
use crate::engine::request::{Request, TakenSide};
use crate::yaml::{Stream, TooManySteps};

/// The text of one `--only` or `--except`, parsed as a pattern in case it is not exact.
pub(super) struct Choice {
    pub text: String,
    pattern: Result<Pattern, EngineError>,
    keys: Option<KeyPath>,
}

struct Pattern {
    selector: Selector,
    file: GlobSet,
    keys: Option<KeyPattern>,
}

impl Choice {
    pub(super) fn new(text: &str) -> Self {
        let pattern = Selector::parse(text)
            .map_err(|e: SelectorError| EngineError::from(e))
            .and_then(|selector| {
                let file = glob(&selector.file)?;
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
        if self.keys.as_ref().is_some_and(|k| k.matches(difference)) {
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
        let file = pattern.selector.file.as_str();
        (self.keys.is_none() && !file.contains(['*', '?', '[', '{', '\\'])).then_some(file)
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

    /// Whether the text can match anything in this file.
    pub(super) fn is_about(&self, path: &str) -> bool {
        self.text.starts_with(path) || self.names_file(path)
    }

    /// Why the text is not a valid pattern.
    fn error(self) -> Option<EngineError> {
        match self.keys {
            Some(_) => None,
            None => self.pattern.err(),
        }
    }
}

impl Pattern {
    fn is_file(&self, path: &str) -> bool {
        self.selector.file == path || self.file.is_match(path)
    }

    fn is_document(&self, label: &DocumentLabel) -> bool {
        match &self.selector.document {
            None => true,
            Some(DocumentSelector::Number(n)) => label.index + 1 == *n,
            Some(DocumentSelector::Identity(text)) => label.text == *text,
        }
    }
}

/// The choices of `--only`, `--except` and `--take`.
pub(in crate::engine) struct Selection {
    pub(super) only: Vec<Choice>,
    pub(super) except: Vec<Choice>,
    /// Of `--take`, each with its side.
    take: Vec<Choice>,
    sides: Vec<TakenSide>,
}

/// The choices whose file part matches a file, with their indices.
pub(super) struct FileSelection<'s> {
    only: Vec<(usize, &'s Choice)>,
    except: Vec<(usize, &'s Choice)>,
    take: Vec<(usize, &'s Choice)>,
}

impl FileSelection<'_> {
    /// The choices that match.
    pub(super) fn matches(
        &self,
        is_match: impl Fn(&Choice) -> Result<bool, TooManySteps>,
    ) -> Result<Matches, TooManySteps> {
        let hits = |choices: &[(usize, &Choice)]| {
            let mut hits = Vec::new();
            for (i, choice) in choices {
                if is_match(choice)? {
                    hits.push(*i);
                }
            }
            Ok(hits)
        };
        Ok(Matches {
            only: hits(&self.only)?,
            except: hits(&self.except)?,
            take: hits(&self.take)?,
        })
    }
}

/// The indices of the choices whose patterns match one difference.
#[derive(Clone, Default, Debug)]
pub(super) struct Matches {
    pub only: Vec<usize>,
    pub except: Vec<usize>,
    pub take: Vec<usize>,
}

/// What the choices mean for a difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Chosen {
    ExceptExact,
    OnlyExact,
    ExceptPattern(String),
    /// There is an `--only`, and none matches.
    NotSelected,
    /// There is no `--only`, or a pattern of one matches: the rules decide.
    Undecided,
}

impl Selection {
    pub(in crate::engine) fn new(request: &Request) -> Self {
        let choices = |texts: &[String]| texts.iter().map(|t| Choice::new(t)).collect();
        let take = request.take.iter();
        Self {
            only: choices(&request.only),
            except: choices(&request.except),
            sides: take.clone().map(|take| take.side).collect(),
            take: take.map(|take| Choice::new(&take.selector)).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.only.is_empty() && self.except.is_empty() && self.take.is_empty()
    }

    /// The choices that can match differences of a file.
    pub(super) fn for_file(&self, path: &str) -> FileSelection<'_> {
        FileSelection {
            only: naming(&self.only, path),
            except: naming(&self.except, path),
            take: naming(&self.take, path),
        }
    }

    /// The choices for which `is_match` holds.
    pub(super) fn matches(&self, is_match: impl Fn(&Choice) -> bool) -> Matches {
        let hits = |choices: &[Choice]| {
            choices
                .iter()
                .enumerate()
                .filter(|(_, c)| is_match(c))
                .map(|(i, _)| i)
                .collect()
        };
        Matches {
            only: hits(&self.only),
            except: hits(&self.except),
            take: hits(&self.take),
        }
    }

    /// Determines which choices are exact, once all selectors are known.
    ///
    /// `find_places` is called for the choices that match no difference: after a promotion their places
    /// can be equal.
    ///
    /// # Errors
    /// When a choice is neither exact nor a valid pattern, or matches nothing.
    pub(super) fn settle<'a>(
        self,
        all: impl Iterator<Item = (&'a str, &'a Matches)> + Clone,
        find_places: impl Fn(&[&Choice]) -> Result<Vec<bool>, EngineError>,
    ) -> Result<Settled, EngineError> {
        let printed: HashSet<&str> = all.clone().map(|(selector, _)| selector).collect();
        let [mut only, mut except, mut take] =
            [&self.only, &self.except, &self.take].map(|choices| vec![false; choices.len()]);
        for (_, matches) in all {
            for (used, matches) in [
                (&mut only, &matches.only),
                (&mut except, &matches.except),
                (&mut take, &matches.take),
            ] {
                for i in matches {
                    used[*i] = true;
                }
            }
        }
        let is_open = |(choice, used): &(&Choice, &mut bool)| {
            !**used && !printed.contains(choice.text.as_str())
        };
        let all = (self.only.iter().zip(&mut only))
            .chain(self.except.iter().zip(&mut except))
            .chain(self.take.iter().zip(&mut take));
        let (open, is_found): (Vec<&Choice>, Vec<&mut bool>) = all.filter(is_open).unzip();
        for (used, found) in is_found.into_iter().zip(find_places(&open)?) {
            *used = found;
        }
        let settle = |choices: Vec<Choice>, used: &[bool], option| {
            let settled = choices.into_iter().zip(used).map(|(choice, used)| {
                if printed.contains(choice.text.as_str()) {
                    return Ok(SettledChoice::Exact(choice.text));
                }
                if *used {
                    return Ok(SettledChoice::Pattern(choice.text));
                }
                let selector = choice.text.clone();
                Err(choice
                    .error()
                    .unwrap_or_else(|| EngineError::NothingSelected {
                        option,
                        near: near(&selector, &printed),
                        selector,
                    }))
            });
            settled.collect::<Result<Vec<_>, EngineError>>()
        };
        Ok(Settled {
            only: settle(self.only, &only, "--only")?.into(),
            except: settle(self.except, &except, "--except")?.into(),
            take: settle(self.take, &take, "--take")?,
            sides: self.sides,
        })
    }
}

/// The choices whose file part matches a file, with their indices.
fn naming<'c>(choices: &'c [Choice], path: &str) -> Vec<(usize, &'c Choice)> {
    let all = choices.iter().enumerate();
    all.filter(|(_, choice)| choice.names_file(path)).collect()
}

/// Printed selectors that begin with the same file, for the hint.
fn near(selector: &str, printed: &HashSet<&str>) -> Vec<String> {
    let file = selector.split([':', '#']).next().unwrap_or(selector);
    let mut near: Vec<String> = printed
        .iter()
        .filter(|p| p.starts_with(file))
        .map(|p| (*p).to_owned())
        .collect();
    near.sort();
    near.truncate(5);
    near
}

/// A choice that is known to be exact or a pattern.
#[derive(Debug)]
enum SettledChoice {
    Exact(String),
    Pattern(String),
}

/// The choices, each known to be exact or a pattern.
#[derive(Debug)]
pub(super) struct Settled {
    only: SettledChoices,
    except: SettledChoices,
    take: Vec<SettledChoice>,
    sides: Vec<TakenSide>,
}

/// The choices of one option.
#[derive(Debug)]
struct SettledChoices {
    all: Vec<SettledChoice>,
    exact: HashSet<String>,
}

impl From<Vec<SettledChoice>> for SettledChoices {
    fn from(all: Vec<SettledChoice>) -> Self {
        let exact = all.iter().filter_map(|choice| match choice {
            SettledChoice::Exact(text) => Some(text.clone()),
            SettledChoice::Pattern(_) => None,
        });
        Self {
            exact: exact.collect(),
            all,
        }
    }
}

impl Settled {
    /// The patterns of `--only`, with their indices.
    pub(super) fn only_patterns(&self) -> impl Iterator<Item = (usize, &str)> {
        let all = self.only.all.iter().enumerate();
        all.filter_map(|(index, choice)| match choice {
            SettledChoice::Pattern(text) => Some((index, text.as_str())),
            SettledChoice::Exact(_) => None,
        })
    }

    /// The side that the last matching `--take` chooses, should both sides have changed the place.
    pub(super) fn taken(&self, selector: &str, matches: &Matches) -> Option<TakenSide> {
        let is_match = |(index, choice): &(usize, &SettledChoice)| match choice {
            SettledChoice::Exact(text) => text == selector,
            SettledChoice::Pattern(_) => matches.take.contains(index),
        };
        let last = self.take.iter().enumerate().rev().find(is_match)?;
        self.sides.get(last.0).copied()
    }

    /// What the choices mean for a difference.
    pub(super) fn chosen(&self, selector: &str, matches: &Matches) -> Chosen {
        if self.except.exact.contains(selector) {
            return Chosen::ExceptExact;
        }
        if self.only.exact.contains(selector) {
            return Chosen::OnlyExact;
        }
        let pattern = |kinds: &[SettledChoice], hits: &[usize]| {
            hits.iter().find_map(|i| match &kinds[*i] {
                SettledChoice::Pattern(text) => Some(text.clone()),
                SettledChoice::Exact(_) => None,
            })
        };
        if let Some(text) = pattern(&self.except.all, &matches.except) {
            return Chosen::ExceptPattern(text);
        }
        if !self.only.all.is_empty() && pattern(&self.only.all, &matches.only).is_none() {
            return Chosen::NotSelected;
        }
        Chosen::Undecided
    }
}
