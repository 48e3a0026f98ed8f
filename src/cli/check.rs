//! `git promote check`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::common_arguments::PlaceArguments;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Story;
use crate::domain::Settings;
use crate::inventory::{self, ApplicationMap};
use crate::port::{Reading, SettingsError};
use crate::render::harmless;
use crate::render::{counted, text};
use crate::wiring::{self, NetworkOptions};

/// Check the configuration of the working tree, and report all its faults at once.
///
/// Exits with 2 when there are any. A repository without a configuration is in order.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Also print which files belong to which application (of the last commit).
    #[arg(long)]
    pub layout: bool,

    /// The source environment of `--layout`; otherwise each configured one and its next.
    #[arg(long, value_name = "ENV", requires_all = ["layout", "to"])]
    pub from: Option<String>,

    /// The target environment of `--layout`.
    #[arg(long, value_name = "ENV", requires_all = ["layout", "from"])]
    pub to: Option<String>,

    /// Check this file instead of the working tree's `promote.yaml`.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Where the repository is.
    #[command(flatten)]
    pub place: PlaceArguments,
}

/// Reads the configuration, and reports on it.
///
/// # Errors
/// The configuration's faults; with `--layout`, what keeps the files from being mapped.
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
    // A commit's configuration is no link, and what a link leads to is nobody's to print.
    if let Some(file) = file.as_ref().filter(|_| arguments.config.is_none())
        && !file.symlink_metadata().is_ok_and(|found| found.is_file())
    {
        return Err(SettingsError {
            reports: vec![format!("{name}: it is not an ordinary file")],
            file: name,
        }
        .into());
    }
    let settings = match file {
        None => {
            writeln!(
                console.out,
                "there is no `promote.yaml`: everything is as by default"
            )?;
            Settings::default()
        }
        Some(file) => {
            let Reading { settings, notices } = disk::read(&file, &name)?;
            text::warnings(console.out, notices.iter(), console.stdout)?;
            let count = counted(notices.len(), "warning");
            writeln!(console.out, "`{}` is in order, {count}", harmless(&name))?;
            settings
        }
    };
    if arguments.layout {
        layout(arguments, &settings, directory, console)?;
    }
    Ok(Exit::Done)
}

/// The root of the working tree that `directory` lies in.
fn working_tree(directory: &Path) -> Result<PathBuf, Failure> {
    let start = std::path::absolute(directory)?;
    match start
        .ancestors()
        .find(|folder| folder.join(".git").exists())
    {
        Some(root) => Ok(root.to_path_buf()),
        // Says so if it is no repository at all.
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
    let story = Story::begin(console.telling);
    let ports = adapters.ports(&story);
    let snapshot = ports
        .repository
        .snapshot(ports.repository.revision("HEAD")?)?;
    let name = ports.repository.name();
    let hops = hops(arguments, settings);
    if hops.is_empty() {
        writeln!(
            console.out,
            "no environments are configured: name two with --from and --to to see the layout between them"
        )?;
    }
    for (from, to) in hops {
        let map = inventory::applications(snapshot.as_ref(), settings, &name, &from, &to)?;
        writeln!(console.out, "\n{} -> {}", harmless(&from), harmless(&to))?;
        write_map(&map, console)?;
    }
    story.end();
    Ok(())
}

/// The environments that were named, else each configured one and the next.
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
            harmless(&application.0)
        )?;
        for (source, target) in files {
            match source {
                Some(source) => {
                    writeln!(
                        console.out,
                        "  {} -> {}",
                        harmless(source.as_str()),
                        harmless(target.as_str())
                    )?;
                }
                None => writeln!(
                    console.out,
                    "  {} (only in the target)",
                    harmless(target.as_str())
                )?,
            }
        }
    }
    text::warnings(console.out, map.notices.iter(), console.stdout)
}
