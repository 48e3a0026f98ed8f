//! The command line: arguments, output and exit codes.
//!
//! # Why
//!
//! This room makes no decisions about promotions. It turns arguments into a
//! [`Request`](crate::engine::Request), shows the resulting plan, and turns errors into advice. Each
//! command is a file, and the doc comment of its arguments is its help.

mod advice;
mod apply_arguments;
mod arguments;
mod baseline;
mod branch_arguments;
mod carry_out;
mod check;
mod check_hops;
mod common_arguments;
mod completion;
mod completions;
mod confirm;
mod console;
mod demo;
mod diff;
mod disk;
mod environment;
mod exit;
mod explain;
mod failure;
mod flow;
mod init;
mod interactive;
mod log;
mod man;
mod manual;
mod pager;
mod policy;
mod progress;
mod promote;
mod proposal;
mod release;
mod report_arguments;
mod revert;
mod schema;
mod selection;
#[cfg(feature = "server")]
mod serve;
#[cfg(feature = "server")]
mod sign_in_arguments;
mod status;
mod terminal;
mod trigger;
mod usage;

use std::ffi::OsString;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;

pub use exit::Exit;

use clap::CommandFactory;

use crate::render::json_v1::{self, Layout};
use arguments::{Arguments, Command};
use common_arguments::Output;
use console::Console;
use failure::Failure;
use pager::Pages;
use policy::{PolicyArguments, PolicyCommand};
use progress::ProgressMode;

/// Runs a command line; the first argument is the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Exit {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(exit) = completion::answer(&args) {
        return exit;
    }
    crate::wiring::end_on_signals();
    let arguments = match Arguments::from_command_line(args.iter().cloned()) {
        Ok(arguments) => arguments,
        Err(error) => return usage_error(&error, &args),
    };
    let display = arguments.display;
    let mut out = BufWriter::new(std::io::stdout());
    let mut err = std::io::stderr();
    let mut pages = Pages::collect(&arguments);
    let mut paged_err = pages.clone();
    let (out, err): (&mut dyn Write, &mut dyn Write) = match (&mut pages, &mut paged_err) {
        (Some(out), Some(err)) => (out, err),
        _ => (&mut out, &mut err),
    };
    let mut console = Console {
        out,
        err,
        stdout: terminal::stdout(display.color),
        stderr: terminal::stderr(display.color),
        json: layout(),
        // With JSON, programs read all of the output.
        progress: if display.verbose && output_and_targets(&arguments).0 != Output::Json {
            ProgressMode::Lines
        } else {
            ProgressMode::Bar
        },
        prompts: terminal::prompts(),
        is_in_pager: terminal::is_in_pager(),
    };
    let result = command(&arguments, &mut console).and_then(|exit| {
        console.out.flush()?;
        Ok(exit)
    });
    let exit = result.unwrap_or_else(|failure| fail(&failure, &arguments, &mut console));
    match pages {
        Some(pages) => pages.show(&arguments.directory(), exit),
        None => exit,
    }
}

/// Prints help or a usage error; with `--output json`, an error also goes to stdout as JSON.
fn usage_error(error: &clap::Error, args: &[OsString]) -> Exit {
    // A closed output is not a failure.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Done;
    }
    if usage::is_json_requested(args) {
        let problem = usage::problem(error);
        let result = json_v1::Promotion::failed(usage::target(args), problem, &[]);
        let _ = json_v1::write(&mut std::io::stdout(), &result, layout());
    }
    Exit::Usage
}

/// Indented on a terminal, otherwise on one line.
fn layout() -> Layout {
    if std::io::stdout().is_terminal() {
        Layout::Pretty
    } else {
        Layout::Compact
    }
}

fn command(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let directory = arguments.directory();
    if !directory.is_dir() {
        return Err(Failure::NoFolder(directory));
    }
    match &arguments.command {
        None => promotion(&arguments.promote, &directory, console),
        Some(Command::Diff(diff)) => {
            let adapters = crate::wiring::open(&directory, &diff.selection.branch.network())?;
            wait_for(diff::run(diff, &adapters, &directory, console))
        }
        Some(Command::Explain(explain)) => {
            let adapters = crate::wiring::open(&directory, &explain.selection.branch.network())?;
            wait_for(explain::run(explain, &adapters, &directory, console))
        }
        Some(Command::Status(status)) => {
            let adapters = crate::wiring::open(&directory, &status.report.branch.network())?;
            wait_for(status::run(status, &adapters, &directory, console))
        }
        Some(Command::Log(log)) => {
            let adapters = crate::wiring::open(&directory, &log.report.branch.network())?;
            wait_for(log::run(log, &adapters, &directory, console))
        }
        Some(Command::Flow(flow)) => {
            let network = flow.command.options().branch.network();
            let adapters = crate::wiring::open(&directory, &network)?;
            wait_for(flow::run(&flow.command, &adapters, &directory, console))
        }
        Some(Command::Policy(policy)) => {
            let PolicyCommand::Evaluate(evaluate) = &policy.command;
            let adapters = crate::wiring::open(&directory, &evaluate.report.branch.network())?;
            wait_for(policy::evaluate(evaluate, &adapters, &directory, console))
        }
        Some(Command::Baseline(baseline)) => {
            let network = baseline.selection.branch.network();
            let adapters = crate::wiring::open(&directory, &network)?;
            wait_for(baseline::run(baseline, &adapters, &directory, console))
        }
        Some(Command::Revert(revert)) => {
            let adapters = crate::wiring::open(&directory, &revert.report.branch.network())?;
            wait_for(revert::run(revert, &adapters, &directory, console))
        }
        Some(Command::Release(release)) => {
            let adapters = crate::wiring::open(&directory, &release.options().network())?;
            wait_for(release::run(release, &adapters, &directory, console))
        }
        Some(Command::Trigger(trigger)) => {
            let adapters = crate::wiring::open(&directory, &trigger.options.network())?;
            wait_for(trigger::run(trigger, &adapters, console))
        }
        #[cfg(feature = "server")]
        Some(Command::Serve(serve)) => serve::run(serve, &directory, console),
        Some(Command::Check(check)) => wait_for(check::run(check, &directory, console)),
        Some(Command::Init(init)) => init::run(init, &directory, console),
        Some(Command::Schema(schema)) => schema::run(schema, console.out),
        Some(Command::Completions(completions)) => {
            completions::run(completions, Arguments::command(), console.out)
        }
        Some(Command::Man) => man::run(Arguments::command(), console.out),
        Some(Command::Demo(demo)) => demo::run(demo, console, &promote_in_sample),
    }
}

/// Runs a promotion.
fn promotion(
    arguments: &promote::PromoteArguments,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let adapters = crate::wiring::open(directory, &arguments.selection.branch.network())?;
    wait_for(promote::run(arguments, &adapters, directory, console))
}

/// Runs the promotion of the demo.
fn promote_in_sample(args: &[&str], console: &mut Console<'_>) -> Result<Exit, Failure> {
    let arguments = Arguments::from_command_line(args.iter().map(Into::into)).map_err(|error| {
        Failure::Program {
            command: "git promote".to_owned(),
            message: error.to_string(),
        }
    })?;
    promotion(&arguments.promote, &arguments.directory(), console)
}

/// Runs a future on this thread: a promotion has no parallel requests, and starting threads would
/// take longer than most plans.
fn wait_for(work: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(work);
    // Does not wait for threads that are blocked by a silent server.
    runtime.shutdown_background();
    result
}

/// Prints a failure to stderr; with `--output json`, it also goes to stdout as JSON.
fn fail(failure: &Failure, arguments: &Arguments, console: &mut Console<'_>) -> Exit {
    if failure.is_broken_pipe() {
        return Exit::Done;
    }
    let advice = advice::on(failure);
    let (output, targets) = output_and_targets(arguments);
    if output == Output::Json {
        let environment = targets.join(", ");
        let result =
            json_v1::Promotion::failed(&environment, advice.problem(), advice::faults(failure));
        // If stdout is closed, stderr and the exit code still report the failure.
        let _ = json_v1::write(console.out, &result, console.json);
    }
    let _ = console.out.flush();
    let _ = advice.write(console.err, console.stderr);
    advice.kind.into()
}

/// The format of the result, and the target environments as they were given.
fn output_and_targets(arguments: &Arguments) -> (Output, &[String]) {
    let promote = &arguments.promote;
    match &arguments.command {
        None => (promote.selection.output, promote.targets.to.as_slice()),
        Some(Command::Diff(diff)) => (diff.selection.output, diff.targets.to.as_slice()),
        Some(Command::Explain(explain)) => (explain.selection.output, explain.target.to.as_slice()),
        Some(Command::Status(status)) => (status.report.output, &[][..]),
        Some(Command::Log(log)) => (log.report.output, log.to.as_slice()),
        Some(Command::Flow(flow)) => (flow.command.options().output, &[][..]),
        Some(Command::Policy(PolicyArguments {
            command: PolicyCommand::Evaluate(evaluate),
        })) => (evaluate.report.output, &[][..]),
        Some(Command::Baseline(baseline)) => {
            (baseline.selection.output, baseline.target.to.as_slice())
        }
        Some(Command::Revert(revert)) => (revert.report.output, &[][..]),
        Some(Command::Release(release)) => (release.options().output, &[][..]),
        Some(Command::Trigger(trigger)) => (trigger.options.output, &[][..]),
        Some(_) => (Output::Text, &[][..]),
    }
}
