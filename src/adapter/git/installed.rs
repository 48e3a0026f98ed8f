//! Pushing by the `git` that is installed.

use std::io::ErrorKind;
use std::process::{Command, Output, Stdio};

use git2::{Oid, Repository};

use super::fault::Place;
use super::reference::{Swap, of_branch};
use super::remote::Remote;
use crate::port::RepositoryError;

/// Pushes `new` onto a branch that must be at `old`; `demand` is why Git itself is needed.
pub(super) fn push(
    repo: &Repository,
    remote: &Remote,
    branch: &str,
    old: Oid,
    new: Oid,
    demand: &str,
) -> Result<Swap, RepositoryError> {
    let refused = |message: String| RepositoryError::Refused {
        remote: remote.name.clone(),
        branch: branch.to_owned(),
        message,
    };
    let full = of_branch(branch);
    let output = Command::new("git")
        .arg("--git-dir")
        .arg(repo.path())
        .args(["push", "--porcelain", "--no-verify", "--no-follow-tags"])
        .args(["--recurse-submodules=no"])
        // The lease is the compare-and-swap; `new` descends from `old`, so nothing is forced.
        .arg(format!("--force-with-lease={full}:{old}"))
        .arg(&remote.name)
        .arg(format!("{new}:{full}"))
        .current_dir(repo.workdir().unwrap_or_else(|| repo.path()))
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return Err(refused(format!("{demand}, and `git` is not installed")));
        }
        Err(e) => return Err(Place::of(repo).io_fault("could not run `git push`")(e)),
    };
    // What the remote has now is the truth, not what was said.
    match remote.tip(branch)? {
        _ if output.status.success() => Ok(Swap::Done),
        Some(now) if now == new => Ok(Swap::Done),
        Some(now) if now == old => Err(refused(words(&output))),
        _ => Ok(Swap::Overtaken),
    }
}

/// What the remote said, and in brackets what Git made of it.
fn words(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let said: Vec<_> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("remote:"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let reason = stdout
        .lines()
        .filter(|line| line.starts_with('!'))
        .filter_map(|line| line.rsplit('\t').next())
        .find_map(|summary| Some(summary.split_once('(')?.1.trim_end_matches(')')));
    match (said.is_empty(), reason) {
        (false, Some(reason)) => format!("{} ({reason})", said.join("; ")),
        (false, None) => said.join("; "),
        (true, Some(reason)) => reason.to_owned(),
        (true, None) => stderr.trim().to_owned(),
    }
}
