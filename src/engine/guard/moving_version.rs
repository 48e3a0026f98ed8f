//! Finds versions that become less definite: a pinned one moving, a range wider, either of them empty.

use crate::document::{VersionKind, is_wider_range};
use crate::domain::{GuardName, Naming};
use crate::plan::{ApplicationPlan, Guard, Problem};

/// Finds versions that become less definite.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::MOVING_VERSION,
    find,
};

fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    Problem::of_versions(application, problem)
}

/// What is wrong with a change of a version.
fn problem(before: &str, after: &str) -> Option<&'static str> {
    use VersionKind::{Moving, Nothing, Range, Word};
    match (VersionKind::of(before), VersionKind::of(after)) {
        (Nothing | Moving, _) => None,
        (_, Nothing) => Some("has no version any more"),
        (_, Moving) => Some("is not pinned any more"),
        (Range, Range) if is_wider_range(after, before) => Some("is a wider range"),
        (Range | Word, _) => None,
        (_, Range) => Some("is a range instead of a pinned version"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn a_version_must_not_become_less_definite() {
        for (before, after, expected) in [
            ("1.4.2", "latest", Some("is not pinned any more")),
            ("1.4.2", "feature/x", Some("is not pinned any more")),
            ("^1.2", "main", Some("is not pinned any more")),
            ("1.4.2", "", Some("has no version any more")),
            (
                "1.2.0",
                ">=1.3.0 <2.0.0",
                Some("is a range instead of a pinned version"),
            ),
            (">=1.0.0", ">=1.0.0-alpha", Some("is a wider range")),
            ("~1.2", ">=1.2", Some("is a wider range")),
            ("^1.2", "^1.3", None),
            (">=1.2 <2", "1.3.0", None),
            ("1.4.2", "1.5.0", None),
            ("latest", "edge", None),
            ("", "latest", None),
        ] {
            assert_eq!(problem(before, after), expected, "{before} -> {after}");
        }
    }
}
