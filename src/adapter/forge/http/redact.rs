//! Texts of a server that may be shown.

use secrecy::{ExposeSecret, SecretString};

/// A server's text without the token, should the server repeat it.
pub(super) fn redacted(text: &str, token: &SecretString) -> String {
    match token.expose_secret() {
        "" => text.to_owned(),
        token => text.replace(token, "***"),
    }
}
