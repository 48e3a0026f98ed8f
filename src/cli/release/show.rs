//! `git promote release show`.

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

/// Show a release: what it waits for, its steps, and the workflows that it ran.
#[derive(Args, Debug)]
pub struct ShowArguments {
    /// The release, such as `loans-42`.
    #[arg(value_name = "ID")]
    pub id: String,

    /// The shared options.
    #[command(flatten)]
    pub options: ReleaseOptions,
}

/// Shows a release.
///
/// # Errors
/// When there is no such release, or the output cannot be written.
pub async fn run(
    arguments: &ShowArguments,
    adapters: &ReleaseAdapters<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let all = engine::releases(&adapters.ports(&NoObserver)).await?;
    let (product, found) = engine::find_release(&all, &arguments.id)?;
    match arguments.options.output {
        Output::Json => json_v1::write(console.out, found, console.json)?,
        Output::Markdown => release::show_as_markdown(console.out, found)?,
        Output::Text => {
            let waits = product.recorded_waits(found);
            release::show(console.out, found, &waits, console.stdout)?;
        }
    }
    Ok(Exit::Done)
}
