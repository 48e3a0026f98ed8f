//! Remotes by the `git` that is installed.
//!
//! # Why
//!
//! libgit2 has no `~/.ssh/config`, no jump hosts and no keys in hardware, and a
//! remote on this disk may have hooks that only Git runs. Git's own push takes
//! the old value that it must find (`--force-with-lease`), so it is as safe;
//! what it prints is shown, and what the remote has afterwards decides.

use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use git2::{Oid, Repository};
use secrecy::ExposeSecret as _;

use super::address::Server;
use super::borrowed::{has_one_commit, is_borrowed, is_empty};
use super::durable::{packs, sync_new_packs};
use super::fault::{Finding, Place};
use super::listed::Listed;
use super::network::{self, NetworkSettings};
use super::process::{self, Ran};
use super::reference::{of_branch, of_remote, target};
use super::said::{self, Lasting};
use super::transport::{self, Purpose, Pushed, Transport, Update};
use crate::port::{Password, RepositoryError};

/// How long a push to a folder may take, with its hooks.
const HOOKS: Duration = Duration::from_secs(600);

/// A remote that Git itself speaks to.
pub(super) struct Installed<'r> {
    name: String,
    here: &'r Repository,
    server: Server,
    settings: &'r NetworkSettings,
    password: Option<Password>,
    listed: Option<Listed>,
    /// Whether Git, asked for the remote, would look elsewhere: at the URL that it fetches from.
    is_elsewhere: bool,
}

/// What Git knows the server as then.
const ELSEWHERE: &str = "git-promote-push";

impl<'r> Installed<'r> {
    /// The remote `name` of `here`; nothing is sent yet.
    pub(super) fn open(
        here: &'r Repository,
        name: &str,
        server: Server,
        settings: &'r NetworkSettings,
    ) -> Self {
        let password = (server.is_http() && server.is_private())
            .then(|| (settings.passwords)(&server.authority()).into_iter().next())
            .flatten();
        let fetched_from = transport::url(here, name, Purpose::Fetch);
        Self {
            name: name.to_owned(),
            here,
            listed: None,
            is_elsewhere: fetched_from.is_ok_and(|url| url != server.url),
            server,
            settings,
            password,
        }
    }

    /// The remote as Git is asked for it.
    fn remote(&self) -> &str {
        if self.is_elsewhere {
            ELSEWHERE
        } else {
            &self.name
        }
    }

    fn git(&self, args: &[&str]) -> Command {
        let mut git = git(self.here);
        git.args(["-c", "core.hooksPath=/dev/null"]);
        if self.is_elsewhere {
            // Behind what the caller has there; the URL may hold a password.
            let count = std::env::var("GIT_CONFIG_COUNT").ok();
            let count: usize = count.and_then(|count| count.parse().ok()).unwrap_or(0);
            git.env("GIT_CONFIG_COUNT", (count + 1).to_string())
                .env(
                    format!("GIT_CONFIG_KEY_{count}"),
                    format!("remote.{ELSEWHERE}.url"),
                )
                .env(format!("GIT_CONFIG_VALUE_{count}"), &self.server.url);
        }
        let seconds = self.settings.patience.silence.as_secs().max(1).to_string();
        git.args(["-c", "http.lowSpeedLimit=1", "-c"])
            .arg(format!("http.lowSpeedTime={seconds}"));
        // The password goes by the environment: a command line is for everybody to read.
        if let Some(password) = &self.password {
            let (scheme, authority) = (&self.server.scheme, self.server.authority());
            let script = "!f() { test \"$1\" = get && printf 'username=%s\\npassword=%s\\n' \"$PROMOTE_USER\" \"$PROMOTE_PASSWORD\"; }; f";
            // No other helper: one that stores would keep it. And for this server alone.
            git.args(["-c", "credential.helper=", "-c"])
                .arg(format!("credential.{scheme}://{authority}.helper={script}"))
                .env("PROMOTE_USER", &password.user)
                .env("PROMOTE_PASSWORD", password.secret.expose_secret());
        }
        git.args(args);
        git
    }

    /// Runs Git until it works, or is sure not to; each time it may take `within`.
    fn run(&self, args: &[&str], within: Duration) -> Result<Ran, RepositoryError> {
        let mut tries = self.settings.patience.tries();
        loop {
            let error = match process::run(&mut self.git(args), b"", within) {
                Ok(ran) if ran.status.success() => return Ok(ran),
                Ok(ran) => match self.lasting_here(&ran) {
                    Some(fault) => return Err(fault),
                    None => self.said(&ran),
                },
                Err(e) if e.kind() == ErrorKind::TimedOut => e.to_string(),
                Err(e) => return Err(self.not_run(e)),
            };
            if !tries.wait() {
                return Err(RepositoryError::Unreachable {
                    remote: self.name.clone(),
                    source: Box::new(Finding(format!("{}: {error}", self.server.shown()))),
                });
            }
        }
    }

    fn not_run(&self, error: std::io::Error) -> RepositoryError {
        match error.kind() {
            ErrorKind::NotFound => self.unsupported(),
            _ => Place::of(self.here).io_fault("could not run `git`")(error),
        }
    }

    fn unsupported(&self) -> RepositoryError {
        RepositoryError::UnsupportedRemote {
            remote: self.name.clone(),
            scheme: self.server.scheme.clone(),
        }
    }

    /// The same before a push: no hook speaks then, and a server's no is in its own lines.
    fn lasting_here(&self, ran: &Ran) -> Option<RepositoryError> {
        let denied = |fault: &RepositoryError| matches!(fault, RepositoryError::Denied { .. });
        self.lasting(ran, &said::own_lines(ran)).or_else(|| {
            self.lasting(ran, &String::from_utf8_lossy(&ran.stderr))
                .filter(denied)
        })
    }

    /// The fault, where what was said tells that another try would end like this one.
    fn lasting(&self, ran: &Ran, text: &str) -> Option<RepositoryError> {
        let remote = self.name.clone();
        let shown = self.server.shown();
        let source = Box::new(Finding(format!("{shown}: {}", self.said(ran))));
        Some(match said::lasting(text)? {
            Lasting::Unsupported => self.unsupported(),
            Lasting::Credentials => {
                let own = self.password.as_ref().map(|own| own.origin.clone());
                RepositoryError::Credentials {
                    remote,
                    tried: vec![own.unwrap_or_else(|| "what the installed `git` has".to_owned())],
                    source,
                }
            }
            Lasting::Untrusted => RepositoryError::UntrustedServer {
                remote,
                hint: network::how_to_trust(self.here, &self.server),
                source,
            },
            Lasting::Denied => RepositoryError::Denied { remote, source },
        })
    }

    /// What Git said, without what must not be said.
    fn said(&self, ran: &Ran) -> String {
        self.without_secrets(said::words(ran))
    }

    fn done(&self, ran: Option<&Ran>) -> Pushed {
        let said = ran.and_then(said::by_remote);
        Pushed::Done {
            said: said.map(|said| self.without_secrets(said)),
        }
    }

    fn without_secrets(&self, mut text: String) -> String {
        for secret in self.server.secrets() {
            text = text.replace(&secret, "***");
        }
        if let Some(password) = &self.password {
            text = text.replace(password.secret.expose_secret(), "***");
        }
        text
    }

    /// What the remote has, as it was last asked.
    fn list(&mut self) -> Result<&Listed, RepositoryError> {
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => self.ask()?,
        };
        Ok(self.listed.insert(listed))
    }

    /// HEAD's branch and all branches with their commits.
    fn ask(&self) -> Result<Listed, RepositoryError> {
        let words = [
            "ls-remote",
            "--symref",
            self.remote(),
            "HEAD",
            "refs/heads/*",
        ];
        let ran = self.run(&words, self.settings.patience.of_listing())?;
        let mut listed = Listed::default();
        for line in String::from_utf8_lossy(&ran.stdout).lines() {
            let Some((value, name)) = line.split_once('\t') else {
                continue;
            };
            if let Some(branch) = value.strip_prefix("ref: refs/heads/") {
                listed.default = Some(branch.to_owned());
            } else if let Ok(id) = Oid::from_str_ext(value, self.here.object_format()) {
                match name.strip_prefix("refs/heads/") {
                    Some(branch) => _ = listed.branches.insert(branch.to_owned(), id),
                    None => listed.head = Some(id),
                }
            }
        }
        Ok(listed)
    }
}

impl Transport for Installed<'_> {
    fn name(&self) -> &str {
        &self.name
    }

    fn default_branch(&mut self) -> Result<String, RepositoryError> {
        let name = self.name.clone();
        self.list()?.default_branch(&name)
    }

    fn branches(&mut self) -> Result<Vec<String>, RepositoryError> {
        Ok(self.list()?.names())
    }

    fn tip(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError> {
        self.listed = None;
        Ok(self.list()?.branches.get(branch).copied())
    }

    fn fetch(&mut self, branch: &str) -> Result<Option<Oid>, RepositoryError> {
        if self.tip(branch)?.is_none() {
            return Ok(None);
        }
        let before = packs(self.here);
        let tracking = of_remote(&self.name, branch);
        let refspec = format!("+{}:{tracking}", of_branch(branch));
        // As for libgit2: the last commit of a new branch and what it changed.
        let is_new = target(self.here, &tracking)?.is_none();
        let depth: &[&str] = if is_borrowed(self.here) && is_empty(self.here) {
            &["--depth=1"]
        } else if is_new && has_one_commit(self.here) {
            &["--depth=2"]
        } else {
            &[]
        };
        let words = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--recurse-submodules=no",
            "--no-auto-maintenance",
        ];
        self.run(
            &[&words, depth, &[self.remote(), &refspec]].concat(),
            self.settings.patience.of_transfer(),
        )?;
        sync_new_packs(self.here, &before)?;
        target(self.here, &tracking)
    }

    fn push(&mut self, update: &Update<'_>) -> Result<Pushed, RepositoryError> {
        let mut tries = self.settings.patience.tries();
        let mut refusals = 0;
        loop {
            let mut git = self.git(&[]);
            push_words(&mut git, &self.name, update);
            let ran = match process::run(&mut git, b"", self.settings.patience.of_transfer()) {
                Ok(ran) if ran.status.success() => return Ok(self.done(Some(&ran))),
                Ok(ran) => {
                    // What it shows and does not let this one write, the refs will tell.
                    if let Some(fault) = self.lasting(&ran, &said::own_lines(&ran))
                        && !matches!(fault, RepositoryError::Denied { .. })
                    {
                        return Err(fault);
                    }
                    Some(ran)
                }
                Err(e) if e.kind() == ErrorKind::TimedOut => None,
                Err(e) => return Err(self.not_run(e)),
            };
            let now = self.tip(update.branch)?;
            if now == update.new {
                return Ok(self.done(ran.as_ref()));
            }
            if now != update.old {
                return Ok(Pushed::Overtaken);
            }
            // Another push may hold the branch's lock just now; a rule refuses again.
            refusals += 1;
            if refusals > 1 || !tries.wait() {
                let message = ran.as_ref().map(|ran| self.said(ran));
                return Err(RepositoryError::Refused {
                    remote: self.name.clone(),
                    branch: update.branch.to_owned(),
                    message: message.unwrap_or_else(|| "it did not answer in time".to_owned()),
                });
            }
        }
    }
}

/// Pushes to a remote of `repo` on this disk that needs Git itself; `demand` is why.
pub(super) fn push_because(
    repo: &Repository,
    remote: &mut dyn Transport,
    update: &Update<'_>,
    demand: &str,
) -> Result<Pushed, RepositoryError> {
    let name = remote.name().to_owned();
    let refused = |message: String| RepositoryError::Refused {
        remote: name.clone(),
        branch: update.branch.to_owned(),
        message,
    };
    let mut git = git(repo);
    push_words(&mut git, &name, update);
    let ran = match process::run(&mut git, b"", HOOKS) {
        Ok(ran) => ran,
        Err(e) if e.kind() == ErrorKind::NotFound => {
            return Err(refused(format!("{demand}, and `git` is not installed")));
        }
        Err(e) if e.kind() == ErrorKind::TimedOut => {
            return match remote.tip(update.branch)? {
                now if now == update.new => Ok(Pushed::Done { said: None }),
                now if now == update.old => Err(refused(e.to_string())),
                _ => Ok(Pushed::Overtaken),
            };
        }
        Err(e) => return Err(Place::of(repo).io_fault("could not run `git push`")(e)),
    };
    // What the remote has now is the truth, not what was said.
    match remote.tip(update.branch)? {
        now if ran.status.success() || now == update.new => Ok(Pushed::Done {
            said: said::by_remote(&ran),
        }),
        now if now == update.old => Err(refused(said::words(&ran))),
        _ => Ok(Pushed::Overtaken),
    }
}

/// Git in a repository, with nothing of the caller's that would mean another one.
fn git(repo: &Repository) -> Command {
    let mut git = Command::new("git");
    git.arg("--git-dir")
        .arg(repo.path())
        .current_dir(repo.workdir().unwrap_or_else(|| repo.path()))
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0");
    git
}

fn push_words(git: &mut Command, remote: &str, update: &Update<'_>) {
    let full = of_branch(update.branch);
    let id = |oid: Option<Oid>| oid.map(|oid| oid.to_string()).unwrap_or_default();
    git.args(["push", "--porcelain", "--no-verify", "--no-follow-tags"])
        .args(["--recurse-submodules=no"])
        // The lease is the compare-and-swap; an empty one wants that there is no such branch.
        .arg(format!("--force-with-lease={full}:{}", id(update.old)))
        .arg(remote)
        .arg(format!("{}:{full}", id(update.new)));
}
