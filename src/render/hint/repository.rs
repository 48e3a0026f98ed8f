//! What to do about an error of the repository, its remote or the working tree.

use super::kind::{FailureKind, Hint};
use super::names::{did_you_mean, quoted};
use crate::port::RepositoryError as Error;

/// What to do about an error of the repository.
pub fn of_repository(error: &Error) -> Hint {
    match error {
        Error::NotARepository { .. } => {
            Hint::usage("run it in a Git repository, or name one with `-C DIR`")
        }
        Error::NotTrusted { path } => Hint::failed(format!(
            "if you trust it: git config --global --add safe.directory {}",
            shell(path)
        )),
        Error::GitMissing => Hint::failed("install Git 2.30 or later"),
        Error::GitTooOld { .. } => Hint::failed("Git 2.30 or later is needed"),
        Error::DoubtfulUrl { remote } => Hint::usage(format!(
            "programs read such a URL in different ways; set another one with `git remote set-url \
             {remote} URL`"
        )),
        Error::Unreachable { .. } => Hint {
            kind: FailureKind::Unreachable,
            text: Some("try again: running the same command again is safe".to_owned()),
        },
        Error::Credentials { .. } => Hint::failed(
            "configure a credential helper or an SSH agent for Git, so that `git ls-remote` works; \
             for GitHub over HTTPS, set `GITHUB_TOKEN`",
        ),
        Error::Denied { .. } => Hint::failed(
            "`git remote -v` prints its URL; a server hides what the credentials may not see",
        ),
        Error::UntrustedServer { .. } => Hint::failed(
            "`git ls-remote` shows the same; if the server is the right one, add its host key to \
             `known_hosts`, or its certificate authority with `http.sslCAInfo`",
        ),
        Error::SeveralPushUrls { remote, .. } => Hint::usage(format!(
            "one of several pushes could fail and leave the servers apart; keep one URL \
             (`git remote set-url --delete --push {remote} URL`), and let that server mirror the others"
        )),
        Error::HookRefused { .. } => {
            Hint::failed("nothing has moved; mend what the hook complains of")
        }
        Error::InTheWay { other, .. } => Hint::failed(format!(
            "Git keeps one name below another in no repository: rename or delete `{other}`, then \
             `git fetch --prune`"
        )),
        Error::Refused { branch, .. } if branch.starts_with("promote/") => Hint::failed(
            "a rule or a hook there does not take branches of this name from you, or a lock was left behind",
        ),
        Error::Refused { .. } => Hint::failed(
            "if the branch takes changes by review only, \
             `--action pull-request` proposes this one",
        ),
        Error::MissingIdentity { .. } => Hint::failed(
            "git config --global user.name \"Your Name\"\n\
             git config --global user.email you@example.com",
        ),
        Error::NotSigned { .. } => Hint::failed(
            "nothing was written; `commit.gpgSign` asks for it, and `gpg.format` and \
             `user.signingKey` say how",
        ),
        Error::Git { .. } => Hint::none(FailureKind::Failed),
        Error::Unborn { .. }
        | Error::UnknownBranch { .. }
        | Error::DetachedHead { .. }
        | Error::OtherBranch { .. }
        | Error::UnknownRemote { .. }
        | Error::BehindRemote { .. }
        | Error::UnknownRevision { .. } => which(error),
        _ => state(error),
    }
}

/// Which branch, remote or revision is meant.
fn which(error: &Error) -> Hint {
    match error {
        Error::Unborn {
            remote: Some(remote),
            ..
        } => Hint::failed(format!(
            "push a first commit there (`git push -u {remote} HEAD`), or name another branch with `--branch`"
        )),
        Error::Unborn { .. } => {
            Hint::failed("make a first commit, or name another branch with `--branch`")
        }
        Error::UnknownBranch { known, .. } if known.is_empty() => Hint::none(FailureKind::Usage),
        Error::UnknownBranch { branch, known, .. } => Hint::usage(
            did_you_mean(branch, known).unwrap_or_else(|| format!("there are {}", quoted(known))),
        ),
        Error::DetachedHead { .. } => Hint::usage("name the branch with `--branch NAME`"),
        Error::OtherBranch {
            current, default, ..
        } => Hint::usage(format!(
            "say which is meant: `--branch {default}` or `--branch {current}`"
        )),
        Error::UnknownRemote { known } => Hint::usage(format!(
            "set one with `git branch --set-upstream-to REMOTE/BRANCH`, or stay local with \
             `--no-push`; there are {}",
            quoted(known)
        )),
        Error::BehindRemote { branch, remote } => Hint {
            kind: FailureKind::Moved,
            text: Some(format!(
                "`git pull {remote} {branch}` first, or leave out `--no-push`"
            )),
        },
        Error::UnknownRevision { .. } => Hint::usage(
            "`--source` takes a commit, a tag or a branch; fetch it first if it is elsewhere",
        ),
        _ => Hint::none(FailureKind::Failed),
    }
}

/// In which state the repository, its files or the disk are.
fn state(error: &Error) -> Hint {
    match error {
        Error::MissingObject { shallow: true, .. } => {
            Hint::failed("get the history with `git fetch --unshallow`")
        }
        Error::MissingObject { shallow: false, .. } => Hint::failed(
            "`git fetch` brings it where the remote has it; else `git fsck` tells more",
        ),
        Error::Dirty { branch, .. } => Hint::failed(format!(
            "commit or stash these changes, or promote on a branch that is not checked out: \
             `--branch NAME` instead of `{branch}`"
        )),
        Error::CheckedOut { .. } => {
            Hint::failed("nothing has moved; check another branch out there, and run it again")
        }
        Error::Collision { .. } => Hint::failed("remove or rename one of the two"),
        Error::ReadOnly { .. } => {
            Hint::failed("nothing has moved; check the folder's permissions and run it again")
        }
        Error::DiskFull { .. } => Hint::failed("nothing has moved; make room and run it again"),
        _ => Hint::none(FailureKind::Failed),
    }
}

/// A path as a shell takes it.
fn shell(path: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}
