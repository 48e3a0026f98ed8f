//! Configuration files and folders on disk.

use std::path::Path;

use super::console::Console;
use super::failure::Failure;
use crate::domain::{Origin, RepoPath, Settings, looks_like_configuration};
use crate::port::{Reading, SettingsReader as _};
use crate::render::text;
use crate::wiring::ConfigReader;

/// Reads the settings of `--config`, if given; warnings go to stderr.
pub(super) fn settings(
    file: Option<&Path>,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Option<Settings>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let Reading { settings, notices } = read(&directory.join(file), &file.to_string_lossy())?;
    text::warnings(console.err, notices.iter(), console.stderr)?;
    Ok(Some(settings))
}

/// Reads a text file.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })
}

/// Reads a configuration file; messages call it `name`.
pub(super) fn read(path: &Path, name: &str) -> Result<Reading, Failure> {
    let text = text(path)?;
    let mut reading = ConfigReader.read(&text, name)?;
    reading.settings.origin = Origin::Disk(name.to_owned());
    Ok(reading)
}

/// A folder's path below the root of its working tree; `None` for the root, and outside of one.
pub(super) fn folder_in_working_tree(directory: &Path) -> Option<RepoPath> {
    let folder = directory.canonicalize().ok()?;
    let root = folder
        .ancestors()
        .find(|above| above.join(".git").exists())?;
    let parts = folder.strip_prefix(root).ok()?.iter();
    let parts: Vec<&str> = parts.map(|part| part.to_str()).collect::<Option<_>>()?;
    RepoPath::parse(&parts.join("/")).ok()
}

/// Whether a file looks like a configuration; links are not followed.
pub(super) fn is_configuration(path: &Path) -> bool {
    let is_small_file = |found: std::fs::Metadata| found.is_file() && found.len() < 1_000_000;
    path.symlink_metadata().is_ok_and(is_small_file)
        && std::fs::read_to_string(path).is_ok_and(|text| looks_like_configuration(&text))
}
