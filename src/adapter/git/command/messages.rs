//! Messages of Git and of servers.
//!
//! # Why
//!
//! Git has one exit status for all failures. Only the messages of Git, OpenSSH,
//! curl and common servers show whether a retry may help and what to advise.
//! Nothing else depends on them: results are read from references, and a failure
//! with an unknown message is retried. The output of hooks is shown, but never
//! interpreted.

use std::fmt::Write as _;

use super::process::Output;

/// A failure that a retry cannot fix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PermanentFailure {
    /// Git does not support such URLs, or may not use them.
    Unsupported,
    /// The server did not accept the credentials, or there are none.
    Credentials,
    /// The server's identity could not be verified.
    Untrusted,
    /// The server refused access.
    Denied,
}

/// The messages that indicate each failure.
const MESSAGES: [(PermanentFailure, &[&str]); 4] = [
    (
        PermanentFailure::Unsupported,
        &[
            "is not a git command",
            "Unable to find remote helper",
            "' not allowed",
        ],
    ),
    (
        PermanentFailure::Credentials,
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "Permission denied (",
        ],
    ),
    (
        PermanentFailure::Untrusted,
        &[
            "Host key verification failed",
            "certificate verification failed",
            "SSL certificate problem",
            "certificate subject name",
            "SSL public key does not match pinned public key",
            "public key hash does not match pinned hash",
        ],
    ),
    (
        PermanentFailure::Denied,
        &[
            "' not found",
            "Repository not found",
            "could not be found or you don't have permission",
            "not exported",
            "does not appear to be a git repository",
            "returned error: 403",
            "mismatched algorithms",
        ],
    ),
];

/// The messages of Git and its helpers, without progress and without lines from the server's hooks.
pub fn git_messages(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let messages = text
        .lines()
        .filter(|line| !line.starts_with("remote:"))
        .map(last_shown)
        .filter(|line| !is_progress(line));
    messages.collect::<Vec<_>>().join("\n")
}

/// The permanent failure that a message indicates, if any.
pub fn permanent_failure(text: &str) -> Option<PermanentFailure> {
    let has = |message: &&str| text.contains(message);
    MESSAGES
        .iter()
        .find(|(_, messages)| messages.iter().any(&has))
        .map(|(kind, _)| *kind)
}

/// Why a command failed: the remote's message, with Git's summary in brackets.
pub fn reason(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let reason = stdout
        .lines()
        .filter(|line| line.starts_with('!'))
        .filter_map(|line| line.rsplit('\t').next())
        .find_map(|summary| Some(summary.split_once('(')?.1.trim_end_matches(')')));
    let of_git = git_messages(output).replace('\n', " ");
    match (remote_messages(output), reason) {
        (Some(remote), Some(reason)) => format!("{remote} ({reason})"),
        (None, Some(reason)) => reason.to_owned(),
        (Some(remote), None) if of_git.is_empty() => remote,
        (Some(remote), None) => format!("{remote} ({of_git})"),
        (None, None) if of_git.is_empty() => format!("`git` ended with {}", output.status),
        (None, None) => of_git,
    }
}

/// The messages of the remote and its hooks.
pub fn remote_messages(output: &Output) -> Option<String> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    joined(
        stderr
            .lines()
            .filter_map(|line| line.strip_prefix("remote:")),
    )
}

/// How many lines of a remote are shown, and how many characters of each.
const MAX_LINES: usize = 20;
const MAX_WIDTH: usize = 500;

/// Joins a remote's lines into one, without progress; `None` if nothing remains.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut text = String::new();
    let mut count = 0;
    for line in lines.map(last_shown).filter(|line| !is_progress(line)) {
        count += 1;
        if count > MAX_LINES {
            continue;
        }
        match text.chars().last() {
            None => {}
            Some(':' | ',' | ';') => text.push(' '),
            Some(_) => text.push_str("; "),
        }
        text.extend(line.chars().take(MAX_WIDTH));
        if line.chars().nth(MAX_WIDTH).is_some() {
            text.push_str("...");
        }
    }
    if count > MAX_LINES {
        let _ = write!(text, "; and {} lines more", count - MAX_LINES);
    }
    (count > 0).then_some(text)
}

/// The text that a terminal shows in the end for a line with carriage returns.
fn last_shown(line: &str) -> &str {
    line.trim().rsplit('\r').next().unwrap_or_default().trim()
}

/// Whether a line is progress of Git (`Resolving deltas: 100% (3/3), done.`) or of Gitea.
fn is_progress(line: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_of_git = || {
        let (_, rest) = line.split_once(": ")?;
        let (percent, rest) = rest.trim_start().split_once("% (")?;
        let (count, _) = rest.split_once(')')?;
        let (done, all) = count.split_once('/')?;
        Some([percent, done, all].into_iter().all(is_number))
    };
    let is_of_gitea = || {
        let (words, rest) = line.trim_start_matches(". ").split_once(' ')?;
        let (count, rest) = rest.split_once(' ')?;
        let is_whole = matches!(
            (words, rest),
            ("Processing", "references") | ("Processed", "references in total")
        );
        Some(is_whole && is_number(count))
    };
    let is_count = |start: &str| line.starts_with(start);
    line.is_empty()
        || is_of_git() == Some(true)
        || is_of_gitea() == Some(true)
        || line.ends_with(" objects: done.")
        || (line.contains(" objects: ") && line.ends_with(", done."))
        || ["Delta compression using up to ", "Total "]
            .into_iter()
            .any(is_count)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::*;

    fn of(stderr: &str) -> Option<PermanentFailure> {
        permanent_failure(&git_messages(&Output {
            status: ExitStatus::from_raw(128 << 8),
            stdout: Vec::new(),
            stderr: stderr.into(),
        }))
    }

    #[test]
    fn permanent_failures_are_recognised() {
        for (text, expected) in [
            (
                "fatal: transport 'ext' not allowed",
                Some(PermanentFailure::Unsupported),
            ),
            (
                "fatal: Authentication failed for 'https://x/'",
                Some(PermanentFailure::Credentials),
            ),
            (
                "Host key verification failed.",
                Some(PermanentFailure::Untrusted),
            ),
            (
                "fatal: repository 'https://x/' not found",
                Some(PermanentFailure::Denied),
            ),
            ("fatal: the remote end hung up unexpectedly", None),
            ("error: RPC failed; HTTP 502", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_of_a_remote_are_joined_without_progress() {
        let shown = |text: &str| joined(text.lines());
        assert_eq!(shown(""), None);
        assert_eq!(
            shown("Resolving deltas:   0% (0/1)\rResolving deltas: 100% (1/1), done.\n\n"),
            None
        );
        assert_eq!(
            shown(". Processing 1 references\nProcessed 1 references in total\n"),
            None
        );
        assert_eq!(
            shown(" \nTo create a merge request for x, visit:\n  https://a/x\n \nBye\n").as_deref(),
            Some("To create a merge request for x, visit: https://a/x; Bye")
        );
        let many = shown(&"line\n".repeat(50)).unwrap();
        assert!(many.ends_with("line; and 30 lines more"), "{many}");
        assert!(shown(&"long".repeat(9_999)).unwrap().len() < 1_000);
        for reason in [
            "coverage is 78% (80% needed)",
            "Processing of pushes is suspended",
            "rule: 78% (80% needed) of 1/2",
        ] {
            assert_eq!(shown(reason).as_deref(), Some(reason));
        }
    }

    #[test]
    fn output_of_hooks_is_never_interpreted() {
        assert_eq!(
            of("remote: ticket not found\nremote: 'main' not allowed"),
            None
        );
    }
}
