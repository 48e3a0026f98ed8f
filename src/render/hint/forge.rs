//! What to do about an error of the forge.

use super::kind::{FailureKind, Hint};
use crate::port::ForgeError as Error;

/// What to do about an error of the forge.
pub fn of_forge(error: &Error) -> Hint {
    match error {
        Error::Credentials { tried, .. } => Hint::failed(format!(
            "check the token; tried: {}; running the same command again is safe",
            tried.join(", ")
        )),
        Error::Forbidden { permission, .. } => Hint::failed(format!(
            "grant the token `{permission}` on this repository; running the same command again is safe"
        )),
        Error::Refused { .. } => Hint::failed(
            "fix what the forge reports, then run the same command again; it continues from there",
        ),
        Error::BadAddress { .. } => Hint::usage(
            "correct it in the remote's URL, the Git configuration or the CI runner's variables",
        ),
        Error::Unreachable { .. } => Hint {
            kind: FailureKind::Unreachable,
            text: Some("try again; running the same command again is safe".to_owned()),
        },
    }
}
