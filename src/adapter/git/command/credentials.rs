//! Passwords that this program knows and Git does not, and those that Git knows.
//!
//! # Why
//!
//! A token goes to one host. So Git is given a credential helper for that host
//! alone, which is asked by Git, on Git's own reading of the URL and after
//! whatever redirect, and answers only for exactly that protocol and host. All
//! other helpers are left out for it: one that stores passwords would keep the
//! token. It reads the token from its environment, for a command line can be
//! read by everybody on the machine.

use std::net::IpAddr;
use std::process::Command;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::program::Git;
use crate::domain::ServerUrl;
use crate::port::Password;

/// How long a helper may be silent; it may open a window and wait for somebody.
const HELPER: Duration = Duration::from_secs(120);

/// What Git runs to ask for a password.
const SCRIPT: &str = "!f() { test \"$1\" = get || exit 0; protocol= host=; \
     while IFS== read -r key value; do case $key in protocol) protocol=$value;; \
     host) host=$value;; esac; done; \
     test \"$protocol://$host\" = \"$GIT_PROMOTE_SERVER\" || exit 0; \
     printf 'username=%s\\npassword=%s\\n' \"$GIT_PROMOTE_USER\" \"$GIT_PROMOTE_PASSWORD\"; }; f";

/// The password that this program knows for a server, if it may be sent there.
pub fn own(git: &Git, server: &ServerUrl) -> Option<Password> {
    let is_safe = server.is_http() && is_private(server);
    let passwords = is_safe.then(|| (git.network.passwords)(&server.host()));
    passwords?.into_iter().next()
}

/// Whether the connection is encrypted, or stays on this machine.
fn is_private(server: &ServerUrl) -> bool {
    let name = server.host_name();
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
    server.scheme() == "https"
        || name == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

/// The settings that let Git ask for that password.
pub fn arguments(server: &ServerUrl) -> Vec<String> {
    let key = format!("credential.{}://{}.helper", server.scheme(), server.host());
    vec![
        "-c".to_owned(),
        format!("{key}="),
        "-c".to_owned(),
        format!("{key}={SCRIPT}"),
    ]
}

/// Gives a command what the helper reads.
pub fn give(command: &mut Command, server: &ServerUrl, password: &Password) {
    let authority = format!("{}://{}", server.scheme(), server.host_as_written());
    command
        .env("GIT_PROMOTE_SERVER", authority)
        .env("GIT_PROMOTE_USER", &password.user)
        .env("GIT_PROMOTE_PASSWORD", password.secret.expose_secret());
}

/// What Git's own credential helpers have for a server.
pub fn of_helpers(git: &Git, server: &ServerUrl) -> Option<Password> {
    let question = format!("url={}\n\n", server.https_url());
    let mut command = git.command(&["credential", "fill"]);
    // No prompt for what only a forge's API needs; a program that was set to answer may do so.
    command.env("GIT_TERMINAL_PROMPT", "0");
    if std::env::var_os("GIT_ASKPASS").is_none() {
        command.env("GIT_ASKPASS", "").env("SSH_ASKPASS", "");
    }
    let ran = git.run(&mut command, question.into_bytes(), git.limit(HELPER));
    let ran = ran.ok().filter(|ran| ran.status.success())?;
    let text = ran.text();
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
    fn a_token_goes_by_tls_or_stays_on_this_machine() {
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
