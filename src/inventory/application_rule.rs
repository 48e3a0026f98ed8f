//! Which application a file belongs to.
//!
//! # Why
//!
//! The name of an application depends on the whole repository: a folder `envs/staging` that is the
//! only one of its kind holds the applications, while `apps/api/staging` lies within one. So the
//! rule is made once all places where environments begin are known, and then names every file.

use super::target_names::join;
use crate::domain::{ApplicationName, LayoutMatch, LayoutPattern};

/// The names of the environment that a path belongs to.
pub(super) trait PathNames {
    /// Whether a word is the environment's name or an alias.
    fn is_environment(&self, word: &str) -> bool;

    /// Whether a part of a path carries the environment's name.
    fn is_named(&self, part: &str) -> bool;

    /// A part without the environment's name and the separator beside it: `foo-prod` is `foo`.
    fn without_environment(&self, part: &str) -> String;
}

/// Where an environment begins, as far as the rule depends on it.
pub(super) struct Beginning<'a> {
    /// The folder that holds it; empty for the repository's root.
    pub above: &'a str,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Whether it is a folder whose whole name is the environment's.
    pub is_whole_name: bool,
}

/// Names the application of every file.
#[derive(Debug)]
pub(super) struct ApplicationRule {
    /// Whether the environments' folders occur under one parent only.
    has_one_parent: bool,
    /// Whether such a folder is built as a whole: then its files are of one application.
    is_unit: bool,
    /// The folders that all applications have in common.
    common: Vec<String>,
    /// The repository's own name.
    repository: String,
    layout: Vec<LayoutPattern>,
}

impl ApplicationRule {
    /// Makes the rule from all places where environments begin.
    pub(super) fn new(
        beginnings: &[Beginning<'_>],
        repository: &str,
        layout: &[LayoutPattern],
    ) -> Self {
        let whole = beginnings.iter().filter(|b| b.is_whole_name);
        let parents: std::collections::BTreeSet<&str> = whole.map(|b| b.above).collect();
        let mut above = beginnings
            .iter()
            .filter(|b| !b.above.is_empty() && (!b.is_folder || b.is_whole_name))
            .map(|b| b.above.split('/').map(str::to_owned).collect::<Vec<_>>());
        let mut common = above.next().unwrap_or_default();
        for other in above {
            let same = common
                .iter()
                .zip(&other)
                .take_while(|(a, b)| a == b)
                .count();
            common.truncate(same);
        }
        Self {
            has_one_parent: parents.len() == 1,
            is_unit: false,
            common,
            repository: repository.to_owned(),
            layout: layout.to_vec(),
        }
    }

    /// Whether a folder that is built as a whole would be one application.
    pub(super) fn depends_on_builds(&self) -> bool {
        self.has_one_parent
    }

    /// The rule where the environments' folders are built as a whole.
    pub(super) fn with_units(mut self) -> Self {
        self.is_unit = true;
        self
    }

    /// Whether the configured layout, if there is one, matches a file's path.
    pub(super) fn admits(&self, path: &str, names: &dyn PathNames) -> bool {
        self.layout.is_empty() || self.by_layout(path, names).is_some()
    }

    /// The application of a file.
    pub(super) fn application(&self, path: &str, names: &dyn PathNames) -> ApplicationName {
        ApplicationName(
            self.by_layout(path, names)
                .map(|found| found.application)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| self.by_place(path, names)),
        )
    }

    /// The application of all files below a folder, where the folder's own path tells it.
    pub(super) fn application_of_folder(
        &self,
        folder: &str,
        names: &dyn PathNames,
    ) -> Option<ApplicationName> {
        let below = join(folder, "_");
        if !self.layout.is_empty() {
            return self
                .by_layout(&below, names)
                .map(|found| ApplicationName(found.application))
                .filter(|name| !name.0.is_empty());
        }
        let is_below_the_environment = folder
            .split('/')
            .position(|part| names.is_named(part))
            .is_some_and(|at| at + 1 < folder.split('/').count());
        (is_below_the_environment || self.is_of_one_application(folder, names))
            .then(|| ApplicationName(self.by_place(&below, names)))
    }

    /// Whether all files below a folder are of one application, whatever their names.
    ///
    /// False where that takes more than a look at the folder's own path.
    pub(super) fn is_of_one_application(&self, folder: &str, names: &dyn PathNames) -> bool {
        self.layout.is_empty()
            && folder
                .split('/')
                .find(|part| names.is_named(part))
                .is_some_and(|part| {
                    !self.has_one_parent || !names.without_environment(part).is_empty()
                })
    }

    /// The match of the configured layout with a path.
    pub(super) fn by_layout(&self, path: &str, names: &dyn PathNames) -> Option<LayoutMatch> {
        let is_environment = |word: &str| names.is_environment(word);
        self.layout
            .iter()
            .find_map(|pattern| pattern.matches(path, &is_environment))
    }

    fn by_place(&self, path: &str, names: &dyn PathNames) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let Some(at) = parts.iter().position(|part| names.is_named(part)) else {
            return self.repository.clone();
        };
        let is_file = at + 1 == parts.len();
        let rest = names.without_environment(parts[at]);
        let above = without_overlays(&parts[..at]);
        let is_overlay = above.len() < at && !above.is_empty();
        if !is_file {
            if !rest.is_empty() {
                return rest;
            }
            if self.has_one_parent && !is_overlay {
                let stem = without_extension(parts[at + 1]);
                let is_file = at + 2 == parts.len();
                return match above {
                    // `apps/web/production`: the folder is the application's.
                    [_, .., name] if self.is_unit || is_file && is_generic(stem) => {
                        (*name).to_owned()
                    }
                    _ if is_file && (self.is_unit || is_generic(stem)) => self.repository.clone(),
                    _ => stem.to_owned(),
                };
            }
        } else if at == 0 {
            return self.repository.clone();
        }
        let own = &above[self.common.len().min(above.len())..];
        if !own.is_empty() {
            return own.join("/");
        }
        let stem = without_extension(&rest);
        if is_file && !is_generic(stem) {
            return stem.to_owned();
        }
        above
            .last()
            .map_or_else(|| self.repository.clone(), |s| (*s).to_owned())
    }
}

/// Names of files that describe the file's role, not its application.
fn is_generic(stem: &str) -> bool {
    matches!(
        stem,
        "" | "values" | "config" | "secrets" | "Chart" | "kustomization" | "Kustomization"
    )
}

/// Whether a file marks its folder as built as a whole.
pub(super) fn is_build_file(name: &str) -> bool {
    matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization" | "Chart.yaml"
    )
}

/// The folders above an environment without kustomize's `overlays`: what lies there is one
/// application, named by what lies above.
fn without_overlays<'p, 's>(above: &'p [&'s str]) -> &'p [&'s str] {
    match above {
        [head @ .., "overlays"] => head,
        _ => above,
    }
}

/// A part of a path without the names that `ranges` cover, and without the separators beside them.
pub(super) fn without_ranges(part: &str, ranges: impl Iterator<Item = (usize, usize)>) -> String {
    const SEPARATORS: [char; 3] = ['-', '.', '_'];
    let mut out = String::new();
    let mut done = 0;
    for (start, end) in ranges {
        out.push_str(part[done..start].trim_end_matches(SEPARATORS));
        done = end;
        if out.is_empty() {
            done = part.len() - part[done..].trim_start_matches(SEPARATORS).len();
        }
    }
    out.push_str(&part[done..]);
    out
}

fn without_extension(name: &str) -> &str {
    name.find('.')
        .filter(|i| *i > 0)
        .map_or(name, |i| &name[..i])
}
