//! What the plan changes in the manifests that kustomize and Helm make of its files.

use crate::domain::RepoPath;

/// The rendered manifests before and after, where they differ.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RenderedManifests {
    /// Each kustomization and chart that has a changed file, by folder.
    pub units: Vec<RenderedUnit>,
    /// Changed files that belong to no kustomization or chart.
    pub unrendered: Vec<RepoPath>,
}

/// What is rendered at once: a kustomization, or a chart with its values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RenderedUnit {
    /// Its folder; empty for the root.
    pub folder: String,
    /// What renders it.
    pub renderer: Renderer,
    /// The resources that differ, or why it could not be rendered.
    pub changes: Result<Vec<ResourceChange>, String>,
}

/// A program that renders manifests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Renderer {
    /// `kustomize build`.
    Kustomize,
    /// `helm template`.
    Helm,
}

/// A resource that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResourceChange {
    /// Its kind.
    pub kind: String,
    /// Its namespace, if it has one.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its manifest now; of a secret without its data. `None` if it is new.
    pub before: Option<String>,
    /// Its manifest afterwards; `None` if it is gone.
    pub after: Option<String>,
}

impl ResourceChange {
    /// `Kind/name`, with the namespace if there is one.
    pub fn shown(&self) -> String {
        let Self { kind, name, .. } = self;
        match &self.namespace {
            Some(namespace) => format!("{kind} {namespace}/{name}"),
            None => format!("{kind} {name}"),
        }
    }
}
