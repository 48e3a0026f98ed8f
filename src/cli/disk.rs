//! Configuration files on disk, for `--config` and `check`.

use std::path::Path;

use super::console::Console;
use super::failure::Failure;
use crate::domain::{Origin, Settings, looks_like_configuration};
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

/// Reads a configuration file; messages call it `name`.
pub(super) fn read(path: &Path, name: &str) -> Result<Reading, Failure> {
    let text = std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut reading = ConfigReader.read(&text, name)?;
    reading.settings.origin = Origin::Disk(name.to_owned());
    Ok(reading)
}

/// Whether a file looks like a configuration; links are not followed.
pub(super) fn is_configuration(path: &Path) -> bool {
    let is_small_file = |found: std::fs::Metadata| found.is_file() && found.len() < 1_000_000;
    path.symlink_metadata().is_ok_and(is_small_file)
        && std::fs::read_to_string(path).is_ok_and(|text| looks_like_configuration(&text))
}
