//! The installed `git`: found once, run without a shell in the user's environment.
//!
//! # Why
//!
//! Whatever depends on Git's settings is done by Git itself, so that all of them
//! work here too. The result of a command is read from its exit status, from output
//! made for programs and from the references afterwards. Messages for people are
//! only shown; `LANGUAGE` makes them English like git-promote's own.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::network::{Prompts, RemoteAccess, RemoteUse};
use super::process::{self, BatchProcess, Limit, Output};
use super::program_reader::ProgramReader;
use crate::adapter::git::fault::ErrorContext;
use crate::port::RepositoryError;

/// The oldest supported version of Git.
const MINIMUM_VERSION: (u32, u32) = (2, 30);

/// How long a command may be silent that needs neither the user nor the network.
const LOCAL_TIMEOUT: Duration = Duration::from_secs(120);

/// The environment variables that replace what Git would find from its folder.
pub const LOCATION_VARIABLES: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
];

/// The environment variables that change what a path in the arguments matches.
const PATHSPEC_VARIABLES: [&str; 4] = [
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
];

/// The installed Git, run in one folder.
#[derive(Clone)]
pub struct Git {
    program: PathBuf,
    /// The folder that it runs in.
    pub dir: PathBuf,
    /// How remotes are contacted.
    pub network: RemoteAccess,
}

impl Git {
    /// Finds Git on the `PATH`.
    pub fn find(dir: &Path, network: RemoteAccess) -> Result<Self, RepositoryError> {
        let name = format!("git{}", std::env::consts::EXE_SUFFIX);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let program = std::env::split_paths(&path)
            .map(|folder| folder.join(&name))
            .find(|file| file.is_file())
            .ok_or(RepositoryError::GitMissing)?;
        let program = std::path::absolute(&program).unwrap_or(program);
        Ok(Self {
            program,
            dir: dir.to_owned(),
            network,
        })
    }

    /// Fails if this Git is too old.
    pub fn check_version(&self) -> Result<(), RepositoryError> {
        let text = self.run(&["version"])?.text();
        let found = text.trim().trim_start_matches("git version ");
        let mut numbers = found.split('.').map_while(|part| part.parse().ok());
        match (numbers.next(), numbers.next()) {
            (Some(major), Some(minor)) if (major, minor) >= MINIMUM_VERSION => Ok(()),
            _ => Err(RepositoryError::GitTooOld {
                program: self.program.display().to_string(),
                found: found.chars().take(40).collect(),
            }),
        }
    }

    /// A `git` command with these arguments.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut git = Command::new(&self.program);
        git.current_dir(&self.dir).args(args).env("LANGUAGE", "en");
        for name in PATHSPEC_VARIABLES {
            git.env_remove(name);
        }
        if self.network.prompts == Prompts::Never {
            git.env("GIT_TERMINAL_PROMPT", "0");
        }
        if self.network.remotes == RemoteUse::Never {
            // A list of protocols that has none of them; older versions lack `GIT_NO_LAZY_FETCH`.
            git.env("GIT_ALLOW_PROTOCOL", "none");
        }
        git
    }

    /// Runs a command that needs neither the user nor the network; the caller checks its status.
    pub fn run(&self, args: &[&str]) -> Result<Output, RepositoryError> {
        self.run_command(&mut self.command(args), Vec::new())
    }

    /// Runs a prepared command with input, otherwise like [`Git::run`].
    pub fn run_command(
        &self,
        command: &mut Command,
        input: Vec<u8>,
    ) -> Result<Output, RepositoryError> {
        self.run_within(command, input, Limit::Silence(LOCAL_TIMEOUT))
    }

    /// The standard output of a command that must succeed, with input.
    pub fn output(
        &self,
        doing: &str,
        command: &mut Command,
        input: Vec<u8>,
    ) -> Result<Vec<u8>, RepositoryError> {
        let output = self.run_command(command, input)?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(self.fault(doing, &output))
        }
    }

    /// The standard output of a command that must succeed, as text without the final line feed.
    pub fn output_text(&self, doing: &str, args: &[&str]) -> Result<String, RepositoryError> {
        let output = self.output(doing, &mut self.command(args), Vec::new())?;
        let text = String::from_utf8_lossy(&output);
        Ok(text.trim_end_matches('\n').to_owned())
    }

    /// Runs a command within a limit.
    pub fn run_within(
        &self,
        command: &mut Command,
        input: Vec<u8>,
        limit: Limit,
    ) -> Result<Output, RepositoryError> {
        process::run(command, input, limit).map_err(|error| self.run_error(error))
    }

    /// Starts a command that answers one request after the other.
    pub fn start_batch(&self, args: &[&str]) -> Result<BatchProcess, RepositoryError> {
        BatchProcess::start(&mut self.command(args), self.limit(LOCAL_TIMEOUT))
            .map_err(|error| self.run_error(error))
    }

    /// Starts a command whose output is read while it runs, with input.
    pub fn start_reading(
        &self,
        args: &[&str],
        input: Vec<u8>,
    ) -> Result<ProgramReader, RepositoryError> {
        let limit = Limit::Silence(LOCAL_TIMEOUT);
        ProgramReader::start(&mut self.command(args), input, limit)
            .map_err(|error| self.run_error(error))
    }

    /// The limit of a command that may prompt at the terminal, else may be silent for `silence`.
    pub fn limit(&self, silence: Duration) -> Limit {
        match self.network.prompts {
            Prompts::Never => Limit::Silence(silence),
            Prompts::Terminal => Limit::Terminal,
        }
    }

    /// The error for a command that could not be started or did not end.
    pub fn run_error(&self, error: io::Error) -> RepositoryError {
        match error.kind() {
            io::ErrorKind::NotFound if !self.program.is_file() => RepositoryError::GitMissing,
            _ => self.context().io_fault("could not run `git`")(error),
        }
    }

    /// The error for a failed command, with what it printed.
    pub fn fault(&self, doing: &str, output: &Output) -> RepositoryError {
        let text = String::from_utf8_lossy(&output.stderr);
        let system = self.context().system_error(&text, || text.trim().into());
        let words: Vec<&str> = text.split_whitespace().collect();
        system.unwrap_or_else(|| match words.as_slice() {
            [] => ErrorContext::error(doing, format!("`git` ended with {}", output.status)),
            words => ErrorContext::error(doing, words.join(" ")),
        })
    }

    pub fn context(&self) -> ErrorContext {
        ErrorContext {
            path: self.dir.components().collect(),
            shallow: false,
        }
    }
}
