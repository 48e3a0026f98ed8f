//! Promote or keep, for every difference, with the reason.
//!
//! # Why
//!
//! The first that speaks decides: exact `--except`, exact `--only`, `keep`,
//! pattern `--except`, the rule for the file. What a user names exactly is
//! never second-guessed; everything else only narrows what the rules decide.

use super::load::{Places, Reach};
use super::pair::FilePair;
use super::request::Removals;
use super::rules::FileRule;
use super::selection::{Chosen, Matches};
use crate::document::{Difference, VersionField, VersionPairs};
use crate::domain::{Mode, Op, Promote, Reason, Relation, Verdict};

/// What the configuration and the comments say about a difference; found while its file is open.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// What keeps it, if anything.
    pub keep: Option<Reason>,
    /// The rule's expression that promotes it, if any.
    pub rule_path: Option<String>,
    /// The modes that the file's rule names.
    pub modes: Modes,
    /// The choices that match it.
    pub matches: Matches,
}

/// The modes that apply to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Modes {
    pub versions: bool,
    pub all: bool,
}

impl Modes {
    pub(super) fn of(rule: &FileRule<'_>) -> Self {
        Self {
            versions: rule.has_mode(Mode::Versions),
            all: rule.has_mode(Mode::All),
        }
    }
}

/// Gathers the facts about one difference of a file.
pub(super) fn facts(
    difference: &Difference,
    rule: &FileRule<'_>,
    places: &Places<'_>,
    matches: Matches,
) -> Facts {
    let keep = rule
        .keep()
        .iter()
        .find(|path| places.covers(path, difference, Reach::Below))
        .map(|path| Reason::KeepRule(path.to_string()))
        .or_else(|| places.keeps(difference).then_some(Reason::KeepComment));
    let rule_path = rule.promote().iter().find_map(|p| match p {
        Promote::Path(path) if places.covers(path, difference, Reach::Above) => {
            Some(path.to_string())
        }
        _ => None,
    });
    Facts {
        keep,
        rule_path,
        modes: Modes::of(rule),
        matches,
    }
}

/// Whether a version of the same image is promoted beside this new name.
///
/// # Why
///
/// A new name of an image means nothing without the version that exists under it.
pub(super) fn has_company<'d>(
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
pub(super) fn decide(
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

/// The verdict on a file that only one side has, or that moves whole.
pub(super) fn decide_whole(
    pair: &FilePair,
    chosen: Chosen,
    rule: &FileRule<'_>,
    removals: Removals,
    is_new_application: bool,
    is_kept: bool,
) -> Verdict {
    match chosen {
        Chosen::ExceptExact => return Verdict::keep(Reason::ExceptExact),
        // Not even by its own selector: a commit of a promotion holds files only.
        Chosen::OnlyExact | Chosen::Undecided if pair.is_submodule() => {
            return Verdict::keep(Reason::Submodule);
        }
        Chosen::OnlyExact => return Verdict::promote(Reason::OnlyExact),
        Chosen::ExceptPattern(text) => return Verdict::keep(Reason::ExceptPattern(text)),
        Chosen::Not => return Verdict::keep(Reason::NotSelected),
        Chosen::Undecided => {}
    }
    if is_kept {
        return Verdict::keep(Reason::KeepComment);
    }
    let modes = Modes::of(rule);
    match (&pair.source, &pair.target) {
        (Some(_), None) if modes.all => Verdict::promote(Reason::Rule(Mode::All.to_string())),
        (Some(_), None) if modes.versions && is_new_application => {
            Verdict::promote(Reason::NewApplication)
        }
        (Some(_), None) => Verdict::keep(Reason::SourceOnly),
        (None, _) if modes.all && removals == Removals::Promoted => {
            Verdict::promote(Reason::Rule(Mode::All.to_string()))
        }
        (None, _) => Verdict::keep(Reason::TargetOnly),
        _ => Verdict::keep(Reason::NotYaml),
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
