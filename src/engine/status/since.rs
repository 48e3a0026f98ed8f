//! Since when, and by whom, the versions are in their environments.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::table::{Since, Status};
use super::versions::{Cell, Reader};
use crate::domain::RepoPath;
use crate::engine::ports::Ports;
use crate::inventory::FileObject;
use crate::port::{PastCommit, RepositoryError, Walk};

/// How many commits that touch the files are looked at.
const LIMIT: usize = 2_000;

/// Finds the newest commit that changed each version, in one walk over all files.
pub(super) fn find<'a>(
    ports: &Ports<'_>,
    reader: &mut Reader<'_>,
    status: &mut Status,
    cell_of: &dyn Fn(usize, usize) -> Cell<'a>,
) -> Result<(), RepositoryError> {
    let mut open: HashMap<RepoPath, Vec<(usize, usize, Vec<String>)>> = HashMap::new();
    for (a, application) in status.applications.iter().enumerate() {
        for (e, environment) in application.environments.iter().enumerate() {
            if let Some(file) = environment.as_ref().and_then(|cell| cell.file.as_ref()) {
                let versions = reader.of_file(cell_of(a, e), &file.path, file.object)?;
                let cells = open.entry(file.path.clone()).or_default();
                cells.push((a, e, versions));
            }
        }
    }
    let mut paths: Vec<RepoPath> = open.keys().cloned().collect();
    paths.sort();
    let walk = Walk {
        from: status.branch.tip,
        paths: &paths,
        limit: LIMIT,
        except: None,
    };
    let mut visit = |commit: &PastCommit| -> Result<ControlFlow<()>, RepositoryError> {
        for change in &commit.changes {
            let Some((path, mut cells)) = change
                .path
                .as_ref()
                .and_then(|path| open.remove_entry(path))
            else {
                continue;
            };
            let mut left = Vec::new();
            for (a, e, versions) in cells.drain(..) {
                let before = match change.before.map(FileObject::from) {
                    Some(file) => reader.of_file(cell_of(a, e), &path, file)?,
                    None => Vec::new(),
                };
                if before == versions {
                    left.push((a, e, versions));
                } else if let Some(cell) = &mut status.applications[a].environments[e] {
                    cell.since = Some(Since {
                        commit: commit.id,
                        time: commit.time,
                        author: commit.author.clone(),
                    });
                }
            }
            if !left.is_empty() {
                open.insert(path, left);
            }
        }
        Ok(if open.is_empty() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    };
    let mut fault = None;
    ports
        .history
        .walk(&walk, &mut |commit| match visit(&commit) {
            Ok(next) => next,
            Err(error) => {
                fault = Some(error);
                ControlFlow::Break(())
            }
        })?;
    fault.map_or(Ok(()), Err)
}
