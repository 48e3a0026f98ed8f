//! Finds places that keep a version that moves elsewhere in the application.

use crate::document::{VersionKind, has_version};
use crate::domain::{GuardName, Naming, Reason};
use crate::plan::{ApplicationPlan, FilePlan, Guard, PlannedDifference, Problem, Value};

/// Finds places that keep a version that moves elsewhere in the application.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::HALF_MOVED,
    find,
};

/// How many versions are looked for in what is kept: limits the time; real applications have fewer.
const MOST_VERSIONS: usize = 200;

fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    let changes = application.promoted().filter_map(|d| d.version_change());
    let mut moved: Vec<&str> = changes
        .map(|(before, _)| before)
        .filter(|before| {
            !matches!(
                VersionKind::of(before),
                VersionKind::Moving | VersionKind::Range
            )
        })
        .collect();
    moved.sort_unstable();
    moved.dedup();
    moved.truncate(MOST_VERSIONS);
    if moved.is_empty() {
        return Vec::new();
    }
    let problem = |difference: &PlannedDifference| {
        let Some(Value::Scalar { text, .. }) = &difference.before else {
            return None;
        };
        let left = moved.iter().find(|version| has_version(text, version))?;
        let is_unasked = matches!(difference.verdict.reason, Reason::NotVersion);
        is_unasked.then(|| Problem {
            selector: difference.selector.clone(),
            message: format!("{} {} keeps {left}", application.name, difference.shown),
        })
    };
    let kept = application.files.iter().flat_map(FilePlan::kept);
    let mut problems: Vec<Problem> = kept.filter_map(problem).collect();
    problems.extend(
        application
            .files
            .iter()
            .filter_map(|file| lock_file(application, file)),
    );
    problems
}

/// A lock file that stays although a dependency in its list moves.
fn lock_file(application: &ApplicationPlan, file: &FilePlan) -> Option<Problem> {
    let folder = file.path.as_str().strip_suffix("Chart.lock")?;
    let list = format!("{folder}Chart.yaml");
    let is_dependency = |d: &PlannedDifference| d.path.starts_with("$['dependencies']");
    let moves = (application.files.iter())
        .any(|other| other.path.as_str() == list && other.promoted().any(is_dependency));
    (moves && file.kept().next().is_some() && !file.is_changed()).then(|| Problem {
        selector: file.path.to_string(),
        message: format!("{} `{list}` moves without its lock file", application.name),
    })
}
