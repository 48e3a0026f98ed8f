//! Pushing by the `git` that is installed.

use std::io::ErrorKind;
use std::process::{Command, Output, Stdio};

use git2::{Oid, Repository};

use super::fault::Place;
use super::reference::{Swap, of_branch};
use super::transport::{Transport, Update};
use crate::port::RepositoryError;

/// Pushes to a remote of `repo` that needs Git itself; `demand` is why.
pub(super) fn push_because(
    repo: &Repository,
    remote: &mut dyn Transport,
    update: &Update<'_>,
    demand: &str,
) -> Result<Swap, RepositoryError> {
    let name = remote.name().to_owned();
    let refused = |message: String| RepositoryError::Refused {
        remote: name.clone(),
        branch: update.branch.to_owned(),
        message,
    };
    let full = of_branch(update.branch);
    let id = |oid: Option<Oid>| oid.map(|oid| oid.to_string()).unwrap_or_default();
    let output = Command::new("git")
        .arg("--git-dir")
        .arg(repo.path())
        .args(["push", "--porcelain", "--no-verify", "--no-follow-tags"])
        .args(["--recurse-submodules=no"])
        // The lease is the compare-and-swap; an empty one wants that there is no such branch.
        .arg(format!("--force-with-lease={full}:{}", id(update.old)))
        .arg(&name)
        .arg(format!("{}:{full}", id(update.new)))
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
    match remote.tip(update.branch)? {
        _ if output.status.success() => Ok(Swap::Done),
        now if now == update.new => Ok(Swap::Done),
        now if now == update.old => Err(refused(words(&output))),
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
