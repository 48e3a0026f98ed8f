//! Passing git-promote's passwords to Git, and reading those of Git's helpers.
//!
//! # Why
//!
//! A token may only be sent to one host. So Git gets a credential helper for that
//! host alone. Git calls it with the URL as Git itself reads it, after any redirect,
//! and the helper answers only for exactly that protocol and host. All other helpers
//! are disabled for the host: one that stores passwords would store the token. The
//! helper reads the token from the environment, because every user of the machine
//! can read command lines.

use std::process::Command;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::program::Git;
use crate::domain::{RepositoryUrl, ServerUrl, is_loopback};
use crate::port::Password;

/// How long a helper may be silent: it may open a window and wait for the user.
const HELPER_TIMEOUT: Duration = Duration::from_secs(120);

/// The credential helper that Git runs.
const HELPER_SCRIPT: &str = "!f() { test \"$1\" = get || exit 0; protocol= host=; \
     while IFS== read -r key value; do case $key in protocol) protocol=$value;; \
     host) host=$value;; esac; done; \
     test \"$protocol://$host\" = \"$GIT_PROMOTE_SERVER\" || exit 0; \
     printf 'username=%s\\npassword=%s\\n' \"$GIT_PROMOTE_USER\" \"$GIT_PROMOTE_PASSWORD\"; }; f";

/// git-promote's own password for a server, if the connection keeps it secret; `repository` is one that is
/// not a remote of Git's settings.
pub fn password_for(
    git: &Git,
    server: &ServerUrl,
    repository: Option<&RepositoryUrl>,
) -> Option<Password> {
    let is_safe = server.is_http() && is_private(server);
    let passwords = is_safe.then(|| (git.network.passwords)(&server.host(), repository));
    passwords?.into_iter().next()
}

/// Whether the connection is encrypted, or stays on this machine.
fn is_private(server: &ServerUrl) -> bool {
    server.scheme() == "https" || is_loopback(&server.host_name())
}

/// The options that make Git use the helper for a server.
pub fn helper_options(server: &ServerUrl) -> Vec<String> {
    let key = format!("credential.{}://{}.helper", server.scheme(), server.host());
    vec![
        "-c".to_owned(),
        format!("{key}="),
        "-c".to_owned(),
        format!("{key}={HELPER_SCRIPT}"),
    ]
}

/// Sets the environment variables that the helper reads.
pub fn set_environment(command: &mut Command, server: &ServerUrl, password: &Password) {
    let authority = format!("{}://{}", server.scheme(), server.host_as_written());
    command
        .env("GIT_PROMOTE_SERVER", authority)
        .env("GIT_PROMOTE_USER", &password.user)
        .env("GIT_PROMOTE_PASSWORD", password.secret.expose_secret());
}

/// The password that Git's own credential helpers have for a server.
pub fn helper_password(git: &Git, server: &ServerUrl) -> Option<Password> {
    let request = format!("url={}\n\n", server.https_url());
    let mut command = git.command(&["credential", "fill"]);
    // A forge's API alone is no reason to prompt, except through a configured `GIT_ASKPASS`.
    command.env("GIT_TERMINAL_PROMPT", "0");
    if std::env::var_os("GIT_ASKPASS").is_none() {
        command.env("GIT_ASKPASS", "").env("SSH_ASKPASS", "");
    }
    let output = git.run_within(
        &mut command,
        request.into_bytes(),
        git.limit(HELPER_TIMEOUT),
    );
    let output = output.ok().filter(|output| output.status.success())?;
    let text = output.text();
    let field = |key: &str| {
        let value = |line: &str| Some(line.strip_prefix(key)?.strip_prefix('=')?.to_owned());
        text.lines().find_map(value)
    };
    Some(Password {
        user: field("username")?,
        secret: SecretString::from(field("password")?),
        origin: "the password of Git's credential helper".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RemoteAddress;

    #[test]
    fn a_token_is_only_sent_encrypted_or_within_this_machine() {
        for (url, expected) in [
            ("https://x.org/y", true),
            ("http://x.org/y", false),
            ("http://localhost:80/y", true),
            ("http://127.1.2.3/y", true),
            ("http://[::1]:80/y", true),
            ("http://127.0.0.1.evil.org/y", false),
        ] {
            let Some(RemoteAddress::Server(server)) = RemoteAddress::parse(url) else {
                panic!("{url}")
            };
            assert_eq!(is_private(&server), expected, "{url}");
        }
    }
}
