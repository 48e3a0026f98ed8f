//! The installed `git`: found once, run without a shell, with the user's own environment.
//!
//! # Why
//!
//! Everything in which Git has settings is done by Git itself, so that all of
//! them work here too. What a command did is told by its exit status, by output
//! that is made for programs, and by the references afterwards. What Git prints
//! for people is shown to people; `LANGUAGE` makes it English like the rest.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::network::Prompts;
use super::network::RemoteAccess;
use super::process;
use super::process::Dialogue;
use super::process::Limit;
use super::process::Ran;
use crate::adapter::git::fault::Place;
use crate::port::RepositoryError;

/// The oldest Git that is enough.
const OLDEST: (u32, u32) = (2, 30);

/// How long a command may be silent that waits for nobody.
const LOCAL: Duration = Duration::from_secs(120);

/// What Git takes from its environment instead of finding it from a folder.
pub const PLACES: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
];

/// Git, run in one folder.
#[derive(Clone)]
pub struct Git {
    program: PathBuf,
    /// The folder in which it is run.
    pub dir: PathBuf,
    /// How remotes are reached.
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

    /// That this Git is too old, if it is.
    pub fn check_version(&self) -> Result<(), RepositoryError> {
        let text = self.ask(&["version"])?.text();
        let found = text.trim().trim_start_matches("git version ");
        let mut numbers = found.split('.').map_while(|part| part.parse().ok());
        match (numbers.next(), numbers.next()) {
            (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(()),
            _ => Err(RepositoryError::GitTooOld {
                program: self.program.display().to_string(),
                found: found.chars().take(40).collect(),
            }),
        }
    }

    /// A command of Git's, with these arguments.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut git = Command::new(&self.program);
        git.current_dir(&self.dir).args(args).env("LANGUAGE", "en");
        if self.network.prompts == Prompts::Never {
            git.env("GIT_TERMINAL_PROMPT", "0");
        }
        git
    }

    /// Runs a command that asks nobody and no remote; whether it succeeded is up to the caller.
    pub fn ask(&self, args: &[&str]) -> Result<Ran, RepositoryError> {
        self.run(&mut self.command(args), Vec::new(), Limit::Silence(LOCAL))
    }

    /// Runs a command that reads this, and asks nobody and no remote.
    pub fn tell(&self, command: &mut Command, input: Vec<u8>) -> Result<Ran, RepositoryError> {
        self.run(command, input, Limit::Silence(LOCAL))
    }

    /// The same for a command that must succeed; gives what it printed.
    pub fn output(
        &self,
        doing: &str,
        command: &mut Command,
        input: Vec<u8>,
    ) -> Result<Vec<u8>, RepositoryError> {
        let ran = self.tell(command, input)?;
        if ran.status.success() {
            Ok(ran.stdout)
        } else {
            Err(self.fault(doing, &ran))
        }
    }

    /// The same without input, as text without the last line end.
    pub fn answer(&self, doing: &str, args: &[&str]) -> Result<String, RepositoryError> {
        let output = self.output(doing, &mut self.command(args), Vec::new())?;
        let text = String::from_utf8_lossy(&output);
        Ok(text.trim_end_matches('\n').to_owned())
    }

    /// Runs a command within a limit.
    pub fn run(
        &self,
        command: &mut Command,
        input: Vec<u8>,
        limit: Limit,
    ) -> Result<Ran, RepositoryError> {
        process::run(command, input, limit).map_err(|error| self.not_run(error))
    }

    /// Starts a command that answers questions.
    pub fn dialogue(&self, args: &[&str]) -> Result<Dialogue, RepositoryError> {
        Dialogue::start(&mut self.command(args), self.limit(LOCAL))
            .map_err(|error| self.not_run(error))
    }

    /// The limit of a command that may ask somebody, and may be silent for so long otherwise.
    pub fn limit(&self, silence: Duration) -> Limit {
        match self.network.prompts {
            Prompts::Never => Limit::Silence(silence),
            Prompts::Terminal => Limit::Terminal,
        }
    }

    /// That a command could not be run to its end.
    pub fn not_run(&self, error: io::Error) -> RepositoryError {
        match error.kind() {
            io::ErrorKind::NotFound if !self.program.is_file() => RepositoryError::GitMissing,
            _ => self.place().io_fault("could not run `git`")(error),
        }
    }

    /// What a failed command printed, as an error.
    pub fn fault(&self, doing: &str, ran: &Ran) -> RepositoryError {
        let text = String::from_utf8_lossy(&ran.stderr);
        let system = self.place().of_system(&text, || text.trim().into());
        let lines: Vec<&str> = text.split_whitespace().collect();
        system.unwrap_or_else(|| match lines.as_slice() {
            [] => Place::found(doing, format!("`git` ended with {}", ran.status)),
            words => Place::found(doing, words.join(" ")),
        })
    }

    fn place(&self) -> Place {
        Place {
            path: self.dir.components().collect(),
            shallow: false,
        }
    }
}
