//! Opening a remote, and running Git commands that contact it.

use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::choice::RemoteChoice;
use super::listing::Listing;
use super::urls::{self, Purpose};
use crate::adapter::git::command::credentials;
use crate::adapter::git::command::messages::{self, PermanentFailure};
use crate::adapter::git::command::process::{self, Output};
use crate::adapter::git::local::Local;
use crate::domain::{RemoteAddress, ServerUrl};
use crate::port::{Password, RepositoryError};

/// The remote's name for Git when its push URL is not its fetch URL.
const PUSH_REMOTE: &str = "git-promote-push";

/// A remote of a repository.
pub struct Remote<'l> {
    pub local: &'l Local,
    /// Its name, or another repository as the configuration names it.
    pub name: String,
    pub choice: RemoteChoice,
    /// The URL for the purpose that it was opened for.
    url: String,
    address: RemoteAddress,
    /// Whether it was opened for pushing and has another URL for fetching.
    pub(super) has_own_push_url: bool,
    password: Option<Password>,
    pub(super) listed: Option<Listing>,
}

impl<'l> Remote<'l> {
    /// Opens a remote, without contacting it yet.
    pub fn open(
        local: &'l Local,
        choice: &RemoteChoice,
        purpose: Purpose,
    ) -> Result<Self, RepositoryError> {
        let name = choice.name();
        let url = urls::remote_urls(local, choice, purpose)?.swap_remove(0);
        let address = Self::parse_address(name, &url)?;
        let password = match &address {
            RemoteAddress::Server(server) => {
                credentials::password_for(&local.git, server, choice.repository())
            }
            RemoteAddress::Disk(_) => None,
        };
        let has_own_push_url = purpose == Purpose::Push
            && urls::remote_urls(local, choice, Purpose::Fetch)?.first() != Some(&url);
        Ok(Self {
            local,
            name: name.to_owned(),
            choice: choice.clone(),
            url,
            address,
            has_own_push_url,
            password,
            listed: None,
        })
    }

    /// The address of a remote.
    pub fn address_of(
        local: &Local,
        choice: &RemoteChoice,
        purpose: Purpose,
    ) -> Result<RemoteAddress, RepositoryError> {
        Self::parse_address(
            choice.name(),
            &urls::remote_urls(local, choice, purpose)?[0],
        )
    }

    fn parse_address(name: &str, url: &str) -> Result<RemoteAddress, RepositoryError> {
        RemoteAddress::parse(url).ok_or_else(|| RepositoryError::DoubtfulUrl {
            remote: name.to_owned(),
        })
    }

    /// The name under which Git uses the URL that this was opened with.
    pub fn name_for_git(&self) -> String {
        if self.has_own_push_url {
            PUSH_REMOTE.to_owned()
        } else {
            self.choice.name_for_git()
        }
    }

    /// Where it is.
    pub fn address(&self) -> &RemoteAddress {
        &self.address
    }

    fn server(&self) -> Option<&ServerUrl> {
        match &self.address {
            RemoteAddress::Server(server) => Some(server),
            RemoteAddress::Disk(_) => None,
        }
    }

    /// A `git` command that contacts the remote.
    pub fn git(&self, words: &[&str], silence: Duration) -> Command {
        let seconds = silence.as_secs().max(1);
        let mut all = vec![
            "-c".to_owned(),
            "http.lowSpeedLimit=1".to_owned(),
            "-c".to_owned(),
            format!("http.lowSpeedTime={seconds}"),
            // Only one branch is pushed, even to a mirror.
            "-c".to_owned(),
            format!("remote.{}.mirror=false", self.choice.name_for_git()),
        ];
        if let (Some(_), Some(server)) = (&self.password, self.server()) {
            all.extend(credentials::helper_options(server));
        }
        all.extend(words.iter().map(|word| (*word).to_owned()));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut git = self.local.git.command(&all);
        if let (Some(password), Some(server)) = (&self.password, self.server()) {
            credentials::set_environment(&mut git, server, password);
        }
        let mut settings = self.choice.definition();
        if self.has_own_push_url {
            settings.extend(self.push_remote());
        }
        urls::set_parameters(&mut git, &settings);
        git
    }

    /// The settings of a remote with the push URL and the other settings of this one.
    fn push_remote(&self) -> impl Iterator<Item = (String, String)> {
        let settings = self.local.config.of_remote(&self.name);
        let others = settings
            .filter(|(key, _)| !matches!(*key, "url" | "pushurl" | "fetch" | "push" | "mirror"));
        let all = others.chain([("url", Some(self.url.as_str()))]);
        all.map(|(key, value)| {
            let value = value.unwrap_or("true").to_owned();
            (format!("remote.{PUSH_REMOTE}.{key}"), value)
        })
    }

    /// Runs a repeatable command until it succeeds, fails permanently or runs out of retries.
    pub(super) fn with_retries(
        &self,
        command: impl FnMut() -> Command,
    ) -> Result<Output, RepositoryError> {
        self.with_checked_retries(command, || Ok(()))
    }

    /// The same; `check` finds out after each failure whether a retry can help.
    pub fn with_checked_retries<E: From<RepositoryError>>(
        &self,
        mut command: impl FnMut() -> Command,
        mut check: impl FnMut() -> Result<(), E>,
    ) -> Result<Output, E> {
        let network = &self.local.git.network;
        let limit = self.local.git.limit(network.silence);
        let mut retries = network.retries();
        loop {
            let reason = match process::run(&mut command(), Vec::new(), limit) {
                Ok(output) if output.status.success() => return Ok(output),
                // No hooks run before a push, so all output is the server's answer.
                Ok(output) => {
                    match messages::permanent_failure(&String::from_utf8_lossy(&output.stderr)) {
                        Some(kind) => return Err(self.permanent_error(kind, &output).into()),
                        None => messages::reason(&output),
                    }
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => error.to_string(),
                Err(error) => return Err(self.local.git.run_error(error).into()),
            };
            check()?;
            if !retries.wait() {
                let error = RepositoryError::Unreachable {
                    remote: self.name.clone(),
                    source: self.source(&reason),
                };
                return Err(error.into());
            }
        }
    }

    /// The error for a failure that a retry cannot fix.
    pub fn permanent_error(&self, kind: PermanentFailure, output: &Output) -> RepositoryError {
        let remote = self.name.clone();
        let source = self.source(&messages::reason(output));
        match kind {
            PermanentFailure::Unsupported => RepositoryError::Git {
                doing: format!("Git does not use the URL of remote `{remote}`"),
                source,
            },
            PermanentFailure::Credentials => RepositoryError::Credentials {
                remote,
                origin: self.password.as_ref().map(|known| known.origin.clone()),
                source,
            },
            PermanentFailure::Untrusted => RepositoryError::UntrustedServer { remote, source },
            PermanentFailure::Denied => RepositoryError::Denied { remote, source },
        }
    }

    /// The source of an error: the remote's address and the reason.
    pub fn source(&self, reason: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let reason = self.without_secrets(reason);
        format!("{}: {reason}", self.address.without_secrets()).into()
    }

    /// A text without the passwords in the URL and for the server.
    pub fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let in_url = self.server().map(ServerUrl::secrets).unwrap_or_default();
        let password = self
            .password
            .as_ref()
            .map(|known| known.secret.expose_secret().to_owned());
        for secret in in_url.into_iter().chain(password) {
            text = text.replace(&secret, "***");
        }
        text
    }
}
