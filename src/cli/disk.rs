//! Configuration files on disk, for `--config` and `check`.

use std::path::Path;

use super::console::Console;
use super::failure::Failure;
use crate::domain::{Origin, Settings};
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
