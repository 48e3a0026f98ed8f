//! Finds the shapes of the paths of an inventory's files.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::domain::Naming;
use crate::inventory::{EnvironmentView, FileRole};

/// How many patterns are shown.
const MOST: usize = 3;

/// A pattern of a layout, with how many files it matches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundPattern {
    /// The pattern.
    pub pattern: String,
    /// How many files have this shape.
    pub files: usize,
}

/// The commonest shapes of paths, and the number of all files.
pub(super) fn patterns(views: &[EnvironmentView]) -> (Vec<FoundPattern>, usize) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = 0;
    for view in views {
        let naming = Naming::of_one(&view.environment);
        for (application, files) in &view.applications {
            let files = files.iter().filter(|file| file.role == FileRole::Deployed);
            for file in files {
                all += 1;
                if let Some(pattern) = pattern(file.path.as_str(), &application.0, &naming) {
                    *counts.entry(pattern).or_default() += 1;
                }
            }
        }
    }
    let mut patterns: Vec<FoundPattern> = counts
        .into_iter()
        .map(|(pattern, files)| FoundPattern { pattern, files })
        .collect();
    patterns.sort_by_key(|found| Reverse(found.files));
    patterns.truncate(MOST);
    (patterns, all)
}

/// A path with placeholders for the environment and the application, and a wildcard for what is below
/// both; `None` if it does not have both.
fn pattern(path: &str, application: &str, naming: &Naming) -> Option<String> {
    let word = application.rsplit('/').next().unwrap_or(application);
    let mut has = [false; 2];
    let mut parts = Vec::new();
    for part in path.split('/') {
        if has == [true; 2] {
            parts.push("**".to_owned());
            break;
        }
        let hits = naming.in_path(part);
        let part = match hits.as_slice() {
            [hit] if !has[0] => {
                has[0] = true;
                format!("{}{{env}}{}", &part[..hit.start], &part[hit.end..])
            }
            _ => part.to_owned(),
        };
        parts.push(if has[1] || !part.contains(word) {
            part
        } else {
            has[1] = true;
            part.replacen(word, "{app}", 1)
        });
    }
    (has == [true; 2]).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Environment;

    #[test]
    fn a_path_has_a_pattern_if_it_names_environment_and_application() {
        let naming = Naming::of_one(&Environment::named("prod"));
        for (path, application, expected) in [
            (
                "apps/prod/web/base/values.yaml",
                "web",
                Some("apps/{env}/{app}/**"),
            ),
            (
                "charts/web/values-prod.yaml",
                "web",
                Some("charts/{app}/values-{env}.yaml"),
            ),
            ("prod/web.yaml", "shop/web", Some("{env}/{app}.yaml")),
            ("prod/all.yaml", "shared", None),
        ] {
            let found = pattern(path, application, &naming);
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}
