//! `git promote check`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::common_arguments::RepositoryArguments;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use crate::domain::Settings;
use crate::inventory::{self, ApplicationMap};
use crate::port::{Reading, SettingsError};
use crate::render::escaped;
use crate::render::text;
use crate::wiring::{self, NetworkOptions};

/// Check the configuration in the working tree and report all faults.
///
/// Exits with 2 if there are any. A repository without a configuration is valid.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Also print the files of each application, as of the last commit.
    #[arg(long)]
    pub layout: bool,

    /// The source environment for `--layout`; default: each pair of consecutive environments.
    #[arg(long, value_name = "ENV", requires_all = ["layout", "to"])]
    pub from: Option<String>,

    /// The target environment for `--layout`.
    #[arg(long, value_name = "ENV", requires_all = ["layout", "from"])]
    pub to: Option<String>,

    /// Check this file instead of the working tree's `promote.yaml`.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The repository.
    #[command(flatten)]
    pub repository: RepositoryArguments,
}

/// Checks the configuration and prints the result.
///
/// # Errors
/// When the configuration has faults or, with `--layout`, the files cannot be mapped.
pub fn run(
    arguments: &CheckArguments,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let name = arguments
        .config
        .as_ref()
        .map_or("promote.yaml".into(), |f| f.to_string_lossy().into_owned());
    let file = match &arguments.config {
        Some(file) => Some(directory.join(file)),
        None => Some(working_tree(directory)?.join("promote.yaml"))
            .filter(|file| file.symlink_metadata().is_ok()),
    };
    // A promotion reads the file from a commit, where a link is not followed. Messages quote lines of
    // the file, and the target of a link may be private.
    if let Some(file) = file.as_ref().filter(|_| arguments.config.is_none())
        && !file.symlink_metadata().is_ok_and(|found| found.is_file())
    {
        return Err(SettingsError {
            reports: vec![format!("{name}: not a regular file")],
            file: name,
        }
        .into());
    }
    let settings = match file {
        None => {
            writeln!(
                console.out,
                "there is no `promote.yaml`; the defaults apply"
            )?;
            Settings::default()
        }
        Some(file) => {
            let Reading { settings, notices } = disk::read(&file, &name)?;
            text::warnings(console.out, notices.iter(), console.stdout)?;
            writeln!(console.out, "`{}` is valid", escaped(&name))?;
            settings
        }
    };
    if arguments.layout {
        layout(arguments, &settings, directory, console)?;
    }
    Ok(Exit::Done)
}

/// The root of the working tree that contains `directory`.
fn working_tree(directory: &Path) -> Result<PathBuf, Failure> {
    let start = std::path::absolute(directory)?;
    match start
        .ancestors()
        .find(|folder| folder.join(".git").exists())
    {
        Some(root) => Ok(root.to_path_buf()),
        // Outside of a repository, `open` fails with a better message.
        None => wiring::open(directory, &NetworkOptions::default())
            .map_err(Failure::from)
            .and(Err(Failure::NoWorkingTree)),
    }
}

fn layout(
    arguments: &CheckArguments,
    settings: &Settings,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let adapters = wiring::open(directory, &NetworkOptions::default())?;
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let snapshot = ports
        .repository
        .snapshot(ports.repository.revision("HEAD")?)?;
    let name = ports.repository.name();
    let hops = hops(arguments, settings);
    if hops.is_empty() {
        writeln!(
            console.out,
            "no environments are configured; select two with `--from` and `--to`"
        )?;
    }
    for (from, to) in hops {
        let map = inventory::applications(snapshot.as_ref(), settings, &name, &from, &to)?;
        writeln!(console.out, "\n{} -> {}", escaped(&from), escaped(&to))?;
        write_map(&map, console)?;
    }
    progress.finish();
    Ok(())
}

/// The selected environments; by default each pair of consecutive configured ones.
fn hops(arguments: &CheckArguments, settings: &Settings) -> Vec<(String, String)> {
    match (&arguments.from, &arguments.to) {
        (Some(from), Some(to)) => vec![(from.clone(), to.clone())],
        _ => settings
            .environments
            .windows(2)
            .map(|pair| (pair[0].name.clone(), pair[1].name.clone()))
            .collect(),
    }
}

fn write_map(map: &ApplicationMap, console: &mut Console<'_>) -> std::io::Result<()> {
    let heading = console.stdout.palette.heading;
    for (application, files) in &map.applications {
        writeln!(
            console.out,
            "{heading}{}{heading:#}",
            escaped(&application.0)
        )?;
        for (source, target) in files {
            match source {
                Some(source) => {
                    writeln!(
                        console.out,
                        "  {} -> {}",
                        escaped(source.as_str()),
                        escaped(target.as_str())
                    )?;
                }
                None => writeln!(
                    console.out,
                    "  {} (only in the target)",
                    escaped(target.as_str())
                )?,
            }
        }
    }
    text::warnings(console.out, map.notices.iter(), console.stdout)
}
