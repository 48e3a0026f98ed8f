//! Holds a promotion that changes a secret or something encrypted.

use crate::document::{Encryption, SecretPart, Value, contains_secret, encryption, is_sealed};
use crate::domain::{GuardName, Naming, Op};
use crate::plan::{ApplicationPlan, Content, FilePlan, Guard, PlannedDifference, Problem};

/// Holds a promotion that changes a secret or something encrypted.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::ENCRYPTED,
    find,
};

const FOR_ONE_ENVIRONMENT: &str = "the value is encrypted for one environment";

/// Finds promoted ciphertext and secrets, files with them that are new or replaced, and values in files
/// that SOPS signed.
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
    let contains_secret = || {
        let after = file.after.as_ref();
        after.is_some_and(|content| contains_secret(file.path.as_str(), &content.bytes))
    };
    let problem = |d: &PlannedDifference| {
        let message = match encryption {
            // A file that is removed gives no secret to another environment.
            _ if d.is_whole_file() && d.op == Op::Remove => None,
            Some(_) if d.is_whole_file() => Some("the file is encrypted for one environment"),
            None if d.is_whole_file() => {
                contains_secret().then_some("the file contains a secret of one environment")
            }
            encryption => message(d, encryption),
        }?;
        Some(Problem {
            selector: d.selector.clone(),
            message: message.to_owned(),
        })
    };
    file.promoted().filter_map(problem).collect()
}

/// What is wrong with promoting a difference within a file that is encrypted in this way.
fn message(d: &PlannedDifference, encryption: Option<Encryption>) -> Option<&'static str> {
    let is_written = d.op != Op::Remove;
    let after = |test: fn(&Value) -> bool| d.after.as_ref().is_some_and(test);
    let replaces_sealed = d.op == Op::Set && d.before.as_ref().is_some_and(is_sealed);
    let is_part = |part| is_written && d.secret == Some(part);
    match encryption {
        _ if is_part(SecretPart::Sealed) || replaces_sealed || after(is_sealed) => {
            Some(FOR_ONE_ENVIRONMENT)
        }
        _ if is_part(SecretPart::Data) || is_part(SecretPart::Reference) => {
            Some("the value belongs to a secret of one environment")
        }
        _ if is_part(SecretPart::Container) => {
            Some("the value contains a secret of one environment")
        }
        Some(Encryption::Signed | Encryption::File) => {
            Some("SOPS signed this file and would reject it after the change")
        }
        Some(Encryption::Values) if d.path.starts_with("$['sops']") => Some(FOR_ONE_ENVIRONMENT),
        Some(Encryption::Values) | None => None,
    }
}
