//! Matches `--only` and `--except` with differences.
//!
//! # Why
//!
//! A selector copied from the preview must select exactly that difference, with no escaping rules to
//! learn. So a text that equals a printed selector is exact and matches only that difference; any
//! other text is a pattern: a glob for files with a path in them, or a key path.

use std::collections::HashSet;

use super::choice::Choice;
use super::choices::Choices;
use crate::engine::error::{EngineError, UnmatchedSelector};
use crate::engine::request::{Request, TakenSide};
use crate::yaml::TooManySteps;

/// The choices of `--only`, `--except` and `--take`.
pub(in crate::engine) struct Selection {
    pub(super) only: Choices,
    pub(super) except: Choices,
    /// Of `--take`, each with its side.
    take: Choices,
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
        let choices = |texts: &[String]| Choices::new(texts.iter().map(String::as_str));
        let take = request.take.iter();
        Self {
            only: choices(&request.only),
            except: choices(&request.except),
            sides: take.clone().map(|take| take.side).collect(),
            take: Choices::new(take.map(|take| take.selector.as_str())),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.only.is_empty() && self.except.is_empty() && self.take.is_empty()
    }

    /// Whether a file that moves as a whole is neither excluded nor left out by `--only`.
    pub(in crate::engine) fn includes_file(&self, path: &str) -> bool {
        (self.only.is_empty() || self.only.has_file(path)) && !self.except.has_file(path)
    }

    /// The choices that can match differences of a file.
    pub(super) fn for_file(&self, path: &str) -> FileSelection<'_> {
        FileSelection {
            only: self.only.naming(path),
            except: self.except.naming(path),
            take: self.take.naming(path),
        }
    }

    /// The choices that match a file as a whole.
    pub(super) fn matches_of_file(&self, path: &str) -> Matches {
        Matches {
            only: self.only.matching_file(path),
            except: self.except.matching_file(path),
            take: self.take.matching_file(path),
        }
    }

    /// Determines which choices are exact, once all selectors are known.
    ///
    /// `find_places` is called for the choices that match no difference: after a promotion their places
    /// can be equal.
    ///
    /// # Errors
    /// When a choice is neither exact nor a valid pattern.
    pub(super) fn settle<'a>(
        self,
        all: impl Iterator<Item = (&'a str, &'a Matches)> + Clone,
        find_places: impl Fn(&[&Choice]) -> Result<Vec<bool>, EngineError>,
    ) -> Result<Settled, EngineError> {
        let printed: HashSet<&str> = all.clone().map(|(selector, _)| selector).collect();
        let [mut only, mut except, mut take] =
            [&self.only, &self.except, &self.take].map(|choices| vec![false; choices.iter().len()]);
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
        let mut unmatched = Vec::new();
        let mut settle = |choices: Choices, used: &[bool], option| {
            let settled = choices
                .into_vec()
                .into_iter()
                .zip(used)
                .map(|(choice, used)| {
                    if printed.contains(choice.text.as_str()) {
                        return Ok(SettledChoice::Exact(choice.text));
                    }
                    let selector = choice.text.clone();
                    if !used {
                        if let Some(error) = choice.error() {
                            return Err(error);
                        }
                        unmatched.push(UnmatchedSelector {
                            option,
                            near: near(&selector, &printed),
                            selector: selector.clone(),
                        });
                    }
                    Ok(SettledChoice::Pattern(selector))
                });
            settled.collect::<Result<Vec<_>, EngineError>>()
        };
        Ok(Settled {
            only: settle(self.only, &only, "--only")?.into(),
            except: settle(self.except, &except, "--except")?.into(),
            take: settle(self.take, &take, "--take")?,
            sides: self.sides,
            unmatched,
        })
    }
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
    /// The choices that match nothing.
    pub(super) unmatched: Vec<UnmatchedSelector>,
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

    /// The first text of `--only`, if it is an exact selector.
    pub(super) fn first_exact_only(&self) -> Option<&str> {
        match self.only.all.first() {
            Some(SettledChoice::Exact(text)) => Some(text),
            Some(SettledChoice::Pattern(_)) | None => None,
        }
    }

    /// The number and side of the last `--take` that matches a place which both sides changed.
    pub(super) fn taken(&self, selector: &str, matches: &Matches) -> Option<(usize, TakenSide)> {
        let is_match = |(index, choice): &(usize, &SettledChoice)| match choice {
            SettledChoice::Exact(text) => text == selector,
            SettledChoice::Pattern(_) => matches.take.contains(index),
        };
        let last = self.take.iter().enumerate().rev().find(is_match)?;
        Some((last.0, *self.sides.get(last.0)?))
    }

    /// The error of a `--take` that matches a difference and decided nothing.
    pub(super) fn unused_take(
        &self,
        matched: &HashSet<usize>,
        used: &HashSet<usize>,
    ) -> Option<EngineError> {
        let mut all = self.take.iter().enumerate();
        let is_unused = |index: &usize| matched.contains(index) && !used.contains(index);
        let (_, unused) = all.find(|(index, _)| is_unused(index))?;
        let (SettledChoice::Exact(text) | SettledChoice::Pattern(text)) = unused;
        Some(EngineError::NothingToTake {
            selector: text.clone(),
        })
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
