//! What a remote on this disk wants that only Git itself can do.

use std::path::{Path, PathBuf};

use git2::{Config, Repository};

use super::fault::Place;
use crate::port::RepositoryError;

/// The hooks that Git runs when somebody pushes.
const HOOKS: [&str; 7] = [
    "pre-receive",
    "update",
    "post-receive",
    "post-update",
    "reference-transaction",
    "proc-receive",
    "push-to-checkout",
];

/// Settings under which a push does more than store objects and move a branch.
const CHECKS: [&str; 7] = [
    "receive.fsckobjects",
    "transfer.fsckobjects",
    "receive.denydeletes",
    "receive.denynonfastforwards",
    "receive.hiderefs",
    "transfer.hiderefs",
    "receive.procreceiverefs",
];

/// The first thing that needs Git itself, in words.
pub(super) fn demands(remote: &Repository) -> Result<Option<String>, RepositoryError> {
    let config = (remote.config())
        .map_err(Place::of(remote).fault("could not read the remote's configuration"))?;
    let hooks = hooks_folder(remote, &config);
    if let Some(hook) = HOOKS.iter().find(|hook| is_executable(&hooks.join(hook))) {
        return Ok(Some(format!("it has a `{hook}` hook")));
    }
    if let Some(key) = CHECKS.iter().find(|key| {
        let text = config.get_string(key);
        text.is_ok_and(|text| text != "false")
    }) {
        return Ok(Some(format!("it sets `{key}`")));
    }
    if is_shared(&config) {
        return Ok(Some("it sets `core.sharedRepository`".to_owned()));
    }
    let deny = deny_current_branch(&config);
    Ok((deny.as_deref() == Some("updateinstead"))
        .then(|| "it sets `receive.denyCurrentBranch`".to_owned()))
}

/// Whether a branch that is checked out there may not be pushed to.
pub(super) fn guards_checkouts(remote: &Repository) -> bool {
    let deny = (remote.config().ok()).and_then(|config| deny_current_branch(&config));
    !matches!(
        deny.as_deref(),
        Some("ignore" | "warn" | "false" | "no" | "off")
    )
}

fn deny_current_branch(config: &Config) -> Option<String> {
    let text = config.get_string("receive.denycurrentbranch").ok()?;
    Some(text.to_lowercase())
}

/// New folders would then need permissions that libgit2 does not give them.
fn is_shared(config: &Config) -> bool {
    config
        .get_string("core.sharedrepository")
        .is_ok_and(|text| !matches!(text.as_str(), "umask" | "false" | "0"))
}

fn hooks_folder(remote: &Repository, config: &Config) -> PathBuf {
    match config.get_path("core.hookspath") {
        Ok(path) => remote.path().join(path),
        Err(_) => remote.commondir().join("hooks"),
    }
}

#[cfg(unix)]
fn is_executable(hook: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(hook).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(hook: &Path) -> bool {
    hook.is_file()
}
