//! The options of commands that write: how, with which message, and whether to ask first.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};

use super::diff::DetailArguments;
use super::proposal::ProposalArguments;
use crate::domain::{Action, GuardName};
use crate::engine::{Allow, MessageChoice, Request};

/// How a plan is shown and applied.
#[derive(Args, Debug)]
pub struct ApplyArguments {
    /// How to promote; default: the action of the policy, otherwise `commit`.
    #[arg(long, value_enum, value_name = "ACTION", help_heading = "Promotion")]
    pub action: Option<ActionArg>,

    /// Only show the preview, like `--action none`.
    #[arg(long, help_heading = "Promotion")]
    pub dry_run: bool,

    /// The title of the commit and of the pull request.
    #[arg(short, long, value_name = "TEXT", value_parser = title, help_heading = "Promotion")]
    pub message: Option<String>,

    /// The body of the commit message, and the text above the preview in the pull request.
    #[arg(long, value_name = "TEXT", help_heading = "Promotion")]
    pub body: Option<String>,

    /// Lift the holds of this guard; recorded in the commit; repeatable.
    #[arg(long, value_name = "GUARD", value_parser = allow_arg(), action = ArgAction::Append, help_heading = "Promotion")]
    pub allow: Vec<AllowArg>,

    /// Run this shell command on the planned files before anything is committed, and hold the promotion
    /// if it fails; repeatable.
    #[arg(long, value_name = "COMMAND", value_parser = command, help_heading = "Promotion")]
    pub verify: Vec<String>,

    /// The options of the pull request.
    #[command(flatten)]
    pub proposal: ProposalArguments,

    /// Do not ask for confirmation.
    #[arg(short, long, help_heading = "Promotion")]
    pub yes: bool,

    /// How much of the preview to show.
    #[command(flatten)]
    pub detail: DetailArguments,
}

/// The values of `--action`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActionArg {
    /// Commit to the target branch, and push if there is a remote.
    Commit,
    /// Open or update a pull request.
    PullRequest,
    /// Only show the preview.
    None,
}

/// A value of `--allow`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AllowArg {
    /// The holds of this guard are lifted.
    Guard(GuardName),
    /// All holds are lifted.
    All,
}

impl AllowArg {
    /// The name of the guard, or `all`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guard(guard) => guard.as_str(),
            Self::All => "all",
        }
    }
}

/// Parses a value of `--allow`: the name of a guard, or `all`.
pub(super) fn allow_arg() -> impl TypedValueParser<Value = AllowArg> {
    let guards = GuardName::ALL
        .iter()
        .map(|guard| PossibleValue::new(guard.as_str()).help(guard.about()));
    let all = PossibleValue::new("all").help("Lift all holds");
    PossibleValuesParser::new(guards.chain([all])).map(|text| {
        let guard = GuardName::ALL.iter().find(|guard| guard.as_str() == text);
        guard.map_or(AllowArg::All, |guard| AllowArg::Guard(*guard))
    })
}

impl From<ActionArg> for Action {
    fn from(action: ActionArg) -> Self {
        match action {
            ActionArg::Commit => Self::Commit,
            ActionArg::PullRequest => Self::PullRequest,
            ActionArg::None => Self::None,
        }
    }
}

fn title(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("the title must not be empty"),
        _ => Ok(text.to_owned()),
    }
}

fn command(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("the command must not be empty"),
        _ => Ok(text.to_owned()),
    }
}

impl ApplyArguments {
    /// The request with these options.
    pub fn add_to(&self, request: Request) -> Request {
        let dry_run = self.dry_run.then_some(ActionArg::None);
        let by_option = self.proposal.is_given().then_some(Action::PullRequest);
        let action = dry_run.or(self.action).map(Action::from);
        Request {
            action: action.or(by_option),
            message: MessageChoice {
                title: self.message.clone(),
                body: self.body.clone(),
            },
            proposal: self.proposal.choice(),
            allow: allow(&self.allow),
            manifests: self.detail.manifests(),
            verify: self.verify.clone(),
            ..request
        }
    }

    /// Whether they only ask for a preview.
    pub fn is_preview(&self) -> bool {
        self.dry_run || self.action == Some(ActionArg::None)
    }

    /// Whether an option of the pull request contradicts the action.
    pub fn is_contradictory(&self) -> bool {
        self.action == Some(ActionArg::Commit) && self.proposal.is_given()
    }
}

fn allow(args: &[AllowArg]) -> Allow {
    let guards = args.iter().map(|arg| match arg {
        AllowArg::Guard(name) => Some(*name),
        AllowArg::All => None,
    });
    guards
        .collect::<Option<Vec<_>>>()
        .map_or(Allow::All, Allow::Guards)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::Arguments;

    #[test]
    fn every_guard_and_all_are_accepted() {
        let parse = |guard: &str| {
            let line = ["git-promote", "--from", "a", "--to", "b", "--allow", guard];
            Arguments::from_command_line(line.map(Into::into))
                .map(|arguments| allow(&arguments.promote.apply.allow))
        };
        for guard in GuardName::ALL {
            assert_eq!(parse(guard.as_str()).unwrap(), Allow::Guards(vec![*guard]));
        }
        assert_eq!(parse("all").unwrap(), Allow::All);
        assert!(parse("everything").is_err());
    }

    #[test]
    fn all_includes_a_named_guard() {
        let one = AllowArg::Guard(GuardName::LINK);
        assert_eq!(allow(&[one, AllowArg::All]), Allow::All);
        assert_eq!(allow(&[]), Allow::default());
    }
}
