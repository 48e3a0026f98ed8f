//! What to log in with, one after the other, each once.
//!
//! # Why
//!
//! libgit2 asks again and again after a refusal. An account may be locked after
//! a few wrong passwords, and a loop never ends; so each way is tried once, in
//! the order that Git's users expect, and what was tried is named in the end.

use std::collections::VecDeque;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use git2::{Cred, CredentialType, ErrorClass, ErrorCode, Repository};
use secrecy::{ExposeSecret, SecretString};

use super::super::address::{Address, Server};
use super::super::helper::{Helper, Outcome};
use super::super::ssh;
use super::config;
use crate::port::{Password, Passwords};

/// The ways that are left, and what became of the others.
pub(super) struct Keychain {
    user: Option<String>,
    /// Scheme and authority.
    server: (String, String),
    ways: VecDeque<Source>,
    tried: Vec<String>,
    secrets: Vec<SecretString>,
    helper: Helper,
}

enum Source {
    Password(Password),
    /// Git's credential helpers.
    Helper,
    /// The SSH agent.
    Agent,
    /// A file with a private key.
    Key(PathBuf),
}

/// The files that `ssh` looks for, those of today first.
const KEYS: [&str; 4] = ["id_ed25519", "id_ecdsa", "id_rsa", "id_dsa"];

impl Keychain {
    pub(super) fn of(repo: &Repository, server: &Server, passwords: &Passwords) -> Self {
        let mut ways = VecDeque::new();
        let mut secrets: Vec<SecretString> = server
            .secrets()
            .into_iter()
            .map(SecretString::from)
            .collect();
        if server.is_http() {
            ways.extend(header(repo, server).map(Source::Password));
            if server.is_private() {
                let known = passwords(&server.authority());
                ways.extend(known.into_iter().map(Source::Password));
            }
            ways.push_back(Source::Helper);
        } else {
            if std::env::var_os("SSH_AUTH_SOCK").is_some() {
                ways.push_back(Source::Agent);
            }
            let keys = ssh::home()
                .into_iter()
                .flat_map(|home| KEYS.map(|key| home.join(key)));
            ways.extend(keys.filter(|key| key.is_file()).map(Source::Key));
        }
        secrets.extend(ways.iter().filter_map(|way| match way {
            Source::Password(password) => Some(password.secret.clone()),
            _ => None,
        }));
        Self {
            user: server.user.clone(),
            server: (server.scheme.clone(), server.authority()),
            ways,
            tried: (server.user.as_ref().filter(|_| server.is_http()))
                .map(|_| "the password in the remote's URL".to_owned())
                .into_iter()
                .collect(),
            secrets,
            helper: Helper::of(repo, server),
        }
    }

    /// The next credential that suits.
    pub(super) fn next(
        &mut self,
        url: &str,
        user: Option<&str>,
        allowed: CredentialType,
    ) -> Result<Cred, git2::Error> {
        // After a redirect another server asks; what there is, is not for that one.
        let asks = match Address::of(url) {
            Address::Server(asks) => (asks.scheme.clone(), asks.authority()),
            Address::Disk(_) => (String::new(), String::new()),
        };
        if asks != self.server {
            return Err(git2::Error::new(
                ErrorCode::Auth,
                ErrorClass::Callback,
                format!("the server sends on to `{}`, which is not trusted", asks.1),
            ));
        }
        let user = match user.or(self.user.as_deref()) {
            Some(user) => user.to_owned(),
            None => local_user(),
        };
        if allowed.contains(CredentialType::USERNAME) {
            return Cred::username(&user);
        }
        while let Some(way) = self.ways.pop_front() {
            if let Some(cred) = self.cred(way, &user, allowed)? {
                return Ok(cred);
            }
        }
        Err(git2::Error::new(
            ErrorCode::Auth,
            ErrorClass::Callback,
            "no credentials were accepted",
        ))
    }

    fn cred(
        &mut self,
        way: Source,
        user: &str,
        allowed: CredentialType,
    ) -> Result<Option<Cred>, git2::Error> {
        let takes_password = allowed.contains(CredentialType::USER_PASS_PLAINTEXT);
        let takes_key = allowed.contains(CredentialType::SSH_KEY);
        match way {
            Source::Password(password) if takes_password => {
                self.tried.push(password.origin);
                Cred::userpass_plaintext(&password.user, password.secret.expose_secret()).map(Some)
            }
            Source::Helper if takes_password => {
                let filled = self.helper.fill();
                self.tried.push(self.helper.told());
                let Some((user, secret)) = filled else {
                    return Ok(None);
                };
                let cred = Cred::userpass_plaintext(&user, secret.expose_secret()).map(Some);
                self.secrets.push(secret);
                cred
            }
            Source::Agent if takes_key => {
                self.tried.push("the SSH agent".to_owned());
                Cred::ssh_key_from_agent(user).map(Some)
            }
            Source::Key(file) if takes_key => {
                let shown = file.display();
                if is_locked(&file) {
                    self.tried.push(format!(
                        "`{shown}` (it has a passphrase; add it to an SSH agent)"
                    ));
                    return Ok(None);
                }
                self.tried.push(format!("`{shown}`"));
                Cred::ssh_key(user, None, &file, None).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What was tried, in order.
    pub(super) fn tried(&self) -> &[String] {
        &self.tried
    }

    /// A text with stars for every secret.
    pub(super) fn without_secrets(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            let secret = secret.expose_secret();
            if !secret.is_empty() {
                text = text.replace(secret, "***");
            }
        }
        text
    }

    /// Lets the credential helper keep or forget what it gave.
    pub(super) fn settle(&mut self, outcome: Outcome) {
        self.helper.settle(outcome);
    }
}

/// The login in `http.<url>.extraHeader`, where CI systems leave theirs.
fn header(repo: &Repository, server: &Server) -> Option<Password> {
    config::all_of_server(repo, server, "extraheader")
        .iter()
        .rev()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let (scheme, code) = value.trim().split_once(' ')?;
            if !name.eq_ignore_ascii_case("authorization") || !scheme.eq_ignore_ascii_case("basic")
            {
                return None;
            }
            let text = String::from_utf8(STANDARD.decode(code.trim()).ok()?).ok()?;
            let (user, secret) = text.split_once(':')?;
            Some(Password {
                user: user.to_owned(),
                secret: secret.to_owned().into(),
                origin: "the header in Git's `http.extraHeader`".to_owned(),
            })
        })
}

/// Who is logged in here: as whom OpenSSH logs in where nothing says another name.
fn local_user() -> String {
    ["LOGNAME", "USER", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|user| !user.is_empty()))
        .unwrap_or_else(|| "git".to_owned())
}

/// Whether a private key has a passphrase, which nobody is asked for here.
fn is_locked(file: &std::path::Path) -> bool {
    /// `openssh-key-v1` and the cipher `none`, in Base64.
    const OPEN: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";
    let Ok(text) = std::fs::read_to_string(file) else {
        return false;
    };
    match text.split_once("-----BEGIN OPENSSH PRIVATE KEY-----") {
        Some((_, body)) => !body.trim_start().starts_with(OPEN),
        None => text.contains("ENCRYPTED"),
    }
}
