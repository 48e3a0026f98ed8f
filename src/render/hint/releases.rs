//! What to do about an error of the records of releases.

use super::kind::Hint;
use super::repository;
use crate::port::ReleasesError as Error;
use crate::render::shell;

/// What to do about an error of the records of releases.
pub fn of_releases(error: &Error) -> Hint {
    match error {
        Error::Repository(error) => repository::of_repository(error),
        Error::ReferenceRefused { .. } => Hint::failed(format!(
            "if the server only takes branches, set `{}` in `promote.yaml`",
            Error::BRANCH_SETTING
        )),
        Error::Replaced {
            reference,
            copy,
            known,
            ..
        } => Hint::failed(format!(
            "restore it with `git push --force REMOTE {}`; to continue without these transitions, \
             delete the copy here with `git update-ref -d {}`",
            shell::word(&format!("{known}:{reference}")),
            shell::word(copy)
        )),
        Error::BadPrefix { .. } => Hint::usage(format!(
            "it is a folder of references, such as `{}`",
            Error::DEFAULT_PREFIX
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::hint::FailureKind;

    #[test]
    fn the_hint_about_a_refused_reference_names_the_setting() {
        let hint = of_releases(&Error::ReferenceRefused {
            remote: "origin".to_owned(),
            reference: "refs/promote/releases/loans".to_owned(),
            message: "no".to_owned(),
        });
        assert_eq!(hint.kind, FailureKind::Failed);
        assert_eq!(
            hint.text.as_deref(),
            Some(
                "if the server only takes branches, set \
                 `releases: {prefix: refs/heads/promote/releases}` in `promote.yaml`"
            )
        );
    }
}
