//! Signing a commit, as Git's configuration wants it.
//!
//! # Why
//!
//! A protected branch may take signed commits only, and whoever signs has told
//! Git how: `commit.gpgSign`, `gpg.format`, `user.signingKey`. The programs that
//! sign (`gpg`, `ssh-keygen`, or others in their place) hold the keys; so they
//! are run as Git runs them, on the very bytes that become the commit.

use std::io::{self, Write as _};
use std::process::Command;
use std::time::Duration;

use git2::{Config, Repository};
use tempfile::NamedTempFile;

use super::fault::Place;
use super::process;
use crate::port::RepositoryError;

/// How long a signer may take; it may ask for a passphrase in a window.
const PATIENCE: Duration = Duration::from_secs(120);

/// How commits are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Format {
    OpenPgp,
    X509,
    Ssh,
}

/// Whoever signs.
pub(super) struct Signer {
    format: Format,
    program: String,
    key: Option<String>,
    /// Who commits, which names a key where the configuration names none.
    committer: String,
}

impl Signer {
    /// The signer that the configuration asks for; `None` when commits are not signed.
    pub(super) fn of(
        repo: &Repository,
        committer: &git2::Signature<'_>,
    ) -> Result<Option<Self>, RepositoryError> {
        let doing = "could not read how commits are signed";
        let config = repo.config().map_err(Place::of(repo).fault(doing))?;
        if !config.get_bool("commit.gpgsign").unwrap_or(false) {
            return Ok(None);
        }
        let text = |key: &str| config.get_string(key).ok().filter(|text| !text.is_empty());
        let format = match text("gpg.format").as_deref() {
            None | Some("openpgp") => Format::OpenPgp,
            Some("x509") => Format::X509,
            Some("ssh") => Format::Ssh,
            Some(other) => {
                let what = format!("`gpg.format` is `{other}`, not openpgp, x509 or ssh");
                return Err(Place::found(doing, what));
            }
        };
        let program = match format {
            Format::OpenPgp => text("gpg.openpgp.program").or_else(|| text("gpg.program")),
            Format::X509 => text("gpg.x509.program"),
            Format::Ssh => text("gpg.ssh.program"),
        };
        let key = match (text("user.signingkey"), format) {
            (None, Format::Ssh) => default_key(&config)?,
            (key, _) => key,
        };
        let person = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Some(Self {
            format,
            program: program.unwrap_or_else(|| {
                match format {
                    Format::OpenPgp => "gpg",
                    Format::X509 => "gpgsm",
                    Format::Ssh => "ssh-keygen",
                }
                .to_owned()
            }),
            key,
            committer: format!(
                "{} <{}>",
                person(committer.name_bytes()),
                person(committer.email_bytes())
            ),
        }))
    }

    /// The signature over a commit's bytes.
    pub(super) fn sign(&self, commit: &[u8]) -> Result<String, RepositoryError> {
        match self.format {
            Format::OpenPgp | Format::X509 => self.by_gpg(commit),
            Format::Ssh => self.by_ssh(commit),
        }
    }

    fn by_gpg(&self, commit: &[u8]) -> Result<String, RepositoryError> {
        let mut gpg = Command::new(&self.program);
        gpg.args(["--status-fd=2", "-bsau"])
            .arg(self.key.as_ref().unwrap_or(&self.committer));
        let ran = self.run(&mut gpg, commit)?;
        // As Git does: the exit code alone does not tell that it signed.
        let status = String::from_utf8_lossy(&ran.stderr).into_owned();
        if !status
            .lines()
            .any(|line| line.starts_with("[GNUPG:] SIG_CREATED "))
        {
            return Err(self.failed(&status));
        }
        text(ran.stdout).map_err(|what| self.failed(what))
    }

    fn by_ssh(&self, commit: &[u8]) -> Result<String, RepositoryError> {
        let Some(key) = &self.key else {
            return Err(self.failed("`user.signingKey` names no key"));
        };
        let io_failed = |error: io::Error| self.failed(&error.to_string());
        // `key::` and the text of a public key mean one that an agent holds.
        let literal = key.strip_prefix("key::").or_else(|| {
            (key.starts_with("ssh-") || key.starts_with("ecdsa-") || key.starts_with("sk-"))
                .then_some(key.as_str())
        });
        let mut holder = None;
        let file = match literal {
            Some(text) => {
                let mut file = NamedTempFile::new().map_err(io_failed)?;
                writeln!(file, "{text}").map_err(io_failed)?;
                let path = file.path().to_owned();
                holder = Some(file);
                path
            }
            None => super::paths::home(key),
        };
        let mut ssh = Command::new(&self.program);
        ssh.args(["-Y", "sign", "-n", "git", "-f"]).arg(file);
        if holder.is_some() {
            ssh.arg("-U");
        }
        // Without a file it signs what it reads, and prints the signature.
        let ran = self.run(&mut ssh, commit)?;
        text(ran.stdout).map_err(|what| self.failed(what))
    }

    fn run(&self, command: &mut Command, commit: &[u8]) -> Result<process::Ran, RepositoryError> {
        match process::run(command, commit, PATIENCE) {
            Ok(ran) if ran.status.success() => Ok(ran),
            Ok(ran) => Err(self.failed(&String::from_utf8_lossy(&ran.stderr))),
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                Err(self.failed("there is no such program"))
            }
            Err(e) => Err(self.failed(&e.to_string())),
        }
    }

    fn failed(&self, what: &str) -> RepositoryError {
        let lines: Vec<&str> = what
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("[GNUPG:]"))
            .collect();
        RepositoryError::NotSigned {
            program: self.program.clone(),
            message: lines.join("; "),
        }
    }
}

/// The first key that `gpg.ssh.defaultKeyCommand` prints.
fn default_key(config: &Config) -> Result<Option<String>, RepositoryError> {
    let Ok(command) = config.get_string("gpg.ssh.defaultkeycommand") else {
        return Ok(None);
    };
    let doing = "could not run `gpg.ssh.defaultKeyCommand`";
    let ran = process::run(Command::new("sh").args(["-c", &command]), b"", PATIENCE)
        .map_err(|error| Place::found(doing, error.to_string()))?;
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    Ok(text.lines().next().map(ToOwned::to_owned))
}

/// A signature as the commit holds it: without a final newline, which libgit2 adds.
fn text(bytes: Vec<u8>) -> Result<String, &'static str> {
    let text = String::from_utf8(bytes).map_err(|_| "the signature is not text")?;
    let text = text.replace("\r\n", "\n");
    let text = text.trim_end();
    if text.is_empty() {
        return Err("it printed no signature");
    }
    Ok(text.to_owned())
}
