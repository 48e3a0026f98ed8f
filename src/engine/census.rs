//! Where the environments' names first appear, and which applications that makes.
//!
//! # Why
//!
//! The name of an application depends on the whole repository: a folder
//! `envs/staging` that is the only one of its kind holds the applications, while
//! `apps/api/staging` lies within one. So all first appearances are found
//! before any file is paired; nothing below them is opened for that.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::names::{join, names};
use super::pair::{Candidate, PairError};
use super::scope::Scope;
use super::tree::{Entry, Trees};
use crate::domain::{
    ApplicationName, FileMode, LayoutMatch, LayoutPattern, Naming, ObjectId, Whose,
};

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
        let mut survey = Survey {
            trees,
            naming,
            scope,
            roots: Vec::new(),
        };
        let (source, target) = trees.roots();
        survey.shared("", Some(source), Some(target))?;
        let roots = survey.roots;
        let parents: BTreeSet<&str> = roots
            .iter()
            .filter(|r| is_folder_of_its_own(r, naming))
            .map(|r| r.above.as_str())
            .collect();
        let has_one_parent = parents.len() == 1;
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
                let is_environments_own = at + 2 == parts.len() && is_generic(stem);
                return if is_environments_own {
                    self.repository.clone()
                } else {
                    stem.to_owned()
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

/// Whether a folder without a partner is another environment's: `prod-eu` beside `prod`.
fn is_anothers(naming: &Naming, entry: &Entry, siblings: &[Entry]) -> bool {
    let name = entry.name.as_str();
    let hits = naming.in_path(name);
    let [hit] = hits.as_slice() else { return false };
    let is_there = |other: &str| {
        let at = siblings.binary_search_by(|e| e.name.as_str().cmp(other));
        other != name && at.is_ok_and(|at| siblings[at].is_directory())
    };
    entry.is_directory() && (is_there(&name[hit.start..hit.end]) || is_there(&name[..hit.end]))
}

struct Survey<'a> {
    trees: &'a Trees<'a>,
    naming: &'a Naming,
    scope: &'a Scope<'a>,
    roots: Vec<Root>,
}

impl Survey<'_> {
    /// Walks a folder whose path holds no name of the source.
    fn shared(
        &mut self,
        above: &str,
        source: Option<ObjectId>,
        target: Option<ObjectId>,
    ) -> Result<(), PairError> {
        let targets = target.map_or(Ok(Rc::default()), |t| self.trees.target(t))?;
        let sources = match source {
            Some(s) if Some(s) == target => None,
            Some(s) => Some(self.trees.source(s)?),
            None => Some(Rc::default()),
        };
        let sources: &[Entry] = sources.as_deref().unwrap_or(&targets);
        let mut taken = vec![false; targets.len()];
        for entry in sources.iter().filter(|e| self.naming.names_source(&e.name)) {
            let candidates: Vec<Candidate> = names(self.naming, &entry.name, &targets)
                .into_iter()
                .map(|name| {
                    let at = targets
                        .binary_search_by(|e| e.name.cmp(&name.text))
                        .ok()
                        .filter(|i| targets[*i].is_directory() == entry.is_directory());
                    if let Some(at) = at {
                        taken[at] = true;
                    }
                    Candidate {
                        path: join(above, &name.text),
                        entry: at.map(|i| targets[i].clone()),
                        is_positional: name.is_positional,
                        renames: name.renames,
                    }
                })
                .collect();
            let partners = if candidates.iter().any(|c| c.entry.is_some()) {
                candidates
                    .into_iter()
                    .filter(|c| c.entry.is_some())
                    .collect()
            } else if is_anothers(self.naming, entry, sources) {
                continue;
            } else {
                candidates.into_iter().take(1).collect()
            };
            if self.scope.enters(&join(above, &entry.name)) {
                self.roots.push(Root {
                    above: above.to_owned(),
                    source: Some(entry.clone()),
                    targets: partners,
                });
            }
        }
        for (entry, _) in targets.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            let is_source = self.naming.names_source(&entry.name);
            let path = join(above, &entry.name);
            if is_source || is_anothers(self.naming, entry, &targets) {
                continue;
            }
            if self.naming.names_target(&entry.name) {
                self.target_root(above, &path, entry);
            } else if entry.mode == FileMode::Directory && self.scope.enters(&path) {
                let partner = sources
                    .binary_search_by(|e| e.name.cmp(&entry.name))
                    .ok()
                    .map(|i| &sources[i])
                    .filter(|e| e.is_directory())
                    .map(|e| e.id);
                self.shared(&path, partner, Some(entry.id))?;
            }
        }
        let only_source = |e: &&Entry| {
            e.is_directory()
                && !self.naming.names_source(&e.name)
                && targets.binary_search_by(|t| t.name.cmp(&e.name)).is_err()
        };
        let only: Vec<Entry> = sources.iter().filter(only_source).cloned().collect();
        for entry in only {
            let path = join(above, &entry.name);
            if self.scope.enters(&path) {
                self.shared(&path, Some(entry.id), None)?;
            }
        }
        Ok(())
    }

    /// An entry that carries the target's name and has no partner: files of the target only.
    fn target_root(&mut self, above: &str, path: &str, entry: &Entry) {
        if !self.scope.enters(path) {
            return;
        }
        self.roots.push(Root {
            above: above.to_owned(),
            source: None,
            targets: vec![Candidate {
                path: path.to_owned(),
                entry: Some(entry.clone()),
                is_positional: true,
                renames: Vec::new(),
            }],
        });
    }
}
