//! Finds the files from which kustomize generates secrets.
//!
//! # Why
//!
//! Nothing in such a file shows that it is secret, only a `secretGenerator` that names it, in a
//! kustomization of its folder or of one above. Previews must not show its data either.

use std::collections::{HashMap, HashSet};

use super::compare::{Commits, load, read};
use super::history::joined;
use crate::document::{FileContent, Value};
use crate::domain::{FileMode, RepoPath, path_in};
use crate::inventory::{FileObject, FilePair};
use crate::port::{RepositoryError, Snapshot};

/// The names of a kustomization.
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// The key of the files from which secrets are generated.
const SECRET_GENERATOR: &str = "secretGenerator";

/// The files of both sides from which secrets are generated, as far as they were looked up.
pub(super) struct SecretFiles<'a> {
    commits: Commits<'a>,
    /// The files that the kustomization of a folder names, by the folder, of source and target.
    folders: [HashMap<String, HashSet<String>>; 2],
}

impl<'a> SecretFiles<'a> {
    pub(super) fn new(commits: Commits<'a>) -> Self {
        Self {
            commits,
            folders: Default::default(),
        }
    }

    /// Whether a secret is generated from one side of a pair.
    pub(super) fn contain(&mut self, pair: &FilePair) -> Result<bool, RepositoryError> {
        let snapshots = [self.commits.source, self.commits.target];
        let paths = [pair.source_path.as_ref(), Some(&pair.path)];
        for ((snapshot, path), folders) in snapshots.into_iter().zip(paths).zip(&mut self.folders) {
            let Some(path) = path.map(RepoPath::as_str) else {
                continue;
            };
            for folder in folders_above(path) {
                if !folders.contains_key(folder) {
                    folders.insert(folder.to_owned(), generated(snapshot, folder)?);
                }
                let files = folders.get(folder);
                if files.is_some_and(|files| files.contains(path)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// The folder of a file, and all above it.
fn folders_above(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.rmatch_indices('/').map(|(at, _)| &path[..at]);
    ends.chain([""])
}

/// The files from which the kustomization of a folder generates secrets.
fn generated(snapshot: &dyn Snapshot, folder: &str) -> Result<HashSet<String>, RepositoryError> {
    let Some((FileMode::Directory, tree)) = snapshot.entry_at(folder)? else {
        return Ok(HashSet::new());
    };
    let mut found = Vec::new();
    snapshot.read_tree(tree, &mut |entry| {
        let at = NAMES.iter().position(|name| name.as_bytes() == entry.name);
        found.extend(at.map(|at| (at, FileObject::from((entry.mode, entry.id)))));
    })?;
    if !may_name_secrets(snapshot, &found)? {
        return Ok(HashSet::new());
    }
    found.sort_by_key(|(at, _)| *at);
    for (at, file) in found {
        let name = NAMES[at];
        let path = path_in(folder, name);
        if let FileContent::Yaml(stream) = load(snapshot, file, &path)? {
            let roots = (0..stream.documents().len()).map(|at| stream.root(at).value());
            let named: Vec<String> = roots.flat_map(|root| named_files(&root)).collect();
            let files = named.iter().filter_map(|file| joined(&path, file));
            return Ok(files.collect());
        }
    }
    Ok(HashSet::new())
}

/// Whether one of these files can have the key of secrets; to parse every kustomization would take longer.
fn may_name_secrets(
    snapshot: &dyn Snapshot,
    files: &[(usize, FileObject)],
) -> Result<bool, RepositoryError> {
    for (_, file) in files {
        let bytes = if file.mode.is_file() {
            read(snapshot, *file)?.unwrap_or_default()
        } else {
            Vec::new()
        };
        // Characters of a key can be escaped.
        let text = String::from_utf8_lossy(&bytes);
        if text.contains(SECRET_GENERATOR) || text.contains('\\') {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The files that the `secretGenerator` of a kustomization names.
fn named_files(kustomization: &Value) -> Vec<String> {
    let entry = |value: &Value, name: &str| match value.untagged() {
        Value::Mapping(entries) => {
            let entry = entries.iter().find(|(key, _)| key == name);
            entry.map(|(_, value)| value.untagged().clone())
        }
        _ => None,
    };
    let items = |value: Option<Value>| match value {
        Some(Value::Sequence(items)) => items,
        Some(item @ Value::Scalar { .. }) => vec![item],
        _ => Vec::new(),
    };
    let mut files = Vec::new();
    for generator in items(entry(kustomization, SECRET_GENERATOR)) {
        for list in ["files", "envs", "env"] {
            for item in items(entry(&generator, list)) {
                if let Value::Scalar { text, .. } = item.untagged() {
                    // A file can have a key: `tls.key=files/tls.key`.
                    let file = text.split_once('=').map_or(text.as_str(), |(_, file)| file);
                    files.push(file.to_owned());
                }
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::Stream;

    #[test]
    fn a_generator_names_files_with_and_without_keys() {
        let text = "secretGenerator:\n- name: a\n  files: [tls.key=files/tls.key, ./b]\n  envs: [c.env]\n\
                    - {name: d, env: d.env, literals: [e=f]}\nconfigMapGenerator:\n- {files: [g]}\n";
        let value = Stream::parse(text).unwrap().root(0).value();
        assert_eq!(
            named_files(&value),
            ["files/tls.key", "./b", "c.env", "d.env"]
        );
    }

    #[test]
    fn kustomizations_above_a_file_are_looked_at() {
        let folders: Vec<&str> = folders_above("a/b/c.env").collect();
        assert_eq!(folders, ["a/b", "a", ""]);
    }
}
