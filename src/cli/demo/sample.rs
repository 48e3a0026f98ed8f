//! Sample repositories, made with Git.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cli::failure::Failure;

/// A new folder, which is kept.
pub(super) fn temporary_folder() -> Result<PathBuf, Failure> {
    let folder = tempfile::Builder::new()
        .prefix("git-promote-demo-")
        .tempdir()?;
    Ok(folder.keep())
}

/// Makes the folder a repository.
pub(super) fn init(folder: &Path) -> Result<(), Failure> {
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    identify(folder)
}

/// Names whoever commits in a repository.
pub(super) fn identify(folder: &Path) -> Result<(), Failure> {
    git(folder, &["config", "user.name", "Demo"])?;
    git(folder, &["config", "user.email", "demo@example.com"])?;
    Ok(())
}

/// Writes a file, in a folder that may be new.
pub(super) fn write(file: &Path, text: &str) -> Result<(), Failure> {
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent)?;
    }
    Ok(std::fs::write(file, text)?)
}

/// Commits all files, with these variables of Git.
pub(super) fn commit(
    folder: &Path,
    message: &str,
    variables: &[(&str, &str)],
) -> Result<(), Failure> {
    git(folder, &["add", "--all"])?;
    let unsigned = ["-c", "commit.gpgSign=false", "commit", "--quiet"];
    let args = [&unsigned[..], &["--no-verify", "-m", message]].concat();
    git_with(folder, &args, variables)?;
    Ok(())
}

/// Runs Git in the sample, and gives what it prints.
pub(super) fn git(folder: &Path, args: &[&str]) -> Result<String, Failure> {
    git_with(folder, args, &[])
}

/// Runs Git in the sample, without the variables that a hook or alias sets for another repository.
fn git_with(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Result<String, Failure> {
    let failure = |message: String| Failure::Program {
        command: format!("git {}", args.join(" ")),
        message,
    };
    let mut command = Command::new("git");
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_OBJECT_DIRECTORY",
    ] {
        command.env_remove(name);
    }
    let output = command
        .arg("--no-pager")
        .args(args)
        .envs(variables.iter().copied())
        .current_dir(folder)
        .output()
        .map_err(|e| failure(e.to_string()))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(failure(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ))
    }
}
