//! The variables that a command gets.
//!
//! # Why
//!
//! A CI job has tokens in its environment: of the forge, of clouds, of registries. A command that only
//! looks at files needs none of them, and prints what it likes. So it does not inherit the environment
//! but gets what programs need to be found, to keep their caches and to print readable text.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The variables that are passed on.
const PASSED_ON: &[&str] = &[
    "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER",
];

/// The beginnings of further names.
const PREFIXES: &[&str] = &["LC_", "XDG_"];

/// Where no proxy listens: programs that use it do not reach the network.
const NO_PROXY: &str = "http://127.0.0.1:9";

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
    command.envs(PROXIES.iter().map(|name| (name, NO_PROXY)));
    command.env("GIT_ALLOW_PROTOCOL", "file");
}

/// Sets the variables of a command that runs below `folder`.
pub fn restrict(command: &mut Command, folder: &Path) {
    let is_passed_on = |name: &OsString| {
        let name = name.to_string_lossy();
        PASSED_ON.contains(&name.as_ref()) || PREFIXES.iter().any(|p| name.starts_with(p))
    };
    command
        .env_clear()
        .envs(std::env::vars_os().filter(|(name, _)| is_passed_on(name)))
        // Git must not take a repository around the temporary folder for that of the files.
        .env("GIT_CEILING_DIRECTORIES", folder)
        .env("GIT_TERMINAL_PROMPT", "0");
}
