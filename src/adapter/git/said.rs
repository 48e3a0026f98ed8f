//! What Git and the servers behind it say.
//!
//! # Why
//!
//! Git has one exit status for all its failures, so what is worth another try
//! can only be told from its words (in the C locale), and from those of common
//! servers. What a hook says decides nothing, for anybody may write one; it is
//! for people. No other decision hangs on words, and what they do not tell is
//! tried again.

use std::fmt::Write as _;

use super::process::Ran;

/// A failure that another try would not mend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Lasting {
    /// Git has nothing that speaks to such a URL.
    Unsupported,
    /// Nobody is let in.
    Credentials,
    /// The server is not the one that it should be.
    Untrusted,
    /// The server answered, and said no.
    Denied,
}

/// The words of each.
const WORDS: [(Lasting, &[&str]); 4] = [
    (
        Lasting::Unsupported,
        &[
            "is not a git command",
            "Unable to find remote helper",
            "' not allowed",
        ],
    ),
    (
        Lasting::Credentials,
        &[
            "Authentication failed",
            "could not read Username",
            "could not read Password",
            "Permission denied (",
        ],
    ),
    (
        Lasting::Untrusted,
        &[
            "Host key verification failed",
            "certificate verification failed",
            "SSL certificate problem",
            "certificate subject name",
        ],
    ),
    (
        Lasting::Denied,
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

/// What Git itself said, without the lines of the server and its hooks.
pub(super) fn own_lines(ran: &Ran) -> String {
    let text = String::from_utf8_lossy(&ran.stderr);
    let own = text.lines().filter(|line| !line.starts_with("remote:"));
    own.collect::<Vec<_>>().join("\n")
}

/// Why another try is no use, where a text says so.
pub(super) fn lasting(text: &str) -> Option<Lasting> {
    let says = |words: &&str| text.contains(words);
    WORDS
        .iter()
        .find(|(_, words)| words.iter().any(&says))
        .map(|(kind, _)| *kind)
}

/// What the remote said, and in brackets what Git made of it.
pub(super) fn words(ran: &Ran) -> String {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let stdout = String::from_utf8_lossy(&ran.stdout);
    let reason = stdout
        .lines()
        .filter(|line| line.starts_with('!'))
        .filter_map(|line| line.rsplit('\t').next())
        .find_map(|summary| Some(summary.split_once('(')?.1.trim_end_matches(')')));
    match (by_remote(ran), reason) {
        (Some(said), Some(reason)) => format!("{said} ({reason})"),
        (Some(said), None) => said,
        (None, Some(reason)) => reason.to_owned(),
        (None, None) => stderr.trim().to_owned(),
    }
}

/// What the remote and its hooks said.
pub(super) fn by_remote(ran: &Ran) -> Option<String> {
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

/// A remote's lines in one, without its progress; `None` where it said nothing.
pub(super) fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
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
    line.is_empty() || is_of_git() == Some(true) || is_of_gitea() == Some(true)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::*;

    fn of(stderr: &str) -> Option<Lasting> {
        lasting(&own_lines(&Ran {
            status: ExitStatus::from_raw(128 << 8),
            stdout: Vec::new(),
            stderr: stderr.into(),
        }))
    }

    #[test]
    fn what_lasts_is_told_from_what_may_pass() {
        for (text, expected) in [
            (
                "fatal: transport 'ext' not allowed",
                Some(Lasting::Unsupported),
            ),
            (
                "fatal: Authentication failed for 'https://x/'",
                Some(Lasting::Credentials),
            ),
            ("Host key verification failed.", Some(Lasting::Untrusted)),
            (
                "fatal: repository 'https://x/' not found",
                Some(Lasting::Denied),
            ),
            ("fatal: the remote end hung up unexpectedly", None),
            ("error: RPC failed; HTTP 502", None),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_remotes_lines_become_one_without_its_progress() {
        let said = |text: &str| joined(text.lines());
        assert_eq!(said(""), None);
        assert_eq!(
            said("Resolving deltas:   0% (0/1)\rResolving deltas: 100% (1/1), done.\n\n"),
            None
        );
        assert_eq!(
            said(". Processing 1 references\nProcessed 1 references in total\n"),
            None
        );
        assert_eq!(
            said(" \nTo create a merge request for x, visit:\n  https://a/x\n \nBye\n").as_deref(),
            Some("To create a merge request for x, visit: https://a/x; Bye")
        );
        let many = said(&"line\n".repeat(50)).unwrap();
        assert!(many.ends_with("line; and 30 lines more"), "{many}");
        assert!(said(&"long".repeat(9_999)).unwrap().len() < 1_000);
        for reason in [
            "coverage is 78% (80% needed)",
            "Processing of pushes is suspended",
            "rule: 78% (80% needed) of 1/2",
        ] {
            assert_eq!(said(reason).as_deref(), Some(reason));
        }
    }

    #[test]
    fn a_hooks_words_decide_nothing() {
        assert_eq!(
            of("remote: ticket not found\nremote: 'main' not allowed"),
            None
        );
    }
}
