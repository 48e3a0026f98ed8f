//! Commands for a shell.

use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::pointer::Pointer;

/// Reads commands; notes those that no shell can run.
pub(super) fn commands(list: &OneOrMany<String>, at: &Pointer, notes: &mut Notes) -> Vec<String> {
    let commands = list.each(at).into_iter();
    commands
        .map(|(at, command)| {
            if command.trim().is_empty() || command.contains('\0') {
                notes.fault(Note::at(at, "a command is empty or has a null character"));
            }
            command.clone()
        })
        .collect()
}
