//! `git promote release log`.

use clap::Args;

use super::options::ReleaseOptions;
use crate::cli::common_arguments::Output;
use crate::cli::console::Console;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine;
use crate::port::NoObserver;
use crate::render::{json_v1, release};
use crate::wiring::ReleaseAdapters;

/// List what happened to a release, oldest first.
#[derive(Args, Debug)]
pub struct LogArguments {
    /// The release, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub id: String,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Lists the transitions of a release.
///
/// # Errors
/// When there is no such release, or the output cannot be written.
pub async fn run(
    arguments: &LogArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let ports = adapters.ports(&NoObserver);
    let all = engine::releases(&ports).await?;
    let found = engine::find_release(&all, &arguments.id)?;
    let transitions = engine::release_history(&ports, found)?;
    match arguments.options.output {
        Output::Json => {
            let log = json_v1::ReleaseLog::of(&arguments.id, &transitions);
            json_v1::write(console.out, &log, console.json)?;
        }
        Output::Markdown => release::log_as_markdown(console.out, &transitions)?,
        Output::Text => release::log(console.out, &transitions, console.stdout)?,
    }
    Ok(Exit::Done)
}
