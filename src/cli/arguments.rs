//! The command line.
//!
//! # Why
//!
//! Promoting is the main purpose of the program, so it needs no subcommand: `git promote --from
//! staging --to production`. Everything else is a subcommand. Promotion options before a subcommand
//! are an error, because they would be ignored.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::baseline::BaselineArguments;
use super::check::CheckArguments;
use super::common_arguments::DisplayArguments;
use super::completions::CompletionsArguments;
use super::demo::DemoArguments;
use super::diff::DiffArguments;
use super::explain::ExplainArguments;
use super::flow::FlowArguments;
use super::init::InitArguments;
use super::log::LogArguments;
use super::policy::{PolicyArguments, PolicyCommand};
use super::promote::PromoteArguments;
use super::release::ReleaseArguments;
use super::revert::RevertArguments;
use super::schema::SchemaArguments;
#[cfg(feature = "server")]
use super::serve::ServeArguments;
use super::status::StatusArguments;
use super::trigger::TriggerArguments;

/// Promote applications between the environments of a GitOps repository.
///
/// Compares the files of two environments, shows what would change and what is kept, and commits the
/// change to the target branch. Only the Git repository is needed: no cluster, no service.
#[derive(Parser, Debug)]
#[command(
    name = "git-promote",
    bin_name = "git promote",
    version,
    disable_version_flag = true,
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Commands",
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done or nothing to do, 1 failed, 2 wrong usage or configuration, 3 held or rejected,\n\
                  4 conflict or branch moved, 5 remote or forge unreachable (try again),\n\
                  10 `diff --exit-code`: something would be promoted."
)]
pub struct Arguments {
    /// The subcommand, if any.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Print the version of git-promote; so does `--version` without a value.
    #[arg(short = 'V', display_order = 1000, action = clap::ArgAction::Version)]
    program_version: Option<bool>,

    /// The promotion, if there is no subcommand.
    #[command(flatten)]
    pub promote: PromoteArguments,

    /// How the output is displayed.
    #[command(flatten)]
    pub display: DisplayArguments,
}

/// The subcommands; the help of each is the doc comment of its arguments.
#[derive(Subcommand, Debug)]
pub enum Command {
    Diff(Box<DiffArguments>),
    Explain(Box<ExplainArguments>),
    Status(StatusArguments),
    Log(LogArguments),
    Baseline(Box<BaselineArguments>),
    Revert(Box<RevertArguments>),
    Flow(FlowArguments),
    Policy(PolicyArguments),
    Release(Box<ReleaseArguments>),
    Trigger(Box<TriggerArguments>),
    #[cfg(feature = "server")]
    Serve(Box<ServeArguments>),
    Check(CheckArguments),
    Init(InitArguments),
    Schema(SchemaArguments),
    Completions(CompletionsArguments),
    /// Print the manual page (roff).
    Man,
    Demo(DemoArguments),
}

impl Arguments {
    /// Parses a command line.
    ///
    /// # Errors
    /// The error of clap; `--help` and `--version` are among them.
    pub fn from_command_line(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Self, clap::Error> {
        let mut args: Vec<_> = args.into_iter().collect();
        if asks_for_program_version(&args) {
            args.truncate(1);
            args.push("-V".into());
        }
        let matches = Self::command().try_get_matches_from(args)?;
        refuse_misplaced_options(&matches)?;
        let arguments = Self::from_arg_matches(&matches)?;
        let promote = &arguments.promote;
        let revert = match &arguments.command {
            Some(Command::Revert(revert)) => Some(&revert.apply),
            _ => None,
        };
        if revert.unwrap_or(&promote.apply).is_contradictory() {
            return Err(Self::command().error(
                clap::error::ErrorKind::ArgumentConflict,
                "the pull request options cannot be used with `--action commit`",
            ));
        }
        Ok(arguments)
    }

    /// Whether the command only shows something, and reads no answers.
    pub fn is_pageable(&self) -> bool {
        match &self.command {
            None => self.promote.apply.is_preview() && !self.promote.interactive,
            Some(Command::Revert(revert)) => revert.apply.is_preview(),
            Some(
                Command::Diff(_)
                | Command::Explain(_)
                | Command::Status(_)
                | Command::Log(_)
                | Command::Flow(_)
                | Command::Policy(_),
            ) => true,
            Some(_) => false,
        }
    }

    /// The folder to start in: each `-C` in turn, before and after the subcommand.
    pub fn directory(&self) -> PathBuf {
        let after: &[PathBuf] = match &self.command {
            Some(Command::Diff(diff)) => &diff.selection.branch.repository.directory,
            Some(Command::Explain(explain)) => &explain.selection.branch.repository.directory,
            Some(Command::Revert(revert)) => &revert.report.branch.repository.directory,
            Some(Command::Log(log)) => &log.report.branch.repository.directory,
            Some(Command::Baseline(baseline)) => &baseline.selection.branch.repository.directory,
            Some(Command::Status(status)) => &status.report.branch.repository.directory,
            Some(Command::Flow(flow)) => &flow.command.options().branch.repository.directory,
            Some(Command::Policy(policy)) => {
                let PolicyCommand::Evaluate(evaluate) = &policy.command;
                &evaluate.report.branch.repository.directory
            }
            Some(Command::Release(release)) => &release.options().repository.directory,
            Some(Command::Trigger(trigger)) => &trigger.options.repository.directory,
            Some(Command::Check(check)) => &check.repository.directory,
            Some(Command::Init(init)) => &init.repository.directory,
            _ => &[],
        };
        let mut folder = PathBuf::from(".");
        for step in self
            .promote
            .selection
            .branch
            .repository
            .directory
            .iter()
            .chain(after)
        {
            folder.push(step);
        }
        folder
    }
}

/// Whether `--version` has no value; with one, it is the version to promote. Between environments it is
/// a mistake, such as a script's empty variable, and must not succeed.
fn asks_for_program_version(args: &[OsString]) -> bool {
    let args: Vec<_> = args
        .iter()
        .skip(1)
        .map(|arg| arg.to_string_lossy())
        .collect();
    let is_promotion = |arg: &str| matches!(arg.split('=').next(), Some("--from" | "--to"));
    let has_no_value = |at: usize| args.get(at + 1).is_none_or(|next| next.starts_with('-'));
    let at = args.iter().position(|arg| arg == "--version");
    at.is_some_and(has_no_value) && !args.iter().any(|arg| is_promotion(arg))
}

/// Refuses promotion options before a subcommand, because they would be ignored.
fn refuse_misplaced_options(matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some((subcommand, _)) = matches.subcommand() else {
        return Ok(());
    };
    let allowed = ["directory", "color", "no_pager", "verbose"];
    let mut given = matches.ids().map(clap::Id::as_str).filter(|id| {
        !allowed.contains(id) && matches.value_source(id) == Some(ValueSource::CommandLine)
    });
    let misplaced = given.find(|id| {
        // Other ids are those of groups.
        let command = Arguments::command();
        command.get_arguments().any(|a| a.get_id().as_str() == *id)
    });
    match misplaced {
        None => Ok(()),
        Some(id) => Err(Arguments::command().error(
            clap::error::ErrorKind::ArgumentConflict,
            format!(
                "`--{}` must be after `{subcommand}`, not before it",
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
        Arguments::from_command_line(line.split(' ').map(Into::into))
    }

    #[test]
    fn the_command_definition_is_valid() {
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
    fn the_version_alone_is_that_of_the_program() {
        for line in [
            "git-promote --version",
            "git-promote -V",
            "git-promote -C . --version",
            "git-promote --version -C .",
            "git-promote diff --version",
            "git-promote --version --color never",
        ] {
            let error = read(line).unwrap_err();
            let kind = clap::error::ErrorKind::DisplayVersion;
            assert_eq!(error.kind(), kind, "{line}");
        }
        for line in [
            "--from a --to b --version --yes",
            "--from=a --to=b --version",
        ] {
            let error = read(&format!("git-promote {line}")).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{line}");
        }
        let arguments = read("git-promote --from a --to b --version 1.3.2").unwrap();
        let version = arguments.promote.selection.wanted_version;
        assert_eq!(version.as_deref(), Some("1.3.2"));
        assert!(read("git-promote --from a --to b --version 1 --source HEAD~1").is_err());
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
        assert!(error.to_string().contains("after `diff`"), "{error}");
    }

    #[test]
    fn pull_request_options_conflict_with_a_commit() {
        let line = "git-promote --from a --to b --draft";
        assert!(read(line).unwrap().promote.apply.proposal.is_given());
        let error = read(&format!("{line} --action commit")).unwrap_err();
        assert_eq!(error.kind(), clap::error::ErrorKind::ArgumentConflict);
    }

    #[test]
    fn display_options_are_allowed_before_and_after_a_subcommand() {
        for line in [
            "git-promote --color never schema diff",
            "git-promote schema diff --color never",
        ] {
            assert_eq!(read(line).unwrap().display.color, Color::Never);
        }
    }

    #[test]
    fn short_forms_conflict_with_each_other() {
        assert!(read("git-promote diff --from a --to b --stat --name-only").is_err());
        assert!(read("git-promote diff --from a --to b --stat --output json").is_err());
    }
}
