//! The commits that changed files, as `git log` lists them.
//!
//! # Why
//!
//! `git log` uses commit graphs and their filters, and reads every kind of repository. It runs in
//! pages that grow: most questions are answered by a few commits, and the others should not start Git
//! often.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

use super::fault::ErrorContext;
use super::local::Local;
use super::objects::tree::kind;
use crate::domain::{CommitId, FileMode, ObjectId, RepoPath};
use crate::port::{ChangedFile, PastCommit, Rename, RepositoryError, Walk};

/// How many commits the first page has.
const FIRST_PAGE: usize = 32;

/// Git compares each changed entry with every path, so more are replaced by their folders.
const MAX_PATHS: usize = 64;

/// The fields of a commit before its files; `-z` ends each file's line and path with a NUL too.
const FORMAT: &str = "--format=%H%x00%P%x00%ct%x00%an%x00%B";

/// Why output is refused.
const UNKNOWN: &str = "`git` printed something unknown";

/// Visits the commits of a walk along first parents, newest first, until `visit` breaks.
pub fn walk(
    local: &Local,
    walk: &Walk<'_>,
    visit: &mut dyn FnMut(PastCommit) -> ControlFlow<()>,
) -> Result<(), RepositoryError> {
    let wanted: HashSet<&RepoPath> = walk.paths.iter().collect();
    let specs = pathspecs(walk.paths);
    let mut from = walk.from;
    let mut left = walk.limit;
    let mut page = FIRST_PAGE;
    while left > 0 && !specs.is_empty() {
        let size = page.min(left);
        let commits = read_page(local, from, &specs, size)?;
        let is_last = commits.len() < size;
        for mut commit in commits {
            left -= 1;
            let next = commit.parent;
            commit
                .changes
                .retain(|file| file.path.as_ref().is_some_and(|path| wanted.contains(path)));
            if !commit.changes.is_empty() && visit(commit).is_break() {
                return Ok(());
            }
            let Some(next) = next else { return Ok(()) };
            from = next;
        }
        if is_last {
            return Ok(());
        }
        page *= 4;
    }
    Ok(())
}

/// The files that a commit renames, compared with its first parent.
pub fn renames(local: &Local, commit: &PastCommit) -> Result<Vec<Rename>, RepositoryError> {
    let Some(parent) = commit.parent else {
        return Ok(Vec::new());
    };
    let (old, new) = (parent.0.to_string(), commit.id.0.to_string());
    let doing = format!("could not read commit `{new}`");
    let args = [
        "diff-tree",
        "-r",
        "-z",
        "--raw",
        "--no-abbrev",
        "--find-renames",
        "--diff-filter=R",
        &old,
        &new,
    ];
    let output = local
        .git
        .output(&doing, &mut local.git.command(&args), Vec::new())?;
    let mut words = output.split(|byte| *byte == 0);
    let mut found = Vec::new();
    while let (Some(line), Some(old), Some(new)) = (words.next(), words.next(), words.next()) {
        let Some(change) = changed_file(line, old) else {
            return Err(ErrorContext::error(doing, UNKNOWN));
        };
        // Other paths are never followed.
        if let (Some(old), Some(new), Some(before)) = (change.path, path(new), change.before) {
            found.push(Rename { old, new, before });
        }
    }
    Ok(found)
}

fn read_page(
    local: &Local,
    from: CommitId,
    specs: &[String],
    size: usize,
) -> Result<Vec<PastCommit>, RepositoryError> {
    let doing = "could not read the history of files";
    let (count, from) = (size.to_string(), from.0.to_string());
    let mut args = vec![
        "-c",
        "log.showSignature=false",
        "-c",
        "log.follow=false",
        "-c",
        "log.diffMerges=separate",
        "-c",
        "log.showRoot=true",
        "log",
        "--first-parent",
        "-m",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--no-relative",
        "--no-ext-diff",
        "--no-color",
        "--no-notes",
        "--no-decorate",
        "--no-mailmap",
        "--ignore-submodules=none",
        "--encoding=UTF-8",
        FORMAT,
        "-n",
        &count,
        &from,
        "--",
    ];
    args.extend(specs.iter().map(String::as_str));
    let output = local
        .git
        .output(doing, &mut local.git.command(&args), Vec::new())?;
    parse(&output).ok_or_else(|| ErrorContext::error(doing, UNKNOWN))
}

/// Parses what `git log` prints with `-z`, `--raw` and our format.
fn parse(output: &[u8]) -> Option<Vec<PastCommit>> {
    let mut words = output.split(|byte| *byte == 0).peekable();
    let mut commits = Vec::new();
    while let Some(word) = words.next() {
        let id = trimmed(word);
        if id.is_empty() {
            continue;
        }
        let parents = text(words.next()?);
        let parent = match parents.split(' ').next() {
            None | Some("") => None,
            Some(parent) => Some(CommitId(parent.parse().ok()?)),
        };
        let time = text(words.next()?).parse().ok()?;
        let author = text(words.next()?);
        let message = text(words.next()?);
        let mut changes = Vec::new();
        while let Some(line) = words.peek().map(|word| trimmed(word))
            && line.first() == Some(&b':')
        {
            words.next();
            changes.push(changed_file(line, words.next()?)?);
        }
        commits.push(PastCommit {
            id: CommitId(text(id).parse().ok()?),
            parent,
            time,
            author,
            message,
            changes,
        });
    }
    Some(commits)
}

/// Parses `:100644 100644 OLD NEW M`.
fn changed_file(line: &[u8], name: &[u8]) -> Option<ChangedFile> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.strip_prefix(':')?.split(' ');
    let [old_mode, new_mode, old, new] =
        [words.next()?, words.next()?, words.next()?, words.next()?];
    let side = |mode: &str, id: &str| -> Option<Option<(FileMode, ObjectId)>> {
        let id = id.parse().ok()?;
        Some((mode != "000000").then(|| (kind(mode.as_bytes()), id)))
    };
    Some(ChangedFile {
        path: path(name),
        before: side(old_mode, old)?,
        after: side(new_mode, new)?,
    })
}

/// A line feed separates a commit's message from its files.
fn trimmed(word: &[u8]) -> &[u8] {
    word.strip_prefix(b"\n").unwrap_or(word)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn path(bytes: &[u8]) -> Option<RepoPath> {
    RepoPath::parse(std::str::from_utf8(bytes).ok()?).ok()
}

/// The paths for Git: those requested, or their folders if there are too many.
fn pathspecs(paths: &[RepoPath]) -> Vec<String> {
    let mut specs: BTreeSet<&str> = paths.iter().map(RepoPath::as_str).collect();
    while specs.len() > MAX_PATHS {
        let depth = |path: &str| path.bytes().filter(|byte| *byte == b'/').count();
        let Some(deepest) = specs.iter().map(|path| depth(path)).max() else {
            break;
        };
        if deepest == 0 {
            return vec![":(top)".to_owned()];
        }
        specs = specs
            .iter()
            .map(|path| match path.rsplit_once('/') {
                Some((folder, _)) if depth(path) == deepest => folder,
                _ => *path,
            })
            .collect();
    }
    // Git's folder may be one of the repository's.
    let spec = |path: &str| format!(":(top,literal){path}");
    specs.into_iter().map(spec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_paths_are_replaced_by_their_folders() {
        let paths = |count: usize, path: &dyn Fn(usize) -> String| -> Vec<RepoPath> {
            (0..count)
                .map(|n| RepoPath::parse(&path(n)).unwrap())
                .collect()
        };
        let few = paths(3, &|n| format!("apps/{n}.yaml"));
        assert_eq!(pathspecs(&few).len(), 3);
        let many = paths(200, &|n| format!("apps/prod/{n}.yaml"));
        assert_eq!(pathspecs(&many), [":(top,literal)apps/prod"]);
        let folders = paths(200, &|n| format!("apps/{n}/prod/a.yaml"));
        assert_eq!(pathspecs(&folders), [":(top,literal)apps"]);
        let top = paths(200, &|n| format!("{n}.yaml"));
        assert_eq!(pathspecs(&top), [":(top)"]);
    }
}
