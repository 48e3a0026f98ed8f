//! The files of one working tree, moved from what one commit has to what another one has.
//!
//! # Why
//!
//! Git itself moves the files: it knows sparse checkouts, encodings and filters,
//! and refuses where somebody's changes are in the way. `git read-tree` takes the
//! index's lock before it reads the index; `git merge` takes it later, and what
//! somebody adds in between would be lost. But it overwrites ignored files, so
//! these are looked for first.
//!
//! A run that is killed meanwhile leaves files that already have their new
//! content. To Git these are changes in the way, so they are added to the index
//! first; only files that are exactly what the commit has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::adapter::git::branch::refs::LOCKED;
use crate::adapter::git::command::program::PLACES;
use crate::adapter::git::local::Local;
use crate::adapter::git::objects::difference::Changed;
use crate::adapter::git::objects::path::GitPath;
use crate::adapter::git::objects::tree::digits;
use crate::domain::ObjectId;
use crate::port::RepositoryError;

/// How long the filters of the files may be silent where nobody is at a terminal.
const FILTERS: Duration = Duration::from_secs(600);

/// A working tree.
pub struct Tree<'a> {
    pub local: &'a Local,
    pub folder: &'a Path,
}

impl Tree<'_> {
    /// A command of Git's in this working tree.
    fn git(&self, words: &[&str]) -> Command {
        let mut git = self.local.git.command(words);
        git.current_dir(self.folder);
        // What the environment names belongs to the working tree in which we were started; and a
        // `GIT_DIR` alone makes one of the folder in which Git runs.
        let dir = &self.local.git.dir;
        let is_set = |name| std::env::var_os(name).is_some();
        let is_here = Some(self.folder) == self.local.top.as_deref();
        let is_started_here = || dir.canonicalize().is_ok_and(|dir| dir == self.folder);
        if is_here && is_set("GIT_DIR") && (is_set("GIT_WORK_TREE") || is_started_here()) {
            git.current_dir(dir);
        } else if !is_here || is_set("GIT_DIR") {
            for name in PLACES {
                git.env_remove(name);
            }
        }
        git
    }

    /// Whether somebody is writing the index just now, or was killed while writing it.
    fn is_locked(&self) -> bool {
        let git_dir = git_dir_of(self.folder);
        let git_dir = git_dir.as_deref().unwrap_or(&self.local.common);
        git_dir.join("index.lock").exists()
    }

    /// Moves files and index from what one commit has to what another one has.
    pub fn update(
        &self,
        branch: &str,
        changes: &[Changed],
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
        let until = Instant::now() + LOCKED;
        let mut is_refreshed = false;
        let mut is_doubtful = changes.iter().any(|change| self.is_occupied(change));
        loop {
            if is_doubtful && self.is_locked() && Instant::now() < until {
                sleep(Duration::from_millis(50));
                continue;
            }
            if is_doubtful && !self.is_locked() {
                self.make_room(branch, changes, &new)?;
            }
            // A filter may ask for a password, or fetch something large.
            let ran = git.run(&mut self.git(&words), Vec::new(), git.limit(FILTERS))?;
            if ran.status.success() {
                return Ok(());
            }
            // Git waits for no lock on an index, and takes files that were only touched for changed.
            let is_locked = self.is_locked();
            if Instant::now() > until || (is_refreshed && !is_locked) {
                return Err(git.fault(&format!("could not move `{branch}`"), &ran));
            }
            is_doubtful = true;
            if is_locked {
                sleep(Duration::from_millis(50));
            } else {
                let refresh = ["update-index", "-q", "--refresh"];
                git.tell(&mut self.git(&refresh), Vec::new())?;
                is_refreshed = true;
            }
        }
    }

    /// Whether something is where a file would be new, which need not be known to Git.
    fn is_occupied(&self, change: &Changed) -> bool {
        if change.before.is_some() {
            return false;
        }
        let file = change.path.below(self.folder);
        // The file itself, then its folders from the bottom up.
        for place in file.ancestors().take_while(|place| *place != self.folder) {
            match place.symlink_metadata() {
                Err(_) => {}
                Ok(found) => return !found.is_dir() || place == file,
            }
        }
        false
    }

    /// Makes sure that no changes of somebody's are in the way, adds files that a killed run left, and
    /// removes those that it was about to write.
    fn make_room(
        &self,
        branch: &str,
        changes: &[Changed],
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
            let fault = || self.local.place.io_fault("could not finish an earlier run");
            std::fs::remove_file(path.below(self.folder)).map_err(fault())?;
        }
        if left_behind.is_empty() {
            return Ok(());
        }
        self.add(&left_behind)
    }

    /// Whether a file is the beginning of what the new commit has there: then Git was killed while
    /// writing it, and nothing in it can be lost.
    fn is_cut_off(&self, path: &GitPath, new: &str) -> bool {
        let mut git = self.git(&["cat-file", "--filters"]);
        git.arg(GitPath([new.as_bytes(), b":", &path.0].concat()).below(Path::new("")));
        let whole = self.local.git.tell(&mut git, Vec::new());
        let found = std::fs::read(path.below(self.folder));
        match (whole, found) {
            (Ok(whole), Ok(found)) => whole.status.success() && whole.stdout.starts_with(&found),
            _ => false,
        }
    }

    /// The files with changes of somebody's that stand in the way, with Git's two letters of each.
    fn in_the_way(
        &self,
        changes: &[Changed],
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
                let is_concerned =
                    |change: &Changed| path.is_within(&change.path) || change.path.is_within(&path);
                // A file that is only missing is not in the way.
                let is_concerned = &letters[..2] != b" D" && changes.iter().any(is_concerned);
                is_concerned.then(|| (path, [letters[0], letters[1]]))
            })
            .collect())
    }

    /// Those of the files in the way that are what the new commit has: a killed run put them there.
    fn left_behind(
        &self,
        changes: &[Changed],
        in_the_way: &BTreeMap<GitPath, [u8; 2]>,
    ) -> Result<BTreeSet<GitPath>, RepositoryError> {
        // An index with nothing but the new files: what Git finds changed there differs from them.
        if in_the_way.is_empty() {
            return Ok(BTreeSet::new());
        }
        let doing = "could not compare the checked-out files";
        let folder = tempfile::tempdir().map_err(self.local.place.io_fault(doing))?;
        let index = folder.path().join("index");
        let mut lines = Vec::new();
        for Changed { path, after, .. } in changes {
            if let Some((mode, id)) = after {
                lines.extend(digits(*mode));
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
        let is_finished = |change: &&Changed| match change.after {
            Some(_) => !differing.contains(change.path.0.as_slice()),
            None => change.path.below(self.folder).symlink_metadata().is_err(),
        };
        // What somebody added to the index and changed again would be lost.
        let is_unstaged = |change: &&Changed| {
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

/// The folder of a working tree's own state, as far as its `.git` tells.
pub fn git_dir_of(folder: &Path) -> Option<PathBuf> {
    let dot = folder.join(".git");
    if dot.is_dir() {
        return Some(dot);
    }
    let text = std::fs::read_to_string(dot).ok()?;
    Some(folder.join(text.strip_prefix("gitdir: ")?.trim_end()))
}
