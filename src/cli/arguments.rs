//! The words of the command line.
//!
//! # Why
//!
//! A promotion is what the program is for, so it needs no word of its own:
//! `git promote --from staging --to production`. Everything else is a
//! subcommand. Where both would speak (promotion options before a
//! subcommand), the line is refused instead of half obeyed.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::check::CheckArguments;
use super::common_arguments::LookArguments;
use super::completions::CompletionsArguments;
use super::diff::DiffArguments;
use super::promote::{ActionWord, PromoteArguments};
use super::schema::SchemaArguments;

/// Promotes applications between the environments of a GitOps repository.
///
/// Compares two environments' files, shows what would change and what is kept, and commits it on
/// the target branch. It works on the Git repository itself: no cluster, no service.
#[derive(Parser, Debug)]
#[command(
    name = "git-promote",
    bin_name = "git promote",
    version,
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Other commands",
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done or nothing to do, 1 failed, 2 usage or configuration, 3 held or rejected,\n\
                  4 conflict or moved underneath, 5 the remote could not be reached (try again),\n\
                  10 `diff --exit-code`: something would be promoted."
)]
pub struct Arguments {
    /// What else to do.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The promotion, when there is no subcommand.
    #[command(flatten)]
    pub promote: PromoteArguments,

    /// How it looks.
    #[command(flatten)]
    pub look: LookArguments,
}

/// Everything that is not a promotion; the help of a command is its arguments' comment.
#[derive(Subcommand, Debug)]
pub enum Command {
    Diff(Box<DiffArguments>),
    Check(CheckArguments),
    Schema(SchemaArguments),
    Completions(CompletionsArguments),
    /// Print the manual page (roff).
    Man,
    /// Promote in a sample repository that is made on the spot.
    ///
    /// It goes through the same code as any promotion: a real preview, a real commit, a real log.
    Demo,
}

impl Arguments {
    /// Parses a command line.
    ///
    /// # Errors
    /// Clap's own, which also carries `--help` and `--version`.
    pub fn read(words: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(words)?;
        refuse_both(&matches)?;
        let arguments = Self::from_arg_matches(&matches)?;
        let promote = &arguments.promote;
        if promote.action == Some(ActionWord::Commit) && promote.proposal.is_given() {
            return Err(Self::command().error(
                clap::error::ErrorKind::ArgumentConflict,
                "a commit has no draft, labels, people or branch of its own: leave out \
                 `--action commit`, or the words for a pull request",
            ));
        }
        Ok(arguments)
    }

    /// The folder to start from: each `-C` before and after the subcommand in turn.
    pub fn directory(&self) -> PathBuf {
        let after: &[PathBuf] = match &self.command {
            Some(Command::Diff(diff)) => &diff.selection.place.directory,
            Some(Command::Check(check)) => &check.place.directory,
            _ => &[],
        };
        let mut folder = PathBuf::from(".");
        for step in self.promote.selection.place.directory.iter().chain(after) {
            folder.push(step);
        }
        folder
    }
}

/// Refuses promotion options in front of a subcommand, where nobody would read them.
fn refuse_both(matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some((word, _)) = matches.subcommand() else {
        return Ok(());
    };
    let anywhere = ["directory", "color", "verbose"];
    let stray = matches.ids().map(clap::Id::as_str).find(|id| {
        !anywhere.contains(id)
            && Arguments::command()
                .get_arguments()
                .any(|a| a.get_id().as_str() == *id)
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    });
    match stray {
        None => Ok(()),
        Some(id) => Err(Arguments::command().error(
            clap::error::ErrorKind::ArgumentConflict,
            format!(
                "`--{}` stands before `{word}`; write it after `{word}`",
                id.replace('_', "-")
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::common_arguments::Color;

    fn read(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::read(line.split(' ').map(Into::into))
    }

    #[test]
    fn the_command_tree_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_promotion_needs_no_subcommand() {
        let arguments = read("git-promote --from a --to b --app x --service y").unwrap();
        assert!(arguments.command.is_none());
        assert_eq!(arguments.promote.selection.service, ["x", "y"]);
    }

    #[test]
    fn a_promotion_needs_both_environments() {
        let error = read("git-promote --from a").unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("--to"), "{error}");
    }

    #[test]
    fn folders_before_and_after_the_subcommand_build_on_each_other() {
        let arguments = read("git-promote -C a -C b diff -C c --from x --to y").unwrap();
        assert_eq!(arguments.directory(), PathBuf::from("./a/b/c"));
    }

    #[test]
    fn promotion_options_before_a_subcommand_are_refused() {
        let error = read("git-promote --from a --to b diff --from a --to b").unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::ArgumentConflict);
        assert!(error.to_string().contains("before `diff`"), "{error}");
    }

    #[test]
    fn words_for_a_pull_request_ask_for_one_and_never_go_with_a_commit() {
        let line = "git-promote --from a --to b --draft";
        assert!(read(line).unwrap().promote.proposal.is_given());
        let error = read(&format!("{line} --action commit")).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::ArgumentConflict);
    }

    #[test]
    fn the_look_may_stand_anywhere() {
        for line in [
            "git-promote --color never schema diff",
            "git-promote schema diff --color never",
        ] {
            assert_eq!(read(line).unwrap().look.color, Color::Never);
        }
    }

    #[test]
    fn only_one_of_the_short_forms_is_taken() {
        assert!(read("git-promote diff --from a --to b --stat --name-only").is_err());
        assert!(read("git-promote diff --from a --to b --stat --output json").is_err());
    }
}
