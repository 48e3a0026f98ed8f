//! Finds releases that become something else: a commit, a build, a word, a pre-release.

use crate::document::VersionKind;
use crate::domain::{GuardName, Naming};
use crate::plan::{ApplicationPlan, Guard, Problem};

/// Finds releases that become something else.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::VERSION_KIND,
    find,
};

fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    Problem::of_versions(application, problem)
}

/// What is wrong with a change of a version. A digest is not: it pins what the release names.
fn problem(before: &str, after: &str) -> Option<&'static str> {
    if VersionKind::of(before) != VersionKind::Release {
        return None;
    }
    match VersionKind::of(after) {
        VersionKind::Commit => Some("is a commit instead of a release"),
        VersionKind::PreRelease => Some("is a pre-release"),
        VersionKind::Build | VersionKind::Word => Some("is not a release"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn a_release_must_stay_one() {
        for (before, after, expected) in [
            ("v760", "9f83e63", Some("is a commit instead of a release")),
            ("1.4.2", "1.5.0-rc.1", Some("is a pre-release")),
            ("v2.0.0", "pr-123", Some("is not a release")),
            ("1.4.2", "blue", Some("is not a release")),
            ("1.4.2", "sha256:00", None),
            ("1.4.2", "1.5.0", None),
            ("1.5.0-rc.1", "1.5.0-rc.2", None),
            ("0a1b2c3", "9f83e63", None),
        ] {
            assert_eq!(problem(before, after), expected, "{before} -> {after}");
        }
    }
}
