//! The verdict on one difference, or on a file that moves whole, with the reason.
//!
//! # Why
//!
//! The first match wins. For a difference: exact `--except`, exact `--only`, `keep` (rule or
//! comment), pattern `--except`, not selected by `--only`, what a revert takes back, a removal without
//! `--delete`, the rule's expression, the environment's name, the mode, of which `version.rs` keeps a
//! part; nothing promotes what would write the value that is there. For a whole file: the selectors
//! first, then a comment in the file, then the mode. What a user names exactly is never overruled;
//! everything else only narrows what the rules decide. `tests.rs` has both orders as tables.

use super::facts::{Facts, Modes};
use super::rules::FileRule;
use super::selection::Chosen;
use crate::document::{Difference, VersionField, VersionPairs};
use crate::domain::{Mode, Op, Reason, Relation, Verdict};
use crate::engine::request::{NewApplications, Removals};
use crate::inventory::{FilePair, FileRole};
use crate::yaml::Place;

/// The mapping of a version of an image that is promoted.
///
/// # Why
///
/// The target's version may not exist under the image's new name, so the new name only moves with a
/// version.
pub(super) fn mapping_of_version(promoted: &Difference) -> Option<Place> {
    let is_version = matches!(
        promoted.version,
        Some(VersionField::ImageTag | VersionField::ImageDigest)
    );
    let (mapping, _) = promoted.place.parent()?;
    (is_version && promoted.op != Op::Remove).then_some(mapping)
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
        Chosen::OnlyExact if writes_nothing(difference) => {
            return Verdict::keep(Reason::EnvironmentName);
        }
        Chosen::OnlyExact => {
            return match facts.keep {
                Some(Reason::TemplateExpression { .. }) => {
                    Verdict::keep(Reason::TemplateExpression { was_selected: true })
                }
                _ => Verdict::promote(Reason::OnlyExact),
            };
        }
        Chosen::ExceptPattern(_) | Chosen::NotSelected | Chosen::Undecided => {}
    }
    match &facts.keep {
        // What was reverted would seem complete without it.
        Some(Reason::TemplateExpression { .. })
            if is_reverted(facts) && matches!(chosen, Chosen::Undecided) =>
        {
            return Verdict::keep(Reason::TemplateExpression { was_selected: true });
        }
        Some(reason) => return Verdict::keep(reason.clone()),
        None => {}
    }
    match chosen {
        Chosen::ExceptPattern(text) => return Verdict::keep(Reason::ExceptPattern(text)),
        Chosen::NotSelected => return Verdict::keep(Reason::NotSelected),
        _ => {}
    }
    if let Some(verdict) = &facts.reverted {
        return verdict.clone();
    }
    if difference.op == Op::Remove && removals == Removals::Kept {
        return Verdict::keep(Reason::TargetOnly);
    }
    if writes_nothing(difference) {
        return Verdict::keep(Reason::EnvironmentName);
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
            match &facts.version_keep {
                Some(reason) => Verdict::keep(reason.clone()),
                None if facts.past.as_ref().is_some_and(|past| past.is_passed_over) => {
                    Verdict::keep(Reason::PassedOver)
                }
                None => Verdict::promote(Reason::Template(field.as_str().to_owned())),
            }
        }
        _ if difference.op == Op::Add => Verdict::keep(Reason::SourceOnly),
        _ => Verdict::keep(Reason::NotVersion),
    }
}

/// Whether a revert takes the difference back, unless something keeps it.
fn is_reverted(facts: &Facts) -> bool {
    facts.reverted.as_ref().is_some_and(Verdict::is_promote)
}

/// Whether the source's value, with the target's name in it, is what the target has.
fn writes_nothing(difference: &Difference) -> bool {
    difference.op == Op::Set && difference.before == difference.after
}

/// A file that is promoted as a whole or not at all, with what its verdict depends on except its text.
pub(in crate::engine) struct WholeFile {
    chosen: Chosen,
    modes: Modes,
    removals: Removals,
    /// What happens to the application, if the target lacks it.
    new_application: Option<NewApplications>,
    /// Whether the source added or removed it since the last promotion.
    is_changed: bool,
    /// The verdict of a revert, unless the user or a comment decides.
    reverted: Option<Verdict>,
}

impl WholeFile {
    pub(super) fn new(
        chosen: Chosen,
        rule: &FileRule<'_>,
        removals: Removals,
        new_application: Option<NewApplications>,
        is_changed: bool,
        reverted: Option<Verdict>,
    ) -> Self {
        Self {
            chosen,
            modes: Modes::of(rule),
            removals,
            new_application,
            is_changed,
            reverted,
        }
    }

    /// Whether the target has no file of the application.
    pub(in crate::engine) fn is_of_new_application(&self) -> bool {
        self.new_application.is_some()
    }

    /// The verdict; `is_kept` if a comment keeps any part of the file.
    pub(in crate::engine) fn verdict(&self, pair: &FilePair, is_kept: bool) -> Verdict {
        match &self.chosen {
            Chosen::ExceptExact => return Verdict::keep(Reason::ExceptExact),
            // Not even with an exact selector: a promotion only commits files.
            Chosen::OnlyExact | Chosen::Undecided if pair.is_submodule() => {
                return Verdict::keep(Reason::Submodule);
            }
            Chosen::OnlyExact => return Verdict::promote(Reason::OnlyExact),
            Chosen::ExceptPattern(text) => {
                return Verdict::keep(Reason::ExceptPattern(text.clone()));
            }
            Chosen::NotSelected => return Verdict::keep(Reason::NotSelected),
            Chosen::Undecided => {}
        }
        if is_kept {
            return Verdict::keep(Reason::KeepComment);
        }
        if let Some(verdict) = &self.reverted {
            return verdict.clone();
        }
        let is_new = self.new_application.is_some() && pair.target.is_none();
        if pair.role == FileRole::Unrelated || pair.role == FileRole::Attached && !is_new {
            return Verdict::keep(Reason::NotDeployed);
        }
        let modes = self.modes;
        match (&pair.source, &pair.target) {
            (Some(_), None) | (None, Some(_)) if modes.changes && self.is_changed => {
                Verdict::promote(Reason::ChangedInSource)
            }
            (Some(_), None) if modes.all => Verdict::promote(Reason::Rule(Mode::All.to_string())),
            (Some(_), None) => match self.new_application {
                Some(NewApplications::Promoted) if modes.versions => {
                    Verdict::promote(Reason::NewApplication)
                }
                Some(_) => Verdict::keep(Reason::NewApplication),
                None => Verdict::keep(Reason::SourceOnly),
            },
            (None, _) if modes.all && self.removals == Removals::Promoted => {
                Verdict::promote(Reason::Rule(Mode::All.to_string()))
            }
            (None, _) => Verdict::keep(Reason::TargetOnly),
            _ => Verdict::keep(Reason::NotYaml),
        }
    }
}

/// Whether a difference makes the same change as a promoted version and was only kept because it is
/// not a version itself.
pub(super) fn moves_along(
    difference: &Difference,
    verdict: &Verdict,
    facts: &Facts,
    pairs: &VersionPairs,
) -> bool {
    verdict.reason == Reason::NotVersion
        && facts.modes.versions
        && difference.secret.is_none()
        && difference.op == Op::Set
        && difference
            .scalars()
            .is_some_and(|(before, after)| pairs.explain(before, after))
}

#[cfg(test)]
mod tests;
