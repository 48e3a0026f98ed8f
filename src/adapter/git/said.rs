//! What the installed `git` says when it fails.
//!
//! # Why
//!
//! Git has one exit status for all its failures, so what is worth another try
//! can only be told from its words (in the C locale), and from those of common
//! servers. What a hook says decides nothing, for anybody may write one. No
//! other decision hangs on them, and what they do not tell is tried again.

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
    let said: Vec<_> = stderr
        .lines()
        .filter_map(|line| line.strip_prefix("remote:"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let reason = stdout
        .lines()
        .filter(|line| line.starts_with('!'))
        .filter_map(|line| line.rsplit('\t').next())
        .find_map(|summary| Some(summary.split_once('(')?.1.trim_end_matches(')')));
    match (said.is_empty(), reason) {
        (false, Some(reason)) => format!("{} ({reason})", said.join("; ")),
        (false, None) => said.join("; "),
        (true, Some(reason)) => reason.to_owned(),
        (true, None) => stderr.trim().to_owned(),
    }
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
    fn a_hooks_words_decide_nothing() {
        assert_eq!(
            of("remote: ticket not found\nremote: 'main' not allowed"),
            None
        );
    }
}
