//! What decided about a promotion as a whole, for the commit's `Promotion-Mode` trailer.
//!
//! # Why
//!
//! Readers of a commit want to know whether only versions moved, or everything. The requested mode
//! does not show that: rules may have promoted more than versions, and an exact selector promotes
//! whatever it names.

use super::decide::Rules;
use super::request::Request;
use crate::domain::{DecidedBy, Mode, Reason};
use crate::plan::{ApplicationPlan, FilePlan};

/// What decided about the promoted differences.
pub(super) fn of(
    request: &Request,
    rules: &Rules<'_>,
    applications: &[ApplicationPlan],
) -> DecidedBy {
    if request.reverts.is_some() {
        return DecidedBy::Reverted;
    }
    if request.set_baseline.is_some() {
        return DecidedBy::Baseline;
    }
    let files = || {
        let applications = applications.iter();
        applications.flat_map(|a| a.files.iter().map(move |file| (a, file)))
    };
    let mut reasons = files()
        .flat_map(|(_, file)| file.promoted())
        .map(|d| &d.verdict.reason)
        .peekable();
    let follows_changes = |(application, file): (&ApplicationPlan, &FilePlan)| {
        let rule = rules.for_file(&application.name, file.path.as_str());
        rule.has_mode(Mode::Changes) && file.promoted().next().is_some()
    };
    let is_any_promoted = reasons.peek().is_some();
    let mut is_by_selectors = is_any_promoted;
    let mut is_by_rules = false;
    for reason in reasons {
        is_by_selectors &= *reason == Reason::OnlyExact;
        is_by_rules |= matches!(reason, Reason::Rule(_));
    }
    match request.promote {
        _ if is_by_selectors => DecidedBy::Selectors,
        Some(mode) => DecidedBy::Mode(mode),
        None if is_by_rules || files().any(follows_changes) => DecidedBy::Rules,
        None => DecidedBy::Mode(Mode::Versions),
    }
}
