//! Collects what a verdict depends on: rules, comments and selectors that match a difference.

use super::places::{MatchDepth, Places};
use super::rules::{FileRule, Rules};
use super::selection::{Matches, Selection};
use super::version;
use crate::document::{Difference, Value, changes_expression, is_wanted, version_of};
use crate::domain::{CommitId, Mode, Naming, Op, Promote, Reason, Relation, Verdict};
use crate::engine::compare::{BaseFile, OpenPair};
use crate::engine::history::{Past, PlacePast, Reference, references};
use crate::inventory::FileRole;
use crate::yaml::{Node, TooManySteps};

/// What matches a difference; collected while its file is open.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Facts {
    /// The rule or comment that keeps it, if any.
    pub(super) keep: Option<Reason>,
    /// The rule's expression that promotes it, if any.
    pub(super) rule_path: Option<String>,
    /// Why the mode `versions` keeps it although it is a version field, if so.
    pub(super) version_keep: Option<Reason>,
    /// What the history shows about it, where it was read.
    pub(super) past: Option<PlacePast>,
    /// Whether the source's value contains an environment's name.
    pub(super) names_environment: bool,
    /// Whether the target's value contains one.
    pub(super) target_names_environment: bool,
    /// The texts of an addition that can refer to files, where the history was read.
    pub(super) references: Vec<Reference>,
    /// The verdict of a revert, unless the user or a rule decides.
    pub(in crate::engine) reverted: Option<Verdict>,
    /// The modes of the file's rule.
    pub(super) modes: Modes,
    /// The choices that match it.
    pub(super) matches: Matches,
}

impl Facts {
    /// Whether the choice of `--only` with this index matches it.
    pub(super) fn is_matched_by_only(&self, index: usize) -> bool {
        self.matches.only.contains(&index)
    }

    /// Whether its file's mode needs a base.
    pub(in crate::engine) fn needs_base(&self) -> bool {
        self.modes.changes
    }

    /// The base of its place.
    pub(in crate::engine) fn base(&self) -> BaseFile {
        let base = self.past.as_ref().and_then(|past| past.base);
        base.map_or(BaseFile::Unknown, |base| base.source)
    }

    /// Which side's version is newer, where only the history shows it.
    pub(in crate::engine) fn order(&self) -> Option<Relation> {
        self.past.as_ref()?.order
    }

    /// How many versions were between those of the two sides, as far as the history shows it.
    pub(in crate::engine) fn versions_between(&self) -> Option<usize> {
        self.past.as_ref()?.versions_between
    }

    /// The commit that undid the same change.
    pub(in crate::engine) fn undone_by(&self) -> Option<CommitId> {
        self.past.as_ref()?.undone_by
    }

    /// The source's commits that changed it since its base.
    pub(in crate::engine) fn changed_by(&self) -> &[CommitId] {
        self.past.as_ref().map_or(&[], |past| &past.changed_by)
    }

    /// The texts of an addition that can refer to files.
    pub(in crate::engine) fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Adds the files that it refers to and that the target lacks.
    pub(in crate::engine) fn set_missing_files(&mut self, missing: Vec<String>) {
        if let Some(past) = &mut self.past {
            past.missing_files = missing;
        }
    }

    /// Promotes the wanted version although the last promotions left it out.
    pub(in crate::engine) fn choose_version(&mut self, difference: &Difference, wanted: &str) {
        let is_wanted = |field| {
            let (_, after) = difference.scalars()?;
            Some(is_wanted(version_of(field, after), wanted))
        };
        if difference.version.and_then(is_wanted) == Some(true)
            && let Some(past) = &mut self.past
        {
            past.is_passed_over = false;
        }
    }

    /// Whether the history of its file can change the verdict on a difference; `has_only` if `--only`
    /// was given.
    pub(in crate::engine) fn needs_history(&self, difference: &Difference, has_only: bool) -> bool {
        let is_excluded = !self.matches.except.is_empty() && self.matches.only.is_empty();
        let is_unselected = has_only && self.matches.only.is_empty();
        let is_open = self.keep.is_none() && !is_excluded && !is_unselected;
        let is_version = difference.version.is_some() && difference.op == Op::Set;
        let moves = self.modes.versions && is_version && self.version_keep.is_none();
        is_open && (self.modes.changes || moves)
    }
}

/// The modes that apply to a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Modes {
    pub versions: bool,
    pub changes: bool,
    pub all: bool,
}

impl Modes {
    pub(super) fn of(rule: &FileRule<'_>) -> Self {
        Self {
            versions: rule.has_mode(Mode::Versions) || rule.has_mode(Mode::Changes),
            changes: rule.has_mode(Mode::Changes),
            all: rule.has_mode(Mode::All),
        }
    }
}

/// Collects the facts about the differences of a file while it is open.
pub(in crate::engine) fn facts(
    open: &OpenPair<'_>,
    differences: &[Difference],
    past: Option<&Past>,
    rules: &Rules<'_>,
    selection: &Selection,
    naming: &Naming,
) -> Result<Vec<Facts>, TooManySteps> {
    let path = open.pair.path.as_str();
    let is_deployed = open.pair.role == FileRole::Deployed;
    let rule = rules.for_file(&open.pair.application, path);
    let places = Places::new(open.source, open.target, naming);
    let selection = selection.for_file(path);
    let facts = |difference| {
        let matches = selection.matches(|choice| choice.matches(path, difference, &places))?;
        let mut facts = facts_of(difference, &rule, is_deployed, &places, matches)?;
        if open.lines.is_some() && changes_expression(difference) {
            facts.keep = Some(Reason::TemplateExpression {
                was_selected: false,
            });
        }
        if let Some(past) = past {
            facts.past = Some(past.of(difference, naming));
            let value = source_value(difference, open);
            let has_name = |value: &Value| value.has_text(&|text| !naming.in_text(text).is_empty());
            facts.names_environment = value.as_ref().is_some_and(has_name);
            facts.target_names_environment = difference.before.as_ref().is_some_and(has_name);
            if let (Op::Add, Some(value), Some(written)) =
                (difference.op, &value, &difference.after)
            {
                facts.references = references(value, written);
            }
        }
        facts.version_keep = version::keep(difference, open, naming, rule.automation());
        Ok(facts)
    };
    differences.iter().map(facts).collect()
}

/// The value as the source has it.
fn source_value(difference: &Difference, open: &OpenPair<'_>) -> Option<Value> {
    let place = difference.source.as_ref();
    let node = place.and_then(|place| open.source.at(place));
    node.map(Node::value).or_else(|| difference.after.clone())
}

fn facts_of(
    difference: &Difference,
    rule: &FileRule<'_>,
    is_deployed: bool,
    places: &Places<'_>,
    matches: Matches,
) -> Result<Facts, TooManySteps> {
    let mut keep = (!is_deployed).then_some(Reason::NotDeployed);
    for path in rule.keep() {
        if places.covers(path, difference, MatchDepth::Below)? {
            keep = Some(Reason::KeepRule(path.to_string()));
            break;
        }
    }
    let keep = keep.or_else(|| places.keeps(difference).then_some(Reason::KeepComment));
    let mut rule_path = None;
    for promoted in rule.promote() {
        if let Promote::Path(path) = promoted
            && places.covers(path, difference, MatchDepth::Above)?
        {
            rule_path = Some(path.to_string());
            break;
        }
    }
    Ok(Facts {
        keep,
        rule_path,
        version_keep: None,
        past: None,
        names_environment: false,
        target_names_environment: false,
        references: Vec::new(),
        reverted: None,
        modes: Modes::of(rule),
        matches,
    })
}
