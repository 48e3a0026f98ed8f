//! A temporary folder with the files of a commit.
//!
//! # Why
//!
//! The content may be hostile: a tree can hold names that lead out of the folder, and the same name
//! twice, as a link and as a folder. So every name is checked, and everything is created anew:
//! nothing is written through a link or over something that is already there.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::environment;
use super::process;
use super::running::Folder;
use crate::domain::{FileMode, ObjectId, RepoPath};
use crate::port::{
    Checkout, CommandPurpose, CommandResult, Observer, RunnerCommand, RunnerError, Snapshot,
    TreeChange,
};

/// A temporary folder with the files of a commit in a folder of their own.
pub struct LocalCheckout {
    folder: Folder,
}

/// The folder with the files, in the temporary folder.
const FILES: &str = "files";

impl LocalCheckout {
    /// Writes the files of a commit.
    pub fn of(snapshot: &dyn Snapshot) -> Result<Self, RunnerError> {
        let folder = Folder::create().map_err(RunnerError::Disk)?;
        let root = folder.path().join(FILES);
        fs::create_dir(&root).map_err(RunnerError::Disk)?;
        write_tree(snapshot, snapshot.root(), &root, "")?;
        Ok(Self { folder })
    }

    /// The path of a file next to the files of the commit.
    pub fn path_beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join(FILES)
    }
}

impl Checkout for LocalCheckout {
    fn change(&mut self, changes: &[TreeChange]) -> Result<(), RunnerError> {
        let root = self.root();
        for TreeChange { path, content } in changes {
            apply(&root, path, content.as_ref()).map_err(RunnerError::Disk)?;
        }
        Ok(())
    }

    fn add_list(&mut self, name: &str, entries: &[&str]) -> Result<String, RunnerError> {
        if let Some(entry) = entries.iter().find(|entry| entry.contains('\n')) {
            let entry = (*entry).to_owned();
            return Err(RunnerError::Entry { entry });
        }
        let file = self.path_beside(&format!("{name}.txt"));
        fs::write(&file, entries.join("\n") + "\n").map_err(RunnerError::Disk)?;
        Ok(file.to_string_lossy().into_owned())
    }

    fn run(
        &self,
        command: &RunnerCommand<'_>,
        observer: &dyn Observer,
    ) -> Result<CommandResult, RunnerError> {
        let [program, arguments @ ..] = command.words else {
            return Err(RunnerError::Program {
                program: String::new(),
                source: io::ErrorKind::InvalidInput.into(),
            });
        };
        let mut child = Command::new(program);
        child.args(arguments).current_dir(self.root());
        environment::restrict(&mut child, self.folder.path());
        child.envs(command.variables.iter().map(|(name, value)| (name, value)));
        let file = self.path_beside("document");
        let document = match command.purpose {
            CommandPurpose::Report => None,
            CommandPurpose::Render => {
                environment::disconnect(&mut child);
                Some(File::create(&file).map_err(RunnerError::Disk)?)
            }
        };
        let is_printed = document.is_some();
        let result = process::run(child, document, command.time_limit, observer);
        let (end, output) = result.map_err(|source| RunnerError::Program {
            program: (*program).to_owned(),
            source,
        })?;
        let document = if is_printed {
            fs::read(&file).map_err(RunnerError::Disk)?
        } else {
            Vec::new()
        };
        Ok(CommandResult {
            end,
            output,
            document,
        })
    }
}

/// An entry of a tree, owned.
struct Entry {
    name: Vec<u8>,
    id: ObjectId,
    mode: FileMode,
}

/// Writes a tree into an empty folder; `shown` is its path in the repository.
fn write_tree(
    snapshot: &dyn Snapshot,
    tree: ObjectId,
    folder: &Path,
    shown: &str,
) -> Result<(), RunnerError> {
    let mut entries = Vec::new();
    snapshot.read_tree(tree, &mut |entry| {
        entries.push(Entry {
            name: entry.name.to_vec(),
            id: entry.id,
            mode: entry.mode,
        });
    })?;
    for entry in entries {
        let name = String::from_utf8_lossy(&entry.name);
        let path = format!("{shown}{name}");
        if name.contains('/') || RepoPath::parse(&name).is_err() {
            return Err(RunnerError::Name { path });
        }
        let place = folder.join(file_name(&entry.name));
        let disk = |error: io::Error| match error.kind() {
            // The tree has the name twice, or this disk takes two names for one.
            io::ErrorKind::AlreadyExists => RunnerError::Name { path: path.clone() },
            _ => RunnerError::Disk(error),
        };
        match entry.mode {
            FileMode::Directory => {
                fs::create_dir(&place).map_err(disk)?;
                write_tree(snapshot, entry.id, &place, &format!("{path}/"))?;
            }
            // What a submodule has is in another repository.
            FileMode::Submodule => fs::create_dir(&place).map_err(disk)?,
            mode => create(&place, mode, &snapshot.read_blob(entry.id)?).map_err(disk)?,
        }
    }
    Ok(())
}

/// Makes a change; what is in the way of a new file is removed, as in Git's trees.
fn apply(root: &Path, path: &RepoPath, content: Option<&(FileMode, Vec<u8>)>) -> io::Result<()> {
    let place = root.join(path.as_str());
    let mut folder = root.to_path_buf();
    let mut parents: Vec<&str> = path.parts().collect();
    parents.pop();
    for part in parents {
        folder.push(part);
        let is_folder = folder.symlink_metadata().is_ok_and(|found| found.is_dir());
        if !is_folder {
            if content.is_none() {
                return Ok(());
            }
            remove(&folder)?;
            DirBuilder::new().create(&folder)?;
        }
    }
    remove(&place)?;
    match content {
        Some((mode, bytes)) => create(&place, *mode, bytes),
        None => Ok(()),
    }
}

/// Removes a file, a link or a folder, if it exists.
fn remove(place: &Path) -> io::Result<()> {
    match place.symlink_metadata() {
        Ok(found) if found.is_dir() => fs::remove_dir_all(place),
        Ok(_) => fs::remove_file(place),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Creates a file or a link where nothing is.
fn create(place: &Path, mode: FileMode, bytes: &[u8]) -> io::Result<()> {
    if mode == FileMode::Symlink {
        return link(place, bytes);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if mode == FileMode::Executable {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o777);
    }
    options.open(place)?.write_all(bytes)
}

#[cfg(unix)]
fn link(place: &Path, target: &[u8]) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt as _;
    std::os::unix::fs::symlink(std::ffi::OsStr::from_bytes(target), place)
}

/// Git writes links as files where the system has none.
#[cfg(not(unix))]
fn link(place: &Path, target: &[u8]) -> io::Result<()> {
    create(place, FileMode::Regular, target)
}

#[cfg(unix)]
fn file_name(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    std::ffi::OsStr::from_bytes(name).into()
}

#[cfg(not(unix))]
fn file_name(name: &[u8]) -> PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}
