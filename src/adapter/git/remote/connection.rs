//! A remote: its branches, and fetching one.

use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::listing::Listing;
use super::urls;
use super::urls::Purpose;
use crate::adapter::git::command::credentials;
use crate::adapter::git::command::messages;
use crate::adapter::git::command::messages::Final;
use crate::adapter::git::command::process;
use crate::adapter::git::command::process::Ran;
use crate::adapter::git::local::Local;
use crate::domain::{RemoteAddress, ServerUrl};
use crate::port::{Password, RepositoryError};

/// What Git knows a push URL as, where it is not the URL that is fetched from.
const PUSH_REMOTE: &str = "git-promote-push";

/// A remote of a repository.
pub struct Remote<'l> {
    pub local: &'l Local,
    pub name: String,
    /// The URL for this purpose.
    url: String,
    address: RemoteAddress,
    /// Whether it is opened for pushing, and is fetched from another URL.
    pub(super) has_own_push_url: bool,
    password: Option<Password>,
    pub(super) listed: Option<Listing>,
}

impl<'l> Remote<'l> {
    /// The remote `name`; nothing is sent yet.
    pub fn open(local: &'l Local, name: &str, purpose: Purpose) -> Result<Self, RepositoryError> {
        let url = urls::of_remote(local, name, purpose)?.swap_remove(0);
        let address = Self::read(name, &url)?;
        let password = match &address {
            RemoteAddress::Server(server) => credentials::own(&local.git, server),
            RemoteAddress::Disk(_) => None,
        };
        let has_own_push_url = purpose == Purpose::Push
            && urls::of_remote(local, name, Purpose::Fetch)?.first() != Some(&url);
        Ok(Self {
            local,
            name: name.to_owned(),
            url,
            address,
            has_own_push_url,
            password,
            listed: None,
        })
    }

    /// Where the remote `name` is.
    pub fn address_of(
        local: &Local,
        name: &str,
        purpose: Purpose,
    ) -> Result<RemoteAddress, RepositoryError> {
        Self::read(name, &urls::of_remote(local, name, purpose)?[0])
    }

    fn read(name: &str, url: &str) -> Result<RemoteAddress, RepositoryError> {
        RemoteAddress::parse(url).ok_or_else(|| RepositoryError::DoubtfulUrl {
            remote: name.to_owned(),
        })
    }

    /// The name by which Git, asked for the remote, looks at its URL for this purpose.
    pub(super) fn name_for_git(&self) -> &str {
        if self.has_own_push_url {
            PUSH_REMOTE
        } else {
            &self.name
        }
    }

    fn server(&self) -> Option<&ServerUrl> {
        match &self.address {
            RemoteAddress::Server(server) => Some(server),
            RemoteAddress::Disk(_) => None,
        }
    }

    /// A command of Git's that meets the remote.
    pub fn git(&self, words: &[&str], silence: Duration) -> Command {
        let seconds = silence.as_secs().max(1);
        let mut all = vec![
            "-c".to_owned(),
            "http.lowSpeedLimit=1".to_owned(),
            "-c".to_owned(),
            format!("http.lowSpeedTime={seconds}"),
            // One branch is pushed, whatever a mirror's own push would be.
            "-c".to_owned(),
            format!("remote.{}.mirror=false", self.name),
        ];
        if let (Some(_), Some(server)) = (&self.password, self.server()) {
            all.extend(credentials::arguments(server));
        }
        all.extend(words.iter().map(|word| (*word).to_owned()));
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let mut git = self.local.git.command(&all);
        if let (Some(password), Some(server)) = (&self.password, self.server()) {
            credentials::give(&mut git, server, password);
        }
        if self.has_own_push_url {
            self.add_push_remote(&mut git);
        }
        git
    }

    /// Makes the URL that is pushed to a remote of its own, with this one's other settings.
    fn add_push_remote(&self, git: &mut Command) {
        let settings = self.local.settings.of_remote(&self.name);
        let others = settings
            .filter(|(key, _)| !matches!(*key, "url" | "pushurl" | "fetch" | "push" | "mirror"));
        // The URL may hold a password, so it goes by the environment, as Git hands on its `-c`.
        let mut given = vec![std::env::var("GIT_CONFIG_PARAMETERS").unwrap_or_default()];
        for (key, value) in others.chain([("url", Some(self.url.as_str()))]) {
            let value = value.unwrap_or("true");
            let setting = format!("remote.{PUSH_REMOTE}.{key}={value}");
            let setting = setting.replace('\'', r"'\''").replace('!', r"'\!'");
            given.push(format!("'{setting}'"));
        }
        let given = given.join(" ");
        git.env("GIT_CONFIG_PARAMETERS", given.trim_start());
    }

    /// Runs what may be repeated until it works, or is sure not to.
    pub(super) fn with_retries(
        &self,
        mut command: impl FnMut() -> Command,
    ) -> Result<Ran, RepositoryError> {
        let network = &self.local.git.network;
        let limit = self.local.git.limit(network.silence);
        let mut tries = network.tries();
        loop {
            let reason = match process::run(&mut command(), Vec::new(), limit) {
                Ok(ran) if ran.status.success() => return Ok(ran),
                // Before a push no hook prints anything: what a server prints is its answer.
                Ok(ran) => match messages::final_failure(&String::from_utf8_lossy(&ran.stderr)) {
                    Some(kind) => return Err(self.final_error(kind, &ran)),
                    None => messages::reason(&ran),
                },
                Err(error) if error.kind() == ErrorKind::TimedOut => error.to_string(),
                Err(error) => return Err(self.local.git.not_run(error)),
            };
            if !tries.wait() {
                return Err(RepositoryError::Unreachable {
                    remote: self.name.clone(),
                    source: self.source(&reason),
                });
            }
        }
    }

    /// The error of a failure that another try would not mend.
    pub fn final_error(&self, kind: Final, ran: &Ran) -> RepositoryError {
        let remote = self.name.clone();
        let source = self.source(&messages::reason(ran));
        match kind {
            Final::Unsupported => RepositoryError::Git {
                doing: format!("Git does not use the URL of remote `{remote}`"),
                source,
            },
            Final::Credentials => RepositoryError::Credentials {
                remote,
                origin: self.password.as_ref().map(|own| own.origin.clone()),
                source,
            },
            Final::Untrusted => RepositoryError::UntrustedServer { remote, source },
            Final::Denied => RepositoryError::Denied { remote, source },
        }
    }

    /// The reason for a failure, with the address of the remote.
    pub fn source(&self, reason: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let reason = self.without_secrets(reason);
        format!("{}: {reason}", self.address.without_secrets()).into()
    }

    pub fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        let in_url = self.server().map(ServerUrl::secrets).unwrap_or_default();
        let own = self
            .password
            .as_ref()
            .map(|own| own.secret.expose_secret().to_owned());
        for secret in in_url.into_iter().chain(own) {
            text = text.replace(&secret, "***");
        }
        text
    }
}
