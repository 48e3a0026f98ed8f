//! How a pull request is opened, beyond its words and its branch.

use std::fmt;

/// What a policy or a command line says about pull requests; `None` says nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PullRequestSettings {
    /// Whether a new one is a draft.
    pub draft: Option<bool>,
    /// Labels that it has at least.
    pub labels: Option<Vec<String>>,
    /// People that are asked for a review.
    pub reviewers: Option<Vec<String>>,
    /// Teams that are asked for a review, by their short names.
    pub teams: Option<Vec<String>>,
    /// People that it is assigned to.
    pub assignees: Option<Vec<String>>,
    /// How the forge merges it by itself.
    pub auto_merge: Option<MergeMethod>,
}

impl PullRequestSettings {
    /// Where `self` is silent, what `other` says.
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

    /// What both ask for together: all labels and people, a draft if one asks for it, and the
    /// first's way to merge.
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

    /// The settings that are made, as `promote.yaml` names them.
    pub fn names(&self) -> Vec<&'static str> {
        let all = [
            (self.draft.is_some(), "pullRequest.draft"),
            (self.labels.is_some(), "pullRequest.labels"),
            (self.reviewers.is_some(), "pullRequest.reviewers"),
            (self.teams.is_some(), "pullRequest.teams"),
            (self.assignees.is_some(), "pullRequest.assignees"),
            (self.auto_merge.is_some(), "pullRequest.autoMerge"),
        ];
        let made = all.into_iter().filter(|(is_made, _)| *is_made);
        made.map(|(_, name)| name).collect()
    }
}

/// How a forge merges by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MergeMethod {
    /// A merge commit.
    Merge,
    /// One commit of all.
    Squash,
    /// The commits on top of the base.
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
    fn the_stronger_speaks_for_each_setting_on_its_own() {
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
    fn together_they_ask_for_everything_once() {
        let both = labels(None, &["a", "b"]).and(&labels(Some(true), &["b", "c"]));
        assert_eq!(both, labels(Some(true), &["a", "b", "c"]));
    }
}
