//! Reads the settings of a promotion.

use super::compare::read;
use super::error::EngineError;
use super::manifests::read_manifests;
use super::ports::Ports;
use crate::domain::{
    CODEFRESH_FOLDERS, CONFIGURATION, ConfigText, FileMode, ObjectId, Origin, Settings,
    is_misnamed_configuration, looks_like_configuration,
};
use crate::inventory::FileObject;
use crate::plan::Notice;
use crate::port::{RepositoryError, SettingsError, Snapshot};

/// Reads the settings: those of `--config`, else of the target's commit, else the defaults.
pub(super) fn read_settings(
    ports: &Ports<'_>,
    given: Option<&Settings>,
    target: &dyn Snapshot,
    notices: &mut Vec<Notice>,
) -> Result<(Settings, Origin), EngineError> {
    if let Some(settings) = given {
        return Ok((settings.clone(), settings.origin.clone()));
    }
    let Entries {
        file,
        misnamed,
        folders,
    } = entries(target)?;
    if let Some(name) = misnamed {
        return Err(SettingsError::misnamed(&name).into());
    }
    let may_have_manifests = folders.iter().any(|(name, _)| name == "resources");
    notices.extend(elsewhere(target, folders)?);
    let manifests = if may_have_manifests {
        read_manifests(target)?
    } else {
        Vec::new()
    };
    let (text, origin) = match file {
        Some(file) => (read_main(target, file)?, CONFIGURATION.to_owned()),
        None => match manifests.first() {
            Some((path, _)) => ("{}".to_owned(), path.clone()),
            None => return Ok((Settings::default(), Origin::Defaults)),
        },
    };
    let main = ConfigText {
        file: CONFIGURATION,
        text: &text,
    };
    let manifests = manifests
        .iter()
        .map(|(file, text)| ConfigText { file, text });
    let manifests: Vec<ConfigText<'_>> = manifests.collect();
    let reading = ports.settings.read(main, &manifests)?;
    notices.extend(reading.notices);
    Ok((reading.settings, Origin::Commit(origin)))
}

/// The text of `promote.yaml`.
fn read_main(target: &dyn Snapshot, file: FileObject) -> Result<String, EngineError> {
    let refuse = |why: &str| SettingsError::of_file(CONFIGURATION, why);
    // To treat it as absent would silently drop its policies.
    match file.mode {
        FileMode::Symlink => return Err(refuse(SettingsError::LINK).into()),
        mode if !mode.is_file() => return Err(refuse(SettingsError::NO_FILE).into()),
        _ => {}
    }
    let bytes = read(target, file)?.map_err(|unreadable| refuse(&unreadable.message))?;
    Ok(String::from_utf8(bytes).map_err(|_| refuse("the file is not UTF-8"))?)
}

/// The ids of the files and folders that the settings of a commit can be read from.
pub(super) fn configuration_ids(target: &dyn Snapshot) -> Result<Vec<ObjectId>, EngineError> {
    let entries = entries(target)?;
    let mut ids = Vec::from_iter(entries.file.map(|file| file.id));
    for folder in CODEFRESH_FOLDERS {
        ids.extend(target.entry_at(folder)?.map(|(_, id)| id));
    }
    Ok(ids)
}

/// What the root has that concerns the configuration.
#[derive(Default)]
struct Entries {
    file: Option<FileObject>,
    /// A name that is mistaken for the configuration's.
    misnamed: Option<String>,
    folders: Vec<(String, FileObject)>,
}

fn entries(target: &dyn Snapshot) -> Result<Entries, RepositoryError> {
    let mut found = Entries::default();
    target.read_tree(target.root(), &mut |entry| {
        let Ok(name) = std::str::from_utf8(entry.name) else {
            return;
        };
        let object = FileObject {
            id: entry.id,
            mode: entry.mode,
        };
        if name == CONFIGURATION {
            found.file = Some(object);
        } else if is_misnamed_configuration(name) {
            found.misnamed.get_or_insert_with(|| name.to_owned());
        } else if entry.mode == FileMode::Directory {
            found.folders.push((name.to_owned(), object));
        }
    })?;
    Ok(found)
}

/// A notice for each file in a folder of the root that looks like a configuration.
fn elsewhere(
    target: &dyn Snapshot,
    folders: Vec<(String, FileObject)>,
) -> Result<Vec<Notice>, RepositoryError> {
    let mut notices = Vec::new();
    for (folder, tree) in folders {
        let mut file = None;
        target.read_tree(tree.id, &mut |entry| {
            if entry.name == CONFIGURATION.as_bytes() && entry.mode.is_file() {
                file = Some(FileObject {
                    id: entry.id,
                    mode: entry.mode,
                });
            }
        })?;
        let Some(file) = file else { continue };
        if let Ok(bytes) = read(target, file)?
            && looks_like_configuration(&String::from_utf8_lossy(&bytes))
        {
            let path = format!("{folder}/{CONFIGURATION}");
            notices.push(Notice::ConfigurationInFolder { path });
        }
    }
    Ok(notices)
}
