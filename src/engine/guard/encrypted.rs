//! Holds a promotion that changes an encrypted value or file.

use crate::document::{Encryption, encryption, is_sealed};
use crate::domain::{GuardName, Naming, Op};
use crate::plan::{ApplicationPlan, Content, FilePlan, Guard, PlannedDifference, Problem};

/// Holds a promotion that changes an encrypted value or file.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::ENCRYPTED,
    find,
};

const FOR_ONE_ENVIRONMENT: &str = "the value is encrypted for one environment";

/// Finds promoted ciphertext, encrypted files that are new or replaced, and values in files that SOPS
/// signed.
fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    let files = application.files.iter();
    files
        .filter(|file| file.is_changed())
        .flat_map(in_file)
        .collect()
}

fn in_file(file: &FilePlan) -> Vec<Problem> {
    let of = |content: &Option<Content>| {
        let bytes = &content.as_ref()?.bytes;
        encryption(file.path.as_str(), bytes)
    };
    let encryption = of(&file.before).max(of(&file.after));
    let problem = |d: &PlannedDifference| {
        let message = message(d, encryption)?;
        Some(Problem {
            selector: d.selector.clone(),
            message: message.to_owned(),
        })
    };
    file.promoted().filter_map(problem).collect()
}

/// What is wrong with promoting a difference of a file that is encrypted in this way.
fn message(d: &PlannedDifference, encryption: Option<Encryption>) -> Option<&'static str> {
    if d.is_whole_file() {
        let is_written = d.op != Op::Remove && encryption.is_some();
        return is_written.then_some("the file is encrypted for one environment");
    }
    let is_sealed = |value: &Option<_>| value.as_ref().is_some_and(is_sealed);
    let is_ciphertext = is_sealed(&d.after) || d.op == Op::Set && is_sealed(&d.before);
    let is_part_of_secret = d.op != Op::Remove && is_in_sealed_secret(d);
    match encryption {
        _ if is_ciphertext || is_part_of_secret => Some(FOR_ONE_ENVIRONMENT),
        _ if is_in_secret(d) => Some("the value belongs to a secret of one environment"),
        Some(Encryption::Signed | Encryption::File) => {
            Some("SOPS signed this file and would reject it after the change")
        }
        Some(Encryption::Values) if d.path.starts_with("$['sops']") => Some(FOR_ONE_ENVIRONMENT),
        Some(Encryption::Values) | None => None,
    }
}

/// Whether a place is within the data of a `Secret`, or names the entries that an `ExternalSecret` reads.
fn is_in_secret(d: &PlannedDifference) -> bool {
    let keys: &[&str] = match d.document.as_ref().and_then(|d| d.kind.as_deref()) {
        Some("Secret") => &["$['data']", "$['stringData']"],
        Some("ExternalSecret") => &["$['spec']['data']", "$['spec']['dataFrom']"],
        _ => return false,
    };
    d.op != Op::Remove && (d.path.is_empty() || keys.iter().any(|key| d.path.starts_with(key)))
}

/// Whether a place is within the ciphertext of a `SealedSecret`, whose values have no mark.
fn is_in_sealed_secret(d: &PlannedDifference) -> bool {
    let kind = d.document.as_ref().and_then(|d| d.kind.as_deref());
    let is_old_data = d.path.starts_with("$['spec']['data']") && kind == Some("SealedSecret");
    d.path.contains("['encryptedData']") || is_old_data
}
