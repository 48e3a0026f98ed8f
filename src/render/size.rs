//! The size of a new or deleted file.

use super::counted::counted;
use crate::plan::{Content, FilePlan, FileStatus};

/// The lines of a file that is added or deleted as a whole, or its bytes if it is not text; `None` for
/// a link and for a file that both sides have.
pub(super) fn size(file: &FilePlan) -> Option<String> {
    let content = match file.status {
        FileStatus::Modified => None,
        FileStatus::Added => file.after.as_ref(),
        FileStatus::Deleted => file.before.as_ref(),
    };
    let Content { bytes, .. } = content.filter(|content| content.mode.is_file())?;
    let is_text = |text: &&str| !text.contains('\0');
    Some(match std::str::from_utf8(bytes).ok().filter(is_text) {
        Some(text) => counted(text.lines().count(), "line"),
        None => counted(bytes.len(), "byte"),
    })
}
