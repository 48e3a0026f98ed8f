//! `git promote flow`.

use std::path::Path;

use clap::{Args, Subcommand};

use super::branch_arguments::BranchArguments;
use super::common_arguments::Output;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use crate::engine::{self, BranchConfiguration};
use crate::render::{flow, json_v1, text};
use crate::wiring::Adapters;

/// Show the flows through several environments.
#[derive(Args, Debug)]
pub struct FlowArguments {
    /// What to show.
    #[command(subcommand)]
    pub command: FlowCommand,
}

/// The commands about flows.
#[derive(Subcommand, Debug)]
pub enum FlowCommand {
    List(ListArguments),
    Show(ShowArguments),
}

/// List the flows of the configuration, with their environments and products.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// What all of these commands have.
    #[command(flatten)]
    pub common: FlowOptions,
}

/// Show a flow: its steps, each below the one that it depends on, and what each step sets.
///
/// `git promote policy evaluate` also shows what policies set.
#[derive(Args, Debug)]
pub struct ShowArguments {
    /// The name of the flow.
    #[arg(value_name = "NAME")]
    pub name: String,

    /// What all of these commands have.
    #[command(flatten)]
    pub common: FlowOptions,
}

/// What all commands about flows have.
#[derive(Args, Debug)]
pub struct FlowOptions {
    /// The branch.
    #[command(flatten)]
    pub branch: BranchArguments,

    /// The output format.
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub output: Output,
}

impl FlowCommand {
    /// What all of these commands have.
    pub fn options(&self) -> &FlowOptions {
        match self {
            Self::List(list) => &list.common,
            Self::Show(show) => &show.common,
        }
    }
}

/// Shows flows.
///
/// # Errors
/// When the branch cannot be read, the flow is unknown, or the output cannot be written.
pub async fn run(
    command: &FlowCommand,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let options = command.options();
    let given = disk::settings(options.branch.config.as_deref(), directory, console)?;
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let branch = options.branch.to_look_at();
    let found = engine::read_configuration(&ports, &branch, given.as_ref()).await;
    progress.finish();
    let found = found?;
    match command {
        FlowCommand::List(_) => list(&found, options.output, console)?,
        FlowCommand::Show(arguments) => show(&arguments.name, &found, options.output, console)?,
    }
    text::warnings(console.err, found.notices.iter(), console.stderr)?;
    Ok(Exit::Done)
}

fn list(
    found: &BranchConfiguration,
    output: Output,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let settings = &found.settings;
    match output {
        Output::Json => {
            let document = json_v1::FlowList::new(found, &settings.flows);
            json_v1::write(console.out, &document, console.json)?;
        }
        Output::Markdown => flow::list_markdown(console.out, settings)?,
        Output::Text => flow::list_text(console.out, settings, console.stdout)?,
    }
    Ok(())
}

fn show(
    name: &str,
    found: &BranchConfiguration,
    output: Output,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let (settings, shown) = (&found.settings, found.flow(name)?);
    match output {
        Output::Json => {
            let document = json_v1::FlowList::new(found, [shown]);
            json_v1::write(console.out, &document, console.json)?;
        }
        Output::Markdown => flow::markdown(console.out, settings, shown)?,
        Output::Text => flow::text(console.out, settings, shown, console.stdout)?,
    }
    Ok(())
}
