//! New applications that nothing in the target refers to.
//!
//! # Why
//!
//! Where a folder has a kustomization, only what that lists is deployed. A new application without an
//! entry there is committed, and nothing happens.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::compare::read;
use crate::domain::{FileMode, path_in};
use crate::inventory::FileObject;
use crate::plan::{ApplicationPlan, FilePlan, FileStatus, Notice};
use crate::port::{RepositoryError, Snapshot};
use crate::yaml::{Content, Node, Stream};

/// The file names of a kustomization.
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A folder of the target that a new file goes to, or the next one above it that exists.
struct Folder<'p> {
    path: &'p str,
    /// Its kustomizations by name.
    kustomizations: BTreeMap<&'static str, FileObject>,
}

/// A notice for each new application that the kustomization of its folder does not list.
pub(super) fn unreferenced(
    applications: &[ApplicationPlan],
    target: &dyn Snapshot,
) -> Result<Vec<Notice>, RepositoryError> {
    let mut notices = Vec::new();
    let planned = planned(applications);
    for application in applications {
        let is_new = |file: &FilePlan| file.status == FileStatus::Added;
        if !application.files.iter().all(is_new) {
            continue;
        }
        let mut missing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for file in application.files.iter().filter(|file| file.is_changed()) {
            let path = file.path.as_str();
            let folder = existing_folder(path, target)?;
            let Some((name, object)) = folder.kustomizations.into_iter().next() else {
                continue;
            };
            let kustomization = path_in(folder.path, name);
            let bytes = match planned.get(kustomization.as_str()) {
                Some(bytes) => (*bytes).to_vec(),
                None => match read(target, object)? {
                    Ok(bytes) => bytes,
                    Err(_) => continue,
                },
            };
            let below = path[folder.path.len()..].trim_start_matches('/');
            if !refers_to(&bytes, below) {
                let entry = below.split('/').next().unwrap_or(below);
                let entries = missing.entry(kustomization).or_default();
                entries.insert(entry.to_owned());
            }
        }
        notices.extend(
            missing
                .into_iter()
                .map(|(path, entries)| Notice::Unreferenced {
                    application: application.name.to_string(),
                    path,
                    entries: entries.into_iter().collect(),
                }),
        );
    }
    Ok(notices)
}

/// The contents of the kustomizations that the plan changes.
fn planned(applications: &[ApplicationPlan]) -> HashMap<&str, &[u8]> {
    let files = applications.iter().flat_map(|a| &a.files);
    let kustomizations = files.filter(|file| NAMES.contains(&file.path.file_name()));
    kustomizations
        .filter(|file| file.is_changed())
        .filter_map(|file| Some((file.path.as_str(), &*file.after.as_ref()?.bytes)))
        .collect()
}

/// The lowest folder above a new file that the target has.
fn existing_folder<'p>(
    path: &'p str,
    target: &dyn Snapshot,
) -> Result<Folder<'p>, RepositoryError> {
    let mut tree = target.root();
    let mut end = 0;
    loop {
        let rest = &path[end..].trim_start_matches('/');
        let next = rest.split_once('/').map(|(name, _)| name);
        let mut below = None;
        let mut kustomizations = BTreeMap::new();
        target.read_tree(tree, &mut |entry| {
            if next.is_some_and(|name| entry.name == name.as_bytes())
                && entry.mode == FileMode::Directory
            {
                below = Some(entry.id);
            }
            let name = NAMES.iter().find(|name| entry.name == name.as_bytes());
            if let Some(name) = name.filter(|_| entry.mode.is_file()) {
                let (id, mode) = (entry.id, entry.mode);
                kustomizations.insert(*name, FileObject { id, mode });
            }
        })?;
        let (Some(id), Some(name)) = (below, next) else {
            let path = &path[..end];
            return Ok(Folder {
                path,
                kustomizations,
            });
        };
        tree = id;
        end = path.len() - rest.len() + name.len();
    }
}

/// Whether a kustomization names a path below its folder, a folder above that, or what is below it; also
/// one that cannot be read may.
fn refers_to(kustomization: &[u8], path: &str) -> bool {
    let text = String::from_utf8_lossy(kustomization);
    let Ok(stream) = Stream::parse(&text) else {
        return true;
    };
    (0..stream.documents().len()).any(|document| names(stream.root(document), path))
}

/// The fields of a kustomization that list files or folders.
const LISTS: [&str; 10] = [
    "resources",
    "bases",
    "components",
    "crds",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "patchesStrategicMerge",
    "openapi",
];

/// The fields whose items name files, such as `path` of a patch and `files` of a generator.
const FILES: [&str; 7] = [
    "path",
    "files",
    "envs",
    "env",
    "valuesFile",
    "additionalValuesFiles",
    "chartHome",
];

fn names(node: &Node, path: &str) -> bool {
    let Content::Mapping { entries, .. } = &node.content else {
        return false;
    };
    entries.iter().any(|entry| {
        if LISTS.contains(&entry.name()) {
            is_named(&entry.value, path)
        } else {
            names_file(&entry.value, path)
        }
    })
}

/// Whether a field below a node names a file or folder.
fn names_file(node: &Node, path: &str) -> bool {
    match &node.content {
        Content::Sequence { items, .. } => items.iter().any(|item| names_file(item, path)),
        Content::Mapping { entries, .. } => entries.iter().any(|entry| {
            let is_file = FILES.contains(&entry.name());
            is_file && is_named(&entry.value, path) || names_file(&entry.value, path)
        }),
        Content::Scalar(_) | Content::Alias(_) => false,
    }
}

/// Whether a scalar, or one in a list, is a path, or a folder above it.
fn is_named(node: &Node, path: &str) -> bool {
    match &node.content {
        Content::Scalar(scalar) => {
            // A generator's file can have a key: `app.conf=files/app.conf`.
            let entry = scalar.text.rsplit('=').next().unwrap_or_default();
            let entry = entry.trim_start_matches("./").trim_end_matches('/');
            path.strip_prefix(entry)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        Content::Sequence { items, .. } => items.iter().any(|item| is_named(item, path)),
        Content::Mapping { .. } => names_file(node, path),
        Content::Alias(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kustomization_refers_to_what_its_fields_for_files_list() {
        for (text, expected) in [
            ("resources: [orders]", true),
            ("resources: [./orders/]", true),
            ("resources: [orders/web.yaml]", true),
            ("resources: [order]", false),
            ("patches: [{path: orders/web.yaml}]", true),
            (
                "configMapGenerator: [{name: c, files: [a=orders/web.yaml]}]",
                true,
            ),
            ("openapi: {path: orders/web.yaml}", true),
            ("namespace: orders", false),
            ("images: [{name: orders, newTag: '1'}]", false),
            ("commonLabels: {app: orders}", false),
            ("a: [", true),
        ] {
            let found = refers_to(text.as_bytes(), "orders/web.yaml");
            assert_eq!(found, expected, "{text}");
        }
    }
}
