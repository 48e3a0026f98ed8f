//! The commits that `git log` finds by their messages.
//!
//! # Why
//!
//! Promotions are few among many commits, and only their messages show them. Git searches messages
//! without opening trees, so that even a long history takes about a second.

use std::ops::ControlFlow;

use super::fault::ErrorContext;
use super::local::Local;
use crate::domain::CommitId;
use crate::port::{FoundCommit, MessageSearch, RepositoryError};

/// How many commits the first page has. Each page is eight times as long as the one before, because
/// Git starts from the newest commit again.
const FIRST_PAGE: usize = 128;

const FORMAT: &str = "--format=%H%x00%P%x00%ct%x00%an%x00%B%x00";
const FIELDS: usize = 5;

/// Visits the commits that a search finds until `visit` breaks.
pub fn search(
    local: &Local,
    search: &MessageSearch<'_>,
    visit: &mut dyn FnMut(FoundCommit) -> ControlFlow<()>,
) -> Result<(), RepositoryError> {
    let mut page = FIRST_PAGE;
    let mut skipped = 0;
    loop {
        let commits = read_page(local, search, skipped, page)?;
        let is_last = commits.len() < page;
        skipped += commits.len();
        for commit in commits {
            let is_wanted = |line: &str| search.line_starts.iter().any(|s| line.starts_with(s));
            // A setting of Git can make its search ignore case.
            if commit.message.lines().any(is_wanted) && visit(commit).is_break() {
                return Ok(());
            }
        }
        if is_last {
            return Ok(());
        }
        page *= 8;
    }
}

fn read_page(
    local: &Local,
    search: &MessageSearch<'_>,
    skipped: usize,
    page: usize,
) -> Result<Vec<FoundCommit>, RepositoryError> {
    let doing = "could not search the history";
    let patterns = search.line_starts.iter().map(|s| format!("--grep=^{s}"));
    let patterns: Vec<String> = patterns.collect();
    let (skip, count) = (format!("--skip={skipped}"), format!("--max-count={page}"));
    let from = search.from.0.to_string();
    let mut args = vec![
        "-c",
        "log.showSignature=false",
        "log",
        "--no-patch",
        "--no-color",
        "--no-notes",
        "--no-decorate",
        "--no-mailmap",
        "--encoding=UTF-8",
        "--extended-regexp",
        FORMAT,
        &skip,
        &count,
    ];
    args.extend(patterns.iter().map(String::as_str));
    args.extend([from.as_str(), "--"]);
    let output = local
        .git
        .output(doing, &mut local.git.command(&args), Vec::new())?;
    parse(&output).ok_or_else(|| ErrorContext::error(doing, "`git` printed something unknown"))
}

/// Parses commits; a line feed follows each one's last field.
fn parse(output: &[u8]) -> Option<Vec<FoundCommit>> {
    let text = String::from_utf8_lossy(output);
    let fields: Vec<&str> = text.split('\0').collect();
    let commit = |fields: &[&str]| {
        let id = |text: &str| Some(CommitId(text.parse().ok()?));
        let [commit, parents, time, author, message] = fields else {
            return None;
        };
        Some(FoundCommit {
            id: id(commit.trim_start())?,
            parents: parents.split_whitespace().map(id).collect::<Option<_>>()?,
            time: time.parse().ok()?,
            author: (*author).to_owned(),
            message: (*message).to_owned(),
        })
    };
    fields.chunks_exact(FIELDS).map(commit).collect()
}
