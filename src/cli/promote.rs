//! `git promote`: plan, show, ask, apply, tell.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};

use super::common_arguments::Output;
use super::console::{Asking, Console};
use super::diff::DetailArguments;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Story;
use super::proposal::ProposalArguments;
use super::selection::SelectionArguments;
use super::{confirm, disk};
use crate::domain::{Action, GuardName};
use crate::engine::{self, Allow, GUARDS, MessageChoice, Prepared, Request};
use crate::port::BODY_LIMIT;
use crate::render::{json_v1, markdown, receipt, text};
use crate::wiring::Adapters;

/// A promotion.
#[derive(Args, Debug)]
pub struct PromoteArguments {
    /// What is promoted.
    #[command(flatten)]
    pub selection: SelectionArguments,

    /// What is done with it; otherwise as the policy says, else `commit`.
    #[arg(long, value_enum, value_name = "WHAT", help_heading = "Promotion")]
    pub action: Option<ActionWord>,

    /// Only show what would be done, whatever the action is.
    #[arg(long, help_heading = "Promotion")]
    pub dry_run: bool,

    /// The first line of the commit, and the title of the pull request.
    #[arg(short, long, value_name = "TEXT", value_parser = title, help_heading = "Promotion")]
    pub message: Option<String>,

    /// What follows the commit's first line, and stands above the preview in the pull request.
    /// Trailers at its end join the promotion's own, whose keys begin with `Promotion-`.
    #[arg(long, value_name = "TEXT", help_heading = "Promotion")]
    pub body: Option<String>,

    /// Lift the hold of a guard, or of `all`; recorded in the commit; repeatable.
    #[arg(long, value_name = "GUARD", value_parser = allow_word(), action = ArgAction::Append, help_heading = "Promotion")]
    pub allow: Vec<AllowWord>,

    /// How it is proposed.
    #[command(flatten)]
    pub proposal: ProposalArguments,

    /// Do not ask.
    #[arg(short, long, help_heading = "Promotion")]
    pub yes: bool,

    /// How much of the preview is shown.
    #[command(flatten)]
    pub detail: DetailArguments,
}

/// The words of `--action`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum ActionWord {
    /// Commit on the target branch, and push if there is a remote.
    Commit,
    /// Open a pull request, or bring the open one up to date.
    PullRequest,
    /// Only show what would be done.
    None,
}

/// A word of `--allow`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AllowWord {
    /// The hold of this guard is lifted.
    Guard(GuardName),
    /// Every hold is lifted.
    All,
}

/// Reads a word of `--allow`: the name of a guard, or `all`.
fn allow_word() -> impl TypedValueParser<Value = AllowWord> {
    let guards = GUARDS
        .iter()
        .map(|guard| PossibleValue::new(guard.name.as_str()).help(guard.help));
    let all = PossibleValue::new("all").help("Every hold is lifted");
    PossibleValuesParser::new(guards.chain([all])).map(|word| {
        let guard = GUARDS.iter().find(|guard| guard.name.as_str() == word);
        guard.map_or(AllowWord::All, |guard| AllowWord::Guard(guard.name))
    })
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Self {
        match word {
            ActionWord::Commit => Self::Commit,
            ActionWord::PullRequest => Self::PullRequest,
            ActionWord::None => Self::None,
        }
    }
}

fn title(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("a commit needs a title"),
        _ => Ok(text.to_owned()),
    }
}

fn allow(words: &[AllowWord]) -> Allow {
    let guards = words.iter().map(|word| match word {
        AllowWord::Guard(name) => Some(*name),
        AllowWord::All => None,
    });
    guards
        .collect::<Option<Vec<_>>>()
        .map_or(Allow::All, Allow::Guards)
}

/// Plans, shows the plan, asks where somebody can answer, applies, and tells what became of it.
///
/// # Errors
/// When it cannot be planned or applied, or the output cannot be written.
pub async fn run(
    arguments: &PromoteArguments,
    adapters: &Adapters,
    directory: &std::path::Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let settings = disk::settings(arguments.selection.config.as_deref(), directory, console)?;
    let request = Request {
        action: (arguments
            .dry_run
            .then_some(ActionWord::None)
            .or(arguments.action))
        .map(Action::from)
        .or_else(|| arguments.proposal.is_given().then_some(Action::PullRequest)),
        message: MessageChoice {
            title: arguments.message.clone(),
            body: arguments.body.clone(),
        },
        proposal: arguments.proposal.choice(),
        allow: allow(&arguments.allow),
        ..arguments.selection.request(settings)
    };
    let story = Story::begin(console.telling);
    let prepared = engine::prepare(&adapters.ports(&story), &request).await;
    story.end();
    let prepared = prepared?;

    let output = arguments.selection.output;
    let asks =
        !arguments.yes && console.asking == Asking::Possible && would_commit(&prepared, &request);
    if output != Output::Json {
        let preview = if output == Output::Markdown {
            let preview = markdown(&prepared.plan, BODY_LIMIT);
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
        // Who reads no further (`| head`) still asked for the promotion.
        if let Err(error) = preview
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            return Err(error.into());
        }
    } else if asks {
        // stdout is for the result alone; who is asked must still see what for.
        text::preview(
            console.err,
            &prepared.plan,
            console.stderr,
            arguments.detail.into(),
            &request.allow,
        )?;
    }
    if asks {
        confirm::ask(&prepared, console.err)?;
    }

    let shown = prepared.plan.clone();
    let branch = prepared.branch.name.clone();
    let story = Story::begin(console.telling);
    let receipt = engine::apply(&adapters.ports(&story), &request, prepared).await;
    story.end();
    let receipt = receipt?;
    let (detail, allow) = (arguments.detail.into(), &request.allow);
    let canvas = console.stdout;
    let written = match output {
        Output::Json => {
            let result = json_v1::Promotion::of(&receipt, &shown, &branch);
            json_v1::write(console.out, &result, console.json)
        }
        Output::Markdown => writeln!(console.out)
            .and_then(|()| receipt::result(console.out, canvas, &receipt, &shown, detail, allow)),
        Output::Text => receipt::result(console.out, canvas, &receipt, &shown, detail, allow),
    };
    let written = written
        .and_then(|()| console.out.flush())
        .and_then(|()| receipt::explanation(console.err, console.stderr, &receipt));
    match written {
        // Who reads no further has not asked for less.
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(match receipt::summary(&receipt) {
                Some(deed) => Failure::Untold { deed, source },
                None => Failure::Output(source),
            })
        }
        _ => Ok(Exit::from(&receipt)),
    }
}

/// Whether applying would write something, as far as the plan tells.
fn would_commit(prepared: &Prepared, request: &Request) -> bool {
    let plan = &prepared.plan;
    plan.action() != Action::None
        && !plan.is_empty()
        && !plan.faults().iter().any(|f| f.is_chosen)
        && plan.findings().iter().all(|f| request.allow.lifts(f.guard))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::Arguments;

    #[test]
    fn every_guard_and_all_are_words() {
        let read = |word: &str| {
            let line = ["git-promote", "--from", "a", "--to", "b", "--allow", word];
            Arguments::read(line.map(Into::into)).map(|read| allow(&read.promote.allow))
        };
        for guard in GUARDS {
            let name = guard.name;
            assert_eq!(read(name.as_str()).unwrap(), Allow::Guards(vec![name]));
        }
        assert_eq!(read("all").unwrap(), Allow::All);
        assert!(read("everything").is_err());
    }

    #[test]
    fn all_lifts_everything_beside_a_named_guard_too() {
        let one = AllowWord::Guard(GUARDS[0].name);
        assert_eq!(allow(&[one, AllowWord::All]), Allow::All);
        assert_eq!(allow(&[]), Allow::default());
    }
}
