//! The variables that a command gets.
//!
//! # Why
//!
//! A CI job has tokens in its environment: of the forge, of clouds, of registries. A command that only
//! looks at files needs none of them, and prints what it likes. So it does not inherit the environment
//! but gets what programs need to be found, to keep their caches and to print readable text.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// The variables that are passed on.
const PASSED_ON: &[&str] = &[
    "HOME",
    "LANG",
    "LANGUAGE",
    "LOGNAME",
    "NO_PROXY",
    "PATH",
    "SHELL",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
    "USER",
    // Not `XDG_RUNTIME_DIR`: the sockets of keyrings and containers are there.
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_DIRS",
    "XDG_DATA_HOME",
    "no_proxy",
];

/// What programs need on Windows, where case does not matter in names.
#[cfg(windows)]
const WINDOWS: &[&str] = &[
    "APPDATA",
    "COMSPEC",
    "LOCALAPPDATA",
    "PATH",
    "PATHEXT",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERPROFILE",
];

/// The beginning of the names that set the language.
const LOCALE: &str = "LC_";

/// Where no proxy listens: programs that use it do not reach the network.
const CLOSED_PROXY: &str = "http://127.0.0.1:9";

/// The names of the variables for a proxy.
const PROXIES: &[&str] = &[
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "all_proxy",
    "https_proxy",
    "http_proxy",
];

/// Keeps a command from the network: HTTP and OCI clients by their proxy, Git by its protocols.
pub fn disconnect(command: &mut Command) {
    command.envs(PROXIES.iter().map(|name| (name, CLOSED_PROXY)));
    // These name hosts that are reached without a proxy.
    command.env_remove("NO_PROXY").env_remove("no_proxy");
    command.env("GIT_ALLOW_PROTOCOL", "file");
}

fn is_passed_on(name: &OsStr, value: &OsStr) -> bool {
    let name = name.to_string_lossy();
    let name = name.as_ref();
    #[cfg(windows)]
    if WINDOWS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return true;
    }
    // The part of a proxy's address before `@` is a user with a password.
    let is_open_proxy = PROXIES.contains(&name) && !value.to_string_lossy().contains('@');
    PASSED_ON.contains(&name) || name.starts_with(LOCALE) || is_open_proxy
}

/// Sets the variables of a command that runs below `folder`.
pub fn restrict(command: &mut Command, folder: &Path) {
    let variables = std::env::vars_os();
    command
        .env_clear()
        .envs(variables.filter(|(name, value)| is_passed_on(name, value)))
        // Git must not take a repository around the temporary folder for that of the files.
        .env("GIT_CEILING_DIRECTORIES", folder)
        .env("GIT_TERMINAL_PROMPT", "0");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_need_is_passed_on_but_no_secret_and_no_socket() {
        let is_passed_on = |variable: &str| {
            let (name, value) = variable.split_once('=').unwrap();
            super::is_passed_on(OsStr::new(name), OsStr::new(value))
        };
        for variable in [
            "PATH=/bin",
            "LC_ALL=C",
            "XDG_CACHE_HOME=/c",
            "XDG_CONFIG_HOME=/c",
            "XDG_DATA_HOME=/d",
            "XDG_DATA_DIRS=/d",
            "SSL_CERT_FILE=/c",
            "SSL_CERT_DIR=/c",
            "https_proxy=http://proxy:3128",
            "NO_PROXY=localhost",
        ] {
            assert!(is_passed_on(variable), "{variable}");
        }
        for variable in [
            "XDG_RUNTIME_DIR=/run/user/1000",
            "XDG_SESSION_ID=1",
            "https_proxy=http://ada:sesame@proxy:3128",
            "GH_TOKEN=sesame",
            "DOCKER_HOST=unix:///s",
        ] {
            assert!(!is_passed_on(variable), "{variable}");
        }
    }
}
