//! What a failure of the network means: worth another try, or not.

use git2::{ErrorClass, ErrorCode, Repository};

use super::super::address::Server;
use super::super::fault::{Finding, Place};
use super::super::said::{self, Lasting};
use super::super::ssh;
use super::session::Session;
use crate::port::RepositoryError;

/// The kinds of failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Trouble {
    /// Nobody is let in.
    Credentials,
    /// The server is not the one that it should be.
    Certificate,
    /// The server answered, and said no.
    Denied,
    /// Something here: the disk, the repository.
    Local,
    /// Anything that may be gone the next time.
    Passing,
}

impl Trouble {
    /// The kind of an error of libgit2.
    pub(super) fn of(error: &git2::Error) -> Self {
        match (error.code(), error.class()) {
            (ErrorCode::Auth, _) => Self::Credentials,
            (ErrorCode::Certificate, _) => Self::Certificate,
            (_, ErrorClass::Ssh) if is_unusable_key(error.message()) => Self::Credentials,
            // So libgit2 gives a server's own words, when it says them and hangs up.
            (ErrorCode::Eof, ErrorClass::Ssh)
                if said::lasting(error.message()) == Some(Lasting::Denied) =>
            {
                Self::Denied
            }
            (_, ErrorClass::Http) => match status(error.message()) {
                Some(401) => Self::Credentials,
                Some(408 | 429) => Self::Passing,
                Some(400..500) => Self::Denied,
                _ => Self::Passing,
            },
            // What the server says in Git's protocol before it hangs up.
            (_, ErrorClass::Net) if error.message().starts_with("remote error") => Self::Denied,
            (_, ErrorClass::Os) if !is_of_this_machine(error.message()) => Self::Passing,
            (ErrorCode::Eof, _)
            | (
                _,
                ErrorClass::Net
                | ErrorClass::Ssl
                | ErrorClass::Ssh
                | ErrorClass::Indexer
                | ErrorClass::Zlib,
            ) => Self::Passing,
            _ => Self::Local,
        }
    }

    /// The error for whoever asked.
    pub(super) fn fault(
        self,
        repo: &Repository,
        remote: &str,
        server: &Server,
        session: &Session,
        error: &git2::Error,
    ) -> RepositoryError {
        let remote = remote.to_owned();
        let said = session.without_secrets(error.message());
        let source = Box::new(Finding(format!("{}: {said}", server.shown())));
        match self {
            Self::Credentials => RepositoryError::Credentials {
                remote,
                tried: session.tried(),
                source,
            },
            Self::Certificate => RepositoryError::UntrustedServer {
                remote,
                hint: how_to_trust(repo, server),
                source,
            },
            Self::Denied => RepositoryError::Denied { remote, source },
            Self::Passing => RepositoryError::Unreachable { remote, source },
            Self::Local => {
                let doing = format!("could not exchange commits with `{remote}`");
                let error = git2::Error::new(error.code(), error.class(), said);
                Place::of(repo).fault(doing)(error)
            }
        }
    }
}

/// What to do about a server that could not prove who it is.
pub(in crate::adapter::git) fn how_to_trust(repo: &Repository, server: &Server) -> String {
    if server.is_http() {
        return "if the server's authority is your own, name its file in Git's `http.sslCAInfo`"
            .to_owned();
    }
    if ssh::is_configured(repo) {
        // The host may be a name that only OpenSSH's own settings explain.
        return format!(
            "`ssh -v {}` tells whose key was expected; compare the server's with what its owner says",
            server.host
        );
    }
    let port = server.port.map(|port| format!("-p {port} "));
    let scan = format!("`ssh-keyscan {}{}`", port.unwrap_or_default(), server.host);
    match ssh::known_as(server) {
        Some(name) => format!(
            "its key is another one than in `~/.ssh/known_hosts`: somebody may stand between. \
             {scan} prints it; if its owner says that it is right, forget the old one with \
             `ssh-keygen -R '{name}'`"
        ),
        None => format!(
            "compare the server's key with what its owner says; {scan} prints it, and \
             `~/.ssh/known_hosts` is where it belongs"
        ),
    }
}

/// Whether libgit2 says that it cannot use a key, and not that the connection broke meanwhile.
fn is_unusable_key(message: &str) -> bool {
    message.starts_with("failed to authenticate SSH session") && message.contains("key")
}

/// The status in libgit2's "unexpected http status code: 503".
fn status(message: &str) -> Option<u16> {
    let (_, code) = message.rsplit_once("status code: ")?;
    code.trim().parse().ok()
}

/// What a system call says when it is this machine that refuses, and no connection that failed.
fn is_of_this_machine(message: &str) -> bool {
    [
        "No space left on device",
        "Disk quota exceeded",
        "Read-only file system",
        "Permission denied",
        "Operation not permitted",
    ]
    .iter()
    .any(|words| message.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: ErrorCode, class: ErrorClass, text: &str) -> Trouble {
        Trouble::of(&git2::Error::new(code, class, text))
    }

    #[test]
    fn a_servers_fault_passes_and_its_no_does_not() {
        let http = |status| {
            let text = format!("unexpected http status code: {status}");
            of(ErrorCode::GenericError, ErrorClass::Http, &text)
        };
        for status in [500, 502, 503, 429, 408] {
            assert_eq!(http(status), Trouble::Passing, "{status}");
        }
        for status in [400, 403, 404, 410] {
            assert_eq!(http(status), Trouble::Denied, "{status}");
        }
    }

    #[test]
    fn what_a_server_says_before_it_hangs_up_is_its_answer() {
        let ssh = |code, text| of(code, ErrorClass::Ssh, text);
        let said = "fatal: '/x.git' does not appear to be a git repository";
        assert_eq!(ssh(ErrorCode::Eof, said), Trouble::Denied);
        let broken = "failed to start SSH session: Failed getting banner";
        assert_eq!(ssh(ErrorCode::GenericError, broken), Trouble::Passing);
        let broken = "failed to authenticate SSH session: Failed getting response";
        assert_eq!(ssh(ErrorCode::GenericError, broken), Trouble::Passing);
        assert_eq!(
            ssh(ErrorCode::Eof, "GitLab: Internal API unreachable"),
            Trouble::Passing
        );
        let key = "failed to authenticate SSH session: Unable to open public key file";
        assert_eq!(ssh(ErrorCode::GenericError, key), Trouble::Credentials);
    }

    #[test]
    fn a_full_disk_is_no_matter_of_the_network() {
        let text = "failed to write: No space left on device";
        assert_eq!(
            of(ErrorCode::GenericError, ErrorClass::Os, text),
            Trouble::Local
        );
    }
}
