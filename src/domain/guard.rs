//! Guards: their names, and how policies set them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a guard's findings do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum GuardLevel {
    /// Nothing: the guard does not run.
    Off,
    /// They are warnings.
    Warn,
    /// They hold the promotion.
    Hold,
}

impl GuardLevel {
    /// The level as `promote.yaml` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Hold => "hold",
        }
    }
}

/// A guard by its name, as the command line, `promote.yaml` and JSON have it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct GuardName {
    name: &'static str,
    about: &'static str,
    default: GuardLevel,
}

impl GuardName {
    /// A pinned version becomes a moving one.
    pub const MOVING_VERSION: Self = Self {
        name: "moving-version",
        about: "A pinned version becomes a moving one such as `latest`",
        default: GuardLevel::Hold,
    };
    /// A release becomes something else.
    pub const VERSION_KIND: Self = Self {
        name: "version-kind",
        about: "A release becomes a commit, a build, a word or a pre-release",
        default: GuardLevel::Hold,
    };
    /// A version goes back.
    pub const ROLLBACK: Self = Self {
        name: "rollback",
        about: "A version goes back",
        default: GuardLevel::Hold,
    };
    /// A version moves without effect.
    pub const STALE_PIN: Self = Self {
        name: "stale-pin",
        about: "A tag moves beside a digest that only the target has, and that wins",
        default: GuardLevel::Hold,
    };
    /// An image becomes another one.
    pub const OTHER_IMAGE: Self = Self {
        name: "other-image",
        about: "An image becomes another one altogether",
        default: GuardLevel::Hold,
    };
    /// A secret or something encrypted changes.
    pub const ENCRYPTED: Self = Self {
        name: "encrypted",
        about: "A secret, or an encrypted value or file, is new or changes",
        default: GuardLevel::Hold,
    };
    /// A symbolic link is new or changes.
    pub const LINK: Self = Self {
        name: "link",
        about: "A symbolic link is new or changes",
        default: GuardLevel::Hold,
    };

    /// A command that verifies the planned files fails.
    pub const VERIFY: Self = Self {
        name: "verify",
        about: "A command of `--verify`, or of `verify` in a policy, fails",
        default: GuardLevel::Hold,
    };

    /// A version moves in some places only.
    pub const HALF_MOVED: Self = Self {
        name: "half-moved",
        about: "The old version stays elsewhere in the files of the application",
        default: GuardLevel::Warn,
    };
    /// A promoted value names the source or another lower environment.
    pub const ENVIRONMENT_NAME: Self = Self {
        name: "environment-name",
        about: "A promoted value or a new file names a lower environment",
        default: GuardLevel::Warn,
    };
    /// Very many files change.
    pub const MASS_CHANGE: Self = Self {
        name: "mass-change",
        about: "More than 50 files of an application change",
        default: GuardLevel::Warn,
    };
    /// Files or documents are deleted.
    pub const DELETION: Self = Self {
        name: "deletion",
        about: "A file or a document is deleted",
        default: GuardLevel::Warn,
    };

    /// All guards, in the order in which they run and are listed.
    pub const ALL: &[Self] = &[
        Self::MOVING_VERSION,
        Self::VERSION_KIND,
        Self::ROLLBACK,
        Self::STALE_PIN,
        Self::OTHER_IMAGE,
        Self::ENCRYPTED,
        Self::LINK,
        Self::VERIFY,
        Self::HALF_MOVED,
        Self::ENVIRONMENT_NAME,
        Self::MASS_CHANGE,
        Self::DELETION,
    ];

    /// The name as text.
    pub fn as_str(self) -> &'static str {
        self.name
    }

    /// What it finds: one sentence without a full stop.
    pub fn about(self) -> &'static str {
        self.about
    }

    /// What its findings do unless a policy sets it.
    pub fn default_level(self) -> GuardLevel {
        self.default
    }
}

impl fmt::Display for GuardName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// How severe a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// It stops nothing.
    Warning,
    /// It holds the promotion unless `--allow` lifts it.
    Hold,
    /// It holds the promotion, and a policy forbids lifting it.
    FinalHold,
}

/// What policies set for guards; whatever is missing is not set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GuardSettings {
    /// The level of each guard.
    pub levels: BTreeMap<GuardName, GuardLevel>,
    /// The guards whose holds `--allow` may lift.
    pub allow: Option<BTreeSet<GuardName>>,
}

impl GuardSettings {
    /// These settings, with those of `other` where they are not set.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        for (guard, level) in &other.levels {
            self.levels.entry(*guard).or_insert(*level);
        }
        self.allow = self.allow.or_else(|| other.allow.clone());
        self
    }

    /// The severity of a guard's findings; `None` if the guard is off.
    pub fn severity(&self, guard: GuardName) -> Option<Severity> {
        let may_lift = || {
            self.allow
                .as_ref()
                .is_none_or(|allow| allow.contains(&guard))
        };
        match self.levels.get(&guard).copied().unwrap_or(guard.default) {
            GuardLevel::Off => None,
            GuardLevel::Warn => Some(Severity::Warning),
            GuardLevel::Hold if may_lift() => Some(Severity::Hold),
            GuardLevel::Hold => Some(Severity::FinalHold),
        }
    }

    /// The names of the settings that are set, as in `promote.yaml`.
    pub fn names(&self) -> Vec<String> {
        let levels = self.levels.keys().map(|guard| format!("guards.{guard}"));
        let allow = self.allow.iter().map(|_| "allow".to_owned());
        levels.chain(allow).collect()
    }
}
