//! An encrypted value never moves to another environment.

use crate::document::is_sealed;
use crate::domain::{GuardName, Op};
use crate::plan::{ApplicationPlan, FilePlan, Finding, Guard};

/// Holds an encrypted value that would move.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::new("encrypted"),
    help: "An encrypted value may move to another environment",
    find,
};

/// Finds promoted values, and new files, that SOPS encrypted.
fn find(applications: &[ApplicationPlan]) -> Vec<Finding> {
    let files = applications.iter().flat_map(|a| &a.files);
    files.flat_map(in_file).collect()
}

fn in_file(file: &FilePlan) -> Vec<Finding> {
    let holds = |bytes: &[u8]| bytes.windows(4).any(|w| w == b"ENC[");
    let new_secret = file
        .differences
        .iter()
        .any(|d| d.is_whole_file() && d.op != Op::Remove)
        && file.is_changed()
        && file.after.as_ref().is_some_and(|c| holds(&c.bytes));
    // SOPS signs a whole file, its plain values too.
    let is_signed = file
        .before
        .as_ref()
        .is_some_and(|c| holds(&c.bytes) && c.bytes.windows(5).any(|w| w == b"sops:"))
        && file.is_changed();
    let sealed = |v: &Option<crate::yaml::Value>| v.as_ref().is_some_and(is_sealed);
    file.promoted()
        .filter_map(|d| {
            let is_value = sealed(&d.after)
                || d.op == Op::Set && sealed(&d.before)
                || d.document.is_none() && new_secret;
            let message = match (is_value, is_signed) {
                (true, _) => "an encrypted value belongs to one environment",
                (false, true) => "SOPS signed the whole file, and would not read it any more",
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
