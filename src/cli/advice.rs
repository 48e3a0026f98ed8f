//! What to do about a failure: the only place where an error becomes a hint and an exit code.

use std::error::Error;
use std::io::{self, Write};

use super::exit::Exit;
use super::failure::Failure;
use super::json_v1::Problem;
use super::near::nearest;
use super::terminal::{Canvas, harmless};
use super::text::fault_line;
use crate::engine::{EngineError, PairError};
use crate::plan::FileFault;
use crate::port::{RepositoryError, SettingsError};

/// A failure as the user gets it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advice {
    /// What failed.
    pub message: String,
    /// Why, the nearest cause first.
    pub causes: Vec<String>,
    /// Whole blocks that explain it: a configuration's faults, files that cannot be read.
    pub details: Vec<String>,
    /// What to do now.
    pub hint: Option<String>,
    /// How the program ends.
    pub exit: Exit,
}

impl Advice {
    /// What to say about a failure.
    pub fn on(failure: &Failure) -> Self {
        let (exit, hint) = match failure {
            Failure::Engine(error) => engine(error),
            Failure::Repository(error) => repository(error),
            Failure::Settings(_) => (Exit::Usage, settings()),
            Failure::Read { .. } => (Exit::Usage, None),
            Failure::Declined | Failure::Output(_) | Failure::Program { .. } => {
                (Exit::Failed, None)
            }
        };
        // "the repository could not be used" says less than what it carries.
        let first: &dyn Error = match failure {
            Failure::Engine(
                error @ (EngineError::Repository(_)
                | EngineError::Settings(_)
                | EngineError::Pair(_)),
            ) => error.source().unwrap_or(error),
            failure => failure,
        };
        let first = match first.downcast_ref::<PairError>() {
            Some(PairError::Repository(inner)) => inner,
            _ => first,
        };
        let mut causes = Vec::new();
        let mut next = first.source();
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        Self {
            message: first.to_string(),
            causes,
            details: details(failure),
            hint,
            exit,
        }
    }

    /// The failure as the result's JSON has it.
    pub fn problem(&self) -> Problem {
        let mut causes = self.causes.clone();
        causes.extend(self.details.iter().map(|d| d.trim_end().to_owned()));
        Problem {
            message: self.message.clone(),
            causes,
            hint: self.hint.clone(),
            code: self.exit.code(),
        }
    }

    /// Writes the failure for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, out: &mut dyn Write, canvas: Canvas) -> io::Result<()> {
        let palette = canvas.palette;
        let lines = |text: &str| {
            text.lines()
                .map(|l| harmless(l).into_owned())
                .collect::<Vec<_>>()
                .join("\n    ")
        };
        writeln!(
            out,
            "{0}error{0:#}: {1}",
            palette.error,
            lines(&self.message)
        )?;
        for cause in &self.causes {
            writeln!(out, "  caused by: {}", lines(cause))?;
        }
        for detail in &self.details {
            writeln!(out, "  {}", lines(detail.trim_end()))?;
        }
        if let Some(hint) = &self.hint {
            writeln!(out, "{0}hint{0:#}: {1}", palette.hint, lines(hint))?;
        }
        Ok(())
    }
}

/// The files that cannot be promoted, when that is what failed.
pub(super) fn faults(failure: &Failure) -> &[FileFault] {
    match failure {
        Failure::Engine(EngineError::Faults(faults)) => faults,
        _ => &[],
    }
}

fn details(failure: &Failure) -> Vec<String> {
    match failure {
        Failure::Engine(EngineError::Settings(SettingsError { reports, .. }))
        | Failure::Settings(SettingsError { reports, .. }) => reports.clone(),
        failure => faults(failure).iter().map(fault_line).collect(),
    }
}

fn settings() -> Option<String> {
    some(
        "`git promote check` shows all faults of the working tree's configuration; `git promote schema config` is its schema",
    )
}

fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into())
}

fn engine(error: &EngineError) -> (Exit, Option<String>) {
    match error {
        EngineError::Repository(error) => repository(error),
        EngineError::Settings(_) => (Exit::Usage, settings()),
        EngineError::Pair(PairError::Repository(error)) => repository(error),
        EngineError::Pair(PairError::Ambiguous { .. }) => (
            Exit::Usage,
            some(
                "say in `promote.yaml` which is meant: give the environments `aliases` in the same order, or a `layout`",
            ),
        ),
        EngineError::Pair(PairError::Path(_)) | EngineError::Path(_) => (
            Exit::Failed,
            some("rename it in the repository; Git itself would not check it out"),
        ),
        EngineError::Selector(_) | EngineError::Glob { .. } => (
            Exit::Usage,
            some(
                "a selector is FILE[#DOCUMENT][:PATH] with an RFC 9535 JSONPath; `git promote diff --selectors --kept` prints them",
            ),
        ),
        EngineError::UnknownEnvironment { name, found } => {
            (Exit::Usage, Some(unknown_environment(name, found)))
        }
        EngineError::SameEnvironment(_) => (
            Exit::Usage,
            some("`--from` and `--to` must name two environments"),
        ),
        EngineError::UnknownApplication { name, known } => {
            let list = "`git promote check --layout --from ENV --to ENV` lists all applications";
            (
                Exit::Usage,
                Some(
                    near("did you mean", name, known)
                        .map_or(list.to_owned(), |near| format!("{near}; {list}")),
                ),
            )
        }
        EngineError::AmbiguousApplication { .. } => (Exit::Usage, some("give more of the name")),
        EngineError::UnknownProduct { name, known } => (
            Exit::Usage,
            if known.is_empty() {
                some("`promote.yaml` names no products")
            } else {
                near("did you mean", name, known)
                    .or_else(|| some(format!("there are {}", quoted(known))))
            },
        ),
        EngineError::NothingSelected { near, .. } => (
            Exit::Usage,
            Some(if near.is_empty() {
                "`git promote diff --selectors --kept` prints the selectors of all differences"
                    .to_owned()
            } else {
                format!("did you mean one of these?\n{}", near.join("\n"))
            }),
        ),
        EngineError::Faults(_) => (
            Exit::Failed,
            some(
                "nothing was written; repair the files, or leave their application out with `--service` or `--except FILE`",
            ),
        ),
        EngineError::Unsupported { .. } => (
            Exit::Usage,
            some("it comes with a later version; nothing was written"),
        ),
        EngineError::Policy { .. } => (
            Exit::Usage,
            some("flags do not override a policy; `--action none` shows what would be promoted"),
        ),
        EngineError::Message { .. } => (
            Exit::Usage,
            some("`messages` in `promote.yaml` holds it; `-m` and `--body` go around it"),
        ),
    }
}

fn unknown_environment(name: &str, found: &[String]) -> String {
    if found.is_empty() {
        return "no environment was found in the paths; name them in `promote.yaml` under `environments`".to_owned();
    }
    let list = format!("found {}", quoted(found));
    near("did you mean", name, found).map_or(list.clone(), |near| format!("{near} {list}"))
}

fn near(words: &str, name: &str, known: &[String]) -> Option<String> {
    let near = nearest(name, known.iter().map(String::as_str));
    (!near.is_empty()).then(|| {
        format!(
            "{words} {}?",
            near.iter()
                .map(|n| format!("`{n}`"))
                .collect::<Vec<_>>()
                .join(" or ")
        )
    })
}

fn quoted(names: &[String]) -> String {
    names
        .iter()
        .map(|n| format!("`{n}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn repository(error: &RepositoryError) -> (Exit, Option<String>) {
    match error {
        RepositoryError::NotARepository { .. } => (
            Exit::Usage,
            some("run it in a Git repository, or name one with `-C DIR`"),
        ),
        RepositoryError::NotTrusted { path } => (
            Exit::Failed,
            some(format!(
                "if you trust it: git config --global --add safe.directory {}",
                shell(path)
            )),
        ),
        RepositoryError::Unsupported { .. } => (
            Exit::Failed,
            some("use an ordinary full clone with SHA-1 ids and the `files` ref storage"),
        ),
        RepositoryError::Unborn { .. } => (
            Exit::Failed,
            some("make a first commit, or name another branch with `--branch`"),
        ),
        RepositoryError::UnknownBranch { branch, known, .. } => (
            Exit::Usage,
            if known.is_empty() {
                None
            } else {
                near("did you mean", branch, known)
                    .or_else(|| some(format!("there are {}", quoted(known))))
            },
        ),
        RepositoryError::DetachedHead { .. } => {
            (Exit::Usage, some("name the branch with `--branch NAME`"))
        }
        RepositoryError::OtherBranch {
            current, default, ..
        } => (
            Exit::Usage,
            some(format!(
                "say which is meant: `--branch {default}` or `--branch {current}`"
            )),
        ),
        RepositoryError::UnknownRemote { known } => (
            Exit::Usage,
            some(format!(
                "set one with `git branch --set-upstream-to REMOTE/BRANCH`, or stay local with `--no-push`; there are {}",
                quoted(known)
            )),
        ),
        RepositoryError::BehindRemote { branch, remote } => (
            Exit::Moved,
            some(format!(
                "`git pull {remote} {branch}` first, or leave out `--no-push`"
            )),
        ),
        RepositoryError::UnknownRevision { .. } => (
            Exit::Usage,
            some("`--source` takes a commit, a tag or a branch; fetch it first if it is elsewhere"),
        ),
        RepositoryError::MissingObject { shallow, .. } => (
            Exit::Failed,
            some(if *shallow {
                "get the history with `git fetch --unshallow`"
            } else {
                "the repository is damaged; `git fsck` tells more"
            }),
        ),
        RepositoryError::Dirty { branch, .. } => (
            Exit::Failed,
            some(format!(
                "commit or stash these changes, or promote on a branch that is not checked out: `--branch NAME` instead of `{branch}`"
            )),
        ),
        RepositoryError::MissingIdentity => (
            Exit::Failed,
            some(
                "git config --global user.name \"Your Name\"\ngit config --global user.email you@example.com",
            ),
        ),
        RepositoryError::Collision { .. } => {
            (Exit::Failed, some("remove or rename one of the two"))
        }
        RepositoryError::ReadOnly { .. } => (
            Exit::Failed,
            some("nothing has moved; check the folder's permissions and run it again"),
        ),
        RepositoryError::DiskFull { .. } => (
            Exit::Failed,
            some("nothing has moved; make room and run it again"),
        ),
        RepositoryError::UnsupportedRemote { .. } => (
            Exit::Usage,
            some(
                "local paths and `file://` work so far; `--no-push` commits on the local branch, and `git push` publishes it",
            ),
        ),
        RepositoryError::Refused { .. } => (
            Exit::Failed,
            some("nothing has moved; the server's words say why"),
        ),
        RepositoryError::Unreachable { .. } => (
            Exit::Unreachable,
            some("try again: running the same command again is safe"),
        ),
        RepositoryError::Git { .. } => (Exit::Failed, None),
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

#[cfg(test)]
mod tests;
