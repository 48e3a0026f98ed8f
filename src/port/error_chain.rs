//! Errors with their causes, as one text.

use std::error::Error;

/// An error followed by its causes.
pub fn display_chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
