//! A bare copy of a repository on a server, for a program that keeps it up to date.

use std::fs;
use std::path::Path;

use super::command::network::RemoteAccess;
use super::command::program::Git;
use crate::domain::RepositoryUrl;
use crate::port::RepositoryError;

/// What is done, for error messages.
const DOING: &str = "could not prepare the copy of the repository";

/// Makes a folder the bare copy of a repository, of which nothing is fetched yet.
///
/// # Errors
/// When the folder cannot be written, or Git refuses.
pub fn prepare_copy(folder: &Path, url: &RepositoryUrl) -> Result<(), RepositoryError> {
    let git = Git::find(folder, RemoteAccess::default())?;
    fs::create_dir_all(folder).map_err(git.context().io_fault(DOING))?;
    let branches = "+refs/heads/*:refs/remotes/origin/*";
    // It changes nothing in a copy that is there already.
    for command in [
        &["init", "--quiet", "--bare", "."][..],
        &["config", "remote.origin.url", url.as_str()],
        &["config", "remote.origin.fetch", branches],
    ] {
        git.output_text(DOING, command)?;
    }
    Ok(())
}
