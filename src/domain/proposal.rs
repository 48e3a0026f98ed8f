//! The settings of a pull request, other than its texts and its branch.

use std::fmt;

/// Settings for pull requests from a policy or a command line; `None` is not set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PullRequestSettings {
    /// Whether a new one is a draft.
    pub draft: Option<bool>,
    /// Labels to add.
    pub labels: Option<Vec<String>>,
    /// People to request a review from.
    pub reviewers: Option<Vec<String>>,
    /// Teams to request a review from, by their short names.
    pub teams: Option<Vec<String>>,
    /// People to assign it to.
    pub assignees: Option<Vec<String>>,
    /// How auto-merge merges it; `None` means no auto-merge.
    pub auto_merge: Option<MergeMethod>,
}

impl PullRequestSettings {
    /// The names of all settings, as in `promote.yaml`.
    pub const NAMES: [&str; 6] = [
        "pullRequest.draft",
        "pullRequest.labels",
        "pullRequest.reviewers",
        "pullRequest.teams",
        "pullRequest.assignees",
        "pullRequest.autoMerge",
    ];

    /// These settings, with those of `other` where they are not set.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            draft: self.draft.or(other.draft),
            labels: self.labels.or_else(|| other.labels.clone()),
            reviewers: self.reviewers.or_else(|| other.reviewers.clone()),
            teams: self.teams.or_else(|| other.teams.clone()),
            assignees: self.assignees.or_else(|| other.assignees.clone()),
            auto_merge: self.auto_merge.or(other.auto_merge),
        }
    }

    /// Both settings combined: all labels and people, a draft if either is one, and the merge method of
    /// `self`, else of `other`.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let all = |a: Option<Vec<String>>, b: &Option<Vec<String>>| match (a, b) {
            (Some(mut a), Some(b)) => {
                let missing: Vec<_> = b.iter().filter(|x| !a.contains(x)).cloned().collect();
                a.extend(missing);
                Some(a)
            }
            (a, b) => a.or_else(|| b.clone()),
        };
        Self {
            draft: match (self.draft, other.draft) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (a, b) => a.or(b),
            },
            labels: all(self.labels, &other.labels),
            reviewers: all(self.reviewers, &other.reviewers),
            teams: all(self.teams, &other.teams),
            assignees: all(self.assignees, &other.assignees),
            auto_merge: self.auto_merge.or(other.auto_merge),
        }
    }

    /// The names of the settings that are set, as in `promote.yaml`.
    pub fn names(&self) -> Vec<&'static str> {
        let is_set = [
            self.draft.is_some(),
            self.labels.is_some(),
            self.reviewers.is_some(),
            self.teams.is_some(),
            self.assignees.is_some(),
            self.auto_merge.is_some(),
        ];
        let all = Self::NAMES.into_iter().zip(is_set);
        all.filter(|(_, is_set)| *is_set)
            .map(|(name, _)| name)
            .collect()
    }
}

/// How a forge's auto-merge merges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MergeMethod {
    /// A merge commit.
    Merge,
    /// One commit with all changes.
    Squash,
    /// The commits, rebased onto the base.
    Rebase,
}

impl fmt::Display for MergeMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Merge => "merge",
            Self::Squash => "squash",
            Self::Rebase => "rebase",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(draft: Option<bool>, labels: &[&str]) -> PullRequestSettings {
        PullRequestSettings {
            draft,
            labels: Some(labels.iter().map(ToString::to_string).collect()),
            ..PullRequestSettings::default()
        }
    }

    #[test]
    fn each_setting_comes_from_the_stronger_one_that_sets_it() {
        let strong = PullRequestSettings {
            draft: Some(false),
            ..PullRequestSettings::default()
        };
        assert_eq!(
            strong.or(&labels(Some(true), &["a"])),
            labels(Some(false), &["a"])
        );
    }

    #[test]
    fn combined_settings_have_everything_once() {
        let both = labels(None, &["a", "b"]).and(&labels(Some(true), &["b", "c"]));
        assert_eq!(both, labels(Some(true), &["a", "b", "c"]));
    }
}
