//! How OpenSSH is set up here.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use git2::Repository;

use super::address::Server;
use super::process;

/// How long looking up a host may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether Git or OpenSSH are told how to connect: another program, hosts with settings of their
/// own, jump hosts, keys in hardware.
pub(super) fn is_configured(repo: &Repository) -> bool {
    let by_environment = ["GIT_SSH", "GIT_SSH_COMMAND"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let by_git = (repo.config()).is_ok_and(|config| config.get_string("core.sshcommand").is_ok());
    by_environment || by_git || has_settings() || has_hardware_key()
}

/// Whether the user has a key whose other half is in a device.
fn has_hardware_key() -> bool {
    let has = |name| home().is_some_and(|home| home.join(name).is_file());
    has("id_ed25519_sk") || has("id_ecdsa_sk")
}

/// The name under which `~/.ssh/known_hosts` has a key for the server.
pub(super) fn known_as(server: &Server) -> Option<String> {
    let name = match server.port {
        Some(port) if port != 22 => format!("[{}]:{port}", server.host),
        _ => server.host.clone(),
    };
    let file = home()?.join("known_hosts");
    // It also knows the names that stand there as hashes.
    let mut look = Command::new("ssh-keygen");
    look.arg("-F").arg(&name).arg("-f").arg(file);
    let found = process::run(&mut look, b"", PATIENCE).is_ok_and(|ran| ran.status.success());
    found.then_some(name)
}

/// The user's own folder of OpenSSH.
pub(super) fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".ssh"))
}

/// Whether `~/.ssh/config` says anything.
fn has_settings() -> bool {
    let text = home().and_then(|home| std::fs::read_to_string(home.join("config")).ok());
    text.is_some_and(|text| {
        text.lines()
            .map(str::trim)
            .any(|line| !line.is_empty() && !line.starts_with('#'))
    })
}
