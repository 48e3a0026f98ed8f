//! What policies set for verification.

use super::commands::commands;
use super::duration;
use super::file::PolicyEntry;
use super::notes::Notes;
use super::pointer::Pointer;
use crate::domain::VerifySettings;

/// Reads the commands and their time limit.
pub(super) fn read(entry: &PolicyEntry, at: &Pointer, notes: &mut Notes) -> VerifySettings {
    let verify = entry.verify.as_ref();
    VerifySettings {
        commands: verify.map(|list| commands(list, &at.key("verify"), notes)),
        time_limit: duration::read(
            entry.verify_timeout.as_ref(),
            &at.key("verifyTimeout"),
            notes,
        ),
    }
}
