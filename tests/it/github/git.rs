//! The bare repository below, asked by Git itself.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A bare repository.
#[derive(Clone)]
pub struct Bare(pub PathBuf);

impl Bare {
    /// Runs Git; `None` when it fails.
    pub fn git(&self, args: &[&str]) -> Option<String> {
        let out = command(&self.0).args(args).output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).trim_end().to_owned();
        out.status.success().then_some(text)
    }

    pub fn tip(&self, branch: &str) -> Option<String> {
        // Most branches are files, and this is asked for every request.
        let file = self.0.join("refs/heads").join(branch);
        if let Ok(text) = std::fs::read_to_string(file) {
            return Some(text.trim().to_owned());
        }
        let name = format!("refs/heads/{branch}^{{commit}}");
        self.git(&["rev-parse", "--verify", "--quiet", &name])
    }

    /// Whether `inner` is `outer` or one of its ancestors.
    pub fn holds(&self, outer: &str, inner: &str) -> bool {
        self.git(&["merge-base", "--is-ancestor", inner, outer])
            .is_some()
    }

    /// How many commits `head` has that `base` has not.
    pub fn commits_between(&self, base: &str, head: &str) -> u64 {
        let range = format!("{base}..{head}");
        let count = self.git(&["rev-list", "--count", &range]);
        count.and_then(|n| n.parse().ok()).unwrap_or(0)
    }

    pub fn default_branch(&self) -> String {
        let head = std::fs::read_to_string(self.0.join("HEAD")).unwrap_or_default();
        head.trim()
            .trim_start_matches("ref: refs/heads/")
            .to_owned()
    }

    /// Moves a branch; whether it was where it must be.
    pub fn move_branch(&self, branch: &str, new: &str, old: &str) -> bool {
        self.git(&["update-ref", &format!("refs/heads/{branch}"), new, old])
            .is_some()
    }

    /// A merge of two commits, made as GitHub's button makes it; `None` on a conflict.
    pub fn merged(&self, base: &str, head: &str, method: &str, message: &str) -> Option<String> {
        let joined = |into: &str, what: &str| {
            let tree = self.git(&["merge-tree", "--write-tree", into, what])?;
            Some(tree.lines().next().unwrap().to_owned())
        };
        let commit = |tree: &str, parents: &[&str], message: &str| {
            let mut args = vec!["commit-tree", tree, "-m", message];
            for parent in parents {
                args.extend(["-p", parent]);
            }
            self.git(&args)
        };
        match method {
            "squash" => commit(&joined(base, head)?, &[base], message),
            "rebase" => {
                let range = format!("{base}..{head}");
                let all = self.git(&["rev-list", "--reverse", &range])?;
                all.lines().try_fold(base.to_owned(), |onto, one| {
                    let message = self.git(&["log", "-1", "--format=%B", one])?;
                    commit(&joined(&onto, one)?, &[&onto], &message)
                })
            }
            _ => commit(&joined(base, head)?, &[base, head], message),
        }
    }
}

/// Git on a repository, without anything of this machine but its `PATH`.
pub fn command(dir: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", dir)
        .env("LC_ALL", "C");
    for (who, name) in [("AUTHOR", "GitHub"), ("COMMITTER", "GitHub")] {
        command
            .env(format!("GIT_{who}_NAME"), name)
            .env(format!("GIT_{who}_EMAIL"), "noreply@github.com")
            .env(format!("GIT_{who}_DATE"), "2026-01-02T03:04:05+00:00");
    }
    command.arg("--git-dir").arg(dir);
    command
}
