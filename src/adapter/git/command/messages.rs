//! What Git and the servers behind it print for people.
//!
//! # Why
//!
//! Git has one exit status for all its failures. Whether another try may help,
//! and what to advise, can only be told from the messages of Git, OpenSSH, curl
//! and common servers. Nothing else hangs on them: what happened is read from
//! references, and a message that is not known here is tried again. What a hook
//! prints is shown and never looked at.

use std::fmt::Write as _;

use super::process::Ran;

/// A failure that another try would not mend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Final {
    /// Git does not use such URLs, or is not allowed to.
    Unsupported,
    /// The server accepts no credentials.
    Credentials,
    /// The server is not the one that it should be.
    Untrusted,
    /// The server answered, and refused.
    Denied,
}

/// The messages of each.
const MESSAGES: [(Final, &[&str]); 4] = [
    (
        Final::Unsupported,
        &[
            "is not a git command",
            "Unable to find remote helper",
            "' not allowed",
        ],
    ),
    (
        Final::Credentials,
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "Permission denied (",
        ],
    ),
    (
        Final::Untrusted,
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
        Final::Denied,
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

/// What Git and its helpers printed, without progress and without the lines of the server's hooks.
pub fn of_git(ran: &Ran) -> String {
    let text = String::from_utf8_lossy(&ran.stderr);
    let own = text
        .lines()
        .filter(|line| !line.starts_with("remote:"))
        .map(last_shown)
        .filter(|line| !is_progress(line));
    own.collect::<Vec<_>>().join("\n")
}

/// Why another try is no use, as far as a message tells.
pub fn final_failure(text: &str) -> Option<Final> {
    let has = |message: &&str| text.contains(message);
    MESSAGES
        .iter()
        .find(|(_, messages)| messages.iter().any(&has))
        .map(|(kind, _)| *kind)
}

/// Why a command failed: what the remote printed, and in brackets what Git made of it.
pub fn reason(ran: &Ran) -> String {
    let stdout = String::from_utf8_lossy(&ran.stdout);
    let reason = stdout
        .lines()
        .filter(|line| line.starts_with('!'))
        .filter_map(|line| line.rsplit('\t').next())
        .find_map(|summary| Some(summary.split_once('(')?.1.trim_end_matches(')')));
    let own = of_git(ran).replace('\n', " ");
    match (of_remote(ran), reason) {
        (Some(remote), Some(reason)) => format!("{remote} ({reason})"),
        (None, Some(reason)) => reason.to_owned(),
        (Some(remote), None) if own.is_empty() => remote,
        (Some(remote), None) => format!("{remote} ({own})"),
        (None, None) if own.is_empty() => format!("`git` ended with {}", ran.status),
        (None, None) => own,
    }
}

/// What the remote and its hooks printed.
pub fn of_remote(ran: &Ran) -> Option<String> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    joined(
        stderr
            .lines()
            .filter_map(|line| line.strip_prefix("remote:")),
    )
}

/// How many lines of a remote anybody reads, and how much of each.
const LINES: usize = 20;
const WIDTH: usize = 500;

/// A remote's lines in one, without its progress; `None` where it printed nothing.
fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut text = String::new();
    let mut count = 0;
    for line in lines.map(last_shown).filter(|line| !is_progress(line)) {
        count += 1;
        if count > LINES {
            continue;
        }
        match text.chars().last() {
            None => {}
            Some(':' | ',' | ';') => text.push(' '),
            Some(_) => text.push_str("; "),
        }
        text.extend(line.chars().take(WIDTH));
        if line.chars().nth(WIDTH).is_some() {
            text.push_str("...");
        }
    }
    if count > LINES {
        let _ = write!(text, "; and {} lines more", count - LINES);
    }
    (count > 0).then_some(text)
}

/// What a terminal would show of a line that is written over again and again.
fn last_shown(line: &str) -> &str {
    line.trim().rsplit('\r').next().unwrap_or_default().trim()
}

/// Whether a line only tells how far Git is (`Resolving deltas: 100% (3/3), done.`), or Gitea.
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

    fn of(stderr: &str) -> Option<Final> {
        final_failure(&of_git(&Ran {
            status: ExitStatus::from_raw(128 << 8),
            stdout: Vec::new(),
            stderr: stderr.into(),
        }))
    }

    #[test]
    fn final_failures_are_told_from_passing_ones() {
        for (text, expected) in [
            (
                "fatal: transport 'ext' not allowed",
                Some(Final::Unsupported),
            ),
            (
                "fatal: Authentication failed for 'https://x/'",
                Some(Final::Credentials),
            ),
            ("Host key verification failed.", Some(Final::Untrusted)),
            (
                "fatal: repository 'https://x/' not found",
                Some(Final::Denied),
            ),
            ("fatal: the remote end hung up unexpectedly", None),
            ("error: RPC failed; HTTP 502", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_remotes_lines_become_one_without_its_progress() {
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
    fn what_a_hook_prints_decides_nothing() {
        assert_eq!(
            of("remote: ticket not found\nremote: 'main' not allowed"),
            None
        );
    }
}
