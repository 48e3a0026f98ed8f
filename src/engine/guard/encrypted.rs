//! Holds a promotion that changes an encrypted value or file.

use crate::document::is_sealed;
use crate::domain::{GuardName, Op};
use crate::plan::{ApplicationPlan, FilePlan, Finding, Guard};

/// Holds a promotion that changes an encrypted value or file.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::new("encrypted"),
    help: "Allow changing encrypted values and files",
    find,
};

/// Finds promoted values, new files and changed files that SOPS encrypted.
fn find(applications: &[ApplicationPlan]) -> Vec<Finding> {
    let files = applications.iter().flat_map(|a| &a.files);
    files.flat_map(in_file).collect()
}

fn in_file(file: &FilePlan) -> Vec<Finding> {
    let is_encrypted = |bytes: &[u8]| bytes.windows(4).any(|w| w == b"ENC[");
    let new_secret = file
        .differences
        .iter()
        .any(|d| d.is_whole_file() && d.op != Op::Remove)
        && file.is_changed()
        && file.after.as_ref().is_some_and(|c| is_encrypted(&c.bytes));
    // SOPS signs all values of a file, including those in plain text.
    let is_signed = file
        .before
        .as_ref()
        .is_some_and(|c| is_encrypted(&c.bytes) && c.bytes.windows(5).any(|w| w == b"sops:"))
        && file.is_changed();
    let sealed = |v: &Option<crate::yaml::Value>| v.as_ref().is_some_and(is_sealed);
    file.promoted()
        .filter_map(|d| {
            let is_value = sealed(&d.after)
                || d.op == Op::Set && sealed(&d.before)
                || d.document.is_none() && new_secret;
            let message = match (is_value, is_signed) {
                (true, _) => "the value is encrypted for one environment",
                (false, true) => "SOPS signed this file and would reject it after the change",
                (false, false) => return None,
            };
            Some(Finding {
                guard: GUARD.name,
                selector: d.selector.clone(),
                message: message.to_owned(),
            })
        })
        .collect()
}
