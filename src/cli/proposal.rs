//! The options of a pull request.

use clap::{ArgAction, Args, ValueEnum};

use crate::domain::{MergeMethod, PullRequestSettings};
use crate::engine::{OnForeignCommits, OnRejection, ProposalChoice};

/// The options of a pull request.
#[derive(Args, Clone, Debug, Default)]
pub struct ProposalArguments {
    /// Open the pull request as a draft.
    #[arg(long, help_heading = "Pull request")]
    pub draft: bool,

    /// Add this label, and create it if it does not exist; repeatable.
    #[arg(long, value_name = "NAME", action = ArgAction::Append, help_heading = "Pull request")]
    pub label: Vec<String>,

    /// Request a review from this user or ORG/TEAM; repeatable.
    #[arg(long, value_name = "NAME", value_parser = name, action = ArgAction::Append, help_heading = "Pull request")]
    pub reviewer: Vec<String>,

    /// Assign it to this user; repeatable.
    #[arg(long, value_name = "NAME", value_parser = name, action = ArgAction::Append, help_heading = "Pull request")]
    pub assignee: Vec<String>,

    /// Let the forge merge it once its rules allow; default method: merge.
    #[arg(long, value_enum, value_name = "METHOD", num_args = 0..=1, default_missing_value = "merge", help_heading = "Pull request")]
    pub auto_merge: Option<MergeArg>,

    /// Propose again, even if the pull request was closed without merging.
    #[arg(long, help_heading = "Pull request")]
    pub reopen: bool,

    /// Use a new branch if the promotion's branch has commits that git-promote did not make.
    #[arg(long, help_heading = "Pull request")]
    pub new_branch: bool,
}

/// The values of `--auto-merge`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum MergeArg {
    /// With a merge commit.
    Merge,
    /// As one commit.
    Squash,
    /// By rebasing.
    Rebase,
}

/// Parses the name of a user, or `ORG/TEAM`; a leading `@` is removed.
fn name(text: &str) -> Result<String, String> {
    let is_known = |c: char| c.is_alphanumeric() || "-_.[]".contains(c);
    let is_part = |part: &str| !part.is_empty() && part.chars().all(is_known);
    let name = text.strip_prefix('@').unwrap_or(text);
    if name.split('/').all(is_part) && name.matches('/').count() <= 1 {
        Ok(name.to_owned())
    } else {
        Err("expected the name of a user, or ORG/TEAM".to_owned())
    }
}

impl From<MergeArg> for MergeMethod {
    fn from(method: MergeArg) -> Self {
        match method {
            MergeArg::Merge => Self::Merge,
            MergeArg::Squash => Self::Squash,
            MergeArg::Rebase => Self::Rebase,
        }
    }
}

impl ProposalArguments {
    /// Whether any of them was given, which selects the action `pull-request`.
    pub fn is_given(&self) -> bool {
        let has_names = [&self.label, &self.reviewer, &self.assignee]
            .iter()
            .any(|names| !names.is_empty());
        has_names || self.draft || self.auto_merge.is_some() || self.reopen || self.new_branch
    }

    /// The engine's form of these options.
    pub fn choice(&self) -> ProposalChoice {
        let some = |list: Vec<String>| (!list.is_empty()).then_some(list);
        let (teams, people): (Vec<&String>, Vec<&String>) =
            self.reviewer.iter().partition(|name| name.contains('/'));
        let short = |team: &&String| {
            let name = team.rsplit('/').next().unwrap_or(team);
            name.to_owned()
        };
        ProposalChoice {
            settings: PullRequestSettings {
                draft: self.draft.then_some(true),
                labels: some(self.label.clone()),
                reviewers: some(people.into_iter().cloned().collect()),
                teams: some(teams.iter().map(short).collect()),
                assignees: some(self.assignee.clone()),
                auto_merge: self.auto_merge.map(MergeMethod::from),
            },
            on_rejection: if self.reopen {
                OnRejection::Reopened
            } else {
                OnRejection::Respected
            },
            on_foreign_commits: if self.new_branch {
                OnForeignCommits::NewBranch
            } else {
                OnForeignCommits::Stop
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_users_and_teams_are_accepted() {
        assert_eq!(name("@ada"), Ok("ada".to_owned()));
        assert_eq!(name("acme/release"), Ok("acme/release".to_owned()));
        for text in ["", "a b", "a -->", "a/b/c", "/a"] {
            assert!(name(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_reviewer_with_a_slash_is_a_team() {
        let arguments = ProposalArguments {
            reviewer: vec!["ada".into(), "acme/release".into()],
            ..ProposalArguments::default()
        };
        let settings = arguments.choice().settings;
        assert_eq!(settings.reviewers, Some(vec!["ada".to_owned()]));
        assert_eq!(settings.teams, Some(vec!["release".to_owned()]));
    }
}
