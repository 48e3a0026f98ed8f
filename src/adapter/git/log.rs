//! The commits that changed files, as `git log` lists them.
//!
//! # Why
//!
//! `git log` uses commit graphs and their filters, and reads every kind of repository. Its output is
//! read while it runs: a few commits answer most questions, and then it is ended.

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::ops::ControlFlow;

use super::command::program_reader::ProgramReader;
use super::fault::ErrorContext;
use super::local::Local;
use super::objects::files_at::files_at;
use super::objects::tree::kind;
use crate::domain::{CommitId, FileMode, ObjectId, RepoPath};
use crate::port::{ChangedFile, PastCommit, Rename, RepositoryError, Walk};

/// Git compares each changed entry with every path, so more are replaced by their folders.
const MAX_PATHS: usize = 256;

/// Lists what the first commit of a history adds, or not; before [`LOG`].
const WITH_ROOT: [&str; 2] = ["-c", "log.showRoot=true"];
const WITHOUT_ROOT: [&str; 2] = ["-c", "log.showRoot=false"];

/// Lists commits along first parents with their changes, whatever the user's settings are.
const LOG: [&str; 21] = [
    "-c",
    "log.showSignature=false",
    "-c",
    "log.follow=false",
    "-c",
    "log.diffMerges=separate",
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
];

/// The fields of a commit before its files; `-z` ends each file's line and path with a NUL too.
const FORMAT: &str = "--format=%H%x00%T%x00%P%x00%ct%x00%an%x00%ae%x00%B";

/// How many commits [`since`] lists at most, of each kind.
const NEWEST: &str = "--max-count=10000";

/// Git's own default for renames with changes, as a setting of the user may be lower.
const RENAME_LIMIT: &str = "-l1000";

/// Why output is refused.
const UNKNOWN: &str = "`git` printed something unknown";

/// Visits the commits of a walk along first parents, newest first, until `visit` breaks.
pub fn walk(
    local: &Local,
    walk: &Walk<'_>,
    visit: &mut dyn FnMut(PastCommit) -> ControlFlow<()>,
) -> Result<(), RepositoryError> {
    let doing = "could not read the history of files";
    let wanted: HashSet<&RepoPath> = walk.paths.iter().collect();
    let specs = pathspecs(walk.paths);
    if specs.is_empty() {
        return Ok(());
    }
    let from = walk.from.0.to_string();
    let except = walk.except.map(|commit| format!("^{}", commit.0));
    let mut args = [&WITHOUT_ROOT[..], &LOG].concat();
    args.extend([FORMAT, &from]);
    args.extend(except.as_deref());
    args.push("--");
    args.extend(specs.iter().map(String::as_str));
    let mut left = walk.limit;
    let mut fault = None;
    // A commit can change many more files than those that are asked about.
    let is_wanted = |file: &ChangedFile| file.path.as_ref().is_some_and(|p| wanted.contains(p));
    read(local, doing, &args, &is_wanted, &mut |mut commit, tree| {
        if left == 0 {
            return ControlFlow::Break(());
        }
        // It can add all files of the repository, of which a few are wanted.
        if commit.parent.is_none() {
            match added(local, tree, walk.paths) {
                Ok(added) => commit.changes = added,
                Err(error) => {
                    fault = Some(error);
                    return ControlFlow::Break(());
                }
            }
        }
        if commit.changes.is_empty() {
            return ControlFlow::Continue(());
        }
        left -= 1;
        match visit(commit) {
            ControlFlow::Continue(()) if left > 0 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    })?;
    fault.map_or(Ok(()), Err)
}

/// What a commit without a parent changes: the files of its tree at these paths are new.
fn added(
    local: &Local,
    tree: ObjectId,
    paths: &[RepoPath],
) -> Result<Vec<ChangedFile>, RepositoryError> {
    let files = files_at(local, tree, paths)?.into_iter();
    let change = |(path, file): (&RepoPath, _)| ChangedFile {
        path: Some(path.clone()),
        before: None,
        after: Some(file),
    };
    Ok(files.map(change).collect())
}

/// The commits that `from` reaches and `except` does not: those of its own line, newest first, then what
/// was merged into it, without merges.
pub fn since(
    local: &Local,
    from: CommitId,
    except: Option<CommitId>,
) -> Result<Vec<PastCommit>, RepositoryError> {
    let doing = "could not read the newest commits";
    let from = from.to_string();
    let except = except.map(|commit| format!("^{commit}"));
    let mut known = HashSet::new();
    let mut all = Vec::new();
    for line in ["--first-parent", "--no-merges"] {
        let options = LOG.into_iter().filter(|word| *word != "--first-parent");
        let mut args = WITH_ROOT.to_vec();
        args.extend(options);
        args.extend([line, NEWEST, FORMAT, &from]);
        args.extend(except.as_deref());
        args.push("--");
        read(local, doing, &args, &|_| true, &mut |commit, _| {
            if known.insert(commit.id) {
                all.push(commit);
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(all)
}

/// Visits the commits that `git log` prints, with the changes that are wanted, and their trees, until `visit`
/// breaks.
fn read(
    local: &Local,
    doing: &str,
    args: &[&str],
    is_wanted: &dyn Fn(&ChangedFile) -> bool,
    visit: &mut dyn FnMut(PastCommit, ObjectId) -> ControlFlow<()>,
) -> Result<(), RepositoryError> {
    let mut words = Words {
        git: local.git.start_reading(args, Vec::new())?,
        peeked: None,
    };
    let fault = |error| local.git.run_error(error);
    loop {
        match words.commit(is_wanted).map_err(fault)? {
            Parsed::Commit(commit, tree) => {
                if visit(*commit, tree).is_break() {
                    return Ok(());
                }
            }
            Parsed::Unknown => return Err(ErrorContext::error(doing, UNKNOWN)),
            Parsed::End => {
                let output = words.git.finish().map_err(fault)?;
                if output.status.success() {
                    return Ok(());
                }
                return Err(local.git.fault(doing, &output));
            }
        }
    }
}

/// A commit with all files that it changes, compared with its first parent.
pub fn commit(local: &Local, id: CommitId) -> Result<PastCommit, RepositoryError> {
    let revision = id.to_string();
    let mut args = [&WITH_ROOT[..], &LOG].concat();
    args.extend([FORMAT, "-n", "1", &revision, "--"]);
    let mut words = Words {
        git: local.git.start_reading(&args, Vec::new())?,
        peeked: None,
    };
    let found = words.commit(&|_| true);
    match found.map_err(|error| local.git.run_error(error))? {
        Parsed::Commit(commit, _) => Ok(*commit),
        Parsed::Unknown => Err(ErrorContext::error("could not read a commit", UNKNOWN)),
        Parsed::End => Err(RepositoryError::UnknownRevision { revision }),
    }
}

/// The commits that `from` reaches, children first, back to `oldest`.
pub fn ancestry(
    local: &Local,
    from: CommitId,
    oldest: CommitId,
) -> Result<Vec<(CommitId, Vec<CommitId>)>, RepositoryError> {
    let doing = "could not read the history";
    // The parents are excluded; a commit without any excludes nothing.
    let (from, excluded) = (from.to_string(), format!("{oldest}^@"));
    let args = [
        "rev-list",
        "--topo-order",
        "--parents",
        &from,
        "--not",
        &excluded,
    ];
    let output = local.git.output_text(doing, &args)?;
    let commit = |line: &str| {
        let mut ids = line.split(' ').map(|id| Some(CommitId(id.parse().ok()?)));
        Some((ids.next()??, ids.collect::<Option<_>>()?))
    };
    let commits: Option<_> = output.lines().map(commit).collect();
    commits.ok_or_else(|| ErrorContext::error(doing, UNKNOWN))
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
        RENAME_LIMIT,
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

/// What `git log` printed, word by word.
struct Words {
    git: ProgramReader,
    peeked: Option<Vec<u8>>,
}

/// The next commit of `git log`, with its tree.
enum Parsed {
    Commit(Box<PastCommit>, ObjectId),
    Unknown,
    End,
}

impl Words {
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        match self.peeked.take() {
            Some(word) => Ok(Some(word)),
            None => self.git.read_word(),
        }
    }

    /// Parses the next commit, with the changes that are wanted.
    fn commit(&mut self, is_wanted: &dyn Fn(&ChangedFile) -> bool) -> io::Result<Parsed> {
        let id = loop {
            match self.next()? {
                None => return Ok(Parsed::End),
                Some(word) if trimmed(&word).is_empty() => {}
                Some(word) => break text(trimmed(&word)),
            }
        };
        let mut fields = [const { String::new() }; 6];
        for field in &mut fields {
            let Some(word) = self.next()? else {
                return Ok(Parsed::Unknown);
            };
            *field = text(&word);
        }
        let [tree, parents, time, author, email, message] = fields;
        let mut changes = Vec::new();
        while let Some(line) = self.next()? {
            if trimmed(&line).first() != Some(&b':') {
                self.peeked = Some(line);
                break;
            }
            let name = self.next()?.unwrap_or_default();
            let Some(change) = changed_file(trimmed(&line), &name) else {
                return Ok(Parsed::Unknown);
            };
            if is_wanted(&change) {
                changes.push(change);
            }
        }
        let commit = |text: &str| Some(CommitId(text.parse().ok()?));
        let parents: Option<Vec<CommitId>> = parents.split_whitespace().map(commit).collect();
        let (Some(id), Some(parents), Ok(time), Ok(tree)) =
            (commit(&id), parents, time.parse(), tree.parse())
        else {
            return Ok(Parsed::Unknown);
        };
        let commit = PastCommit {
            id,
            parent: parents.first().copied(),
            merged: parents.get(1..).unwrap_or_default().to_vec(),
            time,
            author,
            email,
            message,
            changes,
        };
        Ok(Parsed::Commit(Box::new(commit), tree))
    }
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
        let few = paths(200, &|n| format!("apps/{n}.yaml"));
        assert_eq!(pathspecs(&few).len(), 200);
        let many = paths(300, &|n| format!("apps/prod/{n}.yaml"));
        assert_eq!(pathspecs(&many), [":(top,literal)apps/prod"]);
        let folders = paths(300, &|n| format!("apps/{n}/prod/a.yaml"));
        assert_eq!(pathspecs(&folders), [":(top,literal)apps"]);
        let top = paths(300, &|n| format!("{n}.yaml"));
        assert_eq!(pathspecs(&top), [":(top)"]);
    }
}
