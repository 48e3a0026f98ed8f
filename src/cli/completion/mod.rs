//! Answers a shell that completes a command line.
//!
//! # Why
//!
//! Names of environments, applications and releases are only in the repository, so the script that
//! `git promote completions` prints asks the program each time. It asks by an environment variable, not by
//! a command: then nothing but a completion can start, whatever is on the line that is typed.
//!
//! | file | what it holds |
//! |---|---|
//! | `candidates` | what can complete a word |
//! | `names` | the names that a clone has |
//! | `scripts` | the scripts that make shells ask |
//! | `shells` | how each shell gets candidates |
//! | `bash_line` | how bash splits and quotes a line |

mod bash_line;
mod candidates;
mod names;
pub(super) mod scripts;
mod shells;

use std::ffi::OsString;

use clap::CommandFactory;
use clap_complete::env::{CompleteEnv, EnvCompleter, Shells};

use super::arguments::Arguments;
use super::exit::Exit;

/// The environment variable with the shell that asks.
const VARIABLE: &str = "GIT_PROMOTE_COMPLETE";

/// The shells that ask the program.
const SHELLS: &[&dyn EnvCompleter] = &[&shells::BASH, &shells::ZSH, &shells::FISH];

/// Answers the shell if it asks for a completion; `None` if this is a usual run.
pub(super) fn answer(args: &[OsString]) -> Option<Exit> {
    let environment = CompleteEnv::with_factory(Arguments::command)
        .var(VARIABLE)
        .shells(Shells(SHELLS));
    let directory = std::env::current_dir().ok();
    match environment.try_complete(args, directory.as_deref()) {
        Ok(true) => Some(Exit::Done),
        Ok(false) => None,
        Err(error) => {
            // A closed output is not a failure.
            let _ = error.print();
            Some(Exit::Failed)
        }
    }
}
