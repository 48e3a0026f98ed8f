//! The pager that Git uses for a command.

use std::env;
use std::path::Path;

use super::config::GitConfig;
use super::network::RemoteAccess;
use super::program::Git;
use crate::port::RepositoryError;

/// The shell command of the pager for `git promote`; `None` if its output is not paged.
///
/// `pager.promote` turns it off or names another command; otherwise `GIT_PAGER`, `core.pager`, `PAGER`
/// and Git's default apply in that order.
///
/// # Errors
/// When Git is missing or cannot read its configuration.
pub fn pager(dir: &Path) -> Result<Option<String>, RepositoryError> {
    let git = Git::find(dir, RemoteAccess::default())?;
    let config = GitConfig::read(&git)?;
    if config.is_off("pager.promote") {
        return Ok(None);
    }
    let own = config.text("pager.promote");
    let pager = match own.filter(|_| !config.is_on("pager.promote")) {
        Some(own) if env::var_os("GIT_PAGER").is_none() => own.to_owned(),
        _ => git.output_text("could not find the pager", &["var", "GIT_PAGER"])?,
    };
    // Git also prints `cat` for an empty setting.
    Ok((pager != "cat").then_some(pager))
}
