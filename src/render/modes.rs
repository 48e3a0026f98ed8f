//! Modes and symbolic links, in Git's words.

use crate::domain::FileMode;
use crate::plan::{Content, FilePlan};

/// The lines that Git prints above a diff: `new file mode 120000`, or `old mode` and `new mode`.
///
/// An ordinary file that is new or deleted has none.
pub(super) fn header(file: &FilePlan) -> Vec<String> {
    let unusual = |mode: FileMode| (mode != FileMode::Regular).then(|| mode.digits());
    match modes(file) {
        (Some(before), Some(after)) if before != after => vec![
            format!("old mode {}", before.digits()),
            format!("new mode {}", after.digits()),
        ],
        (None, Some(mode)) => Vec::from_iter(unusual(mode).map(|m| format!("new file mode {m}"))),
        (Some(mode), None) => {
            Vec::from_iter(unusual(mode).map(|m| format!("deleted file mode {m}")))
        }
        _ => Vec::new(),
    }
}

/// The line of `git diff --summary` about a file: `mode change 100644 => 100755`.
pub(super) fn summary(file: &FilePlan) -> Option<String> {
    match modes(file) {
        (Some(before), Some(after)) if before != after => Some(format!(
            "mode change {} => {}",
            before.digits(),
            after.digits()
        )),
        (None, Some(mode)) if mode != FileMode::Regular => {
            Some(format!("create mode {}", mode.digits()))
        }
        (Some(mode), None) if mode != FileMode::Regular => {
            Some(format!("delete mode {}", mode.digits()))
        }
        _ => None,
    }
}

/// What is unusual about a file's mode, and where it points if it is a link; `quoted` quotes that.
pub(super) fn notes(file: &FilePlan, quoted: impl Fn(&str) -> String) -> Vec<String> {
    let link = |content: &Option<Content>| {
        let link = content.as_ref()?.link()?;
        Some(quoted(&link))
    };
    let mut notes = Vec::new();
    match modes(file) {
        (Some(before), Some(after)) if before != after => {
            notes.push(format!("mode {} -> {}", before.digits(), after.digits()));
        }
        (None, Some(FileMode::Executable)) => notes.push("mode 100755".to_owned()),
        _ => {}
    }
    notes.extend(match (link(&file.before), link(&file.after)) {
        (Some(before), Some(after)) => Some(format!("symbolic link to {before} -> {after}")),
        (None, Some(after)) => Some(format!("symbolic link to {after}")),
        (Some(before), None) => Some(format!("was a symbolic link to {before}")),
        (None, None) => None,
    });
    notes
}

/// What is unusual about the mode of a file that is kept as a whole: what promoting it would change.
pub(super) fn kept_note(file: &FilePlan) -> Option<String> {
    match (file.target_mode, file.source_mode) {
        // A submodule in the place of a folder: the reason says enough.
        (Some(FileMode::Directory), _) | (_, Some(FileMode::Directory)) => None,
        (Some(before), Some(source)) if before != source => {
            Some(format!("mode {} -> {}", before.digits(), source.digits()))
        }
        (Some(FileMode::Symlink), _) | (None, Some(FileMode::Symlink)) => {
            Some("symbolic link".to_owned())
        }
        (None, Some(source @ (FileMode::Executable | FileMode::Submodule))) => {
            Some(format!("mode {}", source.digits()))
        }
        _ => None,
    }
}

fn modes(file: &FilePlan) -> (Option<FileMode>, Option<FileMode>) {
    (file.target_mode, file.mode_after())
}
