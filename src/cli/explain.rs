//! `git promote explain`.

use std::path::Path;

use clap::Args;

use super::common_arguments::Output;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use super::selection::{SelectionArguments, TargetArguments};
use crate::domain::Action;
use crate::engine;
use crate::render::{explain, json_v1, text};
use crate::wiring::Adapters;

/// Show why a place is promoted or kept, and what would change that.
///
/// Takes the options of the promotion, and decides as it does.
#[derive(Args, Debug)]
pub struct ExplainArguments {
    /// The selector of a place, or a pattern such as a key's name; as for `--only`.
    #[arg(value_name = "SELECTOR")]
    pub selector: String,

    /// The promotion.
    #[command(flatten)]
    pub selection: SelectionArguments,

    /// Its target.
    #[command(flatten)]
    pub target: TargetArguments,
}

/// Explains the decisions.
///
/// # Errors
/// When planning fails, the selector matches nothing or the output cannot be written.
pub async fn run(
    arguments: &ExplainArguments,
    adapters: &Adapters,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let config = arguments.selection.branch.config.as_deref();
    let settings = disk::settings(config, directory, console)?;
    let to = arguments.target.to.as_deref().unwrap_or_default();
    let mut request = arguments.selection.request(to, settings, directory);
    // The action of a policy does not matter for an explanation.
    request.action = Some(Action::None);
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let found = engine::explain(&ports, &request, &arguments.selector).await;
    progress.finish();
    let found = found?;
    match arguments.selection.output {
        Output::Json => {
            json_v1::write(
                console.out,
                &json_v1::Explanation::from(&found),
                console.json,
            )?;
        }
        Output::Markdown => explain::markdown(console.out, &found)?,
        Output::Text => explain::text(console.out, &found, console.stdout)?,
    }
    text::warnings(console.err, found.branch.notices.iter(), console.stderr)?;
    Ok(Exit::Done)
}
