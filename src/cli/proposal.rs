//! How a pull request is opened: the options of `promote` for it.

use clap::{ArgAction, Args, ValueEnum};

use crate::domain::{MergeMethod, PullRequestSettings};
use crate::engine::{OnForeignCommits, OnRejection, ProposalChoice};

/// How a promotion is proposed.
#[derive(Args, Clone, Debug, Default)]
pub struct ProposalArguments {
    /// Open the pull request as a draft.
    #[arg(long, help_heading = "Pull request")]
    pub draft: bool,

    /// Give it this label; made if the repository lacks it; repeatable.
    #[arg(long, value_name = "NAME", action = ArgAction::Append, help_heading = "Pull request")]
    pub label: Vec<String>,

    /// Ask this person, or team as ORG/TEAM, for a review; repeatable.
    #[arg(long, value_name = "NAME", value_parser = name, action = ArgAction::Append, help_heading = "Pull request")]
    pub reviewer: Vec<String>,

    /// Assign it to this person; repeatable.
    #[arg(long, value_name = "NAME", value_parser = name, action = ArgAction::Append, help_heading = "Pull request")]
    pub assignee: Vec<String>,

    /// Let the forge merge it as soon as its own rules allow it; without a word, by a merge commit.
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, default_missing_value = "merge", help_heading = "Pull request")]
    pub auto_merge: Option<MergeWord>,

    /// Propose it again, although people closed its pull request without merging.
    #[arg(long, help_heading = "Pull request")]
    pub reopen: bool,

    /// Where people have commits on the promotion's branch, go to the next free name.
    #[arg(long, help_heading = "Pull request")]
    pub new_branch: bool,
}

/// The words of `--auto-merge`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum MergeWord {
    /// By a merge commit.
    Merge,
    /// As one commit.
    Squash,
    /// By putting the commits on top.
    Rebase,
}

/// A name as forges have them: `NAME`, or `ORG/TEAM`.
fn name(text: &str) -> Result<String, String> {
    let is_known = |c: char| c.is_alphanumeric() || "-_.[]".contains(c);
    let is_part = |part: &str| !part.is_empty() && part.chars().all(is_known);
    let name = text.strip_prefix('@').unwrap_or(text);
    if name.split('/').all(is_part) && name.matches('/').count() <= 1 {
        Ok(name.to_owned())
    } else {
        Err("this is no name of a person, nor ORG/TEAM".to_owned())
    }
}

impl From<MergeWord> for MergeMethod {
    fn from(word: MergeWord) -> Self {
        match word {
            MergeWord::Merge => Self::Merge,
            MergeWord::Squash => Self::Squash,
            MergeWord::Rebase => Self::Rebase,
        }
    }
}

impl ProposalArguments {
    /// Whether any of them was given: then a pull request is meant.
    pub fn is_given(&self) -> bool {
        let has_names = [&self.label, &self.reviewer, &self.assignee]
            .iter()
            .any(|names| !names.is_empty());
        has_names || self.draft || self.auto_merge.is_some() || self.reopen || self.new_branch
    }

    /// What the words ask for.
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
    fn only_names_are_names() {
        assert_eq!(name("@ada"), Ok("ada".to_owned()));
        assert_eq!(name("acme/release"), Ok("acme/release".to_owned()));
        for text in ["", "a b", "a -->", "a/b/c", "/a"] {
            assert!(name(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_reviewer_with_an_organisation_is_a_team() {
        let words = ProposalArguments {
            reviewer: vec!["ada".into(), "acme/release".into()],
            ..ProposalArguments::default()
        };
        let settings = words.choice().settings;
        assert_eq!(settings.reviewers, Some(vec!["ada".to_owned()]));
        assert_eq!(settings.teams, Some(vec!["release".to_owned()]));
    }
}
