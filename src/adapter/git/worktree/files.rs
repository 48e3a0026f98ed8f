//! Updating the files of one working tree from one commit to another.
//!
//! # Why
//!
//! Git itself writes the files: it supports sparse checkouts, encodings and filters,
//! and refuses to overwrite changes. `git read-tree` locks the index before it reads
//! it; `git merge` does so later, and would lose what is added in between. But
//! `git read-tree` overwrites ignored files, so these are checked first.
//!
//! A run that is killed leaves files that already have their new content. Git would
//! not overwrite them, so the next run first adds those to the index that are exactly
//! as in the commit.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::adapter::git::branch::refs::LOCK_TIMEOUT;
use crate::adapter::git::command::program::LOCATION_VARIABLES;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::difference::FileDifference;
use crate::adapter::git::objects::path::GitPath;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// How long filters may be silent without a terminal.
const FILTER_TIMEOUT: Duration = Duration::from_secs(600);

/// One working tree of a repository.
pub struct WorkingTree<'a> {
    pub local: &'a Local,
    pub folder: &'a Path,
}

impl WorkingTree<'_> {
    /// A `git` command in this working tree.
    fn git(&self, words: &[&str]) -> Command {
        let mut git = self.local.git.command(words);
        git.current_dir(self.folder);
        // The environment's variables are for the working tree in which git-promote was started, and
        // with `GIT_DIR` alone, Git takes its current folder for the working tree.
        let dir = &self.local.git.dir;
        let is_set = |name| std::env::var_os(name).is_some();
        let is_here = Some(self.folder) == self.local.work_tree.as_deref();
        let is_started_here = || dir.canonicalize().is_ok_and(|dir| dir == self.folder);
        if is_here && is_set("GIT_DIR") && (is_set("GIT_WORK_TREE") || is_started_here()) {
            git.current_dir(dir);
        } else if !is_here || is_set("GIT_DIR") {
            for name in LOCATION_VARIABLES {
                git.env_remove(name);
            }
        }
        git
    }

    /// The files at or below `paths` that are new, changed or deleted since the checked-out commit.
    pub fn uncommitted(&self, paths: &[String]) -> Result<Vec<String>, RepositoryError> {
        // A command line has a limit; then all files are compared.
        const MOST: usize = 100;
        let mut words = vec![
            "--no-optional-locks",
            "--literal-pathspecs",
            "status",
            "--porcelain",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignore-submodules=all",
            "--",
        ];
        if paths.len() <= MOST {
            words.extend(paths.iter().map(String::as_str));
        }
        let doing = "could not read the checked-out files";
        let output = (self.local.git).output(doing, &mut self.git(&words), Vec::new())?;
        let entries = output.split(|byte| *byte == 0);
        let paths = entries.filter_map(|entry| Some(entry.split_at_checked(3)?.1));
        Ok(paths
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect())
    }

    /// Whether another process is writing the index, or was killed while writing it.
    fn is_locked(&self) -> bool {
        let git_dir = git_dir_of(self.folder);
        let git_dir = git_dir.as_deref().unwrap_or(&self.local.common);
        git_dir.join("index.lock").exists()
    }

    /// Updates files and index from one commit to another.
    pub fn update(
        &self,
        branch: &str,
        changes: &[FileDifference],
        old: ObjectId,
        new: ObjectId,
    ) -> Result<(), RepositoryError> {
        let git = &self.local.git;
        let (old, new) = (old.to_string(), new.to_string());
        let words = [
            "read-tree",
            "-m",
            "-u",
            "--no-recurse-submodules",
            &old,
            &new,
        ];
        let until = Instant::now() + LOCK_TIMEOUT;
        let mut is_refreshed = false;
        let mut may_be_blocked = changes.iter().any(|change| self.is_occupied(change));
        loop {
            if may_be_blocked && self.is_locked() && Instant::now() < until {
                sleep(Duration::from_millis(50));
                continue;
            }
            if may_be_blocked && !self.is_locked() {
                self.make_room(branch, changes, &new)?;
            }
            // A filter may prompt for a password, or download something large.
            let output =
                git.run_within(&mut self.git(&words), Vec::new(), git.limit(FILTER_TIMEOUT))?;
            if output.status.success() {
                return Ok(());
            }
            // Git does not wait for the index's lock, and a touched file counts as changed until a refresh.
            let is_locked = self.is_locked();
            if Instant::now() > until || (is_refreshed && !is_locked) {
                return Err(git.fault(&format!("could not move `{branch}`"), &output));
            }
            may_be_blocked = true;
            if is_locked {
                sleep(Duration::from_millis(50));
            } else {
                let refresh = ["update-index", "-q", "--refresh"];
                git.run_command(&mut self.git(&refresh), Vec::new())?;
                is_refreshed = true;
            }
        }
    }

    /// Whether there already is something, perhaps ignored, at the path of a new file.
    fn is_occupied(&self, change: &FileDifference) -> bool {
        if change.before.is_some() {
            return false;
        }
        let file = change.path.below(self.folder);
        // Check the file itself, then its folders upwards.
        for place in file.ancestors().take_while(|place| *place != self.folder) {
            match place.symlink_metadata() {
                Err(_) => {}
                Ok(found) => return !found.is_dir() || place == file,
            }
        }
        false
    }

    /// Fails if the user's changes are in the way; repairs what a killed run left: finished files are
    /// added to the index, unfinished ones removed.
    fn make_room(
        &self,
        branch: &str,
        changes: &[FileDifference],
        new: &str,
    ) -> Result<(), RepositoryError> {
        let in_the_way = self.in_the_way(changes)?;
        let left_behind = self.left_behind(changes, &in_the_way)?;
        let others = in_the_way
            .iter()
            .filter(|(path, _)| !left_behind.contains(path));
        let (cut_off, dirty): (Vec<_>, Vec<_>) = others.partition(|(path, letters)| {
            b" ?!".contains(&letters[0]) && self.is_cut_off(path, new)
        });
        if !dirty.is_empty() {
            return Err(RepositoryError::Dirty {
                branch: branch.to_owned(),
                paths: dirty
                    .into_iter()
                    .map(|(path, _)| path.to_string())
                    .collect(),
            });
        }
        for (path, _) in cut_off {
            let fault = || {
                self.local
                    .context
                    .io_fault("could not finish an earlier run")
            };
            std::fs::remove_file(path.below(self.folder)).map_err(fault())?;
        }
        if left_behind.is_empty() {
            return Ok(());
        }
        self.add(&left_behind)
    }

    /// Whether a file is the beginning of its content in the new commit: then Git was killed while
    /// writing it, and removing it loses nothing.
    fn is_cut_off(&self, path: &GitPath, new: &str) -> bool {
        let mut git = self.git(&["cat-file", "--filters"]);
        git.arg(GitPath([new.as_bytes(), b":", &path.0].concat()).below(Path::new("")));
        let whole = self.local.git.run_command(&mut git, Vec::new());
        let found = std::fs::read(path.below(self.folder));
        match (whole, found) {
            (Ok(whole), Ok(found)) => whole.status.success() && whole.stdout.starts_with(&found),
            _ => false,
        }
    }

    /// The changed files that are in the way, with the two letters of `git status`.
    fn in_the_way(
        &self,
        changes: &[FileDifference],
    ) -> Result<BTreeMap<GitPath, [u8; 2]>, RepositoryError> {
        let words = [
            "--no-optional-locks",
            "status",
            "--porcelain",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignored=matching",
            "--ignore-submodules=all",
        ];
        let doing = "could not read the checked-out files";
        let output = (self.local.git).output(doing, &mut self.git(&words), Vec::new())?;
        let entries = output.split(|byte| *byte == 0);
        Ok(entries
            .filter_map(|entry| {
                let (letters, path) = entry.split_at_checked(3)?;
                let path = GitPath(path.strip_suffix(b"/").unwrap_or(path).to_vec());
                let is_affected = |change: &FileDifference| {
                    path.is_within(&change.path) || change.path.is_within(&path)
                };
                // A file that was only deleted is not in the way.
                let is_affected = &letters[..2] != b" D" && changes.iter().any(is_affected);
                is_affected.then(|| (path, [letters[0], letters[1]]))
            })
            .collect())
    }

    /// The files in the way that are as in the new commit: a killed run wrote them.
    fn left_behind(
        &self,
        changes: &[FileDifference],
        in_the_way: &BTreeMap<GitPath, [u8; 2]>,
    ) -> Result<BTreeSet<GitPath>, RepositoryError> {
        if in_the_way.is_empty() {
            return Ok(BTreeSet::new());
        }
        // Git compares the files with a temporary index that only holds their new versions.
        let doing = "could not compare the checked-out files";
        let folder = tempfile::tempdir().map_err(self.local.context.io_fault(doing))?;
        let index = folder.path().join("index");
        let mut lines = Vec::new();
        for FileDifference { path, after, .. } in changes {
            if let Some((mode, id)) = after {
                lines.extend(mode.digits().as_bytes());
                lines.extend(format!(" {id}\t").bytes());
                lines.extend(&path.0);
                lines.push(0);
            }
        }
        let in_index = |words: &[&str], input| {
            let mut git = self.git(words);
            let git = git.env("GIT_INDEX_FILE", &index);
            self.local.git.output(doing, git, input)
        };
        in_index(&["update-index", "-z", "--index-info"], lines)?;
        let words = [
            "-c",
            "diff.autoRefreshIndex=true",
            "diff",
            "-z",
            "--name-only",
            "--ignore-submodules=all",
        ];
        let compared = in_index(&words, Vec::new())?;
        let differing: BTreeSet<&[u8]> = compared.split(|byte| *byte == 0).collect();
        let is_finished = |change: &&FileDifference| match change.after {
            Some(_) => !differing.contains(change.path.0.as_slice()),
            None => change.path.below(self.folder).symlink_metadata().is_err(),
        };
        // A version that was added to the index and changed again would be lost.
        let is_unstaged = |change: &&FileDifference| {
            let letters = in_the_way.get(&change.path);
            letters.is_some_and(|[index, tree]| b" ?!".contains(index) || *tree == b' ')
        };
        Ok(changes
            .iter()
            .filter(is_finished)
            .filter(is_unstaged)
            .map(|change| change.path.clone())
            .collect())
    }

    /// Adds files to the index as they are.
    fn add(&self, paths: &BTreeSet<GitPath>) -> Result<(), RepositoryError> {
        let mut list = Vec::new();
        for path in paths {
            list.extend_from_slice(&path.0);
            list.push(0);
        }
        let words = ["update-index", "-z", "--add", "--remove", "--stdin"];
        let doing = "could not finish an earlier run";
        (self.local.git).output(doing, &mut self.git(&words), list)?;
        Ok(())
    }
}

/// The folder with a working tree's state, by its `.git`.
pub fn git_dir_of(folder: &Path) -> Option<PathBuf> {
    let dot = folder.join(".git");
    if dot.is_dir() {
        return Some(dot);
    }
    let text = std::fs::read_to_string(dot).ok()?;
    Some(folder.join(text.strip_prefix("gitdir: ")?.trim_end()))
}
