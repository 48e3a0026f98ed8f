//! `git promote init`.

use std::io::Write as _;
use std::path::Path;

use clap::Args;

use super::common_arguments::RepositoryArguments;
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use crate::domain::CONFIGURATION;
use crate::engine;
use crate::port::Branch;
use crate::render::configuration;
use crate::wiring::{self, NetworkOptions};

/// Suggest a `promote.yaml` for this repository.
///
/// The environments, aliases, products and fields to keep are those that the files of the last commit
/// have. Comments state the evidence, also that of the newest 500 commits: which environments got versions
/// after which others, and by whom. The suggestion is printed, and nothing is written without
/// `--write`.
#[derive(Args, Debug)]
pub struct InitArguments {
    /// Write `promote.yaml` to the root of the working tree; an existing one is never replaced.
    #[arg(long)]
    pub write: bool,

    /// The repository.
    #[command(flatten)]
    pub repository: RepositoryArguments,
}

/// Prints the suggestion, and writes it if that is wanted.
///
/// # Errors
/// When the repository cannot be read, or the file exists or cannot be written.
pub fn run(
    arguments: &InitArguments,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let adapters = wiring::open(directory, &NetworkOptions::default())?;
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let branch = Branch {
        name: "HEAD".to_owned(),
        repository: None,
        remote: None,
        url: None,
        tip: ports.repository.revision("HEAD", None)?,
        is_default: true,
        notices: Vec::new(),
    };
    let suggested = engine::suggest_configuration(&ports, &branch);
    progress.finish();
    let suggested = suggested?;
    if suggested.environments.is_empty() {
        return Err(Failure::NoEnvironments);
    }
    let text = configuration::text(&suggested);
    write!(console.out, "{text}")?;
    if arguments.write {
        let file = super::check::working_tree(directory)?.join(CONFIGURATION);
        let written =
            std::fs::File::create_new(&file).and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|source| Failure::Write { path: file, source })?;
    }
    Ok(Exit::Done)
}
