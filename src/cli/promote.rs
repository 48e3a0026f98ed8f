//! `git promote`: plan, preview, confirm, apply, report.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};

use super::common_arguments::Output;
use super::console::Console;
use super::diff::DetailArguments;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::proposal::ProposalArguments;
use super::selection::SelectionArguments;
use super::{confirm, disk, interactive};
use crate::domain::{Action, GuardName, Settings};
use crate::engine::{self, Allow, MessageChoice, Prepared, Request};
use crate::port::BODY_LIMIT;
use crate::render::receipt::FaultList;
use crate::render::{Purpose, json_v1, markdown, receipt, text};
use crate::wiring::{Adapters, Prompts};

/// The arguments of a promotion.
#[derive(Args, Debug)]
pub struct PromoteArguments {
    /// What to promote.
    #[command(flatten)]
    pub selection: SelectionArguments,

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

    /// Choose the differences one by one; with `--kept`, also among those that are kept.
    #[arg(short, long, help_heading = "What to promote")]
    pub interactive: bool,

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

/// Parses a value of `--allow`: the name of a guard, or `all`.
fn allow_arg() -> impl TypedValueParser<Value = AllowArg> {
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

fn allow(args: &[AllowArg]) -> Allow {
    let guards = args.iter().map(|arg| match arg {
        AllowArg::Guard(name) => Some(*name),
        AllowArg::All => None,
    });
    guards
        .collect::<Option<Vec<_>>>()
        .map_or(Allow::All, Allow::Guards)
}

/// Plans, shows the preview, asks for confirmation on a terminal, applies and prints the result.
///
/// # Errors
/// When planning or applying fails, or the output cannot be written.
pub async fn run(
    arguments: &PromoteArguments,
    adapters: &Adapters,
    directory: &std::path::Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let settings = disk::settings(
        arguments.selection.branch.config.as_deref(),
        directory,
        console,
    )?;
    let mut request = request(arguments, settings, directory);
    if arguments.interactive {
        request = interactive::choose(adapters, request, arguments.detail, console).await?;
    }
    let progress = Progress::start(console.progress);
    let prepared = engine::prepare(&adapters.ports(&progress), &request).await;
    progress.finish();
    let prepared = prepared?;

    let output = arguments.selection.output;
    if !arguments.yes && console.is_in_pager && would_write(&prepared, &request) {
        return Err(Failure::HiddenQuestion);
    }
    let must_confirm =
        !arguments.yes && console.prompts == Prompts::Terminal && would_write(&prepared, &request);
    if output != Output::Json {
        let preview = if output == Output::Markdown {
            let preview = markdown(&prepared.plan, BODY_LIMIT, Purpose::Preview(&request.allow));
            console.out.write_all(preview.as_bytes())
        } else {
            text::preview(
                console.out,
                &prepared.plan,
                console.stdout,
                arguments.detail.into(),
                &request.allow,
            )
        };
        let preview = preview.and_then(|()| console.out.flush());
        // A reader that closes the output early (`| head`) does not cancel the promotion.
        if let Err(error) = preview
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            return Err(error.into());
        }
    } else if must_confirm {
        // stdout is reserved for the JSON result.
        text::preview(
            console.err,
            &prepared.plan,
            console.stderr,
            arguments.detail.into(),
            &request.allow,
        )?;
    }
    if must_confirm {
        confirm::ask(&prepared, console.err)?;
    }

    let shown = prepared.plan.clone();
    let branch = prepared.branch.name.clone();
    let progress = Progress::start(console.progress);
    let receipt = engine::apply(&adapters.ports(&progress), &request, prepared).await;
    progress.finish();
    let receipt = receipt?;
    let (detail, allow) = (arguments.detail.into(), &request.allow);
    let canvas = console.stdout;
    let applied = receipt.applied(&shown);
    let faults = if output == Output::Text && applied.faults() == shown.faults() {
        FaultList::Hidden
    } else {
        FaultList::Listed
    };
    let written = match output {
        Output::Json => {
            let result = json_v1::Promotion::of(&receipt, &shown, &branch, allow);
            json_v1::write(console.out, &result, console.json)
        }
        Output::Markdown => writeln!(console.out)
            .and_then(|()| receipt::result(console.out, canvas, &receipt, &shown, detail, allow)),
        Output::Text => receipt::result(console.out, canvas, &receipt, &shown, detail, allow),
    };
    let written = written
        .and_then(|()| console.out.flush())
        .and_then(|()| receipt::explanation(console.err, console.stderr, &receipt))
        .and_then(|()| receipt::left_out(console.err, console.stderr, applied, faults));
    match written {
        // A closed output is not a failure of the promotion.
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(match receipt::summary(&receipt) {
                Some(summary) => Failure::Unreported { summary, source },
                None => Failure::Output(source),
            })
        }
        _ => Ok(match Exit::from(&receipt) {
            Exit::Done if applied.chosen_faults().next().is_some() => Exit::Failed,
            exit => exit,
        }),
    }
}

/// The request of a promotion.
fn request(
    arguments: &PromoteArguments,
    settings: Option<Settings>,
    directory: &std::path::Path,
) -> Request {
    Request {
        action: (arguments
            .dry_run
            .then_some(ActionArg::None)
            .or(arguments.action))
        .map(Action::from)
        .or_else(|| arguments.proposal.is_given().then_some(Action::PullRequest)),
        message: MessageChoice {
            title: arguments.message.clone(),
            body: arguments.body.clone(),
        },
        proposal: arguments.proposal.choice(),
        allow: allow(&arguments.allow),
        verify: arguments.verify.clone(),
        ..arguments.selection.request(settings, directory)
    }
}

/// Whether applying the plan is expected to write something.
fn would_write(prepared: &Prepared, request: &Request) -> bool {
    let plan = &prepared.plan;
    plan.action() != Action::None
        && !plan.is_empty()
        && (plan.findings().iter()).all(|f| !f.is_hold() || request.allow.lifts(f))
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
                .map(|arguments| allow(&arguments.promote.allow))
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
