//! What a message claims to revert.
//!
//! The claim need not be true: people quote such lines, and a revert can be changed before it is
//! committed. The log checks it in `undone.rs`, the history by what the commit changed.

use crate::domain::CommitId;
use crate::plan::Record;

/// How `git revert` and GitLab begin the line about a commit.
pub(in crate::engine) const COMMIT: &str = "This reverts commit ";
/// How GitLab begins the line about a merge request.
pub(in crate::engine) const MERGE_REQUEST: &str = "This reverts merge request ";
/// How GitHub begins the line about a pull request: `Reverts acme/shop#12`.
pub(in crate::engine) const PULL_REQUEST: &str = "Reverts ";

/// What a message claims to revert.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) enum Claim {
    /// This commit.
    Commit(CommitId),
    /// The promotion with this id.
    Promotion(String),
    /// The pull request with this number.
    PullRequest(u64),
}

/// All claims of a message; `records` are those in it.
pub(in crate::engine) fn claims(message: &str, records: &[Record]) -> Vec<Claim> {
    let ids = records.iter().filter_map(|record| record.reverts.clone());
    let promotions = ids.map(Claim::Promotion);
    promotions
        .chain(message.lines().filter_map(claim))
        .collect()
}

/// Whether a message claims to revert a commit or a promotion.
pub(in crate::engine) fn is_revert(message: &str) -> bool {
    let claims = claims(message, &Record::all_in(message));
    claims
        .into_iter()
        .any(|claim| !matches!(claim, Claim::PullRequest(_)))
}

fn claim(line: &str) -> Option<Claim> {
    if let Some(rest) = line.strip_prefix(COMMIT) {
        let id = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
        return Some(Claim::Commit(CommitId(id.parse().ok()?)));
    }
    let after = |start: &str, sign: char| {
        let reference = line.strip_prefix(start)?.trim_end();
        let (project, digits) = reference.rsplit_once(sign)?;
        let is_reference = !project.contains(' ') && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse().ok().filter(|_| is_reference)
    };
    let number = after(MERGE_REQUEST, '!').or_else(|| after(PULL_REQUEST, '#'));
    number.map(Claim::PullRequest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_and_forges_name_what_they_revert() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let commit = || Claim::Commit(CommitId(id.parse().unwrap()));
        for (line, expected) in [
            (format!("This reverts commit {id}."), Some(commit())),
            (
                format!("This reverts commit {id}, reversing\nchanges made to 01."),
                Some(commit()),
            ),
            (
                "Reverts acme/shop#12".to_owned(),
                Some(Claim::PullRequest(12)),
            ),
            ("Reverts #12".to_owned(), Some(Claim::PullRequest(12))),
            (
                "This reverts merge request acme/shop!12".to_owned(),
                Some(Claim::PullRequest(12)),
            ),
            ("This reverts commit 0123.".to_owned(), None),
            ("Reverts the change of #12".to_owned(), None),
            ("Reverts acme/shop#12a".to_owned(), None),
            (format!("> This reverts commit {id}."), None),
        ] {
            let found = claims(&format!("Title\n\n{line}"), &[]);
            assert_eq!(found, Vec::from_iter(expected), "{line}");
        }
    }
}
