//! Finding files by their paths.

use std::collections::HashMap;

use git2::ObjectType;

use super::tree::{damaged, parse_tree};
use crate::adapter::git::local::Local;
use crate::domain::{FileMode, ObjectId, RepoPath};
use crate::port::RepositoryError;

/// A path with its file.
pub type FileAt<'p> = (&'p RepoPath, (FileMode, ObjectId));

/// The files below a tree at these paths, in the order of the paths; each folder is read once.
pub fn files_at<'p>(
    local: &Local,
    tree: ObjectId,
    paths: &'p [RepoPath],
) -> Result<Vec<FileAt<'p>>, RepositoryError> {
    let mut sorted: Vec<&RepoPath> = paths.iter().collect();
    sorted.sort();
    let mut found = Vec::new();
    // Each folder with the length of its path and the paths below it.
    let mut open = vec![(tree, 0, sorted.as_slice())];
    while let Some((tree, start, paths)) = open.pop() {
        let part = |path: &RepoPath| {
            let rest = &path.as_str()[start..];
            rest.find('/')
                .map_or((rest.len(), true), |end| (end, false))
        };
        let mut wanted: HashMap<(&[u8], bool), &[&RepoPath]> = HashMap::new();
        // Paths below one folder follow each other.
        for paths in paths.chunk_by(|a, b| {
            let ((end, is_last), other) = (part(a), part(b));
            (end, is_last) == other && a.as_str()[start..][..end] == b.as_str()[start..][..end]
        }) {
            let (end, is_last) = part(paths[0]);
            let name = &paths[0].as_str().as_bytes()[start..][..end];
            wanted.insert((name, is_last), paths);
        }
        let read = |bytes: &[u8]| {
            for entry in parse_tree(bytes, tree.as_bytes().len()) {
                let entry = entry.ok_or_else(|| damaged(tree))?;
                let is_file = entry.kind() != FileMode::Directory;
                let Some(paths) = wanted.get(&(entry.name, is_file)) else {
                    continue;
                };
                let id = entry.id().ok_or_else(|| damaged(tree))?;
                if is_file {
                    found.push((paths[0], (entry.kind(), id)));
                } else {
                    open.push((id, start + entry.name.len() + 1, *paths));
                }
            }
            Ok(())
        };
        local.objects.read(tree, ObjectType::Tree, read)??;
    }
    found.sort_by_key(|(path, _)| *path);
    Ok(found)
}
