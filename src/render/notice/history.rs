//! The words of notices about the history.

use crate::domain::{CommitId, RepoPath};
use crate::render::counted::counted;

pub(super) fn left_out_before(versions: &[String]) -> String {
    match versions {
        [only] => format!("{only} stays: the last two promotions left it out"),
        [first, rest @ ..] => format!(
            "{first} and {} stay: the last two promotions left them out",
            counted(rest.len(), "other version")
        ),
        [] => "no version stays".to_owned(),
    }
}

pub(super) fn no_promotion(paths: &[RepoPath]) -> String {
    let files = match paths {
        [only] => format!("`{only}`"),
        [first, ..] => format!("{} files, such as `{first}`,", paths.len()),
        [] => "the files".to_owned(),
    };
    format!(
        "the history of {files} has no promotion, so `changes` only promotes versions there; \
         `--base REV` names the source's state at the last one"
    )
}

pub(super) fn limit(limit: usize) -> String {
    format!(
        "the newest {} of a file do not show what its last promotions took; `--history N` looks at more",
        counted(limit, "commit")
    )
}

pub(super) const SHALLOW: &str = "the clone is shallow, so it is unknown what the last promotions took \
     and left out; `git fetch --unshallow` gets the history";

pub(super) fn undone_before(commit: CommitId, changes: &[String]) -> String {
    let commit = commit.short();
    match changes {
        [only] => format!("{only} was promoted before, and undone in {commit}"),
        [first, rest @ ..] => format!(
            "{first} and {} were promoted before, and undone in {commit}",
            counted(rest.len(), "other change")
        ),
        [] => format!("nothing that is promoted was undone in {commit}"),
    }
}
