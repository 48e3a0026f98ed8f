//! Differences between source and target, and the decisions about them.

use std::fmt;

use super::CommitId;

/// What promoting a difference does to the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Op {
    /// Both have the place, with another value.
    Set,
    /// Only the source has the place.
    Add,
    /// Only the target has the place.
    Remove,
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Set => "set",
            Self::Add => "add",
            Self::Remove => "remove",
        })
    }
}

/// Why source and target differ at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Relation {
    /// The target has an older version, or the base's value.
    Behind,
    /// The target has a newer version.
    Ahead,
    /// Both changed since the base.
    Diverged,
    /// The values only differ in the environment's name.
    EnvironmentName,
    /// Only the source has it.
    SourceOnly,
    /// Only the target has it.
    TargetOnly,
    /// It cannot be determined.
    Unknown,
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Behind => "behind",
            Self::Ahead => "ahead",
            Self::Diverged => "diverged",
            Self::EnvironmentName => "environment-name",
            Self::SourceOnly => "source-only",
            Self::TargetOnly => "target-only",
            Self::Unknown => "unknown",
        })
    }
}

/// Whether a difference is promoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Decision {
    /// The target takes the source's value.
    Promote,
    /// The target keeps its own.
    Keep,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Promote => "promote",
            Self::Keep => "keep",
        })
    }
}

/// The reason for a decision, as the preview prints it.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum Reason {
    /// `--except` named exactly this place.
    ExceptExact,
    /// `--only` named exactly this place.
    OnlyExact,
    /// A `keep` rule of the configuration; holds its expression.
    KeepRule(String),
    /// A `# promote: keep` comment in the target (or in the source).
    KeepComment,
    /// An `--except` pattern; holds its text.
    ExceptPattern(String),
    /// `--only` was given and does not match this place.
    NotSelected,
    /// The rule for the file; holds the mode or expression that matched.
    Rule(String),
    /// The template's mode; holds what in it matched, e.g. `container image`.
    Template(String),
    /// The same version change is promoted elsewhere in the application's files.
    MovesAlong,
    /// Its value is that of an anchor that is promoted; holds the anchor's name.
    FollowsAnchor(String),
    /// An anchor shares its value with a place that keeps its own.
    SharedAnchor {
        /// The anchor's name.
        anchor: String,
        /// The other place, as a normalized JSONPath.
        place: String,
        /// Whether an exact `--only` selected the difference, or a revert takes it back, which is a
        /// conflict.
        was_selected: bool,
    },
    /// A new file of an application that has no files in the target.
    NewApplication,
    /// Source and target both have a moving version, such as a branch.
    MovingVersion,
    /// Another program writes the target's version; holds the program's name.
    Automation(String),
    /// It only differs in where the same image or source is stored.
    OtherRegistry,
    /// The values only differ in the environment's name.
    EnvironmentName,
    /// Only the target has it, and removals were not requested.
    TargetOnly,
    /// Only the source has it, and it is not a version.
    SourceOnly,
    /// It would change a template expression, which is never done.
    TemplateExpression {
        /// Whether an exact `--only` selected the difference, or a revert takes it back, which is a
        /// conflict.
        was_selected: bool,
    },
    /// Both of the last two promotions left this version out.
    PassedOver,
    /// It came into the source together with a version that is promoted.
    CameWithVersion,
    /// It changed in the source since the last promotion.
    ChangedInSource,
    /// Only the target changed it since the last promotion.
    ChangedInTarget,
    /// Both sides changed it since the last promotion.
    ChangedInBoth {
        /// Whether that is a conflict, because the last promotion is recorded.
        is_conflict: bool,
    },
    /// Both sides changed it, and `--take` decided.
    Taken,
    /// It refers to a file that the target lacks, or was added together with such a reference.
    NeedsFile(String),
    /// Nothing promotes it.
    NotVersion,
    /// The file is not YAML, so it is promoted as a whole or not at all.
    NotYaml,
    /// The file is no manifest, values, template or settings file, or it is in `docs` or a dot folder.
    NotDeployed,
    /// A submodule's commit is not promoted.
    Submodule,
    /// Another file of the application cannot be read or edited.
    ApplicationLeftOut,
    /// The promotion that is reverted made the change, and the target still has it.
    Reverted,
    /// The target changed the place after the promotion that is reverted.
    ChangedSince {
        /// The newest commit that changed it, if the history shows it.
        commit: Option<CommitId>,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExceptExact => f.write_str("excluded by --except"),
            Self::OnlyExact => f.write_str("selected by --only"),
            Self::KeepRule(rule) => write!(f, "keep rule `{rule}`"),
            Self::KeepComment => f.write_str("comment `promote: keep`"),
            Self::ExceptPattern(pattern) => write!(f, "excluded by --except `{pattern}`"),
            Self::NotSelected => f.write_str("not selected by --only"),
            Self::Rule(rule) => write!(f, "rule `{rule}`"),
            Self::Template(what) => write!(f, "{what}"),
            Self::MovesAlong => f.write_str("part of a version change"),
            Self::FollowsAnchor(anchor) => write!(f, "follows anchor `{anchor}`"),
            Self::SharedAnchor { anchor, place, .. } => {
                write!(f, "shared-anchor: `{anchor}` also sets `{place}`")
            }
            Self::NewApplication => f.write_str("new application"),
            Self::MovingVersion => f.write_str("a moving version in both"),
            Self::Automation(program) => write!(f, "updated by {program}"),
            Self::OtherRegistry => f.write_str("another registry or repository"),
            Self::EnvironmentName => f.write_str("environment-specific"),
            Self::TargetOnly => f.write_str("only in the target"),
            Self::SourceOnly => f.write_str("only in the source"),
            Self::TemplateExpression { .. } => f.write_str("template expression"),
            Self::PassedOver => f.write_str("left out by the last two promotions"),
            Self::CameWithVersion => f.write_str("came with the version"),
            Self::ChangedInSource => f.write_str("changed in the source"),
            Self::ChangedInTarget => f.write_str("changed in the target"),
            Self::Taken => f.write_str("decided by --take"),
            Self::ChangedInBoth { .. } => f.write_str("changed in both"),
            Self::NeedsFile(file) => write!(f, "needs `{file}`"),
            Self::NotVersion => f.write_str("not a version"),
            Self::NotYaml => f.write_str("not YAML"),
            Self::NotDeployed => f.write_str("not deployed"),
            Self::Submodule => f.write_str("submodule"),
            Self::ApplicationLeftOut => f.write_str("left out with its application"),
            Self::Reverted => f.write_str("still as it was promoted"),
            Self::ChangedSince { commit: None } => f.write_str("changed since"),
            Self::ChangedSince {
                commit: Some(commit),
            } => write!(f, "changed since by {}", commit.short()),
        }
    }
}

/// A decision and the rule that made it.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Verdict {
    /// Promote or keep.
    pub decision: Decision,
    /// The rule that made the decision.
    pub reason: Reason,
}

impl Verdict {
    /// Promote, for this reason.
    pub fn promote(reason: Reason) -> Self {
        Self {
            decision: Decision::Promote,
            reason,
        }
    }

    /// Keep, for this reason.
    pub fn keep(reason: Reason) -> Self {
        Self {
            decision: Decision::Keep,
            reason,
        }
    }

    /// Whether the difference is promoted.
    pub fn is_promote(&self) -> bool {
        self.decision == Decision::Promote
    }
}
