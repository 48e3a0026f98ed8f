//! Whether SSH is set up in a way that libgit2 does not follow.

use git2::Repository;

/// Whether Git or OpenSSH are told how to connect: another program, hosts with settings of their
/// own, jump hosts, keys in hardware.
pub(super) fn is_configured(repo: &Repository) -> bool {
    let by_environment = ["GIT_SSH", "GIT_SSH_COMMAND"]
        .iter()
        .any(|name| std::env::var_os(name).is_some());
    let by_git = (repo.config()).is_ok_and(|config| config.get_string("core.sshcommand").is_ok());
    by_environment || by_git || has_settings()
}

/// Whether `~/.ssh/config` says anything.
fn has_settings() -> bool {
    let Some(home) = std::env::var_os("HOME") else {
        return false;
    };
    let file = std::path::Path::new(&home).join(".ssh").join("config");
    std::fs::read_to_string(file).is_ok_and(|text| {
        text.lines()
            .map(str::trim)
            .any(|line| !line.is_empty() && !line.starts_with('#'))
    })
}
