//! Reads the settings of a promotion.

use super::compare::MAX_BYTES;
use super::error::EngineError;
use super::ports::Ports;
use super::request::Request;
use crate::domain::{Origin, Settings};
use crate::inventory::FileObject;
use crate::plan::Notice;
use crate::port::{SettingsError, Snapshot};

/// The configuration's path in the repository.
const CONFIGURATION: &str = "promote.yaml";

/// Reads the settings: those of `--config`, else of the target's commit, else the defaults.
pub(super) fn read_settings(
    ports: &Ports<'_>,
    request: &Request,
    target: &dyn Snapshot,
    notices: &mut Vec<Notice>,
) -> Result<(Settings, Origin), EngineError> {
    if let Some(settings) = &request.settings {
        return Ok((settings.clone(), settings.origin.clone()));
    }
    let mut found: Option<FileObject> = None;
    target.read_tree(target.root(), &mut |entry| {
        if entry.name == CONFIGURATION.as_bytes() {
            found = Some(FileObject {
                id: entry.id,
                mode: entry.mode,
            });
        }
    })?;
    let Some(file) = found else {
        return Ok((Settings::default(), Origin::Defaults));
    };
    let refuse = |why: &str| SettingsError {
        file: CONFIGURATION.to_owned(),
        reports: vec![format!("{CONFIGURATION}: {why}")],
    };
    // To treat it as absent would silently drop its policies.
    if !file.mode.is_file() {
        return Err(refuse("it is not an ordinary file").into());
    }
    if target.blob_size(file.id)? > MAX_BYTES {
        return Err(refuse("the file is too large").into());
    }
    let bytes = target.read_blob(file.id)?;
    let text = String::from_utf8(bytes).map_err(|_| refuse("the file is not UTF-8"))?;
    let reading = ports.settings.read(&text, CONFIGURATION)?;
    notices.extend(reading.notices);
    Ok((reading.settings, Origin::Commit(CONFIGURATION.to_owned())))
}
