//! `git promote check`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::advice;
use super::check_hops::{self, check_hops};
use super::common_arguments::RepositoryArguments;
use super::console::Console;
use super::disk;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use crate::domain::{
    CONFIGURATION, CommitId, Environment, Origin, Settings, is_misnamed_configuration,
};
use crate::engine::{self, MissingApplication, Ports};
use crate::plan::Notice;
use crate::port::{RepositoryError, SettingsError};
use crate::render::escaped;
use crate::render::text;
use crate::wiring::{self, NetworkOptions};

/// Check the configuration in the working tree and report all faults.
///
/// Exits with 2 if there are any. A repository without a configuration is valid. With configured
/// environments, also checks the files of the last commit: exits with 1 if a promotion between two
/// consecutive environments would leave out a file that cannot be read, and with 2 if a product has no
/// application in an environment of one of its flows.
#[derive(Args, Debug)]
pub struct CheckArguments {
    /// Also print the files of each application, as of the last commit.
    #[arg(long)]
    pub layout: bool,

    /// The source environment; default: each pair of consecutive environments.
    #[arg(long, value_name = "ENV", requires = "to")]
    pub from: Option<String>,

    /// The target environment.
    #[arg(long, value_name = "ENV", requires = "from")]
    pub to: Option<String>,

    /// Check this file instead of the working tree's `promote.yaml`.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// The repository.
    #[command(flatten)]
    pub repository: RepositoryArguments,
}

/// Checks the configuration and the files of the environments, and prints the result.
///
/// # Errors
/// When the configuration has faults, or files cannot be read or mapped.
pub async fn run(
    arguments: &CheckArguments,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let settings = settings(arguments, directory, console)?;
    let (hops, elsewhere) = hops(arguments, &settings);
    for (from, to) in &elsewhere {
        writeln!(
            console.err,
            "note: {from} -> {to} is not checked, because it needs other branches or repositories; \
             `--from {from} --to {to}` fetches them",
            from = escaped(from),
            to = escaped(to)
        )?;
    }
    if arguments.layout && hops.is_empty() && elsewhere.is_empty() {
        writeln!(
            console.out,
            "no environments are configured; select two with `--from` and `--to`"
        )?;
    }
    let has_flows = settings
        .products
        .iter()
        .any(|product| !product.flows.is_empty());
    if !hops.is_empty() || has_flows {
        files(arguments, &settings, &hops, directory, console).await?;
    }
    Ok(Exit::Done)
}

/// Reads the configuration; prints its warnings, and that it is valid.
fn settings(
    arguments: &CheckArguments,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Settings, Failure> {
    let (read, valid) = if let Some(file) = &arguments.config {
        let name = file.to_string_lossy();
        let read = disk::read(&directory.join(file), &name)?;
        (read, format!("`{}` is valid", escaped(&name)))
    } else {
        let root = working_tree(directory)?;
        let file = in_working_tree(&root, console)?;
        let manifests = disk::manifests(&root)?;
        let count = match manifests.len() {
            1 => "1 manifest".to_owned(),
            count => format!("{count} manifests"),
        };
        let valid = match (&file, manifests.len()) {
            (None, 0) => {
                let absent = format!("there is no `{CONFIGURATION}`; the defaults apply");
                writeln!(console.out, "{absent}")?;
                return Ok(Settings::default());
            }
            (Some(_), 0) => format!("`{CONFIGURATION}` is valid"),
            (Some(_), _) => format!("`{CONFIGURATION}` and {count} are valid"),
            (None, 1) => format!("{count} is valid"),
            (None, _) => format!("{count} are valid"),
        };
        let text = file.as_deref().map(disk::text).transpose()?;
        let text = text.as_deref().unwrap_or("{}");
        (
            disk::read_with_manifests(text, CONFIGURATION, &manifests)?,
            valid,
        )
    };
    let warnings = read.notices.iter().chain(&read.unused);
    text::warnings(console.out, warnings, console.stdout)?;
    writeln!(console.out, "{valid}")?;
    Ok(read.settings)
}

/// The configuration of a working tree, if it has one.
fn in_working_tree(root: &Path, console: &mut Console<'_>) -> Result<Option<PathBuf>, Failure> {
    let mut names: Vec<String> = std::fs::read_dir(root)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    names.sort();
    if let Some(name) = names.iter().find(|name| is_misnamed_configuration(name)) {
        return Err(SettingsError::misnamed(name).into());
    }
    let in_folders = names
        .iter()
        .map(|folder| format!("{folder}/{CONFIGURATION}"));
    let unused: Vec<Notice> = in_folders
        .filter(|path| disk::is_configuration(&root.join(path)))
        .map(|path| Notice::ConfigurationInFolder { path })
        .collect();
    text::warnings(console.out, unused.iter(), console.stdout)?;
    let file = root.join(CONFIGURATION);
    // A promotion reads the file from a commit, where a link is not followed. Messages quote lines of
    // the file, and the target of a link may be private.
    match file.symlink_metadata() {
        Err(_) if names.iter().all(|name| name != CONFIGURATION) => Ok(None),
        Ok(found) if found.is_symlink() => {
            Err(SettingsError::of_file(CONFIGURATION, SettingsError::LINK).into())
        }
        Ok(found) if !found.is_file() => {
            Err(SettingsError::of_file(CONFIGURATION, SettingsError::NO_FILE).into())
        }
        Ok(_) | Err(_) => Ok(Some(file)),
    }
}

/// The root of the working tree that contains `directory`.
pub(super) fn working_tree(directory: &Path) -> Result<PathBuf, Failure> {
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

/// Checks the files of the last commit, and prints them with `--layout`.
async fn files(
    arguments: &CheckArguments,
    settings: &Settings,
    hops: &[(String, String)],
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<(), Failure> {
    let adapters = match wiring::open(directory, &NetworkOptions::default()) {
        // A file can be checked anywhere.
        Err(RepositoryError::NotARepository { .. })
            if arguments.config.is_some() && !arguments.layout =>
        {
            return Ok(());
        }
        adapters => adapters?,
    };
    let progress = Progress::start(console.progress);
    let ports = adapters.ports(&progress);
    let head = match ports.repository.revision("HEAD", None) {
        Err(RepositoryError::UnknownRevision { .. }) if !arguments.layout => {
            writeln!(
                console.err,
                "there is no commit yet, so no files were checked"
            )?;
            return Ok(());
        }
        head => head?,
    };
    let flows = check_flows(settings, &ports, head);
    let hops = check_hops::HopsToCheck {
        pairs: hops,
        is_chosen: arguments.from.is_some(),
        prints_files: arguments.layout,
    };
    let hops = check_hops(hops, settings, (&ports, head), console).await;
    progress.finish();
    match (flows, hops) {
        (Err(flows), Err(hops)) => {
            advice::on(&flows).write(console.err, console.stderr)?;
            Err(hops)
        }
        (flows, hops) => flows.and(hops),
    }
}

/// Checks that products have applications in all environments of their flows.
fn check_flows(settings: &Settings, ports: &Ports<'_>, head: CommitId) -> Result<(), Failure> {
    let snapshot = ports.repository.snapshot(head)?;
    let missing = engine::missing_applications(snapshot.as_ref(), settings)?;
    if missing.is_empty() {
        return Ok(());
    }
    let file = match &settings.origin {
        Origin::Commit(file) | Origin::Disk(file) => file.as_str(),
        Origin::Defaults => CONFIGURATION,
    };
    let report = |missing: &MissingApplication| {
        let MissingApplication {
            product,
            flow,
            environment,
        } = missing;
        format!(
            "{file}: product `{product}` has no application in `{environment}`, an environment of its flow `{flow}`"
        )
    };
    Err(Failure::Settings(SettingsError {
        file: file.to_owned(),
        reports: missing.iter().map(report).collect(),
    }))
}

/// The selected environments; by default each pair of consecutive configured ones whose files are in the last
/// commit. Also returns the other pairs.
fn hops(arguments: &CheckArguments, settings: &Settings) -> (Hops, Hops) {
    if let (Some(from), Some(to)) = (&arguments.from, &arguments.to) {
        return (vec![(from.clone(), to.clone())], Vec::new());
    }
    let pairs = settings.environments.windows(2);
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        pairs.partition(|pair| !pair.iter().any(|e| e.location.is_elsewhere()));
    let names = |pairs: Vec<&[Environment]>| {
        let names = pairs.into_iter();
        names
            .map(|pair| (pair[0].name.clone(), pair[1].name.clone()))
            .collect()
    };
    (names(here), names(elsewhere))
}

/// Pairs of environments.
type Hops = Vec<(String, String)>;
