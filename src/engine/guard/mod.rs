//! The guards: checks on a plan, each a file and a line in [`GUARDS`].
//!
//! # Why
//!
//! A guard writes the messages of its findings itself: a type for each guard's findings would have to
//! be known wherever findings are shown. Names, descriptions and default levels are in
//! `domain/guard.rs`, because the configuration needs them too.

mod deletion;
mod encrypted;
mod environment_name;
mod half_moved;
mod link;
mod mass_change;
mod moving_version;
mod other_image;
mod rollback;
mod stale_pin;
mod version_kind;

use crate::domain::{ApplicationName, GuardName, Naming, Severity};
use crate::plan::{ApplicationPlan, Finding, Guard};

/// Every guard, in the order in which they run and are listed.
const GUARDS: &[Guard] = &[
    moving_version::GUARD,
    version_kind::GUARD,
    rollback::GUARD,
    stale_pin::GUARD,
    other_image::GUARD,
    encrypted::GUARD,
    link::GUARD,
    half_moved::GUARD,
    environment_name::GUARD,
    mass_change::GUARD,
    deletion::GUARD,
];

/// Whether a guard runs on reverts: the others check what comes from another environment, or what was
/// chosen by rules.
pub(super) fn concerns_reverts(guard: GuardName) -> bool {
    [
        GuardName::ENCRYPTED,
        GuardName::LINK,
        GuardName::MASS_CHANGE,
    ]
    .contains(&guard)
}

/// Runs the guards; `severity` is that of a guard's findings in an application, `None` if it is off.
pub(super) fn run(
    applications: &[ApplicationPlan],
    naming: &Naming,
    severity: impl Fn(GuardName, &ApplicationName) -> Option<Severity>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for guard in GUARDS {
        for application in applications {
            let Some(severity) = severity(guard.name, &application.name) else {
                continue;
            };
            let problems = (guard.find)(application, naming).into_iter();
            findings.extend(problems.map(|problem| Finding {
                guard: guard.name,
                severity,
                selector: problem.selector,
                message: problem.message,
                command: None,
            }));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{GUARDS, GuardName};

    #[test]
    fn every_name_has_its_guard() {
        let names: Vec<GuardName> = GUARDS.iter().map(|guard| guard.name).collect();
        // The findings of `verify` come from commands.
        let all = GuardName::ALL.iter().copied();
        let all: Vec<GuardName> = all.filter(|name| *name != GuardName::VERIFY).collect();
        assert_eq!(names, all);
    }
}
