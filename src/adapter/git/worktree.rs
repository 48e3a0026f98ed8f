//! Moving a branch of this repository, with its files where it is checked out.
//!
//! # Why
//!
//! Git itself moves the files: it knows sparse checkouts, encodings and filters,
//! and refuses where somebody's changes are in the way. `git read-tree` takes the
//! index's lock before it reads the index; `git merge` takes it later, and what
//! somebody adds in between would be lost. But it overwrites ignored files, so
//! these are looked for first.
//!
//! Files first, then the index, then the branch. A run that is killed in between
//! leaves files that already have their new content. To Git these are changes in
//! the way, so they are added to the index first; only files that are exactly
//! what the commit has. The other way round the branch would be promoted over old
//! files, and the user's next commit would undo the promotion.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::fault::Place;
use super::local::Local;
use super::program::PLACES;
use super::refs::{LOCKED, Swap, of_branch};
use super::tree::{Changed, changed};
use crate::domain::{FileMode, ObjectId};
use crate::port::RepositoryError;

/// Moves a branch forward, with its files where it is checked out.
pub(super) fn advance(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let name = of_branch(branch);
    let _lock = lock(local)?;
    match local.target(&name)? {
        Some(now) if now == new => return Ok(Swap::Done),
        Some(now) if now == old => {}
        _ => return Ok(Swap::Overtaken),
    }
    match checked_out(local, branch)?.as_slice() {
        [] => advance_alone(local, branch, old, new),
        [tree] => forward(
            &Tree {
                local,
                folder: tree,
            },
            branch,
            old,
            new,
        ),
        [first, second, ..] => Err(Place::found(
            format!("could not move `{branch}`"),
            format!(
                "it is checked out twice, in `{}` and `{}`",
                first.display(),
                second.display()
            ),
        )),
    }
}

/// Lets one promotion at a time move branches of a repository.
///
/// # Why
///
/// Git writes files and index under a lock, but moves the branch after that lock is gone. A second
/// promotion in between would leave its files behind. This lock is the system's own, on the
/// repository's folder: it leaves no file behind and ends with the process, however that ends.
fn lock(local: &Local) -> Result<Option<File>, RepositoryError> {
    if cfg!(windows) {
        return Ok(None);
    }
    let folder = File::open(&local.common).map_err(local.place.io_fault("could not lock"))?;
    // A file system without locks is no reason to stop.
    Ok(folder.lock().is_ok().then_some(folder))
}

/// The working trees that have a branch checked out.
///
/// # Errors
/// When one of them is in the middle of rebasing it: Git moves the branch at the end
/// then, and fails if somebody else did meanwhile.
pub(super) fn checked_out(local: &Local, branch: &str) -> Result<Vec<PathBuf>, RepositoryError> {
    let name = of_branch(branch);
    if !local.common.join("worktrees").is_dir() {
        refuse_rebasing(&local.common, local.top.as_deref(), &name)?;
        let is_here = local.symbolic("HEAD")?.as_ref() == Some(&name);
        return Ok(local.top.iter().filter(|_| is_here).cloned().collect());
    }
    let words = ["worktree", "list", "--porcelain"];
    let list = local
        .git
        .answer("could not list the working trees", &words)?;
    let mut found = Vec::new();
    let mut folder = Path::new("");
    let mut is_bare = false;
    for line in list.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("worktree", path) => (folder, is_bare) = (Path::new(path), false),
            ("bare", _) => is_bare = true,
            ("branch", full) if full == name && !is_bare => found.push(folder.to_owned()),
            ("detached", _) => {
                let git_dir = git_dir_of(folder).unwrap_or_else(|| local.common.clone());
                refuse_rebasing(&git_dir, Some(folder), &name)?;
            }
            _ => {}
        }
    }
    // Whoever is in it knows best where it is: its `.git` may be elsewhere.
    if let Some(top) = &local.top
        && local.is_at(&local.common)
        && let Some(main) = found.iter_mut().find(|folder| git_dir_of(folder).is_none())
    {
        main.clone_from(top);
    }
    Ok(found)
}

/// The folder of a working tree's own state, as far as its `.git` tells.
fn git_dir_of(folder: &Path) -> Option<PathBuf> {
    let dot = folder.join(".git");
    if dot.is_dir() {
        return Some(dot);
    }
    let text = std::fs::read_to_string(dot).ok()?;
    Some(folder.join(text.strip_prefix("gitdir: ")?.trim_end()))
}

fn refuse_rebasing(
    git_dir: &Path,
    folder: Option<&Path>,
    name: &str,
) -> Result<(), RepositoryError> {
    let is_rebasing = ["rebase-merge", "rebase-apply"].iter().any(|kind| {
        let file = git_dir.join(kind).join("head-name");
        std::fs::read_to_string(file).is_ok_and(|text| text.trim_end() == name)
    });
    match folder {
        Some(folder) if is_rebasing => Err(Place::found(
            format!(
                "could not move `{}`",
                name.trim_start_matches("refs/heads/")
            ),
            format!("it is being rebased in `{}`", folder.display()),
        )),
        _ => Ok(()),
    }
}

/// A working tree.
struct Tree<'a> {
    local: &'a Local,
    folder: &'a Path,
}

/// Moves the branch that is checked out, and its files.
fn forward(
    tree: &Tree<'_>,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let local = tree.local;
    let root = |commit| Ok::<_, RepositoryError>(Some(local.commit(commit)?.tree));
    let changes = changed(local, root(old)?, root(new)?)?;
    tree.update(branch, &changes, old, new)?;
    let swap = advance_alone(local, branch, old, new);
    if !matches!(swap, Ok(Swap::Done)) {
        // What went wrong first is what the user must know; what stays, the next run finds.
        let _ = tree.update(branch, &[], new, old);
    }
    swap
}

/// Moves a branch and no files.
fn advance_alone(
    local: &Local,
    branch: &str,
    old: ObjectId,
    new: ObjectId,
) -> Result<Swap, RepositoryError> {
    let message = local.commit(new)?.message;
    let title = message.lines().next().unwrap_or_default();
    local.swap(
        &of_branch(branch),
        Some(old),
        Some(new),
        &format!("promote: {title}"),
    )
}

impl Tree<'_> {
    /// A command of Git's in this working tree.
    fn git(&self, words: &[&str]) -> Command {
        let mut git = self.local.git.command(words);
        git.current_dir(self.folder);
        // What the environment names belongs to the working tree in which we were started.
        if Some(self.folder) != self.local.top.as_deref() {
            for name in PLACES {
                git.env_remove(name);
            }
        } else if std::env::var_os("GIT_DIR").is_some() {
            git.current_dir(&self.local.git.dir);
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
    fn update(
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
        let mut is_doubtful = changes.iter().any(|change| self.is_occupied(change));
        loop {
            if is_doubtful {
                self.make_room(branch, changes)?;
            }
            let ran = git.tell(&mut self.git(&words), Vec::new())?;
            if ran.status.success() {
                return Ok(());
            }
            // Git waits for no lock on an index, and takes files that were only touched for changed.
            let is_locked = self.is_locked();
            if Instant::now() > until || (is_doubtful && !is_locked) {
                return Err(git.fault(&format!("could not move `{branch}`"), &ran));
            }
            is_doubtful = true;
            if is_locked {
                sleep(Duration::from_millis(50));
            } else {
                let refresh = ["update-index", "-q", "--refresh"];
                git.tell(&mut self.git(&refresh), Vec::new())?;
            }
        }
    }

    /// Whether something is where a file would be new, which need not be known to Git.
    fn is_occupied(&self, change: &Changed) -> bool {
        if change.before.is_some() {
            return false;
        }
        let mut path = self.folder.to_owned();
        let text = show(&change.path);
        let mut parts = text.split('/').peekable();
        while let Some(part) = parts.next() {
            path.push(part);
            match path.symlink_metadata() {
                Ok(found) if found.is_dir() && parts.peek().is_some() => {}
                Ok(_) => return true,
                Err(_) => return false,
            }
        }
        false
    }

    /// Makes sure that no changes of somebody's are in the way, and adds files that a killed run left.
    fn make_room(&self, branch: &str, changes: &[Changed]) -> Result<(), RepositoryError> {
        let in_the_way = self.in_the_way(changes)?;
        let left_behind = self.left_behind(changes, &in_the_way)?;
        let is_somebodys = |path: &&Vec<u8>| !left_behind.contains(*path);
        let dirty: Vec<_> = in_the_way.keys().filter(is_somebodys).collect();
        if !dirty.is_empty() {
            return Err(RepositoryError::Dirty {
                branch: branch.to_owned(),
                paths: dirty.into_iter().map(|path| show(path)).collect(),
            });
        }
        if left_behind.is_empty() || self.is_locked() {
            return Ok(());
        }
        self.add(&left_behind)
    }

    /// The files with changes of somebody's that stand in the way, with Git's two letters of each.
    fn in_the_way(
        &self,
        changes: &[Changed],
    ) -> Result<BTreeMap<Vec<u8>, [u8; 2]>, RepositoryError> {
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
        let ran = self.local.git.tell(&mut self.git(&words), Vec::new())?;
        if !ran.status.success() {
            return Err(self
                .local
                .git
                .fault("could not read the checked-out files", &ran));
        }
        let is_below = |a: &[u8], b: &[u8]| {
            a.strip_prefix(b)
                .is_some_and(|rest| rest.is_empty() || rest[0] == b'/' || b.ends_with(b"/"))
        };
        let entries = ran.stdout.split(|byte| *byte == 0);
        Ok(entries
            .filter_map(|entry| {
                let (letters, path) = entry.split_at_checked(3)?;
                let path = path.strip_suffix(b"/").unwrap_or(path);
                let is_concerned =
                    |change: &Changed| is_below(path, &change.path) || is_below(&change.path, path);
                changes
                    .iter()
                    .any(is_concerned)
                    .then(|| (path.to_vec(), [letters[0], letters[1]]))
            })
            .collect())
    }

    /// Those of the files in the way that are what the new commit has: a killed run put them there.
    fn left_behind(
        &self,
        changes: &[Changed],
        in_the_way: &BTreeMap<Vec<u8>, [u8; 2]>,
    ) -> Result<BTreeSet<Vec<u8>>, RepositoryError> {
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
                let digits = match mode {
                    FileMode::Executable => "100755",
                    FileMode::Symlink => "120000",
                    FileMode::Submodule => "160000",
                    FileMode::Regular | FileMode::Directory => "100644",
                };
                lines.extend(format!("{digits} {id}\t").bytes());
                lines.extend(path);
                lines.push(0);
            }
        }
        let in_index = |words: &[&str], input| {
            let mut git = self.git(words);
            git.env("GIT_INDEX_FILE", &index);
            let ran = self.local.git.tell(&mut git, input)?;
            if ran.status.success() {
                Ok(ran.stdout)
            } else {
                Err(self.local.git.fault(doing, &ran))
            }
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
            Some(_) => !differing.contains(change.path.as_slice()),
            None => self
                .folder
                .join(show(&change.path))
                .symlink_metadata()
                .is_err(),
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
    fn add(&self, paths: &BTreeSet<Vec<u8>>) -> Result<(), RepositoryError> {
        let mut list = Vec::new();
        for path in paths {
            list.extend_from_slice(path);
            list.push(0);
        }
        let words = ["update-index", "-z", "--add", "--remove", "--stdin"];
        let ran = self.local.git.tell(&mut self.git(&words), list)?;
        if ran.status.success() {
            Ok(())
        } else {
            Err(self
                .local
                .git
                .fault("could not finish an earlier run", &ran))
        }
    }
}

/// A path for people.
pub(super) fn show(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
