//! Where releases are recorded.

use super::file::ReleasesEntry;
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;

/// The folder of the references that record releases.
pub(super) fn read(entry: &ReleasesEntry, at: &Pointer, notes: &mut Notes) -> Option<String> {
    let prefix = entry.prefix.as_deref()?;
    if !is_folder_of_references(prefix) {
        let message = format!("{} is not a folder of references", quoted(prefix));
        let note = Note::at(at.key("prefix"), message);
        notes.fault(note.hint("such as `refs/heads/promote/releases`"));
    }
    Some(prefix.to_owned())
}

/// Whether references can be below a name, by the rules of `git check-ref-format`, and not all branches or
/// tags are.
fn is_folder_of_references(name: &str) -> bool {
    let is_allowed = |c: char| !c.is_control() && !" ~^:?*[\\".contains(c);
    let is_part = |part: &str| {
        let is_forbidden = part.is_empty() || part.starts_with('.') || part.ends_with('.');
        !is_forbidden && part.strip_suffix(".lock").is_none() && part.chars().all(is_allowed)
    };
    let is_in_use = matches!(name, "refs/heads" | "refs/tags" | "refs/remotes");
    name.starts_with("refs/")
        && !is_in_use
        && !name.contains("..")
        && !name.contains("@{")
        && name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_references_is_below_refs() {
        for (name, expected) in [
            ("refs/promote/releases", true),
            ("refs/heads/promote/releases", true),
            ("refs/x", true),
            ("promote/releases", false),
            ("refs", false),
            ("refs/", false),
            ("refs/heads", false),
            ("refs/x/", false),
            ("refs/x y", false),
            ("refs/x..y", false),
            ("refs/.x", false),
            ("refs/x.lock", false),
        ] {
            assert_eq!(is_folder_of_references(name), expected, "{name}");
        }
    }
}
