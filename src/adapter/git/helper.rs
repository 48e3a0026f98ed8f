//! Git's credential helpers, asked through Git itself.
//!
//! # Why
//!
//! Which helper serves which URL, their order, the store, the cache and the
//! desktop's keychain are Git's own rules; libgit2 repeats a part of them. The
//! helpers come with Git, so where there is one there is `git credential`.

use std::process::Command;
use std::time::Duration;

use git2::Repository;
use secrecy::{ExposeSecret, SecretString};

use super::address::Server;
use super::process;

/// How long a helper may take; it may open a window and wait for somebody.
const PATIENCE: Duration = Duration::from_secs(120);

/// The helpers for one server.
pub(super) struct Helper {
    folder: std::path::PathBuf,
    /// What is asked for, in the helpers' own format.
    question: String,
    given: Option<(String, SecretString)>,
}

/// Whether the server took what it was given.
#[derive(Clone, Copy)]
pub(super) enum Outcome {
    /// It did.
    Accepted,
    /// It did not.
    Refused,
}

impl Outcome {
    /// What the helpers are told then.
    fn word(self) -> &'static str {
        match self {
            Self::Accepted => "approve",
            Self::Refused => "reject",
        }
    }
}

impl Helper {
    pub(super) fn of(repo: &Repository, server: &Server) -> Self {
        // A line end in it would be another line of the question, and name another host.
        let user = (server.user.as_ref())
            .filter(|user| !user.chars().any(char::is_control))
            .map(|user| format!("username={user}\n"));
        let question = format!("url={}\n{}", server.shown(), user.unwrap_or_default());
        Self {
            folder: repo.path().to_owned(),
            question,
            given: None,
        }
    }

    /// Where the credentials come from, for people.
    pub(super) fn told(&self) -> String {
        match self.given {
            Some(_) => "Git's credential helper".to_owned(),
            None => "Git's credential helper (it had none)".to_owned(),
        }
    }

    /// Asks for user and password; `None` when no helper knows any.
    pub(super) fn fill(&mut self) -> Option<(String, SecretString)> {
        let answer = self.ask("fill", &self.question)?;
        let field = |key: &str| {
            answer
                .lines()
                .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
                .map(ToOwned::to_owned)
        };
        let given = (field("username")?, SecretString::from(field("password")?));
        self.given = Some(given.clone());
        Some(given)
    }

    /// Lets the helper keep what was right, or forget what was wrong.
    pub(super) fn settle(&mut self, outcome: Outcome) {
        if let Some((user, secret)) = self.given.take() {
            let secret = secret.expose_secret();
            let told = format!("{}username={user}\npassword={secret}\n", self.question);
            // It is for the next time; this time is over.
            let _ = self.ask(outcome.word(), &told);
        }
    }

    fn ask(&self, what: &str, question: &str) -> Option<String> {
        let mut git = Command::new("git");
        git.args(["credential", what])
            .env("GIT_DIR", &self.folder)
            .env("GIT_TERMINAL_PROMPT", "0");
        // Without a terminal, Git would fall back to these and open a window.
        if std::env::var_os("GIT_ASKPASS").is_none() {
            git.env("GIT_ASKPASS", "").env("SSH_ASKPASS", "");
        }
        let ran = process::run(&mut git, format!("{question}\n").as_bytes(), PATIENCE).ok()?;
        let text = String::from_utf8(ran.stdout).ok()?;
        ran.status.success().then_some(text)
    }
}
