//! `git promote flow`.

use std::path::Path;

use clap::{Args, Subcommand};

use super::common_arguments::Output;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::report_arguments::ReportArguments;
use crate::engine::{self, Allow, BranchConfiguration, FlowPlan, FlowPlanRequest};
use crate::plan::Plan;
use crate::port::BODY_LIMIT;
use crate::render::{Purpose, flow, json_v1, markdown, text};
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
    Plan(PlanArguments),
}

/// List the flows of the configuration, with their environments and products.
#[derive(Args, Debug)]
pub struct ListArguments {
    /// What all of these commands have.
    #[command(flatten)]
    pub common: ReportArguments,
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
    pub common: ReportArguments,
}

/// Show what the steps of a flow would promote, without writing anything.
///
/// The source of each step is what the steps before it would bring. Workflows and gates are not run.
#[derive(Args, Debug)]
pub struct PlanArguments {
    /// The name of the flow.
    #[arg(value_name = "NAME")]
    pub name: String,

    /// The product.
    #[arg(long, visible_alias = "project", value_name = "NAME")]
    pub product: String,

    /// Only this application of the product; repeatable.
    #[arg(long, visible_alias = "app", value_name = "NAME")]
    pub service: Vec<String>,

    /// The revision whose files of the trigger environment are promoted; default: the branch's tip.
    #[arg(long, value_name = "REV")]
    pub source: Option<String>,

    /// What all of these commands have.
    #[command(flatten)]
    pub common: ReportArguments,
}

impl FlowCommand {
    /// What all of these commands have.
    pub fn options(&self) -> &ReportArguments {
        match self {
            Self::List(list) => &list.common,
            Self::Show(show) => &show.common,
            Self::Plan(plan) => &plan.common,
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
    if let FlowCommand::Plan(arguments) = command {
        let request = FlowPlanRequest {
            flow: arguments.name.clone(),
            product: arguments.product.clone(),
            applications: arguments.service.clone(),
            source: arguments.source.clone(),
            branch,
            settings: given,
        };
        let planned = engine::plan_flow(&ports, &request).await;
        progress.finish();
        return plan(&planned?, options.output, console);
    }
    let found = engine::read_configuration(&ports, &branch, given.as_ref()).await;
    progress.finish();
    let found = found?;
    match command {
        FlowCommand::Show(arguments) => show(&arguments.name, &found, options.output, console)?,
        FlowCommand::List(_) | FlowCommand::Plan(_) => list(&found, options.output, console)?,
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

fn plan(planned: &FlowPlan, output: Output, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let allow = Allow::default();
    let plans: Vec<&Plan> = planned.steps.iter().map(|step| &step.plan).collect();
    match output {
        Output::Json => {
            json_v1::write(console.out, &json_v1::FlowPlan::from(planned), console.json)?;
        }
        Output::Markdown => {
            let preview = markdown(&plans, BODY_LIMIT, Purpose::Preview(&allow));
            console.out.write_all(preview.as_bytes())?;
        }
        Output::Text => flow::plan_text(console.out, planned, console.stdout)?,
    }
    text::warnings(console.err, planned.notices.iter(), console.stderr)?;
    Ok(Exit::worst(plans.iter().map(|plan| {
        if plan.chosen_faults().next().is_some() {
            Exit::Failed
        } else if plan.conflicts().is_empty() {
            Exit::Done
        } else {
            Exit::Moved
        }
    })))
}
