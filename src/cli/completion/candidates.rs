//! What can complete a word.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use clap::Command;
use clap_complete::engine::{CompletionCandidate, complete};

use super::names::LocalClone;
use crate::domain::is_invisible;

/// What can complete a word.
pub(super) struct Candidate {
    /// The whole word, without quotes.
    pub value: String,
    /// A line about it; may be empty.
    pub help: String,
}

impl Candidate {
    /// Whether the word goes on after it.
    pub fn is_open(&self) -> bool {
        self.value.ends_with('/')
    }

    /// `None` for what cannot be put on a line, or cannot be seen there.
    fn new(candidate: &CompletionCandidate) -> Option<Self> {
        let value = candidate.get_value().to_str()?;
        let help = candidate.get_help().map(ToString::to_string);
        let help = help.as_deref().and_then(|help| help.lines().next());
        (!value.contains(is_invisible)).then(|| Self {
            value: value.to_owned(),
            help: help.unwrap_or_default().replace(is_invisible, ""),
        })
    }
}

/// What can complete the last of the words of a command line; the first one is the program's name.
/// `directory` is the folder in which it is typed.
pub(super) fn candidates(
    command: &mut Command,
    words: &[String],
    directory: Option<&Path>,
) -> io::Result<Vec<Candidate>> {
    let Some((_, before)) = words.split_last() else {
        return Ok(Vec::new());
    };
    let clone = LocalClone::of_command_line(before);
    *command = clone.add_names(std::mem::take(command));
    let directory = directory.map(|directory| directory.join(clone.directory()));
    let args = words.iter().map(OsString::from).collect();
    let found = complete(command, args, before.len(), directory.as_deref())?;
    Ok(found.iter().filter_map(Candidate::new).collect())
}
