//! The command line: arguments to a request, a plan to text and JSON, errors to advice.
//!
//! # Why
//!
//! This room decides nothing about promotions. It turns words into a
//! [`Request`](crate::engine::Request), shows the plan that comes back, and
//! turns what went wrong into something to do. One command a file; the doc
//! comment of its arguments is its help.

mod advice;
mod arguments;
mod check;
mod common_arguments;
mod completions;
mod confirm;
mod console;
mod demo;
mod diff;
mod disk;
mod environment;
mod exit;
mod failure;
mod man;
mod progress;
mod promote;
mod proposal;
mod schema;
mod selection;
mod terminal;
mod usage;

use std::ffi::OsString;
use std::io::{BufWriter, IsTerminal};
use std::path::Path;

pub use exit::Exit;

use clap::CommandFactory;

use crate::render::json_v1::{self, Layout};
use advice::Advice;
use arguments::{Arguments, Command};
use common_arguments::Output;
use console::{Asking, Console};
use failure::Failure;
use progress::Telling;

/// Runs one command line, the program's name first.
pub fn run(words: impl IntoIterator<Item = OsString>) -> Exit {
    let words: Vec<OsString> = words.into_iter().collect();
    let arguments = match Arguments::read(words.iter().cloned()) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error, &words),
    };
    let look = arguments.look;
    let mut out = BufWriter::new(std::io::stdout());
    let mut err = std::io::stderr();
    let mut console = Console {
        out: &mut out,
        err: &mut err,
        stdout: terminal::stdout(look.color),
        stderr: terminal::stderr(look.color),
        json: layout(),
        telling: if look.verbose {
            Telling::Lines
        } else {
            Telling::Bar
        },
        asking: if terminal::can_ask() {
            Asking::Possible
        } else {
            Asking::Impossible
        },
    };
    let result = command(&arguments, &mut console).and_then(|exit| {
        console.out.flush()?;
        Ok(exit)
    });
    result.unwrap_or_else(|failure| fail(&failure, &arguments, &mut console))
}

/// Shows what clap has to say: help, or what is wrong; with `--output json` on stdout too.
fn refuse(error: &clap::Error, words: &[OsString]) -> Exit {
    // `--help` goes to stdout; a reader that has gone is no failure.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Done;
    }
    if usage::asks_for_json(words) {
        let problem = usage::problem(error);
        let result = json_v1::Promotion::failed(usage::target(words), problem, &[]);
        let _ = json_v1::write(&mut std::io::stdout(), &result, layout());
    }
    Exit::Usage
}

/// Programs get one line, people a readable document.
fn layout() -> Layout {
    if std::io::stdout().is_terminal() {
        Layout::Pretty
    } else {
        Layout::Compact
    }
}

fn command(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let directory = arguments.directory();
    match &arguments.command {
        None => promotion(&arguments.promote, &directory, console),
        Some(Command::Diff(diff)) => {
            let adapters = crate::wiring::open(&directory, &diff.selection.network())?;
            wait_for(diff::run(diff, &adapters, &directory, console))
        }
        Some(Command::Check(check)) => check::run(check, &directory, console),
        Some(Command::Schema(schema)) => schema::run(schema, console.out),
        Some(Command::Completions(completions)) => {
            completions::run(completions, Arguments::command(), console.out)
        }
        Some(Command::Man) => man::run(Arguments::command(), console.out),
        Some(Command::Demo) => demo::run(console, &promote_in_sample),
    }
}

/// A promotion, also the demo's.
fn promotion(
    arguments: &promote::PromoteArguments,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let adapters = crate::wiring::open(directory, &arguments.selection.network())?;
    wait_for(promote::run(arguments, &adapters, directory, console))
}

/// The demo's promotion, which is like any other one.
fn promote_in_sample(words: &[&str], console: &mut Console<'_>) -> Result<Exit, Failure> {
    let arguments =
        Arguments::read(words.iter().map(Into::into)).map_err(|error| Failure::Program {
            command: "git promote".to_owned(),
            message: error.to_string(),
        })?;
    promotion(&arguments.promote, &arguments.directory(), console)
}

/// Runs to the end on this thread: one promotion has nothing to do meanwhile, and starting
/// threads would take longer than most plans.
fn wait_for(work: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(work);
    // A server that does not answer may still hold up a thread; nobody waits for that one.
    runtime.shutdown_background();
    done
}

/// Tells what failed; with `--output json` on stdout too.
fn fail(failure: &Failure, arguments: &Arguments, console: &mut Console<'_>) -> Exit {
    if failure.is_broken_pipe() {
        return Exit::Done;
    }
    let advice = Advice::on(failure);
    let selection = match &arguments.command {
        None => Some(&arguments.promote.selection),
        Some(Command::Diff(diff)) => Some(&diff.selection),
        Some(_) => None,
    };
    if let Some(selection) = selection.filter(|s| s.output == Output::Json) {
        let environment = selection.to.as_deref().unwrap_or_default();
        let result =
            json_v1::Promotion::failed(environment, advice.problem(), advice::faults(failure));
        // The exit code and stderr tell it as well.
        let _ = json_v1::write(console.out, &result, console.json);
    }
    let _ = console.out.flush();
    let _ = advice.write(console.err, console.stderr);
    advice.exit
}
