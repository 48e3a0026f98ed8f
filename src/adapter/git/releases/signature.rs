//! Whose key signed a transition.

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
