//! What to do about an error of the forge.

use super::Way;
use crate::cli::exit::Exit;
use crate::port::ForgeError as Error;

pub(super) fn way(error: &Error) -> Way {
    match error {
        Error::Credentials { tried, .. } => Way::failed(format!(
            "tried {}; check the token; running the same command again is safe",
            tried.join(", ")
        )),
        Error::Forbidden { permission, .. } => Way::failed(format!(
            "give the token `{permission}` on this repository; running the same command again is safe"
        )),
        Error::Refused { .. } => Way::failed(
            "the forge's words say why; running the same command again goes on from there",
        ),
        Error::BadAddress { .. } => Way::usage(
            "correct it in the remote's URL, in Git's configuration or in the CI runner's variables",
        ),
        Error::Unreachable { .. } => Way {
            exit: Exit::Unreachable,
            hint: Some("try again: running the same command again is safe".to_owned()),
        },
    }
}
