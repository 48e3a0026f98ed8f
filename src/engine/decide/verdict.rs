//! Promote or keep, for every difference, with the reason.
//!
//! # Why
//!
//! The first match wins: exact `--except`, exact `--only`, `keep`,
//! pattern `--except`, the rule for the file. What a user names exactly is
//! never second-guessed; everything else only narrows what the rules decide.

use super::facts::{Facts, Modes};
use super::rules::FileRule;
use super::selection::Chosen;
use crate::document::{Difference, VersionField, VersionPairs};
use crate::domain::{Mode, Op, Reason, Relation, Verdict};
use crate::engine::request::Removals;
use crate::inventory::FilePair;

/// Whether a version of the same image is promoted beside this new name.
///
/// # Why
///
/// A new name of an image means nothing without the version that exists under it.
pub(super) fn has_promoted_version_beside<'d>(
    name: &Difference,
    mut promoted: impl Iterator<Item = &'d Difference>,
) -> bool {
    let holder = |d: &Difference| d.place.parent().map(|(parent, _)| parent);
    promoted.any(|other| {
        matches!(
            other.version,
            Some(VersionField::ImageTag | VersionField::ImageDigest)
        ) && other.op != Op::Remove
            && holder(other) == holder(name)
    })
}

/// The verdict on a difference within a file that both sides have.
pub(super) fn of_difference(
    difference: &Difference,
    facts: &Facts,
    chosen: Chosen,
    removals: Removals,
) -> Verdict {
    match chosen {
        Chosen::ExceptExact => return Verdict::keep(Reason::ExceptExact),
        Chosen::OnlyExact => return Verdict::promote(Reason::OnlyExact),
        Chosen::ExceptPattern(_) | Chosen::Not | Chosen::Undecided => {}
    }
    if let Some(reason) = &facts.keep {
        return Verdict::keep(reason.clone());
    }
    match chosen {
        Chosen::ExceptPattern(text) => return Verdict::keep(Reason::ExceptPattern(text)),
        Chosen::Not => return Verdict::keep(Reason::NotSelected),
        _ => {}
    }
    if difference.op == Op::Remove && removals == Removals::Kept {
        return Verdict::keep(Reason::TargetOnly);
    }
    if let Some(path) = &facts.rule_path {
        return Verdict::promote(Reason::Rule(path.clone()));
    }
    if difference.relation == Relation::EnvironmentName {
        return Verdict::keep(Reason::EnvironmentName);
    }
    if facts.modes.all {
        return Verdict::promote(Reason::Rule(Mode::All.to_string()));
    }
    match difference.version {
        Some(field) if facts.modes.versions && difference.op != Op::Remove => {
            Verdict::promote(Reason::Template(field.as_str().to_owned()))
        }
        _ if difference.op == Op::Add => Verdict::keep(Reason::SourceOnly),
        _ => Verdict::keep(Reason::NotVersion),
    }
}

/// A file that only one side has, or that moves whole, with all that decides about it but its text.
pub(in crate::engine) struct WholeFile {
    chosen: Chosen,
    modes: Modes,
    removals: Removals,
    is_new_application: bool,
}

impl WholeFile {
    pub(super) fn new(
        chosen: Chosen,
        rule: &FileRule<'_>,
        removals: Removals,
        is_new_application: bool,
    ) -> Self {
        Self {
            chosen,
            modes: Modes::of(rule),
            removals,
            is_new_application,
        }
    }

    /// Whether the target has no file of the application.
    pub(in crate::engine) fn is_of_new_application(&self) -> bool {
        self.is_new_application
    }

    /// The verdict; `is_kept` where a comment in the file keeps any part of it.
    pub(in crate::engine) fn verdict(&self, pair: &FilePair, is_kept: bool) -> Verdict {
        match &self.chosen {
            Chosen::ExceptExact => return Verdict::keep(Reason::ExceptExact),
            // Not even by its own selector: a commit of a promotion holds files only.
            Chosen::OnlyExact | Chosen::Undecided if pair.is_submodule() => {
                return Verdict::keep(Reason::Submodule);
            }
            Chosen::OnlyExact => return Verdict::promote(Reason::OnlyExact),
            Chosen::ExceptPattern(text) => {
                return Verdict::keep(Reason::ExceptPattern(text.clone()));
            }
            Chosen::Not => return Verdict::keep(Reason::NotSelected),
            Chosen::Undecided => {}
        }
        if is_kept {
            return Verdict::keep(Reason::KeepComment);
        }
        let modes = self.modes;
        match (&pair.source, &pair.target) {
            (Some(_), None) if modes.all => Verdict::promote(Reason::Rule(Mode::All.to_string())),
            (Some(_), None) if modes.versions && self.is_new_application => {
                Verdict::promote(Reason::NewApplication)
            }
            (Some(_), None) => Verdict::keep(Reason::SourceOnly),
            (None, _) if modes.all && self.removals == Removals::Promoted => {
                Verdict::promote(Reason::Rule(Mode::All.to_string()))
            }
            (None, _) => Verdict::keep(Reason::TargetOnly),
            _ => Verdict::keep(Reason::NotYaml),
        }
    }
}

/// Whether a difference that was kept for no better reason goes with a version that moves elsewhere.
pub(super) fn moves_along(
    difference: &Difference,
    verdict: &Verdict,
    facts: &Facts,
    pairs: &VersionPairs,
) -> bool {
    verdict.reason == Reason::NotVersion
        && facts.modes.versions
        && difference.op == Op::Set
        && difference
            .scalars()
            .is_some_and(|(before, after)| pairs.explain(before, after))
}

#[cfg(test)]
mod tests;
