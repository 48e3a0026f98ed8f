//! Which kustomizations and charts have changed files.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{FileMode, Naming, RepoPath, path_in};
use crate::plan::{Plan, RenderedUnit, Renderer, ResourceChange};
use crate::port::{RepositoryError, Snapshot};

/// A kustomization, or a chart with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unit {
    /// Its folder; empty for the root.
    pub folder: String,
    pub renderer: Renderer,
    /// Whether the target has it already.
    pub exists: bool,
    /// The values files of the target environment now.
    pub values_before: Vec<String>,
    /// The values files of the target environment afterwards.
    pub values_after: Vec<String>,
}

impl Unit {
    /// The unit as the plan has it.
    pub(super) fn with(self, changes: Result<Vec<ResourceChange>, String>) -> RenderedUnit {
        RenderedUnit {
            folder: self.folder,
            renderer: self.renderer,
            changes,
        }
    }
}

/// The names of a kustomization's file.
const KUSTOMIZATIONS: &[&str] = &["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The file that makes a folder a chart.
const CHART: &str = "Chart.yaml";

/// The target's tree now and as planned.
pub(super) struct PlannedTree<'a> {
    snapshot: &'a dyn Snapshot,
    /// The files that the plan writes (`true`) and deletes, by folder and name.
    changed: BTreeMap<String, BTreeMap<String, bool>>,
    names: HashMap<String, BTreeSet<String>>,
}

impl<'a> PlannedTree<'a> {
    pub(super) fn new(snapshot: &'a dyn Snapshot, plan: &Plan) -> Self {
        let mut changed: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
        for file in plan.changed_files() {
            let (folder, name) = split(file.path.as_str());
            let folder = changed.entry(folder.to_owned()).or_default();
            folder.insert(name.to_owned(), file.after.is_some());
        }
        Self {
            snapshot,
            changed,
            names: HashMap::new(),
        }
    }

    /// The files of a folder now.
    fn before(&mut self, folder: &str) -> Result<&BTreeSet<String>, RepositoryError> {
        if !self.names.contains_key(folder) {
            let mut names = BTreeSet::new();
            if let Some((FileMode::Directory, tree)) = self.snapshot.entry_at(folder)? {
                self.snapshot.read_tree(tree, &mut |entry| {
                    if entry.mode != FileMode::Directory {
                        names.insert(String::from_utf8_lossy(entry.name).into_owned());
                    }
                })?;
            }
            self.names.insert(folder.to_owned(), names);
        }
        Ok(&self.names[folder])
    }

    /// The files of a folder as planned.
    fn after(&mut self, folder: &str) -> Result<BTreeSet<String>, RepositoryError> {
        let mut names = self.before(folder)?.clone();
        for (name, is_written) in self.changed.get(folder).into_iter().flatten() {
            if *is_written {
                names.insert(name.clone());
            } else {
                names.remove(name);
            }
        }
        Ok(names)
    }
}

/// The units of a plan's changed files, and the files that belong to none.
pub(super) fn find(
    tree: &mut PlannedTree<'_>,
    plan: &Plan,
) -> Result<(Vec<Unit>, Vec<RepoPath>), RepositoryError> {
    let naming = Naming::new(plan.hop().from.clone(), plan.hop().to.clone(), &[]);
    let mut units: BTreeMap<(String, Renderer), Unit> = BTreeMap::new();
    let mut unrendered = Vec::new();
    for file in plan.changed_files() {
        let (folder, name) = split(file.path.as_str());
        let Some((root, renderer)) = nearest(tree, folder)? else {
            unrendered.push(file.path.clone());
            continue;
        };
        let values = match renderer {
            Renderer::Kustomize => [Vec::new(), Vec::new()],
            Renderer::Helm => values(tree, folder, name, &root, &naming)?,
        };
        let exists = renderer_in(tree.before(&root)?) == Some(renderer);
        let key = (root.clone(), renderer);
        let unit = units.entry(key).or_insert_with(|| Unit {
            folder: root,
            renderer,
            exists,
            values_before: Vec::new(),
            values_after: Vec::new(),
        });
        let [before, after] = values;
        for (known, new) in [
            (&mut unit.values_before, before),
            (&mut unit.values_after, after),
        ] {
            let new: Vec<String> = new.into_iter().filter(|v| !known.contains(v)).collect();
            known.extend(new);
        }
    }
    Ok((units.into_values().collect(), unrendered))
}

/// The nearest folder above a file, or its own, that is a kustomization or a chart.
fn nearest(
    tree: &mut PlannedTree<'_>,
    folder: &str,
) -> Result<Option<(String, Renderer)>, RepositoryError> {
    let mut at = folder;
    loop {
        if let Some(renderer) = renderer_in(&tree.after(at)?) {
            return Ok(Some((at.to_owned(), renderer)));
        }
        if at.is_empty() {
            return Ok(None);
        }
        at = split(at).0;
    }
}

fn renderer_in(names: &BTreeSet<String>) -> Option<Renderer> {
    if KUSTOMIZATIONS.iter().any(|name| names.contains(*name)) {
        Some(Renderer::Kustomize)
    } else {
        names.contains(CHART).then_some(Renderer::Helm)
    }
}

/// The values files of the target environment for a changed file of a chart, now and as planned.
///
/// Beside a changed values file they are those of its folder that name the environment, or all if the
/// folder does; for any other file of the chart, those in the chart's own folder. General files come
/// first, because Helm lets later ones win.
fn values(
    tree: &mut PlannedTree<'_>,
    folder: &str,
    name: &str,
    chart: &str,
    naming: &Naming,
) -> Result<[Vec<String>; 2], RepositoryError> {
    let folder = if is_values(name) { folder } else { chart };
    let is_of_environment = |name: &&String| {
        is_values(name) && (naming.names_target(name) || naming.names_target(folder))
    };
    let of = |names: &BTreeSet<String>| {
        let mut files: Vec<&String> = names.iter().filter(is_of_environment).collect();
        files.sort_by_key(|name| (name.len(), (*name).clone()));
        files
            .into_iter()
            .map(|name| path_in(folder, name))
            .collect()
    };
    Ok([of(tree.before(folder)?), of(&tree.after(folder)?)])
}

/// Whether a file's name is that of a values file: `values-production.yaml`, `production.values.yaml`,
/// or that of an environment alone.
fn is_values(name: &str) -> bool {
    let stem = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"));
    let is_chart_file = matches!(stem, Some("Chart" | "requirements"));
    stem.is_some_and(|stem| !stem.contains("secret")) && !is_chart_file
}

/// The folder and the name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
