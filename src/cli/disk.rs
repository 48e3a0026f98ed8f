//! Configuration files and folders on disk.

use std::path::Path;

use super::console::Console;
use super::failure::Failure;
use crate::domain::{
    CODEFRESH_FOLDERS, ConfigText, MOST_MANIFESTS, Origin, RepoPath, Settings, is_manifest_name,
    is_manifest_text, looks_like_configuration,
};
use crate::port::{Reading, SettingsError, SettingsReader as _};
use crate::render::text;
use crate::wiring::ConfigReader;

/// Reads the settings of `--config`, if given; warnings go to stderr.
pub(super) fn settings(
    file: Option<&Path>,
    directory: &Path,
    console: &mut Console<'_>,
) -> Result<Option<Settings>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let Reading {
        settings, notices, ..
    } = read(&directory.join(file), &file.to_string_lossy())?;
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
    read_with_manifests(&text(path)?, name, &[])
}

/// Reads the text of a configuration together with manifests, each with its name.
pub(super) fn read_with_manifests(
    text: &str,
    name: &str,
    manifests: &[(String, String)],
) -> Result<Reading, Failure> {
    let manifests = manifests
        .iter()
        .map(|(file, text)| ConfigText { file, text });
    let manifests: Vec<ConfigText<'_>> = manifests.collect();
    let mut reading = ConfigReader.read(ConfigText { file: name, text }, &manifests)?;
    reading.settings.origin = Origin::Disk(name.to_owned());
    Ok(reading)
}

/// Codefresh's manifests in a working tree, each with its path, in the order of the paths.
pub(super) fn manifests(root: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut manifests = Vec::new();
    let mut open: Vec<String> = CODEFRESH_FOLDERS.map(str::to_owned).to_vec();
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(root.join(&folder)) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            let (name, kind) = (entry.file_name(), entry.file_type()?);
            let Some(name) = name.to_str() else { continue };
            let path = format!("{folder}/{name}");
            if kind.is_dir() {
                open.push(path);
            } else if is_manifest_name(name) {
                // As a promotion does, which reads them from a commit.
                if kind.is_symlink() {
                    return Err(SettingsError::of_file(&path, SettingsError::LINK).into());
                }
                let text = self::text(&entry.path())?;
                if is_manifest_text(&text) {
                    manifests.push((path, text));
                }
            }
        }
        if manifests.len() > MOST_MANIFESTS {
            return Err(SettingsError::too_many_manifests(&folder).into());
        }
    }
    manifests.sort();
    Ok(manifests)
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
