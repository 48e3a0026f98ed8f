//! What changes in the rendered manifests.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::RepoPath;
use crate::plan::{self, RenderedManifests, RenderedUnit, ResourceChange};

/// What changes in the manifests that kustomize and Helm make of the changed files.
#[derive(Serialize, JsonSchema, Debug)]
pub struct Rendered<'a> {
    /// Each kustomization and chart that has a changed file, by folder.
    units: Vec<Unit<'a>>,
    /// Changed files that belong to no kustomization or chart.
    unrendered: Vec<&'a str>,
}

/// A kustomization, or a chart with the values files of the target.
#[derive(Serialize, JsonSchema, Debug)]
struct Unit<'a> {
    /// Its folder; empty for the root.
    folder: &'a str,
    /// What renders it.
    renderer: Renderer,
    /// Why it could not be rendered; null if it could.
    error: Option<&'a str>,
    /// The resources that differ.
    resources: Vec<Resource<'a>>,
}

/// A program that renders manifests.
#[derive(Serialize, JsonSchema, Debug)]
#[serde(rename_all = "kebab-case")]
enum Renderer {
    /// `kustomize build`.
    Kustomize,
    /// `helm template`.
    Helm,
}

/// A resource that differs.
#[derive(Serialize, JsonSchema, Debug)]
struct Resource<'a> {
    /// Its kind.
    kind: &'a str,
    /// Its namespace, if it has one.
    namespace: Option<&'a str>,
    /// Its name.
    name: &'a str,
    /// Its manifest now; of a secret without its data. Null if it is new.
    before: Option<&'a str>,
    /// Its manifest afterwards; null if it is gone.
    after: Option<&'a str>,
}

impl<'a> From<&'a RenderedManifests> for Rendered<'a> {
    fn from(rendered: &'a RenderedManifests) -> Self {
        Self {
            units: rendered.units.iter().map(Unit::from).collect(),
            unrendered: rendered.unrendered.iter().map(RepoPath::as_str).collect(),
        }
    }
}

impl<'a> From<&'a RenderedUnit> for Unit<'a> {
    fn from(unit: &'a RenderedUnit) -> Self {
        let (error, resources) = match &unit.changes {
            Ok(changes) => (None, changes.iter().map(Resource::from).collect()),
            Err(reason) => (Some(reason.as_str()), Vec::new()),
        };
        Self {
            folder: &unit.folder,
            renderer: match unit.renderer {
                plan::Renderer::Kustomize => Renderer::Kustomize,
                plan::Renderer::Helm => Renderer::Helm,
            },
            error,
            resources,
        }
    }
}

impl<'a> From<&'a ResourceChange> for Resource<'a> {
    fn from(change: &'a ResourceChange) -> Self {
        Self {
            kind: &change.kind,
            namespace: change.namespace.as_deref(),
            name: &change.name,
            before: change.before.as_deref(),
            after: change.after.as_deref(),
        }
    }
}
