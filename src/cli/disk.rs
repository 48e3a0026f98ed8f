//! The configuration on the disk, where the command line or `check` asks for it.

use std::path::Path;

use super::console::Console;
use super::failure::Failure;
use crate::domain::{Origin, Settings};
use crate::port::{Reading, SettingsReader as _};
use crate::render::harmless;
use crate::wiring::ConfigReader;

/// The settings of `--config`, if it was given; its warnings go to stderr.
pub(super) fn settings(
    file: Option<&Path>,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Option<Settings>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let Reading { settings, warnings } = read(&directory.join(file), &file.to_string_lossy())?;
    let style = console.stderr.palette.warning;
    for warning in warnings {
        writeln!(
            console.err,
            "{style}warning{style:#}: {}",
            harmless(&warning)
        )?;
    }
    Ok(Some(settings))
}

/// Reads a configuration from the disk; `name` is what messages call it.
pub(super) fn read(path: &Path, name: &str) -> Result<Reading, Failure> {
    let text = std::fs::read_to_string(path).map_err(|source| Failure::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut reading = ConfigReader.read(&text, name)?;
    reading.settings.origin = Origin::Disk(name.to_owned());
    Ok(reading)
}
