//! Whose key signed a transition, and which one signs the next.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::adapter::git::local::Local;
use crate::domain::CommitId;
use crate::port::RepositoryError;

/// The fingerprints of the key that signed a commit, and of its primary key; none without a valid signature.
///
/// # Why
///
/// The gate lists the keys that count, so Git need not trust them: a valid signature of a key that Git knows
/// nothing else about is enough. Git only checks SSH signatures with a file of allowed signers, even if that
/// is empty.
pub fn signers(local: &Local, commit: CommitId) -> Result<Vec<String>, RepositoryError> {
    const SIGNERS: &str = "gpg.ssh.allowedSignersFile";
    let commit = commit.to_string();
    let empty = format!(
        "{SIGNERS}={}",
        if cfg!(windows) { "NUL" } else { "/dev/null" }
    );
    // Otherwise Git prints what it found out before the format.
    let mut words = vec!["-c", "log.showSignature=false"];
    if local.config.text(&SIGNERS.to_ascii_lowercase()).is_none() {
        words.extend(["-c", &empty]);
    }
    words.extend(["show", "--no-patch", "--format=%G?%n%GF%n%GP", &commit]);
    let shown = (local.git).output_text("could not check a signature", &words)?;
    let mut lines = shown.lines();
    Ok(match lines.next() {
        // Valid, with or without trust in the key.
        Some("G" | "U") => {
            let known = lines.filter(|line| !line.is_empty());
            known.map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    })
}

/// The fingerprint of the key that Git signs with; `None` if its settings do not have it.
///
/// # Why
///
/// Signing something would show it too, but can ask a person for a password or a touch. So it is only known for SSH,
/// whose setting has the public key or its file.
pub fn own_key(local: &Local) -> Option<String> {
    const KEY: &str = "user.signingkey";
    if local.config.text("gpg.format") != Some("ssh") {
        return None;
    }
    let setting = local.config.text(KEY)?;
    if let Some(key) = setting.strip_prefix("key::") {
        return fingerprint(key);
    }
    if setting.starts_with("ssh-") {
        return fingerprint(setting);
    }
    let path = (local.git)
        .output_text(
            "could not read Git's configuration",
            &["config", "--type=path", "--get", KEY],
        )
        .ok()?;
    let path = Path::new(path.trim_end_matches('\n'));
    // A relative one depends on where Git runs.
    let path = path.is_absolute().then_some(path)?;
    let mut public = path.as_os_str().to_owned();
    public.push(".pub");
    let files = [Path::new(&public), path].into_iter();
    let mut keys = files.filter_map(|file| fingerprint(&fs::read_to_string(file).ok()?));
    keys.next()
}

/// The fingerprint of a public key in the notation of OpenSSH, as Git shows it.
fn fingerprint(key: &str) -> Option<String> {
    let mut words = key.split_ascii_whitespace();
    let (kind, key) = (words.next()?, words.next()?);
    // The fingerprint of a certificate is that of the key in it.
    if kind.starts_with('-') || kind.contains("-cert-") {
        return None;
    }
    let key = BASE64_STANDARD.decode(key).ok()?;
    let hash = BASE64_STANDARD_NO_PAD.encode(Sha256::digest(key));
    Some(format!("SHA256:{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_of_a_public_key() {
        let key = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
        let expected = Some("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
        for (text, expected) in [
            (format!("ssh-ed25519 {key}"), expected),
            (format!("ssh-ed25519 {key} github.com\n"), expected),
            (format!("ssh-ed25519-cert-v01@openssh.com {key}"), None),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl".to_owned(), None),
            ("ssh-ed25519".to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(fingerprint(&text).as_deref(), expected, "{text}");
        }
    }
}
