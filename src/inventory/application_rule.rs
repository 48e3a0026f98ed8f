//! Which application a file belongs to.
//!
//! # Why
//!
//! The name of an application depends on the whole repository: a single folder `envs/staging`
//! contains the applications, while `apps/api/staging` lies within one. So the rule is made once
//! all roots of the environments are known, and then applies to every file.

use super::target_names::join;
use crate::domain::{ApplicationName, LayoutMatch, LayoutPattern};

/// The names of the environment that a path belongs to, as the rule looks for them.
pub(super) trait PathNames {
    /// Whether a word is the environment's name or an alias.
    fn is_environment(&self, word: &str) -> bool;

    /// Whether a part of a path contains the environment's name.
    fn is_named(&self, part: &str) -> bool;

    /// A part without the environment's name and the separator beside it: `foo-prod` gives `foo`.
    fn without_environment(&self, part: &str) -> String;
}

/// What the rule depends on of an environment's root.
pub(super) struct RootShape<'a> {
    /// The folder that contains it; empty for the repository's root.
    pub parent: &'a str,
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
    /// Whether such a folder is built as a whole: then all its files belong to one application.
    has_build_files: bool,
    /// The leading folders that all applications have in common.
    common: Vec<String>,
    /// The repository's name.
    repository: String,
    layout: Vec<LayoutPattern>,
}

impl ApplicationRule {
    /// Makes the rule from all roots of the environments.
    pub(super) fn new(
        shapes: &[RootShape<'_>],
        repository: &str,
        layout: &[LayoutPattern],
    ) -> Self {
        let whole = shapes.iter().filter(|r| r.is_whole_name);
        let parents: std::collections::BTreeSet<&str> = whole.map(|r| r.parent).collect();
        let mut above = shapes
            .iter()
            .filter(|r| !r.parent.is_empty() && (!r.is_folder || r.is_whole_name))
            .map(|r| r.parent.split('/').map(str::to_owned).collect::<Vec<_>>());
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
            has_build_files: false,
            common,
            repository: repository.to_owned(),
            layout: layout.to_vec(),
        }
    }

    /// Whether the rule depends on build files: a folder that is built as a whole is one application.
    pub(super) fn depends_on_build_files(&self) -> bool {
        self.has_one_parent
    }

    /// The same rule for environments' folders that are built as a whole.
    pub(super) fn with_build_files(mut self) -> Self {
        self.has_build_files = true;
        self
    }

    /// Whether a path matches the configured layout; without one, every path does.
    pub(super) fn includes(&self, path: &str, names: &dyn PathNames) -> bool {
        self.layout.is_empty() || self.match_layout(path, names).is_some()
    }

    /// The application of a file.
    pub(super) fn application(&self, path: &str, names: &dyn PathNames) -> ApplicationName {
        ApplicationName(
            self.match_layout(path, names)
                .map(|layout_match| layout_match.application)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| self.name_from_position(path, names)),
        )
    }

    /// The application of all files below a folder; `None` if the folder's path does not determine it.
    pub(super) fn application_of_folder(
        &self,
        folder: &str,
        names: &dyn PathNames,
    ) -> Option<ApplicationName> {
        let below = join(folder, "_");
        if !self.layout.is_empty() {
            return self
                .match_layout(&below, names)
                .map(|layout_match| ApplicationName(layout_match.application))
                .filter(|name| !name.0.is_empty());
        }
        let is_below_the_environment = folder
            .split('/')
            .position(|part| names.is_named(part))
            .is_some_and(|at| at + 1 < folder.split('/').count());
        (is_below_the_environment || self.is_of_one_application(folder, names))
            .then(|| ApplicationName(self.name_from_position(&below, names)))
    }

    /// Whether the path of a folder alone shows that all files below it belong to one application.
    pub(super) fn is_of_one_application(&self, folder: &str, names: &dyn PathNames) -> bool {
        self.layout.is_empty()
            && folder
                .split('/')
                .find(|part| names.is_named(part))
                .is_some_and(|part| {
                    !self.has_one_parent || !names.without_environment(part).is_empty()
                })
    }

    /// Matches a path with the configured layout.
    pub(super) fn match_layout(&self, path: &str, names: &dyn PathNames) -> Option<LayoutMatch> {
        let is_environment = |word: &str| names.is_environment(word);
        self.layout
            .iter()
            .find_map(|pattern| pattern.matches(path, &is_environment))
    }

    /// The name that follows from where the environment's name is in the path.
    fn name_from_position(&self, path: &str, names: &dyn PathNames) -> String {
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
                    // `apps/web/production`: `web` is the application.
                    [_, .., name] if self.has_build_files || is_file && is_generic(stem) => {
                        (*name).to_owned()
                    }
                    _ if is_file && (self.has_build_files || is_generic(stem)) => {
                        self.repository.clone()
                    }
                    _ => stem.to_owned(),
                };
            }
        } else if at == 0 {
            return self.repository.clone();
        }
        let specific = &above[self.common.len().min(above.len())..];
        if !specific.is_empty() {
            return specific.join("/");
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

/// Whether a file's name states its role, and not its application.
fn is_generic(stem: &str) -> bool {
    matches!(
        stem,
        "" | "values" | "config" | "secrets" | "Chart" | "kustomization" | "Kustomization"
    )
}

/// Whether a file of this name builds its folder as a whole.
pub(super) fn is_build_file(name: &str) -> bool {
    matches!(
        name,
        "kustomization.yaml" | "kustomization.yml" | "Kustomization" | "Chart.yaml"
    )
}

/// The folders above an environment without kustomize's `overlays`: overlays belong to one
/// application, which has the name of the folder above them.
fn without_overlays<'p, 's>(above: &'p [&'s str]) -> &'p [&'s str] {
    match above {
        [head @ .., "overlays"] => head,
        _ => above,
    }
}

/// Removes the names that `ranges` cover from a part of a path, and the separators beside them.
pub(super) fn without_ranges(part: &str, ranges: impl Iterator<Item = (usize, usize)>) -> String {
    const SEPARATORS: [char; 3] = ['-', '.', '_'];
    let mut rest = String::new();
    let mut done = 0;
    for (start, end) in ranges {
        rest.push_str(part[done..start].trim_end_matches(SEPARATORS));
        done = end;
        if rest.is_empty() {
            done = part.len() - part[done..].trim_start_matches(SEPARATORS).len();
        }
    }
    rest.push_str(&part[done..]);
    rest
}

/// A file's name up to its first dot; a leading dot is part of the name.
fn without_extension(name: &str) -> &str {
    name.find('.')
        .filter(|i| *i > 0)
        .map_or(name, |i| &name[..i])
}
