//! Where the environments' names first appear, and which applications that makes.
//!
//! # Why
//!
//! The name of an application depends on the whole repository: a folder
//! `envs/staging` that is the only one of its kind holds the applications, while
//! `apps/api/staging` lies within one. So all first appearances are found
//! before any file is paired; nothing below them is opened for that.

use std::collections::BTreeSet;

use super::names::join;
use super::pair::{Candidate, PairError};
use super::scope::Scope;
use super::survey;
use super::tree::{Entry, Trees};
use crate::domain::{ApplicationName, LayoutMatch, LayoutPattern, Naming, Whose};

/// The first place on a path that holds a name of source or target.
#[derive(Clone, Debug)]
pub(super) struct Root {
    /// The folder that holds it; empty for the repository's root.
    pub above: String,
    /// The source's entry.
    pub source: Option<Entry>,
    /// The target's entries that may be its partner; without a source, entries of the target only.
    pub targets: Vec<Candidate>,
}

impl Root {
    /// What is there on both sides: its path, the entry, and whose name the path carries.
    pub(super) fn entries(&self) -> impl Iterator<Item = (String, Entry, Whose)> {
        let source = self.source.iter().map(|entry| {
            let path = join(&self.above, &entry.name);
            (path, entry.clone(), Whose::Source(0))
        });
        let targets = self.targets.iter().filter_map(|target| {
            let entry = target.entry.clone()?;
            Some((target.path.clone(), entry, Whose::Target(0)))
        });
        source.chain(targets)
    }
}

/// Every first appearance, and the rule that names the applications.
#[derive(Debug)]
pub(super) struct Census {
    pub roots: Vec<Root>,
    /// Whether the environments' folders occur under one parent only.
    has_one_parent: bool,
    /// Whether such a folder is built as a whole: then its files are of one application.
    is_unit: bool,
    /// The folders that all applications have in common, as a prefix.
    common: Vec<String>,
    /// The repository's own name.
    repository: String,
    layout: Vec<LayoutPattern>,
}

impl Census {
    /// Walks the folders above the environments.
    pub(super) fn take(
        trees: &Trees<'_>,
        naming: &Naming,
        scope: &Scope<'_>,
        repository: &str,
        layout: &[LayoutPattern],
    ) -> Result<Self, PairError> {
        let roots = survey::roots(trees, naming, scope)?;
        let parents: BTreeSet<&str> = roots
            .iter()
            .filter(|r| is_folder_of_its_own(r, naming))
            .map(|r| r.above.as_str())
            .collect();
        let has_one_parent = parents.len() == 1;
        let own = roots.iter().filter(|r| is_folder_of_its_own(r, naming));
        let mut is_unit = false;
        let own = own.filter(|_| has_one_parent).flat_map(Root::entries);
        for entry in own.filter(|(_, entry, _)| entry.is_directory()) {
            is_unit |= match entry {
                (_, folder, Whose::Source(_)) => trees.source(folder.id)?.iter().any(is_build),
                (_, folder, _) => trees.target(folder.id)?.iter().any(is_build),
            };
        }
        let mut above = roots
            .iter()
            .filter(|r| !r.above.is_empty() && (!is_folder(r) || is_folder_of_its_own(r, naming)))
            .map(|r| r.above.split('/').map(str::to_owned).collect::<Vec<_>>());
        let mut common = above.next().unwrap_or_default();
        for other in above {
            let same = common
                .iter()
                .zip(&other)
                .take_while(|(a, b)| a == b)
                .count();
            common.truncate(same);
        }
        Ok(Self {
            has_one_parent,
            is_unit,
            common,
            repository: repository.to_owned(),
            layout: layout.to_vec(),
            roots,
        })
    }

    /// The application of a file; `side` tells whose names the path carries.
    pub(super) fn application(&self, path: &str, side: Whose, naming: &Naming) -> ApplicationName {
        ApplicationName(
            self.by_layout(path, side, naming)
                .map(|found| found.application)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| self.by_place(path, side, naming)),
        )
    }

    /// The application of all files below a folder, where the folder's own path tells it.
    pub(super) fn application_of_folder(
        &self,
        folder: &str,
        side: Whose,
        naming: &Naming,
    ) -> Option<ApplicationName> {
        let below = join(folder, "_");
        if !self.layout.is_empty() {
            return self
                .by_layout(&below, side, naming)
                .map(|found| ApplicationName(found.application))
                .filter(|name| !name.0.is_empty());
        }
        let is_below_the_environment = folder
            .split('/')
            .position(|part| is_named(part, side, naming))
            .is_some_and(|at| at + 1 < folder.split('/').count());
        (is_below_the_environment || self.is_of_one_application(folder, side, naming))
            .then(|| ApplicationName(self.by_place(&below, side, naming)))
    }

    /// Whether all files below a folder are of one application, whatever their names.
    ///
    /// False where that takes more than a look at the folder's own path.
    pub(super) fn is_of_one_application(&self, folder: &str, side: Whose, naming: &Naming) -> bool {
        self.layout.is_empty()
            && folder
                .split('/')
                .find(|part| is_named(part, side, naming))
                .is_some_and(|part| {
                    !self.has_one_parent || !without_environment(part, naming).is_empty()
                })
    }

    /// What the configured layout says about a path.
    pub(super) fn by_layout(
        &self,
        path: &str,
        side: Whose,
        naming: &Naming,
    ) -> Option<LayoutMatch> {
        let is_env = |text: &str| match side {
            Whose::Source(_) => naming.source().answers_to(text),
            _ => naming.target().answers_to(text),
        };
        self.layout
            .iter()
            .find_map(|pattern| pattern.matches(path, &is_env))
    }

    fn by_place(&self, path: &str, side: Whose, naming: &Naming) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        let Some(at) = parts.iter().position(|part| is_named(part, side, naming)) else {
            return self.repository.clone();
        };
        let is_file = at + 1 == parts.len();
        let rest = without_environment(parts[at], naming);
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

/// Names of files that say what a file is, not whose.
fn is_generic(stem: &str) -> bool {
    matches!(
        stem,
        "" | "values" | "config" | "secrets" | "Chart" | "kustomization" | "Kustomization"
    )
}

/// Whether a file says that its folder is built as a whole.
fn is_build(entry: &Entry) -> bool {
    matches!(
        entry.name.as_str(),
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

/// Whether a part of a path holds a name of the side's environment.
fn is_named(part: &str, side: Whose, naming: &Naming) -> bool {
    match side {
        Whose::Source(_) => naming.names_source(part),
        Whose::Target(_) => naming.names_target(part),
        Whose::Other => false,
    }
}

fn is_folder(root: &Root) -> bool {
    let entry = root
        .source
        .as_ref()
        .or_else(|| root.targets.first().and_then(|t| t.entry.as_ref()));
    entry.is_some_and(Entry::is_directory)
}

/// Whether the root is a folder whose whole name is an environment's.
fn is_folder_of_its_own(root: &Root, naming: &Naming) -> bool {
    let entry = root
        .source
        .as_ref()
        .or_else(|| root.targets.first().and_then(|t| t.entry.as_ref()));
    entry.is_some_and(|e| {
        e.is_directory()
            && (naming.source().answers_to(&e.name) || naming.target().answers_to(&e.name))
    })
}

/// A name without the environment's and the separator beside it: `foo-prod` is `foo`.
fn without_environment(part: &str, naming: &Naming) -> String {
    let mut out = String::new();
    let mut done = 0;
    for hit in naming.in_path(part) {
        if hit.whose == Whose::Other {
            continue;
        }
        let head = part[done..hit.start].trim_end_matches(['-', '.', '_']);
        out.push_str(head);
        done = hit.end;
        if out.is_empty() {
            let skip = part[done..].len() - part[done..].trim_start_matches(['-', '.', '_']).len();
            done += skip;
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
