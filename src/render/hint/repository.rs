//! What to do about an error of the repository, its remote or the working tree.

use super::kind::{FailureKind, Hint};
use super::names::{did_you_mean, quoted};
use crate::port::RepositoryError as Error;
use crate::render::shell;

/// What to do about an error of the repository of an environment, which is not the one with the
/// configuration.
pub fn of_other_repository(error: &Error) -> Hint {
    match error {
        Error::Denied { .. } => Hint::failed(
            "check its `repository` in `promote.yaml`, and that the credentials may read it",
        ),
        Error::DoubtfulUrl { .. } => Hint::usage(
            "programs interpret such a URL differently; correct `url.*.insteadOf` in Git's settings",
        ),
        Error::Unborn { .. } => Hint::failed("push a first commit to it, or set another `branch`"),
        Error::UnknownRevision { .. } => {
            Hint::usage("name a commit or a branch of that repository; its tags are not fetched")
        }
        error => of_repository(error),
    }
}

/// What to do about an error of the repository.
pub fn of_repository(error: &Error) -> Hint {
    match error {
        Error::NotARepository { .. } => {
            Hint::usage("run it in a Git repository, or select one with `-C DIR`")
        }
        Error::NotTrusted { path } => Hint::failed(format!(
            "if you trust it, run `git config --global --add safe.directory {}`",
            shell::word(path)
        )),
        Error::GitMissing | Error::GitTooOld { .. } => Hint::failed("install Git 2.30 or later"),
        Error::DoubtfulUrl { remote } => Hint::usage(format!(
            "programs interpret such a URL differently; set another one with `git remote set-url \
             {} URL`",
            shell::word(remote)
        )),
        Error::Unreachable { .. } => Hint {
            kind: FailureKind::Unreachable,
            text: Some("try again; running the same command again is safe".to_owned()),
        },
        Error::Credentials { .. } => Hint::failed(
            "configure a credential helper or an SSH agent for Git, so that `git ls-remote` works; \
             for GitHub over HTTPS, set `GITHUB_TOKEN`",
        ),
        Error::Denied { .. } => Hint::failed(
            "check the URL with `git remote -v`, and that the credentials may read the repository",
        ),
        Error::UntrustedServer { .. } => Hint::failed(
            "if the server is the right one, add its host key to `known_hosts`, or its certificate \
             authority with `http.sslCAInfo`; `git ls-remote` must work",
        ),
        Error::NoPlaceBeside { .. } => Hint::usage("write the whole URL in `promote.yaml`"),
        Error::NeverFetched { .. } => Hint::usage("run the command once without `--no-push`"),
        Error::SeveralPushUrls { remote, .. } => Hint::usage(format!(
            "keep one push URL (`git remote set-url --delete --push {} URL`) and mirror from that \
             server: one of several pushes could fail, and the servers would differ",
            shell::word(remote)
        )),
        Error::HookRefused { .. } => Hint::failed("no branch was moved; fix what the hook reports"),
        Error::InTheWay { other, .. } => Hint::failed(format!(
            "Git cannot store a branch name below another one; rename or delete `{other}`, then run \
             `git fetch --prune`"
        )),
        Error::Refused { branch, .. } if branch.starts_with("promote/") => Hint::failed(
            "check the remote: a rule or hook may reject branches of this name, or a stale lock may exist",
        ),
        Error::Refused { .. } => {
            Hint::failed("if the branch only accepts reviewed changes, use `--action pull-request`")
        }
        Error::MissingIdentity { .. } => Hint::failed(
            "set your name and email address:\n\
             git config --global user.name \"Your Name\"\n\
             git config --global user.email you@example.com",
        ),
        Error::NotSigned { .. } => Hint::failed(
            "nothing was written; `commit.gpgSign` is set, so check `gpg.format` and `user.signingKey`",
        ),
        Error::Git { .. } => Hint::none(FailureKind::Failed),
        Error::Unborn { .. }
        | Error::UnknownBranch { .. }
        | Error::DetachedHead { .. }
        | Error::OtherBranch { .. }
        | Error::UnknownRemote { .. }
        | Error::BehindRemote { .. }
        | Error::UnknownRevision { .. }
        | Error::RevisionOfAnother { .. } => reference(error),
        _ => state(error),
    }
}

/// What to do if a branch, remote or revision is missing or ambiguous.
fn reference(error: &Error) -> Hint {
    match error {
        Error::Unborn {
            remote: Some(remote),
            ..
        } => Hint::failed(format!(
            "push a first commit with `git push -u {} HEAD`, or select another branch with `--branch`",
            shell::word(remote)
        )),
        Error::Unborn { .. } => {
            Hint::failed("make a first commit, or select another branch with `--branch`")
        }
        Error::UnknownBranch { known, .. } if known.is_empty() => Hint::none(FailureKind::Usage),
        Error::UnknownBranch { branch, known, .. } => Hint::usage(
            did_you_mean(branch, known)
                .unwrap_or_else(|| format!("known branches: {}", quoted(known))),
        ),
        Error::DetachedHead { .. } => Hint::usage("select a branch with `--branch NAME`"),
        Error::OtherBranch {
            current, default, ..
        } => Hint::usage(format!(
            "select one with `{}` or `{}`",
            shell::option("--branch", default),
            shell::option("--branch", current)
        )),
        Error::UnknownRemote { known } => Hint::usage(format!(
            "select one with `git branch --set-upstream-to REMOTE/BRANCH`, or use `--no-push`; known \
             remotes: {}",
            quoted(known)
        )),
        Error::BehindRemote { branch, remote } => Hint {
            kind: FailureKind::Moved,
            text: Some(format!(
                "run `git pull {} {}` first, or omit `--no-push`",
                shell::word(remote),
                shell::branch(branch)
            )),
        },
        Error::UnknownRevision { .. } => Hint::usage(
            "name a commit, a tag or a branch; fetch it first if it is not in this clone",
        ),
        Error::RevisionOfAnother { .. } => {
            Hint::usage("name a commit of the repository that the environment is in")
        }
        _ => Hint::none(FailureKind::Failed),
    }
}

/// What to do about the state of the repository, its files or the disk.
fn state(error: &Error) -> Hint {
    match error {
        Error::MissingObject { shallow: true, .. } => {
            Hint::failed("fetch the history with `git fetch --unshallow`")
        }
        Error::MissingObject { shallow: false, .. } => {
            Hint::failed("try `git fetch`; if the object is still missing, run `git fsck`")
        }
        Error::Dirty { branch, .. } => Hint::failed(format!(
            "commit or stash these changes, or use `--branch NAME` with a branch other than `{branch}` \
             that is not checked out"
        )),
        Error::CheckedOut { .. } => Hint::failed(
            "no branch was moved; check out another branch there and run the command again",
        ),
        Error::Collision { .. } => Hint::failed("remove or rename one of the two"),
        Error::ReadOnly { .. } => Hint::failed(
            "no branch was moved; check the folder's permissions and run the command again",
        ),
        Error::DiskFull { .. } => {
            Hint::failed("no branch was moved; free some disk space and run the command again")
        }
        _ => Hint::none(FailureKind::Failed),
    }
}
