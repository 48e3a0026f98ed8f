//! Finds versions that move without effect, because a pin that only the target has wins over them.

use std::collections::HashMap;

use crate::domain::{GuardName, Naming, Op};
use crate::plan::{ApplicationPlan, FilePlan, Guard, PlannedDifference, Problem};

/// Finds versions that move without effect.
pub(super) const GUARD: Guard = Guard {
    name: GuardName::STALE_PIN,
    find,
};

/// The keys that win over a key in the same mapping: Helm values, kustomize, and references of Flux.
fn stronger(key: &str) -> &'static [&'static str] {
    match key {
        "tag" | "newTag" => &["digest", "sha", "semver", "commit"],
        "semver" => &["digest", "commit"],
        _ => &[],
    }
}

fn find(application: &ApplicationPlan, _: &Naming) -> Vec<Problem> {
    let in_file = |file: &FilePlan| -> Vec<Problem> {
        let is_left = |d: &&PlannedDifference| d.op == Op::Remove && !d.verdict.is_promote();
        let mut left: HashMap<&str, Vec<&str>> = HashMap::new();
        for (mapping, key) in
            (file.differences.iter().filter(is_left)).filter_map(|d| last_key(&d.path))
        {
            left.entry(mapping).or_default().push(key);
        }
        let problem = |difference: &PlannedDifference| {
            difference.version?;
            let (mapping, key) = last_key(&difference.path)?;
            let stronger = stronger(key);
            let pin = left.get(mapping)?.iter().find(|k| stronger.contains(k))?;
            let problem = format!("has no effect: the target also has `{pin}`");
            Some(Problem::with(application, difference, &problem))
        };
        file.promoted().filter_map(problem).collect()
    };
    application.files.iter().flat_map(in_file).collect()
}

/// The path of a mapping and the key in it, of a normalized path.
fn last_key(path: &str) -> Option<(&str, &str)> {
    path.strip_suffix("']")?.rsplit_once("['")
}
