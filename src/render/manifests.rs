//! Words about rendered manifests.

use super::counted::counted;
use crate::plan::{RenderedManifests, RenderedUnit, Renderer, ResourceChange};

/// What was rendered: `apps/web/overlays/production (kustomize)`.
pub(super) fn title(unit: &RenderedUnit) -> String {
    let renderer = match unit.renderer {
        Renderer::Kustomize => "kustomize",
        Renderer::Helm => "helm",
    };
    let folder = if unit.folder.is_empty() {
        "."
    } else {
        &unit.folder
    };
    format!("{folder} ({renderer})")
}

/// Whether a resource is new or gone.
pub(super) fn state(change: &ResourceChange) -> &'static str {
    match (&change.before, &change.after) {
        (None, _) => "  (new)",
        (_, None) => "  (gone)",
        _ => "",
    }
}

/// How many changed files belong to nothing that is rendered.
pub(super) fn unrendered(rendered: &RenderedManifests) -> Option<String> {
    let files = rendered.unrendered.as_slice();
    match files {
        [] => None,
        [file] => Some(format!("{file} belongs to no kustomization or chart")),
        files => Some(format!(
            "{} belong to no kustomization or chart",
            counted(files.len(), "changed file")
        )),
    }
}
