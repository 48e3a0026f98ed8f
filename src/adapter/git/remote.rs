//! A remote: its branches, and fetching one.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::process::Command;
use std::time::Duration;

use secrecy::ExposeSecret as _;

use super::credentials;
use super::local::Local;
use super::messages::{self, Final};
use super::objects::id_of;
use super::process::{self, Ran};
use super::refs::of_branch;
use super::urls::{self, Purpose};
use crate::domain::{ObjectId, RemoteAddress, ServerUrl};
use crate::port::{Password, RepositoryError};

/// How often a branch that is replaced meanwhile is fetched again.
const TRIES: usize = 4;

/// What Git knows a push URL as, where it is not the URL that is fetched from.
const PUSH_REMOTE: &str = "git-promote-push";

/// A remote's branches, as it was last asked.
#[derive(Default)]
struct Listed {
    /// The branch that its HEAD names.
    default: Option<String>,
    /// Where its HEAD is.
    head: Option<ObjectId>,
    branches: BTreeMap<String, ObjectId>,
}

/// A remote of a repository.
pub(super) struct Remote<'l> {
    pub(super) local: &'l Local,
    pub(super) name: String,
    /// The URL for this purpose.
    url: String,
    address: RemoteAddress,
    /// Whether it is opened for pushing, and is fetched from another URL.
    has_own_push_url: bool,
    password: Option<Password>,
    listed: Option<Listed>,
}

impl<'l> Remote<'l> {
    /// The remote `name`; nothing is sent yet.
    pub(super) fn open(
        local: &'l Local,
        name: &str,
        purpose: Purpose,
    ) -> Result<Self, RepositoryError> {
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
    pub(super) fn address_of(
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
    fn name_for_git(&self) -> &str {
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
    pub(super) fn git(&self, words: &[&str], silence: Duration) -> Command {
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
    fn with_retries(&self, mut command: impl FnMut() -> Command) -> Result<Ran, RepositoryError> {
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
    pub(super) fn final_error(&self, kind: Final, ran: &Ran) -> RepositoryError {
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
    pub(super) fn source(&self, reason: &str) -> Box<dyn std::error::Error + Send + Sync> {
        let reason = self.without_secrets(reason);
        format!("{}: {reason}", self.address.without_secrets()).into()
    }

    pub(super) fn without_secrets(&self, text: &str) -> String {
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
            "--",
            self.name_for_git(),
            "HEAD",
            "refs/heads/*",
        ];
        let silence = self.local.git.network.silence;
        let ran = self.with_retries(|| self.git(&words, silence))?;
        let mut listed = Listed::default();
        for line in ran.text().lines() {
            let Some((value, name)) = line.split_once('\t') else {
                continue;
            };
            let branch = name.strip_prefix("refs/heads/");
            match (value.strip_prefix("ref: "), id_of(value), branch) {
                (Some(full), _, None) if name == "HEAD" => {
                    listed.default = full.strip_prefix("refs/heads/").map(ToOwned::to_owned);
                }
                (None, Some(id), None) if name == "HEAD" => listed.head = Some(id),
                (None, Some(id), Some(branch)) => {
                    listed.branches.insert(branch.to_owned(), id);
                }
                _ => {}
            }
        }
        Ok(listed)
    }

    /// The branch that its HEAD names.
    pub(super) fn default_branch(&mut self) -> Result<String, RepositoryError> {
        let name = self.name.clone();
        let listed = self.list()?;
        // Not every server tells what HEAD names: then it is the one branch that is where HEAD is.
        let at_head = |(_, id): &(&String, &ObjectId)| Some(**id) == listed.head;
        let mut there = listed.branches.iter().filter(at_head).map(|(name, _)| name);
        let only = match (there.next(), there.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        };
        match listed.default.as_ref().or(only) {
            Some(branch) if listed.branches.contains_key(branch) => Ok(branch.clone()),
            default if listed.branches.is_empty() => Err(RepositoryError::Unborn {
                branch: default.map_or("main", String::as_str).to_owned(),
                remote: Some(name),
            }),
            Some(branch) => Err(RepositoryError::UnknownBranch {
                branch: branch.clone(),
                remote: Some(name),
                known: listed.branches.keys().cloned().collect(),
            }),
            None => Err(RepositoryError::DetachedHead {
                commit: "the remote's HEAD".to_owned(),
            }),
        }
    }

    /// The short names of its branches, in order.
    pub(super) fn branches(&mut self) -> Result<Vec<String>, RepositoryError> {
        Ok(self.list()?.branches.keys().cloned().collect())
    }

    /// Where one of its branches is now.
    pub(super) fn tip(&mut self, branch: &str) -> Result<Option<ObjectId>, RepositoryError> {
        self.listed = None;
        Ok(self.list()?.branches.get(branch).copied())
    }

    /// Brings a branch's commit and what it needs here, and gives the commit; `None` when there is
    /// no such branch. What is known of the branch here follows, as the remote's refspecs say.
    pub(super) fn fetch(&mut self, branch: &str) -> Result<Option<ObjectId>, RepositoryError> {
        for _ in 0..TRIES {
            let Some(tip) = self.list()?.branches.get(branch).copied() else {
                return Ok(None);
            };
            let fetched = self.fetch_once(branch, tip)?;
            // Somebody may have replaced it since it was listed.
            if self.local.objects.has(fetched) {
                return Ok(Some(fetched));
            }
            self.listed = None;
        }
        Err(RepositoryError::Unreachable {
            remote: self.name.clone(),
            source: self.source(&format!("`{branch}` is replaced all the time")),
        })
    }

    fn fetch_once(&self, branch: &str, tip: ObjectId) -> Result<ObjectId, RepositoryError> {
        let tracking = urls::tracking(self.local, &self.name, branch);
        let known = match &tracking {
            Some(name) => self.local.target(name)?,
            None => None,
        };
        // What a reference names is here with all that it needs; anything else may be half of it.
        if known == Some(tip) {
            return Ok(tip);
        }
        let depth: &[&str] = if known.is_none() && self.local.has_one_commit()? {
            // The last commit of a new branch, and what it changed.
            &["--depth=2"]
        } else {
            &[]
        };
        let full = of_branch(branch);
        let words = [
            "fetch",
            "--progress",
            "--no-tags",
            "--no-prune",
            "--no-write-fetch-head",
            "--no-auto-maintenance",
            "--no-recurse-submodules",
            "--no-show-forced-updates",
        ];
        let mut is_again = false;
        self.with_retries(|| {
            // It came, and a stale reference is in the way of what is known of the branch here.
            let is_here = is_again && self.local.objects.has(tip);
            let more: &[&str] = if is_here { &["--refmap="] } else { &[] };
            is_again = true;
            let words = [&words, depth, more, &["--", self.name_for_git(), &full]].concat();
            self.git(&words, self.local.git.network.silence)
        })?;
        // Somebody may have moved it since it was listed.
        let now = match tracking.filter(|_| !self.has_own_push_url) {
            Some(name) => self.local.target(&name)?.filter(|now| Some(*now) != known),
            None => None,
        };
        Ok(now.unwrap_or(tip))
    }
}
